import { AppError, isAppError } from '../../../shared/errors.ts';
import { backoffMs, type BackoffPolicy } from '../lib/backoff.ts';
import { hour, minute, second, type Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Mailboxes } from '../mailboxes/index.ts';
import { ConnectError, type InboxSession, type Logger, type MailTransports } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { FolderReader } from './folder-reader.ts';
import { createRoam } from './roam.ts';
import type { SentCopies } from './sent-copies.ts';

export interface InboxCheck {
  readonly checkedAt: number;
  readonly found: number;
}

export interface WatchDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Real time, for waits on the network: workspace time may run faster. */
  readonly realTime: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly mailboxes: Mailboxes;
  readonly transports: MailTransports;
  readonly readFolder: FolderReader;
  readonly sentCopies: SentCopies;
}

/** Keeps `inboxCheckedAt` young enough for follow-ups and notices a silent death of the connection. */
const checkEveryMs = 50 * second;
const connectLimitMs = 30 * second;
const lostBackoff: BackoffPolicy = { firstMs: 2 * second, capMs: 10 * minute };
const loginBackoff: BackoffPolicy = { firstMs: 2 * minute, capMs: hour };
/** A connection that lived this long proves the server: failures are forgotten. A login alone proves nothing. */
const provenAfterMs = 10 * minute;
/** A person or the dispatcher may ask again sooner than the back-off, but not in a loop. */
const askAgainAfterMs = 5 * second;
const stopLimitMs = 3 * second;
/** A look that is asked for waits this long for the other folders: they may be many at the first visit. */
const roamPatienceMs = 15 * second;

export interface Watch {
  start(): void;
  /** Looks now, at the inbox and at other folders that were not read for a while; connects where needed. Throws AppError mailbox_unreachable, mailbox_login, secrets_locked or wrong_state. */
  refresh(): Promise<InboxCheck>;
  /** The network or the settings changed: connects anew. */
  poke(): void;
  /** A copy waits for the Sent folder. */
  fileCopies(): void;
  stop(): Promise<void>;
}

/** One mailbox: a connection that watches the inbox, and one that visits the other folders in turn. */
export function createWatch(deps: WatchDeps, mailboxId: string): Watch {
  const { store, clock, realTime, random, log, mailboxes, transports, readFolder, sentCopies } = deps;
  const stopped = new AbortController();
  let session: { inbox: InboxSession; path: string; since: number } | null = null;
  let connecting: Promise<void> | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let failures = 0;
  let lastFailure: { at: number; error: AppError } | null = null;
  let cancelRetry: (() => void) | null = null;
  let cancelCheck: (() => void) | null = null;
  let roaming = false;
  const roam = createRoam({
    ...{ realTime, random, log, mailboxId, readFolder, sentCopies },
    mailbox: () => mailboxes.row(mailboxId),
    open: openSession,
    borrow: () => (session?.inbox.usable === true ? session.inbox : null),
  });

  function connect(): Promise<void> {
    connecting ??= open().finally(() => (connecting = null));
    return connecting;
  }

  async function open(): Promise<void> {
    cancelRetry?.();
    cancelRetry = null;
    let inbox: InboxSession | null = null;
    try {
      inbox = await openSession();
      const path = (await inbox.folders()).find(({ role }) => role === 'inbox')?.path ?? 'INBOX';
      if (stopped.signal.aborted) throw new Error('stopped');
      const opened = { inbox, path, since: realTime.monotonic() };
      session = opened;
      inbox.onClose(() => lost(opened));
      await inbox.watch(path, () => void check().catch(() => undefined));
      recovered();
      scheduleCheck();
      // Visits go on by themselves from the first connection on, whatever becomes of this one.
      if (!roaming) roam.start(0);
      roaming = true;
    } catch (cause) {
      session = null;
      void inbox?.close().catch(() => undefined);
      const error = describe(cause);
      failed(error);
      throw error;
    }
  }

  async function openSession(): Promise<InboxSession> {
    const access = mailboxes.access(mailboxId, 'imap');
    if (access === null) throw new AppError('wrong_state', 'This mailbox has no IMAP server, so replies cannot be seen. Add one in its settings.');
    return transports.openInbox(access, AbortSignal.any([stopped.signal, AbortSignal.timeout(connectLimitMs)]));
  }

  function failed(error: AppError): void {
    lastFailure = { at: realTime.monotonic(), error };
    // Without IMAP, or with locked passwords, nothing changes by itself: a poke tries again.
    if (stopped.signal.aborted || error.code === 'wrong_state' || error.code === 'secrets_locked' || error.code === 'not_found') return;
    failures += 1;
    const wait = backoffMs(error.code === 'mailbox_login' ? loginBackoff : lostBackoff, failures, random);
    log.warn({ mailboxId, failures, waitMs: wait, err: error }, 'the inbox cannot be reached');
    // A single hiccup is not worth a word to the user.
    if (failures > 1 || error.code === 'mailbox_login') store.transaction((tx) => mailboxes.setInboxTrouble(tx, mailboxId, error.message));
    cancelRetry?.();
    cancelRetry = realTime.after(wait, start);
  }

  function recovered(): void {
    lastFailure = null;
    store.transaction((tx) => mailboxes.setInboxTrouble(tx, mailboxId, null));
  }

  function lost(opened: typeof session): void {
    if (session !== opened || opened === null) return;
    session = null;
    cancelCheck?.();
    if (stopped.signal.aborted) return;
    if (realTime.monotonic() - opened.since >= provenAfterMs) failures = 0;
    failed(new AppError('mailbox_unreachable', 'The connection to the inbox was lost. Homing connects again by itself.'));
  }

  /** One look at a time; a look asked for during another one starts after it, because the running one may have passed the new mail. */
  function check(): Promise<InboxCheck> {
    const run = queue.then(async (): Promise<InboxCheck> => {
      const current = session;
      const row = mailboxes.row(mailboxId);
      if (current === null || row === null) throw lastFailure?.error ?? new AppError('mailbox_unreachable', 'There is no connection to the inbox at the moment.');
      try {
        const startedAt = realTime.monotonic();
        const found = await readFolder(current.inbox, row, { path: current.path, role: 'inbox', status: null });
        if (found > 0) log.debug({ mailboxId, found, tookMs: Math.round(realTime.monotonic() - startedAt) }, 'inbox read');
        const checkedAt = clock.now();
        store.transaction((tx) => mailboxes.setInboxChecked(tx, mailboxId));
        return { checkedAt, found };
      } catch (cause) {
        if (isAppError(cause)) throw cause;
        log.warn({ mailboxId, err: cause }, 'reading the inbox failed');
        // The connection is in doubt: a new one starts clean, and the cursor stands where it was.
        void current.inbox.close().catch(() => undefined);
        lost(current);
        throw describe(cause);
      }
    });
    queue = run.catch(() => undefined);
    return run;
  }

  function scheduleCheck(): void {
    cancelCheck?.();
    cancelCheck = realTime.after(checkEveryMs, () => {
      if (session !== null)
        void check()
          .catch(() => undefined)
          .then(() => (session === null ? undefined : scheduleCheck()));
    });
  }

  async function roamWithPatience(): Promise<number> {
    if (roam.fresh()) return 0;
    let cancel: (() => void) | null = null;
    const tired = new Promise<number>((resolve) => (cancel = realTime.after(roamPatienceMs, () => resolve(0))));
    return Promise.race([roam.visit(), tired]).finally(() => cancel?.());
  }

  function start(): void {
    (session?.inbox.usable === true ? Promise.resolve() : connect()).then(check).catch(() => undefined);
  }

  return {
    start,
    fileCopies: () => void roam.fileCopies(),
    async refresh() {
      if (stopped.signal.aborted) throw new AppError('wrong_state', 'Homing is closing.');
      if (session?.inbox.usable !== true) {
        if (connecting === null && lastFailure !== null && realTime.monotonic() - lastFailure.at < askAgainAfterMs) throw lastFailure.error;
        await connect();
      }
      const [looked, foundElsewhere] = await Promise.all([check(), roamWithPatience()]);
      return { ...looked, found: looked.found + foundElsewhere };
    },
    poke() {
      lastFailure = null;
      const doubtful = session;
      session = null;
      cancelCheck?.();
      // After sleep or a change of network an old connection may be dead without a word: a new one costs little.
      void doubtful?.inbox.close().catch(() => undefined);
      if (roaming) roam.start(0);
      start();
    },
    async stop() {
      stopped.abort();
      cancelRetry?.();
      cancelCheck?.();
      const open = session;
      session = null;
      const closed = Promise.all([open?.inbox.close().catch(() => undefined), roam.stop()]);
      // A message being taken in is finished; a server that no longer answers keeps nobody waiting.
      await Promise.race([Promise.all([closed, queue, connecting?.catch(() => undefined)]), new Promise<void>((resolve) => realTime.after(stopLimitMs, resolve))]);
    },
  };
}

function describe(cause: unknown): AppError {
  if (isAppError(cause)) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof ConnectError && cause.stage === 'login')
    return new AppError(
      'mailbox_login',
      `The IMAP server refused the login: ${said}. Replies cannot be seen until the password is corrected in the mailbox's settings.`,
      {},
      { cause },
    );
  return new AppError('mailbox_unreachable', `The inbox cannot be read: ${said}.`, {}, { cause });
}
