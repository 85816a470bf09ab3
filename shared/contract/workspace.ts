import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { chosenMomentSchema, idSchema, localDateSchema, pageOf, pageQuerySchema } from '../schemas/common.ts';
import { deliverySchema } from '../schemas/delivery.ts';
import { eventSchema, eventTypeSchema, liveMessageSchema } from '../schemas/event.ts';
import { needsYouItemSchema, settingsPatchSchema, settingsSchema, workspaceSchema } from '../schemas/settings.ts';
import { base, idInput } from './base.ts';

export const eventsContract = {
  list: base
    .route({ method: 'GET', path: '/events', tags: ['Events'], summary: 'Facts, newest first; with `after` oldest first from a cursor' })
    .input(
      pageQuerySchema.omit({ sort: true, q: true }).extend({
        after: z.number().int().optional(),
        type: z.union([eventTypeSchema, z.array(eventTypeSchema)]).optional(),
        campaignId: idSchema.optional(),
        contactId: idSchema.optional(),
        deliveryId: idSchema.optional(),
        mailboxId: idSchema.optional(),
      }),
    )
    .output(pageOf(eventSchema)),
  live: base
    .route({ method: 'GET', path: '/events/live', tags: ['Events'], summary: 'Live stream (Server-Sent Events; the UI uses WebSocket or MessagePort)' })
    .input(z.object({ after: z.number().int().optional() }))
    .output(eventIterator(liveMessageSchema)),
};

export const settingsContract = {
  get: base
    .route({ method: 'GET', path: '/settings', tags: ['Settings'], summary: 'Read the settings' })
    .input(z.object({}))
    .output(settingsSchema),
  update: base
    .route({ method: 'PUT', path: '/settings', tags: ['Settings'], summary: 'Change settings' })
    .input(settingsPatchSchema)
    .output(settingsSchema),
};

const dayCountsSchema = z.object({ day: localDateSchema, sent: z.number().int(), replied: z.number().int(), bounced: z.number().int(), unsubscribed: z.number().int() });
export const dashboardSchema = z.object({
  today: dayCountsSchema.omit({ day: true }),
  totals: z.object({
    contacts: z.number().int(),
    mailed: z.number().int().describe('People who ever got a mail'),
    sent: z.number().int(),
    replied: z.number().int().describe('People with a human reply'),
    bounced: z.number().int(),
    unsubscribed: z.number().int(),
  }),
  series: z.array(dayCountsSchema).describe('The last 30 days, oldest first, in `zone`'),
  zone: z.string(),
  nextSends: z.array(deliverySchema).describe('The next eight'),
  waiting: z.number().int(),
  runningCampaigns: z.number().int(),
  needsYou: z.array(needsYouItemSchema).describe('The first eight'),
});
export type Dashboard = z.infer<typeof dashboardSchema>;

export const workspaceContract = {
  get: base
    .route({ method: 'GET', path: '/workspace', tags: ['Workspace'], summary: 'The workspace: clock, pause, next send, warnings' })
    .input(z.object({}))
    .output(workspaceSchema),
  dashboard: base
    .route({ method: 'GET', path: '/dashboard', tags: ['Workspace'], summary: 'What happened, what is next, what needs you' })
    .input(z.object({}))
    .output(dashboardSchema),
  needsYou: base
    .route({ method: 'GET', path: '/needs-you', tags: ['Workspace'], summary: 'Everything that waits for a person' })
    .input(z.object({}))
    .output(z.object({ items: z.array(needsYouItemSchema) })),
  pauseSending: base
    .route({ method: 'POST', path: '/workspace/pause', tags: ['Workspace'], summary: 'Pause all sending' })
    .input(z.object({ until: chosenMomentSchema.nullable().default(null) }))
    .output(workspaceSchema),
  resumeSending: base
    .route({ method: 'POST', path: '/workspace/resume', tags: ['Workspace'], summary: 'Send again' })
    .input(z.object({}))
    .output(workspaceSchema),
  unlock: base
    .route({ method: 'POST', path: '/workspace/unlock', tags: ['Workspace'], summary: 'Unlock stored passwords with the passphrase' })
    .input(z.object({ passphrase: z.string().min(1).max(1024) }))
    .output(workspaceSchema),
  setPassphrase: base
    .route({ method: 'POST', path: '/workspace/passphrase', tags: ['Workspace'], summary: 'Protect stored passwords with a passphrase (at least 12 characters)' })
    .input(z.object({ passphrase: z.string().min(12).max(1024) }))
    .output(workspaceSchema),
  openPractice: base
    .route({ method: 'POST', path: '/workspace/practice', tags: ['Workspace'], summary: 'Open the practice workspace; the answer says where' })
    .input(z.object({}))
    .output(z.object({ url: z.string().nullable().describe('Null = a window was opened') })),
  setTimeLapse: base
    .route({ method: 'POST', path: '/workspace/time-lapse', tags: ['Workspace'], summary: 'Practice only: workspace seconds per real second' })
    .input(z.object({ factor: z.number().min(1).max(86_400) }))
    .output(workspaceSchema),
};

export const reportsContract = {
  deliveries: base
    .route({ method: 'GET', path: '/reports/deliveries.csv', tags: ['Reports'], summary: 'Deliveries as CSV' })
    .input(z.object({ campaignId: idSchema.optional() }))
    .output(z.file()),
  replies: base
    .route({ method: 'GET', path: '/reports/replies.csv', tags: ['Reports'], summary: 'Replies as CSV' })
    .input(z.object({ campaignId: idSchema.optional() }))
    .output(z.file()),
  campaign: base
    .route({ method: 'GET', path: '/reports/campaigns/{id}/people.csv', tags: ['Reports'], summary: 'One line per person of a campaign' })
    .input(idInput)
    .output(z.file()),
};
