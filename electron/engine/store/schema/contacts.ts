import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { AddressCheck, AddressVerdict } from '../../../../shared/schemas/address-check.ts';
import type { ContactStatus, CustomFieldType, SuppressionReason } from '../../../../shared/schemas/contact.ts';
import type { BulkAction } from '../../../../shared/schemas/bulk.ts';
import type { SegmentFilter, SegmentView } from '../../../../shared/schemas/segment.ts';
import { createdAt, flag, id, json, updatedAt } from './columns.ts';

export const contacts = sqliteTable(
  'contacts',
  {
    id: id(),
    /** Normalised address: the key of a person. */
    email: text('email').notNull(),
    domain: text('domain').notNull(),
    firstName: text('first_name').notNull(),
    lastName: text('last_name').notNull(),
    company: text('company').notNull(),
    title: text('title').notNull(),
    phone: text('phone').notNull(),
    website: text('website').notNull(),
    city: text('city').notNull(),
    country: text('country').notNull(),
    timeZone: text('time_zone'),
    /** Zone worked out from what is known of the person where `timeZone` is empty, and from what. */
    guessedZone: text('guessed_zone'),
    zoneSource: text('zone_source').$type<'place' | 'phone' | 'domain'>(),
    /** People with the same key work together: the company's name in lower case, else the domain unless it is a free-mail one, else empty. */
    companyKey: text('company_key').notNull().default(''),
    tags: json<string[]>('tags').notNull(),
    custom: json<Record<string, string>>('custom').notNull(),
    status: text('status').$type<ContactStatus>().notNull(),
    /** How the address looks (see contacts/address-check.ts); null = nothing speaks against it, and DNS was not asked. */
    verdict: text('verdict').$type<AddressVerdict>(),
    /** What that rests on; null with the verdict. */
    addressCheck: json<AddressCheck>('address_check'),
    source: text('source').notNull(),
    /** Where and how the person agreed to be written to, in the user's words; and when. */
    consentSource: text('consent_source').notNull().default(''),
    consentAt: integer('consent_at'),
    /** The profile whose contact it is; null = everybody's. */
    ownerId: text('owner_id'),
    /** Address, name and company in lower case without accents: what free-text search looks in. */
    search: text('search').notNull().default(''),
    softBounces: integer('soft_bounces').notNull().default(0),
    lastSentAt: integer('last_sent_at'),
    lastReplyAt: integer('last_reply_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex('contacts_email').on(t.email),
    // Holds what a search for text or tags looks at, so that its scan reads a few megabytes instead of whole rows. Every
    // index but three grows at its end: an import of 100,000 rows would otherwise rewrite random pages at each commit.
    index('contacts_created').on(t.createdAt, t.id, t.search, t.tags),
    index('contacts_name').on(sql`${t.lastName} collate nocase`, sql`${t.firstName} collate nocase`, t.id),
    index('contacts_company').on(sql`${t.company} collate nocase`, t.id),
    index('contacts_last_sent').on(t.lastSentAt, t.id),
    index('contacts_company_key')
      .on(t.companyKey)
      .where(sql`${t.companyKey} <> ''`),
    index('contacts_status')
      .on(t.status, t.createdAt, t.id)
      .where(sql`${t.status} <> 'active'`),
    index('contacts_verdict')
      .on(t.verdict, t.createdAt, t.id)
      .where(sql`${t.verdict} is not null and ${t.verdict} <> 'good'`),
    index('contacts_owner')
      .on(t.ownerId, t.createdAt, t.id)
      .where(sql`${t.ownerId} is not null`),
    check('contacts_status', sql`${t.status} in ('active','bounced','unsubscribed','suppressed')`),
  ],
);

/** Other addresses of a person, learnt from a reply or added by hand: mail from them counts as theirs. */
export const contactAliases = sqliteTable(
  'contact_aliases',
  {
    email: text('email').primaryKey(),
    contactId: text('contact_id')
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    /** The address of a contact that was merged into this one: an import of it is an import of this person. */
    merged: flag('merged').notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [index('contact_aliases_contact').on(t.contactId)],
);

/** Contacts that look like duplicates and are not, by what a person said; the smaller id first. */
export const distinctPeople = sqliteTable(
  'distinct_people',
  {
    aId: text('a_id')
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    bId: text('b_id')
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.aId, t.bId] }), index('distinct_people_b').on(t.bId)],
);

/** Who runs the mail of a domain, from its MX records; a cache. */
export const domainProviders = sqliteTable('domain_providers', {
  domain: text('domain').primaryKey(),
  /** A key of `resources/providers.json`, or `other`. */
  provider: text('provider').notNull(),
  checkedAt: integer('checked_at').notNull(),
});

/** Whether a domain takes mail, from its MX and address records; a cache. */
export const mailDomains = sqliteTable('mail_domains', {
  domain: text('domain').primaryKey(),
  takesMail: flag('takes_mail').notNull(),
  checkedAt: integer('checked_at').notNull(),
});

export const lists = sqliteTable('lists', { id: id(), name: text('name').notNull(), createdAt: createdAt(), updatedAt: updatedAt() }, (t) => [
  uniqueIndex('lists_name').on(sql`lower(${t.name})`),
]);

export const listMembers = sqliteTable(
  'list_members',
  {
    listId: text('list_id')
      .notNull()
      .references(() => lists.id, { onDelete: 'cascade' }),
    contactId: text('contact_id')
      .notNull()
      .references(() => contacts.id, { onDelete: 'cascade' }),
    addedAt: integer('added_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.listId, t.contactId] }), index('list_members_contact').on(t.contactId)],
);

/** Saved filters of contacts, with how the table looks while they are shown. Who belongs to one is worked out when it is asked. */
export const segments = sqliteTable(
  'segments',
  {
    id: id(),
    name: text('name').notNull(),
    filter: json<SegmentFilter>('filter').notNull(),
    view: json<SegmentView | null>('view'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [uniqueIndex('segments_name').on(sql`lower(${t.name})`)],
);

/** What the values of a custom field are; a field without a row holds any text. */
export const customFields = sqliteTable('custom_fields', {
  name: text('name').primaryKey(),
  type: text('type').$type<CustomFieldType>().notNull(),
  choices: json<string[]>('choices').notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** Changes of many contacts at once: their progress, and what takes them back. */
export const bulkChanges = sqliteTable(
  'bulk_changes',
  {
    id: id(),
    action: json<BulkAction>('action').notNull(),
    state: text('state').notNull(),
    total: integer('total').notNull(),
    done: integer('done').notNull(),
    changed: integer('changed').notNull(),
    error: text('error'),
    createdAt: createdAt(),
    finishedAt: integer('finished_at'),
  },
  (t) => [index('bulk_changes_created').on(t.createdAt)],
);

/** What a contact was before a bulk change touched it; kept for a day. */
export const bulkUndo = sqliteTable(
  'bulk_undo',
  {
    changeId: text('change_id')
      .notNull()
      .references(() => bulkChanges.id, { onDelete: 'cascade' }),
    contactId: text('contact_id').notNull(),
    before: text('before').notNull(),
  },
  (t) => [primaryKey({ columns: [t.changeId, t.contactId] }), index('bulk_undo_contact').on(t.contactId)],
);

export const suppressions = sqliteTable(
  'suppressions',
  {
    id: id(),
    kind: text('kind').$type<'address' | 'domain'>().notNull(),
    value: text('value').notNull(),
    reason: text('reason').$type<SuppressionReason>().notNull(),
    note: text('note').notNull(),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('suppressions_value').on(t.kind, t.value), index('suppressions_created').on(t.createdAt)],
);

/** Files on this computer that are imported again when they change. */
export const watchedFiles = sqliteTable('watched_files', {
  id: id(),
  path: text('path').notNull().unique(),
  /** Mapping, lists and the other choices of the import, and the names of the columns when they were made. */
  plan: json<Record<string, unknown>>('plan').notNull(),
  /** The columns have changed: nothing is imported until a person has looked. */
  paused: flag('paused').notNull(),
  problem: text('problem'),
  /** Size and time of the file when it was imported last, and the SHA-256 of its content. */
  seen: text('seen'),
  hash: text('hash'),
  importId: text('import_id'),
  checkedAt: integer('checked_at'),
  createdAt: createdAt(),
});

export const imports = sqliteTable('imports', {
  id: id(),
  fileName: text('file_name').notNull(),
  dryRun: flag('dry_run').notNull(),
  mode: text('mode').notNull(),
  state: text('state').notNull(),
  /** The whole report as `importRunSchema` shapes it. */
  report: json<Record<string, unknown>>('report').notNull(),
  createdAt: createdAt(),
});
