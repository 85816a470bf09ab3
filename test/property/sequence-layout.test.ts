import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOf, neighbour, type Box, type Layout, type Size } from '../../renderer/features/sequences/model/layout.ts';
import { validateGraph } from '../../electron/engine/sequences/index.ts';
import { createComposer } from '../../electron/engine/composing/index.ts';
import { edgesOf, reachable } from '../../shared/graph.ts';
import { graphSchema, type SequenceGraph, type Step } from '../../shared/schemas/sequence.ts';

const composer = createComposer();
const ids = Array.from({ length: 14 }, (_, index) => `s${index}`);
const sizeOf = (step: Step): Size => ({ width: step.type === 'email' ? 264 : 220, height: step.type === 'email' ? 96 : 64 });

function stepAt(index: number, target: fc.Arbitrary<string | null>): fc.Arbitrary<unknown> {
  const id = fc.constant(ids[index]);
  const when = fc.constant({ tests: [{ kind: 'tag', tag: 'x' }] });
  const branches = (most: number) => fc.uniqueArray(fc.record({ id: fc.constantFrom('p', 'q', 'r', 't'), when, next: target }), { selector: (one) => one.id, maxLength: most });
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ id, type: fc.constant('email'), variants: fc.constant([{ subject: 'x', text: 'y' }]), next: target }) },
    { weight: 2, arbitrary: fc.record({ id, type: fc.constant('wait'), duration: fc.constant('P1D'), next: target }) },
    { weight: 2, arbitrary: fc.record({ id, type: fc.constant('condition'), branches: branches(4), next: target }) },
    { weight: 1, arbitrary: fc.record({ id, type: fc.constant('task'), title: fc.constant('Call'), skipped: target, next: target }) },
    { weight: 1, arbitrary: fc.record({ id, type: fc.constant('split'), arms: branches(3) }) },
    { weight: 1, arbitrary: fc.record({ id, type: fc.constant('exit') }) },
  );
}

const graphOf = (target: (index: number, size: number) => fc.Arbitrary<string | null>): fc.Arbitrary<SequenceGraph> =>
  fc
    .integer({ min: 0, max: ids.length })
    .chain((size) => fc.tuple(...ids.slice(0, size).map((_, index) => stepAt(index, target(index, size)))))
    .map((steps) => graphSchema.parse({ steps }));
/** Ways lead to later steps only: no loops. */
const tree = graphOf((index, size) => fc.constantFrom(...ids.slice(index + 1, size), null));
/** Ways lead anywhere, even to steps that do not exist. */
const any = graphOf((_, size) => fc.constantFrom(...ids.slice(0, size), 'nowhere', null));

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function check({ boxes, links, width, height }: Layout): void {
  for (const [index, box] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) expect(overlaps(box, other) ? [box, other] : null).toBe(null);
    expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
  }
  const known = new Set(boxes.map(({ id }) => id));
  for (const { to } of links) expect(known.has(to)).toBe(true);
}

describe('the picture of a graph', () => {
  test('shows every step once and every way, overlaps nowhere, and is the same each time', () => {
    fc.assert(
      fc.property(any, (graph) => {
        const layout = layoutOf(graph, sizeOf);
        check(layout);
        expect(layout.boxes.flatMap(({ step }) => (step === null ? [] : [step.id]))).toEqual(graph.steps.map(({ id }) => id));
        expect(layout.links.map(({ from, edgeId }) => `${from} ${edgeId}`)).toEqual(graph.steps.flatMap((step) => edgesOf(graph, step).map(({ id }) => `${step.id} ${id}`)));
        expect(layoutOf(structuredClone(graph), sizeOf)).toEqual(layout);
      }),
      { numRuns: 400 },
    );
  });

  test('places every step below those that lead to it, and ways in the order in which they are tried', () => {
    fc.assert(
      fc.property(tree, (graph) => {
        const { boxes, links } = layoutOf(graph, sizeOf);
        const boxOf = (id: string) => boxes.find((box) => box.id === id) as Box;
        for (const { from, to } of links) expect(boxOf(to).y).toBeGreaterThanOrEqual(boxOf(from).y + boxOf(from).height);
        for (const id of reachable(graph)) {
          const ways = links.filter((link) => link.from === id).map(({ x }) => x);
          for (const [index, x] of ways.entries()) expect(x).toBeGreaterThan(ways[index - 1] ?? -1);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('arrows alone come to every step, where each has one way that leads to it', () => {
    fc.assert(
      fc.property(tree, (graph) => {
        const layout = layoutOf(graph, sizeOf);
        const parents = new Map<string, number>();
        for (const { to } of layout.links) parents.set(to, (parents.get(to) ?? 0) + 1);
        fc.pre(graph.steps[0] !== undefined && [...parents.values()].every((count) => count === 1));
        const seen = new Set<string>();
        const open = graph.steps.slice(0, 1).map(({ id }) => id);
        for (let id = open.pop(); id !== undefined; id = open.pop()) {
          if (seen.has(id)) continue;
          seen.add(id);
          for (const key of ['down', 'left', 'right', 'up'] as const) {
            const next = neighbour(layout, id, key);
            if (next !== null) open.push(next);
          }
        }
        for (const id of reachable(graph)) expect(seen.has(id)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('what is written in a mail moves nothing', () => {
    fc.assert(
      fc.property(tree, fc.string(), (graph, text) => {
        const written: SequenceGraph = {
          steps: graph.steps.map((step) => (step.type === 'email' ? { ...step, variants: step.variants.map((one) => ({ ...one, text })) } : step)),
        };
        const places = (of: SequenceGraph) => layoutOf(of, sizeOf).boxes.map(({ id, x, y }) => ({ id, x, y }));
        expect(places(written)).toEqual(places(graph));
      }),
    );
  });
});

test('a straight sequence is one column; the way that goes on stands straight below, what ends at once beside it', () => {
  const mail = (id: string, next: string | null) => ({ id, type: 'email', variants: [{ subject: 'x', text: 'y' }], next });
  const graph = graphSchema.parse({
    steps: [
      mail('a', 'w'),
      { id: 'w', type: 'wait', duration: 'P3D', next: 'c' },
      { id: 'c', type: 'condition', branches: [{ id: 'vip', when: { tests: [{ kind: 'tag', tag: 'vip' }] }, next: 'out' }], next: 'b' },
      { id: 'out', type: 'exit' },
      mail('b', null),
    ],
  });
  expect(validateGraph(graph, composer, []).filter(({ blocking }) => blocking)).toEqual([]);
  const { boxes } = layoutOf(graph, sizeOf);
  const middle = (id: string) => {
    const box = boxes.find((one) => one.id === id) as Box;
    return box.x + box.width / 2;
  };
  expect(middle('w')).toBe(middle('a'));
  expect(middle('c')).toBe(middle('a'));
  expect(middle('b')).toBe(middle('a'));
  expect(middle('out')).toBeLessThan(middle('a'));
});
