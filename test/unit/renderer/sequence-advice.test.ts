import { describe, expect, it } from 'vitest';
import { applyRecommendation } from '../../../renderer/features/sequences/model/advice.ts';
import { tidy } from '../../../renderer/features/sequences/model/graph.ts';
import type { Rate } from '../../../shared/schemas/analytics.ts';
import { graphSchema } from '../../../shared/schemas/sequence.ts';

const rate: Rate = { count: 1, of: 200, rate: 0.005, low: 0, high: 0.03 };
const graph = tidy(
  graphSchema.parse({
    steps: [
      {
        id: 'a',
        type: 'email',
        variants: [
          { id: 'A', subject: 'One' },
          { id: 'B', subject: 'Two' },
        ],
      },
      { id: 'w1', type: 'wait', duration: 'P3D' },
      { id: 'b', type: 'email', variants: [{ id: 'A' }] },
      { id: 'w2', type: 'wait', duration: 'P5D' },
      { id: 'c', type: 'email', variants: [{ id: 'A' }] },
    ],
  }),
);

describe('a recommendation taken over', () => {
  it('stops the variant and leaves the other', () => {
    const [mail] = applyRecommendation(graph, {
      kind: 'stop_variant',
      stepId: 'a',
      variantId: 'B',
      replied: rate,
      better: { variantId: 'A', ...rate },
      chance: 0.001,
      gain: 2,
    }).steps;
    expect(mail).toMatchObject({
      variants: [
        { id: 'A', active: true },
        { id: 'B', active: false },
      ],
    });
  });
  it('leaves out the last mail with the wait before it, and keeps the waits around one in the middle', () => {
    const leave = (stepId: string) =>
      applyRecommendation(graph, { kind: 'losing_mail', stepId, first: false, replied: rate, optedOut: rate, chance: 0.001, gain: 1 }).steps.map(({ id }) => id);
    expect(leave('c')).toEqual(['a', 'w1', 'b']);
    expect(leave('b')).toEqual(['a', 'w1', 'w2', 'c']);
  });
  it('changes the wait, and nothing where the step is gone', () => {
    const change = (stepId: string) =>
      applyRecommendation(graph, {
        kind: 'longer_wait',
        stepId,
        mailStepId: 'a',
        from: { duration: 'P3D', businessDays: false },
        to: { duration: 'P4D', businessDays: false },
        answers: 40,
        quantileHours: 90,
        late: rate,
      });
    expect(change('w1').steps[1]).toMatchObject({ duration: 'P4D' });
    expect(change('gone')).toEqual(graph);
  });
});
