import type { AnalyticsBreakdown, OutcomeRates } from '../../../shared/schemas/analytics.ts';
import type { CampaignStatus } from '../../../shared/schemas/campaign.ts';
import { graphSchema } from '../../../shared/schemas/sequence.ts';
import { emailSteps } from '../../../shared/graph.ts';
import { familyOf, providerById, providerOfDomain } from '../../../shared/providers.ts';
import type { Store } from '../store/index.ts';
import { rate } from './rate.ts';

/** Mails read before other work gets a turn. */
const slice = 1000;

const positiveIntents: readonly string[] = ['positive', 'meeting'];

/** What came back, as bits: one mail or person may have several. */
const replied = 1;
const positive = 2;
const bounced = 4;
const unsubscribed = 8;
/** Refused at once for its bad address: it was never accepted. */
const refused = 16;

/** Counts of mails, or of people, by what became of them. */
class Tally {
  sent = 0;
  #all = 0;
  #refused = 0;
  #replied = 0;
  #positive = 0;
  #bounced = 0;
  #unsubscribed = 0;

  /** One mail or person with everything that came back from it; `mails` = how many were accepted. */
  add(bits: number, mails: number): void {
    this.sent += mails;
    if (mails > 0) this.#all += 1;
    else if ((bits & refused) !== 0) this.#refused += 1;
    if ((bits & bounced) !== 0) this.#bounced += 1;
    // Who got nothing in the period answers something older.
    if (mails === 0) return;
    if ((bits & replied) !== 0) this.#replied += 1;
    if ((bits & positive) !== 0) this.#positive += 1;
    if ((bits & unsubscribed) !== 0) this.#unsubscribed += 1;
  }

  get accepted(): number {
    return this.#all;
  }

  rates(): OutcomeRates {
    return {
      sent: this.sent,
      replied: rate(this.#replied, this.#all),
      positive: rate(this.#positive, this.#all),
      bounced: rate(this.#bounced, this.#all + this.#refused),
      unsubscribed: rate(this.#unsubscribed, this.#all),
    };
  }
}

interface MailRow {
  rowid: number;
  id: string;
  contactId: string | null;
  mailboxId: string;
  domain: string;
  stepId: string | null;
  stepNumber: number | null;
  variantId: string | null;
  at: number;
}

/** Get-or-make in a map. */
function tallyOf<K>(tallies: Map<K, Tally>, key: K): Tally {
  let own = tallies.get(key);
  if (own === undefined) tallies.set(key, (own = new Tally()));
  return own;
}

/**
 * What became of the mails of campaigns that left from `from` (inclusive) to `to` (exclusive), UTC ms; what came back is
 * counted for the mail it answers, whenever it came. People are counted once in a campaign, once in the totals. Rows of
 * record are read in slices that leave the event loop free.
 */
export async function breakdown(store: Store, query: { from: number; to: number; campaignId?: string | undefined }): Promise<AnalyticsBreakdown> {
  const { from, to } = query;
  const campaigns = store
    .prepareRead(`select id, name, status from campaigns where launched_at is not null and (@id is null or id = @id) order by launched_at desc, id`)
    .all({ id: query.campaignId ?? null }) as { id: string; name: string; status: CampaignStatus }[];
  const mailboxTallies = new Map<string, Tally>();
  const providerTallies = new Map<string | null, Tally>();
  const stepTallies = new Map<string, Tally>();
  const everybody = new Map<string, { bits: number; mails: number }>();
  const providerOf = createProviderOf(store);
  const lines: AnalyticsBreakdown['campaigns'] = [];

  for (const campaign of campaigns) {
    const { ofMail, ofPerson } = readOutcomesOf(store, campaign.id);
    const people = new Map<string, { bits: number; mails: number }>();
    const count = (mail: MailRow) => {
      const bits = ofMail.get(mail.id) ?? 0;
      const accepted = (bits & refused) === 0 ? 1 : 0;
      tallyOf(mailboxTallies, mail.mailboxId).add(bits, accepted);
      tallyOf(providerTallies, providerOf(mail.domain)).add(bits, accepted);
      if (query.campaignId !== undefined && mail.stepId !== null)
        tallyOf(stepTallies, JSON.stringify([mail.stepNumber ?? 0, mail.stepId, mail.variantId ?? 'A'])).add(bits, accepted);
      if (mail.contactId === null) return;
      const person = people.get(mail.contactId) ?? { bits: ofPerson.get(mail.contactId) ?? 0, mails: 0 };
      person.mails += accepted;
      person.bits |= bits;
      people.set(mail.contactId, person);
    };
    for await (const page of pagesOf(store, campaign.id, from, to)) page.forEach(count);
    const tally = new Tally();
    for (const [contactId, { bits, mails }] of people) {
      tally.add(bits, mails);
      const known = everybody.get(contactId) ?? { bits: 0, mails: 0 };
      everybody.set(contactId, { bits: known.bits | bits, mails: known.mails + mails });
    }
    if (people.size === 0 && query.campaignId === undefined) continue;
    const { n: enrolled } = store.prepareRead('select count(*) as n from enrolments where campaign_id = ?').get(campaign.id) as { n: number };
    lines.push({ campaignId: campaign.id, name: campaign.name, status: campaign.status, enrolled, mailed: tally.accepted, ...tally.rates() });
  }

  const totals = new Tally();
  for (const { bits, mails } of everybody.values()) totals.add(bits, mails);
  return {
    people: totals.accepted,
    totals: totals.rates(),
    campaigns: lines,
    steps: stepsOf(store, query.campaignId, stepTallies),
    mailboxes: bySent(mailboxTallies).map(([mailboxId, tally]) => ({ mailboxId, name: mailboxName(store, mailboxId), ...tally.rates() })),
    providers: bySent(providerTallies).map(([provider, tally]) => ({ provider, name: provider === null ? '' : (providerById(provider)?.name ?? provider), ...tally.rates() })),
  };
}

function bySent<K>(tallies: Map<K, Tally>): [K, Tally][] {
  return [...tallies].sort(([, a], [, b]) => b.sent - a.sent);
}

/** The mails of a campaign that were accepted, or refused at once, in a period; other work gets a turn behind each page. */
async function* pagesOf(store: Store, campaignId: string, from: number, to: number): AsyncGenerator<MailRow[]> {
  const columns = `rowid, id, contact_id as contactId, mailbox_id as mailboxId, recipient_domain as domain, step_id as stepId, step_number as stepNumber, variant_id as variantId`;
  const page = store.prepareRead(
    `select ${columns}, sent_at as at from deliveries indexed by deliveries_campaign_sent
     where campaign_id = @campaignId and sent_at is not null and (sent_at, rowid) > (@at, @rowid) and sent_at < @to and mailbox_id is not null order by sent_at, rowid limit ${slice}`,
  );
  for (let after = { at: from, rowid: -1 }; ;) {
    const rows = page.all({ campaignId, ...after, to }) as MailRow[];
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < slice) break;
    after = { at: last.at, rowid: last.rowid };
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  yield store
    .prepareRead(
      `select ${columns}, updated_at as at from deliveries where campaign_id = @campaignId and ${refusedAtOnce} and coalesce(final_at, updated_at) >= @from and coalesce(final_at, updated_at) < @to and mailbox_id is not null`,
    )
    .all({ campaignId, from, to }) as MailRow[];
}

/** The words of the partial index `deliveries_campaign`, so that only what was never sent is read. */
const refusedAtOnce = `state in ('planned','deferred','held','unknown','failed') and state = 'failed' and answer_class = 'unknown_recipient'`;

/** What came back to a campaign, by mail and by person, of all time: a few per cent of what was sent. */
function readOutcomesOf(store: Store, campaignId: string): { ofMail: Map<string, number>; ofPerson: Map<string, number> } {
  const ofMail = new Map<string, number>();
  const ofPerson = new Map<string, number>();
  const add = (map: Map<string, number>, key: string | null, bits: number) => key !== null && map.set(key, (map.get(key) ?? 0) | bits);
  const answers = store
    .prepareRead(`select class, intent, delivery_id as deliveryId, contact_id as contactId from replies where campaign_id = ? and class in ('human','hard_bounce','opt_out')`)
    .all(campaignId) as { class: string; intent: string | null; deliveryId: string | null; contactId: string | null }[];
  for (const { class: kind, intent, deliveryId, contactId } of answers) {
    const bits = kind === 'hard_bounce' ? bounced : kind === 'opt_out' ? unsubscribed : replied | (intent !== null && positiveIntents.includes(intent) ? positive : 0);
    add(ofMail, deliveryId, bits);
    add(ofPerson, contactId, bits);
  }
  const failures = store.prepareRead(`select id, contact_id as contactId from deliveries where campaign_id = ? and ${refusedAtOnce}`).all(campaignId) as {
    id: string;
    contactId: string | null;
  }[];
  for (const { id, contactId } of failures) {
    add(ofMail, id, bounced | refused);
    add(ofPerson, contactId, bounced | refused);
  }
  return { ofMail, ofPerson };
}

/** Who takes the mail of a domain: a provider's family, or null. Asks no DNS. */
function createProviderOf(store: Store): (domain: string) => string | null {
  const known = new Map<string, string | null>();
  const stored = store.prepareRead('select provider from domain_providers where domain = ?');
  return (domain) => {
    let provider = known.get(domain);
    if (provider === undefined) {
      const own = providerOfDomain(domain);
      const row = own === null ? (stored.get(domain) as { provider: string } | undefined) : undefined;
      provider = own !== null ? familyOf(own) : row === undefined || row.provider === 'other' ? null : row.provider;
      known.set(domain, provider);
    }
    return provider;
  };
}

function mailboxName(store: Store, id: string): string {
  return (store.prepareRead('select name from mailboxes where id = ?').get(id) as { name: string } | undefined)?.name ?? '';
}

function stepsOf(store: Store, campaignId: string | undefined, tallies: Map<string, Tally>): AnalyticsBreakdown['steps'] {
  if (campaignId === undefined) return [];
  const graphs = store
    .prepareRead('select v.graph from sequence_versions v where v.id in (select distinct sequence_version_id from enrolments where campaign_id = ?) order by v.number')
    .all(campaignId) as { graph: string }[];
  const subjects = new Map<string, string>();
  for (const { graph } of graphs) {
    const parsed = graphSchema.safeParse(JSON.parse(graph));
    if (!parsed.success) continue;
    for (const step of emailSteps(parsed.data))
      for (const variant of step.variants) subjects.set(JSON.stringify([step.id, variant.id]), variant.subject || (step.variants[0]?.subject ?? ''));
  }
  return [...tallies]
    .map(([key, tally]) => {
      const [number, stepId, variantId] = JSON.parse(key) as [number, string, string];
      return { stepId, number, variantId, subject: subjects.get(JSON.stringify([stepId, variantId])) ?? '', ...tally.rates() };
    })
    .sort((a, b) => a.number - b.number || a.stepId.localeCompare(b.stepId) || a.variantId.localeCompare(b.variantId));
}
