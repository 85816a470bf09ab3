import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import { alwaysOpen, type Calendar } from '../../../shared/schemas/common.ts';
import type { WhyCode } from '../../../shared/schemas/delivery.ts';
import type { Absence, MailboxState } from '../../../shared/schemas/mailbox.ts';
import { longestBackoffMs } from '../lib/backoff.ts';
import { day, hour, minute } from '../lib/clock.ts';
import { everyDay, isHoliday, isOpen, nextAllowed, type OpenTimes } from './calendar.ts';
import { mailboxPace, type Block, type PacedMailbox } from './pacing.ts';
import type { SentTimes } from './send-log.ts';

/** A follow-up needs an inbox check at most this old (DESIGN section 6). */
export const inboxFreshMs = minute;
/** With IMAP down first mails go on for this long. */
export const firstMailsWithoutInboxMs = 12 * hour;

export interface MailboxView extends Omit<PacedMailbox, 'calendar'>, MailboxHours {
  readonly id: string;
  readonly state: MailboxState;
  readonly stateReason: string | null;
  readonly pausedUntil: number | null;
  readonly backoffUntil: number;
  /** Consecutive failures; above 0 with the back-off over = half-open. */
  readonly failures: number;
  readonly hasInbox: boolean;
  /** Last successful look; for a mailbox that was never read, when it was added. */
  readonly inboxCheckedAt: number;
}

/** A person's reply or test (priority 0) waits for no window, gap or limit, only for a mailbox that works. Pure. */
export function mailboxGate(mailbox: MailboxView, sent: SentTimes, priority: number, now: number): Block | null {
  if (mailbox.state === 'needs_login') return { code: 'mailbox_needs_login', until: null, detail: mailbox.stateReason ?? '' };
  if (mailbox.state === 'paused' && (mailbox.pausedUntil === null || mailbox.pausedUntil > now)) {
    return { code: 'mailbox_paused', until: mailbox.pausedUntil, detail: mailbox.stateReason ?? '' };
  }
  // Times further off than a back-off or a gap can be come from a clock that was wrong: they hold nothing.
  if (mailbox.backoffUntil > now && mailbox.backoffUntil <= now + longestBackoffMs)
    return { code: 'mailbox_backoff', until: mailbox.backoffUntil, detail: mailbox.stateReason ?? '' };
  return priority === 0 ? null : mailboxPace(mailbox, sent, now);
}

/** After a back-off exactly one mail tries the server; the others wait for what becomes of it. Pure. */
export function probeGate(mailbox: MailboxView, inFlight: number): Block | null {
  return mailbox.failures > 0 && inFlight > 0 ? { code: 'mailbox_probe', until: null } : null;
}

/** What is known of where a recipient is: zone by field or guess, country (ISO 3166-1 alpha-2). */
export interface RecipientPlace {
  readonly zone: string | null;
  readonly country: string | null;
}

/** When a mailbox works: its workday, and the dates on which nothing leaves. */
export interface MailboxHours {
  readonly calendar: Calendar;
  readonly absences: readonly Absence[];
}

/** A calendar with the rule for which it stands when it is closed. */
export interface RuleCalendar extends OpenTimes {
  readonly code: WhyCode;
}

/**
 * The calendars that must all hold for a mail to one recipient: the campaign's windows (those of follow-ups where they
 * differ), closed on the public holidays of the recipient's country; the mailbox's workday and absences; the waking
 * hours of the recipient.
 */
export function calendarsFor(rules: CampaignRules, mailbox: MailboxHours, recipient: RecipientPlace, firstMail: boolean): RuleCalendar[] {
  const campaign = campaignCalendar(rules, recipient);
  const windows = firstMail ? campaign.windows : (rules.followUpWindows ?? campaign.windows);
  const zone = rules.useContactZone && recipient.zone !== null ? recipient.zone : rules.calendar.zone;
  const calendars: RuleCalendar[] = [
    { ...campaign, zone, windows, code: 'campaign_window' },
    { ...mailbox.calendar, code: 'mailbox_window' },
  ];
  if (rules.wakingHours !== null && recipient.zone !== null) calendars.push({ ...everyDay(recipient.zone, rules.wakingHours), code: 'waking_hours' });
  if (mailbox.absences.length > 0) calendars.push({ zone: mailbox.calendar.zone, windows: alwaysOpen, holidays: absentDays(mailbox.absences), code: 'mailbox_absence' });
  return calendars;
}

/** The campaign's calendar as it holds for one recipient: read in the recipient's zone, with the holidays of the country. */
export function campaignCalendar(rules: CampaignRules, recipient: RecipientPlace): OpenTimes {
  return { ...rules.calendar, zone: recipient.zone ?? rules.calendar.zone, country: rules.observeHolidays ? (recipient.country ?? rules.holidayCountry) : null };
}

const absentOf = new WeakMap<readonly Absence[], string[]>();
const longestAbsence = 3660;

function absentDays(absences: readonly Absence[]): string[] {
  let days = absentOf.get(absences);
  if (days === undefined) {
    days = absences.flatMap(({ from, to }) => {
      const first = Date.parse(`${from}T00:00:00Z`);
      const count = Math.min(longestAbsence, (Date.parse(`${to}T00:00:00Z`) - first) / day + 1);
      return Array.from({ length: Math.max(0, Number.isNaN(count) ? 0 : count) }, (_, index) => new Date(first + index * day).toISOString().slice(0, 10));
    });
    absentOf.set(absences, days);
  }
  return days;
}

/** Null when every calendar is open now; else which one is closed and when all are open again. Pure. */
export function windowGate(calendars: readonly RuleCalendar[], now: number): Block | null {
  const next = nextAllowed(calendars, now);
  if (next === now) return null;
  if (next === null) return { code: 'no_allowed_time', until: null };
  const closed = calendars.find((calendar) => !isOpen(calendar, now));
  const code = closed === undefined ? 'campaign_window' : closed.code === 'campaign_window' && isHoliday(closed, now) ? 'holiday' : closed.code;
  return { code, until: next };
}

/**
 * Whether follow-ups (priority 1) or first mails (2) may leave as far as the inbox is concerned. `inbox_check` = look at
 * the inbox first. Pure.
 */
export function inboxGate(mailbox: MailboxView, priority: number, now: number): Block | null {
  if (priority === 0) return null;
  if (!mailbox.hasInbox) return priority === 1 ? { code: 'no_inbox', until: null } : null;
  const age = now - mailbox.inboxCheckedAt;
  const allowed = priority === 1 ? inboxFreshMs : firstMailsWithoutInboxMs;
  // A negative age means that the clock was set back: look again.
  return age >= 0 && age <= allowed ? null : { code: 'inbox_check', until: now };
}

/** Whether a slot was missed by so much that a person is asked first. Pure. */
export function staleGate(rules: CampaignRules, slotAt: number, now: number): Block | null {
  return now - slotAt > rules.staleAfterHours * hour ? { code: 'stale_slot', until: null } : null;
}
