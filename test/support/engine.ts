import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import { systemClock, type Clock } from '../../electron/engine/lib/clock.ts';
import { createIds } from '../../electron/engine/lib/ids.ts';
import type { EnginePorts, Logger, MailTransports } from '../../electron/engine/ports.ts';
import { noNetwork, openImapSession, openSmtpSession } from '../../electron/engine/mailboxes/index.ts';
import { alwaysOpen } from '../../shared/schemas/common.ts';
import { campaignRulesSchema, type CampaignRules } from '../../shared/schemas/campaign.ts';
import { mailboxInputSchema, type MailboxInput } from '../../shared/schemas/mailbox.ts';
import type { ContactInput } from '../../shared/schemas/contact.ts';
import type { Step } from '../../shared/schemas/sequence.ts';
import { silentLog } from './silent-log.ts';

/** Workspace time: it stood at `base` when the real time was `at`, and runs `factor` times as fast. */
export interface ClockSetting {
  readonly base: number;
  readonly at: number;
  readonly factor: number;
}

/** What a clock of this setting shows at a moment of real time. */
export function timeOf({ base, at, factor }: ClockSetting, realTime = Date.now()): number {
  return base + (realTime - at) * factor;
}

/** A clock that a test sets while it runs, as sleep and a corrected system clock do: timers go on as before. */
export function steeredClock(first: ClockSetting): Clock & { set(setting: ClockSetting): void } {
  let setting = first;
  return {
    ...systemClock,
    now: () => timeOf(setting),
    after: (delayMs, callback) => systemClock.after(Math.max(1, delayMs / setting.factor), callback),
    set(next) {
      setting = next;
    },
  };
}

/** Workspace time that runs `factor` times as fast as real time, from now on. */
export function fastClock(factor: number): Clock {
  const now = Date.now();
  return steeredClock({ base: now, at: now, factor });
}

/** The ports of a real engine: real servers, real time unless a clock is given. */
export function realPorts(dataDir: string, options: { clock?: Clock; log?: Logger; transports?: Partial<MailTransports>; factor?: number } = {}): EnginePorts {
  mkdirSync(dataDir, { recursive: true });
  const clock = options.clock ?? systemClock;
  return {
    dataDir,
    keyDir: join(dataDir, 'keys'),
    version: '0.0.0-test',
    clock,
    random: () => randomBytes(4).readUInt32LE() / 2 ** 32,
    ids: createIds(clock.now),
    log: options.log ?? silentLog,
    keychain: null,
    passphrase: null,
    transports: { openSmtp: openSmtpSession, openInbox: openImapSession, ...options.transports },
    network: noNetwork,
    timeLapse: null,
    openPractice: null,
  };
}

export async function startEngine(ports: EnginePorts): Promise<Engine> {
  const engine = await createEngine(ports);
  engine.start();
  return engine;
}

/** A mailbox on loopback servers, without limits that would slow a test. */
export function testMailbox(smtpPort: number, overrides: Partial<MailboxInput> & { imapPort?: number; password?: string; connections?: number } = {}): MailboxInput {
  const { imapPort, password, connections, ...rest } = overrides;
  const local = { host: '127.0.0.1', security: 'none' as const, allowSelfSigned: true };
  return mailboxInputSchema.parse({
    name: 'Test mailbox',
    fromName: 'Tess Ter',
    address: 'tess@test.example.com',
    smtp: { ...local, port: smtpPort, user: '' },
    imap: imapPort === undefined ? null : { ...local, port: imapPort, user: 'tess', password },
    limits: { perDay: 100_000, perHour: 100_000, minGapSeconds: 0, maxGapSeconds: 0, connections: connections ?? 1 },
    calendar: { zone: 'UTC', windows: alwaysOpen },
    ...rest,
  });
}

/** Rules that let a mail leave at any time. */
export const anyTime = campaignRulesSchema.parse({ calendar: { zone: 'UTC', windows: alwaysOpen }, wakingHours: null });

/** An e-mail step with one text. */
export function emailStep(id: string, subject: string, text: string): Step {
  return { id, type: 'email', variants: [{ id: 'A', weight: 1, active: true, subject, html: '', text }] };
}

export function waitStep(id: string, duration: string): Step {
  return { id, type: 'wait', duration, businessDays: false };
}

/** Waits until the check holds; throws with `what` after the deadline. Real time, for tests with real servers. */
export async function until(check: () => boolean | Promise<boolean>, what: string, deadlineMs = 15_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Writes contacts, an active sequence and a launched campaign; returns the campaign's id. */
export async function launchCampaign(
  engine: Engine,
  options: {
    recipients: readonly string[];
    mailboxIds: readonly string[];
    steps: readonly Step[];
    rules?: Partial<CampaignRules>;
    contact?: (email: string) => Partial<ContactInput>;
  },
): Promise<string> {
  const { contacts, sequences, campaigns } = engine.services;
  const contactIds: string[] = [];
  for (const email of options.recipients)
    contactIds.push(
      contacts.create({
        email,
        firstName: email.split('@')[0] ?? '',
        lastName: '',
        company: '',
        title: '',
        phone: '',
        website: '',
        city: '',
        country: '',
        timeZone: null,
        tags: [],
        custom: {},
        ...options.contact?.(email),
      }).id,
    );
  const sequence = sequences.create({ name: 'Test sequence', description: '', graph: { steps: [...options.steps] } });
  sequences.activate(sequence.id);
  const campaign = campaigns.create({
    name: 'Test campaign',
    sequenceId: sequence.id,
    audience: { listIds: [], contactIds, everyone: false },
    mailboxIds: [...options.mailboxIds],
    rules: { ...anyTime, ...options.rules },
  });
  await campaigns.launch(campaign.id);
  return campaign.id;
}
