import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { deliveryKinds, deliveryStates, type AnswerClass, type DeliveryKind, type DeliveryState } from '../../../../shared/schemas/delivery.ts';
import type { Attachment } from '../../../../shared/schemas/sequence.ts';
import { oneOf } from '../one-of.ts';
import { createdAt, id, json, updatedAt } from './columns.ts';

/** Text of a delivery that no sequence step holds: a person's reply, a one-off, a test, or a step's mail that a person edited. */
export interface StoredContent {
  subject: string;
  html: string;
  text: string;
  inReplyTo: string | null;
  references: string[];
  attachments?: Attachment[];
}

/** States of the index `deliveries_open`. */
export const openStates = ['unknown', 'held', 'failed'] as const satisfies DeliveryState[];
/** States of the index `deliveries_campaign`. */
export const unsentStates = ['planned', 'deferred', 'held', 'unknown', 'failed'] as const satisfies DeliveryState[];

/** The outbox: one durable row per outgoing message, its own queue. States and transitions: `delivery/states.ts`. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    id: id(),
    kind: text('kind').$type<DeliveryKind>().notNull(),
    /** Unique per kind: `<enrolment>:<step>`, `<conversation>:<draft>`, `<execution>:<action>`, `<request>`. */
    uniqueKey: text('unique_key').notNull(),
    state: text('state').$type<DeliveryState>().notNull(),
    /** 0 = a person's reply or test, 1 = follow-up, 2 = first mail. */
    priority: integer('priority').notNull(),
    campaignId: text('campaign_id'),
    enrolmentId: text('enrolment_id'),
    contactId: text('contact_id'),
    mailboxId: text('mailbox_id'),
    recipient: text('recipient').notNull(),
    recipientDomain: text('recipient_domain').notNull(),
    stepId: text('step_id'),
    stepNumber: integer('step_number'),
    variantId: text('variant_id'),
    content: json<StoredContent>('content'),
    /** 1 = waits until a person approves it. */
    needsApproval: integer('needs_approval').notNull().default(0),
    /** SHA-256 of the mail that a person approved (`delivery/approval.ts`); what differs at the server's door is held again. */
    approvedHash: text('approved_hash'),
    /** When it may leave at the earliest; a change is an event with its reason. For `deferred` the end of the back-off. */
    slotAt: integer('slot_at').notNull(),
    /** Rule that set the slot, or the reason it is held (closed lists in shared/schemas/delivery.ts). */
    why: text('why').notNull(),
    whyDetail: text('why_detail'),
    attempts: integer('attempts').notNull().default(0),
    boot: text('boot'),
    claimedAt: integer('claimed_at'),
    /** Who holds the claim: an attempt that was overtaken (dropped, retried, claimed again) changes nothing any more. */
    claimToken: text('claim_token'),
    /** First time that a server was asked: the maximum age of retries counts from here. */
    firstTriedAt: integer('first_tried_at'),
    /** Written at the 354 answer, before the first body byte. */
    messageId: text('message_id'),
    /** The Message-ID that the provider gave it instead, read from the copy in Sent. */
    wireMessageId: text('wire_message_id'),
    contentHash: text('content_hash'),
    subject: text('subject'),
    sendingAt: integer('sending_at'),
    /** The connection, and behind ` after ` the mail before on it when the server had accepted that one. */
    connection: text('connection'),
    sentAt: integer('sent_at'),
    finalAt: integer('final_at'),
    finalReason: text('final_reason'),
    answerCode: integer('answer_code'),
    answerClass: text('answer_class').$type<AnswerClass>(),
    answer: text('answer'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex('deliveries_unique').on(t.kind, t.uniqueKey),
    // The claim: next due row of a mailbox by priority, campaign (served in turn) and slot, never a scan.
    index('deliveries_due')
      .on(t.mailboxId, t.priority, t.campaignId, t.slotAt)
      .where(sql`${t.state} in ('planned','deferred')`),
    index('deliveries_slot')
      .on(t.slotAt)
      .where(sql`${t.state} in ('planned','deferred')`),
    // What needs a person, and what an older boot left in flight: both stay small. A query names one of these states or,
    // in the same words, all of them; else SQLite does not see that the index holds them.
    index('deliveries_open')
      .on(t.state, t.updatedAt, t.answerClass)
      .where(sql.raw(oneOf('state', openStates))),
    index('deliveries_in_flight')
      .on(t.campaignId)
      .where(sql`${t.state} in ('claimed','sending')`),
    // Limits are counted from here, not from a counter that can drift.
    index('deliveries_sent')
      .on(t.mailboxId, t.sentAt)
      .where(sql`${t.sentAt} is not null`),
    index('deliveries_campaign_sent')
      .on(t.campaignId, t.sentAt)
      .where(sql`${t.sentAt} is not null`),
    index('deliveries_enrolment').on(t.enrolmentId),
    index('deliveries_contact').on(t.contactId, t.createdAt),
    // Without the states that a mail passes while it is sent: each transition would rewrite a page of this index.
    index('deliveries_campaign')
      .on(t.campaignId, t.state, t.slotAt)
      .where(sql.raw(oneOf('state', unsentStates))),
    index('deliveries_of_campaign').on(t.campaignId, t.id),
    index('deliveries_message')
      .on(t.messageId)
      .where(sql`${t.messageId} is not null`),
    index('deliveries_wire_message')
      .on(t.wireMessageId)
      .where(sql`${t.wireMessageId} is not null`),
    check('deliveries_state', sql.raw(oneOf('state', deliveryStates))),
    check('deliveries_kind', sql.raw(oneOf('kind', deliveryKinds))),
    check('deliveries_sending', sql.raw(`message_id is not null or not ${oneOf('state', ['sending', 'sent', 'unknown'])}`)),
  ],
);
