import { z } from 'zod';
import { calendarSchema, epochMsSchema, idSchema, localDateSchema, officeHours, patchOf, wallTimeSchema } from './common.ts';

/** `tls` = TLS from the first byte; `starttls` = upgrade required; `none` = plain text (loopback and tests). */
export const connectionSecuritySchema = z.enum(['tls', 'starttls', 'none']);

const serverSchema = z.object({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65535),
  security: connectionSecuritySchema,
  user: z.string().max(320).default(''),
  auth: z.enum(['password', 'oauth2']).default('password').describe('oauth2 = with the access token of the mailbox (SASL XOAUTH2)'),
  allowSelfSigned: z.boolean().default(false).describe('Accept a certificate that no authority signed. Only for servers you run.'),
});
/** Server settings as stored and returned: the password never leaves the engine. */
export const serverSettingsSchema = serverSchema.extend({ hasPassword: z.boolean() });
/** Server settings as written: an absent password keeps the stored one. */
export const serverInputSchema = serverSchema.extend({ password: z.string().max(4096).optional() });
export type ServerSettings = z.infer<typeof serverSettingsSchema>;

/** Starts low and grows by a step each sending day up to `perDay`; bounces take it a step down. */
export const rampUpSchema = z.object({
  startPerDay: z.number().int().min(1).max(10_000).default(10),
  stepPerDay: z.number().int().min(1).max(1000).default(2),
});
/** How far a ramp-up has come: today's allowance, and the local day for which it holds. */
export const rampStateSchema = z.object({ perDay: z.number().int().min(1), day: localDateSchema, reason: z.enum(['start', 'grown', 'stepped_down', 'full']) });
export type RampState = z.infer<typeof rampStateSchema>;

/** One day as a person would work it: local wall times, drawn once and stored. It may only lower or delay. */
export const dayPlanSchema = z.object({ start: wallTimeSchema, lunchStart: wallTimeSchema, lunchEnd: wallTimeSchema, end: wallTimeSchema, target: z.number().int().min(0) });
export type DayPlan = z.infer<typeof dayPlanSchema>;

/** Local dates, both inclusive, on which nothing leaves from a mailbox. */
export const absenceSchema = z.object({ from: localDateSchema, to: localDateSchema, note: z.string().max(200).default('') });
export type Absence = z.infer<typeof absenceSchema>;

export const mailboxAliasSchema = z.object({ address: z.string().trim().min(3).max(320), name: z.string().trim().max(120).default('') });
export type MailboxAlias = z.infer<typeof mailboxAliasSchema>;

/** DKIM signing with the user's own key (RFC 6376). The private key never leaves the engine. */
export const dkimSettingsSchema = z.object({ domain: z.string().min(1).max(253), selector: z.string().min(1).max(63) });
export type DkimSettings = z.infer<typeof dkimSettingsSchema>;

/** The addresses of an authorization server: HTTPS, or HTTP on this computer. */
export const oauthEndpointsSchema = z.object({
  authorization: z.url().max(500),
  token: z.url().max(500),
  device: z.url().max(500).nullable().default(null),
  revocation: z.url().max(500).nullable().default(null).describe('RFC 7009; null = consent that is no longer wanted is only forgotten'),
  scope: z.string().max(500),
});

/** How the access token of a mailbox is had and renewed. The tokens never leave the engine. */
export const oauthSettingsSchema = z.object({
  provider: z.enum(['google', 'microsoft', 'custom']),
  clientId: z.string().min(1).max(200),
  tenant: z
    .string()
    .regex(/^[a-zA-Z0-9.-]{1,100}$/)
    .default('common')
    .describe('Microsoft only'),
  endpoints: oauthEndpointsSchema.optional().describe('Provider custom only'),
  account: z.string().max(320).default('').describe('The account that gave its consent'),
  expiresAt: epochMsSchema.nullable().default(null),
});
export type OAuthSettings = z.infer<typeof oauthSettingsSchema>;

/** Sending limits of one mailbox. The smallest limit wins. A day is the mailbox's local day. */
export const mailboxLimitsSchema = z.object({
  perDay: z.number().int().min(1).max(100_000).default(80),
  perHour: z.number().int().min(1).max(100_000).default(20),
  per24Hours: z.number().int().min(1).max(100_000).nullable().default(null).describe('Rolling 24 hours; null = same as perDay'),
  minGapSeconds: z.number().min(0).max(86_400).default(90),
  maxGapSeconds: z.number().min(0).max(86_400).default(420).describe('The gap before each mail is drawn once between the two and stored'),
  connections: z.number().int().min(1).max(20).default(1),
  rampUp: rampUpSchema.nullable().default(null),
  humanDay: z.boolean().default(false).describe('Draw a start, lunch, finish and target for each day, inside the workday'),
});
export type MailboxLimits = z.infer<typeof mailboxLimitsSchema>;

export const mailboxStateSchema = z.enum(['untested', 'ready', 'paused', 'needs_login', 'unreachable']);
export type MailboxState = z.infer<typeof mailboxStateSchema>;

/** Whether the provider files its own copy in Sent: learnt by the round-trip test. */
export const sentCopySchema = z.enum(['unknown', 'provider', 'append', 'off']);

const mailboxFields = z.object({
  name: z.string().trim().min(1).max(120).describe('How this mailbox is called in Homing'),
  fromName: z.string().trim().max(120).default('').describe('Display name that recipients see'),
  address: z.string().trim().min(3).max(320),
  replyTo: z.string().trim().max(320).nullable().default(null),
  signatureHtml: z.string().max(20_000).default(''),
  aliases: z.array(mailboxAliasSchema).max(20).default([]).describe('Other addresses that this account may send from'),
  sendAs: z.string().trim().max(320).nullable().default(null).describe('The alias in From; null = the address of the account'),
  limits: mailboxLimitsSchema.default(() => mailboxLimitsSchema.parse({})),
  calendar: calendarSchema.default(() => ({ zone: Intl.DateTimeFormat().resolvedOptions().timeZone, windows: officeHours, holidays: [] })),
  absences: z.array(absenceSchema).max(100).default([]),
  dkim: dkimSettingsSchema.nullable().default(null).describe('Sign with your own key; the key itself is written apart and never returned'),
});

const dkimKeySchema = z.string().max(10_000).optional().describe('Private key in PEM form for `dkim`; absent keeps the stored one, never returned');

export const mailboxInputSchema = mailboxFields.extend({
  dkimKey: dkimKeySchema,
  signIn: idSchema.optional().describe('A finished sign-in at the provider, whose tokens the mailbox takes'),
  smtp: serverInputSchema,
  imap: serverInputSchema.nullable().default(null).describe('Without IMAP no reply can be seen, so follow-ups are held'),
});
export type MailboxInput = z.infer<typeof mailboxInputSchema>;

export const mailboxPatchSchema = patchOf(mailboxFields).extend({
  dkimKey: dkimKeySchema,
  limits: patchOf(mailboxLimitsSchema).optional().describe('Limits left out stay'),
  smtp: serverInputSchema.optional(),
  imap: serverInputSchema.nullable().optional(),
});
export type MailboxPatch = z.infer<typeof mailboxPatchSchema>;

export const mailboxSchema = mailboxFields.extend({
  id: idSchema,
  smtp: serverSettingsSchema,
  imap: serverSettingsSchema.nullable(),
  oauth: oauthSettingsSchema.nullable().describe('The sign-in at the provider; null = passwords'),
  state: mailboxStateSchema,
  stateReason: z.string().nullable().describe('Why it is paused or in trouble, as the server said it'),
  pausedUntil: epochMsSchema.nullable().describe('Null with state paused = until a person resumes'),
  sentCopy: sentCopySchema,
  messageIdPolicy: z.enum(['unknown', 'kept', 'rewritten']).describe('Whether the provider keeps our Message-ID'),
  provider: z.string().nullable().describe('Who runs its servers, where known'),
  ramp: rampStateSchema.nullable().describe('How far the ramp-up plan has come'),
  sentToday: z.number().int(),
  inboxCheckedAt: epochMsSchema.nullable(),
  lastTestAt: epochMsSchema.nullable(),
  createdAt: epochMsSchema,
  updatedAt: epochMsSchema,
});
export type Mailbox = z.infer<typeof mailboxSchema>;

const testSideSchema = z.object({
  ok: z.boolean(),
  stage: z.enum(['skipped', 'resolve', 'connect', 'tls', 'login', 'folder', 'send', 'find', 'done']).describe('How far it came'),
  message: z.string().describe('What happened and what to do'),
  durationMs: z.number(),
});
export const mailboxTestSchema = z.object({
  ok: z.boolean(),
  smtp: testSideSchema,
  imap: testSideSchema,
  roundTrip: testSideSchema.nullable().describe('A mail to the mailbox itself, found again by IMAP'),
  sentCopy: sentCopySchema,
});
export type MailboxTest = z.infer<typeof mailboxTestSchema>;
