import type { Events } from '../events/index.ts';
import { backoffMs, type BackoffPolicy } from '../lib/backoff.ts';
import { day, hour, minute, type Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { MailboxRow } from '../mailboxes/index.ts';
import type { InboxSession, Logger } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';

/** A sent mail whose copy must be put into Sent, because the provider files none. */
export interface SentCopy {
  readonly deliveryId: string;
  readonly mailboxId: string;
  readonly raw: Uint8Array;
  readonly sentAt: number;
}

interface Waiting extends SentCopy {
  readonly attempts: number;
  readonly contactId: string | null;
  readonly enrolmentId: string | null;
  readonly campaignId: string | null;
}

const maxAttempts = 6;
const maxAgeMs = 7 * day;
const copyBackoff: BackoffPolicy = { firstMs: minute, capMs: hour };
const atOnce = 20;

export interface SentCopies {
  /** In the transaction that stores the acceptance: the copy outlives a restart. */
  add(tx: Tx, copy: SentCopy): void;
  /** Whether a copy of the mailbox is due. */
  due(mailboxId: string): boolean;
  /** Puts the copies that are due into Sent. A refused copy is tried again later, and in the end told by an event: the mail itself has left. */
  file(session: InboxSession, mailbox: MailboxRow): Promise<void>;
}

/** The durable queue of Sent copies, flagged as read and dated as sent. */
export function createSentCopies(deps: { store: Store; events: Events; clock: Clock; random: Random; log: Logger }): SentCopies {
  const { store, events, clock, random, log } = deps;

  function next(mailboxId: string): Waiting[] {
    return store
      .prepareRead(
        `select s.delivery_id as deliveryId, s.mailbox_id as mailboxId, s.raw, s.sent_at as sentAt, s.attempts, d.contact_id as contactId, d.enrolment_id as enrolmentId, d.campaign_id as campaignId
         from sent_copies s left join deliveries d on d.id = s.delivery_id where s.mailbox_id = ? and s.next_at <= ? order by s.next_at limit ?`,
      )
      .all(mailboxId, clock.now(), atOnce) as Waiting[];
  }

  function remove(tx: Tx, { deliveryId }: Waiting): void {
    tx.prepare('delete from sent_copies where delivery_id = ?').run(deliveryId);
  }

  function giveUp(copy: Waiting, reason: string): void {
    store.transaction((tx) => {
      remove(tx, copy);
      const { deliveryId, mailboxId, contactId, enrolmentId, campaignId } = copy;
      events.append(tx, { type: 'sent_copy_failed', actor: 'server', reason, deliveryId, mailboxId, contactId, enrolmentId, campaignId });
    });
  }

  async function fileOne(session: InboxSession, folder: string, copy: Waiting): Promise<void> {
    // Counted before the try: after a crash in between the folder is searched first, so that no copy is filed twice.
    store.transaction((tx) => {
      tx.prepare('update sent_copies set attempts = attempts + 1, next_at = ? where delivery_id = ?').run(
        clock.now() + backoffMs(copyBackoff, copy.attempts + 1, random),
        copy.deliveryId,
      );
    });
    const filed = copy.attempts > 0 && (await session.findByHeader(folder, 'X-Homing-Id', copy.deliveryId)).length > 0;
    if (!filed) await session.append(folder, copy.raw, copy.sentAt);
    store.transaction((tx) => remove(tx, copy));
  }

  return {
    add(tx, { deliveryId, mailboxId, raw, sentAt }) {
      tx.prepare(`insert or ignore into sent_copies (delivery_id, mailbox_id, raw, sent_at, attempts, next_at) values (?, ?, ?, ?, 0, ?)`).run(
        deliveryId,
        mailboxId,
        Buffer.from(raw),
        sentAt,
        clock.now(),
      );
    },
    due: (mailboxId) => store.prepareRead('select 1 from sent_copies where mailbox_id = ? and next_at <= ? limit 1').get(mailboxId, clock.now()) !== undefined,
    async file(session, mailbox) {
      const { sentCopy, sentFolder } = mailbox;
      for (const copy of next(mailbox.id)) {
        if (sentCopy !== 'append' || sentFolder === null) {
          giveUp(copy, 'The settings of this mailbox changed before the copy could be stored.');
          continue;
        }
        try {
          await fileOne(session, sentFolder, copy);
        } catch (error) {
          const said = error instanceof Error ? error.message : String(error);
          log.warn({ mailboxId: mailbox.id, deliveryId: copy.deliveryId, attempts: copy.attempts + 1, err: error }, 'the copy for the Sent folder could not be stored');
          if (copy.attempts + 1 >= maxAttempts || clock.now() - copy.sentAt > maxAgeMs) giveUp(copy, said);
          if (!session.usable) throw error;
        }
      }
    },
  };
}
