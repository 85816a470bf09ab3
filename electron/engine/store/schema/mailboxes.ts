import { sql } from 'drizzle-orm';
import { check, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Calendar } from '../../../../shared/schemas/common.ts';
import type { MailboxLimits, MailboxState } from '../../../../shared/schemas/mailbox.ts';
import { createdAt, id, json, updatedAt } from './columns.ts';

/** Server settings as stored: passwords stand in `secrets` under `mailbox:<id>:smtp` and `mailbox:<id>:imap`. */
export interface StoredServer {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  user: string;
  allowSelfSigned: boolean;
}

export const mailboxes = sqliteTable(
  'mailboxes',
  {
    id: id(),
    name: text('name').notNull(),
    fromName: text('from_name').notNull(),
    address: text('address').notNull(),
    replyTo: text('reply_to'),
    signatureHtml: text('signature_html').notNull(),
    smtp: json<StoredServer>('smtp').notNull(),
    imap: json<StoredServer>('imap'),
    limits: json<MailboxLimits>('limits').notNull(),
    calendar: json<Calendar>('calendar').notNull(),
    state: text('state').$type<MailboxState>().notNull(),
    stateReason: text('state_reason'),
    pausedUntil: integer('paused_until'),
    /** The gap after the last claim, drawn once and stored: nothing leaves before. */
    nextSendAt: integer('next_send_at').notNull().default(0),
    /** Consecutive failures that drive the back-off; reset by proven success. */
    failures: integer('failures').notNull().default(0),
    backoffUntil: integer('backoff_until').notNull().default(0),
    sentCopy: text('sent_copy').$type<'unknown' | 'provider' | 'append' | 'off'>().notNull().default('unknown'),
    sentFolder: text('sent_folder'),
    inboxCheckedAt: integer('inbox_checked_at'),
    lastTestAt: integer('last_test_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [uniqueIndex('mailboxes_address').on(sql`lower(${t.address})`), check('mailboxes_state', sql`${t.state} in ('untested','ready','paused','needs_login','unreachable')`)],
);

/** Back-off of a recipient domain. */
export const domainBackoffs = sqliteTable('domain_backoffs', {
  domain: text('domain').primaryKey(),
  until: integer('until').notNull(),
  failures: integer('failures').notNull(),
  reason: text('reason').notNull(),
});
