import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDuration, nextStep, type Position, type Traveller } from '../../electron/engine/scheduling/index.ts';
import { normaliseGraph, validateGraph, type Facts } from '../../electron/engine/sequences/index.ts';
import { createComposer } from '../../electron/engine/composing/index.ts';
import { edgesOf, reachable } from '../../shared/graph.ts';
import { graphSchema, type SequenceGraph, type Step } from '../../shared/schemas/sequence.ts';
import { anyTime } from '../support/engine.ts';

const start = Date.UTC(2026, 2, 2, 8);
const hour = 3_600_000;
const day = 24 * hour;
const composer = createComposer();
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

function facts(more: Partial<{ counts: Record<string, number>; fields: Record<string, string>; tags: string[]; lists: string[] }> = {}): Facts {
  return {
    count: (event, stepId) => more.counts?.[stepId === null ? event : `${event}:${stepId}`] ?? 0,
    field: (name) => more.fields?.[name] ?? '',
    hasTag: (tag) => more.tags?.includes(tag) ?? false,
    inList: (listId) => more.lists?.includes(listId) ?? false,
    inSegment: () => false,
    score: 0,
  };
}

const person = (enrolmentId = 'e1', zone = 'UTC'): Traveller => ({ enrolmentId, rules: anyTime, recipient: { zone, country: null } });
const read = (...steps: unknown[]): SequenceGraph => normaliseGraph(graphSchema.parse({ steps }));
const mail = (id: string, more: object = {}) => ({ id, type: 'email', variants: [{ subject: 'x', text: 'y' }], ...more });
const tag = (name: string, not = false) => ({ tests: [{ kind: 'tag', tag: name, not }] });

/** Edges lead to later ids only, so that a graph has no loops. */
function laterThan(index: number): fc.Arbitrary<string | null> {
  return fc.constantFrom(...ids.slice(index + 1), null);
}

function stepAt(index: number): fc.Arbitrary<unknown> {
  const id = ids[index];
  const next = laterThan(index);
  const when = fc.record({
    match: fc.constantFrom('all', 'any'),
    tests: fc.array(fc.record({ kind: fc.constant('tag'), tag: fc.constantFrom('x', 'y'), not: fc.boolean() }), { maxLength: 2 }),
  });
  const branches = fc.uniqueArray(fc.record({ id: fc.constantFrom('p', 'q', 'r'), when, next, within: fc.constantFrom('P1D', 'PT2H') }), {
    selector: (one) => one.id,
    maxLength: 3,
  });
  return fc.oneof(
    fc.record({ id: fc.constant(id), type: fc.constant('email'), variants: fc.constant([{ subject: 'x', text: 'y' }]), next }),
    fc.record({ id: fc.constant(id), type: fc.constant('wait'), duration: fc.constantFrom('P1D', 'PT5M'), next }),
    fc.record({ id: fc.constant(id), type: fc.constant('wait_time'), time: fc.constantFrom('09:00', '23:30'), days: fc.subarray([1, 2, 3, 4, 5, 6, 7]), next }),
    fc.record({ id: fc.constant(id), type: fc.constant('wait_date'), field: fc.constant('custom.day'), offsetDays: fc.integer({ min: -5, max: 5 }), missing: next, next }),
    fc.record({ id: fc.constant(id), type: fc.constantFrom('condition', 'wait_for'), branches, next }),
    fc.record({ id: fc.constant(id), type: fc.constant('switch'), field: fc.constant('city'), cases: fc.constant([{ id: 'one', values: ['Rome'], next: null }]), next }),
    fc.record({ id: fc.constant(id), type: fc.constant('split'), arms: fc.array(fc.record({ id: fc.constantFrom('p', 'q'), weight: fc.nat(3), next }), { maxLength: 2 }) }),
    fc.record({ id: fc.constant(id), type: fc.constant('task'), title: fc.constant('Call'), next, skipped: next }),
    fc.record({ id: fc.constant(id), type: fc.constant('action'), action: fc.constant({ kind: 'convert' }), next }),
    fc.record({ id: fc.constant(id), type: fc.constant('exit') }),
  );
}

const anyGraph = fc.tuple(...ids.map((_, index) => stepAt(index))).map((steps) => read(...steps));
const anyFacts = fc.record({ tags: fc.subarray(['x', 'y']), city: fc.constantFrom('Rome', 'Oslo', ''), date: fc.constantFrom('2026-03-05', '2026-02-31', '', '2030-01-01') });

/** Lives through a graph on a virtual clock: mails leave when they are due, tasks are done at once. Returns the steps in the order in which they were done. */
function live(graph: SequenceGraph, known: Facts, enrolmentId: string): { visited: string[]; at: number; looks: number } {
  let position: Position = { stepId: graph.steps[0]?.id ?? null, at: start };
  let now = start;
  const visited: string[] = [];
  for (let looks = 0; ; looks += 1) {
    if (looks > 200) throw new Error('a life without an end');
    const { move, position: stands } = nextStep(graph, position, person(enrolmentId), known, now);
    if (move.kind === 'end') return { visited, at: now, looks };
    if (move.kind === 'wait') {
      expect(move.until).toBeGreaterThan(now);
      position = { ...stands, lookedAt: stands.at <= now ? now : null };
      now = move.until;
      continue;
    }
    expect(visited).not.toContain(move.step.id);
    visited.push(move.step.id);
    now = move.kind === 'mail' ? Math.max(now, move.dueAt) : now;
    const step = graph.steps.find(({ id }) => id === move.step.id) as Extract<Step, { next?: unknown }>;
    position = { stepId: step.next ?? null, at: now };
  }
}

describe('walking a person', () => {
  test('every life through a graph without loops ends, passes no step twice, and is the same when it is lived again', () => {
    fc.assert(
      fc.property(anyGraph, anyFacts, fc.string({ minLength: 1, maxLength: 8 }), (graph, { tags, city, date }, enrolmentId) => {
        const known = facts({ tags, fields: { city, 'custom.day': date } });
        const lived = live(graph, known, enrolmentId);
        expect(live(graph, known, enrolmentId)).toEqual(lived);
        const reached = reachable(graph);
        for (const id of lived.visited) expect(reached.has(id)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  test('looking more often changes neither the way nor the moment', () => {
    fc.assert(
      fc.property(anyGraph, anyFacts, fc.integer({ min: 1, max: 500 }), (graph, { tags, city, date }, minutes) => {
        const known = facts({ tags, fields: { city, 'custom.day': date } });
        const from: Position = { stepId: graph.steps[0]?.id ?? null, at: start };
        const once = nextStep(graph, from, person(), known, start);
        if (once.move.kind !== 'wait') return;
        const { until } = once.move;
        const stands = { ...once.position, lookedAt: once.position.at <= start ? start : null };
        const early = Math.min(until - 1, start + minutes * 60_000);
        const again = nextStep(graph, stands, person(), known, early);
        expect(again.move).toEqual({ kind: 'wait', until });
        const lookedAt = stands.at <= early ? early : null;
        const seldom = nextStep(graph, stands, person(), known, until);
        expect(nextStep(graph, { ...stands, lookedAt }, person(), known, until)).toMatchObject({ move: seldom.move, taken: seldom.taken });
      }),
      { numRuns: 600 },
    );
  });

  test('what validation lets through has no loop and no edge to nowhere', () => {
    const wild = fc
      .array(
        fc.record({
          id: fc.constantFrom(...ids),
          type: fc.constant('condition'),
          branches: fc.constant([{ id: 'p', when: tag('x'), next: 'a' }]),
          next: fc.constantFrom(...ids, null, 'nowhere'),
        }),
        { minLength: 1, maxLength: 6 },
      )
      .chain((conditions) => fc.tuple(fc.constant(conditions), fc.constantFrom(...ids, null, 'nowhere')))
      .map(([conditions, to]) => read(...conditions.map((step) => ({ ...step, branches: [{ id: 'p', when: tag('x'), next: to }] })), mail('a')));
    fc.assert(
      fc.property(wild, (graph) => {
        if (validateGraph(graph, composer, []).some(({ blocking }) => blocking)) return;
        const byId = new Map(graph.steps.map((step) => [step.id, step]));
        const depth = (id: string | null, on: readonly string[]): void => {
          if (id === null) return;
          expect(on).not.toContain(id);
          const step = byId.get(id);
          expect(step).toBeDefined();
          if (step !== undefined) for (const { to } of edgesOf(graph, step)) depth(to, [...on, id]);
        };
        depth(graph.steps[0]?.id ?? null, []);
      }),
      { numRuns: 500 },
    );
  });

  test('a random split gives each person one arm for good, in the proportion of the weights', () => {
    const graph = read(
      {
        id: 's',
        type: 'split',
        arms: [
          { id: 'x', weight: 3, next: 'a' },
          { id: 'y', weight: 1, next: 'b' },
          { id: 'z', weight: 0, next: null },
        ],
      },
      mail('a', { next: null }),
      mail('b'),
    );
    const drawn = Array.from({ length: 4000 }, (_, i) => nextStep(graph, { stepId: 's', at: start }, person(`e${i}`), facts(), start).taken[0]?.edge);
    expect(new Set(drawn)).toEqual(new Set(['x', 'y']));
    // 3000 expected with a standard deviation of 27.
    expect(drawn.filter((edge) => edge === 'x').length).toBeGreaterThan(2850);
    expect(drawn.filter((edge) => edge === 'x').length).toBeLessThan(3150);
  });
});

describe('single steps', () => {
  test('a condition behind a wait is looked at when the wait is over, first match wins, else the last way', () => {
    const graph = read(
      { id: 'w', type: 'wait', duration: 'P3D' },
      {
        id: 'c',
        type: 'condition',
        branches: [
          { id: 'one', when: tag('vip'), next: 'a' },
          { id: 'two', when: { tests: [{ kind: 'field', field: 'city', op: 'is_empty', not: true }] }, next: 'b' },
        ],
        next: 'x',
      },
      mail('a', { next: null }),
      mail('b', { next: null }),
      mail('x'),
    );
    const early = nextStep(graph, { stepId: 'w', at: start }, person(), facts({ tags: ['vip'] }), start);
    expect(early).toMatchObject({ position: { stepId: 'c', at: start + 3 * day }, move: { kind: 'wait', until: start + 3 * day } });
    const later = (known: Facts) => nextStep(graph, early.position, person(), known, start + 3 * day);
    expect(later(facts({ tags: ['vip'], fields: { city: 'Rome' } }))).toMatchObject({ move: { step: { id: 'a' } }, taken: [{ stepId: 'c', edge: 'one' }] });
    expect(later(facts({ fields: { city: 'Rome' } }))).toMatchObject({ move: { step: { id: 'b' } } });
    expect(later(facts())).toMatchObject({ move: { step: { id: 'x' } }, taken: [{ edge: 'next' }] });
  });

  const waitFor = read(
    {
      id: 'f',
      type: 'wait_for',
      branches: [
        { id: 'quiet', when: { tests: [{ kind: 'event', event: 'replied', not: true }] }, within: 'P3D', next: 'a' },
        { id: 'tagged', when: tag('vip'), within: 'P1D', next: 'b' },
      ],
      next: 'x',
    },
    mail('a', { next: null }),
    mail('b', { next: null }),
    mail('x'),
  );
  const here: Position = { stepId: 'f', at: start };

  test('a wait-until takes a positive branch at once and a negative one at the end of its window', () => {
    expect(nextStep(waitFor, here, person(), facts({ tags: ['vip'] }), start + hour).move).toMatchObject({ kind: 'mail', step: { id: 'b' }, dueAt: start + hour });
    expect(nextStep(waitFor, here, person(), facts(), start + hour).move).toEqual({ kind: 'wait', until: start + day });
    expect(nextStep(waitFor, { ...here, lookedAt: start + day }, person(), facts(), start + day + hour).move).toEqual({ kind: 'wait', until: start + 3 * day });
    expect(nextStep(waitFor, { ...here, lookedAt: start + day }, person(), facts(), start + 3 * day).move).toMatchObject({ step: { id: 'a' } });
  });

  test('a window that is over takes nobody any more, and the time-out comes after the last one', () => {
    const late = { ...here, lookedAt: start + 2 * day };
    expect(nextStep(waitFor, late, person(), facts({ tags: ['vip'], counts: { replied: 1 } }), start + 2 * day + hour).move).toEqual({ kind: 'wait', until: start + 3 * day });
    expect(nextStep(waitFor, late, person(), facts({ tags: ['vip'], counts: { replied: 1 } }), start + 3 * day)).toMatchObject({
      move: { step: { id: 'x' } },
      taken: [{ edge: 'next' }],
    });
  });

  test('what happened while nobody looked counts by its own moment', () => {
    const seen: number[] = [];
    const known: Facts = { ...facts(), count: (_event, _stepId, until) => (seen.push(until), 0) };
    nextStep(waitFor, here, person(), known, start + 10 * day);
    expect(seen).toEqual([start + 3 * day]);
  });

  test('a wait for a time ends when the clock of the recipient shows it on an allowed weekday', () => {
    const graph = read({ id: 't', type: 'wait_time', time: '09:00', days: [2, 4] }, mail('a'));
    const due = (zone: string, at: number) => {
      const { move } = nextStep(graph, { stepId: 't', at }, person('e', zone), facts(), at);
      return move.kind === 'mail' ? new Date(move.dueAt).toISOString() : move.kind;
    };
    // Monday 2 March 2026, 08:00 UTC.
    expect(due('UTC', start)).toBe('2026-03-03T09:00:00.000Z');
    expect(due('America/New_York', start)).toBe('2026-03-03T14:00:00.000Z');
    expect(due('UTC', Date.UTC(2026, 2, 3, 9))).toBe('2026-03-03T09:00:00.000Z');
    expect(due('UTC', Date.UTC(2026, 2, 3, 9, 1))).toBe('2026-03-05T09:00:00.000Z');
  });

  test('a wait for a date counts from the field; no date goes another way; a moment that is over holds nobody up', () => {
    const graph = read({ id: 'd', type: 'wait_date', field: 'custom.renewal', offsetDays: -7, time: '10:00', missing: 'b', next: 'a' }, mail('a', { next: null }), mail('b'));
    const go = (value: string, zone = 'Europe/Berlin') => nextStep(graph, { stepId: 'd', at: start }, person('e', zone), facts({ fields: { 'custom.renewal': value } }), start);
    expect(go('2026-04-20').move).toMatchObject({ kind: 'mail', step: { id: 'a' }, dueAt: Date.UTC(2026, 3, 13, 8) });
    expect(go('2026-03-03').move).toMatchObject({ step: { id: 'a' }, dueAt: start });
    for (const text of ['', 'soon', '2026-02-31', '20.04.2026']) expect(go(text)).toMatchObject({ move: { step: { id: 'b' } }, taken: [{ stepId: 'd', edge: 'missing' }] });
  });

  test('a switch goes by value, contained text or wildcard, whatever the capitals', () => {
    const graph = read(
      {
        id: 's',
        type: 'switch',
        field: 'title',
        cases: [
          { id: 'it', match: 'equals', values: ['CTO', 'CIO'], next: 'a' },
          { id: 'sales', match: 'contains', values: ['sales'], next: 'b' },
          { id: 'vp', match: 'wildcard', values: ['vp ? *'], next: 'c' },
        ],
        next: null,
      },
      mail('a', { next: null }),
      mail('b', { next: null }),
      mail('c'),
    );
    const edge = (title: string) => nextStep(graph, { stepId: 's', at: start }, person(), facts({ fields: { title } }), start).taken[0]?.edge;
    expect([edge('cto'), edge('Head of Sales'), edge('VP X marketing'), edge('VP marketing'), edge('')]).toEqual(['it', 'sales', 'vp', 'next', 'next']);
  });

  test('tasks and actions come at their time and not before', () => {
    const graph = read({ id: 'w', type: 'wait', duration: 'PT2H' }, { id: 'k', type: 'action', action: { kind: 'add_tag', tag: 'x' } }, { id: 't', type: 'task', title: 'Call' });
    const early = nextStep(graph, { stepId: 'w', at: start }, person(), facts(), start);
    expect(early.move).toEqual({ kind: 'wait', until: start + 2 * hour });
    expect(nextStep(graph, early.position, person(), facts(), start + 2 * hour).move).toMatchObject({ kind: 'act', step: { id: 'k' } });
    expect(nextStep(graph, { stepId: 't', at: start }, person(), facts(), start).move).toMatchObject({ kind: 'task', step: { id: 't' } });
    expect(addDuration(start, 'PT2H', { businessDays: false, zone: 'UTC', calendar: anyTime.calendar })).toBe(start + 2 * hour);
  });
});
