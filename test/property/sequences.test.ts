import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createComposer } from '../../electron/engine/composing/index.ts';
import { chooseVariant, emailSteps, likelyMails, normaliseGraph, validateGraph } from '../../electron/engine/sequences/index.ts';
import { emailStepSchema, graphSchema, type SequenceGraph, type Step } from '../../shared/schemas/sequence.ts';

const composer = createComposer();
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const next = fc.oneof(fc.constant(undefined), fc.constant(null), id, fc.constant('nowhere'));
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ id, type: fc.constant('email'), variants: fc.constant([{ subject: 'x', text: 'y' }]), next }) },
  { weight: 3, arbitrary: fc.record({ id, type: fc.constant('wait'), duration: fc.constantFrom('P1D', 'PT5M'), next }) },
  { weight: 1, arbitrary: fc.record({ id, type: fc.constant('exit') }) },
);
const anyGraph = fc.array(step, { maxLength: 8 }).map((steps) => graphSchema.parse({ steps }));

/** Steps from the start on, by the plainest reading; stops at the first repetition. */
function way(graph: SequenceGraph): Step[] {
  const passed: Step[] = [];
  let index = 0;
  for (;;) {
    const current = graph.steps[index];
    if (current === undefined || passed.some(({ id: known }) => known === current.id)) return passed;
    passed.push(current);
    if (current.type === 'exit' || current.type === 'split' || current.next === null) return passed;
    index = current.next === undefined ? index + 1 : graph.steps.findLastIndex(({ id: other }) => other === current.next);
    if (index < 0) return passed;
  }
}

test('walking a graph always ends, and passes its e-mails and waits in order', () => {
  fc.assert(
    fc.property(
      anyGraph.filter(({ steps }) => new Set(steps.map(({ id: own }) => own)).size === steps.length),
      (graph) => {
        const expected = way(graph).filter(({ type }) => type === 'email');
        expect(emailSteps(graph).map(({ id: own }) => own)).toEqual(expected.map(({ id: own }) => own));
        const passed = likelyMails(graph).flatMap(({ step: email, waits }) => [...waits.map(({ id: own }) => own), email.id]);
        for (const [index, email] of expected.entries())
          expect(
            likelyMails(graph, email.id)
              .map(({ step: own }) => own.id)
              .slice(0, expected.length - index),
          ).toEqual(expected.slice(index).map(({ id: own }) => own));
        expect(
          way(graph)
            .map(({ id: own }) => own)
            .slice(0, passed.length),
        ).toEqual(passed);
      },
    ),
    { numRuns: 1000 },
  );
});

test('writing the edges out changes no way, and twice is as good as once', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const written = normaliseGraph(graph);
      expect(normaliseGraph(written)).toEqual(written);
      if (new Set(graph.steps.map(({ id: own }) => own)).size === graph.steps.length)
        expect(emailSteps(written).map(({ id: own }) => own)).toEqual(emailSteps(graph).map(({ id: own }) => own));
    }),
  );
});

test('a graph without blocking issues can be walked to its end and begins with a mail that has a subject', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const blocked = validateGraph(graph, composer, []).some(({ blocking }) => blocking);
      if (blocked) return;
      const mails = emailSteps(normaliseGraph(graph));
      expect(mails.length).toBeGreaterThan(0);
      const walked = way(graph);
      const end = walked.at(-1);
      if (end?.type === 'split') return;
      expect(end?.type === 'exit' || end?.next === null || (end?.next === undefined && graph.steps.at(-1) === end)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('a variant is drawn by weight, the same one each time, and never an inactive one', () => {
  const drawn = emailStepSchema.parse({
    id: 'a',
    type: 'email',
    variants: [
      { id: 'A', weight: 3 },
      { id: 'B', weight: 1 },
      { id: 'C', weight: 5, active: false },
      { id: 'D', weight: 0 },
    ],
  });
  const counts: Record<string, number> = {};
  for (let i = 0; i < 8000; i += 1) {
    const chosen = chooseVariant(drawn, `enrolment-${i}`)?.id ?? '-';
    expect(chooseVariant(drawn, `enrolment-${i}`)?.id).toBe(chosen);
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  expect(Object.keys(counts).sort()).toEqual(['A', 'B']);
  // 6000 expected with a standard deviation of 39.
  expect(counts['A']).toBeGreaterThan(5800);
  expect(counts['A']).toBeLessThan(6200);
  // Another step of the same person is another draw.
  const same = Array.from({ length: 1000 }, (_, i) => chooseVariant(drawn, `e${i}`)?.id === chooseVariant({ ...drawn, id: 'b' }, `e${i}`)?.id).filter(Boolean).length;
  expect(same).toBeLessThan(750);
  expect(chooseVariant({ ...drawn, variants: drawn.variants.slice(2) }, 'x')).toBeUndefined();
});
