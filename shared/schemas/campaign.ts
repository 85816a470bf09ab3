import { z } from 'zod';
import { calendarSchema, chosenMomentSchema, epochMsSchema, idSchema, officeHours, wallTimeSchema } from './common.ts';
import { enrolmentStateCountsSchema } from './enrolment.ts';

export const campaignStatusSchema = z.enum(['draft', 'running', 'paused', 'stopped', 'finished']);
export type CampaignStatus = z.infer<typeof campaignStatusSchema>;

/** Who is enrolled: members of any of the lists and the contacts named. Suppressed people are never enrolled. */
export const audienceSchema = z.object({
  listIds: z.array(idSchema).max(100).default([]),
  contactIds: z.array(idSchema).max(100_000).default([]),
  everyone: z.boolean().default(false),
});
export type Audience = z.infer<typeof audienceSchema>;

export const campaignRulesSchema = z.object({
  calendar: calendarSchema.default(() => ({ zone: Intl.DateTimeFormat().resolvedOptions().timeZone, windows: officeHours, holidays: [] })).describe('The campaign window'),
  useContactZone: z.boolean().default(true).describe('Read the campaign window in the time zone of the recipient, where it is known'),
  wakingHours: z
    .object({ start: wallTimeSchema, end: wallTimeSchema })
    .nullable()
    .default({ start: '07:00', end: '21:00' })
    .describe('Never outside these hours of the recipient, where the zone is known'),
  startAt: chosenMomentSchema.nullable().default(null),
  maxPerDay: z.number().int().min(1).nullable().default(null).describe('Mails of this campaign a day'),
  maxNewPerDay: z.number().int().min(1).nullable().default(null).describe('First mails of this campaign a day'),
  staleAfterHours: z.number().min(1).max(8760).default(48).describe('A slot missed by more asks first'),
  onMissingValue: z.enum(['hold', 'blank']).default('hold'),
  reEnrol: z.enum(['never', 'when_finished']).default('never'),
});
export type CampaignRules = z.infer<typeof campaignRulesSchema>;

export const campaignInputSchema = z.object({
  name: z.string().trim().min(1).max(200),
  sequenceId: idSchema,
  audience: audienceSchema.default({ listIds: [], contactIds: [], everyone: false }),
  mailboxIds: z.array(idSchema).max(100).default([]),
  rules: campaignRulesSchema.default(() => campaignRulesSchema.parse({})),
});
export type CampaignInput = z.infer<typeof campaignInputSchema>;
export const campaignPatchSchema = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  sequenceId: idSchema.optional(),
  audience: audienceSchema.optional(),
  mailboxIds: z.array(idSchema).max(100).optional(),
  rules: campaignRulesSchema.optional(),
});
export type CampaignPatch = z.infer<typeof campaignPatchSchema>;

export const campaignCountsSchema = z.object({
  people: z.number().int().describe('Enrolled'),
  mailed: z.number().int().describe('People who got at least one mail'),
  sent: z.number().int().describe('Mails accepted by the server'),
  waiting: z.number().int().describe('Mails planned, held, deferred or unknown'),
  failed: z.number().int(),
  replied: z.number().int().describe('People with a human reply'),
  bounced: z.number().int().describe('People with a hard bounce'),
  unsubscribed: z.number().int(),
  enrolments: enrolmentStateCountsSchema,
});
export type CampaignCounts = z.infer<typeof campaignCountsSchema>;

export const campaignSchema = z.object({
  id: idSchema,
  name: z.string(),
  sequenceId: idSchema,
  sequenceName: z.string(),
  sequenceVersion: z.number().int().nullable().describe('Pinned at launch'),
  status: campaignStatusSchema,
  statusReason: z.string().nullable(),
  audience: audienceSchema,
  mailboxIds: z.array(idSchema),
  rules: campaignRulesSchema,
  counts: campaignCountsSchema,
  nextSlotAt: epochMsSchema.nullable(),
  launchedAt: epochMsSchema.nullable(),
  createdAt: epochMsSchema,
  updatedAt: epochMsSchema,
});
export type Campaign = z.infer<typeof campaignSchema>;

/** One line of the checklist before launch. Blocking items forbid it. */
export const preflightItemSchema = z.object({
  code: z.string(),
  blocking: z.boolean(),
  ok: z.boolean(),
  message: z.string(),
  count: z.number().int().nullable(),
});
export const preflightSchema = z.object({
  ok: z.boolean(),
  items: z.array(preflightItemSchema),
  people: z.number().int().describe('Would be enrolled now'),
  leftOut: z.array(z.object({ reason: z.enum(['suppressed', 'already_enrolled', 'invalid_address']), count: z.number().int() })),
  firstSlotAt: epochMsSchema.nullable(),
});
export type Preflight = z.infer<typeof preflightSchema>;
