import { z } from 'zod';
import { idSchema } from '../schemas/common.ts';
import { comparisonSchema, competitorMailInputSchema, competitorMailSchema, competitorReadingSchema } from '../schemas/comparison.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Comparison'];
const ofCompetitor = z.object({ competitor: z.string().max(100) });

export const comparisonContract = {
  mails: base
    .route({ method: 'GET', path: '/competitor-mails', tags, summary: 'Mails of others that were kept to compare with, oldest first' })
    .input(z.object({}))
    .output(z.object({ items: z.array(competitorMailSchema) })),
  add: base
    .route({ method: 'POST', path: '/competitor-mails', tags, successStatus: 201, summary: 'Keep a mail of somebody else: its text, or the whole message' })
    .input(competitorMailInputSchema)
    .output(competitorMailSchema),
  remove: base.route({ method: 'DELETE', path: '/competitor-mails/{id}', tags, summary: 'Forget such a mail' }).input(idInput).output(deleted),
  compare: base
    .route({ method: 'GET', path: '/comparison', tags, summary: 'Structure, offers, tone, cadence and words of a competitor beside those of a sequence' })
    .input(ofCompetitor.extend({ sequenceId: idSchema }))
    .output(comparisonSchema),
  read: base
    .route({ method: 'POST', path: '/comparison/reading', tags, summary: 'What a language model makes of the mails of a competitor; changes nothing' })
    .input(ofCompetitor)
    .output(competitorReadingSchema),
};
