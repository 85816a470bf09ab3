import { hour, minute, type Clock } from '../lib/clock.ts';
import type { Mailboxes } from '../mailboxes/index.ts';
import type { InboxSession, Logger } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { LearnMessageId } from './message-ids.ts';
import type { Outbox } from './outbox.ts';
import { copyFolders, searchCopy, type WantedCopy } from './sent-search.ts';

/** A mail may reach the Sent folder late: absence counts only after this (DESIGN section 6). */
export const sentGraceMs = 15 * minute;

/** What the last search for a mail of unknown outcome has shown. */
export interface UnknownLook {
  readonly at: number;
  /** Folders that were searched to the end. */
  readonly folders: readonly string[];
  /** Why the search could not be made or finished; null = it was. */
  readonly trouble: string | null;
}

export interface Reconciler {
  /** Looks for the copy of every delivery with unknown outcome in its mailbox; of one that was looked for often only now and then, unless `all`. One run at a time; never throws. */
  run(all?: boolean): Promise<{ found: number; absent: number; open: number }>;
  /** The last search for a delivery since the start, or null. */
  lookOf(deliveryId: string): UnknownLook | null;
  /** Ends a search that is under way; resolves when it has. No run does anything after it. */
  stop(): Promise<void>;
}

interface UnknownRow extends WantedCopy {
  readonly mailboxId: string;
  /** When the body began, or when the outcome was lost sight of, whichever is later. */
  readonly since: number;
}

/** When an unknown outcome is looked into again: at each run at first, then ever more rarely. Pure. */
export function nextLookAt(since: number, lastLookAt: number): number {
  const age = lastLookAt - since;
  if (age <= sentGraceMs + minute) return lastLookAt;
  return lastLookAt + (age < 2 * hour ? 15 * minute : 2 * hour);
}

/**
 * Found → sent. Absent → planned again, only where the round-trip test proved that this provider files its own Sent copy,
 * every folder that may hold it was searched after the grace period, and none does. Anything else waits for a person.
 */
export function createReconciler(deps: {
  store: Store;
  clock: Clock;
  log: Logger;
  outbox: Outbox;
  mailboxes: Pick<Mailboxes, 'row'>;
  learnMessageId: LearnMessageId;
  /** A reading connection; null where the mailbox has no IMAP. */
  open(mailboxId: string, signal: AbortSignal): Promise<InboxSession | null>;
  afterChange(): void;
}): Reconciler {
  const { store, clock, log, outbox, mailboxes, learnMessageId } = deps;
  const looks = new Map<string, UnknownLook>();
  let active: Promise<{ found: number; absent: number; open: number }> | null = null;
  let current: InboxSession | null = null;
  const stopping = new AbortController();

  const isOther = (row: WantedCopy) => (messageId: string) =>
    store.prepareRead('select 1 from deliveries where (message_id = ? or wire_message_id = ?) and id <> ? limit 1').get(messageId, messageId, row.id) !== undefined;

  async function reconcileMailbox(session: InboxSession, mailboxId: string, rows: readonly UnknownRow[], tally: { found: number; absent: number }): Promise<void> {
    const mailbox = mailboxes.row(mailboxId);
    if (mailbox === null) return;
    const folders = copyFolders(await session.folders(), mailbox.sentFolder);
    // Only the very folder in which the round-trip test found its copy proves that a copy is missing.
    const proven = mailbox.sentCopy === 'provider' && mailbox.sentFolder !== null && folders.includes(mailbox.sentFolder);
    for (const row of rows) {
      if (stopping.signal.aborted) return;
      const at = clock.now();
      try {
        const search = await searchCopy(session, folders, row, isOther(row));
        looks.set(row.id, { at, folders: search.searched, trouble: folders.length === 0 ? 'This account has no folder for sent mail.' : null });
        if (search.kind === 'found') {
          const { messageId } = search;
          const settled = store.transaction((tx) => {
            const done = outbox.markFound(tx, { deliveryId: row.id, source: 'sent_folder' }, 'engine');
            if (done && messageId !== null) learnMessageId(tx, { deliveryId: row.id, messageId });
            return done;
          });
          if (settled) tally.found += 1;
        } else if (proven && at - row.since > sentGraceMs) {
          if (store.transaction((tx) => outbox.markAbsent(tx, row.id, row.messageId, 'absent_from_sent', 'engine'))) tally.absent += 1;
        }
      } catch (error) {
        if (stopping.signal.aborted) return;
        looks.set(row.id, { at, folders: [], trouble: error instanceof Error ? error.message : String(error) });
        if (!session.usable) throw error;
      }
    }
  }

  async function run(all: boolean): Promise<{ found: number; absent: number; open: number }> {
    const rows = store
      .prepareRead(
        `select id, mailbox_id as mailboxId, message_id as messageId, recipient, coalesce(subject, '') as subject, sending_at as sendingAt, max(sending_at, updated_at) as since
         from deliveries where state = 'unknown' and mailbox_id is not null`,
      )
      .all() as UnknownRow[];
    const open = new Set(rows.map(({ id }) => id));
    for (const id of looks.keys()) if (!open.has(id)) looks.delete(id);
    const due = rows.filter((row) => {
      const look = looks.get(row.id);
      return all || look === undefined || nextLookAt(row.since, look.at) <= clock.now();
    });
    const tally = { found: 0, absent: 0 };
    for (const [mailboxId, ofMailbox] of Map.groupBy(due, (row) => row.mailboxId)) {
      if (stopping.signal.aborted) break;
      let session: InboxSession | null = null;
      const startedAt = clock.now();
      try {
        session = current = await deps.open(mailboxId, stopping.signal);
        if (session === null) for (const { id } of ofMailbox) looks.set(id, { at: clock.now(), folders: [], trouble: 'This mailbox has no IMAP server.' });
        else await reconcileMailbox(session, mailboxId, ofMailbox, tally);
      } catch (error) {
        if (stopping.signal.aborted) break;
        const trouble = error instanceof Error ? error.message : String(error);
        for (const { id } of ofMailbox) if ((looks.get(id)?.at ?? 0) < startedAt) looks.set(id, { at: clock.now(), folders: [], trouble });
        log.warn({ err: error, mailboxId }, 'the Sent folder could not be searched; unknown deliveries wait');
      } finally {
        await session?.close().catch(() => undefined);
      }
    }
    if (tally.found + tally.absent > 0 && !stopping.signal.aborted) deps.afterChange();
    return { ...tally, open: rows.length - tally.found - tally.absent };
  }

  return {
    run(all = false) {
      if (stopping.signal.aborted) return Promise.resolve({ found: 0, absent: 0, open: 0 });
      active ??= run(all).finally(() => (active = null));
      return active;
    },
    lookOf: (deliveryId) => looks.get(deliveryId) ?? null,
    async stop() {
      stopping.abort();
      await current?.close().catch(() => undefined);
      await active;
    },
  };
}
