import { z } from 'zod';
import { rateSchema } from './analytics.ts';
import { copyNoteSchema } from './assist.ts';
import { idSchema } from './common.ts';

export const workedBeforeInputSchema = z.object({
  subject: z.string().max(1000).default(''),
  text: z.string().max(100_000).describe('The mail that is being written, as plain text'),
  contactId: idSchema.nullable().default(null).describe('Somebody like whom the readers are: what worked for people with the same tags, company or title counts'),
  not: z.object({ sequenceId: idSchema, stepId: z.string() }).optional().describe('The mail itself, which is left out'),
});
export type WorkedBeforeInput = z.infer<typeof workedBeforeInputSchema>;

export const workedItemSchema = z.object({
  kind: z.enum(['mail', 'snippet']),
  id: z.string(),
  name: z.string().describe('Of the sequence, or of the snippet'),
  stepNumber: z.number().int().nullable(),
  subject: z.string(),
  text: z.string(),
  replied: rateSchema.describe('People who answered, of those who got it'),
  similar: rateSchema.nullable().describe('The same among people like the contact; null = too few of them, or none was named'),
  nearness: z.number().describe('0..1'),
  shared: z.array(z.string()).describe('Words that both use, most telling first'),
});
export type WorkedItem = z.infer<typeof workedItemSchema>;

export const ownResultCodes = ['short', 'question', 'no_link', 'short_subject'] as const;
export const ownResultSchema = z.object({
  code: z.enum(ownResultCodes),
  holds: z.boolean().describe('Whether the mail that is being written is so'),
  with: rateSchema,
  without: rateSchema,
  clear: z.boolean().describe('The difference is no luck: below 1 % by the exact test of Fisher'),
});
export type OwnResult = z.infer<typeof ownResultSchema>;

export const workedBeforeSchema = z.object({
  items: z.array(workedItemSchema),
  mails: z.number().int().describe('Own mails that enough people got'),
  least: z.number().int().describe('People below whom a mail is not counted'),
  own: z.array(ownResultSchema).describe('What one’s own figures say of mails like this; empty = too few'),
  model: z.string().nullable().describe('Null = compared by words'),
  note: copyNoteSchema.nullable(),
});
export type WorkedBefore = z.infer<typeof workedBeforeSchema>;
