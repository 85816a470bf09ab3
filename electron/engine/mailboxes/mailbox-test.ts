import { AppError } from '../../../shared/errors.ts';
import type { MailboxInput, MailboxTest } from '../../../shared/schemas/mailbox.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { InboxFolder, InboxSession, Logger, MailTransports, ServerAccess } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';
import { testImap, testSmtp } from './connection-test.ts';
import { checkInput, passwordOf, type ServerInput } from './input.ts';
import { makeRoundTrip, type RoundTrip } from './round-trip.ts';
import { imapSecret, sameServer, smtpSecret, storedServer, type MailboxRow } from './rows.ts';
import type { SecretStore } from './service.ts';

export type TestSettingsInput = Pick<MailboxInput, 'address' | 'smtp' | 'imap' | 'signIn'> & { id?: string | undefined };

export interface MailboxTestDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly vault: SecretStore;
  readonly transports: MailTransports;
  readonly find: (orm: Store['read'], id: string) => MailboxRow | null;
  readonly change: (tx: Tx, id: string, values: Partial<MailboxRow>) => void;
  readonly access: (id: string, side: 'smtp' | 'imap') => ServerAccess | null;
  /** The token of a stored mailbox or of a sign-in that none has taken yet. */
  readonly token: (id: string | undefined, signIn: string | undefined, renew: boolean) => Promise<string>;
  readonly onReconnect: (tx: Tx, id: string) => void;
  /** Own mail that came back, as the receiving server stored it. */
  readonly onReturned: (id: string, messages: Uint8Array[]) => void;
}

interface Connected {
  readonly test: MailboxTest;
  readonly trip: RoundTrip | null;
  readonly returned: Uint8Array[];
}

/** Connects to the servers of a mailbox, and says in sentences how far it came. */
export function createMailboxTest(deps: MailboxTestDeps) {
  const { store, events, clock, ids, log, vault, transports, find, change, access } = deps;

  async function connectBoth(smtpAccess: ServerAccess, imapAccess: ServerAccess | null, roundTripFor: string | null): Promise<Connected> {
    const [smtp, imap] = await Promise.all([testSmtp(transports, smtpAccess, clock), testImap(transports, imapAccess, clock)]);
    let trip: RoundTrip | null = null;
    let returned: Uint8Array[] = [];
    try {
      if (roundTripFor !== null && smtp.session !== null && imap.session !== null) {
        trip = await makeRoundTrip({ address: roundTripFor, smtp: smtp.session, imap: imap.session, folders: imap.folders, clock, ids });
        if (trip.side.ok) returned = await returnedMail(imap.session, imap.folders).catch(() => []);
      } else if (roundTripFor !== null) {
        trip = {
          side: { ok: false, stage: 'skipped', message: 'A round trip needs both SMTP and IMAP.', durationMs: 0 },
          sentCopy: 'unknown',
          sentFolder: null,
          messageIdPolicy: 'unknown',
        };
      }
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      trip = {
        side: { ok: false, stage: 'find', message: `The connection was lost during the round trip: ${said}. Try again.`, durationMs: 0 },
        sentCopy: 'unknown',
        sentFolder: null,
        messageIdPolicy: 'unknown',
      };
    } finally {
      smtp.session?.close();
      void imap.session?.close();
    }
    const ok = smtp.side.ok && imap.side.ok && (trip === null || trip.side.ok);
    return { test: { ok, smtp: smtp.side, imap: imap.side, roundTrip: trip?.side ?? null, sentCopy: trip?.sentCopy ?? 'unknown' }, trip, returned };
  }

  async function test(id: string, roundTrip: boolean): Promise<MailboxTest> {
    const before = find(store.read, id);
    const smtpAccess = access(id, 'smtp');
    if (before === null || smtpAccess === null) throw new AppError('not_found', 'This mailbox does not exist any more.');
    const { test: result, trip, returned } = await connectBoth(smtpAccess, access(id, 'imap'), roundTrip ? before.address : null);
    const learnt = trip !== null && trip.sentCopy !== 'unknown';
    store.transaction((tx) => {
      const row = find(tx.orm, id);
      if (row === null) return;
      // Settings that changed meanwhile were not the ones tested.
      const same = sameServer(row.smtp, before.smtp) && sameServer(row.imap, before.imap);
      const connected = result.smtp.ok && result.imap.ok;
      const values: Partial<MailboxRow> = { lastTestAt: clock.now() };
      if (same && learnt) Object.assign(values, { sentCopy: trip.sentCopy, sentFolder: trip.sentFolder, messageIdPolicy: trip.messageIdPolicy });
      if (same && connected && row.state !== 'paused') Object.assign(values, { state: 'ready', stateReason: null, failures: 0, backoffUntil: 0 });
      if (same && !result.smtp.ok && row.state !== 'paused')
        Object.assign(values, { state: result.smtp.stage === 'login' ? 'needs_login' : 'unreachable', stateReason: result.smtp.message });
      if (same && result.smtp.ok && !result.imap.ok && row.state !== 'paused') values.stateReason = result.imap.message;
      change(tx, id, values);
      const failed = [result.smtp, result.imap, result.roundTrip].find((side) => side !== null && !side.ok);
      events.append(tx, {
        type: 'mailbox_tested',
        actor: 'person',
        mailboxId: id,
        reason: failed?.message ?? null,
        data: { ok: result.ok, roundTrip: roundTrip ? result.sentCopy : null },
      });
      if (same && connected) deps.onReconnect(tx, id);
    });
    deps.onReturned(id, returned);
    log.info({ mailboxId: id, ok: result.ok, smtp: result.smtp.stage, imap: result.imap.stage }, 'mailbox tested');
    return { ...result, sentCopy: learnt ? result.sentCopy : before.sentCopy };
  }

  async function testSettings(input: TestSettingsInput): Promise<MailboxTest> {
    checkInput({ address: input.address, smtp: input.smtp, imap: input.imap });
    const { id, signIn } = input;
    const password = (server: ServerInput, secret: (id: string) => string): string => passwordOf(server) ?? (id === undefined ? '' : (vault.get(secret(id)) ?? ''));
    const side = (server: ServerInput, secret: (id: string) => string): ServerAccess =>
      server.auth === 'oauth2'
        ? { ...storedServer(server), password: '', accessToken: (renew) => deps.token(id, signIn, renew) }
        : { ...storedServer(server), password: password(server, secret) };
    const smtpAccess = side(input.smtp, smtpSecret);
    const imapAccess = input.imap === null ? null : side(input.imap, imapSecret);
    return (await connectBoth(smtpAccess, imapAccess, null)).test;
  }

  return { test, testSettings };
}

/** The newest test mail of Homing in the inbox: it went through the sending server, which signed it. */
async function returnedMail(imap: InboxSession, folders: readonly InboxFolder[]): Promise<Uint8Array[]> {
  const inbox = folders.find((folder) => folder.role === 'inbox')?.path ?? 'INBOX';
  const newest = Math.max(0, ...(await imap.findByHeader(inbox, 'X-Homing-Id', 'test-')));
  if (newest === 0) return [];
  for await (const { source } of imap.sources(inbox, [newest])) return [source];
  return [];
}
