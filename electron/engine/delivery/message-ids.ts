import type { Events } from '../events/index.ts';
import type { Tx } from '../store/index.ts';

export interface LearntMessageId {
  readonly deliveryId: string;
  /** With angle brackets. */
  readonly messageId: string;
}

/**
 * Takes in the Message-ID that a provider put in the place of ours, as its Sent copy shows: replies name this one, and a
 * follow-up answers to it. False when it was known. Nothing is learnt of a mail that is about to be sent again.
 */
export function createMessageIdLearner({ events }: { events: Events }) {
  return function learnMessageId(tx: Tx, { deliveryId, messageId }: LearntMessageId): boolean {
    const row = tx
      .prepare(
        `update deliveries set wire_message_id = @messageId where id = @deliveryId and state in ('sent', 'unknown') and message_id is not null and message_id <> @messageId
           and wire_message_id is not @messageId
         returning message_id as ours, enrolment_id as enrolmentId, campaign_id as campaignId, contact_id as contactId, mailbox_id as mailboxId, step_id as stepId, variant_id as variantId`,
      )
      .get({ deliveryId, messageId }) as
      | { ours: string; enrolmentId: string | null; campaignId: string | null; contactId: string | null; mailboxId: string | null; stepId: string | null; variantId: string | null }
      | undefined;
    if (row === undefined) return false;
    const { ours, ...ids } = row;
    if (ids.enrolmentId !== null) {
      tx.prepare(
        `update enrolments set last_message_id = iif(last_message_id = @ours, @messageId, last_message_id),
           "references" = (select json_group_array(iif(value = @ours, @messageId, value)) from json_each("references"))
         where id = @id`,
      ).run({ ours, messageId, id: ids.enrolmentId });
    }
    events.append(tx, { type: 'message_id_learnt', actor: 'server', deliveryId, ...ids, data: { ours, messageId } });
    return true;
  };
}

export type LearnMessageId = ReturnType<typeof createMessageIdLearner>;
