import type { CustomField } from '../../../../shared/schemas/contact.ts';
import { leavesOf, type SegmentEvent, type SegmentFilter, type SegmentGroup, type SegmentLeaf, type SegmentRule, segmentEvents } from '../../../../shared/schemas/segment.ts';

/** What a rule is about, as one choice: `field:company`, `event:replied`, `tag`. */
export type Subject = `field:${string}` | `event:${SegmentEvent}` | 'tag' | 'list' | 'status';
/** How a rule compares, with its negation: `text:equals`, `text:equals:not`. */
export type Comparison = string;

export const textFieldNames = [
  'first_name',
  'last_name',
  'email',
  'domain',
  'company',
  'title',
  'city',
  'country',
  'phone',
  'website',
  'time_zone',
  'source',
  'consent_source',
  'address_verdict',
] as const;
export const momentNames = ['created_at', 'last_sent_at', 'last_reply_at', 'consent_at'] as const;
const moments: ReadonlySet<string> = new Set(momentNames);

export const noRules: SegmentFilter = { version: 1, match: 'all', rules: [] };

type FieldKind = 'text' | 'number' | 'date';

/** What the values of a field are, for the comparisons that it offers. */
export function fieldKind(field: string, definitions: readonly CustomField[]): FieldKind {
  if (moments.has(field)) return 'date';
  const type = field.startsWith('custom.') ? definitions.find(({ name }) => field === `custom.${name}`)?.type : undefined;
  return type === 'number' || type === 'date' ? type : 'text';
}

const texts = ['text:equals', 'text:equals:not', 'text:contains', 'text:contains:not', 'text:starts_with', 'text:ends_with', 'text:is_empty', 'text:is_empty:not'];
const comparisonsOf: Readonly<Record<FieldKind, readonly Comparison[]>> = {
  text: texts,
  number: ['number:equals', 'number:equals:not', 'number:at_least', 'number:at_most', 'text:is_empty', 'text:is_empty:not'],
  date: ['date:on', 'date:before', 'date:after', 'days:last', 'days:last:not', 'days:next', 'text:is_empty', 'text:is_empty:not'],
};

/** The comparisons that a rule's subject offers. A rule keeps one that its field would not offer. */
export function comparisonsFor(rule: SegmentLeaf, definitions: readonly CustomField[]): readonly Comparison[] {
  const own = comparisonOf(rule);
  if (!('field' in rule)) return [rule.kind, `${rule.kind}:not`];
  const offered = comparisonsOf[fieldKind(rule.field, definitions)].filter((comparison) => !(moments.has(rule.field) && comparison.startsWith('text:')));
  return offered.includes(own) ? offered : [...offered, own];
}

export function subjectOf(rule: SegmentLeaf): Subject {
  if ('field' in rule) return `field:${rule.field.replace(/^contact\./, '')}`;
  return rule.kind === 'event' ? `event:${rule.event}` : rule.kind;
}

export function comparisonOf(rule: SegmentLeaf): Comparison {
  const base = 'op' in rule ? `${rule.kind}:${rule.op}` : rule.kind;
  return rule.not ? `${base}:not` : base;
}

/** A rule about something, with what most people choose. */
export function ruleAbout(subject: Subject, definitions: readonly CustomField[]): SegmentLeaf {
  if (subject === 'tag') return { kind: 'tag', tags: [], not: false };
  if (subject === 'list') return { kind: 'list', listIds: [], not: false };
  if (subject === 'status') return { kind: 'status', statuses: ['active'], not: false };
  const name = subject.slice(subject.indexOf(':') + 1);
  const event = segmentEvents.find((one) => subject === `event:${one}`);
  if (event !== undefined) return { kind: 'event', event, atLeast: 1, withinDays: null, campaignId: null, not: false };
  const kind = fieldKind(name, definitions);
  return compared({ kind: 'text', field: name, op: 'equals', values: [], not: false }, kind === 'date' ? 'days:last' : kind === 'number' ? 'number:at_least' : 'text:equals');
}

/** The rule with another comparison; a value is kept where it still has a meaning. */
export function compared(rule: SegmentLeaf, comparison: Comparison): SegmentLeaf {
  const [kind, ...rest] = comparison.split(':');
  const not = rest.at(-1) === 'not';
  if (!('field' in rule)) return { ...rule, not };
  const { field } = rule;
  const op = rest[0] as never;
  const value = rule.kind === 'text' ? (rule.values[0] ?? '') : '';
  switch (kind) {
    case 'number':
      return { kind, field, op, value: rule.kind === 'number' ? rule.value : Number(value) || 0, not };
    case 'date':
      return { kind, field, op, date: rule.kind === 'date' ? rule.date : '', not };
    case 'days':
      return { kind, field, op, days: rule.kind === 'days' ? rule.days : 30, not };
    default:
      return { kind: 'text', field, op, values: rule.kind === 'text' ? rule.values : [], not };
  }
}

function isComplete(rule: SegmentLeaf): boolean {
  switch (rule.kind) {
    case 'text':
      return rule.field !== '' && (rule.op === 'is_empty' || rule.values.length > 0);
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(rule.date);
    case 'tag':
      return rule.tags.length > 0;
    case 'list':
      return rule.listIds.length > 0;
    case 'status':
      return rule.statuses.length > 0;
    default:
      return true;
  }
}

/** The filter without rules that still lack a value, so that it can be asked for while somebody writes. */
export function completed(filter: SegmentFilter): SegmentFilter {
  const whole = (rules: readonly SegmentRule[]): SegmentRule[] =>
    rules.flatMap((rule): SegmentRule[] => {
      if (rule.kind !== 'group') return isComplete(rule) ? [rule] : [];
      const inner = whole(rule.rules);
      return inner.length === 0 ? [] : [{ ...rule, rules: inner }];
    });
  return { ...filter, rules: whole(filter.rules) };
}

export function hasIncomplete(filter: SegmentFilter): boolean {
  return leavesOf(filter.rules).some((rule) => !isComplete(rule));
}

/** How a group takes its rules, as one choice. */
export type GroupMatch = 'all' | 'any' | 'none' | 'not_all';

export function matchOf({ match, not }: Pick<SegmentGroup, 'match' | 'not'>): GroupMatch {
  return not ? (match === 'any' ? 'none' : 'not_all') : match;
}

export function groupWith(group: SegmentGroup, match: GroupMatch): SegmentGroup {
  return { ...group, match: match === 'all' || match === 'not_all' ? 'all' : 'any', not: match === 'none' || match === 'not_all' };
}

export function newGroup(): SegmentGroup {
  return { kind: 'group', match: 'any', rules: [{ kind: 'tag', tags: [], not: false }], not: false };
}

/** Whether two filters say the same. */
export function sameFilter(a: SegmentFilter, b: SegmentFilter): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

// The engine and the editor write the keys of a rule in different orders.
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}
