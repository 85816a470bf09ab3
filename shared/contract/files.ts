import { z } from 'zod';
import { pageOf, pageQuerySchema } from '../schemas/common.ts';
import { mailFileSchema } from '../schemas/file.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Files'];
export const filesContract = {
  list: base
    .route({ method: 'GET', path: '/files', tags, summary: 'Files that mails may carry, newest first' })
    .input(pageQuerySchema.omit({ sort: true }))
    .output(pageOf(mailFileSchema)),
  upload: base
    .route({ method: 'POST', path: '/files', tags, successStatus: 201, summary: 'Store a file, 15 MB at most (multipart/form-data with the field `file`)' })
    .input(z.object({ file: z.file() }))
    .output(mailFileSchema),
  get: base.route({ method: 'GET', path: '/files/{id}', tags, summary: 'Read what is known of a file' }).input(idInput).output(mailFileSchema),
  content: base.route({ method: 'GET', path: '/files/{id}/content', tags, summary: 'Download a file' }).input(idInput).output(z.file()),
  remove: base.route({ method: 'DELETE', path: '/files/{id}', tags, summary: 'Delete a file that no sequence sends' }).input(idInput).output(deleted),
};
