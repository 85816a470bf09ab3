import type { CampaignCounts } from '../../../shared/schemas/campaign.ts';
import type { EnrolmentState } from '../../../shared/schemas/enrolment.ts';
import type { DeliveryState } from '../../../shared/schemas/delivery.ts';
import type { ReplyClass } from '../../../shared/schemas/reply.ts';
import { oneOf, schema, type Store } from '../store/index.ts';
import type { Rollup } from './rollup.ts';

/**
 * What each number means, in one place. All are counted from rows of record, never from counters, so a corrected reply
 * class corrects every figure:
 * - sent: mails of campaigns; tests and a person's own replies are left out.
 * - mailed: people with at least one accepted mail of a sequence; the denominator of every rate.
 * - replied: people with a message of the class `human`. Out-of-office notes and other automatic answers never count.
 * - bounced: people whose address is permanently bad: refused by the server (`unknown_recipient`) or reported by a hard bounce.
 * - unsubscribed: people with an opt-out, by words or by the unsubscribe address.
 */
const repliedClass: ReplyClass = 'human';
const bouncedClass: ReplyClass = 'hard_bounce';
const unsubscribedClass: ReplyClass = 'opt_out';

/** Partial indexes are only used when their condition stands in the query word for word, or one part of it. */
const unsentStates = oneOf('state', schema.unsentStates);
const inFlightStates = `state in ('claimed','sending')`;
const badAddress = `state = 'failed' and answer_class = 'unknown_recipient'`;

interface Pair {
  campaignId: string;
  n: number;
}

/** Counts of several campaigns at once; every id asked for has an entry. */
export function campaignCounts(store: Store, rollup: Rollup, campaignIds: readonly string[]): Map<string, CampaignCounts> {
  const ids = JSON.stringify(campaignIds);
  const counts = new Map<string, CampaignCounts>(campaignIds.map((id) => [id, emptyCounts()]));
  const chosen = 'campaign_id in (select value from json_each(@ids))';

  const states = store
    .prepareRead(`select campaign_id as campaignId, state, count(*) as n from enrolments indexed by enrolments_campaign_state where ${chosen} group by campaign_id, state`)
    .all({ ids }) as (Pair & { state: EnrolmentState })[];
  for (const { campaignId, state, n } of states) {
    const own = counts.get(campaignId);
    if (own === undefined) continue;
    own.enrolments[state] = n;
    own.people += n;
  }
  const mails = rollup.read().campaigns;
  for (const [campaignId, own] of counts) Object.assign(own, mails.get(campaignId));
  // Ranges of the index for each state: what was sent long ago is never walked.
  const pending = store
    .prepareRead(
      `select campaign_id as campaignId, state, count(*) as n from deliveries indexed by deliveries_campaign
       where ${chosen} and ${unsentStates} group by campaign_id, state`,
    )
    .all({ ids }) as (Pair & { state: DeliveryState })[];
  const inFlight = store
    .prepareRead(
      `select campaign_id as campaignId, 'sending' as state, count(*) as n from deliveries indexed by deliveries_in_flight where ${chosen} and ${inFlightStates} group by campaign_id`,
    )
    .all({ ids }) as typeof pending;
  for (const { campaignId, state, n } of [...pending, ...inFlight]) {
    const own = counts.get(campaignId);
    if (own === undefined) continue;
    if (state === 'failed') own.failed = n;
    else own.waiting += n;
  }
  const fill = (key: 'replied' | 'bounced' | 'unsubscribed', pairs: unknown[]) => {
    for (const { campaignId, n } of pairs as Pair[]) {
      const own = counts.get(campaignId);
      if (own !== undefined) own[key] = n;
    }
  };
  const people = store.prepareRead(`select campaign_id as campaignId, count(distinct contact_id) as n from replies where class = @class and ${chosen} group by campaign_id`);
  fill('replied', people.all({ ids, class: repliedClass }));
  fill('unsubscribed', people.all({ ids, class: unsubscribedClass }));
  fill(
    'bounced',
    store
      .prepareRead(
        `select campaignId, count(*) as n from (
           select campaign_id as campaignId, contact_id from replies where class = @class and ${chosen} and contact_id is not null
           union select campaign_id, contact_id from deliveries where ${badAddress} and ${chosen} and contact_id is not null)
         group by campaignId`,
      )
      .all({ ids, class: bouncedClass }),
  );
  return counts;
}

function emptyCounts(): CampaignCounts {
  return {
    people: 0,
    mailed: 0,
    sent: 0,
    waiting: 0,
    failed: 0,
    replied: 0,
    bounced: 0,
    unsubscribed: 0,
    enrolments: { pending: 0, active: 0, paused: 0, held: 0, finished: 0, stopped: 0, failed: 0 },
  };
}

export interface Totals {
  contacts: number;
  mailed: number;
  sent: number;
  replied: number;
  bounced: number;
  unsubscribed: number;
}

interface Fact {
  /** UTC ms. */
  readonly at: number;
  readonly contactId: string;
}

/** What came back from whom, of all time: a few per cent of what was sent, so it is read once and counted several ways. */
export interface Outcomes {
  readonly replied: readonly Fact[];
  readonly bounced: readonly Fact[];
  readonly unsubscribed: readonly Fact[];
}

/** Of one campaign, or of all. */
export function readOutcomes(store: Store, campaignId?: string): Outcomes {
  const chosen = campaignId === undefined ? '' : ' and campaign_id = ?';
  const params = campaignId === undefined ? [] : [campaignId];
  const messages = store.prepareRead(`select received_at as at, contact_id as contactId from replies where class = ? and contact_id is not null${chosen}`);
  const refused = store.prepareRead(`select coalesce(final_at, updated_at) as at, contact_id as contactId from deliveries where ${badAddress} and contact_id is not null${chosen}`);
  return {
    replied: messages.all(repliedClass, ...params) as Fact[],
    bounced: [...(messages.all(bouncedClass, ...params) as Fact[]), ...(refused.all(...params) as Fact[])],
    unsubscribed: messages.all(unsubscribedClass, ...params) as Fact[],
  };
}

/** Figures of the whole workspace; `sent` counts the mails of campaigns, the others people. */
export function totals(store: Store, rollup: Rollup, outcomes: Outcomes): Totals {
  const people = (facts: readonly Fact[]) => new Set(facts.map((fact) => fact.contactId)).size;
  const { n } = store.prepareRead('select count(*) as n from contacts').get() as { n: number };
  return { contacts: n, ...rollup.read().all, replied: people(outcomes.replied), bounced: people(outcomes.bounced), unsubscribed: people(outcomes.unsubscribed) };
}

/** Mails that wait for their time or for somebody. */
export function waitingMails(store: Store): number {
  const states = `${oneOf('d.state', schema.unsentStates)} and d.state <> 'failed'`;
  // The cross join keeps the order: campaigns first, then one range of the index for each state.
  const row = store
    .prepareRead(
      `select (select count(*) from campaigns g cross join deliveries d indexed by deliveries_campaign where d.campaign_id = g.id and ${states})
            + (select count(*) from deliveries d indexed by deliveries_campaign where d.campaign_id is null and ${states})
            + (select count(*) from deliveries indexed by deliveries_in_flight where ${inFlightStates}) as n`,
    )
    .get() as { n: number };
  return row.n;
}

export interface PeriodCounts {
  sent: number;
  replied: number;
  bounced: number;
  unsubscribed: number;
}

export interface Period {
  /** UTC ms, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
}

/** What happened in each of the periods (ascending, without gaps), in one campaign or in all. A person counts once in each figure of a period. */
export function countsIn(store: Store, outcomes: Outcomes, periods: readonly Period[], campaignId?: string): PeriodCounts[] {
  const start = periods[0]?.from ?? 0;
  const counts: PeriodCounts[] = periods.map(() => ({ sent: 0, replied: 0, bounced: 0, unsubscribed: 0 }));
  const sent = store.prepareRead(
    campaignId === undefined
      ? `select count(*) as n from events where type = 'sent' and at >= @from and at < @to`
      : `select count(*) as n from events where campaign_id = @campaignId and type = 'sent' and at >= @from and at < @to`,
  );
  for (const [index, { from, to }] of periods.entries()) {
    const own = counts[index];
    if (own !== undefined) own.sent = (sent.get(campaignId === undefined ? { from, to } : { campaignId, from, to }) as { n: number }).n;
  }
  const others = store
    .prepareRead(`select sent_at as at from deliveries where kind in ('test','reply','one-off') and sent_at >= @start and (@campaignId is null or campaign_id = @campaignId)`)
    .all({ start, campaignId: campaignId ?? null }) as { at: number }[];
  for (const { at } of others) {
    const own = counts[periodOf(periods, at)];
    if (own !== undefined) own.sent -= 1;
  }
  for (const key of ['replied', 'bounced', 'unsubscribed'] as const) {
    const seen = periods.map(() => new Set<string>());
    for (const { at, contactId } of outcomes[key]) if (at >= start) seen[periodOf(periods, at)]?.add(contactId);
    for (const [index, own] of counts.entries()) own[key] = seen[index]?.size ?? 0;
  }
  return counts;
}

function periodOf(periods: readonly Period[], at: number): number {
  return periods.findLastIndex((period) => period.from <= at);
}
