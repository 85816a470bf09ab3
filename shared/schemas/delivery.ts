import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';

/** The states of DESIGN section 6. */
export const deliveryStates = ['planned', 'claimed', 'sending', 'sent', 'deferred', 'failed', 'unknown', 'held', 'cancelled', 'skipped'] as const;
export const deliveryStateSchema = z.enum(deliveryStates);
export type DeliveryState = z.infer<typeof deliveryStateSchema>;
export const finalDeliveryStates = ['sent', 'failed', 'skipped', 'cancelled'] as const satisfies readonly DeliveryState[];
/** States from which a stop rule may cancel a delivery. */
export const waitingDeliveryStates = ['planned', 'claimed', 'deferred', 'held'] as const satisfies readonly DeliveryState[];

export const deliveryKinds = ['step', 'reply', 'one-off', 'test'] as const;
export const deliveryKindSchema = z.enum(deliveryKinds);
export type DeliveryKind = z.infer<typeof deliveryKindSchema>;

/** One vocabulary for SMTP answers, live or in bounces (DESIGN section 6). */
export const answerClasses = [
  'unknown_recipient',
  'mailbox_full',
  'mailbox_disabled',
  'policy_block',
  'auth',
  'smtp_login',
  'sender_refused',
  'rate_limit',
  'greylist',
  'temporary',
  'message_too_big',
  'relay_denied',
  'protocol',
  'other',
] as const;
export const answerClassSchema = z.enum(answerClasses);
export type AnswerClass = z.infer<typeof answerClassSchema>;

export const holdReasons = [
  'missing_field',
  'missing_attachment',
  'template_error',
  'approval',
  'no_allowed_time',
  'stale_inbox',
  'no_inbox',
  'stale_slot',
  'mailbox_needs_login',
  'mailbox_gone',
  'no_matching_mailbox',
  'restored_workspace',
] as const;
export const holdReasonSchema = z.enum(holdReasons);
export type HoldReason = z.infer<typeof holdReasonSchema>;

/** Which rule keeps a row from moving. `until` null = a person or an event must act. */
export const whyCodes = [
  'slot',
  'sending_paused',
  'campaign_paused',
  'campaign_not_started',
  'campaign_window',
  'mailbox_window',
  'waking_hours',
  'mailbox_paused',
  'mailbox_needs_login',
  'mailbox_backoff',
  'domain_backoff',
  'mailbox_gap',
  'mailbox_hour',
  'mailbox_day',
  'mailbox_24h',
  'campaign_day',
  'campaign_new_day',
  'mailbox_ramp',
  'mailbox_human_day',
  'mailbox_absence',
  'mailbox_probe',
  'domain_probe',
  'domain_day',
  'company_day',
  'follow_up_share',
  'holiday',
  'connection_busy',
  'inbox_check',
  'retry',
  'enrolment_paused',
  'task',
  'unknown_outcome',
  ...holdReasons,
] as const;
export const whyCodeSchema = z.enum(whyCodes);
export type WhyCode = z.infer<typeof whyCodeSchema>;
export const whySchema = z.object({ code: whyCodeSchema, until: epochMsSchema.nullable(), detail: z.string().nullable() });
export type Why = z.infer<typeof whySchema>;

/** What is known of a mail whose connection broke after its body had begun to leave. */
export const unknownOutcomeSchema = z.object({
  server: z.string().nullable().describe('Host and port that it was handed to; null = the mailbox is gone'),
  connection: z.string().nullable(),
  beganAt: epochMsSchema.describe('When the first byte of the text left'),
  cause: z.string().nullable().describe('How the outcome was lost sight of'),
  searchedAt: epochMsSchema.nullable().describe('Last search for its copy since the start; null = none yet'),
  searchedFolders: z.array(z.string()).describe('Folders that were searched to the end and do not hold it'),
  searchTrouble: z.string().nullable().describe('Why the last search could not be made'),
  resendAt: epochMsSchema.nullable().describe('From then on it is sent again by itself if its copy stays absent; null = only a person can decide'),
});
export type UnknownOutcome = z.infer<typeof unknownOutcomeSchema>;

export const deliverySchema = z.object({
  id: idSchema,
  kind: deliveryKindSchema,
  state: deliveryStateSchema,
  why: whySchema.nullable().describe('Null when final or in flight'),
  campaignId: idSchema.nullable(),
  campaignName: z.string().nullable(),
  enrolmentId: idSchema.nullable(),
  contactId: idSchema.nullable(),
  contactName: z.string(),
  recipient: z.string(),
  mailboxId: idSchema.nullable(),
  mailboxName: z.string().nullable(),
  stepId: z.string().nullable(),
  stepNumber: z.number().int().nullable().describe('1 = first mail'),
  variantId: z.string().nullable(),
  subject: z.string().nullable(),
  messageId: z.string().nullable(),
  slotAt: epochMsSchema,
  attempts: z.number().int(),
  sentAt: epochMsSchema.nullable(),
  finalReason: z.string().nullable().describe('Why it failed, was cancelled or skipped'),
  answerClass: answerClassSchema.nullable(),
  answer: z.string().nullable().describe('What the server said last'),
  unknown: unknownOutcomeSchema.nullable().describe('Only while the outcome is unknown'),
  createdAt: epochMsSchema,
  updatedAt: epochMsSchema,
});
export type Delivery = z.infer<typeof deliverySchema>;

/** Which deliveries are meant. */
export const deliveryFilterSchema = z.object({
  state: z.union([deliveryStateSchema, z.array(deliveryStateSchema)]).optional(),
  heldFor: holdReasonSchema.optional().describe('Held for this reason, for example stale_slot: overdue, asks first'),
  kind: deliveryKindSchema.optional(),
  campaignId: idSchema.optional(),
  mailboxId: idSchema.optional(),
  contactId: idSchema.optional(),
  enrolmentId: idSchema.optional(),
  q: z.string().max(200).optional(),
});

/** Several deliveries: those named, or all that a filter matches. */
export const deliverySelectionSchema = z.union([z.strictObject({ ids: z.array(idSchema).min(1).max(10_000) }), z.strictObject({ filter: deliveryFilterSchema })]);
export type DeliverySelection = z.infer<typeof deliverySelectionSchema>;

export const bulkOutcomeSchema = z.object({
  done: z.number().int(),
  left: z.number().int().describe('Those that could not be changed'),
  reasons: z.array(z.object({ reason: z.string(), count: z.number().int() })),
});
export type BulkOutcome = z.infer<typeof bulkOutcomeSchema>;

/** A mail's text with merge tags filled in. */
export const deliveryTextSchema = z.object({
  recipient: z.string().max(320),
  subject: z
    .string()
    .max(998)
    .regex(/^[^\r\n]*$/, 'A subject is one line'),
  text: z.string().max(500_000),
  html: z.string().max(1_000_000).describe('Empty = plain text only'),
});
export type DeliveryText = z.infer<typeof deliveryTextSchema>;
export type DeliveryEdit = DeliveryText;
