import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  assistUsageSchema,
  modelNameSchema,
  modelSchema,
  providerInputSchema,
  providerPatchSchema,
  providerSchema,
  pullSchema,
  recommendationSchema,
  rewriteInputSchema,
  rewritePartSchema,
  speedTestSchema,
  subjectIdeasInputSchema,
  subjectIdeasSchema,
} from '../schemas/assist.ts';
import { idSchema } from '../schemas/common.ts';
import { sequenceBriefSchema, sequenceDraftPartSchema } from '../schemas/sequence-draft.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Assist'];
const providersOutput = z.object({ items: z.array(providerSchema).describe('In order of preference') });
const modelsOutput = z.object({ items: z.array(modelSchema) });
export const assistContract = {
  providers: base
    .route({ method: 'GET', path: '/assist/providers', tags, summary: 'Model servers, in the order in which they are asked' })
    .input(z.object({}))
    .output(providersOutput),
  createProvider: base
    .route({ method: 'POST', path: '/assist/providers', tags, successStatus: 201, summary: 'Add a model server: Ollama, or one with an OpenAI-compatible API' })
    .input(providerInputSchema)
    .output(providerSchema),
  updateProvider: base
    .route({ method: 'PUT', path: '/assist/providers/{id}', tags, summary: 'Change a model server; a new host loses key and consent' })
    .input(idInput.extend(providerPatchSchema.shape))
    .output(providerSchema),
  removeProvider: base
    .route({ method: 'DELETE', path: '/assist/providers/{id}', tags, summary: 'Remove a model server; its models stay where they are' })
    .input(idInput)
    .output(deleted),
  orderProviders: base
    .route({ method: 'POST', path: '/assist/providers/order', tags, summary: 'Set the order of preference' })
    .input(z.object({ ids: z.array(idSchema).max(100) }))
    .output(providersOutput),
  consent: base
    .route({ method: 'POST', path: '/assist/providers/{id}/consent', tags, summary: 'Agree that questions, with contact data and mail in them, go to this host; or withdraw it' })
    .input(idInput.extend({ url: z.string().describe('The address that the person saw'), agreed: z.boolean() }))
    .output(providerSchema),
  checkProvider: base
    .route({ method: 'POST', path: '/assist/providers/{id}/check', tags, summary: 'Look whether it answers and what it has' })
    .input(idInput)
    .output(providerSchema),
  testProvider: base
    .route({ method: 'POST', path: '/assist/providers/{id}/test', tags, summary: 'Ask it a question and measure' })
    .input(idInput.extend({ model: modelNameSchema.optional() }))
    .output(speedTestSchema),
  models: base.route({ method: 'GET', path: '/assist/providers/{id}/models', tags, summary: 'The models that a server has' }).input(idInput).output(modelsOutput),
  removeModel: base
    .route({ method: 'POST', path: '/assist/providers/{id}/models/remove', tags, summary: 'Delete a model from the disk of its server (Ollama)' })
    .input(idInput.extend({ model: modelNameSchema }))
    .output(modelsOutput),
  pull: base
    .route({ method: 'POST', path: '/assist/providers/{id}/pulls', tags, successStatus: 201, summary: 'Download a model (Ollama); progress comes with the live events' })
    .input(idInput.extend({ model: modelNameSchema }))
    .output(pullSchema),
  pulls: base
    .route({ method: 'GET', path: '/assist/pulls', tags, summary: 'Downloads since the start, newest first' })
    .input(z.object({}))
    .output(z.object({ items: z.array(pullSchema) })),
  cancelPull: base
    .route({ method: 'POST', path: '/assist/pulls/{id}/cancel', tags, summary: 'Give a download up; started again it goes on where it was' })
    .input(idInput)
    .output(pullSchema),
  recommendation: base
    .route({ method: 'GET', path: '/assist/recommendation', tags, summary: 'Models that suit the memory of this computer' })
    .input(z.object({}))
    .output(recommendationSchema),
  rewrite: base
    .route({ method: 'POST', path: '/assist/rewrite', tags, summary: 'Say a text otherwise, streamed (Server-Sent Events): a proposal, nothing is stored' })
    .input(rewriteInputSchema)
    .output(eventIterator(rewritePartSchema)),
  subjectIdeas: base
    .route({ method: 'POST', path: '/assist/subject-ideas', tags, summary: 'Subject lines for a text, each with a reason' })
    .input(subjectIdeasInputSchema)
    .output(subjectIdeasSchema),
  draftSequence: base
    .route({ method: 'POST', path: '/assist/sequence-drafts', tags, summary: 'A sequence for a brief, with progress (Server-Sent Events): a proposal, nothing is stored' })
    .input(sequenceBriefSchema)
    .output(eventIterator(sequenceDraftPartSchema)),
  usage: base
    .route({ method: 'GET', path: '/assist/usage', tags, summary: 'Questions, tokens, times and cache hits per feature and model' })
    .input(z.object({ days: z.number().int().min(1).max(180).default(30) }))
    .output(assistUsageSchema),
  clearCache: base
    .route({ method: 'POST', path: '/assist/cache/clear', tags, summary: 'Forget all stored answers of models' })
    .input(z.object({}))
    .output(z.object({ cleared: z.literal(true) })),
};
