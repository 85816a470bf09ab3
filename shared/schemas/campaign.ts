import { z } from 'zod';
import { calendarSchema, chosenMomentSchema, epochMsSchema, idSchema, localDateSchema, officeHours, patchOf, wallTimeSchema, windowSchema } from './common.ts';
import { whyCodeSchema } from './delivery.ts';
import { enrolmentStateCountsSchema } from './enrolment.ts';

export const campaignStatusSchema = z.enum(['draft', 'running', 'paused', 'stopped', 'finished']);
export type CampaignStatus = z.infer<typeof campaignStatusSchema>;

/** Who is enrolled: members of any of the lists and segments, and the contacts named. Suppressed people are never enrolled. */
export const audienceSchema = z.object({
  listIds: z.array(idSchema).max(100).default([]),
  segmentIds: z.array(idSchema).max(20).optional().describe('Whoever fits one of them at the launch'),
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
  maxPerDomainPerDay: z.number().int().min(1).nullable().default(null).describe('Mails to one recipient domain a day; free-mail domains exempt'),
  maxPerCompanyPerDay: z.number().int().min(1).nullable().default(null).describe('Mails to people of one company a day'),
  followUpWindows: z.array(windowSchema).max(50).nullable().default(null).describe('Windows of follow-ups where they differ from those of the calendar'),
  observeHolidays: z.boolean().default(true).describe("No mail on public holidays of the recipient's country"),
  holidayCountry: z.string().length(2).nullable().default(null).describe('Country whose holidays hold for people whose country is not known, ISO 3166-1'),
  followUpShare: z.number().int().min(0).max(100).default(100).describe('Per cent of the capacity that due follow-ups may take before first mails; 100 = follow-ups first'),
  rotation: z.enum(['longest_idle', 'round_robin', 'health']).default('longest_idle').describe('How new people are spread over the mailboxes'),
  providerMatching: z.enum(['off', 'prefer', 'strict']).default('off').describe('Send from a mailbox of the same provider as the recipient'),
  lostMailbox: z
    .enum(['hold', 'move'])
    .default('hold')
    .describe(
      'People who were mailed, and whose mailbox is gone or out of order for long, wait, or go on from another one in the same thread as long as the inbox of the lost one is read. Who was not mailed yet always goes to another one.',
    ),
  plainText: z.enum(['never', 'first_mail', 'always']).default('never').describe('Mails without an HTML part'),
  onReply: z.enum(['stop', 'pause', 'continue']).default('stop'),
  onOutOfOffice: z.enum(['pause', 'continue']).default('pause'),
  onMeeting: z.enum(['stop', 'pause', 'continue']).default('stop').describe('A meeting was agreed: a calendar reply, or a person says so'),
  onCompanyReply: z
    .object({ action: z.enum(['nothing', 'pause', 'stop']).default('nothing'), pauseDays: z.number().int().min(1).max(365).default(14) })
    .default({ action: 'nothing', pauseDays: 14 })
    .describe('A colleague of the same company replied; free-mail domains exempt'),
  onSoftBounce: z
    .object({ stopAfter: z.number().int().min(1).max(20).default(3) })
    .default({ stopAfter: 3 })
    .describe('Soft bounces in a row after which a person is stopped'),
  autoPause: z
    .object({
      bouncePercent: z.number().min(0.1).max(100).default(5),
      complaintPercent: z.number().min(0.01).max(100).default(0.1),
      floor: z.number().int().min(10).max(10_000).default(50).describe('Mails of the last seven days below which nothing is concluded'),
    })
    .nullable()
    .default({ bouncePercent: 5, complaintPercent: 0.1, floor: 50 })
    .describe('Pauses the campaign by its rates over seven days; a person starts it again'),
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
export const campaignPatchSchema = patchOf(campaignInputSchema).extend({
  rules: patchOf(campaignRulesSchema).optional().describe('Rules left out stay'),
  ownerId: idSchema.nullable().optional().describe('The person of the team to whom it passes; null = the owner by the launch token'),
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
  ownerId: idSchema.nullable().describe('The person of the team whose campaign it is; null = the owner by the launch token'),
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
export const preflightCodes = [
  'draft',
  'sequence',
  'draft_changed',
  'copy',
  'audience',
  'mailboxes',
  'mailbox_login',
  'mailbox_untested',
  'mailbox_unreachable',
  'mailbox_paused',
  'no_inbox',
  'secrets',
  'time',
  'time_zones',
  'no_matching_mailbox',
  'zones_guessed',
  'zones_unknown',
  'missing_field',
  'undeliverable',
  'suppressed',
  'owned_by_others',
] as const;
export type PreflightCode = (typeof preflightCodes)[number];
export const preflightItemSchema = z.object({
  code: z.enum(preflightCodes),
  blocking: z.boolean(),
  ok: z.boolean(),
  message: z.string(),
  count: z.number().int().nullable(),
  mailboxId: idSchema.nullable().describe('Of an item about one mailbox'),
});
export const preflightSchema = z.object({
  ok: z.boolean(),
  items: z.array(preflightItemSchema),
  people: z.number().int().describe('Would be enrolled now'),
  leftOut: z.array(z.object({ reason: z.enum(['suppressed', 'already_enrolled', 'owned_by_others', 'invalid_address']), count: z.number().int() })),
  firstSlotAt: epochMsSchema.nullable(),
});
export type Preflight = z.infer<typeof preflightSchema>;

/** What one mailbox would send for a campaign on one of its local days. */
export const forecastDaySchema = z.object({
  mailboxId: idSchema,
  day: localDateSchema,
  first: z.number().int().describe('First mails'),
  followUps: z.number().int(),
  limitedBy: whyCodeSchema.nullable().describe('The limit that held mail back on this day; null = everything that was due left'),
});
export type ForecastDay = z.infer<typeof forecastDaySchema>;

/** The whole future schedule of a campaign as its rules would let it run, if nobody replied, bounced or opted out. */
export const forecastSchema = z.object({
  people: z.number().int().describe('Who would get mail or waits for it'),
  first: z.number().int(),
  followUps: z.number().int(),
  lastAt: epochMsSchema.nullable().describe('When the last mail would leave'),
  days: z.array(forecastDaySchema).describe('Days with mail, by date and mailbox'),
  limits: z
    .array(z.object({ code: whyCodeSchema, days: z.number().int() }))
    .describe('What holds mail back, by the number of days of mailboxes; empty = only the waits of the sequence'),
  stuck: z.array(z.object({ code: whyCodeSchema, people: z.number().int() })).describe('People whose next mail has no time, and why'),
  complete: z.boolean().describe('False = it goes on beyond the three years that are looked at'),
});
export type Forecast = z.infer<typeof forecastSchema>;

/** A mailbox from which nothing leaves, with the people of a campaign who wait for it. */
export const strandedMailboxSchema = z.object({
  mailboxId: idSchema,
  name: z.string().nullable().describe('Null = the mailbox was deleted'),
  reason: z.enum(['gone', 'needs_login', 'unreachable', 'paused']).describe('gone = no longer of the campaign, or deleted'),
  detail: z.string().nullable().describe('What the server said'),
  since: epochMsSchema.nullable(),
  firstMails: z.number().int().describe('People who were not mailed yet'),
  followUps: z.number().int().describe('People who had a mail from it'),
  repliesSeen: z.boolean().describe('Its inbox is being read: who answers is stopped before the next mail'),
  repliesReadAt: epochMsSchema.nullable().describe('When its inbox was last read; null = never, or it has none'),
});
export type StrandedMailbox = z.infer<typeof strandedMailboxSchema>;

/** Whose mailbox sends nothing now, and which mailboxes of the campaign could take them. */
export const strandedSchema = z.object({
  mailboxes: z.array(strandedMailboxSchema),
  targets: z.array(z.object({ mailboxId: idSchema, name: z.string(), sender: z.string().describe('What recipients see in From') })),
  busy: z.number().int().describe('Of these, people whose mail is on its way or has an unknown outcome: they stay'),
});
export type Stranded = z.infer<typeof strandedSchema>;

export const movedPeopleSchema = z.object({
  moveId: idSchema.describe('Takes the move back'),
  people: z.number().int(),
  stayed: z.number().int().describe('People whom no mailbox of the campaign may write to'),
});
export type MovedPeople = z.infer<typeof movedPeopleSchema>;

/** Who would move where when the people of a campaign go to the active version of its sequence. */
export const versionMoveSchema = z.object({
  toVersion: z.number().int(),
  people: z.number().int().describe('People under way on another version'),
  busy: z.number().int().describe('Of these, people whose mail is on its way right now: they stay on their version'),
  groups: z.array(
    z.object({
      fromVersion: z.number().int(),
      fromStepId: z.string().nullable(),
      fromStep: z.string().nullable().describe('Number and title of the step where they stand; null = at the end'),
      toStepId: z.string().nullable(),
      toStep: z.string().nullable().describe('Where they go on; null = they finish'),
      people: z.number().int(),
    }),
  ),
});
export type VersionMove = z.infer<typeof versionMoveSchema>;
