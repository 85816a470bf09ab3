import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { WhyCode } from '../../../shared/schemas/delivery.ts';
import type { DayPlan, MailboxLimits } from '../../../shared/schemas/mailbox.ts';
import { day, hour, second } from '../lib/clock.ts';
import { startOfLocalDay, startOfNextLocalDay } from '../lib/zone.ts';
import { humanDayBlock } from './human-day.ts';
import type { CountedMail, SendBooks, SentTimes } from './send-log.ts';

/**
 * The limits of sending as one pure state machine: it takes counts and answers which limit holds a mail, or null. The
 * dispatcher asks it at each claim with the books of what really left; a forecast asks it with books of its own
 * (`createSendBooks(nothingSent)` or a copy of the real ones) on a virtual clock:
 *
 *   for each instant at which a mailbox is free:
 *     `mailboxPace(mailbox, books.mailbox(id, now), now)`      the mailbox: day, ramp-up, human day, hour, 24 hours, gap
 *     `followUpsHaveHadTheirShare(...)`                        which queue comes first
 *     `mailPace(rules, mail, books, now)`                      this mail: campaign day, new people, domain, company
 *     null from both → `books.reserve(mail, now)(now)`, then `nextSendAt = now + drawGapMs(limits, random)`
 *   a block → jump to its `until`.
 *
 * `todayOf` of `mailbox-day.ts` gives a day's ramp-up allowance and human day without touching the store. Windows stand
 * in `gates.ts`. The smallest limit wins: each is looked at, the first that is full is the answer.
 */

/** The rule that keeps a delivery from leaving, and until when; null = until a person or an event acts. */
export interface Block {
  readonly code: WhyCode;
  readonly until: number | null;
  readonly detail?: string;
}

/** What a ramp-up and a human day make of one local day of a mailbox. Null = that rule is off. */
export interface Today {
  readonly rampPerDay: number | null;
  readonly plan: DayPlan | null;
}

export const plainDay: Today = { rampPerDay: null, plan: null };

/** A mailbox as its limits see it. */
export interface PacedMailbox {
  readonly limits: MailboxLimits;
  readonly calendar: { readonly zone: string };
  readonly today: Today;
  /** The gap after the last mail, drawn once and stored: nothing leaves before. */
  readonly nextSendAt: number;
}

/** How many mails may leave on one local day at most: what the owner allows, the ramp-up and the human day; the smallest wins. */
export function allowanceOf(limits: MailboxLimits, today: Today): number {
  return Math.min(limits.perDay, today.rampPerDay ?? Infinity, today.plan?.target ?? Infinity);
}

/** The limits of a mailbox over all its campaigns. `until` is always later than `now`. Pure. */
export function mailboxPace(mailbox: PacedMailbox, sent: SentTimes, now: number): Block | null {
  return (
    dayPace(mailbox, sent, now) ??
    rollingPace('mailbox_hour', mailbox.limits.perHour, hour, sent, now) ??
    rollingPace('mailbox_24h', mailbox.limits.per24Hours ?? mailbox.limits.perDay, day, sent, now) ??
    (mailbox.today.plan === null ? null : humanDayBlock(mailbox.today.plan, mailbox.calendar.zone, now)) ??
    gapPace(mailbox, now)
  );
}

function dayPace({ limits, today, calendar }: PacedMailbox, sent: SentTimes, now: number): Block | null {
  const count = sent.countSince(startOfLocalDay(calendar.zone, now));
  const allowance = allowanceOf(limits, today);
  if (count < allowance) return null;
  const code = allowance === limits.perDay ? 'mailbox_day' : allowance === today.rampPerDay ? 'mailbox_ramp' : 'mailbox_human_day';
  return { code, until: startOfNextLocalDay(calendar.zone, now), detail: String(allowance) };
}

function rollingPace(code: WhyCode, limit: number, windowMs: number, sent: SentTimes, now: number): Block | null {
  if (sent.countSince(now - windowMs + 1) < limit) return null;
  // Free again when the oldest that fills the limit leaves the window.
  const oldest = sent.pending >= limit ? null : sent.nthNewest(limit - sent.pending);
  return { code, until: (oldest ?? now) + windowMs, detail: String(limit) };
}

function gapPace({ limits, nextSendAt }: PacedMailbox, now: number): Block | null {
  // Further off than a gap can be: it comes from a clock that was wrong, and holds nothing.
  const longestGapMs = Math.max(limits.minGapSeconds, limits.maxGapSeconds) * second;
  return nextSendAt > now && nextSendAt <= now + longestGapMs ? { code: 'mailbox_gap', until: nextSendAt } : null;
}

/** The limits that a campaign's rules set to one mail; a day is that of the campaign's zone. Looks only at what is switched on. Pure. */
export function mailPace(rules: CampaignRules, mail: CountedMail, books: SendBooks, now: number): Block | null {
  const { maxPerDay, maxNewPerDay, maxPerDomainPerDay, maxPerCompanyPerDay } = rules;
  const limit = (code: WhyCode, most: number | null, sent: (() => SentTimes) | null): Block | null => {
    if (most === null || sent === null || sent().countSince(startOfLocalDay(rules.calendar.zone, now)) < most) return null;
    return { code, until: startOfNextLocalDay(rules.calendar.zone, now), detail: String(most) };
  };
  const { campaignId, domain, companyKey } = mail;
  return (
    limit('campaign_day', maxPerDay, campaignId === null ? null : () => books.campaign(campaignId, now)) ??
    limit('campaign_new_day', maxNewPerDay, campaignId === null || mail.priority !== 2 ? null : () => books.campaignNew(campaignId, now)) ??
    limit('domain_day', maxPerDomainPerDay, domain === '' ? null : () => books.domain(domain, now)) ??
    limit('company_day', maxPerCompanyPerDay, companyKey === '' ? null : () => books.company(companyKey, now))
  );
}

/**
 * Whether first mails that are due go before a campaign's follow-ups now. Of what a mailbox sent to people of campaigns
 * on its local day, follow-ups may take `share` per cent while first mails wait; what one side does not use goes to the
 * other. 100 = follow-ups always first. Pure.
 */
export function followUpsHaveHadTheirShare(share: number, followUpsToday: number, mailsToday: number): boolean {
  return share < 100 && (followUpsToday + 1) * 100 > share * (mailsToday + 1);
}

/** Campaigns in the order in which a mailbox serves them: whoever was served last comes last, newcomers first. Pure. */
export function inTurn(active: readonly string[], servedOldestFirst: readonly string[]): string[] {
  if (active.length < 2) return [...active];
  const known = new Set(servedOldestFirst);
  const living = new Set(active);
  return [...active.filter((id) => !known.has(id)), ...servedOldestFirst.filter((id) => living.has(id))];
}
