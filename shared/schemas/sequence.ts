import { z } from 'zod';
import { epochMsSchema, idSchema, patchOf } from './common.ts';

/**
 * The graph of a sequence. Steps are nodes, `next` is the edge to the step that follows: absent = the step
 * after it in the array, null = the end. Step ids are stable across versions.
 */
const stepId = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[A-Za-z0-9_-]+$/, 'Letters, digits, - and _ only');
const next = stepId.nullable().optional();

/** ISO 8601 duration of weeks, days, hours, minutes and seconds, for example `P3D`, `PT72H`, `P1DT4H`. Months and years are refused. */
export const durationSchema = z
  .string()
  .max(40)
  .regex(/^P(?=\d|T\d)(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/, 'Write a duration such as P3D, PT4H or PT30M');

/** One weighted arm of an e-mail step. Of html and text one may be empty: it is derived from the other. */
export const variantSchema = z.object({
  id: z.string().min(1).max(10).default('A'),
  weight: z.number().int().min(0).max(1000).default(1),
  active: z.boolean().default(true),
  subject: z.string().max(998).default('').describe('Empty on a follow-up = reply in the same thread'),
  html: z.string().max(500_000).default(''),
  text: z.string().max(500_000).default(''),
});
export type Variant = z.infer<typeof variantSchema>;

/** A stored file for everybody, or a file of each person by a path with merge tags, for example `{{ contact.offer_file }}`. A missing one holds the mail. */
export const attachmentSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('file'), fileId: idSchema }),
  z.object({ kind: z.literal('path'), path: z.string().min(1).max(1000) }),
]);
export type Attachment = z.infer<typeof attachmentSchema>;

export const emailStepSchema = z.object({
  id: stepId,
  type: z.literal('email'),
  variants: z.array(variantSchema).min(1).max(26),
  attachments: z.array(attachmentSchema).max(20).optional(),
  next,
});
export const waitStepSchema = z
  .object({ id: stepId, type: z.literal('wait'), duration: durationSchema, businessDays: z.boolean().default(false), next })
  .refine((step) => !step.businessDays || /^P(\d+W)?(\d+D)?$/.test(step.duration), { message: 'Business days need whole days, for example P3D', path: ['duration'] });
export const exitStepSchema = z.object({ id: stepId, type: z.literal('exit') });

export const stepSchema = z.union([emailStepSchema, waitStepSchema, exitStepSchema]);
export type Step = z.infer<typeof stepSchema>;
export type EmailStep = z.infer<typeof emailStepSchema>;
export type WaitStep = z.infer<typeof waitStepSchema>;

export const graphSchema = z.object({ steps: z.array(stepSchema).max(200) });
export type SequenceGraph = z.infer<typeof graphSchema>;

export const sequenceInputSchema = z.object({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2000).default(''),
  graph: graphSchema.default({ steps: [] }),
});
export type SequenceInput = z.infer<typeof sequenceInputSchema>;
/** `graph` is written to the draft version. */
export const sequencePatchSchema = patchOf(sequenceInputSchema);
export type SequencePatch = z.infer<typeof sequencePatchSchema>;

/** A finding of validation or copy check. Blocking ones forbid activation. */
export const graphIssueSchema = z.object({
  stepId: z.string().nullable(),
  variantId: z.string().nullable(),
  field: z.string().nullable(),
  code: z.string(),
  blocking: z.boolean(),
  message: z.string(),
});
export type GraphIssue = z.infer<typeof graphIssueSchema>;

export const sequenceSchema = z.object({
  id: idSchema,
  name: z.string(),
  description: z.string(),
  status: z.enum(['draft', 'active']).describe('active = some version can be launched'),
  draft: graphSchema.describe('What is being edited'),
  draftChanged: z.boolean().describe('The draft differs from the active version'),
  activeVersion: z.number().int().nullable(),
  activeVersionId: idSchema.nullable(),
  issues: z.array(graphIssueSchema),
  createdAt: epochMsSchema,
  updatedAt: epochMsSchema,
});
export type Sequence = z.infer<typeof sequenceSchema>;

export const templateInputSchema = z.object({
  name: z.string().trim().min(1).max(200),
  subject: z.string().max(998).default(''),
  html: z.string().max(500_000).default(''),
  text: z.string().max(500_000).default(''),
});
export type TemplateInput = z.infer<typeof templateInputSchema>;
export const templatePatchSchema = patchOf(templateInputSchema);
export const templateSchema = templateInputSchema.extend({ id: idSchema, createdAt: epochMsSchema, updatedAt: epochMsSchema });
export type Template = z.infer<typeof templateSchema>;

/** A message rendered for one person by the code that sends. */
export const previewSchema = z.object({
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  from: z.string(),
  to: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
  sameThread: z.boolean().describe('Sent as a reply in the thread of the previous mail'),
  missing: z.array(z.string()).describe('Merge tags without a value and without a fallback: this person would be held'),
  issues: z.array(graphIssueSchema),
});
export type Preview = z.infer<typeof previewSchema>;
