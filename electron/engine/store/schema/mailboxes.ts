import { sql } from 'drizzle-orm';
import { check, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Calendar } from '../../../../shared/schemas/common.ts';
import type { Absence, DayPlan, DkimSettings, MailboxAlias, MailboxLimits, MailboxState, OAuthSettings, RampState } from '../../../../shared/schemas/mailbox.ts';
import { createdAt, id, json, updatedAt } from './columns.ts';

/** Server settings as stored: passwords stand in `secrets` under `mailbox:<id>:smtp` and `mailbox:<id>:imap`. */
export interface StoredServer {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  user: string;
  allowSelfSigned: boolean;
  /** Absent = password. */
  auth?: 'password' | 'oauth2';
}

export const mailboxes = sqliteTable(
  'mailboxes',
  {
    id: id(),
    name: text('name').notNull(),
    fromName: text('from_name').notNull(),
    address: text('address').notNull(),
    replyTo: text('reply_to'),
    /** Other addresses that this account may send from; mail from them is an own copy. */
    aliases: json<MailboxAlias[]>('aliases').notNull().default([]),
    /** The address in From where it is not the account's own. */
    sendAs: text('send_as'),
    signatureHtml: text('signature_html').notNull(),
    smtp: json<StoredServer>('smtp').notNull(),
    imap: json<StoredServer>('imap'),
    limits: json<MailboxLimits>('limits').notNull(),
    calendar: json<Calendar>('calendar').notNull(),
    absences: json<Absence[]>('absences').notNull().default([]),
    /** How far the ramp-up plan has come; null = not begun. */
    ramp: json<RampState>('ramp'),
    /** The private key stands in `secrets` under `mailbox:<id>:dkim`. */
    dkim: json<DkimSettings>('dkim'),
    /** Tokens stand in `secrets` under `mailbox:<id>:oauth`. */
    oauth: json<OAuthSettings>('oauth'),
    /** A key of `resources/providers.json`, learnt from its servers; null = not known. */
    provider: text('provider'),
    state: text('state').$type<MailboxState>().notNull(),
    stateReason: text('state_reason'),
    /** When the state began, UTC ms; 0 = before this was kept. */
    stateSince: integer('state_since').notNull().default(0),
    pausedUntil: integer('paused_until'),
    /** The gap after the last claim, drawn once and stored: nothing leaves before. */
    nextSendAt: integer('next_send_at').notNull().default(0),
    /** Consecutive failures that drive the back-off; reset by proven success. */
    failures: integer('failures').notNull().default(0),
    backoffUntil: integer('backoff_until').notNull().default(0),
    sentCopy: text('sent_copy').$type<'unknown' | 'provider' | 'append' | 'off'>().notNull().default('unknown'),
    sentFolder: text('sent_folder'),
    /** Whether the provider keeps our Message-ID: learnt by the round-trip test. */
    messageIdPolicy: text('message_id_policy').$type<'unknown' | 'kept' | 'rewritten'>().notNull().default('unknown'),
    inboxCheckedAt: integer('inbox_checked_at'),
    lastTestAt: integer('last_test_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [uniqueIndex('mailboxes_address').on(sql`lower(${t.address})`), check('mailboxes_state', sql`${t.state} in ('untested','ready','paused','needs_login','unreachable')`)],
);

/** The human day of a mailbox, drawn once and stored, so that a recalculation keeps it. */
export const mailboxDays = sqliteTable(
  'mailbox_days',
  {
    mailboxId: text('mailbox_id')
      .notNull()
      .references(() => mailboxes.id, { onDelete: 'cascade' }),
    /** Local date of the mailbox. */
    day: text('day').notNull(),
    plan: json<DayPlan>('plan').notNull(),
  },
  (t) => [primaryKey({ columns: [t.mailboxId, t.day] })],
);

/** The last check of a sending domain's DNS records. */
export const domainHealth = sqliteTable('domain_health', {
  domain: text('domain').primaryKey(),
  checkedAt: integer('checked_at').notNull(),
  /** DKIM selectors seen in own sent mail. */
  selectors: json<string[]>('selectors').notNull().default([]),
  /** As `domainHealthSchema` shapes it. */
  report: json<Record<string, unknown>>('report').notNull(),
});

/** Back-off of a recipient domain. Half-open once `until` is past: one probe at a time until an accepted message deletes the row. */
export const domainBackoffs = sqliteTable('domain_backoffs', {
  domain: text('domain').primaryKey(),
  until: integer('until').notNull(),
  failures: integer('failures').notNull(),
  reason: text('reason').notNull(),
  answer: text('answer'),
  updatedAt: integer('updated_at').notNull().default(0),
});
