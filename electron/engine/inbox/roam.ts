import { backoffMs, type BackoffPolicy } from '../lib/backoff.ts';
import { minute, second, type Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { MailboxRow } from '../mailboxes/index.ts';
import type { FolderRole, InboxFolder, InboxSession, Logger } from '../ports.ts';
import type { FolderReader } from './folder-reader.ts';
import type { SentCopies } from './sent-copies.ts';

/** Other folders are seen about as often as follow-ups need a fresh inbox. */
export const roamEveryMs = 45 * second;
const roamBackoff: BackoffPolicy = { firstMs: roamEveryMs, capMs: 10 * minute };
/** A connection that lived this long proves the server. */
const provenAfterMs = 10 * minute;
/** With so many failures in a row the provider may allow one connection only: the one on the inbox then visits the other folders, too. */
const borrowAfter = 2;
const maxFolders = 40;
/** In this order. Sent shows under which Message-ID our mails left, and what became of unknown outcomes. */
const roamRoles: readonly FolderRole[] = ['junk', 'sent', 'all', 'archive', 'other'];

/** The folders that a reply, a bounce or an own copy may be in. All Mail holds everything but junk, so the others would only repeat it. Pure. */
export function relevantFolders(folders: readonly InboxFolder[]): InboxFolder[] {
  const hasAll = folders.some(({ role }) => role === 'all');
  return folders
    .filter(({ role }) => roamRoles.includes(role) && (!hasAll || role === 'all' || role === 'junk'))
    .sort((a, b) => roamRoles.indexOf(a.role) - roamRoles.indexOf(b.role))
    .slice(0, maxFolders);
}

export interface Roam {
  /** Begins to visit, the first time after `delayMs`. */
  start(delayMs: number): void;
  /** Puts waiting Sent copies into their folder, then reads every other folder. Visits follow one another. Never throws. Resolves with how many messages concern somebody. */
  visit(): Promise<number>;
  /** Only the Sent copies. Never throws. */
  fileCopies(): Promise<void>;
  /** Whether the other folders were read within the last `roamEveryMs`. */
  fresh(): boolean;
  /** Closes the connection; a message being taken in is finished. */
  stop(): Promise<void>;
}

/** The second connection of a mailbox: it visits junk, Sent, archive and the person's own folders in turn, because rules and filters move replies and bounces there. */
export function createRoam(deps: {
  realTime: Clock;
  random: Random;
  log: Logger;
  mailboxId: string;
  mailbox(): MailboxRow | null;
  open(): Promise<InboxSession>;
  /** The connection on the inbox, where it is alive. */
  borrow(): InboxSession | null;
  readFolder: FolderReader;
  sentCopies: SentCopies;
}): Roam {
  const { realTime, random, log, mailboxId, readFolder, sentCopies } = deps;
  let own: { session: InboxSession; since: number } | null = null;
  let failures = 0;
  let visitedAt = -Infinity;
  let stopped = false;
  let cancel: (() => void) | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  async function connection(): Promise<InboxSession> {
    if (own?.session.usable === true) return own.session;
    const borrowed = failures >= borrowAfter ? deps.borrow() : null;
    if (borrowed !== null) return borrowed;
    own = { session: await deps.open(), since: realTime.monotonic() };
    return own.session;
  }

  /** One piece of work at a time. A failure costs the connection, for it is in doubt then. */
  function run<T>(work: (session: InboxSession, mailbox: MailboxRow) => Promise<T>, otherwise: T): Promise<T> {
    const done = queue.then(async () => {
      if (stopped) return otherwise;
      try {
        const mailbox = deps.mailbox();
        if (mailbox === null || mailbox.imap === null) return otherwise;
        const result = await work(await connection(), mailbox);
        if (own !== null && realTime.monotonic() - own.since >= provenAfterMs) failures = 0;
        return result;
      } catch (error) {
        if (!stopped) log.warn({ mailboxId, err: error }, 'the other folders could not be read');
        failures += 1;
        void own?.session.close().catch(() => undefined);
        own = null;
        return otherwise;
      }
    });
    queue = done;
    return done;
  }

  async function visitAll(session: InboxSession, mailbox: MailboxRow): Promise<number> {
    await sentCopies.file(session, mailbox);
    let found = 0;
    for (const { path, role, status } of relevantFolders(await session.folders())) {
      if (stopped) break;
      try {
        found += await readFolder(session, mailbox, { path, role, status: status ?? (await session.status(path)) });
      } catch (error) {
        // A folder that vanished since the list, or may not be selected, keeps nobody from the others.
        if (!session.usable) throw error;
        log.debug({ mailboxId, folder: path, err: error }, 'a folder could not be read');
      }
    }
    visitedAt = realTime.monotonic();
    return found;
  }

  const visit = (): Promise<number> => run(visitAll, 0);

  function start(delayMs: number): void {
    cancel?.();
    if (stopped) return;
    cancel = realTime.after(delayMs, () => void visit().then(() => start(failures === 0 ? roamEveryMs : Math.max(roamEveryMs, backoffMs(roamBackoff, failures, random)))));
  }

  return {
    start,
    visit,
    async fileCopies() {
      if (sentCopies.due(mailboxId)) await run(sentCopies.file, undefined);
    },
    fresh: () => realTime.monotonic() - visitedAt < roamEveryMs,
    async stop() {
      stopped = true;
      cancel?.();
      await Promise.all([own?.session.close().catch(() => undefined), queue]);
    },
  };
}
