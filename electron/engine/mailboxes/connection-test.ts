import { isIP } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { MailboxTest } from '../../../shared/schemas/mailbox.ts';
import type { Clock } from '../lib/clock.ts';
import { ConnectError, type InboxFolder, type InboxSession, type MailTransports, type ServerAccess, type SmtpSession } from '../ports.ts';
import { adviseConnect, type Side } from './advice.ts';

export type TestSide = MailboxTest['smtp'];
type Stage = TestSide['stage'];

/** Real time: a test must answer within 15 s, the probe for a wrong port included. */
const connectLimitMs = 11_000;
const probeAfterMs = 2_500;
const probeLimitMs = 3_000;

export interface SideResult<Session> {
  readonly side: TestSide;
  /** Open when the side is fine; the caller closes it. */
  readonly session: Session | null;
}

/** Logs in to SMTP and says how far it came. */
export async function testSmtp(transports: MailTransports, server: ServerAccess, clock: Clock): Promise<SideResult<SmtpSession>> {
  const startedAt = clock.monotonic();
  const opened = await openWithin('SMTP', server, (signal) => transports.openSmtp(server, signal));
  const durationMs = elapsed(clock, startedAt);
  if ('failed' in opened) return { side: { ok: false, ...opened.failed, durationMs }, session: null };
  const message = server.user === '' ? 'Connected without a login, because no user name is set.' : 'Connected and logged in.';
  return { side: { ok: true, stage: 'done', message, durationMs }, session: opened.session };
}

/** Logs in to IMAP, lists the folders and opens the inbox. */
export async function testImap(transports: MailTransports, server: ServerAccess | null, clock: Clock): Promise<SideResult<InboxSession> & { folders: InboxFolder[] }> {
  const startedAt = clock.monotonic();
  if (server === null) {
    return { side: { ok: true, stage: 'skipped', message: 'No IMAP server is set: replies cannot be seen, so follow-ups are held.', durationMs: 0 }, session: null, folders: [] };
  }
  const opened = await openWithin('IMAP', server, (signal) => transports.openInbox(server, signal));
  if ('failed' in opened) return { side: { ok: false, ...opened.failed, durationMs: elapsed(clock, startedAt) }, session: null, folders: [] };
  try {
    const folders = await opened.session.folders();
    const inbox = folders.find((folder) => folder.role === 'inbox');
    if (inbox === undefined) throw new Error('there is no INBOX');
    await opened.session.status(inbox.path);
    return {
      side: { ok: true, stage: 'done', message: 'Connected, logged in and the inbox can be read.', durationMs: elapsed(clock, startedAt) },
      session: opened.session,
      folders,
    };
  } catch (error) {
    await opened.session.close();
    const said = error instanceof Error ? error.message : String(error);
    return {
      side: {
        ok: false,
        stage: 'folder',
        message: `The login worked, but the inbox cannot be opened: ${said}. Check that this account holds a mailbox.`,
        durationMs: elapsed(clock, startedAt),
      },
      session: null,
      folders: [],
    };
  }
}

function elapsed(clock: Clock, startedAt: number): number {
  return Math.round(clock.monotonic() - startedAt);
}

async function openWithin<Session>(
  side: Side,
  server: ServerAccess,
  open: (signal: AbortSignal) => Promise<Session>,
): Promise<{ session: Session } | { failed: { stage: Stage; message: string } }> {
  const limit = AbortSignal.timeout(connectLimitMs);
  const wrongPort = new AbortController();
  const finished = new AbortController();
  let speaksTls = false;
  // A plain connection to a TLS port just hangs: both ends wait for the other to speak first.
  if (server.security !== 'tls') {
    AbortSignal.timeout(probeAfterMs).addEventListener('abort', () => {
      if (finished.signal.aborted) return;
      void portSpeaksTls(server, finished.signal).then((speaks) => {
        if (!speaks || finished.signal.aborted) return;
        speaksTls = true;
        wrongPort.abort();
      });
    });
  }
  try {
    return { session: await open(AbortSignal.any([limit, wrongPort.signal])) };
  } catch (error) {
    const failure = error instanceof ConnectError ? error : new ConnectError('connect', error instanceof Error ? error.message : String(error), null, { cause: error });
    const access = {
      side,
      host: server.host,
      port: server.port,
      security: server.security,
      user: server.user,
      speaksTls,
      timedOut: limit.aborted,
      signedIn: server.accessToken !== undefined,
    };
    return { failed: { stage: speaksTls ? 'tls' : failure.stage, message: adviseConnect(failure, access) } };
  } finally {
    finished.abort();
  }
}

function portSpeaksTls(server: ServerAccess, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tlsConnect({ host: server.host, port: server.port, rejectUnauthorized: false, ...(isIP(server.host) === 0 ? { servername: server.host } : {}) });
    const done = (speaks: boolean): void => {
      socket.destroy();
      resolve(speaks);
    };
    socket.once('secureConnect', () => done(true));
    socket.once('error', () => done(false));
    AbortSignal.any([signal, AbortSignal.timeout(probeLimitMs)]).addEventListener('abort', () => done(false), { once: true });
  });
}
