import type { countedEvents } from '../../../shared/schemas/sequence.ts';
import { type BranchRules, type StepOf, type StepTest } from '../../../shared/schemas/sequence.ts';

type CountedEvent = (typeof countedEvents)[number];

/** What is known of a person at the moment in which a step looks. */
export interface Facts {
  /** How often it happened in this enrolment, to one mail or (null) to any of them, not after `until` (UTC ms). */
  count(event: CountedEvent, stepId: string | null, until: number): number;
  /** A standard field by its name, a custom one as `custom.name`; '' = not known. */
  field(name: string): string;
  hasTag(tag: string): boolean;
  inList(listId: string): boolean;
  /** As the segment's filter stands now. */
  inSegment(segmentId: string): boolean;
  /** 0 to 100. */
  readonly score: number;
}

/** Whether the tests of a branch hold. A branch without tests takes nobody. Pure. */
export function holds({ match, tests }: BranchRules, facts: Facts, until: number): boolean {
  if (tests.length === 0) return false;
  const one = (test: StepTest) => testHolds(test, facts, until);
  return match === 'all' ? tests.every(one) : tests.some(one);
}

/** Whether a branch can be decided only once its window is over: something must not have happened. */
export function waitsForNothing({ tests }: BranchRules): boolean {
  return tests.some(({ not }) => not);
}

function testHolds(test: StepTest, facts: Facts, until: number): boolean {
  return plainly(test, facts, until) !== test.not;
}

function plainly(test: StepTest, facts: Facts, until: number): boolean {
  switch (test.kind) {
    case 'event':
      return facts.count(test.event, test.stepId, until) >= test.atLeast;
    case 'field':
      return fieldHolds(test, facts.field(test.field));
    case 'tag':
      return facts.hasTag(test.tag);
    case 'list':
      return facts.inList(test.listId);
    case 'segment':
      return facts.inSegment(test.segmentId);
    case 'score':
      return facts.score >= test.atLeast;
  }
}

function fieldHolds({ op, value }: Extract<StepTest, { kind: 'field' }>, stored: string): boolean {
  const has = plain(stored);
  const wanted = plain(value);
  switch (op) {
    case 'equals':
      return has === wanted;
    case 'contains':
      return wanted !== '' && has.includes(wanted);
    case 'starts_with':
      return wanted !== '' && has.startsWith(wanted);
    case 'is_empty':
      return has === '';
    case 'at_least':
      return compare(has, wanted) >= 0;
    case 'at_most':
      return compare(has, wanted) <= 0;
  }
}

/** Numbers by size, everything else (dates as YYYY-MM-DD too) by text. NaN, so that nothing holds, where a side is empty. */
function compare(has: string, wanted: string): number {
  if (has === '' || wanted === '') return Number.NaN;
  const [a, b] = [Number(has), Number(wanted)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return has < wanted ? -1 : has > wanted ? 1 : 0;
}

/** The first case that a value fits, or undefined. Pure. */
export function caseOf(step: StepOf<'switch'>, facts: Facts): StepOf<'switch'>['cases'][number] | undefined {
  const value = plain(facts.field(step.field));
  return step.cases.find(({ match, values }) =>
    values.some((wanted) => {
      const text = plain(wanted);
      if (match === 'equals') return value === text;
      if (match === 'contains') return text !== '' && value.includes(text);
      return text !== '' && fitsWildcard(value, text);
    }),
  );
}

/** `*` any text, `?` one character. Greedy with one step back, so that no pattern takes long. */
export function fitsWildcard(text: string, pattern: string): boolean {
  let at = 0;
  let place = 0;
  let star = -1;
  let mark = 0;
  while (at < text.length) {
    const sign = pattern[place];
    if (sign === '*') {
      star = place;
      mark = at;
      place += 1;
    } else if (sign === '?' || (sign !== undefined && sign === text[at])) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      mark += 1;
      at = mark;
      place = star + 1;
    } else return false;
  }
  while (pattern[place] === '*') place += 1;
  return place === pattern.length;
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}
