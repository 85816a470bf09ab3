import { z } from 'zod';
import { chosenMomentSchema, epochMsSchema, pageOf, pageQuerySchema } from '../schemas/common.ts';
import { mailboxInputSchema, mailboxPatchSchema, mailboxSchema, mailboxTestSchema } from '../schemas/mailbox.ts';
import { discoverySchema } from '../schemas/discovery.ts';
import { dnsRecordSchema, domainHealthSchema } from '../schemas/domain-health.ts';
import { signInInputSchema, signInSchema } from '../schemas/sign-in.ts';
import { base, deleted, idInput } from './base.ts';

const tags = ['Mailboxes'];
export const mailboxesContract = {
  list: base.route({ method: 'GET', path: '/mailboxes', tags, summary: 'List mailboxes' }).input(pageQuerySchema).output(pageOf(mailboxSchema)),
  create: base.route({ method: 'POST', path: '/mailboxes', tags, successStatus: 201, summary: 'Add a mailbox' }).input(mailboxInputSchema).output(mailboxSchema),
  get: base.route({ method: 'GET', path: '/mailboxes/{id}', tags, summary: 'Read a mailbox' }).input(idInput).output(mailboxSchema),
  update: base.route({ method: 'PUT', path: '/mailboxes/{id}', tags, summary: 'Change a mailbox' }).input(idInput.extend(mailboxPatchSchema.shape)).output(mailboxSchema),
  remove: base.route({ method: 'DELETE', path: '/mailboxes/{id}', tags, summary: 'Delete a mailbox' }).input(idInput).output(deleted),
  test: base
    .route({ method: 'POST', path: '/mailboxes/{id}/test', tags, summary: 'Connect to SMTP and IMAP, optionally send a mail to the mailbox itself' })
    .input(idInput.extend({ roundTrip: z.boolean().default(false) }))
    .output(mailboxTestSchema),
  testSettings: base
    .route({ method: 'POST', path: '/mailboxes/test', tags, summary: 'Test settings before they are stored' })
    .input(
      mailboxInputSchema
        .pick({ address: true, smtp: true, imap: true, signIn: true })
        .extend({ id: z.string().optional().describe('Use the stored passwords of this mailbox where none are given') }),
    )
    .output(mailboxTestSchema),
  pause: base
    .route({ method: 'POST', path: '/mailboxes/{id}/pause', tags, summary: 'Stop sending from a mailbox' })
    .input(idInput.extend({ until: chosenMomentSchema.nullable().default(null) }))
    .output(mailboxSchema),
  resume: base.route({ method: 'POST', path: '/mailboxes/{id}/resume', tags, summary: 'Send from a mailbox again' }).input(idInput).output(mailboxSchema),
  checkInbox: base
    .route({ method: 'POST', path: '/mailboxes/{id}/check-inbox', tags, summary: 'Look for new mail now' })
    .input(idInput)
    .output(z.object({ found: z.number().int(), checkedAt: epochMsSchema })),
  discover: base
    .route({ method: 'POST', path: '/mailboxes/discover', tags, summary: 'Find the servers of an address: known providers, its own settings document, SRV records, usual names' })
    .input(z.object({ address: z.string().trim().min(3).max(320) }))
    .output(discoverySchema),
  health: base
    .route({ method: 'GET', path: '/mailboxes/{id}/health', tags, summary: 'SPF, DKIM, DMARC and MX of the sending domain, as last checked' })
    .input(idInput)
    .output(domainHealthSchema),
  checkHealth: base
    .route({ method: 'POST', path: '/mailboxes/{id}/health/check', tags, summary: 'Ask DNS about the sending domain now' })
    .input(idInput)
    .output(domainHealthSchema),
  dkimRecord: base
    .route({ method: 'GET', path: '/mailboxes/{id}/dkim-record', tags, summary: 'The DNS record to publish for the own signing key; null without one' })
    .input(idInput)
    .output(dnsRecordSchema.nullable()),
  startSignIn: base
    .route({ method: 'POST', path: '/mailbox-sign-ins', tags, successStatus: 201, summary: 'Sign in at Google, Microsoft or an own authorization server' })
    .input(signInInputSchema)
    .output(signInSchema),
  getSignIn: base.route({ method: 'GET', path: '/mailbox-sign-ins/{id}', tags, summary: 'How far a sign-in has come' }).input(idInput).output(signInSchema),
  cancelSignIn: base.route({ method: 'POST', path: '/mailbox-sign-ins/{id}/cancel', tags, summary: 'Give a sign-in up' }).input(idInput).output(signInSchema),
  signOut: base.route({ method: 'POST', path: '/mailboxes/{id}/sign-out', tags, summary: 'Forget the access tokens of a mailbox' }).input(idInput).output(mailboxSchema),
};
