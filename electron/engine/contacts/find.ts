import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { AddressVerdict } from '../../../shared/schemas/address-check.ts';
import type { Contact, ContactStatus } from '../../../shared/schemas/contact.ts';
import { decodeCursor, encodeCursor } from '../lib/page.ts';
import type { SegmentFilter } from '../../../shared/schemas/segment.ts';
import type { Store } from '../store/index.ts';
import { contactColumns, parseContact, toContact, type StoredContact } from './rows.ts';
import type { Condition } from './segment-sql.ts';
import type { Segments } from './segments.ts';
import { searchable } from './text.ts';

export interface ContactQuery extends PageQuery {
  readonly listId?: string | undefined;
  readonly status?: ContactStatus | undefined;
  readonly verdict?: AddressVerdict | undefined;
  readonly tag?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly segmentId?: string | undefined;
  readonly filter?: SegmentFilter | undefined;
  readonly offset?: number | undefined;
}

type Bind = string | number | null;

// The expressions repeat those of the indexes in store/schema/contacts.ts, the id last as the tie-breaker.
const sorts: Readonly<Record<string, readonly string[]>> = {
  email: ['c.email'],
  name: ['c.last_name collate nocase', 'c.first_name collate nocase', 'c.id'],
  firstName: ['c.first_name collate nocase', 'c.id'],
  lastName: ['c.last_name collate nocase', 'c.first_name collate nocase', 'c.id'],
  company: ['c.company collate nocase', 'c.id'],
  status: ['c.status', 'c.id'],
  createdAt: ['c.created_at', 'c.id'],
  updatedAt: ['c.updated_at', 'c.id'],
  lastSentAt: ['c.last_sent_at', 'c.id'],
  lastReplyAt: ['c.last_reply_at', 'c.id'],
};

// With more matches than this a page is found soonest by walking the index of the sort; with fewer, by sorting them.
const manyMatches = 4000;

/** One page of contacts with the total that matches. Throws AppError bad_request for an unknown sort or a broken cursor. */
export function findContacts(store: Store, segments: Segments, query: ContactQuery): Page<Contact> {
  const { filter, values } = filterOf(query);
  const fromSegments = segmentConditions(store, segments, query);
  for (const { sql, binds } of fromSegments) {
    filter.push(sql);
    values.push(...binds);
  }
  const descending = query.sort?.startsWith('-') ?? true;
  const sort = query.sort === undefined ? 'createdAt' : query.sort.replace(/^-/, '');
  const terms = Object.hasOwn(sorts, sort) ? sorts[sort] : undefined;
  if (terms === undefined) throw new AppError('bad_request', `Contacts cannot be sorted by “${sort}”.`, { fields: { sort: `One of ${Object.keys(sorts).join(', ')}` } });

  const { few, total } = matchesOf(store, filter, values, fromSegments.length > 0);
  const conditions = few === null ? [...filter] : ['c.rowid in (select value from json_each(?))'];
  const binds: Bind[] = few === null ? [...values] : [JSON.stringify(few)];
  if (query.offset === undefined && query.cursor !== undefined) {
    const after = decodeCursor(query.cursor, terms.length);
    conditions.push(behind(terms, descending, after[0] === null));
    binds.push(...(after[0] === null ? after.slice(1) : after));
  }
  const order = (prefix: string): string => terms.map((term) => `${prefix}${term}${descending ? ' desc' : ''}`).join(', ');
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  // The unary plus keeps the sort's index out of the plan.
  const inner = `select c.rowid as r from contacts c ${where} order by ${order(few === null ? '' : '+')} limit ? offset ?`;
  const keys = terms.map((term, index) => `${term.replace(' collate nocase', '')} as k${index}`).join(', ');
  const rows = store
    .prepareRead(`select ${contactColumns}, ${keys} from (${inner}) p join contacts c on c.rowid = p.r order by ${order('+')}`)
    .all(...binds, query.limit + 1, query.offset ?? 0) as (StoredContact & Record<string, Bind>)[];
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > query.limit && last !== undefined ? encodeCursor(terms.map((_, index) => last[`k${index}`] ?? null)) : null;
  return { items: shown.map((row) => contactOf(row, terms.length)), nextCursor, total };
}

/** Condition for the rows after the cursor. Moments may be null, which SQLite sorts before everything else. */
function behind(terms: readonly string[], descending: boolean, fromNull: boolean): string {
  const [first = '', ...others] = terms;
  const compare = descending ? '<' : '>';
  const row = (names: readonly string[]): string => `(${names.join(', ')}) ${compare} (${names.map(() => '?').join(', ')})`;
  if (fromNull) return descending ? `(${first} is null and ${row(others)})` : `(${first} is not null or ${row(others)})`;
  return descending && /_at$/.test(first) ? `(${row(terms)} or ${first} is null)` : row(terms);
}

/** Ids of everybody who matches, in no order. */
export function matchingIds(store: Store, segments: Segments, query: Omit<ContactQuery, 'limit'>): string[] {
  const { filter, values } = filterOf(query);
  for (const { sql, binds } of segmentConditions(store, segments, query)) {
    filter.push(sql);
    values.push(...binds);
  }
  const where = filter.length === 0 ? '' : `where ${filter.join(' and ')}`;
  return (store.prepareRead(`select c.id from contacts c ${where}`).all(...values) as { id: string }[]).map(({ id }) => id);
}

interface Matches {
  /** Row numbers of all matches, null when there are many or no filter. */
  readonly few: readonly number[] | null;
  readonly total: number;
}

/** What the read connection found last, while nothing was written since: a table that scrolls asks for page after page. */
const keptFilters = 50;
const kept = new WeakMap<Store, { version: number; found: Map<string, Matches> }>();

function matchesOf(store: Store, filter: readonly string[], values: readonly Bind[], costly: boolean): Matches {
  const { data_version: version } = store.prepareRead('pragma data_version').get() as { data_version: number };
  const known = kept.get(store);
  const found = known?.version === version ? known.found : new Map<string, Matches>();
  if (known?.version !== version) kept.set(store, { version, found });
  const key = JSON.stringify([filter, values]);
  let matches = found.get(key);
  if (matches === undefined) {
    const few = costly ? null : fewMatches(store, filter, values);
    matches = costly ? scanOnce(store, filter, values) : { few, total: few?.length ?? countContacts(store, filter, values) };
    if (found.size >= keptFilters) found.clear();
    found.set(key, matches);
  }
  return matches;
}

/** Rows and total by one look at each contact, for filters that cost more than to note what they found. */
function scanOnce(store: Store, filter: readonly string[], values: readonly Bind[]): Matches {
  const { total, rows } = store
    .prepareRead(
      `with found as materialized (select c.rowid as r from contacts c where ${filter.join(' and ')})
       select (select count(*) from found) as total, (select json_group_array(r) from (select r from found limit ${manyMatches + 1})) as rows`,
    )
    .get(...values) as { total: number; rows: string };
  return { total, few: total > manyMatches ? null : (JSON.parse(rows) as number[]) };
}

function fewMatches(store: Store, filter: readonly string[], values: readonly Bind[]): number[] | null {
  if (filter.length === 0) return null;
  const found = store.prepareRead(`select c.rowid as r from contacts c where ${filter.join(' and ')} limit ${manyMatches + 1}`).all(...values) as { r: number }[];
  return found.length > manyMatches ? null : found.map(({ r }) => r);
}

function contactOf(row: StoredContact & Record<string, Bind>, keys: number): Contact {
  const contact: Record<string, unknown> = { ...toContact(parseContact(row)) };
  for (let index = 0; index < keys; index += 1) delete contact[`k${index}`];
  return contact as Contact;
}

function segmentConditions(store: Store, segments: Segments, { segmentId, filter }: Omit<ContactQuery, 'limit'>): Condition[] {
  return [
    ...(segmentId === undefined ? [] : [segments.membersOf(store.prepareRead, segmentId)]),
    ...(filter === undefined || filter.rules.length === 0 ? [] : [segments.conditionOf(filter)]),
  ];
}

function filterOf(query: Omit<ContactQuery, 'limit'>): { filter: string[]; values: Bind[] } {
  const filter: string[] = [];
  const values: Bind[] = [];
  for (const word of searchable(query.q ?? '')
    .split(/\s+/)
    .filter((part) => part !== '')
    .slice(0, 8)) {
    filter.push('instr(c.search, ?) > 0');
    values.push(word);
  }
  if (query.ownerId !== undefined) {
    filter.push('c.owner_id = ?');
    values.push(query.ownerId);
  }
  if (query.tag !== undefined && query.tag !== '') {
    // As in segment-sql.ts, but in this spelling only.
    filter.push('(instr(c.tags, ?) > 0 or instr(c.tags, ?) > 0)');
    values.push(`[${JSON.stringify(query.tag)}`, `,${JSON.stringify(query.tag)}`);
  }
  if (query.status !== undefined) {
    filter.push(query.status === 'active' ? `c.status = 'active'` : `c.status = ? and c.status <> 'active'`);
    if (query.status !== 'active') values.push(query.status);
  }
  if (query.verdict !== undefined) {
    // An address that was never looked at has no row of its own in the verdict's index.
    filter.push(
      query.verdict === 'unknown'
        ? `(c.verdict is null or c.verdict = 'unknown')`
        : query.verdict === 'good'
          ? `c.verdict = 'good'`
          : `c.verdict = ? and c.verdict is not null and c.verdict <> 'good'`,
    );
    if (query.verdict !== 'unknown' && query.verdict !== 'good') values.push(query.verdict);
  }
  if (query.listId !== undefined) {
    filter.push('exists (select 1 from list_members m where m.list_id = ? and m.contact_id = c.id)');
    values.push(query.listId);
  }
  return { filter, values };
}

function countContacts(store: Store, filter: readonly string[], values: readonly Bind[]): number {
  const count = (sql: string, ...binds: Bind[]): number => (store.prepareRead(sql).get(...binds) as { n: number }).n;
  if (filter.length === 0) return count('select count(*) as n from contacts');
  const only = filter.length === 1 ? (filter[0] ?? '') : '';
  // Active people are counted as the rest: the partial index knows the others.
  if (only === `c.status = 'active'`) return count('select count(*) as n from contacts') - count(`select count(*) as n from contacts where status <> 'active'`);
  if (only.startsWith('exists')) return count('select count(*) as n from list_members where list_id = ?', ...values);
  return count(`select count(*) as n from contacts c where ${filter.join(' and ')}`, ...values);
}
