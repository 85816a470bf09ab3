import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Audience, CampaignRules, CampaignStatus } from '../../../../shared/schemas/campaign.ts';
import type { TaskState } from '../../../../shared/schemas/task.ts';
import type { EnrolmentState } from '../../../../shared/schemas/enrolment.ts';
import type { SequenceGraph } from '../../../../shared/schemas/sequence.ts';
import { createdAt, id, json, updatedAt } from './columns.ts';

export const templates = sqliteTable('templates', {
  id: id(),
  /** `mail`, or `snippet`: a block of text to insert. */
  kind: text('kind').notNull().default('mail'),
  name: text('name').notNull(),
  subject: text('subject').notNull(),
  html: text('html').notNull(),
  text: text('text').notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** Files that mails carry: attachments and inline images. Content lies in `files/<sha256>` of the data directory. */
export const files = sqliteTable('files', {
  id: id(),
  name: text('name').notNull(),
  mediaType: text('media_type').notNull(),
  size: integer('size').notNull(),
  sha256: text('sha256').notNull(),
  createdAt: createdAt(),
});

export const sequences = sqliteTable('sequences', {
  id: id(),
  name: text('name').notNull(),
  description: text('description').notNull(),
  draft: json<SequenceGraph>('draft').notNull(),
  activeVersionId: text('active_version_id'),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});

/** Immutable once written: enrolments are pinned to a version. */
export const sequenceVersions = sqliteTable(
  'sequence_versions',
  {
    id: id(),
    sequenceId: text('sequence_id')
      .notNull()
      .references(() => sequences.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    graph: json<SequenceGraph>('graph').notNull(),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('sequence_versions_number').on(t.sequenceId, t.number)],
);

export const campaigns = sqliteTable(
  'campaigns',
  {
    id: id(),
    name: text('name').notNull(),
    sequenceId: text('sequence_id')
      .notNull()
      .references(() => sequences.id),
    sequenceVersionId: text('sequence_version_id').references(() => sequenceVersions.id),
    status: text('status').$type<CampaignStatus>().notNull(),
    statusReason: text('status_reason'),
    /** The profile whose campaign it is; null = the owner by the launch token. */
    ownerId: text('owner_id'),
    audience: json<Audience>('audience').notNull(),
    mailboxIds: json<string[]>('mailbox_ids').notNull(),
    rules: json<CampaignRules>('rules').notNull(),
    launchedAt: integer('launched_at'),
    /** When it was paused: the remaining delays count from here on resume. */
    pausedAt: integer('paused_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [index('campaigns_created').on(t.createdAt), check('campaigns_status', sql`${t.status} in ('draft','running','paused','stopped','finished')`)],
);

export const enrolments = sqliteTable(
  'enrolments',
  {
    id: id(),
    campaignId: text('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    /** No foreign key: erasing a person keeps the row of what happened. */
    contactId: text('contact_id').notNull(),
    sequenceVersionId: text('sequence_version_id')
      .notNull()
      .references(() => sequenceVersions.id),
    mailboxId: text('mailbox_id'),
    state: text('state').$type<EnrolmentState>().notNull(),
    reason: text('reason'),
    pausedUntil: integer('paused_until'),
    /** Delay that was left when the clock was frozen, ms. */
    remainingMs: integer('remaining_ms'),
    /** The last e-mail step that was sent, and the step that the person stands at: the mail planned next, or what is waited for. */
    stepId: text('step_id'),
    nextStepId: text('next_step_id'),
    /** Thread of the last sent mail: what a follow-up answers to. */
    threadSubject: text('thread_subject'),
    lastMessageId: text('last_message_id'),
    references: json<string[]>('references').notNull(),
    /** Chosen variant by step id, so that a retry keeps its text. */
    variants: json<Record<string, string>>('variants').notNull(),
    sentCount: integer('sent_count').notNull().default(0),
    /** From when the step in `nextStepId` counts; null = written before steps other than mails and waits existed. */
    enteredAt: integer('entered_at'),
    /** When that step is looked at again; null = a mail is planned for it, or a person must act. */
    wakeAt: integer('wake_at'),
    /** When a wait-until was looked at last. */
    lookedAt: integer('looked_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    // Only one living enrolment of a person in a campaign.
    uniqueIndex('enrolments_living')
      .on(t.campaignId, t.contactId)
      .where(sql`${t.state} in ('pending','active','paused','held')`),
    index('enrolments_contact').on(t.contactId),
    index('enrolments_campaign_state').on(t.campaignId, t.state),
    index('enrolments_paused')
      .on(t.pausedUntil)
      .where(sql`${t.state} = 'paused' and ${t.pausedUntil} is not null`),
    index('enrolments_wake')
      .on(t.wakeAt)
      .where(sql`${t.state} = 'active' and ${t.wakeAt} is not null`),
    check('enrolments_state', sql`${t.state} in ('pending','active','paused','held','finished','stopped','failed')`),
  ],
);

/** What a person has to do by hand before somebody goes on in a sequence. */
export const tasks = sqliteTable(
  'tasks',
  {
    id: id(),
    enrolmentId: text('enrolment_id')
      .notNull()
      .references(() => enrolments.id, { onDelete: 'cascade' }),
    campaignId: text('campaign_id').notNull(),
    contactId: text('contact_id').notNull(),
    stepId: text('step_id').notNull(),
    title: text('title').notNull(),
    note: text('note').notNull(),
    state: text('state').$type<TaskState>().notNull(),
    /** Not shown as due before; snoozing moves it. */
    dueAt: integer('due_at').notNull(),
    closedAt: integer('closed_at'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex('tasks_step').on(t.enrolmentId, t.stepId),
    index('tasks_open')
      .on(t.dueAt)
      .where(sql`${t.state} = 'open'`),
    index('tasks_contact').on(t.contactId),
    check('tasks_state', sql`${t.state} in ('open','done','skipped','cancelled')`),
  ],
);

/** Webhooks that were caused and are sent, or were: their own outbox. The body is written with the fact that caused it. */
export const webhookCalls = sqliteTable(
  'webhook_calls',
  {
    id: id(),
    /** `<enrolment>:<step>`: the same cause never calls twice. */
    uniqueKey: text('unique_key').notNull(),
    url: text('url').notNull(),
    body: text('body').notNull(),
    state: text('state').$type<'planned' | 'sent' | 'failed'>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAt: integer('next_at').notNull(),
    /** What the other side answered last. */
    answer: text('answer'),
    campaignId: text('campaign_id'),
    enrolmentId: text('enrolment_id'),
    contactId: text('contact_id'),
    stepId: text('step_id'),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex('webhook_calls_key').on(t.uniqueKey),
    index('webhook_calls_due')
      .on(t.nextAt)
      .where(sql`${t.state} = 'planned'`),
    index('webhook_calls_failed')
      .on(t.updatedAt)
      .where(sql`${t.state} = 'failed'`),
    check('webhook_calls_state', sql`${t.state} in ('planned','sent','failed')`),
  ],
);
