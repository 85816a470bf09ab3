import { z } from 'zod';
import { calendarSchema, epochMsSchema, idSchema, officeHours } from './common.ts';

/** `tls` = TLS from the first byte; `starttls` = upgrade required; `none` = plain text (loopback and tests). */
export const connectionSecuritySchema = z.enum(['tls', 'starttls', 'none']);

const serverSchema = z.object({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65535),
  security: connectionSecuritySchema,
  user: z.string().max(320).default(''),
  allowSelfSigned: z.boolean().default(false).describe('Accept a certificate that no authority signed. Only for servers you run.'),
});
/** Server settings as stored and returned: the password never leaves the engine. */
export const serverSettingsSchema = serverSchema.extend({ hasPassword: z.boolean() });
/** Server settings as written: an absent password keeps the stored one. */
export const serverInputSchema = serverSchema.extend({ password: z.string().max(4096).optional() });
export type ServerSettings = z.infer<typeof serverSettingsSchema>;

/** Sending limits of one mailbox. The smallest limit wins. A day is the mailbox's local day. */
export const mailboxLimitsSchema = z.object({
  perDay: z.number().int().min(1).max(100_000).default(80),
  perHour: z.number().int().min(1).max(100_000).default(20),
  per24Hours: z.number().int().min(1).max(100_000).nullable().default(null).describe('Rolling 24 hours; null = same as perDay'),
  minGapSeconds: z.number().min(0).max(86_400).default(90),
  maxGapSeconds: z.number().min(0).max(86_400).default(420).describe('The gap before each mail is drawn once between the two and stored'),
  connections: z.number().int().min(1).max(20).default(1),
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
  limits: mailboxLimitsSchema.default(() => mailboxLimitsSchema.parse({})),
  calendar: calendarSchema.default(() => ({ zone: Intl.DateTimeFormat().resolvedOptions().timeZone, windows: officeHours, holidays: [] })),
});

export const mailboxInputSchema = mailboxFields.extend({
  smtp: serverInputSchema,
  imap: serverInputSchema.nullable().default(null).describe('Without IMAP no reply can be seen, so follow-ups are held'),
});
export type MailboxInput = z.infer<typeof mailboxInputSchema>;

const limit = mailboxLimitsSchema.shape;
const mailboxLimitsPatchSchema = z.object({
  perDay: limit.perDay.unwrap().optional(),
  perHour: limit.perHour.unwrap().optional(),
  per24Hours: limit.per24Hours.unwrap().optional(),
  minGapSeconds: limit.minGapSeconds.unwrap().optional(),
  maxGapSeconds: limit.maxGapSeconds.unwrap().optional(),
  connections: limit.connections.unwrap().optional(),
});

// Zod 4 applies defaults inside partial(); a patch must not reset what it does not name.
export const mailboxPatchSchema = z.object({
  name: mailboxFields.shape.name.optional(),
  fromName: z.string().trim().max(120).optional(),
  address: mailboxFields.shape.address.optional(),
  replyTo: z.string().trim().max(320).nullable().optional(),
  signatureHtml: z.string().max(20_000).optional(),
  limits: mailboxLimitsPatchSchema.optional().describe('Limits left out stay'),
  calendar: calendarSchema.optional(),
  smtp: serverInputSchema.optional(),
  imap: serverInputSchema.nullable().optional(),
});
export type MailboxPatch = z.infer<typeof mailboxPatchSchema>;

export const mailboxSchema = mailboxFields.extend({
  id: idSchema,
  smtp: serverSettingsSchema,
  imap: serverSettingsSchema.nullable(),
  state: mailboxStateSchema,
  stateReason: z.string().nullable().describe('Why it is paused or in trouble, as the server said it'),
  pausedUntil: epochMsSchema.nullable().describe('Null with state paused = until a person resumes'),
  sentCopy: sentCopySchema,
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
