import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';

export const taskStateSchema = z.enum(['open', 'done', 'skipped', 'cancelled']);
export type TaskState = z.infer<typeof taskStateSchema>;

/** Something that a person has to do by hand before somebody goes on in a sequence. */
export const taskSchema = z.object({
  id: idSchema,
  title: z.string(),
  note: z.string(),
  state: taskStateSchema,
  dueAt: epochMsSchema.describe('When it is due; later than now = snoozed or planned'),
  closedAt: epochMsSchema.nullable(),
  enrolmentId: idSchema,
  campaignId: idSchema,
  campaignName: z.string(),
  contactId: idSchema,
  contactEmail: z.string(),
  contactName: z.string(),
  contactCompany: z.string(),
  contactPhone: z.string(),
  stepId: z.string(),
  createdAt: epochMsSchema,
  updatedAt: epochMsSchema,
});
export type Task = z.infer<typeof taskSchema>;

/** An outgoing webhook that was given up. */
export const failedCallSchema = z.object({
  id: idSchema,
  url: z.string(),
  answer: z.string().nullable().describe('What the other side answered last'),
  attempts: z.number().int(),
  campaignId: idSchema.nullable(),
  contactId: idSchema.nullable(),
  failedAt: epochMsSchema,
});
export type FailedCall = z.infer<typeof failedCallSchema>;
