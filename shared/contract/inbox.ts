import { z } from 'zod';
import { chosenMomentSchema, epochMsSchema, idSchema, pageOf, pageQuerySchema } from '../schemas/common.ts';
import { conversationSchema, conversationScopeSchema, replyClassSchema, replyDetailSchema, replyIntentSchema, replySchema } from '../schemas/reply.ts';
import { replyDraftSchema, threadBriefSchema } from '../schemas/thread.ts';
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
    .route({ method: 'PUT', path: '/replies/{id}', tags, summary: 'Mark as read, or correct class and intent (the consequences follow)' })
    .input(idInput.extend({ unread: z.boolean().optional(), class: replyClassSchema.optional(), intent: replyIntentSchema.nullable().optional().describe('Of a human reply') }))
    .output(replyDetailSchema),
  brief: base
    .route({ method: 'GET', path: '/replies/{id}/brief', tags, summary: 'The conversation in short, and what is next' })
    .input(idInput.extend({ think: z.boolean().default(false).describe('Ask a language model where that helps; else by rules, at once') }))
    .output(threadBriefSchema),
  draft: base
    .route({ method: 'POST', path: '/replies/{id}/draft', tags, summary: 'Propose an answer; nothing is stored or sent' })
    .input(idInput.extend({ variation: z.number().int().min(0).max(1000).default(0).describe('Above 0: another text than those of the numbers before') }))
    .output(replyDraftSchema),
  respond: base
    .route({ method: 'POST', path: '/replies/{id}/respond', tags, summary: 'Answer from the owning mailbox in the same thread' })
    .input(
      idInput.extend({
        text: z.string().trim().min(1).max(100_000),
        draftId: z.string().min(1).max(64).describe('The same draft never leaves twice'),
        at: chosenMomentSchema.nullable().default(null).describe('Not before this moment; null = now'),
        undoSeconds: z.number().int().min(0).max(120).default(0).describe('Waits so long, so that a person may take it back: POST /deliveries/{id}/drop'),
      }),
    )
    .output(z.object({ deliveryId: idSchema, slotAt: epochMsSchema })),
  conversations: base
    .route({ method: 'GET', path: '/conversations', tags, summary: 'The inbox as conversations, newest first, with the counts of every scope' })
    .input(pageQuerySchema.omit({ sort: true }).extend({ scope: conversationScopeSchema.default('all'), campaignId: idSchema.optional(), mailboxId: idSchema.optional() }))
    .output(pageOf(conversationSchema).extend({ counts: z.record(conversationScopeSchema, z.number().int()) })),
  snooze: base
    .route({ method: 'POST', path: '/replies/{id}/snooze', tags, summary: 'Put the conversation aside until a moment; null brings it back' })
    .input(idInput.extend({ until: chosenMomentSchema.nullable() }))
    .output(replyDetailSchema),
  done: base
    .route({ method: 'POST', path: '/replies/{id}/done', tags, summary: 'The conversation needs no answer any more, or does again' })
    .input(idInput.extend({ done: z.boolean().default(true) }))
    .output(replyDetailSchema),
};
