import { z } from 'zod';
import { epochMsSchema, idSchema, patchOf } from './common.ts';
import { suppressionReasonSchema } from './contact.ts';
import { stepSchema, stepTypes } from './step.ts';

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

/** A sequence as a file, for other workspaces and for version control. */
export const sequenceFileSchema = z.object({
  format: z.literal('homing-sequence-1'),
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2000).default(''),
  steps: z.array(stepSchema).max(200),
});
export type SequenceFile = z.infer<typeof sequenceFileSchema>;

/** One step that differs between two versions. */
export const stepChangeSchema = z.object({
  stepId: z.string(),
  type: z.enum(stepTypes),
  title: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  fields: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
});
export type StepChange = z.infer<typeof stepChangeSchema>;

export const sequenceVersionSchema = z.object({
  id: idSchema,
  number: z.number().int(),
  active: z.boolean().describe('New launches use it'),
  mails: z.number().int(),
  steps: z.number().int(),
  people: z.number().int().describe('People who are under way on it'),
  createdAt: epochMsSchema,
});
export type SequenceVersion = z.infer<typeof sequenceVersionSchema>;

/** What an e-mail step or one of its variants did, over all campaigns. A rate is of the people mailed, with its 95 % Wilson interval. */
export const variantNumbersSchema = z.object({
  stepId: z.string(),
  variantId: z.string(),
  mailed: z.number().int().describe('People who got it'),
  replied: z.number().int().describe('People whose human reply answers it'),
  bounced: z.number().int(),
  rate: z.number().nullable().describe('replied / mailed; null when nobody was mailed'),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type VariantNumbers = z.infer<typeof variantNumbersSchema>;

/** A sequence to start from. */
export const starterSchema = z.object({ key: z.string(), category: z.string(), name: z.string(), description: z.string(), graph: graphSchema });
export type Starter = z.infer<typeof starterSchema>;

export const templateKindSchema = z.enum(['mail', 'snippet']).describe('snippet = a block of text to insert, without a subject');
export type TemplateKind = z.infer<typeof templateKindSchema>;
export const templateInputSchema = z.object({
  kind: templateKindSchema.default('mail'),
  name: z.string().trim().min(1).max(200),
  subject: z.string().max(998).default(''),
  html: z.string().max(500_000).default(''),
  text: z.string().max(500_000).default(''),
});
export type TemplateInput = z.infer<typeof templateInputSchema>;
export const templatePatchSchema = patchOf(templateInputSchema.omit({ kind: true }));
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
  suppressed: suppressionReasonSchema.nullable().describe('Why this person must never be mailed; null = may be'),
  missing: z.array(z.string()).describe('Merge tags without a value and without a fallback: this person would be held'),
  attachments: z
    .array(
      z.object({
        name: z.string().nullable(),
        path: z.string().nullable().describe('Of a file of each person: the path for this one; null = a value is missing'),
        size: z.number().int().nullable().describe('Bytes; null = missing'),
        problem: z.string().nullable().describe('Why it is missing: this person would be held'),
      }),
    )
    .describe('The files it would carry, in their order'),
  issues: z.array(graphIssueSchema),
});
export type Preview = z.infer<typeof previewSchema>;

/** Somebody worth seeing a mail for. */
export const previewPersonSchema = z.object({
  contactId: idSchema,
  name: z.string(),
  email: z.string(),
  kind: z.enum(['full', 'gaps', 'suppressed', 'list']).describe('full = has every field that the mail names; gaps = lacks most of them'),
  detail: z.array(z.string()).describe('The fields that are missing, or the name of the list'),
});
export type PreviewPerson = z.infer<typeof previewPersonSchema>;

/** What came of asking an address whether it answers. */
export const linkAnswerSchema = z.object({
  url: z.string(),
  to: z.string().nullable().describe('Where it leads on to; null = it answers itself'),
  problem: z.string().nullable().describe('Null = a reader comes to something'),
});
export type LinkAnswer = z.infer<typeof linkAnswerSchema>;
