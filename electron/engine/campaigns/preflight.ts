import type { Campaign, CampaignRules, Preflight } from '../../../shared/schemas/campaign.ts';
import type { Calendar } from '../../../shared/schemas/common.ts';
import type { MailboxState } from '../../../shared/schemas/mailbox.ts';
import { calendarsFor } from '../scheduling/index.ts';
import { nextAllowed } from '../scheduling/index.ts';
import type { AudienceView } from './audience.ts';

export interface PreflightFacts {
  readonly status: Campaign['status'];
  readonly audience: AudienceView;
  readonly audienceNamed: boolean;
  readonly sequenceActive: boolean;
  readonly draftChanged: boolean;
  readonly followUps: number;
  readonly rules: CampaignRules;
  readonly mailboxes: readonly { name: string; state: MailboxState; hasInbox: boolean; calendar: Calendar }[];
  readonly missingMailboxes: number;
  readonly missingFields: readonly { field: string; count: number }[];
  readonly secretsLocked: boolean;
  readonly now: number;
}

/** The checklist before a launch. Pure. Blocking items that are not ok forbid it. */
export function checkPreflight(facts: PreflightFacts): Preflight {
  const items: Preflight['items'] = [];
  const item = (code: string, blocking: boolean, ok: boolean, message: string, count: number | null = null) => items.push({ code, blocking, ok, message, count });
  const people = facts.audience.enrollable;

  item('draft', true, facts.status === 'draft', facts.status === 'draft' ? 'The campaign has not been launched.' : `The campaign is ${facts.status} already.`);
  item('sequence', true, facts.sequenceActive, facts.sequenceActive ? 'The sequence has an active version.' : 'The sequence has no active version. Open it and activate it.');
  if (facts.sequenceActive && facts.draftChanged) item('draft_changed', false, false, 'The sequence has changes that are not active. The active version will be sent.');
  item(
    'audience',
    true,
    people > 0,
    people > 0
      ? `${people} ${people === 1 ? 'person' : 'people'} will be enrolled.`
      : facts.audienceNamed
        ? 'Nobody of the audience can be enrolled.'
        : 'Choose who gets the mails: lists or contacts.',
    people,
  );
  item(
    'mailboxes',
    true,
    facts.mailboxes.length > 0 && facts.missingMailboxes === 0,
    facts.mailboxes.length === 0
      ? 'Choose at least one mailbox.'
      : facts.missingMailboxes > 0
        ? 'A chosen mailbox no longer exists. Choose again.'
        : `${facts.mailboxes.length} ${facts.mailboxes.length === 1 ? 'mailbox sends' : 'mailboxes send'}.`,
    facts.mailboxes.length,
  );
  for (const mailbox of facts.mailboxes) {
    if (mailbox.state === 'needs_login') item('mailbox_login', true, false, `${mailbox.name} needs a new login. Open the mailbox and test it.`);
    if (mailbox.state === 'untested') item('mailbox_untested', false, false, `${mailbox.name} was never tested. Test it, so that surprises come now and not at night.`);
    if (mailbox.state === 'unreachable') item('mailbox_unreachable', false, false, `${mailbox.name} could not be reached lately. Mails wait until it answers.`);
    if (mailbox.state === 'paused') item('mailbox_paused', false, false, `${mailbox.name} is paused. Its mails wait.`);
    if (!mailbox.hasInbox && facts.followUps > 0) item('no_inbox', false, false, `${mailbox.name} has no IMAP: replies cannot be seen, so follow-ups will be held.`);
  }
  if (facts.secretsLocked) item('secrets', true, false, 'Stored passwords are locked. Unlock them with the passphrase.');
  const firstSlotAt = firstSlot(facts);
  if (facts.mailboxes.length > 0)
    item(
      'time',
      true,
      firstSlotAt !== null,
      firstSlotAt === null ? 'The sending windows of campaign and mailbox never meet. Change one of them.' : 'Campaign window and mailbox workday meet.',
    );
  for (const { field, count } of facts.missingFields) {
    item(
      'missing_field',
      false,
      false,
      facts.rules.onMissingValue === 'hold'
        ? `${count} ${count === 1 ? 'person has' : 'people have'} no value for “${field}” and would be held.`
        : `${count} ${count === 1 ? 'person has' : 'people have'} no value for “${field}”; it stays blank.`,
      count,
    );
  }
  if (facts.audience.suppressed > 0)
    item('suppressed', false, true, `${facts.audience.suppressed} suppressed ${facts.audience.suppressed === 1 ? 'person is' : 'people are'} left out.`, facts.audience.suppressed);
  return {
    ok: items.every((entry) => entry.ok || !entry.blocking),
    items,
    people,
    leftOut: [
      { reason: 'suppressed', count: facts.audience.suppressed },
      { reason: 'already_enrolled', count: facts.audience.alreadyEnrolled },
    ],
    firstSlotAt,
  };
}

function firstSlot(facts: PreflightFacts): number | null {
  const from = Math.max(facts.now, facts.rules.startAt ?? 0);
  const slots = facts.mailboxes.map((mailbox) => nextAllowed(calendarsFor(facts.rules, mailbox.calendar, null), from)).filter((at) => at !== null);
  return slots.length === 0 ? null : Math.min(...slots);
}
