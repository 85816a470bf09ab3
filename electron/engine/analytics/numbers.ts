import type { CampaignCounts } from '../../../shared/schemas/campaign.ts';
import type { EnrolmentState } from '../../../shared/schemas/enrolment.ts';
import type { DeliveryState } from '../../../shared/schemas/delivery.ts';
import type { ReplyClass } from '../../../shared/schemas/reply.ts';
import type { Store } from '../store/index.ts';

/**
 * What each number means, in one place. All are counted from rows of record, never from counters, so a corrected reply
 * class corrects every figure:
 * - mailed: people with at least one accepted mail of a sequence; the denominator of every rate.
 * - replied: people with a message of the class `human`. Out-of-office notes and other automatic answers never count.
 * - bounced: people whose address is permanently bad: refused by the server (`unknown_recipient`) or reported by a hard bounce.
 * - unsubscribed: people with an opt-out, by words or by the unsubscribe address.
 */
const repliedClass: ReplyClass = 'human';
const bouncedClass: ReplyClass = 'hard_bounce';
const unsubscribedClass: ReplyClass = 'opt_out';

/** Partial indexes are only used when their condition stands in the query word for word. */
const openStates = `state in ('claimed','sending','unknown','held','failed')`;
const badAddress = `${openStates} and state = 'failed' and answer_class = 'unknown_recipient'`;
const waitingStates = new Set<DeliveryState>(['planned', 'claimed', 'sending', 'deferred', 'held', 'unknown']);

interface Pair {
  campaignId: string;
  n: number;
}

/** Counts of several campaigns at once; every id asked for has an entry. */
export function campaignCounts(store: Store, campaignIds: readonly string[]): Map<string, CampaignCounts> {
  const ids = JSON.stringify(campaignIds);
  const counts = new Map<string, CampaignCounts>(campaignIds.map((id) => [id, emptyCounts()]));
  const chosen = 'campaign_id in (select value from json_each(@ids))';

  const states = store.prepareRead(`select campaign_id as campaignId, state, count(*) as n from enrolments indexed by enrolments_campaign_state where ${chosen} group by campaign_id, state`).all({ ids }) as (Pair & { state: EnrolmentState })[];
  for (const { campaignId, state, n } of states) {
    const own = counts.get(campaignId);
    if (own === undefined) continue;
    own.enrolments[state] = n;
    own.people += n;
  }
  const mails = store.prepareRead(`select campaign_id as campaignId, state, count(*) as n from deliveries indexed by deliveries_campaign where ${chosen} group by campaign_id, state`).all({ ids }) as (Pair & { state: DeliveryState })[];
  for (const { campaignId, state, n } of mails) {
    const own = counts.get(campaignId);
    if (own === undefined) continue;
    if (state === 'sent') own.sent = n;
    else if (state === 'failed') own.failed = n;
    else if (waitingStates.has(state)) own.waiting += n;
  }
  const fill = (key: 'mailed' | 'replied' | 'bounced' | 'unsubscribed', pairs: unknown[]) => {
    for (const { campaignId, n } of pairs as Pair[]) {
      const own = counts.get(campaignId);
      if (own !== undefined) own[key] = n;
    }
  };
  fill('mailed', store.prepareRead(`select campaign_id as campaignId, count(distinct contact_id) as n from enrolments indexed by enrolments_mailed where ${chosen} and sent_count > 0 group by campaign_id`).all({ ids }));
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
    people: 0, mailed: 0, sent: 0, waiting: 0, failed: 0, replied: 0, bounced: 0, unsubscribed: 0,
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

/** Figures of the whole workspace; `sent` counts mails, test mails left out, the others people. */
export function totals(store: Store): Totals {
  const one = (sql: string, params: Record<string, string> = {}) => (store.prepareRead(sql).get(params) as { n: number }).n;
  const people = 'select count(distinct contact_id) as n from replies where class = @class';
  return {
    contacts: one('select count(*) as n from contacts'),
    mailed: one('select count(distinct contact_id) as n from enrolments indexed by enrolments_mailed where sent_count > 0'),
    sent: one(`select count(*) as n from events where type = 'sent'`) - one(`select count(*) as n from deliveries where kind = 'test' and sent_at is not null`),
    replied: one(people, { class: repliedClass }),
    unsubscribed: one(people, { class: unsubscribedClass }),
    bounced: one(`select count(*) as n from (select contact_id from replies where class = @class and contact_id is not null union select contact_id from deliveries where ${badAddress} and contact_id is not null)`, { class: bouncedClass }),
  };
}

export interface PeriodCounts {
  sent: number;
  replied: number;
  bounced: number;
  unsubscribed: number;
}

/** What happened from `from` (inclusive) to `to` (exclusive), UTC ms. A person counts once in each figure. */
export function countsBetween(store: Store, from: number, to: number): PeriodCounts {
  const range = { from, to };
  const one = (sql: string, params: Record<string, string | number>) => (store.prepareRead(sql).get(params) as { n: number }).n;
  const people = 'select count(distinct contact_id) as n from replies where class = @class and received_at >= @from and received_at < @to';
  return {
    sent: one(`select count(*) as n from events where type = 'sent' and at >= @from and at < @to`, range) - one(`select count(*) as n from deliveries where kind = 'test' and sent_at >= @from and sent_at < @to`, range),
    replied: one(people, { ...range, class: repliedClass }),
    unsubscribed: one(people, { ...range, class: unsubscribedClass }),
    bounced: one(
      `select count(*) as n from (
         select contact_id from replies where class = @class and received_at >= @from and received_at < @to and contact_id is not null
         union select contact_id from deliveries where ${badAddress} and updated_at >= @from and final_at >= @from and final_at < @to and contact_id is not null)`,
      { ...range, class: bouncedClass },
    ),
  };
}
