import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';

/** DESIGN section 6. `stopped` is reversible by a person except after opt-out, complaint or hard bounce. */
export const enrolmentStates = ['pending', 'active', 'paused', 'held', 'finished', 'stopped', 'failed'] as const;
export const enrolmentStateSchema = z.enum(enrolmentStates);
export type EnrolmentState = z.infer<typeof enrolmentStateSchema>;

export const stopReasonSchema = z.enum([
  'replied',
  'bounced',
  'unsubscribed',
  'complained',
  'suppressed',
  'company_replied',
  'soft_bounces',
  'by_hand',
  'merged',
  'campaign_stopped',
]);
export type StopReason = z.infer<typeof stopReasonSchema>;

export const enrolmentStateCountsSchema = z.object({
  pending: z.number().int(),
  active: z.number().int(),
  paused: z.number().int(),
  held: z.number().int(),
  finished: z.number().int(),
  stopped: z.number().int(),
  failed: z.number().int(),
});

export const enrolmentSchema = z.object({
  id: idSchema,
  campaignId: idSchema,
  campaignName: z.string(),
  contactId: idSchema,
  contactEmail: z.string(),
  contactName: z.string(),
  mailboxId: idSchema.nullable(),
  sequenceVersion: z.number().int(),
  state: enrolmentStateSchema,
  reason: z.string().nullable().describe('Why it is stopped, held or paused'),
  pausedUntil: epochMsSchema.nullable(),
  stepId: z.string().nullable().describe('The last step that was sent'),
  nextStepId: z.string().nullable(),
  nextAt: epochMsSchema.nullable(),
  createdAt: epochMsSchema,
  updatedAt: epochMsSchema,
});
export type Enrolment = z.infer<typeof enrolmentSchema>;
