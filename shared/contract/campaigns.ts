import { z } from 'zod';
import {
  campaignInputSchema,
  campaignPatchSchema,
  campaignSchema,
  campaignStatusSchema,
  forecastSchema,
  movedPeopleSchema,
  preflightSchema,
  strandedSchema,
  versionMoveSchema,
} from '../schemas/campaign.ts';
import { chosenMomentSchema, idSchema, pageOf, pageQuerySchema } from '../schemas/common.ts';
import { bulkOutcomeSchema, deliveryFilterSchema, deliverySchema, deliverySelectionSchema, deliveryTextSchema } from '../schemas/delivery.ts';
import { enrolmentSchema, enrolmentStateSchema } from '../schemas/enrolment.ts';
import { failedCallSchema, taskSchema, taskStateSchema } from '../schemas/task.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Campaigns'];
export const campaignsContract = {
  list: base
    .route({ method: 'GET', path: '/campaigns', tags, summary: 'List campaigns' })
    .input(
      pageQuerySchema.omit({ sort: true }).extend({
        status: campaignStatusSchema.optional(),
        ownerId: idSchema.optional().describe('Campaigns of one person of the team; `owner` = of the owner by the launch token'),
      }),
    )
    .output(pageOf(campaignSchema)),
  create: base.route({ method: 'POST', path: '/campaigns', tags, successStatus: 201, summary: 'Create a draft campaign' }).input(campaignInputSchema).output(campaignSchema),
  get: base.route({ method: 'GET', path: '/campaigns/{id}', tags, summary: 'Read a campaign' }).input(idInput).output(campaignSchema),
  update: base
    .route({ method: 'PUT', path: '/campaigns/{id}', tags, summary: 'Change a campaign; audience and sequence only while it is a draft' })
    .input(idInput.extend(campaignPatchSchema.shape))
    .output(campaignSchema),
  remove: base.route({ method: 'DELETE', path: '/campaigns/{id}', tags, summary: 'Delete a draft, stopped or finished campaign' }).input(idInput).output(deleted),
  preflight: base
    .route({ method: 'GET', path: '/campaigns/{id}/preflight', tags, summary: 'What stands in the way of a launch; changes nothing' })
    .input(idInput)
    .output(preflightSchema),
  forecast: base
    .route({
      method: 'GET',
      path: '/campaigns/{id}/forecast',
      tags,
      summary: 'The whole future schedule: what would leave when, from which mailbox, and what limits it; changes nothing',
    })
    .input(idInput)
    .output(forecastSchema),
  launch: base.route({ method: 'POST', path: '/campaigns/{id}/launch', tags, summary: 'Enrol the audience and start sending' }).input(idInput).output(campaignSchema),
  pause: base.route({ method: 'POST', path: '/campaigns/{id}/pause', tags, summary: 'Pause; the remaining delays freeze' }).input(idInput).output(campaignSchema),
  resume: base.route({ method: 'POST', path: '/campaigns/{id}/resume', tags, summary: 'Go on' }).input(idInput).output(campaignSchema),
  stop: base.route({ method: 'POST', path: '/campaigns/{id}/stop', tags, summary: 'Stop for good: every waiting mail is cancelled' }).input(idInput).output(campaignSchema),
  migration: base
    .route({ method: 'GET', path: '/campaigns/{id}/migration', tags, summary: 'Who would move where if people went to the active version of the sequence; changes nothing' })
    .input(idInput)
    .output(versionMoveSchema),
  migrate: base
    .route({ method: 'POST', path: '/campaigns/{id}/migrate', tags, summary: 'Move the people under way to the active version of the sequence' })
    .input(idInput)
    .output(versionMoveSchema),
  stranded: base
    .route({ method: 'GET', path: '/campaigns/{id}/stranded', tags, summary: 'People whose mailbox sends nothing now, by mailbox; changes nothing' })
    .input(idInput)
    .output(strandedSchema),
  moveMailbox: base
    .route({ method: 'POST', path: '/campaigns/{id}/move-mailbox', tags, summary: 'Let the people of some mailboxes go on from another one, in the same thread' })
    .input(
      idInput.extend({
        from: z.array(idSchema).min(1).max(100).describe('Mailboxes whose people move'),
        to: idSchema.nullable().default(null).describe('A mailbox of the campaign; null = spread over those that can send'),
      }),
    )
    .output(movedPeopleSchema),
  undoMove: base
    .route({ method: 'POST', path: '/campaigns/{id}/undo-move', tags, summary: 'Take such a move back for everybody to whom nothing has left since' })
    .input(idInput.extend({ moveId: idSchema }))
    .output(z.object({ people: z.number().int(), stayed: z.number().int() })),
  enrol: base
    .route({ method: 'POST', path: '/campaigns/{id}/enrol', tags, summary: 'Enrol more contacts in a running campaign' })
    .input(idInput.extend({ contactIds: z.array(idSchema).min(1).max(100_000) }))
    .output(z.object({ enrolled: z.number().int(), leftOut: z.number().int() })),
};

const taskFilter = z.object({
  state: taskStateSchema.default('open'),
  due: z.boolean().optional().describe('Only what is due now (true) or later (false)'),
  campaignId: idSchema.optional(),
  contactId: idSchema.optional(),
});
export const tasksContract = {
  list: base
    .route({ method: 'GET', path: '/tasks', tags: ['Tasks'], summary: 'What is to be done by hand, soonest first' })
    .input(pageQuerySchema.omit({ sort: true }).extend(taskFilter.shape))
    .output(pageOf(taskSchema)),
  done: base
    .route({ method: 'POST', path: '/tasks/{id}/done', tags: ['Tasks'], summary: 'It is done: the person goes on, and the next delay counts from now' })
    .input(idInput)
    .output(taskSchema),
  skip: base
    .route({ method: 'POST', path: '/tasks/{id}/skip', tags: ['Tasks'], summary: 'Not to be done: the person goes on' })
    .input(idInput)
    .output(taskSchema),
  snooze: base
    .route({ method: 'POST', path: '/tasks/{id}/snooze', tags: ['Tasks'], summary: 'Due again later; the person waits' })
    .input(idInput.extend({ until: chosenMomentSchema }))
    .output(taskSchema),
};

export const webhooksContract = {
  failed: base
    .route({ method: 'GET', path: '/webhooks/failed', tags: ['Webhooks'], summary: 'Calls that were given up, newest first' })
    .input(z.object({}))
    .output(z.object({ items: z.array(failedCallSchema) })),
  retry: base
    .route({ method: 'POST', path: '/webhooks/{id}/retry', tags: ['Webhooks'], summary: 'Try a call that was given up again' })
    .input(idInput)
    .output(z.object({ id: idSchema })),
};

export const enrolmentsContract = {
  list: base
    .route({ method: 'GET', path: '/enrolments', tags: ['Enrolments'], summary: 'List enrolments' })
    .input(pageQuerySchema.omit({ sort: true }).extend({ campaignId: idSchema.optional(), contactId: idSchema.optional(), state: enrolmentStateSchema.optional() }))
    .output(pageOf(enrolmentSchema)),
  get: base
    .route({ method: 'GET', path: '/enrolments/{id}', tags: ['Enrolments'], summary: 'Read an enrolment' })
    .input(idInput)
    .output(enrolmentSchema),
  stop: base
    .route({ method: 'POST', path: '/enrolments/{id}/stop', tags: ['Enrolments'], summary: 'Stop one person in one campaign' })
    .input(idInput)
    .output(enrolmentSchema),
  pause: base
    .route({ method: 'POST', path: '/enrolments/{id}/pause', tags: ['Enrolments'], summary: 'Pause one person; the remaining delay freezes' })
    .input(idInput.extend({ until: chosenMomentSchema.nullable().default(null) }))
    .output(enrolmentSchema),
  resume: base
    .route({ method: 'POST', path: '/enrolments/{id}/resume', tags: ['Enrolments'], summary: 'Resume a paused, held or stopped person, now or from a moment on' })
    .input(idInput.extend({ at: chosenMomentSchema.nullable().default(null).describe('The next mail leaves not before this moment; null = as soon as the delays allow') }))
    .output(enrolmentSchema),
};

export const deliveriesContract = {
  list: base
    .route({ method: 'GET', path: '/deliveries', tags: ['Deliveries'], summary: 'Every outgoing message with its state and why it waits' })
    .input(pageQuerySchema.extend(deliveryFilterSchema.omit({ q: true }).shape))
    .output(pageOf(deliverySchema)),
  get: base
    .route({ method: 'GET', path: '/deliveries/{id}', tags: ['Deliveries'], summary: 'Read a delivery' })
    .input(idInput)
    .output(deliverySchema),
  retry: base
    .route({ method: 'POST', path: '/deliveries/{id}/retry', tags: ['Deliveries'], summary: 'Plan a failed or held delivery again; approve one that waits for approval' })
    .input(idInput)
    .output(deliverySchema),
  drop: base
    .route({ method: 'POST', path: '/deliveries/{id}/drop', tags: ['Deliveries'], summary: 'Cancel a waiting or failed delivery' })
    .input(idInput)
    .output(deliverySchema),
  text: base
    .route({ method: 'GET', path: '/deliveries/{id}/text', tags: ['Deliveries'], summary: 'The mail as it would leave, to be edited' })
    .input(idInput)
    .output(deliveryTextSchema),
  edit: base
    .route({ method: 'POST', path: '/deliveries/{id}/edit', tags: ['Deliveries'], summary: 'Write the text or recipient of one mail anew and plan it again' })
    .input(idInput.extend(deliveryTextSchema.shape))
    .output(deliverySchema),
  retryMany: base
    .route({ method: 'POST', path: '/deliveries/retry', tags: ['Deliveries'], summary: 'Plan many failed or held deliveries again, by ids or by a filter' })
    .input(deliverySelectionSchema)
    .output(bulkOutcomeSchema),
  dropMany: base
    .route({ method: 'POST', path: '/deliveries/drop', tags: ['Deliveries'], summary: 'Cancel many waiting or failed deliveries, by ids or by a filter' })
    .input(deliverySelectionSchema)
    .output(bulkOutcomeSchema),
  resolve: base
    .route({ method: 'POST', path: '/deliveries/{id}/resolve', tags: ['Deliveries'], summary: 'A person decides what became of a delivery with unknown outcome' })
    .input(idInput.extend({ outcome: z.enum(['sent', 'send_again', 'cancel']) }))
    .output(deliverySchema),
};
