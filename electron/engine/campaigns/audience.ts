import type { Audience, CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { Segments, Suppressions } from '../contacts/index.ts';
import { recipientColumns, toRecipient, type RecipientPlace, type RecipientRow } from '../scheduling/index.ts';
import type { Store } from '../store/index.ts';

export interface Candidate {
  readonly contactId: string;
  readonly email: string;
  readonly domain: string;
  readonly companyKey: string;
  readonly recipient: RecipientPlace;
}

export interface AudienceView {
  readonly enrollable: number;
  readonly suppressed: number;
  /** Contacts of other people of the team, which a sender's campaign does not write to. */
  readonly ownedByOthers: number;
  readonly alreadyEnrolled: number;
}

/** Where people and segments are read. */
export interface AudienceDeps {
  readonly store: Store;
  readonly contacts: { readonly segments: Pick<Segments, 'membersOf'>; readonly suppressions: Pick<Suppressions, 'isErased'> };
}

/** SQL condition over `contacts c` for an audience, with its parameters. An empty audience matches nobody. Segments hold whoever fits them now. */
function members({ store, contacts }: AudienceDeps, audience: Audience): { sql: string; params: (string | number)[] } {
  if (audience.everyone) return { sql: '1', params: [] };
  const parts: string[] = [];
  const params: (string | number)[] = [];
  if (audience.listIds.length > 0) {
    parts.push('c.id in (select contact_id from list_members where list_id in (select value from json_each(?)))');
    params.push(JSON.stringify(audience.listIds));
  }
  if (audience.contactIds.length > 0) {
    parts.push('c.id in (select value from json_each(?))');
    params.push(JSON.stringify(audience.contactIds));
  }
  for (const id of audience.segmentIds ?? []) {
    const { sql, binds } = contacts.segments.membersOf(store.prepareRead, id);
    parts.push(sql);
    params.push(...binds);
  }
  return { sql: parts.length === 0 ? '0' : `(${parts.join(' or ')})`, params };
}

// Suppression is looked up here too, not only in the contact's status: a domain may be suppressed.
const suppressed = `(c.status <> 'active' or exists (select 1 from suppressions s where s.kind = 'address' and s.value = c.email)
  or exists (select 1 from suppressions s where s.kind = 'domain' and (s.value = c.domain or c.domain like '%.' || s.value)))`;

// Only the campaigns of senders are held to it: managers and owners look after everybody.
const ownedByOthers = `(c.owner_id is not null and exists (select 1 from campaigns g join profiles p on p.id = g.owner_id where g.id = ? and p.role = 'sender' and p.id <> c.owner_id))`;

function enrolled(rules: CampaignRules): string {
  // Only who came to the end may come again: not who replied, was stopped, or failed.
  const states = rules.reEnrol === 'when_finished' ? `and e.state <> 'finished'` : '';
  return `exists (select 1 from enrolments e where e.campaign_id = ? and e.contact_id = c.id ${states})`;
}

/** How many would be enrolled now, and who is left out and why. */
export function viewAudience(deps: AudienceDeps, campaignId: string, audience: Audience, rules: CampaignRules): AudienceView {
  const { sql, params } = members(deps, audience);
  return deps.store
    .prepareRead(
      `select coalesce(sum(not blocked and not known and not theirs), 0) as enrollable, coalesce(sum(blocked), 0) as suppressed, coalesce(sum(known and not blocked), 0) as alreadyEnrolled,
         coalesce(sum(theirs and not blocked and not known), 0) as ownedByOthers
       from (select ${suppressed} as blocked, ${enrolled(rules)} as known, ${ownedByOthers} as theirs from contacts c where ${sql})`,
    )
    .get(campaignId, campaignId, ...params) as AudienceView;
}

/** People to enrol, in order of id after `afterId`: pages of a launch. */
export function candidates(deps: AudienceDeps, campaignId: string, audience: Audience, rules: CampaignRules, afterId: string, limit: number): Candidate[] {
  const { sql, params } = members(deps, audience);
  const rows = deps.store
    .prepareRead(
      `select c.id as contactId, c.email, c.company_key as companyKey, ${recipientColumns} from contacts c
       where c.id > ? and not ${suppressed} and not ${enrolled(rules)} and not ${ownedByOthers} and ${sql} order by c.id limit ?`,
    )
    .all(afterId, campaignId, campaignId, ...params, limit) as (RecipientRow & { contactId: string; email: string; companyKey: string })[];
  return rows.map((row) => ({ contactId: row.contactId, email: row.email, domain: row.domain, companyKey: row.companyKey, recipient: toRecipient(row) }));
}

/** How many of an audience live in each zone; null = not known. Suppressed people are left out. */
export function audienceZones(deps: AudienceDeps, audience: Audience): { zone: string | null; people: number; guessed: number }[] {
  const { sql, params } = members(deps, audience);
  return deps.store
    .prepareRead(
      `select coalesce(c.time_zone, c.guessed_zone) as zone, count(*) as people, sum(c.time_zone is null and c.guessed_zone is not null) as guessed
       from contacts c where not ${suppressed} and ${sql} group by 1 order by 2 desc`,
    )
    .all(...params) as { zone: string | null; people: number; guessed: number }[];
}

/** How many of an audience have an address that looks undeliverable. Suppressed people are left out. */
export function undeliverablePeople(deps: AudienceDeps, audience: Audience): number {
  const { sql, params } = members(deps, audience);
  return (deps.store.prepareRead(`select count(*) as n from contacts c where c.verdict = 'undeliverable' and not ${suppressed} and ${sql}`).get(...params) as { n: number }).n;
}

/** How many of an audience have their mail at each domain. Suppressed people are left out. */
export function audienceDomains(deps: AudienceDeps, audience: Audience): { domain: string; people: number }[] {
  const { sql, params } = members(deps, audience);
  return deps.store.prepareRead(`select c.domain, count(*) as people from contacts c where not ${suppressed} and ${sql} group by 1`).all(...params) as {
    domain: string;
    people: number;
  }[];
}

const columns = ['first_name', 'last_name', 'company', 'title', 'phone', 'website', 'city', 'country'];

/** How many of the audience have no value for each of the fields that the texts need. */
export function missingFields(deps: AudienceDeps, audience: Audience, fields: readonly string[]): { field: string; count: number }[] {
  const { sql, params } = members(deps, audience);
  return fields.flatMap((field) => {
    const name = field.replace(/^(contact|custom)\./, '');
    const column = columns.includes(name) ? name : `json_extract(c.custom, '$."${name.replaceAll(/["'\\]/g, '')}"')`;
    const { n } = deps.store.prepareRead(`select count(*) as n from contacts c where c.status = 'active' and coalesce(${column}, '') = '' and ${sql}`).get(...params) as {
      n: number;
    };
    return n === 0 ? [] : [{ field, count: n }];
  });
}
