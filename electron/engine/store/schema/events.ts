import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Actor, EventType } from '../../../../shared/schemas/event.ts';
import { json } from './columns.ts';

/** Append-only facts; the id is the cursor of the change feed. */
export const events = sqliteTable(
  'events',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    at: integer('at').notNull(),
    type: text('type').$type<EventType>().notNull(),
    actor: text('actor').$type<Actor>().notNull(),
    /** The profile of the person; null = the owner by the launch token, or no person. */
    profileId: text('profile_id'),
    reason: text('reason'),
    contactId: text('contact_id'),
    enrolmentId: text('enrolment_id'),
    deliveryId: text('delivery_id'),
    campaignId: text('campaign_id'),
    mailboxId: text('mailbox_id'),
    stepId: text('step_id'),
    variantId: text('variant_id'),
    data: json<Record<string, unknown>>('data'),
  },
  (t) => [
    index('events_contact')
      .on(t.contactId, t.id)
      .where(sql`${t.contactId} is not null`),
    index('events_campaign')
      .on(t.campaignId, t.type, t.at)
      .where(sql`${t.campaignId} is not null`),
    index('events_type').on(t.type, t.at),
  ],
);

/** Totals over the events up to a cursor (a row of its own): a cache that analytics fills again when it is emptied. */
export const eventTotals = sqliteTable('event_totals', { campaignId: text('campaign_id').notNull(), key: text('key').notNull(), n: integer('n').notNull() }, (t) => [
  primaryKey({ columns: [t.campaignId, t.key] }),
]);
