import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { Calendar } from '../../../shared/schemas/common.ts';
import type { WhyCode } from '../../../shared/schemas/delivery.ts';
import type { MailboxState } from '../../../shared/schemas/mailbox.ts';
import { mailboxBackoff } from '../lib/backoff.ts';
import { hour, minute } from '../lib/clock.ts';
import { isOpen, nextAllowed } from './calendar.ts';
import { mailboxPace, type Block, type PacedMailbox } from './pacing.ts';
import type { SentTimes } from './send-log.ts';

/** A follow-up needs an inbox check at most this old (DESIGN section 6). */
export const inboxFreshMs = minute;
/** With IMAP down first mails go on for this long. */
export const firstMailsWithoutInboxMs = 12 * hour;

export interface MailboxView extends PacedMailbox {
  readonly id: string;
  readonly state: MailboxState;
  readonly stateReason: string | null;
  readonly pausedUntil: number | null;
  readonly backoffUntil: number;
  readonly calendar: Calendar;
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
  if (mailbox.backoffUntil > now && mailbox.backoffUntil <= now + mailboxBackoff.capMs)
    return { code: 'mailbox_backoff', until: mailbox.backoffUntil, detail: mailbox.stateReason ?? '' };
  return priority === 0 ? null : mailboxPace(mailbox, sent, now);
}

/** The calendars that must all hold for one recipient: campaign window, mailbox workday, waking hours. */
export function calendarsFor(rules: CampaignRules, mailboxCalendar: Calendar, contactZone: string | null): Calendar[] {
  const campaign = rules.useContactZone && contactZone !== null ? { ...rules.calendar, zone: contactZone } : rules.calendar;
  const calendars = [campaign, mailboxCalendar];
  if (rules.wakingHours !== null && contactZone !== null) {
    calendars.push({ zone: contactZone, windows: [{ days: [1, 2, 3, 4, 5, 6, 7], ...rules.wakingHours }], holidays: [] });
  }
  return calendars;
}

/** Null when every calendar is open now; else which one is closed and when all are open again. Pure. */
export function windowGate(calendars: readonly Calendar[], now: number): Block | null {
  const next = nextAllowed(calendars, now);
  if (next === now) return null;
  if (next === null) return { code: 'no_allowed_time', until: null };
  const codes: WhyCode[] = ['campaign_window', 'mailbox_window', 'waking_hours'];
  const closed = calendars.findIndex((calendar) => !isOpen(calendar, now));
  return { code: codes[closed] ?? 'campaign_window', until: next };
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
