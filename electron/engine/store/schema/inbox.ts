import { sql } from 'drizzle-orm';
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { ReplyOpinion } from '../../../../shared/schemas/reply.ts';
import { createdAt, id, json } from './columns.ts';
import { mailboxes } from './mailboxes.ts';

/** How far each folder has been read. `uidValidity` as text: it is an unsigned 32-bit value that imapflow gives as bigint. */
export const folderCursors = sqliteTable(
  'folder_cursors',
  {
    mailboxId: text('mailbox_id')
      .notNull()
      .references(() => mailboxes.id, { onDelete: 'cascade' }),
    folder: text('folder').notNull(),
    uidValidity: text('uid_validity').notNull(),
    lastUid: integer('last_uid').notNull(),
    checkedAt: integer('checked_at').notNull(),
    role: text('role'),
    /** CONDSTORE (RFC 7162); null = the server does not offer it. */
    highestModseq: text('highest_modseq'),
  },
  (t) => [primaryKey({ columns: [t.mailboxId, t.folder] })],
);

/** Copies of sent mails that wait to be put into the Sent folder, where the provider files none. */
export const sentCopies = sqliteTable(
  'sent_copies',
  {
    deliveryId: text('delivery_id').primaryKey(),
    mailboxId: text('mailbox_id')
      .notNull()
      .references(() => mailboxes.id, { onDelete: 'cascade' }),
    /** The message as it left. */
    raw: blob('raw', { mode: 'buffer' }).notNull(),
    sentAt: integer('sent_at').notNull(),
    attempts: integer('attempts').notNull(),
    nextAt: integer('next_at').notNull(),
  },
  (t) => [index('sent_copies_due').on(t.mailboxId, t.nextAt)],
);

/** Messages from the inbox that concern a contact or a delivery. */
export const replies = sqliteTable(
  'replies',
  {
    id: id(),
    // No foreign key: what people answered outlives the mailbox, and so do the figures made of it.
    mailboxId: text('mailbox_id').notNull(),
    folder: text('folder').notNull(),
    uid: integer('uid').notNull(),
    uidValidity: text('uid_validity').notNull(),
    messageId: text('message_id'),
    inReplyTo: text('in_reply_to'),
    references: json<string[]>('references').notNull(),
    contactId: text('contact_id'),
    enrolmentId: text('enrolment_id'),
    campaignId: text('campaign_id'),
    deliveryId: text('delivery_id'),
    fromAddress: text('from_address').notNull(),
    fromName: text('from_name').notNull(),
    toAddress: text('to_address').notNull(),
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    replyText: text('reply_text').notNull(),
    html: text('html'),
    class: text('class').notNull(),
    /** What a human reply says; null for every other class. */
    intent: text('intent'),
    confidence: integer('confidence_permille').notNull(),
    source: text('source').notNull(),
    matchedBy: text('matched_by').notNull(),
    bounce: json<{ status: string | null; class: string | null; recipient: string | null; diagnostic: string | null }>('bounce'),
    returnDate: text('return_date'),
    /** Whom an out-of-office note or a referral names instead. */
    delegate: json<{ name: string; address: string }>('delegate'),
    language: text('language'),
    /** Class and intent as the rules decided, kept when a person corrects them: training data. */
    predicted: json<{ class: string; intent: string | null; source: string; confidence: number }>('predicted'),
    /** What a language model thinks of it: it may refine what a person says, everything else is a hint. */
    opinion: json<ReplyOpinion>('opinion'),
    /** Messages of one conversation share it: the Message-ID of the first one known. */
    conversationKey: text('conversation_key').notNull().default(''),
    snoozedUntil: integer('snoozed_until'),
    /** A person answered it or marked it as done: it needs no reply any more. */
    doneAt: integer('done_at'),
    unread: integer('unread', { mode: 'boolean' }).notNull(),
    receivedAt: integer('received_at').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    // A message is stored once however often a folder is read, moved or renumbered.
    uniqueIndex('replies_message')
      .on(t.mailboxId, t.messageId)
      .where(sql`${t.messageId} is not null`),
    uniqueIndex('replies_uid').on(t.mailboxId, t.folder, t.uidValidity, t.uid),
    index('replies_received').on(t.receivedAt),
    index('replies_contact').on(t.contactId, t.receivedAt),
    // Counts read the class without the texts, which stand before it in a row.
    index('replies_class').on(t.class, t.receivedAt, t.campaignId, t.contactId),
    index('replies_campaign').on(t.campaignId, t.receivedAt),
    index('replies_conversation').on(t.conversationKey, t.receivedAt),
    index('replies_snoozed')
      .on(t.snoozedUntil)
      .where(sql`${t.snoozedUntil} is not null`),
    index('replies_unread')
      .on(t.receivedAt, t.class, t.unread)
      .where(sql`${t.unread} = 1`),
  ],
);
