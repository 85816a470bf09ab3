import { z } from 'zod';
import { epochMsSchema, idSchema } from './common.ts';
import { deliverySchema } from './delivery.ts';

/** Something that a model said of a person, or was told of them. */
export const factSchema = z.object({ name: z.string().describe('The field that it stands in, `reply` or `earlier_mail`'), value: z.string() });
export type Fact = z.infer<typeof factSchema>;

export const findingCodes = ['empty', 'too_long', 'link', 'markup', 'merge_tag', 'hidden', 'number', 'date', 'name', 'claim', 'language', 'talk'] as const;
/** Why a text must not leave unread. `claim` = it says something that no fact says; `talk` = the model speaks of itself or of its task. */
export const findingSchema = z.object({ code: z.enum(findingCodes), found: z.string().describe('The words that were found') });
export type Finding = z.infer<typeof findingSchema>;

/** Who wrote the text of a personal block. `fallback` = the text that the step holds for everybody. */
export const personalSources = ['model', 'person', 'fallback'] as const;
/** Why no model wrote it. `rejected` = what it wrote was not supported by the facts, twice; `no_facts` = nothing is on file that it could be about. */
export const personalNotes = ['no_model', 'off', 'failed', 'rejected', 'no_facts'] as const;

export const personalTextSchema = z.object({
  state: z.enum(['waiting', 'written']).describe('waiting = nothing is written yet: approved as it is, the fallback text leaves'),
  text: z.string().describe('What the mail would say'),
  fallback: z.string().describe('What it would say without a model'),
  source: z.enum(personalSources),
  note: z.enum(personalNotes).nullable(),
  model: z.string().nullable(),
  promptVersion: z.string().nullable().describe('Name and version of the prompt that the model answered'),
  facts: z.array(factSchema).describe('All that is on file and was told to the model'),
  used: z.array(z.string()).describe('Names of the facts that the text uses'),
  findings: z.array(findingSchema),
  writtenAt: epochMsSchema.nullable(),
  unapproved: z.enum(['hold', 'fallback']).describe('What happens at the slot where nobody has approved it'),
});
export type PersonalText = z.infer<typeof personalTextSchema>;

/** A mail that waits for a person, as it would leave now. */
export const reviewSchema = z.object({
  delivery: deliverySchema,
  subject: z.string(),
  text: z.string(),
  hash: z.string().nullable().describe('SHA-256 of the mail as it would leave; approving names it. Null = it cannot be rendered'),
  changed: z.boolean().describe('It was approved and is no longer what was approved'),
  personal: personalTextSchema.nullable().describe('Null = the mail has no personal block'),
});
export type Review = z.infer<typeof reviewSchema>;

export const reviewGroupSchema = z.object({
  campaignId: idSchema,
  campaignName: z.string(),
  stepId: z.string(),
  stepNumber: z.number().int(),
  count: z.number().int(),
  waiting: z.number().int().describe('Mails whose personal block is not written yet'),
});
export type ReviewGroup = z.infer<typeof reviewGroupSchema>;

/** Writing of personal blocks that is under way, or was last. */
export const writingSchema = z.object({
  id: idSchema.nullable().describe('Progress comes with the live events under it; null = none since the start'),
  state: z.enum(['idle', 'running', 'done', 'cancelled', 'no_model']),
  done: z.number().int(),
  total: z.number().int(),
});
export type Writing = z.infer<typeof writingSchema>;
