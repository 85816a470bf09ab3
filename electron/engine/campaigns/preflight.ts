import type { Campaign, CampaignRules, Preflight, PreflightCode } from '../../../shared/schemas/campaign.ts';
import type { MailboxState } from '../../../shared/schemas/mailbox.ts';
import { calendarsFor, nextAllowed, type MailboxHours } from '../scheduling/index.ts';
import type { AudienceView } from './audience.ts';

export interface PreflightFacts {
  readonly status: Campaign['status'];
  readonly audience: AudienceView;
  readonly audienceNamed: boolean;
  readonly sequenceActive: boolean;
  readonly draftChanged: boolean;
  readonly followUps: number;
  readonly rules: CampaignRules;
  readonly mailboxes: readonly (MailboxHours & { readonly id: string; readonly name: string; readonly state: MailboxState; readonly hasInbox: boolean })[];
  /** People of the audience by the zone that counts for them, and how many of these zones are guesses. */
  readonly zones: readonly { readonly zone: string | null; readonly people: number; readonly guessed: number }[];
  /** People known to have their mail at a provider of none of the mailboxes, where the rule is strict. */
  readonly otherProviders: number;
  readonly missingMailboxes: number;
  /** Notes of the copy check on the texts of its mails. */
  readonly copyNotes: number;
  /** People of the audience whose address looks undeliverable. */
  readonly undeliverable: number;
  readonly missingFields: readonly { field: string; count: number }[];
  readonly secretsLocked: boolean;
  readonly now: number;
}

/** The checklist before a launch. Pure. Blocking items that are not ok forbid it. */
export function checkPreflight(facts: PreflightFacts): Preflight {
  const items: Preflight['items'] = [];
  const item = (code: PreflightCode, blocking: boolean, ok: boolean, message: string, count: number | null = null, mailboxId: string | null = null) =>
    items.push({ code, blocking, ok, message, count, mailboxId });
  const people = facts.audience.enrollable;

  item('draft', true, facts.status === 'draft', facts.status === 'draft' ? 'The campaign has not been launched.' : `The campaign is ${facts.status} already.`);
  item('sequence', true, facts.sequenceActive, facts.sequenceActive ? 'The sequence has an active version.' : 'The sequence has no active version. Open it and activate it.');
  if (facts.sequenceActive && facts.draftChanged) item('draft_changed', false, false, 'The sequence has changes that are not active. The active version will be sent.');
  if (facts.copyNotes > 0)
    item(
      'copy',
      false,
      false,
      `The copy check has ${facts.copyNotes} ${facts.copyNotes === 1 ? 'note' : 'notes'} on the texts of its mails. Open the sequence to see them.`,
      facts.copyNotes,
    );
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
    if (mailbox.state === 'needs_login') item('mailbox_login', true, false, `${mailbox.name} needs a new login. Open the mailbox and test it.`, null, mailbox.id);
    if (mailbox.state === 'untested')
      item('mailbox_untested', false, false, `${mailbox.name} was never tested. Test it, so that surprises come now and not at night.`, null, mailbox.id);
    if (mailbox.state === 'unreachable') item('mailbox_unreachable', false, false, `${mailbox.name} could not be reached lately. Mails wait until it answers.`, null, mailbox.id);
    if (mailbox.state === 'paused') item('mailbox_paused', false, false, `${mailbox.name} is paused. Its mails wait.`, null, mailbox.id);
    if (!mailbox.hasInbox && facts.followUps > 0)
      item('no_inbox', false, false, `${mailbox.name} has no IMAP: replies cannot be seen, so follow-ups will be held.`, null, mailbox.id);
  }
  if (facts.secretsLocked) item('secrets', true, false, 'Stored passwords are locked. Unlock them with the passphrase.');
  const times = firstTimes(facts);
  const firstSlotAt = times.reduce<number | null>((first, { at }) => (at === null ? first : Math.min(first ?? at, at)), null);
  if (facts.mailboxes.length > 0)
    item(
      'time',
      true,
      firstSlotAt !== null,
      firstSlotAt === null
        ? 'Campaign window, workdays of the mailboxes and waking hours never meet. Change one of them.'
        : 'Campaign window, workdays of the mailboxes and waking hours meet.',
    );
  const without = times.filter(({ at }) => at === null).reduce((sum, { people: count }) => sum + count, 0);
  if (firstSlotAt !== null && without > 0)
    item('time_zones', false, false, `For ${without} ${without === 1 ? 'person' : 'people'} there is no allowed time in their time zone: they would be held.`, without);
  if (facts.otherProviders > 0)
    item(
      'no_matching_mailbox',
      false,
      false,
      `${facts.otherProviders} ${facts.otherProviders === 1 ? 'person has' : 'people have'} no mailbox of their provider and would be held. Add such a mailbox, or match providers only where possible.`,
      facts.otherProviders,
    );
  const guessed = facts.zones.reduce((sum, zone) => sum + zone.guessed, 0);
  const unknown = facts.zones.find(({ zone }) => zone === null)?.people ?? 0;
  if (guessed > 0)
    item('zones_guessed', false, true, `The time zone of ${guessed} ${guessed === 1 ? 'person' : 'people'} is worked out from place, phone number or domain.`, guessed);
  if (unknown > 0)
    item('zones_unknown', false, true, `The time zone of ${unknown} ${unknown === 1 ? 'person' : 'people'} is not known: ${facts.rules.calendar.zone} counts for them.`, unknown);
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
  if (facts.undeliverable > 0)
    item(
      'undeliverable',
      false,
      false,
      `${facts.undeliverable} ${facts.undeliverable === 1 ? 'address looks' : 'addresses look'} undeliverable. Mail to them would bounce and harm how your mailboxes are seen.`,
      facts.undeliverable,
    );
  if (facts.audience.suppressed > 0)
    item('suppressed', false, true, `${facts.audience.suppressed} suppressed ${facts.audience.suppressed === 1 ? 'person is' : 'people are'} left out.`, facts.audience.suppressed);
  if (facts.audience.ownedByOthers > 0)
    item(
      'owned_by_others',
      false,
      true,
      `${facts.audience.ownedByOthers} ${facts.audience.ownedByOthers === 1 ? 'contact of somebody else in the team is' : 'contacts of others in the team are'} left out.`,
      facts.audience.ownedByOthers,
    );
  return {
    ok: items.every((entry) => entry.ok || !entry.blocking),
    items,
    people,
    leftOut: [
      { reason: 'suppressed', count: facts.audience.suppressed },
      { reason: 'already_enrolled', count: facts.audience.alreadyEnrolled },
      { reason: 'owned_by_others', count: facts.audience.ownedByOthers },
    ],
    firstSlotAt,
  };
}

/** The first allowed time in each zone of the audience, from any of the mailboxes. */
function firstTimes(facts: PreflightFacts): { people: number; at: number | null }[] {
  const from = Math.max(facts.now, facts.rules.startAt ?? 0);
  const zones = facts.zones.length === 0 ? [{ zone: null, people: 0 }] : facts.zones;
  return zones.map(({ zone, people }) => {
    const found = facts.mailboxes.map((mailbox) => nextAllowed(calendarsFor(facts.rules, mailbox, { zone, country: null }, true), from)).filter((at) => at !== null);
    return { people, at: found.length === 0 ? null : Math.min(...found) };
  });
}
