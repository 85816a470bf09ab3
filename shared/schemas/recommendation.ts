import { z } from 'zod';
import { rateSchema } from './analytics.ts';
import { durationSchema } from './sequence.ts';

const chance = z.number().min(0).max(1).describe('Chance of such figures if there were no difference');

/** A change of a sequence that its own figures speak for. Nothing is changed by reading it. */
export const recommendationSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stop_variant'),
    stepId: z.string(),
    variantId: z.string(),
    replied: rateSchema.describe('People who answered it, of those who got it'),
    better: rateSchema.extend({ variantId: z.string() }),
    chance,
    gain: z.number().describe('More answers to expect for 100 mails of this step, if its share goes to the better variant'),
  }),
  z.object({
    kind: z.literal('losing_mail'),
    stepId: z.string(),
    first: z.boolean().describe('The first mail of somebody: it can be rewritten, not left out'),
    replied: rateSchema,
    optedOut: rateSchema,
    chance,
    gain: z.number().describe('Fewer opt-outs to expect for 100 mails of this step, if it is left out'),
  }),
  z.object({
    kind: z.enum(['longer_wait', 'shorter_wait']),
    stepId: z.string().describe('The wait'),
    mailStepId: z.string().describe('The mail before it'),
    from: z.object({ duration: durationSchema, businessDays: z.boolean() }),
    to: z.object({ duration: durationSchema, businessDays: z.boolean() }),
    answers: z.number().int().describe('Answers to the mail before it that were looked at, the latest ones'),
    quantileHours: z.number().describe('Nine of ten (longer_wait) or 19 of 20 (shorter_wait) came within these hours'),
    late: rateSchema.describe('Answers that came when the next mail had left already, of all'),
  }),
]);
export type Recommendation = z.infer<typeof recommendationSchema>;

/** A comparison that needs more mails before its figures say anything. */
export const undecidedSchema = z.object({ stepId: z.string(), mailed: z.number().int().describe('Of the variant with the fewest'), needed: z.number().int() });

export const recommendationsSchema = z.object({ items: z.array(recommendationSchema), undecided: z.array(undecidedSchema) });
export type Recommendations = z.infer<typeof recommendationsSchema>;
