import { z } from 'zod';
import { assistFeatureSchema } from './assist.ts';
import { epochMsSchema, idSchema, patchOf } from './common.ts';

/** When a mail that met a temporary answer is tried again. Every delay is drawn with full jitter. */
export const retryPolicySchema = z.object({
  growth: z.enum(['exponential', 'linear', 'fibonacci']).default('exponential'),
  firstMinutes: z.number().min(1).max(1440).default(10),
  capMinutes: z.number().min(1).max(10_080).default(240),
  maxAgeHours: z.number().min(1).max(720).default(72).describe('Counted from the first try; after that it is a dead letter'),
});
export type RetryPolicy = z.infer<typeof retryPolicySchema>;

const dnsServer = /^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\[[0-9a-fA-F:]{2,45}\](:\d{1,5})?|[0-9a-fA-F]*:[0-9a-fA-F:]{1,44})$/;

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  csvBom: z.boolean().default(true).describe('Start CSV reports with a byte order mark, so that Excel reads UTF-8'),
  postalAddress: z.string().max(500).default('').describe('Postal address that the footer of a mail may show: {{ sender.postal_address }}'),
  optOutLine: z.string().max(500).default('').describe('Line under every mail that says how to opt out; empty = none'),
  retry: retryPolicySchema.default(() => retryPolicySchema.parse({})),
  dnsServers: z
    .array(z.string().max(60).regex(dnsServer, 'Write an IP address, with its port where that is not 53'))
    .max(5)
    .default([])
    .describe('Resolvers for the checks of domains; empty = those of the system'),
  unsubscribeUrl: z.string().max(500).default('').describe('Public HTTPS address of your own unsubscribe endpoint; empty = by mail only'),
  attachmentsFolder: z.string().max(1000).default('').describe('Folder on this computer that holds the files of single people; paths in steps are relative to it'),
  assistOff: z.array(assistFeatureSchema).max(50).default([]).describe('Features that ask no language model'),
  personalAheadHours: z.number().int().min(0).max(720).default(48).describe('Personal blocks are written so long before their mail may leave; 0 = only when a person asks'),
  compressAssistCache: z.boolean().default(true).describe('Store long answers of language models compressed'),
  firstRunDone: z.boolean().default(false),
});
export type Settings = z.infer<typeof settingsSchema>;
export const settingsPatchSchema = patchOf(settingsSchema);
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;

/** The workspace as a whole: is it practice, is sending paused, how does its clock run. */
export const workspaceSchema = z.object({
  instanceId: idSchema,
  version: z.string(),
  dataDir: z.string(),
  practice: z.boolean(),
  now: epochMsSchema.describe('The time of this workspace: a practice workspace may run ahead'),
  timeLapse: z.number().describe('Seconds of workspace time that pass in a real second; 1 outside practice'),
  sendingPausedUntil: epochMsSchema.nullable().describe('Null = not paused; 8640000000000000 = until a person resumes'),
  pausedReason: z.string().nullable(),
  nextSendAt: epochMsSchema.nullable(),
  needsYou: z.number().int(),
  secrets: z.enum(['unlocked', 'locked', 'empty']),
  secretsKeptBy: z.enum(['keychain', 'passphrase', 'key-file']),
  warnings: z.array(z.string()),
});
export type Workspace = z.infer<typeof workspaceSchema>;

/** Something that waits for a person. */
export const needsYouItemSchema = z.object({
  id: z.string(),
  kind: z.enum(['unknown_outcome', 'held', 'failed', 'mailbox', 'campaign', 'reply', 'task', 'review', 'webhook', 'sending_paused']),
  title: z.string(),
  detail: z.string(),
  at: epochMsSchema,
  count: z.number().int(),
  deliveryId: idSchema.nullable(),
  mailboxId: idSchema.nullable(),
  campaignId: idSchema.nullable(),
  replyId: idSchema.nullable(),
});
export type NeedsYouItem = z.infer<typeof needsYouItemSchema>;
