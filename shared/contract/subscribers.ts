import { z } from 'zod';
import { idSchema, pageOf, pageQuerySchema } from '../schemas/common.ts';
import { addressVerdictSchema, domainCorrectionsSchema } from '../schemas/address-check.ts';
import { bulkActionSchema, bulkChangeSchema, bulkTargetSchema } from '../schemas/bulk.ts';
import {
  contactInputSchema,
  contactPatchSchema,
  contactSchema,
  contactStatusSchema,
  customFieldSchema,
  dedupeModeSchema,
  importConsentSchema,
  importInspectionSchema,
  importMappingSchema,
  importRunSchema,
  listSchema,
  suppressionReasonSchema,
  suppressionSchema,
  watchedFileInputSchema,
  watchedFileSchema,
} from '../schemas/contact.ts';
import { duplicatePairSchema, mergeInputSchema, mergePreviewSchema } from '../schemas/duplicate.ts';
import { segmentFilterSchema } from '../schemas/segment.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Subscribers'];
const tableFile = z.file().max(200 * 1024 * 1024);

const sheetName = z.string().max(200).describe('Sheet of a workbook; absent = the first');

const contactQuerySchema = pageQuerySchema.extend({
  listId: idSchema.optional(),
  segmentId: idSchema.optional(),
  status: contactStatusSchema.optional(),
  verdict: addressVerdictSchema.optional().describe('How the address looks'),
  tag: z.string().optional(),
  ownerId: idSchema.optional().describe('Contacts of one person of the team'),
  offset: z.number().int().min(0).optional().describe('Instead of a cursor: jump to a row, for windowed tables'),
});

/** `subscribers` is the public REST name of contacts. */
export const subscribersContract = {
  list: base.route({ method: 'GET', path: '/subscribers', tags, summary: 'List contacts' }).input(contactQuerySchema).output(pageOf(contactSchema)),
  query: base
    .route({ method: 'POST', path: '/subscribers/query', tags, summary: 'List contacts that fit a filter' })
    .input(contactQuerySchema.extend({ filter: segmentFilterSchema.optional() }))
    .output(pageOf(contactSchema)),
  create: base.route({ method: 'POST', path: '/subscribers', tags, successStatus: 201, summary: 'Add a contact' }).input(contactInputSchema).output(contactSchema),
  get: base
    .route({ method: 'GET', path: '/subscribers/{id}', tags, summary: 'Read a contact' })
    .input(idInput)
    .output(
      contactSchema.extend({
        lists: z.array(z.object({ id: idSchema, name: z.string() })),
        otherAddresses: z.array(z.string()).describe("Mail from them counts as this person's: of merged contacts, or learnt from replies"),
      }),
    ),
  update: base.route({ method: 'PUT', path: '/subscribers/{id}', tags, summary: 'Change a contact' }).input(idInput.extend(contactPatchSchema.shape)).output(contactSchema),
  remove: base.route({ method: 'DELETE', path: '/subscribers/{id}', tags, summary: 'Delete a contact' }).input(idInput).output(deleted),
  removeMany: base
    .route({ method: 'POST', path: '/subscribers/delete', tags, summary: 'Delete several contacts' })
    .input(z.object({ ids: z.array(idSchema).min(1).max(10_000) }))
    .output(z.object({ deleted: z.number().int() })),
  duplicates: base
    .route({ method: 'GET', path: '/subscribers/duplicates', tags, summary: 'Contacts that are probably one person, the surest pairs first' })
    .input(z.object({ offset: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(100).default(50) }))
    .output(z.object({ items: z.array(duplicatePairSchema), total: z.number().int() })),
  dismissDuplicate: base
    .route({ method: 'POST', path: '/subscribers/duplicates/dismiss', tags, summary: 'Two contacts are two people: do not show them as duplicates again' })
    .input(z.object({ ids: z.tuple([idSchema, idSchema]) }))
    .output(z.object({ dismissed: z.literal(true) })),
  previewMerge: base
    .route({ method: 'POST', path: '/subscribers/{id}/merge/preview', tags, summary: 'What merging another contact into this one would do' })
    .input(mergeInputSchema)
    .output(mergePreviewSchema),
  merge: base
    .route({
      method: 'POST',
      path: '/subscribers/{id}/merge',
      tags,
      summary: 'Make another contact part of this one: history, lists and suppression of both stay. Cannot be undone',
    })
    .input(mergeInputSchema)
    .output(contactSchema),
  export: base.route({ method: 'GET', path: '/subscribers/{id}/export', tags, summary: 'Everything on file about a person, as one JSON file' }).input(idInput).output(z.file()),
  erase: base
    .route({
      method: 'POST',
      path: '/subscribers/erase',
      tags,
      summary: 'Erase people for good: everything about them goes or becomes nameless, and the addresses stay suppressed as salted hashes. Cannot be undone',
    })
    .input(z.object({ ids: z.array(idSchema).min(1).max(100) }))
    .output(z.object({ erased: z.number().int() })),
  fields: base
    .route({ method: 'GET', path: '/subscribers/fields', tags, summary: 'Custom fields and tags in use' })
    .input(z.object({}))
    .output(z.object({ custom: z.array(z.string()), tags: z.array(z.string()), definitions: z.array(customFieldSchema).describe('Fields whose values have a type') })),
  defineField: base
    .route({ method: 'PUT', path: '/subscribers/fields/{name}', tags, summary: 'Say what the values of a custom field are; stored values stay' })
    .input(customFieldSchema.extend({ choices: customFieldSchema.shape.choices.default([]) }))
    .output(customFieldSchema.extend({ misfits: z.number().int().describe('People whose stored value is not of this type') })),
  forgetField: base
    .route({ method: 'DELETE', path: '/subscribers/fields/{name}', tags, summary: 'Let a custom field hold any text again; stored values stay' })
    .input(z.object({ name: z.string().min(1).max(80) }))
    .output(deleted),

  bulk: base
    .route({ method: 'POST', path: '/subscribers/bulk', tags, successStatus: 202, summary: 'Change many contacts: tags, lists, a field, suppression, deletion' })
    .input(z.object({ target: bulkTargetSchema, action: bulkActionSchema }))
    .output(bulkChangeSchema),
  getBulk: base.route({ method: 'GET', path: '/subscribers/bulk/{id}', tags, summary: 'Progress of a change of many contacts' }).input(idInput).output(bulkChangeSchema),
  cancelBulk: base
    .route({ method: 'POST', path: '/subscribers/bulk/{id}/cancel', tags, summary: 'Stop a running change; what is done stays' })
    .input(idInput)
    .output(bulkChangeSchema),
  undoBulk: base
    .route({ method: 'POST', path: '/subscribers/bulk/{id}/undo', tags, successStatus: 202, summary: 'Take a change of many contacts back, for a day' })
    .input(idInput)
    .output(bulkChangeSchema),

  inspectImport: base
    .route({ method: 'POST', path: '/subscribers/import/inspect', tags, summary: 'Upload a CSV or Excel file: how it is read, header, sample and guessed mapping' })
    .input(z.object({ file: tableFile.optional(), uploadId: idSchema.optional().describe('Instead of the file: look again, at another sheet'), sheet: sheetName.optional() }))
    .output(importInspectionSchema),
  import: base
    .route({ method: 'POST', path: '/subscribers/import', tags, successStatus: 202, summary: 'Import a CSV or Excel file; give the file or the uploadId of an inspection' })
    .input(
      z.object({
        file: tableFile.optional(),
        uploadId: idSchema.optional(),
        sheet: sheetName.optional(),
        mapping: importMappingSchema.optional().describe('Absent = the guess'),
        mode: dedupeModeSchema.default('skip'),
        listId: idSchema.optional(),
        listName: z.string().trim().min(1).max(200).optional().describe('Create this list, or use the one of that name'),
        tags: z.array(z.string().trim().min(1).max(60)).max(20).optional(),
        consent: importConsentSchema.optional().describe('Where and when these people agreed to be written to, for rows that do not say it themselves'),
        corrections: domainCorrectionsSchema.optional().describe('Mistyped domains to write as they were meant'),
        dryRun: z.boolean().default(false),
      }),
    )
    .output(importRunSchema),
  inspectPath: base
    .route({ method: 'POST', path: '/subscribers/import/inspect-path', tags, summary: 'The same for a file on the computer on which Homing runs' })
    .input(watchedFileInputSchema.pick({ path: true }))
    .output(importInspectionSchema),
  watchedFiles: base
    .route({ method: 'GET', path: '/subscribers/watched-files', tags, summary: 'Files that are imported again when they change' })
    .input(z.object({}))
    .output(z.object({ items: z.array(watchedFileSchema) })),
  watchFile: base
    .route({
      method: 'POST',
      path: '/subscribers/watched-files',
      tags,
      successStatus: 201,
      summary: 'Import a file of this computer now and whenever it changes; looked at once a minute',
    })
    .input(watchedFileInputSchema)
    .output(watchedFileSchema),
  runWatchedFile: base.route({ method: 'POST', path: '/subscribers/watched-files/{id}/run', tags, summary: 'Import a watched file now' }).input(idInput).output(watchedFileSchema),
  unwatchFile: base
    .route({ method: 'DELETE', path: '/subscribers/watched-files/{id}', tags, summary: 'Stop watching a file; who was imported stays' })
    .input(idInput)
    .output(deleted),
  imports: base
    .route({ method: 'GET', path: '/subscribers/imports', tags, summary: 'Past and running imports, newest first' })
    .input(pageQuerySchema.omit({ sort: true, q: true }))
    .output(pageOf(importRunSchema)),
  getImport: base.route({ method: 'GET', path: '/subscribers/imports/{id}', tags, summary: 'Progress and report of an import' }).input(idInput).output(importRunSchema),
  cancelImport: base
    .route({ method: 'POST', path: '/subscribers/imports/{id}/cancel', tags, summary: 'Cancel a running import; rows already written stay' })
    .input(idInput)
    .output(importRunSchema),
  rejectedRows: base.route({ method: 'GET', path: '/subscribers/imports/{id}/rejected.csv', tags, summary: 'Rejected rows with line and reason' }).input(idInput).output(z.file()),
};

export const listsContract = {
  list: base
    .route({ method: 'GET', path: '/lists', tags: ['Lists'], summary: 'List lists' })
    .input(pageQuerySchema)
    .output(pageOf(listSchema)),
  create: base
    .route({ method: 'POST', path: '/lists', tags: ['Lists'], successStatus: 201, summary: 'Create a list' })
    .input(z.object({ name: z.string().trim().min(1).max(200), contactIds: z.array(idSchema).max(100_000).optional() }))
    .output(listSchema),
  get: base
    .route({ method: 'GET', path: '/lists/{id}', tags: ['Lists'], summary: 'Read a list' })
    .input(idInput)
    .output(listSchema),
  update: base
    .route({ method: 'PUT', path: '/lists/{id}', tags: ['Lists'], summary: 'Rename a list' })
    .input(idInput.extend({ name: z.string().trim().min(1).max(200) }))
    .output(listSchema),
  remove: base
    .route({ method: 'DELETE', path: '/lists/{id}', tags: ['Lists'], summary: 'Delete a list; its contacts stay' })
    .input(idInput)
    .output(deleted),
  addContacts: base
    .route({ method: 'POST', path: '/lists/{id}/subscribers', tags: ['Lists'], summary: 'Add contacts' })
    .input(idInput.extend({ contactIds: z.array(idSchema).min(1).max(100_000) }))
    .output(listSchema),
  removeContacts: base
    .route({ method: 'POST', path: '/lists/{id}/subscribers/remove', tags: ['Lists'], summary: 'Take contacts out' })
    .input(idInput.extend({ contactIds: z.array(idSchema).min(1).max(100_000) }))
    .output(listSchema),
};

export const suppressionsContract = {
  list: base
    .route({ method: 'GET', path: '/suppressions', tags: ['Suppressions'], summary: 'Who must never be mailed' })
    .input(pageQuerySchema.omit({ sort: true }))
    .output(pageOf(suppressionSchema)),
  create: base
    .route({ method: 'POST', path: '/suppressions', tags: ['Suppressions'], successStatus: 201, summary: 'Suppress an address or a domain; stops what waits for it' })
    .input(
      z.object({
        value: z.string().trim().min(3).max(320).describe('anna@example.com, or example.com for a whole domain'),
        reason: suppressionReasonSchema.exclude(['erased']).default('by_hand'),
        note: z.string().max(500).default(''),
      }),
    )
    .output(suppressionSchema),
  remove: base
    .route({ method: 'DELETE', path: '/suppressions/{id}', tags: ['Suppressions'], summary: 'Lift a suppression' })
    .input(idInput)
    .output(deleted),
};
