import { campaignRulesSchema, type CampaignRules, type CampaignStatus } from '../../../shared/schemas/campaign.ts';
import { calendarSchema } from '../../../shared/schemas/common.ts';
import { mailboxLimitsSchema } from '../../../shared/schemas/mailbox.ts';
import { createParseOnce } from '../lib/parse-once.ts';
import { recipientBackoff } from '../lib/backoff.ts';
import type { Tx } from '../store/index.ts';
import { startOfLocalDay, startOfNextLocalDay } from '../lib/zone.ts';
import { calendarsFor, staleGate, windowGate, type Block, type MailboxView } from './gates.ts';

// Equal texts give the same objects, so that a calendar's weeks are compiled once and not at each mail.
export const parseRules = createParseOnce((value) => campaignRulesSchema.parse(value));
export const parseCalendar = createParseOnce((value) => calendarSchema.parse(value));
const parseLimits = createParseOnce((value) => mailboxLimitsSchema.parse(value));

/** What the dispatcher needs to know of a delivery. */
export interface DispatchRow {
  readonly id: string;
  readonly priority: number;
  readonly campaignId: string | null;
  readonly contactId: string | null;
  readonly enrolmentId: string | null;
  readonly mailboxId: string;
  readonly recipientDomain: string;
  readonly slotAt: number;
}

/** The mailbox as the gates see it, or undefined when it is gone. */
export function mailboxView(prepare: Tx['prepare'], mailboxId: string): MailboxView | undefined {
  const row = prepare(
    `select id, state, state_reason as stateReason, paused_until as pausedUntil, backoff_until as backoffUntil, next_send_at as nextSendAt, limits, calendar,
       imap is not null as hasInbox, coalesce(inbox_checked_at, created_at) as inboxCheckedAt from mailboxes where id = ?`,
  ).get(mailboxId) as (Omit<MailboxView, 'limits' | 'calendar' | 'hasInbox'> & { limits: string; calendar: string; hasInbox: number }) | undefined;
  if (row === undefined) return undefined;
  return { ...row, limits: parseLimits(row.limits), calendar: parseCalendar(row.calendar), hasInbox: row.hasInbox === 1 };
}

/** Everything about the row itself: campaign, windows, domain, staleness. Null = may leave now. */
export function rowBlock(prepare: Tx['prepare'], row: DispatchRow, mailbox: MailboxView, now: number): Block | null {
  if (row.priority === 0) return null;
  const domain = prepare('select until, reason from domain_backoffs where domain = ?').get(row.recipientDomain) as { until: number; reason: string } | undefined;
  if (domain !== undefined && domain.until > now && domain.until <= now + recipientBackoff.capMs) return { code: 'domain_backoff', until: domain.until, detail: domain.reason };
  if (row.campaignId === null) return null;
  const campaign = prepare('select status, rules from campaigns where id = ?').get(row.campaignId) as { status: CampaignStatus; rules: string } | undefined;
  if (campaign === undefined || campaign.status !== 'running') return { code: 'campaign_paused', until: null };
  const rules = parseRules(campaign.rules);
  if (rules.startAt !== null && rules.startAt > now) return { code: 'campaign_not_started', until: rules.startAt };
  const stale = staleGate(rules, row.slotAt, now);
  if (stale !== null) return stale;
  const contact = row.contactId === null ? undefined : (prepare('select time_zone as zone from contacts where id = ?').get(row.contactId) as { zone: string | null } | undefined);
  return windowGate(calendarsFor(rules, mailbox.calendar, contact?.zone ?? null), now) ?? campaignDayBlock(prepare, row, rules, now);
}

function campaignDayBlock(prepare: Tx['prepare'], row: DispatchRow, rules: CampaignRules, now: number): Block | null {
  if (rules.maxPerDay === null && (rules.maxNewPerDay === null || row.priority !== 2)) return null;
  const zone = rules.calendar.zone;
  const counts = prepare(
    `select count(*) as total, coalesce(sum(priority = 2), 0) as fresh from (
       select priority from deliveries where campaign_id = @campaignId and sent_at >= @since
       union all select priority from deliveries where campaign_id = @campaignId and state in ('claimed','sending')
       union all select priority from deliveries where campaign_id = @campaignId and state in ('unknown','held','failed') and state = 'unknown' and sending_at >= @since)`,
  ).get({ campaignId: row.campaignId, since: startOfLocalDay(zone, now) }) as { total: number; fresh: number };
  const until = startOfNextLocalDay(zone, now);
  if (rules.maxPerDay !== null && counts.total >= rules.maxPerDay) return { code: 'campaign_day', until, detail: String(rules.maxPerDay) };
  if (rules.maxNewPerDay !== null && row.priority === 2 && counts.fresh >= rules.maxNewPerDay) return { code: 'campaign_new_day', until, detail: String(rules.maxNewPerDay) };
  return null;
}
