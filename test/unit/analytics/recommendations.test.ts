import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createAnalytics } from '../../../electron/engine/analytics/index.ts';
import { recommend, type AnswerFacts, type VariantFacts } from '../../../electron/engine/analytics/recommendations.ts';
import { day, hour } from '../../../electron/engine/lib/clock.ts';
import { fisherLower, signTest } from '../../../electron/engine/lib/exact-test.ts';
import { graphSchema, type SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { settingsSchema } from '../../../shared/schemas/settings.ts';
import { writeRows } from '../../support/analytics-rows.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { openTestBase } from '../../support/store.ts';

const variant = (id: string, over: object = {}) => ({ id, subject: 'Hello', text: 'Text', ...over });
const graph = (variants: object[] = [variant('A'), variant('B')], wait: object = { duration: 'P3D' }): SequenceGraph =>
  graphSchema.parse({
    steps: [
      { id: 'first', type: 'email', variants },
      { id: 'wait', type: 'wait', ...wait },
      { id: 'second', type: 'email', variants: [variant('A', { subject: '' })] },
    ],
  });
const facts = (stepId: string, variantId: string, mailed: number, replied: number, optedOut = 0): VariantFacts => ({ stepId, variantId, mailed, replied, optedOut });
const answers = (count: number, afterMs: number, late: boolean): AnswerFacts[] => Array.from({ length: count }, () => ({ stepId: 'first', afterMs, late }));

describe('exact tests', () => {
  it("gives the chance of Fisher's lady tasting tea, and of six boys in a row", () => {
    // Of 4 + 4 cups, one right of the four: (C(4,0)C(4,4) + C(4,1)C(4,3)) / C(8,4).
    expect(fisherLower({ hits: 1, of: 4 }, { hits: 3, of: 4 })).toBeCloseTo(17 / 70, 9);
    expect(signTest(6, 6)).toBeCloseTo(1 / 64, 9);
    expect(signTest(0, 0)).toBe(1);
  });
  property.prop([fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 3000 })])('both tails together hold everything', (hits, a, b) => {
    const [x, y] = [Math.min(hits, a), Math.min(Math.floor(hits / 2), b)];
    const lower = fisherLower({ hits: x, of: a }, { hits: y, of: b });
    const upper = fisherLower({ hits: y, of: b }, { hits: x, of: a });
    expect(lower).toBeGreaterThanOrEqual(0);
    // The observed table lies in both.
    expect(lower + upper).toBeGreaterThan(1 - 1e-6);
  });
});

describe('variants', () => {
  it('stops the one that surely does worse, with what that gains', () => {
    const { items } = recommend(graph(), [facts('first', 'A', 400, 40), facts('first', 'B', 400, 12)], []);
    expect(items).toEqual([
      expect.objectContaining({
        kind: 'stop_variant',
        stepId: 'first',
        variantId: 'B',
        better: expect.objectContaining({ variantId: 'A', count: 40, of: 400 }) as object,
        gain: expect.closeTo(3.5, 6) as number,
      }),
    ]);
  });
  it('says how many mails are missing, and nothing of variants that nobody gets', () => {
    const few = [facts('first', 'A', 60, 20), facts('first', 'B', 40, 0)];
    expect(recommend(graph(), few, [])).toEqual({ items: [], undecided: [{ stepId: 'first', mailed: 40, needed: 100 }] });
    const stopped = graph([variant('A'), variant('B', { active: false })]);
    expect(recommend(stopped, [facts('first', 'A', 400, 40), facts('first', 'B', 400, 12)], [])).toEqual({ items: [], undecided: [] });
  });
  property.prop([fc.array(fc.record({ mailed: fc.integer({ min: 0, max: 2000 }), share: fc.double({ min: 0, max: 0.3, noNaN: true }) }), { minLength: 2, maxLength: 6 })])(
    'never stops the best one, nor one of which too little is known',
    (arms) => {
      const ids = ['A', 'B', 'C', 'D', 'E', 'F'];
      const own = arms.map(({ mailed, share }, index) => facts('first', ids[index] ?? 'A', mailed, Math.floor(mailed * share)));
      const { items } = recommend(graph(own.map(({ variantId }) => variant(variantId))), own, []);
      for (const item of items) {
        if (item.kind !== 'stop_variant') continue;
        expect(item.replied.of).toBeGreaterThanOrEqual(100);
        expect(item.replied.rate ?? 1).toBeLessThan(item.better.rate ?? 0);
        expect(item.gain).toBeGreaterThan(0);
      }
      expect(items.filter(({ kind }) => kind === 'stop_variant').length).toBeLessThan(own.length);
    },
  );
});

describe('mails that lose people', () => {
  it('names a mail that more people opt out of than answer, and tells a first mail from a follow-up', () => {
    const { items } = recommend(graph([variant('A')]), [facts('first', 'A', 500, 1, 14), facts('second', 'A', 400, 0, 10)], []);
    expect(items.map((item) => item.kind === 'losing_mail' && [item.stepId, item.first, item.optedOut.count, item.replied.count])).toEqual([
      ['first', true, 14, 1],
      ['second', false, 10, 0],
    ]);
    expect(recommend(graph(), [facts('second', 'A', 400, 6, 10)], []).items).toEqual([]);
    expect(recommend(graph(), [facts('second', 'A', 150, 0, 10)], []).items).toEqual([]);
  });
});

describe('waits', () => {
  it('lengthens a wait that answers come after, to when nine of ten are there', () => {
    const { items } = recommend(graph([variant('A')]), [], [...answers(20, 2 * day, false), ...answers(15, 4.5 * day, true)]);
    expect(items).toEqual([expect.objectContaining({ kind: 'longer_wait', stepId: 'wait', mailStepId: 'first', to: { duration: 'P5D', businessDays: false }, answers: 35 })]);
  });
  it('shortens one that nobody needs, in the working days that it is written in', () => {
    const wait = (form: object) => recommend(graph([variant('A')], form), [], answers(40, 30 * hour, false)).items;
    expect(wait({ duration: 'P10D', businessDays: true })).toEqual([
      expect.objectContaining({ kind: 'shorter_wait', to: { duration: 'P2D', businessDays: true }, quantileHours: 30 }),
    ]);
    expect(wait({ duration: 'P3D' })).toEqual([]);
    expect(wait({ duration: 'PT200H' })).toEqual([]);
    expect(recommend(graph([variant('A')], { duration: 'P10D' }), [], answers(29, hour, false)).items).toEqual([]);
  });
});

it('reads the figures of a sequence from what was sent and came back', async () => {
  const now = Date.UTC(2026, 2, 2, 9);
  const base = openTestBase(fakeClock(now));
  const rows = writeRows(base);
  const analytics = createAnalytics({ ...base, deliveries: { next: () => [] }, settings: { get: () => settingsSchema.parse({}) }, pausedUntil: () => null, zone: 'UTC' });
  const campaign = rows.campaign('One');
  rows.run('update campaigns set launched_at = 1 where id = @id', { id: campaign });
  for (let index = 0; index < 200; index += 1) {
    const contact = rows.contact(`p${index}@example.com`);
    const enrolment = rows.enrolment(campaign, contact, 'active', 2);
    const send = (step: string, name: string, at: number) => {
      const id = rows.delivery('sent', { campaign, contact, at });
      rows.run('update deliveries set step_id = @step, variant_id = @name, enrolment_id = @enrolment where id = @id', { id, step, name, enrolment });
      return id;
    };
    const answer = (delivery: string, kind: 'human' | 'opt_out', at: number) => {
      const reply = rows.reply(kind, { campaign, contact, at });
      rows.run('update replies set delivery_id = @delivery where id = @reply', { delivery, reply });
    };
    const mail = send('first', index % 2 === 0 ? 'A' : 'B', now - 20 * day);
    if (index % 2 === 0 && index < 80) answer(mail, 'human', now - 16 * day);
    const second = send('second', 'A', now - 17 * day);
    if (index >= 188) answer(second, 'opt_out', now - 10 * day);
  }
  const sequence = base.store.prepareRead('select sequence_id as id from sequence_versions limit 1').get() as { id: string };
  const { items } = await analytics.recommendations(sequence.id, graph());
  expect(items.map((item) => [item.kind, item.stepId])).toEqual([
    ['stop_variant', 'first'],
    ['losing_mail', 'second'],
    ['longer_wait', 'wait'],
  ]);
  expect(items[2]).toMatchObject({ answers: 40, quantileHours: 96, late: { count: 40, of: 40 }, to: { duration: 'P4D' } });
});
