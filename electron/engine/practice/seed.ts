import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { campaignRulesSchema, type CampaignInput } from '../../../shared/schemas/campaign.ts';
import { alwaysOpen, type Page, type PageQuery } from '../../../shared/schemas/common.ts';
import type { DedupeMode, ImportRun } from '../../../shared/schemas/contact.ts';
import { mailboxLimitsSchema, type Mailbox, type MailboxInput, type MailboxTest } from '../../../shared/schemas/mailbox.ts';
import type { Sequence, SequenceInput } from '../../../shared/schemas/sequence.ts';
import { appRoot } from '../lib/app-root.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import { practicePassword } from './smtp-server.ts';

type Maybe<T> = T | Promise<T>;
interface Named {
  readonly id: string;
  readonly name: string;
}

/** What the seed needs of the engine's services: the same calls that the screens make. */
export interface PracticeServices {
  readonly mailboxes: {
    list(query: PageQuery): Maybe<Page<Mailbox>>;
    create(input: MailboxInput): Maybe<Mailbox>;
    test(input: { id: string; roundTrip: boolean }): Maybe<MailboxTest>;
  };
  readonly contacts: {
    import(input: { file: File; mode: DedupeMode; listName: string; dryRun: boolean }): Maybe<ImportRun>;
    getImport(input: { id: string }): Maybe<ImportRun>;
  };
  readonly lists: { list(query: PageQuery): Maybe<Page<Named>> };
  readonly sequences: {
    list(query: PageQuery): Maybe<Page<Sequence>>;
    create(input: SequenceInput): Maybe<Sequence>;
    activate(input: { id: string }): Maybe<Sequence>;
  };
  readonly campaigns: { list(query: PageQuery): Maybe<Page<Named>>; create(input: CampaignInput): Maybe<Named> };
}

/** The mailbox that practice starts with. */
export const practiceMailbox = { name: 'Practice mailbox', fromName: 'Robin Vale', address: 'robin@homing.example.com' } as const;
const listName = 'Sample contacts';
const page: PageQuery = { limit: 500 };

/** Where the seed runs. */
export interface SeedContext {
  /** Folder in which it notes that it is done. */
  readonly dir: string;
  readonly log: Logger;
  /** The real clock. */
  readonly clock: Clock;
  /** The practice server's name. */
  readonly host: string;
}

const pollMs = 20;

/**
 * Fills a new practice workspace: a tested mailbox, sample contacts through the importer, an active three-step
 * sequence and a draft campaign that is ready to launch. Does nothing once it has run through; what was there
 * already (after a crash in between) is used. Throws when a part of it fails; the next start tries again.
 */
export async function seedPractice(services: PracticeServices, context: SeedContext): Promise<void> {
  const done = join(context.dir, 'seeded');
  if (existsSync(done)) return;
  const mailbox = await seedMailbox(services, context.host);
  await seedContacts(services, context);
  const sequence = await seedSequence(services);
  await seedCampaign(services, mailbox.id, sequence.id);
  mkdirSync(context.dir, { recursive: true });
  writeFileSync(done, '');
  context.log.info({}, 'practice workspace filled with samples');
}

function sample(name: string): string {
  return readFileSync(join(appRoot(), 'resources', 'practice', name), 'utf8');
}

async function seedMailbox(services: PracticeServices, host: string): Promise<Mailbox> {
  const known = (await services.mailboxes.list(page)).items.find((each) => each.address === practiceMailbox.address);
  const server = { host, security: 'none', user: practiceMailbox.address, password: practicePassword, auth: 'password', allowSelfSigned: false } as const;
  const mailbox =
    known ??
    (await services.mailboxes.create({
      ...practiceMailbox,
      replyTo: null,
      signatureHtml: '<p>Robin Vale<br>Homing practice</p>',
      smtp: { ...server, port: 2525 },
      imap: { ...server, port: 1143 },
      aliases: [],
      sendAs: null,
      absences: [],
      dkim: null,
      limits: mailboxLimitsSchema.parse({ perDay: 200, perHour: 60, minGapSeconds: 60, maxGapSeconds: 240 }),
      calendar: { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, windows: alwaysOpen, holidays: [] },
    }));
  // The round trip is how any mailbox proves itself, and tells that this server files its own Sent copies.
  if (mailbox.state !== 'ready') {
    const test = await services.mailboxes.test({ id: mailbox.id, roundTrip: true });
    if (!test.ok) throw new Error(`The practice mailbox does not work: ${test.smtp.message} ${test.imap.message}`);
  }
  return mailbox;
}

async function seedContacts(services: PracticeServices, context: SeedContext): Promise<void> {
  const file = new File([sample('contacts.csv')], 'sample-contacts.csv', { type: 'text/csv' });
  let run = await services.contacts.import({ file, mode: 'skip', listName, dryRun: false });
  while (run.state === 'running') {
    await new Promise<void>((resolve) => void context.clock.after(pollMs, resolve));
    run = await services.contacts.getImport({ id: run.id });
  }
  if (run.state !== 'finished') throw new Error(`The sample contacts were not imported: ${run.error ?? run.state}`);
}

async function seedSequence(services: PracticeServices): Promise<Named> {
  const input = JSON.parse(sample('sequence.json')) as SequenceInput;
  const known = (await services.sequences.list(page)).items.find((each) => each.name === input.name);
  const sequence = known ?? (await services.sequences.create(input));
  if (known?.status !== 'active') await services.sequences.activate({ id: sequence.id });
  return sequence;
}

async function seedCampaign(services: PracticeServices, mailboxId: string, sequenceId: string): Promise<void> {
  const name = 'First practice campaign';
  if ((await services.campaigns.list(page)).items.some((each) => each.name === name)) return;
  const list = (await services.lists.list(page)).items.find((each) => each.name === listName);
  await services.campaigns.create({
    name,
    sequenceId,
    audience: { listIds: list === undefined ? [] : [list.id], contactIds: [], everyone: list === undefined },
    mailboxIds: [mailboxId],
    rules: campaignRulesSchema.parse({
      // Open every day, so that nobody waits for a Monday in practice.
      calendar: { zone: Intl.DateTimeFormat().resolvedOptions().timeZone, windows: [{ days: [1, 2, 3, 4, 5, 6, 7], start: '08:00', end: '20:00' }], holidays: [] },
      wakingHours: null,
      observeHolidays: false,
      // A practice clock may leap ahead; nobody should have to approve its slots.
      staleAfterHours: 8760,
    }),
  });
}
