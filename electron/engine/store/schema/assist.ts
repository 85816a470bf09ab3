import { sql } from 'drizzle-orm';
import { blob, index, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ProviderKind } from '../../../../shared/schemas/assist.ts';
import type { Fact, PersonalText } from '../../../../shared/schemas/review.ts';
import { createdAt, flag, id, json, updatedAt } from './columns.ts';

/** Hosts of language models, in order of preference. Failures and rest are the breaker (ADR 0008). */
export const assistProviders = sqliteTable('assist_providers', {
  id: id(),
  name: text('name').notNull(),
  kind: text('kind').$type<ProviderKind>().notNull(),
  url: text('url').notNull(),
  models: json<string[]>('models').notNull(),
  enabled: flag('enabled').notNull(),
  parallel: integer('parallel').notNull(),
  timeoutSeconds: integer('timeout_seconds').notNull(),
  keepAliveMinutes: integer('keep_alive_minutes').notNull(),
  redact: flag('redact').notNull(),
  currency: text('currency').notNull().default('USD'),
  /** Minor units for a million tokens. */
  priceInput: real('price_input').notNull().default(0),
  priceOutput: real('price_output').notNull().default(0),
  position: integer('position').notNull(),
  /** When a person agreed that data goes to this URL; a new URL asks again. */
  consentAt: integer('consent_at'),
  failures: integer('failures').notNull().default(0),
  backoffUntil: integer('backoff_until'),
  lastError: text('last_error'),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** One row per question to a model and per answer out of the cache; names instead of foreign keys, for figures outlive a host. */
export const assistCalls = sqliteTable(
  'assist_calls',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: integer('at').notNull(),
    feature: text('feature').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    outcome: text('outcome').$type<'answer' | 'memory' | 'store' | 'failed' | 'cancelled' | 'none'>().notNull(),
    reason: text('reason'),
    inputTokens: integer('input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    tookMs: integer('took_ms').notNull(),
    /** Millionths of a minor unit. */
    costMicro: integer('cost_micro').notNull().default(0),
    currency: text('currency').notNull().default('USD'),
  },
  (t) => [index('assist_calls_at').on(t.at)],
);

/** Answers of models; `contactId` lets them go with the person they are about. */
export const assistCache = sqliteTable(
  'assist_cache',
  {
    key: text('key').primaryKey(),
    feature: text('feature').notNull(),
    contactId: text('contact_id'),
    /** UTF-8, or raw deflate (RFC 1951) where `compressed`. */
    value: blob('value', { mode: 'buffer' }).notNull(),
    compressed: flag('compressed').notNull(),
    createdAt: createdAt(),
    usedAt: integer('used_at').notNull(),
  },
  (t) => [index('assist_cache_used').on(t.usedAt), index('assist_cache_contact').on(t.contactId)],
);

/** Mails of others that a person keeps to compare own ones with. */
export const competitorMails = sqliteTable(
  'competitor_mails',
  {
    id: id(),
    competitor: text('competitor').notNull(),
    subject: text('subject').notNull(),
    text: text('text').notNull(),
    sentAt: integer('sent_at'),
    createdAt: createdAt(),
  },
  (t) => [index('competitor_mails_competitor').on(t.competitor, t.sentAt)],
);

/** Personal blocks of mails, one row per delivery that has one. `waiting` = nothing was written yet. */
export const personalTexts = sqliteTable(
  'personal_texts',
  {
    deliveryId: text('delivery_id').primaryKey(),
    contactId: text('contact_id').notNull(),
    state: text('state').$type<PersonalText['state']>().notNull(),
    text: text('text'),
    source: text('source').$type<PersonalText['source']>(),
    note: text('note').$type<NonNullable<PersonalText['note']>>(),
    model: text('model'),
    promptVersion: text('prompt_version'),
    /** What was on file when it was written. */
    facts: json<Fact[]>('facts'),
    /** How often a person asked for another text. */
    variation: integer('variation').notNull().default(0),
    /** What happens at the slot where nobody has approved it. */
    unapproved: text('unapproved').$type<PersonalText['unapproved']>().notNull(),
    writtenAt: integer('written_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index('personal_texts_waiting')
      .on(t.deliveryId)
      .where(sql`${t.state} = 'waiting'`),
    index('personal_texts_contact').on(t.contactId),
  ],
);
