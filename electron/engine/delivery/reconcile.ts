import { minute, type Clock } from '../lib/clock.ts';
import type { InboxSession, Logger } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { Outbox } from './outbox.ts';

/** A mail may reach the Sent folder late: absence counts only after this (DESIGN section 6). */
export const sentGraceMs = 15 * minute;

export interface Reconciler {
  /** Looks up every delivery with unknown outcome in its mailbox's Sent folder. One run at a time; never throws. */
  run(): Promise<{ found: number; absent: number; open: number }>;
}

interface UnknownRow {
  id: string;
  mailboxId: string;
  messageId: string;
  /** When the body began, or when the outcome was lost sight of, whichever is later. */
  since: number;
}

/**
 * Found in Sent → sent. Absent → planned again, only where the round-trip test proved that this provider files its own
 * Sent copy, the folder was searched successfully, and the grace period is over. Anything else waits for a person.
 */
export function createReconciler(deps: {
  store: Store;
  clock: Clock;
  log: Logger;
  outbox: Outbox;
  /** A reading connection and the Sent folder's path; null where the mailbox has no IMAP. */
  openSent(mailboxId: string): Promise<{ session: InboxSession; folder: string; proven: boolean } | null>;
  afterChange(): void;
}): Reconciler {
  const { store, clock, log, outbox } = deps;
  let active: Promise<{ found: number; absent: number; open: number }> | null = null;

  async function reconcileMailbox(mailboxId: string, rows: UnknownRow[], tally: { found: number; absent: number }): Promise<void> {
    const sent = await deps.openSent(mailboxId);
    if (sent === null) return;
    try {
      for (const row of rows) {
        const searchedAt = clock.now();
        const uids = [...(await sent.session.findByHeader(sent.folder, 'Message-ID', row.messageId)), ...(await sent.session.findByHeader(sent.folder, 'X-Homing-Id', row.id))];
        if (uids.length > 0) {
          if (store.transaction((tx) => outbox.markFound(tx, { deliveryId: row.id, source: 'sent_folder' }, 'engine'))) tally.found += 1;
        } else if (sent.proven && searchedAt - row.since > sentGraceMs) {
          if (store.transaction((tx) => outbox.markAbsent(tx, row.id, row.messageId, 'absent_from_sent', 'engine'))) tally.absent += 1;
        }
      }
    } finally {
      await sent.session.close().catch(() => undefined);
    }
  }

  async function run(): Promise<{ found: number; absent: number; open: number }> {
    const rows = store
      .prepareRead(
        `select id, mailbox_id as mailboxId, message_id as messageId, max(sending_at, updated_at) as since from deliveries where state in ('unknown','held','failed') and state = 'unknown' and mailbox_id is not null`,
      )
      .all() as UnknownRow[];
    const tally = { found: 0, absent: 0 };
    for (const [mailboxId, ofMailbox] of Map.groupBy(rows, (row) => row.mailboxId)) {
      try {
        await reconcileMailbox(mailboxId, ofMailbox, tally);
      } catch (error) {
        log.warn({ err: error, mailboxId }, 'the Sent folder could not be searched; unknown deliveries wait');
      }
    }
    if (tally.found + tally.absent > 0) deps.afterChange();
    return { ...tally, open: rows.length - tally.found - tally.absent };
  }

  return {
    run() {
      active ??= run().finally(() => (active = null));
      return active;
    },
  };
}
