import { z } from 'zod';
import { segmentFilterSchema, segmentInputSchema, segmentSchema, segmentViewSchema } from '../schemas/segment.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Segments'];
const countSchema = z.object({ count: z.number().int() });

/** Saved filters of contacts. To see who fits one: `GET /subscribers?segmentId=…`, or `POST /subscribers/query` with a filter that is not saved. */
export const segmentsContract = {
  list: base
    .route({ method: 'GET', path: '/segments', tags, summary: 'List segments' })
    .input(z.object({}))
    .output(z.object({ items: z.array(segmentSchema) })),
  create: base.route({ method: 'POST', path: '/segments', tags, successStatus: 201, summary: 'Save a filter as a segment' }).input(segmentInputSchema).output(segmentSchema),
  get: base.route({ method: 'GET', path: '/segments/{id}', tags, summary: 'Read a segment' }).input(idInput).output(segmentSchema),
  update: base
    .route({ method: 'PUT', path: '/segments/{id}', tags, summary: 'Change name, filter or view of a segment' })
    .input(idInput.extend({ name: segmentInputSchema.shape.name.optional(), filter: segmentFilterSchema.optional(), view: segmentViewSchema.nullable().optional() }))
    .output(segmentSchema),
  remove: base.route({ method: 'DELETE', path: '/segments/{id}', tags, summary: 'Delete a segment; its contacts stay' }).input(idInput).output(deleted),
  count: base.route({ method: 'GET', path: '/segments/{id}/count', tags, summary: 'How many people fit a segment now' }).input(idInput).output(countSchema),
  countFilter: base
    .route({ method: 'POST', path: '/segments/count', tags, summary: 'How many people fit a filter that is not saved' })
    .input(z.object({ filter: segmentFilterSchema }))
    .output(countSchema),
};
