import { z } from 'zod';
import { campaignStatusSchema } from './campaign.ts';
import { idSchema, localDateSchema } from './common.ts';

/** Which mails are looked at: those that left in the last `days` local days, today included. */
export const analyticsQuerySchema = z.object({
  days: z.number().int().min(1).max(366).default(30),
  campaignId: idSchema.optional().describe('Absent = all campaigns'),
});
export type AnalyticsQuery = z.infer<typeof analyticsQuerySchema>;

/** A share with its denominator and its 95 % interval (Wilson); rate, low and high are null when `of` is 0. */
export const rateSchema = z.object({ count: z.number().int(), of: z.number().int(), rate: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });
export type Rate = z.infer<typeof rateSchema>;

/** What became of mails of campaigns that left in the period, whenever it came back. `of` is people or mails, as each place says. */
export const outcomesSchema = z.object({
  sent: z.number().int().describe('Mails that a server accepted'),
  replied: rateSchema.describe('With a human reply'),
  positive: rateSchema.describe('With a human reply that is positive or asks for a meeting'),
  bounced: rateSchema.describe('Whose address is permanently bad; of those accepted and those refused at once'),
  unsubscribed: rateSchema.describe('With an opt-out'),
});
export type OutcomeRates = z.infer<typeof outcomesSchema>;

export const periodPointSchema = z.object({
  day: localDateSchema.describe('First day of the day or week'),
  sent: z.number().int(),
  replied: z.number().int(),
  bounced: z.number().int(),
  unsubscribed: z.number().int(),
});
export type PeriodPoint = z.infer<typeof periodPointSchema>;

export const analyticsTrendSchema = z.object({
  zone: z.string(),
  unit: z.enum(['day', 'week']).describe('Weeks beyond 92 days'),
  series: z.array(periodPointSchema).describe('What happened when, oldest first'),
  replyHours: z.array(z.array(z.number().int()).length(24)).length(7).describe("Human replies by weekday (Monday first) and hour of the recipient's clock"),
});
export type AnalyticsTrend = z.infer<typeof analyticsTrendSchema>;

export const analyticsBreakdownSchema = z.object({
  people: z.number().int().describe('People mailed in the period'),
  totals: outcomesSchema.describe('Of people'),
  campaigns: z
    .array(outcomesSchema.extend({ campaignId: idSchema, name: z.string(), status: campaignStatusSchema, enrolled: z.number().int(), mailed: z.number().int() }))
    .describe('Of people'),
  steps: z
    .array(outcomesSchema.extend({ stepId: idSchema, number: z.number().int().describe('Which mail of a person'), variantId: z.string(), subject: z.string() }))
    .describe('Of mails; of one campaign only'),
  mailboxes: z.array(outcomesSchema.extend({ mailboxId: idSchema, name: z.string() })).describe('Of mails'),
  providers: z.array(outcomesSchema.extend({ provider: z.string().nullable(), name: z.string() })).describe('Of mails, by who takes the mail of the recipient; null = others'),
});
export type AnalyticsBreakdown = z.infer<typeof analyticsBreakdownSchema>;

export const analyticsTableSchema = z.enum(['series', 'replyHours', 'campaigns', 'steps', 'mailboxes', 'providers']);
export type AnalyticsTable = z.infer<typeof analyticsTableSchema>;
