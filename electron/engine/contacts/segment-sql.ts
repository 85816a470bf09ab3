import type { momentFields } from '../../../shared/schemas/segment.ts';
import { type SegmentEvent, type SegmentFilter, type SegmentLeaf, type SegmentRule } from '../../../shared/schemas/segment.ts';
import { day } from '../lib/clock.ts';
import { localDay, zoneOf } from '../lib/zone.ts';

/** An SQL condition over `contacts c` with its parameters in order. */
export interface Condition {
  readonly sql: string;
  readonly binds: readonly (string | number)[];
}

/** What a filter is read with: now (UTC ms), and the zone whose calendar days count. */
export interface SegmentMoment {
  readonly now: number;
  readonly zone: string;
}

type LeafOf<Kind extends SegmentLeaf['kind']> = Extract<SegmentLeaf, { kind: Kind }>;

/** Standard fields by the names that texts and steps use. */
const textColumns: Readonly<Record<string, string>> = {
  email: 'c.email',
  domain: 'c.domain',
  first_name: 'c.first_name',
  last_name: 'c.last_name',
  company: 'c.company',
  title: 'c.title',
  phone: 'c.phone',
  website: 'c.website',
  city: 'c.city',
  country: 'c.country',
  time_zone: `coalesce(c.time_zone, '')`,
  source: 'c.source',
  consent_source: 'c.consent_source',
  address_verdict: `coalesce(c.verdict, 'unknown')`,
};
const momentColumns: Readonly<Record<(typeof momentFields)[number], string>> = {
  created_at: 'c.created_at',
  last_sent_at: 'c.last_sent_at',
  last_reply_at: 'c.last_reply_at',
  consent_at: 'c.consent_at',
};

/**
 * The condition of a filter. Pure. Every value is a bound parameter; only names of this file stand in the text. A filter
 * without rules is true. An unknown field counts as a custom one, which is empty where nobody has it.
 */
export function segmentCondition(filter: SegmentFilter, moment: SegmentMoment): Condition {
  return joined(filter.match, filter.rules, moment);
}

function joined(match: 'all' | 'any', rules: readonly SegmentRule[], moment: SegmentMoment): Condition {
  if (rules.length === 0) return { sql: '1', binds: [] };
  const parts = rules.map((rule) => ruleCondition(rule, moment));
  return { sql: `(${parts.map(({ sql }) => sql).join(match === 'all' ? ' and ' : ' or ')})`, binds: parts.flatMap(({ binds }) => binds) };
}

function ruleCondition(rule: SegmentRule, moment: SegmentMoment): Condition {
  const plain = rule.kind === 'group' ? joined(rule.match, rule.rules, moment) : leafCondition(rule, moment);
  return rule.not ? { ...plain, sql: `not (${plain.sql})` } : plain;
}

// No condition may be null: `not` would not turn it round.
function leafCondition(rule: SegmentLeaf, moment: SegmentMoment): Condition {
  switch (rule.kind) {
    case 'text':
      return textCondition(rule);
    case 'number':
      return numberCondition(rule);
    case 'date':
      return dayCondition(rule.field, rangeOfDate(rule), moment);
    case 'days':
      return dayCondition(rule.field, rangeOfDays(rule, moment), moment);
    case 'tag':
      return tagCondition(rule);
    case 'list':
      return { sql: `c.id in (select contact_id from list_members where list_id in (${marks(rule.listIds)}))`, binds: rule.listIds };
    case 'status':
      return { sql: `c.status in (${marks(rule.statuses)})`, binds: rule.statuses };
    case 'event':
      return eventCondition(rule, moment);
  }
}

function textOf(field: string): Condition {
  const name = field.replace(/^contact\./, '');
  const column = Object.hasOwn(textColumns, name) ? textColumns[name] : undefined;
  return column === undefined ? { sql: `coalesce(c.custom ->> ?, '')`, binds: [name.replace(/^custom\./, '')] } : { sql: column, binds: [] };
}

// SQLite folds only ASCII; the store's own function knows every script but costs a call for each row.
const ascii = /^[ -~]*$/;

function textCondition({ field, op, values }: LeafOf<'text'>): Condition {
  const text = textOf(field);
  if (op === 'is_empty') return { sql: `${text.sql} = ''`, binds: text.binds };
  const plainLetters = values.every((value) => ascii.test(value));
  const stored = plainLetters ? text.sql : `lower_all(${text.sql})`;
  const wanted = plainLetters ? values : values.map((value) => value.toLowerCase());
  if (op === 'equals') return { sql: `${stored} collate nocase in (${marks(wanted)})`, binds: [...text.binds, ...wanted] };
  const like = wanted.map((value) => {
    const words = value.replace(/[\\%_]/g, '\\$&');
    return `${op === 'starts_with' ? '' : '%'}${words}${op === 'ends_with' ? '' : '%'}`;
  });
  return anyOf(like.map((pattern) => ({ sql: `${stored} like ? escape '\\'`, binds: [...text.binds, pattern] })));
}

function anyOf(parts: readonly Condition[]): Condition {
  return { sql: `(${parts.map(({ sql }) => sql).join(' or ')})`, binds: parts.flatMap(({ binds }) => binds) };
}

/** Numbers are those that JSON writes, as number fields hold them; other text is no number. */
function numberCondition({ field, op, value }: LeafOf<'number'>): Condition {
  const text = textOf(field);
  const compare = op === 'equals' ? '=' : op === 'at_least' ? '>=' : '<=';
  return {
    sql: `case when json_valid(${text.sql}) then case when json_type(${text.sql}) in ('integer', 'real') then cast(${text.sql} as real) ${compare} ? else 0 end else 0 end`,
    binds: [...text.binds, ...text.binds, ...text.binds, value],
  };
}

/** Local dates, both inclusive; null = open. */
interface DayRange {
  readonly from: string | null;
  readonly to: string | null;
}

function rangeOfDate({ op, date }: LeafOf<'date'>): DayRange {
  if (op === 'on') return { from: date, to: date };
  return op === 'before' ? { from: null, to: addDays(date, -1) } : { from: addDays(date, 1), to: null };
}

function rangeOfDays({ op, days }: LeafOf<'days'>, { now, zone }: SegmentMoment): DayRange {
  const today = localDay(zone, now);
  return op === 'last' ? { from: addDays(today, -days), to: today } : { from: today, to: addDays(today, days) };
}

function addDays(date: string, days: number): string {
  const moved = new Date(Date.parse(`${date}T00:00:00Z`) + days * day).toISOString();
  return moved.startsWith('+') ? '9999-12-31' : moved.slice(0, 10);
}

const aDay = `'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'`;

function dayCondition(field: string, { from, to }: DayRange, { zone }: SegmentMoment): Condition {
  const name = field.replace(/^contact\./, '');
  const bounds: string[] = [];
  const binds: (string | number)[] = [];
  if (Object.hasOwn(momentColumns, name)) {
    const column = momentColumns[name as (typeof momentFields)[number]];
    const startOf = (date: string) => zoneOf(zone).instantOf(Date.parse(`${date}T00:00:00Z`), 'edge');
    if (from !== null) {
      bounds.push(`${column} >= ?`);
      binds.push(startOf(from));
    }
    if (to !== null) {
      bounds.push(`${column} < ?`);
      binds.push(startOf(addDays(to, 1)));
    }
    return { sql: `(${column} is not null and ${bounds.join(' and ')})`, binds };
  }
  const text = textOf(field);
  bounds.push(`${text.sql} glob ${aDay}`);
  binds.push(...text.binds);
  for (const [bound, compare] of [
    [from, '>='],
    [to, '<='],
  ] as const) {
    if (bound === null) continue;
    bounds.push(`substr(${text.sql}, 1, 10) ${compare} ?`);
    binds.push(...text.binds, bound);
  }
  return { sql: `(${bounds.join(' and ')})`, binds };
}

function tagCondition({ tags }: LeafOf<'tag'>): Condition {
  return anyOf(
    tags.map((tag) => {
      const quoted = JSON.stringify(tag).toLowerCase();
      const stored = ascii.test(tag) ? 'lower(c.tags)' : 'lower_all(c.tags)';
      // Tags are a JSON array of strings. Behind a bracket or a comma a quotation mark can only open one, for inside a
      // string it stands behind a backslash.
      return { sql: `(instr(${stored}, ?) > 0 or instr(${stored}, ?) > 0)`, binds: [`[${quoted}`, `,${quoted}`] };
    }),
  );
}

/** Where an event of a segment is counted: table, moment and what marks it. */
function countedIn(event: SegmentEvent): { table: string; at: string; marked: string } {
  if (event === 'replied') return { table: 'replies', at: 'received_at', marked: `class = 'human'` };
  return { table: 'events', at: 'at', marked: `type = '${event}'` };
}

function eventCondition({ event, atLeast, withinDays, campaignId }: LeafOf<'event'>, { now }: SegmentMoment): Condition {
  if (event === 'sent' && atLeast === 1 && campaignId === null) {
    // Each mail that is sent writes this too.
    const since = withinDays === null ? 0 : now - withinDays * day;
    return { sql: `(c.last_sent_at is not null and c.last_sent_at > ?)`, binds: [since] };
  }
  const { table, at, marked } = countedIn(event);
  const where = [marked, 'contact_id is not null'];
  const binds: (string | number)[] = [];
  if (campaignId !== null) {
    where.push('campaign_id = ?');
    binds.push(campaignId);
  }
  if (withinDays !== null) {
    where.push(`${at} > ?`);
    binds.push(now - withinDays * day);
  }
  const people = `select contact_id from ${table} where ${where.join(' and ')}`;
  if (atLeast === 1) return { sql: `c.id in (${people})`, binds };
  return { sql: `c.id in (${people} group by contact_id having count(*) >= ?)`, binds: [...binds, atLeast] };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
