import { z } from 'zod';
import { recommendationsSchema } from '../schemas/recommendation.ts';
import { idSchema, pageOf, pageQuerySchema } from '../schemas/common.ts';
import {
  attachmentSchema,
  graphIssueSchema,
  linkAnswerSchema,
  previewPersonSchema,
  previewSchema,
  sequenceInputSchema,
  sequencePatchSchema,
  sequenceSchema,
  sequenceVersionSchema,
  starterSchema,
  stepChangeSchema,
  templateInputSchema,
  templateKindSchema,
  templatePatchSchema,
  templateSchema,
  variantNumbersSchema,
  variantSchema,
} from '../schemas/sequence.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Sequences'];
/** `email-sequences` is the public REST name of sequences. */
export const sequencesContract = {
  list: base.route({ method: 'GET', path: '/email-sequences', tags, summary: 'List sequences' }).input(pageQuerySchema).output(pageOf(sequenceSchema)),
  create: base
    .route({ method: 'POST', path: '/email-sequences', tags, successStatus: 201, summary: 'Create a sequence with a draft version' })
    .input(sequenceInputSchema)
    .output(sequenceSchema),
  get: base.route({ method: 'GET', path: '/email-sequences/{id}', tags, summary: 'Read a sequence' }).input(idInput).output(sequenceSchema),
  update: base
    .route({ method: 'PUT', path: '/email-sequences/{id}', tags, summary: 'Change name or draft' })
    .input(idInput.extend(sequencePatchSchema.shape))
    .output(sequenceSchema),
  remove: base.route({ method: 'DELETE', path: '/email-sequences/{id}', tags, summary: 'Delete a sequence that no campaign uses' }).input(idInput).output(deleted),
  activate: base
    .route({ method: 'POST', path: '/email-sequences/{id}/activate', tags, summary: 'Make the draft usable as a new version; sends nothing' })
    .input(idInput)
    .output(sequenceSchema),
  duplicate: base.route({ method: 'POST', path: '/email-sequences/{id}/duplicate', tags, successStatus: 201, summary: 'Copy a sequence' }).input(idInput).output(sequenceSchema),
  preview: base
    .route({ method: 'POST', path: '/email-sequences/preview', tags, summary: 'Render a mail for a contact by the code that sends' })
    .input(
      z.object({
        variant: variantSchema,
        stepId: z.string().max(64).nullable().default(null).describe('The step of the mail: spintax draws by it'),
        attachments: z.array(attachmentSchema).max(20).optional(),
        isFirst: z.boolean().default(true),
        previousSubject: z.string().nullable().default(null),
        contactId: idSchema.nullable().default(null).describe('Null = a sample person'),
        mailboxId: idSchema.nullable().default(null).describe('Null = a sample mailbox'),
        personal: z.string().max(1000).optional().describe('Fallback text of the personal block, shown in its place'),
      }),
    )
    .output(previewSchema),
  previewPeople: base
    .route({ method: 'POST', path: '/email-sequences/preview-people', tags, summary: 'People worth seeing a mail for: complete, with gaps, suppressed, one of each list' })
    .input(z.object({ variant: variantSchema.pick({ subject: true, html: true, text: true }) }))
    .output(z.object({ items: z.array(previewPersonSchema) })),
  checkLinks: base
    .route({ method: 'POST', path: '/email-sequences/check-links', tags, summary: 'Ask web addresses, from this computer, whether they answer' })
    .input(z.object({ urls: z.array(z.url({ protocol: /^https?$/ }).max(2000)).max(20) }))
    .output(z.object({ items: z.array(linkAnswerSchema) })),
  check: base
    .route({ method: 'POST', path: '/email-sequences/check', tags, summary: 'Validate a graph without storing it' })
    .input(sequenceInputSchema.pick({ graph: true }))
    .output(z.object({ issues: z.array(graphIssueSchema) })),
  mergeTags: base
    .route({ method: 'GET', path: '/email-sequences/merge-tags', tags, summary: 'Merge tags that can be used now' })
    .input(z.object({}))
    .output(z.object({ tags: z.array(z.object({ tag: z.string(), label: z.string(), example: z.string() })) })),
  versions: base
    .route({ method: 'GET', path: '/email-sequences/{id}/versions', tags, summary: 'Every version, newest first' })
    .input(idInput)
    .output(z.object({ items: z.array(sequenceVersionSchema) })),
  diff: base
    .route({ method: 'GET', path: '/email-sequences/{id}/diff', tags, summary: 'What differs between two versions, step by step' })
    .input(idInput.extend({ from: idSchema.optional().describe('A version; absent = the active one'), to: idSchema.optional().describe('A version; absent = the draft') }))
    .output(z.object({ changes: z.array(stepChangeSchema) })),
  restore: base
    .route({ method: 'POST', path: '/email-sequences/{id}/restore', tags, summary: 'Make an older version the draft; activating it makes a new version' })
    .input(idInput.extend({ versionId: idSchema }))
    .output(sequenceSchema),
  export: base
    .route({ method: 'GET', path: '/email-sequences/{id}/export', tags, summary: 'The draft as one readable file' })
    .input(idInput.extend({ format: z.enum(['yaml', 'json']).default('yaml') }))
    .output(z.file()),
  import: base
    .route({ method: 'POST', path: '/email-sequences/import', tags, successStatus: 201, summary: 'Create a sequence from an exported file, YAML or JSON' })
    .input(z.object({ text: z.string().max(5_000_000) }))
    .output(sequenceSchema),
  fileSchema: base
    .route({ method: 'GET', path: '/email-sequences/file-schema', tags, summary: 'The JSON Schema of exported files' })
    .input(z.object({}))
    .output(z.record(z.string(), z.unknown())),
  gallery: base
    .route({ method: 'GET', path: '/email-sequences/gallery', tags, summary: 'Sequences to start from' })
    .input(z.object({}))
    .output(z.object({ items: z.array(starterSchema) })),
  numbers: base
    .route({ method: 'GET', path: '/email-sequences/{id}/numbers', tags, summary: 'What each e-mail step and variant did, with intervals' })
    .input(idInput)
    .output(z.object({ items: z.array(variantNumbersSchema) })),
  recommendations: base
    .route({
      method: 'GET',
      path: '/email-sequences/{id}/recommendations',
      tags,
      summary: 'Changes of the draft that the figures of this sequence speak for, each with its evidence',
    })
    .input(idInput)
    .output(recommendationsSchema),
  testSend: base
    .route({ method: 'POST', path: '/email-sequences/test-send', tags, summary: 'Send one rendered mail to an address of yours' })
    .input(
      z.object({
        variant: variantSchema,
        stepId: z.string().max(64).nullable().default(null).describe('The step of the mail: spintax draws by it'),
        attachments: z.array(attachmentSchema).max(20).optional(),
        contactId: idSchema.nullable().default(null),
        mailboxId: idSchema,
        to: z.string().min(3).max(320),
        requestId: z.string().min(1).max(64).describe('The same id never sends twice'),
      }),
    )
    .output(z.object({ deliveryId: idSchema })),
};

export const templatesContract = {
  list: base
    .route({ method: 'GET', path: '/templates', tags: ['Templates'], summary: 'List templates' })
    .input(pageQuerySchema.extend({ kind: templateKindSchema.optional() }))
    .output(pageOf(templateSchema)),
  create: base
    .route({ method: 'POST', path: '/templates', tags: ['Templates'], successStatus: 201, summary: 'Create a template' })
    .input(templateInputSchema)
    .output(templateSchema),
  get: base
    .route({ method: 'GET', path: '/templates/{id}', tags: ['Templates'], summary: 'Read a template' })
    .input(idInput)
    .output(templateSchema),
  update: base
    .route({ method: 'PUT', path: '/templates/{id}', tags: ['Templates'], summary: 'Change a template' })
    .input(idInput.extend(templatePatchSchema.shape))
    .output(templateSchema),
  remove: base
    .route({ method: 'DELETE', path: '/templates/{id}', tags: ['Templates'], summary: 'Delete a template' })
    .input(idInput)
    .output(deleted),
};
