import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';

export const eventTypes = [
  // one person in one campaign
  'enrolled',
  'planned',
  'slot_moved',
  'sent',
  'deferred',
  'failed',
  'unknown',
  'resolved',
  'held',
  'released',
  'cancelled',
  'skipped',
  'replied',
  'auto_replied',
  'bounced',
  'delayed',
  'complained',
  'unsubscribed',
  'opened',
  'clicked',
  'converted',
  'paused',
  'resumed',
  'stopped',
  'finished',
  'restarted',
  'sent_copy_failed',
  'message_id_learnt',
  'moved_mailbox',
  'branched',
  'acted',
  'notified',
  'task_opened',
  'task_done',
  'task_skipped',
  'task_snoozed',
  'moved_version',
  'webhook_failed',
  // records
  'contact_created',
  'contact_updated',
  'contact_deleted',
  'contact_merged',
  'imported',
  'suppressed',
  'unsuppressed',
  'reply_reclassified',
  'sequence_changed',
  'sequence_activated',
  'template_changed',
  'campaign_launched',
  'campaign_paused',
  'campaign_resumed',
  'campaign_stopped',
  'campaign_finished',
  'campaign_auto_paused',
  'mailbox_created',
  'mailbox_updated',
  'mailbox_deleted',
  'mailbox_tested',
  'mailbox_paused',
  'mailbox_resumed',
  'mailbox_trouble',
  'mailbox_recovered',
  'mailbox_ramp_changed',
  'domain_backoff',
  'domain_recovered',
  'domain_checked',
  'sending_paused',
  'sending_resumed',
  'settings_changed',
  'workspace_restored',
] as const;
export const eventTypeSchema = z.enum(eventTypes);
export type EventType = z.infer<typeof eventTypeSchema>;

/** `engine` = a rule of Homing; `person` = somebody at the UI or the API; `server` = a mail server; `contact` = the recipient. */
export const actorSchema = z.enum(['engine', 'person', 'server', 'contact']);
export type Actor = z.infer<typeof actorSchema>;

/** An append-only fact. `id` is also the cursor of the change feed. */
export const eventSchema = z.object({
  id: z.number().int(),
  at: epochMsSchema,
  type: eventTypeSchema,
  actor: actorSchema,
  profileId: idSchema.nullable().describe('The person of the team, where the actor is one; null = the owner by the launch token'),
  reason: z.string().nullable(),
  contactId: idSchema.nullable(),
  enrolmentId: idSchema.nullable(),
  deliveryId: idSchema.nullable(),
  campaignId: idSchema.nullable(),
  mailboxId: idSchema.nullable(),
  stepId: z.string().nullable(),
  variantId: z.string().nullable(),
  data: z.record(z.string(), z.unknown()).nullable(),
});
export type DomainEvent = z.infer<typeof eventSchema>;

/** What the live stream carries: an event, or progress of a long task, or a heartbeat every 15 s. */
export const liveMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('events'), events: z.array(eventSchema), more: z.boolean().describe('More came at once than are listed: refetch') }),
  z.object({ kind: z.literal('progress'), task: z.string(), id: idSchema, done: z.number(), total: z.number(), state: z.string() }),
  z.object({ kind: z.literal('heartbeat'), at: epochMsSchema, cursor: z.number().int() }),
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;
