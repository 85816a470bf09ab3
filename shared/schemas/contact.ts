import { z } from 'zod';
import { addressCheckSchema, addressCountsSchema } from './address-check.ts';
import { epochMsSchema, idSchema, zoneSchema } from './common.ts';

export const contactStatusSchema = z.enum(['active', 'bounced', 'unsubscribed', 'suppressed']);
export type ContactStatus = z.infer<typeof contactStatusSchema>;

/** What a guessed time zone was concluded from: country, state and city; the telephone number; or the address's top-level domain. */
export const zoneSourceSchema = z.enum(['place', 'phone', 'domain']);
export type ZoneSource = z.infer<typeof zoneSourceSchema>;

/** Standard contact fields a column can be mapped to; anything else becomes a custom field. */
export const contactFieldSchema = z.enum([
  'email',
  'first_name',
  'last_name',
  'full_name',
  'company',
  'title',
  'phone',
  'website',
  'city',
  'country',
  'time_zone',
  'tags',
  'consent_source',
  'consent_at',
]);
export type ContactField = z.infer<typeof contactFieldSchema>;

export const customFieldTypeSchema = z.enum(['text', 'number', 'date', 'choice', 'url']);
export type CustomFieldType = z.infer<typeof customFieldTypeSchema>;
/** What the values of a custom field are. A number is stored as `1234.5`, a date as `YYYY-MM-DD`, a choice in its own spelling. */
export const customFieldSchema = z.object({
  name: z.string().min(1).max(80),
  type: customFieldTypeSchema,
  choices: z.array(z.string().trim().min(1).max(200)).max(200).describe('Of a choice field'),
});
export type CustomField = z.infer<typeof customFieldSchema>;

/** Custom fields: name (lower snake case) → text. At most 200 a person. */
export const customFieldsSchema = z.record(z.string().min(1).max(80), z.string().max(10_000));

export const maxConsentChars = 300;
/** What everybody of an import agreed to, where a row says nothing of its own. */
export const importConsentSchema = z.object({ source: z.string().trim().min(1).max(maxConsentChars), at: epochMsSchema.nullable().default(null) });
export type ImportConsent = z.infer<typeof importConsentSchema>;

const text = (max: number) => z.string().trim().max(max);
export const contactInputSchema = z.object({
  email: text(320).min(3),
  firstName: text(200).default(''),
  lastName: text(200).default(''),
  company: text(200).default(''),
  title: text(200).default(''),
  phone: text(60).default(''),
  website: text(500).default(''),
  city: text(120).default(''),
  country: text(120).default(''),
  timeZone: zoneSchema.nullable().default(null),
  consentSource: text(maxConsentChars).optional().describe('Where and how the person agreed to be written to'),
  consentAt: epochMsSchema.nullable().optional(),
  tags: z.array(text(60).min(1)).max(100).default([]),
  custom: customFieldsSchema.default({}),
  listIds: z.array(idSchema).max(100).optional(),
});
export type ContactInput = z.infer<typeof contactInputSchema>;

export const contactPatchSchema = z.object({
  email: text(320).min(3).optional(),
  firstName: text(200).optional(),
  lastName: text(200).optional(),
  company: text(200).optional(),
  title: text(200).optional(),
  phone: text(60).optional(),
  website: text(500).optional(),
  city: text(120).optional(),
  country: text(120).optional(),
  timeZone: zoneSchema.nullable().optional(),
  consentSource: text(maxConsentChars).optional(),
  consentAt: epochMsSchema.nullable().optional(),
  tags: z.array(text(60).min(1)).max(100).optional(),
  custom: customFieldsSchema.optional().describe('Replaces all custom fields'),
  ownerId: idSchema.nullable().optional().describe("The person of the team whose contact it becomes; null = everybody's"),
});
export type ContactPatch = z.infer<typeof contactPatchSchema>;

export const contactSchema = z.object({
  id: idSchema,
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  company: z.string(),
  title: z.string(),
  phone: z.string(),
  website: z.string(),
  city: z.string(),
  country: z.string(),
  timeZone: z.string().nullable(),
  guessedZone: z.string().nullable().describe("The zone that is used while `timeZone` is empty; null = the campaign's"),
  zoneSource: zoneSourceSchema.nullable().describe('What the guess was concluded from'),
  tags: z.array(z.string()),
  custom: z.record(z.string(), z.string()),
  status: contactStatusSchema,
  check: addressCheckSchema.nullable().describe('What is known against or for the address; null = nothing'),
  ownerId: idSchema.nullable().describe("The person of the team whose contact it is: campaigns of other senders leave it out; null = everybody's"),
  source: z.string().describe('Where the person came from, for example the import file'),
  consentSource: z.string().describe("Where and how the person agreed to be written to, for example 'Fair 2026, form on website'; empty = not known"),
  consentAt: epochMsSchema.nullable().describe('When they agreed'),
  lastSentAt: epochMsSchema.nullable(),
  lastReplyAt: epochMsSchema.nullable(),
  createdAt: epochMsSchema,
  updatedAt: epochMsSchema,
});
export type Contact = z.infer<typeof contactSchema>;

export const listSchema = z.object({ id: idSchema, name: z.string(), contacts: z.number().int(), createdAt: epochMsSchema, updatedAt: epochMsSchema });
export type ContactList = z.infer<typeof listSchema>;

export const suppressionReasonSchema = z.enum(['unsubscribed', 'hard_bounce', 'complaint', 'by_hand', 'imported', 'erased']);
export type SuppressionReason = z.infer<typeof suppressionReasonSchema>;
export const suppressionSchema = z.object({
  id: idSchema,
  kind: z.enum(['address', 'domain', 'erased']),
  value: z.string().describe('Of an erased person only a salted hash'),
  reason: suppressionReasonSchema,
  note: z.string(),
  createdAt: epochMsSchema,
});
export type Suppression = z.infer<typeof suppressionSchema>;

/** What happens to a row whose address is already known. */
export const dedupeModeSchema = z.enum(['skip', 'fill_empty', 'overwrite']);
export type DedupeMode = z.infer<typeof dedupeModeSchema>;

/** Column number (0-based, as a string key) → standard field, `custom:<name>`, or `ignore`. */
export const importMappingSchema = z.record(
  z.string().regex(/^\d+$/),
  z.union([contactFieldSchema, z.string().regex(/^custom:.{1,80}$/, `One of ${contactFieldSchema.options.join(', ')}, custom:<name>, or ignore`), z.literal('ignore')]),
);
export type ImportMapping = z.infer<typeof importMappingSchema>;

export const importInspectionSchema = z.object({
  uploadId: idSchema.describe('Names the stored upload, so that the import need not send it again'),
  fileName: z.string(),
  bytes: z.number().int(),
  format: z.enum(['csv', 'xlsx']),
  encoding: z.string().describe('Empty for a workbook'),
  delimiter: z.string().describe('Empty for a workbook'),
  sheets: z.array(z.string()).describe('Of a workbook'),
  sheet: z.string().nullable().describe('The one that was looked at'),
  headerLine: z.number().int().describe('1-based line of the header, 0 = the file has none'),
  columns: z.array(z.object({ index: z.number().int(), name: z.string(), samples: z.array(z.string()) })),
  mapping: importMappingSchema.describe('The guess'),
});
export type ImportInspection = z.infer<typeof importInspectionSchema>;

export const importStateSchema = z.enum(['running', 'finished', 'cancelled', 'failed']);
export const importRunSchema = z.object({
  id: idSchema,
  fileName: z.string(),
  dryRun: z.boolean(),
  mode: dedupeModeSchema,
  state: importStateSchema,
  bytesTotal: z.number().int(),
  bytesRead: z.number().int(),
  rows: z.number().int(),
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int().describe('Known already, left as they were'),
  duplicates: z.number().int().describe('Same address again inside the file'),
  rejected: z.number().int(),
  suppressed: z.number().int().describe('Imported or known, but must never be mailed'),
  rejectedSample: z.array(z.object({ line: z.number().int(), reason: z.string(), text: z.string() })).describe('The first 20; all of them stand in the rejected CSV'),
  addresses: addressCountsSchema.nullable().describe('Null in reports of older versions'),
  notes: z.array(z.string()).describe('What was left out of rows that were imported, with counts'),
  error: z.string().nullable(),
  startedAt: epochMsSchema,
  finishedAt: epochMsSchema.nullable(),
});
export type ImportRun = z.infer<typeof importRunSchema>;

/** A file on the disk of the computer on which the engine runs. */
const filePathSchema = z.string().trim().min(1).max(1000);

/** How a watched file is imported each time. */
export const watchedFileInputSchema = z.object({
  path: filePathSchema.describe('The whole path, on the computer on which Homing runs'),
  sheet: z.string().max(200).optional().describe('Sheet of a workbook; absent = the first'),
  mapping: importMappingSchema.optional().describe('Absent = the guess'),
  mode: dedupeModeSchema.default('fill_empty'),
  listId: idSchema.optional(),
  listName: z.string().trim().min(1).max(200).optional().describe('Create this list, or use the one of that name'),
  tags: z.array(z.string().trim().min(1).max(60)).max(20).optional(),
  consent: importConsentSchema.optional(),
});
export type WatchedFileInput = z.infer<typeof watchedFileInputSchema>;
export const watchedFileSchema = z.object({
  id: idSchema,
  path: z.string(),
  sheet: z.string().nullable(),
  mode: dedupeModeSchema,
  listId: idSchema.nullable(),
  tags: z.array(z.string()),
  paused: z.boolean().describe('Its columns have changed; run it to go on'),
  problem: z.string().nullable().describe('What kept it from being imported at the last look'),
  lastRun: importRunSchema.nullable(),
  checkedAt: epochMsSchema.nullable(),
  createdAt: epochMsSchema,
});
export type WatchedFile = z.infer<typeof watchedFileSchema>;
