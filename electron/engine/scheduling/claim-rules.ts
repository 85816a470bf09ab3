import { campaignRulesSchema, type CampaignRules, type CampaignStatus } from '../../../shared/schemas/campaign.ts';
import { calendarSchema } from '../../../shared/schemas/common.ts';
import { absenceSchema, mailboxLimitsSchema } from '../../../shared/schemas/mailbox.ts';
import { countryOf } from '../contacts/index.ts';
import { isFreeMail } from '../lib/free-mail.ts';
import { second } from '../lib/clock.ts';
import { createParseOnce } from '../lib/parse-once.ts';
import { longestBackoffMs } from '../lib/backoff.ts';
import type { Tx } from '../store/index.ts';
import { calendarsFor, staleGate, windowGate, type MailboxView, type RecipientPlace } from './gates.ts';
import type { DayMailbox } from './mailbox-day.ts';
import { mailPace, type Block, type Today } from './pacing.ts';
import type { CountedMail, SendBooks, SentMail, SentSource } from './send-log.ts';

// Equal texts give the same objects, so that a calendar's weeks are compiled once and not at each mail.
export const parseRules = createParseOnce((value) => campaignRulesSchema.parse(value));
export const parseCalendar = createParseOnce((value) => calendarSchema.parse(value));
export const parseAbsences = createParseOnce((value) => absenceSchema.array().parse(value));
const parseLimits = createParseOnce((value) => mailboxLimitsSchema.parse(value));

/** What planner, claim and forecast must know of where a person is; select list over `contacts c`. */
export const recipientColumns = 'coalesce(c.time_zone, c.guessed_zone) as zone, c.country, c.phone, c.domain';
const recipientRow = `select ${recipientColumns}, c.company_key as companyKey from contacts c where c.id = ?`;

export interface RecipientRow {
  readonly zone: string | null;
  readonly country: string;
  readonly phone: string;
  readonly domain: string;
}

export function toRecipient(row: RecipientRow): RecipientPlace {
  return { zone: row.zone, country: countryOf(row) };
}

function contactView(prepare: Tx['prepare'], contactId: string | null): { recipient: RecipientPlace; companyKey: string } {
  const row = contactId === null ? undefined : (prepare(recipientRow).get(contactId) as (RecipientRow & { companyKey: string }) | undefined);
  return row === undefined ? { recipient: { zone: null, country: null }, companyKey: '' } : { recipient: toRecipient(row), companyKey: row.companyKey };
}

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
  /** 1 = a person has not approved it yet. */
  readonly needsApproval?: number;
}

/** The mailbox as the gates see it on the day that `todayOf` gives, or undefined when it is gone. */
export function mailboxView(prepare: Tx['prepare'], mailboxId: string, todayOf: (mailbox: DayMailbox) => Today): MailboxView | undefined {
  const row = prepare(
    `select id, state, state_reason as stateReason, paused_until as pausedUntil, backoff_until as backoffUntil, failures, next_send_at as nextSendAt, limits, calendar, absences,
       imap is not null as hasInbox, coalesce(inbox_checked_at, created_at) as inboxCheckedAt from mailboxes where id = ?`,
  ).get(mailboxId) as
    (Omit<MailboxView, 'limits' | 'calendar' | 'absences' | 'hasInbox' | 'today'> & { limits: string; calendar: string; absences: string; hasInbox: number }) | undefined;
  if (row === undefined) return undefined;
  const limits = parseLimits(row.limits);
  const calendar = parseCalendar(row.calendar);
  return { ...row, limits, calendar, absences: parseAbsences(row.absences), hasInbox: row.hasInbox === 1, today: todayOf({ id: row.id, limits, calendar }) };
}

/** The campaign of a delivery, as the claim looks at it. */
export interface CampaignView {
  readonly status: CampaignStatus;
  readonly rules: CampaignRules;
}

export function campaignView(prepare: Tx['prepare'], campaignId: string): CampaignView | undefined {
  const row = prepare('select status, rules from campaigns where id = ?').get(campaignId) as { status: CampaignStatus; rules: string } | undefined;
  return row === undefined ? undefined : { status: row.status, rules: parseRules(row.rules) };
}

/** Whoever is not the probe looks again so soon. */
const probeMs = 30 * second;

/** Open: nothing leaves for the domain. Half-open: exactly one mail tries. */
function domainGate(prepare: Tx['prepare'], domain: string, now: number): Block | null {
  const row = prepare('select until, reason from domain_backoffs where domain = ?').get(domain) as { until: number; reason: string } | undefined;
  if (row === undefined) return null;
  if (row.until > now && row.until <= now + longestBackoffMs) return { code: 'domain_backoff', until: row.until, detail: row.reason };
  const probing = prepare(`select 1 from deliveries where state in ('claimed','sending') and recipient_domain = ? limit 1`).get(domain);
  return probing === undefined ? null : { code: 'domain_probe', until: now + probeMs, detail: domain };
}

/** Everything about the row itself: campaign, windows, domain, staleness, limits. Null = may leave now. */
export function rowBlock(prepare: Tx['prepare'], row: DispatchRow, campaign: CampaignView | undefined, mailbox: MailboxView, books: SendBooks, now: number): Block | null {
  if (row.priority === 0) return null;
  if (row.needsApproval === 1) return { code: 'approval', until: null };
  const domain = domainGate(prepare, row.recipientDomain, now);
  if (domain !== null) return domain;
  if (row.campaignId === null) return null;
  if (campaign === undefined || campaign.status !== 'running') return { code: 'campaign_paused', until: null };
  const { rules } = campaign;
  if (rules.startAt !== null && rules.startAt > now) return { code: 'campaign_not_started', until: rules.startAt };
  const stale = staleGate(rules, row.slotAt, now);
  if (stale !== null) return stale;
  const contact = contactView(prepare, row.contactId);
  return (
    windowGate(calendarsFor(rules, mailbox, contact.recipient, row.priority === 2), now) ??
    mailPace(rules, { ...row, domain: isFreeMail(row.recipientDomain) ? '' : row.recipientDomain, companyKey: contact.companyKey }, books, now)
  );
}

/** The row as the limits count it. Its company is read only where something counts it. */
export function countedMail(prepare: Tx['prepare'], row: DispatchRow, books: SendBooks): CountedMail {
  const { mailboxId, campaignId, priority } = row;
  if (!books.countsRecipients || row.contactId === null) return { mailboxId, campaignId, priority, domain: '', companyKey: '' };
  const contact = prepare('select company_key as companyKey from contacts where id = ?').get(row.contactId) as { companyKey: string } | undefined;
  return { mailboxId, campaignId, priority, domain: isFreeMail(row.recipientDomain) ? '' : row.recipientDomain, companyKey: contact?.companyKey ?? '' };
}

/** What left, from the delivery rows. An unknown outcome counts: it may have been accepted. */
export function sentRows(prepare: Tx['prepare']): SentSource {
  const columns = `d.mailbox_id as mailboxId, d.campaign_id as campaignId, d.priority, d.recipient_domain as domain, coalesce(c.company_key, '') as companyKey, coalesce(d.sent_at, d.sending_at) as at`;
  const contact = 'left join contacts c on c.id = d.contact_id';
  const unknown = `d.state = 'unknown' and d.sending_at >= @since`;
  const read = (sql: string, params: Record<string, string | number>): SentMail[] =>
    (prepare(sql).all(params) as SentMail[]).map((mail) => (isFreeMail(mail.domain) ? { ...mail, domain: '' } : mail));
  return {
    ofMailbox: (id, since) =>
      read(
        `select ${columns} from deliveries d ${contact} where d.mailbox_id = @id and d.sent_at >= @since
         union all select ${columns} from deliveries d ${contact} where d.mailbox_id = @id and ${unknown}`,
        { id, since },
      ),
    ofCampaign: (id, since) =>
      read(
        `select ${columns} from deliveries d ${contact} where d.campaign_id = @id and d.sent_at >= @since
         union all select ${columns} from deliveries d ${contact} where d.campaign_id = @id and ${unknown}`,
        { id, since },
      ),
    ofAll: (since) =>
      read(
        `select ${columns} from campaigns g cross join deliveries d indexed by deliveries_campaign_sent on d.campaign_id = g.id and d.sent_at >= @since ${contact}
         union all select ${columns} from deliveries d ${contact} where d.campaign_id is not null and ${unknown}`,
        { since },
      ),
  };
}
