import { z } from 'zod';
import { epochMsSchema, idSchema, patchOf } from './common.ts';

/** What a language model may help with. Each can be switched off alone; each has an answer without a model. */
export const assistFeatures = ['reply_class', 'rewrite', 'subject_ideas', 'personal', 'thread_brief', 'reply_draft', 'competitors', 'sequence_draft', 'worked_before'] as const;
export const assistFeatureSchema = z.enum(assistFeatures);
export type AssistFeature = z.infer<typeof assistFeatureSchema>;

export const providerKinds = ['ollama', 'openai'] as const;
/** The protocol that a host speaks: Ollama's own, or the one of OpenAI (llama.cpp, LM Studio, vLLM, hosted services). */
export const providerKindSchema = z.enum(providerKinds);
export type ProviderKind = z.infer<typeof providerKindSchema>;

/** No user name, question mark or fragment: none of them belongs to a host, and the first would be a secret in plain sight. */
const hostUrlSchema = z
  .string()
  .trim()
  .max(500)
  .regex(/^https?:\/\/([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?(\/[^\s?#@]*)?$/i, 'Write an address such as http://127.0.0.1:11434, without user name, question mark or #')
  .transform((url) => url.replace(/\/+$/, ''));

export const modelNameSchema = z
  .string()
  .trim()
  .regex(/^[\w][\w./:@+-]{0,199}$/, 'Write the name of a model, for example llama3.2:3b');

export const providerInputSchema = z.object({
  name: z.string().trim().min(1).max(100),
  kind: providerKindSchema.default('ollama'),
  url: hostUrlSchema.describe('Ollama: http://127.0.0.1:11434. OpenAI-compatible: with its path, for example http://127.0.0.1:1234/v1'),
  key: z.string().max(1000).optional().describe('Access key where the host wants one; empty = forget the stored one'),
  models: z.array(modelNameSchema).max(20).default([]).describe('In order of preference; empty = what fits best of those that are there'),
  enabled: z.boolean().default(true),
  parallel: z.number().int().min(1).max(32).default(1).describe('Questions at once'),
  timeoutSeconds: z.number().int().min(1).max(3600).default(120).describe('For one answer'),
  keepAliveMinutes: z.number().int().min(0).max(1440).default(5).describe('Ollama: how long a model stays in memory after an answer'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'Write a currency code, for example EUR')
    .default('USD'),
  priceInput: z.number().min(0).max(1_000_000).default(0).describe('For a million tokens that are read, in minor units of the currency (cents); 0 = it costs nothing'),
  priceOutput: z.number().min(0).max(1_000_000).default(0).describe('For a million tokens that are written'),
  redact: z.boolean().default(false).describe('Put placeholders for addresses, numbers and names before anything is sent'),
});
export type ProviderInput = z.infer<typeof providerInputSchema>;
export const providerPatchSchema = patchOf(providerInputSchema);
export type ProviderPatch = z.infer<typeof providerPatchSchema>;

export const providerStates = ['unknown', 'ready', 'no_model', 'needs_consent', 'resting', 'unreachable', 'login', 'off', 'locked'] as const;
export const providerHealthSchema = z.object({
  state: z.enum(providerStates).describe('resting = it failed and is left alone until `restingUntil`; locked = its key cannot be read now'),
  detail: z.string().describe('What the host said, or why there is no answer'),
  version: z.string().nullable(),
  checkedAt: epochMsSchema.nullable(),
  restingUntil: epochMsSchema.nullable(),
});
export type ProviderHealth = z.infer<typeof providerHealthSchema>;

export const providerSchema = providerInputSchema.omit({ key: true }).extend({
  id: idSchema,
  hasKey: z.boolean(),
  local: z.boolean().describe('The host is this computer'),
  consentAt: epochMsSchema.nullable().describe('When a person agreed that data goes to this host; this computer needs no consent'),
  health: providerHealthSchema,
});
export type Provider = z.infer<typeof providerSchema>;

export const modelSchema = z.object({
  name: z.string(),
  bytes: z.number().nullable(),
  parameters: z.string().nullable().describe('For example 3.2B'),
  quantization: z.string().nullable(),
  capabilities: z.array(z.string()).describe('What the host says of it: completion, embedding, thinking, …'),
});
export type Model = z.infer<typeof modelSchema>;

export const recommendedModelSchema = z.object({
  name: z.string(),
  label: z.string(),
  gigabytes: z.number().describe('To download'),
  memoryGigabytes: z.number().describe('Memory of a computer on which it runs beside other programs'),
  note: z.string(),
});
export const recommendationSchema = z.object({
  memoryGigabytes: z.number().describe('Memory of this computer'),
  best: recommendedModelSchema.nullable().describe('Null = this computer has too little memory'),
  models: z.array(recommendedModelSchema.extend({ fits: z.boolean() })),
});
export type Recommendation = z.infer<typeof recommendationSchema>;

export const speedTestSchema = z.object({
  ok: z.boolean(),
  model: z.string().nullable(),
  totalMs: z.number(),
  firstTokenMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  structured: z.boolean().describe('The answer kept to the shape that was asked for'),
  detail: z.string().describe('Why it failed; empty = it did not'),
});
export type SpeedTest = z.infer<typeof speedTestSchema>;

export const pullSchema = z.object({
  id: idSchema,
  providerId: idSchema,
  model: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  doneBytes: z.number(),
  totalBytes: z.number().describe('0 = not known yet'),
  detail: z.string(),
  startedAt: epochMsSchema,
});
export type Pull = z.infer<typeof pullSchema>;

export const usageRowSchema = z.object({
  feature: z.string(),
  provider: z.string(),
  model: z.string(),
  answers: z.number().int().describe('Valid answers of the model'),
  cached: z.number().int().describe('Answers out of the cache'),
  failed: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  costMicro: z.number().int().describe('Millionths of a minor unit of `currency`, at the prices of then'),
  currency: z.string(),
  meanMs: z.number().nullable().describe('Of answers of the model'),
  slowestMs: z.number().nullable().describe('95 of 100 answers were faster'),
});
export const assistUsageSchema = z.object({
  days: z.number().int(),
  rows: z.array(usageRowSchema),
  withoutModel: z.record(z.string(), z.number().int()).describe('Questions per feature that no model answered: rules did'),
  cache: z.object({ entries: z.number().int(), bytes: z.number().int(), memoryHits: z.number().int(), storeHits: z.number().int(), misses: z.number().int() }),
});
export type AssistUsage = z.infer<typeof assistUsageSchema>;

/** So much of a mail fits into the memory of a small model. */
const copyTextSchema = z.string().trim().min(1).max(12_000).describe('Plain text; paragraphs stand apart by empty lines, merge tags stay as they are');

export const rewriteInputSchema = z
  .object({
    text: copyTextSchema,
    how: z.enum(['shorter', 'warmer', 'plainer', 'translate']),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/, 'Write a language code, for example de')
      .optional()
      .describe('Into which language to translate'),
  })
  .refine(({ how, language }) => how !== 'translate' || language !== undefined, { path: ['language'], message: 'Say into which language' });
export type RewriteInput = z.infer<typeof rewriteInputSchema>;

/** Why no model answered: none is there, it is switched off, it failed, or what it wrote was not fit to be used. */
export const copyNoteSchema = z.enum(['no_model', 'off', 'failed', 'invalid']);
export type CopyNote = z.infer<typeof copyNoteSchema>;
const copySourceSchema = z.enum(['model', 'rules']);

export const rewrittenSchema = z.object({
  text: z.string().describe('Equal to the given text where rules know nothing better'),
  source: copySourceSchema,
  model: z.string().nullable(),
  note: copyNoteSchema.nullable(),
});
export type Rewritten = z.infer<typeof rewrittenSchema>;
export const rewritePartSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('partial'), value: z.string().describe('All that is written until now; another model may begin anew') }),
  z.object({ kind: z.literal('done'), value: rewrittenSchema }),
]);

export const subjectIdeasInputSchema = z.object({ text: copyTextSchema, count: z.number().int().min(1).max(10).default(5) });
export type SubjectIdeasInput = z.infer<typeof subjectIdeasInputSchema>;
export const subjectIdeaSchema = z.object({ subject: z.string(), reason: z.string(), source: copySourceSchema });
export type SubjectIdea = z.infer<typeof subjectIdeaSchema>;
export const subjectIdeasSchema = z.object({ ideas: z.array(subjectIdeaSchema), model: z.string().nullable(), note: copyNoteSchema.nullable() });
export type SubjectIdeas = z.infer<typeof subjectIdeasSchema>;
