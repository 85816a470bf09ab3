import { z } from 'zod';
import { idSchema, pageOf, pageQuerySchema } from '../schemas/common.ts';
import { replyClassSchema, replyDetailSchema, replySchema } from '../schemas/reply.ts';
import { base, idInput } from './base.ts';

const tags = ['Replies'];
export const repliesContract = {
  list: base
    .route({ method: 'GET', path: '/replies', tags, summary: 'Inbound messages matched to contacts' })
    .input(
      pageQuerySchema.extend({
        class: z.union([replyClassSchema, z.array(replyClassSchema)]).optional(),
        campaignId: idSchema.optional(),
        contactId: idSchema.optional(),
        mailboxId: idSchema.optional(),
        unread: z.boolean().optional(),
      }),
    )
    .output(pageOf(replySchema).extend({ unread: z.number().int() })),
  get: base.route({ method: 'GET', path: '/replies/{id}', tags, summary: 'A reply with its conversation' }).input(idInput).output(replyDetailSchema),
  update: base
    .route({ method: 'PUT', path: '/replies/{id}', tags, summary: 'Mark as read, or correct the class (its consequences follow)' })
    .input(idInput.extend({ unread: z.boolean().optional(), class: replyClassSchema.optional() }))
    .output(replyDetailSchema),
  respond: base
    .route({ method: 'POST', path: '/replies/{id}/respond', tags, summary: 'Answer from the owning mailbox in the same thread' })
    .input(idInput.extend({ text: z.string().trim().min(1).max(100_000), draftId: z.string().min(1).max(64).describe('The same draft never leaves twice') }))
    .output(z.object({ deliveryId: idSchema })),
};
