import { z } from 'zod';
import { idSchema } from '../schemas/common.ts';
import { bulkOutcomeSchema, deliverySchema } from '../schemas/delivery.ts';
import { reviewGroupSchema, reviewSchema, writingSchema } from '../schemas/review.ts';
import { base, idInput } from './base.ts';

const tags = ['Reviews'];
/** All, or those of one campaign, or of one mail of it. */
const scope = z.object({ campaignId: idSchema.optional(), stepId: z.string().max(40).optional() });

export const reviewsContract = {
  list: base
    .route({ method: 'GET', path: '/reviews', tags, summary: 'Mails that wait for a person, with their personal blocks, soonest first' })
    .input(scope.extend({ limit: z.number().int().min(1).max(200).default(50) }))
    .output(z.object({ items: z.array(reviewSchema), total: z.number().int(), groups: z.array(reviewGroupSchema).describe('By mail of a campaign') })),
  approve: base
    .route({ method: 'POST', path: '/reviews/{id}/approve', tags, summary: 'Let a mail leave at its slot, as it was seen' })
    .input(idInput.extend({ hash: z.string().length(64).describe('Of the mail that the person saw; a mail that reads otherwise meanwhile is not approved') }))
    .output(deliverySchema),
  approveAll: base
    .route({ method: 'POST', path: '/reviews/approve', tags, summary: 'Approve all mails of a scope; those whose personal block breaks a rule stay' })
    .input(
      scope.extend({ unwritten: z.enum(['wait', 'fallback']).default('wait').describe('Where nothing is written yet: keep the mail, or let it leave with its fallback text') }),
    )
    .output(bulkOutcomeSchema),
  edit: base
    .route({ method: 'PUT', path: '/reviews/{id}/personal', tags, summary: 'Write a personal block by hand; what it says beyond the facts is told' })
    .input(idInput.extend({ text: z.string().trim().min(1).max(1000) }))
    .output(reviewSchema),
  regenerate: base.route({ method: 'POST', path: '/reviews/{id}/regenerate', tags, summary: 'Have one personal block written anew' }).input(idInput).output(reviewSchema),
  useFallback: base
    .route({ method: 'POST', path: '/reviews/{id}/fallback', tags, summary: 'Reject a personal block: the mail leaves with the fallback text' })
    .input(idInput)
    .output(deliverySchema),
  writing: base.route({ method: 'GET', path: '/reviews/writing', tags, summary: 'How far the writing of personal blocks is' }).input(z.object({})).output(writingSchema),
  write: base
    .route({ method: 'POST', path: '/reviews/write', tags, summary: 'Write the personal blocks of a scope now; progress comes with the live events' })
    .input(scope)
    .output(writingSchema),
  cancel: base
    .route({ method: 'POST', path: '/reviews/writing/cancel', tags, summary: 'Stop writing; what is written stays, and nothing is written until a person asks' })
    .input(z.object({}))
    .output(writingSchema),
};
