import { isAppError } from '../../../shared/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { day, hour, minute } from '../lib/clock.ts';
import type { MailboxRow } from '../mailboxes/index.ts';
import type { FolderRole, FolderStatus, HeadQuery, InboxHead, InboxSession, Logger } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { readCursor, writeCursor, type Cursor } from './cursors.ts';
import type { Place, Receiver } from './receive.ts';

/** How many heads are looked at when a folder is new to us, or numbered anew: its newest. */
const newestLook = { first: 5_000, renumbered: 20_000 } as const;
/** How far before the last look a renumbered folder is read again. */
const renumberedBackMs = 2 * day;
const addedSlackMs = 10 * minute;
const sentSlackMs = hour;
/** A message that cannot be taken in is tried this often, then left behind, so that it does not hide all that comes after it. */
const triesPerMessage = 3;

export interface ReadFolder {
  readonly path: string;
  readonly role: FolderRole;
  /** As the server told it with its list, to leave folders alone in which nothing happened; null = look. */
  readonly status: FolderStatus | null;
}

/**
 * What to read of a folder, or null when nothing in it can concern anybody: what is new since the cursor; of a folder that
 * is new to us what came since our first mail left; of one that was numbered anew what came since shortly before the last look. Pure.
 */
export function planRead(cursor: Cursor | null, status: FolderStatus, mailbox: { createdAt: number; firstSentAt: number | null }): HeadQuery | null {
  if (cursor !== null && cursor.uidValidity === status.uidValidity) return { afterUid: cursor.lastUid };
  if (mailbox.firstSentAt === null) return null;
  const since = Math.max(mailbox.createdAt - addedSlackMs, mailbox.firstSentAt - sentSlackMs);
  if (cursor === null) return { afterUid: 0, since, newest: newestLook.first };
  return { afterUid: 0, since: Math.max(since, cursor.checkedAt - renumberedBackMs), newest: newestLook.renumbered };
}

/**
 * Whether nothing came since the last look. Pure. A modification sequence (RFC 7162) would not do: servers may answer the
 * same value until CONDSTORE was enabled in the folder, and flags that change are nothing to us.
 */
export function isUnchanged(cursor: Cursor | null, status: FolderStatus): boolean {
  return cursor !== null && cursor.uidValidity === status.uidValidity && status.uidNext - 1 <= cursor.lastUid;
}

/** Reads what is new in one folder and moves its cursor; each message that concerns somebody is its own transaction. */
export function createFolderReader(deps: { store: Store; clock: Clock; log: Logger; receiver: Receiver }) {
  const { store, clock, log, receiver } = deps;
  const failures = new Map<string, number>();

  /** Throws when the connection fails; what was read before stays read. Resolves with how many messages concern somebody. */
  return async function readFolder(session: InboxSession, mailbox: MailboxRow, folder: ReadFolder): Promise<number> {
    const cursor = readCursor(store, mailbox.id, folder.path);
    if (folder.status !== null && isUnchanged(cursor, folder.status)) return 0;
    const status = await session.open(folder.path);
    const { uidValidity } = status;
    if (cursor !== null && cursor.uidValidity !== uidValidity)
      log.warn({ mailboxId: mailbox.id, folder: folder.path }, 'the server numbered a folder anew; it is read again by date');
    const save = (lastUid: number): void => {
      store.transaction((tx) => writeCursor(tx, mailbox.id, folder.path, folder.role, { uidValidity, lastUid, checkedAt: clock.now() }));
    };
    const query = planRead(cursor, status, { createdAt: mailbox.createdAt, firstSentAt: firstSentAt(store, mailbox.id) });
    if (query === null) {
      save(status.uidNext - 1);
      return 0;
    }
    const place: Place = { mailbox, folder: folder.path, role: folder.role, uidValidity };
    let found = 0;
    let last = query.afterUid;
    for await (const heads of session.heads(folder.path, query)) {
      found += await takeIn(session, place, heads, query.since ?? 0);
      last = Math.max(last, ...heads.map(({ uid }) => uid));
      save(last);
    }
    // All that was there when the folder was opened is settled, also what was deleted or is too old to be read.
    const end = Math.max(last, status.uidNext - 1);
    if (cursor?.uidValidity !== uidValidity || end > last) save(end);
    return found;
  };

  async function takeIn(session: InboxSession, place: Place, heads: readonly InboxHead[], since: number): Promise<number> {
    const candidates: number[] = [];
    for (const head of heads) {
      if (head.receivedAt !== 0 && head.receivedAt < since) continue;
      if (await guarded('look', place, head.uid, () => receiver.look(place, head))) candidates.push(head.uid);
    }
    let found = 0;
    if (candidates.length === 0) return found;
    for await (const message of session.sources(place.folder, candidates)) {
      if ((await guarded('receive', place, message.uid, () => receiver.receive(place, message))) === 'stored') found += 1;
    }
    return found;
  }

  /** Null = given up. What is wrong with the database or the disk is no fault of the message: it waits. */
  async function guarded<T>(step: 'look' | 'receive', place: Place, uid: number, work: () => Promise<T>): Promise<T | null> {
    const key = `${step} ${place.mailbox.id} ${place.uidValidity} ${uid} ${place.folder}`;
    try {
      const done = await work();
      failures.delete(key);
      return done;
    } catch (error) {
      const tries = (failures.get(key) ?? 0) + 1;
      failures.set(key, tries);
      if (isAppError(error) || tries < triesPerMessage) throw error;
      failures.delete(key);
      log.error({ mailboxId: place.mailbox.id, folder: place.folder, uid, err: error }, 'a message could not be taken in and is left behind');
      return null;
    }
  }
}

/** When the first mail left from a mailbox: nothing older can be an answer. Null = none left yet. */
function firstSentAt(store: Store, mailboxId: string): number | null {
  const row = store
    .prepareRead(
      `select (select min(sent_at) from deliveries where mailbox_id = @id and sent_at is not null) as sent,
         (select min(sending_at) from deliveries where state = 'unknown' and mailbox_id = @id) as open`,
    )
    .get({ id: mailboxId }) as { sent: number | null; open: number | null };
  return row.sent === null || row.open === null ? (row.sent ?? row.open) : Math.min(row.sent, row.open);
}

export type FolderReader = ReturnType<typeof createFolderReader>;
