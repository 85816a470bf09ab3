import { z } from 'zod';
import { epochMsSchema, idSchema, patchOf } from './common.ts';
import { stepSchema } from './step.ts';

export * from './step.ts';

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
