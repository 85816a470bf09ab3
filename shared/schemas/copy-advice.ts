import { z } from 'zod';
import { callKindSchema } from './comparison.ts';

export const copyAdviceInputSchema = z.object({
  subject: z.string().max(1000).default(''),
  text: z.string().max(100_000).describe('Plain text; merge tags stay as they are'),
});
export type CopyAdviceInput = z.infer<typeof copyAdviceInputSchema>;

export const adviceCodes = [
  'shorter_phrase',
  'plainer_phrase',
  'long',
  'hard_to_read',
  'long_sentence',
  'no_call',
  'many_questions',
  'about_us',
  'exclamations',
  'shouting',
  'bulk_phrase',
  'long_subject',
] as const;
export const adviceSchema = z.object({
  code: z.enum(adviceCodes),
  about: z.enum(['readability', 'length', 'tone', 'spam', 'call']),
  quote: z.string().describe('What stands there; empty = the whole mail'),
  count: z.number().nullable(),
  edit: z
    .object({ find: z.string(), replace: z.string() })
    .nullable()
    .describe('What to write instead; an empty `find` = to add as a paragraph of its own, before the name at the end'),
});
export type Advice = z.infer<typeof adviceSchema>;

export const copyAdviceSchema = z.object({
  figures: z.object({
    words: z.number().int(),
    lix: z.number().int().nullable().describe('Readability by C. H. Björnsson (1968): below 30 very easy, 40 ordinary, above 50 hard; null = no sentence'),
    questions: z.number().int(),
    links: z.number().int(),
    aboutYou: z.number().nullable(),
    call: callKindSchema,
  }),
  advice: z.array(adviceSchema),
});
export type CopyAdvice = z.infer<typeof copyAdviceSchema>;
