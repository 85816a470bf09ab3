import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createComposer } from '../../electron/engine/composing/index.ts';
import { appRoot } from '../../electron/engine/lib/app-root.ts';
import { wilson } from '../../electron/engine/lib/wilson.ts';
import { readSequenceFile, sequenceFileJsonSchema, writeSequenceFile } from '../../electron/engine/sequences/exchange.ts';
import { readGallery } from '../../electron/engine/sequences/gallery.ts';
import { diffGraphs, normaliseGraph, placeInVersion, validateGraph } from '../../electron/engine/sequences/index.ts';
import { edgesOf } from '../../shared/graph.ts';
import { graphSchema, sequenceFileSchema, type SequenceGraph } from '../../shared/schemas/sequence.ts';

const graph = (...steps: unknown[]): SequenceGraph => normaliseGraph(graphSchema.parse({ steps }));
const mail = (id: string, subject = 'x', more: object = {}) => ({ id, type: 'email', variants: [{ subject, text: 'y' }], ...more });

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('null', 'yes', '1', '~', '- a', 'a: b', ' x ', 'a\n\n b\n', '{{ x }}', '#', '"', "'", '\t', '|', '2026-01-01', '\r\n'),
);
const anyStep = fc.oneof(
  fc.record({
    type: fc.constant('email'),
    variants: fc.uniqueArray(fc.record({ id: fc.constantFrom('A', 'B', 'C'), weight: fc.nat(5), active: fc.boolean(), subject: text, html: text, text }), {
      selector: ({ id }) => id,
      minLength: 1,
    }),
    review: fc.option(fc.boolean(), { nil: undefined }),
  }),
  fc.record({ type: fc.constant('task'), title: text, note: text, skipped: fc.option(fc.constant(null), { nil: undefined }) }),
  fc.record({
    type: fc.constant('condition'),
    branches: fc.constant([
      {
        id: 'p',
        name: 'null',
        when: {
          tests: [
            { kind: 'field', field: 'city', value: '007', not: true },
            { kind: 'tag', tag: 'no' },
          ],
        },
        next: null,
      },
    ]),
  }),
  fc.record({ type: fc.constant('switch'), field: text, cases: fc.constant([{ id: 'p', values: ['1e3', 'true', ''], next: 's0' }]) }),
  fc.record({
    type: fc.constant('split'),
    arms: fc.constant([
      { id: 'p', weight: 0, next: null },
      { id: 'q', next: 's0' },
    ]),
  }),
  fc.record({
    type: fc.constant('action'),
    action: fc.oneof(fc.record({ kind: fc.constant('add_tag'), tag: text }), fc.record({ kind: fc.constant('set_field'), field: text, value: text })),
  }),
  fc.record({ type: fc.constant('wait'), duration: fc.constantFrom('P3D', 'PT1H'), businessDays: fc.constant(false) }),
  fc.constant({ type: 'exit' }),
);
const anyFile = fc
  .record({ name: text.map((own) => `n${own}`.trim()), description: text, steps: fc.array(anyStep, { maxLength: 6 }) })
  .map(({ name, description, steps }) =>
    sequenceFileSchema.parse({ format: 'homing-sequence-1', name, description, steps: steps.map((step, index) => ({ id: `s${index}`, ...step })) }),
  );

describe('sequence files', () => {
  test.each(['yaml', 'json'] as const)('what is written as %s is read back exactly', (format) => {
    fc.assert(
      fc.property(anyFile, (file) => {
        expect(readSequenceFile(writeSequenceFile(file, format))).toEqual(file);
      }),
      { numRuns: 400 },
    );
  });

  test('a file says what is wrong and where, and a bomb of aliases is refused', () => {
    expect(() => readSequenceFile('a: [')).toThrow(/cannot be read as YAML or JSON/);
    expect(() => readSequenceFile('format: homing-sequence-1\nname: x\nsteps:\n  - id: a\n    type: dance\n')).toThrow(/not a sequence that Homing can read: steps\.0/);
    expect(() => readSequenceFile('a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n')).toThrow(/cannot be read/);
    expect(() => readSequenceFile('format: other\nname: x\nsteps: []\n')).toThrow(/format/);
  });

  test('the published schema is the one that files are read by', () => {
    const published = JSON.parse(readFileSync(join(appRoot(), 'resources', 'sequence-file.schema.json'), 'utf8')) as unknown;
    expect(published).toEqual(JSON.parse(JSON.stringify(sequenceFileJsonSchema())));
  });
});

describe('the gallery', () => {
  test('has at least twelve sequences of different kinds that can be activated, and says what is left to write', () => {
    const composer = createComposer();
    const starters = readGallery();
    expect(starters.length).toBeGreaterThanOrEqual(12);
    expect(new Set(starters.map(({ category }) => category)).size).toBeGreaterThanOrEqual(6);
    for (const { key, graph: own, description } of starters) {
      const issues = validateGraph(own, composer, ['renewal', 'event_date', 'attended'], {
        listIds: new Set(),
        segmentIds: new Set(),
        activeSequenceIds: new Set(),
        hasFile: () => true,
      });
      expect(issues.filter(({ code }) => code !== 'placeholder').map(({ code, stepId }) => `${key}: ${code} ${stepId ?? ''}`)).toEqual([]);
      expect(description).not.toBe('');
    }
  });
});

describe('versions', () => {
  const before = graph(mail('a', 'Hello'), { id: 'w', type: 'wait', duration: 'P3D' }, mail('b', 'Second'));

  test('a diff names what came, went and changed, and the same graph differs in nothing', () => {
    expect(diffGraphs(before, before)).toEqual([]);
    const after = graph(mail('a', 'Good day'), { id: 't', type: 'task', title: 'Call' }, mail('b', 'Second'));
    expect(diffGraphs(before, after).map(({ stepId, change, fields }) => [stepId, change, fields.map(({ field }) => field)])).toEqual([
      ['a', 'changed', ['A.subject', 'ways']],
      ['t', 'added', []],
      ['w', 'removed', []],
    ]);
  });

  test('people stay at a step that is still there, else go on at the nearest one behind it, else finish', () => {
    const after = graph(mail('a'), mail('b'));
    expect(placeInVersion(before, after, 'w')).toBe('b');
    expect(placeInVersion(before, after, 'b')).toBe('b');
    expect(placeInVersion(before, graph(mail('a')), 'w')).toBeNull();
    expect(placeInVersion(before, graph({ id: 'b', type: 'task', title: 'x' }), 'b')).toBeNull();
    expect(placeInVersion(before, after, null)).toBeNull();
  });

  test('nobody is ever placed at a step that was not there or not behind them', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const anyGraph = fc
      .shuffledSubarray(ids, { minLength: 1 })
      .chain((order) =>
        fc.tuple(...order.map((id, index) => fc.constantFrom(...order.slice(index + 1), null).map((next) => mail(id, 'x', { next })))).map((steps) => graph(...steps)),
      );
    fc.assert(
      fc.property(anyGraph, anyGraph, fc.constantFrom(...ids), (from, to, stepId) => {
        const placed = placeInVersion(from, to, stepId);
        if (placed === null) return;
        expect(to.steps.some(({ id }) => id === placed)).toBe(true);
        const behind = new Set<string>();
        const open = [stepId];
        for (let id = open.pop(); id !== undefined; id = open.pop()) {
          if (behind.has(id)) continue;
          behind.add(id);
          const step = from.steps.find((one) => one.id === id);
          if (step !== undefined) for (const edge of edgesOf(from, step)) if (edge.to !== null) open.push(edge.to);
        }
        expect(behind.has(placed)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test('the Wilson interval has the values of the literature and never leaves 0 to 1', () => {
  expect(wilson(0, 0)).toBeNull();
  const [few, none] = [wilson(1, 10), wilson(0, 10)];
  // Newcombe, Statistics in Medicine 17 (1998), method 3.
  expect([few?.low.toFixed(4), few?.high.toFixed(4)]).toEqual(['0.0179', '0.4042']);
  expect([none?.low, none?.high.toFixed(4)]).toEqual([0, '0.2775']);
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(5000), (a, b) => {
      const found = wilson(a, a + b);
      if (found === null) return;
      expect(found.low).toBeGreaterThanOrEqual(0);
      expect(found.high).toBeLessThanOrEqual(1);
      expect(found.low).toBeLessThanOrEqual(found.rate + 1e-12);
      expect(found.high).toBeGreaterThanOrEqual(found.rate - 1e-12);
    }),
  );
});
