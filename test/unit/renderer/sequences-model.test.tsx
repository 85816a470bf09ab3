// @vitest-environment happy-dom
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { clearRescue, readRescue, reduceSave, saveStatus, startSave, writeRescue } from '../../../renderer/lib/autosave.ts';
import { fromWaitForm, parseDuration, toWaitForm, waitSpan } from '../../../renderer/features/sequences/model/duration.ts';
import {
  addVariant,
  append,
  appendEmail,
  canMove,
  dayOf,
  duplicateStep,
  insertBehind,
  insertOn,
  leadTo,
  mailNumber,
  moveStep,
  previousSubject,
  removeStep,
  removeVariant,
  restoreStep,
  threadState,
  timeline,
  possibleTargets,
  tidy,
  updateStep,
  updateVariant,
  variantShare,
} from '../../../renderer/features/sequences/model/graph.ts';
import { newStep } from '../../../renderer/features/sequences/model/new-step.ts';
import { outlineOf } from '../../../renderer/features/sequences/model/outline.ts';
import { htmlToText, insertAt, textToHtml } from '../../../renderer/components/mail-editor/text.ts';
import { mergeTag } from '../../../shared/merge-tags.ts';
import { validateGraph } from '../../../electron/engine/sequences/index.ts';
import { edgesOf, reachable } from '../../../shared/graph.ts';
import { durationSchema, graphSchema, waitStepSchema, type EmailStep, type SequenceGraph, type Step } from '../../../shared/schemas/sequence.ts';

function counter() {
  let next = 0;
  return (prefix: string) => `${prefix}-${(next += 1)}`;
}

function mail(id: string, subject = 'Hello'): EmailStep {
  return { id, type: 'email', variants: [{ id: 'A', weight: 1, active: true, subject, html: '', text: 'Hi' }] };
}

const three: SequenceGraph = tidy({
  steps: [
    mail('m1', 'First'),
    { id: 'w1', type: 'wait', duration: 'P3D', businessDays: false },
    mail('m2', ''),
    { id: 'w2', type: 'wait', duration: 'P5D', businessDays: true },
    mail('m3', 'Another thing'),
  ],
});
const ids = (graph: SequenceGraph) => graph.steps.map((step) => step.id);

describe('waits', () => {
  it.each([
    ['P3D', false, 3, 'days'],
    ['PT72H', false, 72, 'hours'],
    ['PT45M', false, 45, 'minutes'],
    ['P2W', false, 2, 'weeks'],
    ['P5D', true, 5, 'workdays'],
    ['PT0M', false, 0, 'minutes'],
  ] as const)('shows %s (working days: %s) as %d %s and stores it again unchanged', (iso, businessDays, amount, unit) => {
    const form = toWaitForm(iso, businessDays);
    expect(form).toMatchObject({ amount, unit });
    expect(fromWaitForm(form)).toEqual({ duration: iso, businessDays });
  });

  it.each([
    ['P1DT4H', false],
    ['PT30S', false],
    ['P1W', true],
  ] as const)('keeps %s, which has no single unit, as text', (iso, businessDays) => {
    const form = toWaitForm(iso, businessDays);
    expect(form.unit).toBe('other');
    expect(fromWaitForm(form)).toEqual({ duration: iso, businessDays });
  });

  property.prop([fc.constantFrom('minutes', 'hours', 'days', 'workdays', 'weeks'), fc.oneof(fc.double(), fc.integer())])(
    'whatever is typed gives a duration that the engine accepts',
    (unit, amount) => {
      const stored = fromWaitForm({ amount, unit, iso: '', businessDays: false });
      expect(durationSchema.safeParse(stored.duration).success).toBe(true);
      expect(waitStepSchema.safeParse({ id: 'w', type: 'wait', ...stored }).success).toBe(true);
    },
  );

  it('refuses months and years', () => {
    expect(parseDuration('P1M')).toBeNull();
    expect(parseDuration('P1Y')).toBeNull();
    expect(parseDuration('PT')).toBeNull();
  });

  it('says that three working days take three to five days', () => {
    expect(waitSpan('P3D', true)).toEqual({ min: 3 * 1440, max: 5 * 1440 });
    expect(waitSpan('P5D', true)).toEqual({ min: 7 * 1440, max: 7 * 1440 });
    expect(waitSpan('P1DT2H', false)).toEqual({ min: 1560, max: 1560 });
  });
});

describe('list editing', () => {
  it('moves a step and stops at the ends', () => {
    expect(ids(moveStep(three, 'm2', -1))).toEqual(['m1', 'm2', 'w1', 'w2', 'm3']);
    expect(ids(moveStep(three, 'm1', 99))).toEqual(['w1', 'm2', 'w2', 'm3', 'm1']);
    expect(moveStep(three, 'm1', -1)).toBe(three);
    expect(canMove(three, 'm1', -1)).toBe(false);
    expect(canMove(three, 'm1', 1)).toBe(true);
  });

  it('puts a copy with an id of its own behind the step and does not share its text', () => {
    const { graph, stepId } = duplicateStep(three, 'm1', counter());
    expect(ids(graph)).toEqual(['m1', 'mail-1', 'w1', 'm2', 'w2', 'm3']);
    const changed = updateStep(graph, stepId ?? '', (step) => (step.type === 'email' ? updateVariant(step, 'A', { subject: 'Copy' }) : step));
    expect(changed.steps[0]).toMatchObject({ variants: [{ subject: 'First' }] });
    expect(changed.steps[1]).toMatchObject({ variants: [{ subject: 'Copy' }] });
  });

  it('takes a removal back where the step stood, once', () => {
    const { graph, removed } = removeStep(three, 'w1');
    expect(ids(graph)).toEqual(['m1', 'm2', 'w2', 'm3']);
    if (!removed) throw new Error('nothing removed');
    const back = restoreStep(graph, removed);
    expect(back).toEqual(three);
    expect(restoreStep(back, removed)).toBe(back);
  });

  it('puts a longer wait before each further mail', () => {
    const newId = counter();
    let graph: SequenceGraph = { steps: [] };
    for (let mails = 0; mails < 3; mails += 1) graph = appendEmail(graph, newId).graph;
    expect(graph.steps.map((step) => (step.type === 'wait' ? step.duration : step.type))).toEqual(['email', 'P3D', 'email', 'P6D', 'email']);
    expect(graphSchema.safeParse(graph).success).toBe(true);
  });

  it('adds before an exit, not behind it', () => {
    const graph = tidy({ steps: [mail('m1'), { id: 'end', type: 'exit' }] });
    expect(appendEmail(graph, counter()).graph.steps.map((step) => step.type)).toEqual(['email', 'wait', 'email', 'exit']);
  });

  it('puts steps in the order in which they are walked and keeps what no way reaches behind them', () => {
    const graph = tidy({
      steps: [
        { ...mail('a'), next: 'c' },
        { ...mail('b'), next: null },
        { ...mail('c'), next: null },
      ],
    });
    expect(ids(graph)).toEqual(['a', 'c', 'b']);
    expect(outlineOf(graph).unreachable.map(({ id }) => id)).toEqual(['b']);
  });

  property.prop([fc.array(fc.tuple(fc.constantFrom('append', 'up', 'down', 'copy', 'remove', 'undo', 'condition', 'split', 'mail', 'lead'), fc.nat(20)), { maxLength: 40 })])(
    'never loses, doubles or breaks a step id',
    (actions) => {
      const newId = counter();
      let graph: SequenceGraph = { steps: [] };
      let last: ReturnType<typeof removeStep>['removed'] = null;
      for (const [action, pick] of actions) {
        const id = graph.steps[pick % Math.max(1, graph.steps.length)]?.id ?? '';
        const before = graph.steps.length;
        if (action === 'append') graph = appendEmail(graph, newId).graph;
        else if (action === 'up' || action === 'down') {
          graph = moveStep(graph, id, action === 'up' ? -1 : 1);
          expect(graph.steps.length).toBe(before);
        } else if (action === 'copy') graph = duplicateStep(graph, id, newId).graph;
        else if (action === 'remove') ({ graph, removed: last } = removeStep(graph, id));
        else if (action === 'condition' || action === 'split') graph = insertBehindOrFirst(graph, id, newStep(action, newId));
        else if (action === 'mail' || action === 'lead') {
          const step = graph.steps.find((one) => one.id === id);
          const edges = step === undefined ? [] : edgesOf(graph, step);
          const edge = edges[pick % Math.max(1, edges.length)];
          if (step === undefined || edge === undefined) continue;
          const targets = possibleTargets(graph, id);
          graph = action === 'mail' ? insertOn(graph, id, edge.id, newStep('email', newId)) : leadTo(graph, id, edge.id, targets[pick % (targets.length + 1)]?.id ?? null);
        } else if (last) graph = restoreStep(graph, last);
        expect(new Set(ids(graph)).size).toBe(graph.steps.length);
        expect(graphSchema.safeParse(graph).success).toBe(true);
        // Nothing that the list does leads in a circle or to nowhere, and the list shows each step once.
        expect(shape(graph)).toEqual([]);
        const { order, unreachable } = outlineOf(graph);
        expect([...order, ...unreachable].map((step) => step.id).sort()).toEqual(ids(graph).sort());
        if (action !== 'lead') continue;
        expect(new Set(order.map((step) => step.id))).toEqual(reachable(graph));
      }
    },
  );

  it('shows branches as lanes and what they come together at behind them', () => {
    const condition = newStep('condition', counter());
    let graph = insertOn(three, 'm1', 'next', condition);
    graph = insertOn(graph, condition.id, 'way-2', { ...mail('yes', 'Yes') });
    const { items } = outlineOf(graph);
    expect(items.map(({ step }) => step.id)).toEqual(['m1', condition.id, 'w1', 'm2', 'w2', 'm3']);
    expect(items[1]?.lanes.map((lane) => [lane.edge.id, lane.items.map(({ step }) => step.id), lane.ends, lane.target])).toEqual([
      ['way-2', ['yes'], 'joins', 'w1'],
      ['next', [], 'joins', 'w1'],
    ]);
    expect(ids(graph)).toEqual(['m1', condition.id, 'yes', 'w1', 'm2', 'w2', 'm3']);
    // The whole branching moves, with its lanes, and comes back.
    const moved = moveStep(graph, condition.id, 1);
    expect(outlineOf(moved).items.map(({ step }) => step.id)).toEqual(['m1', 'w1', condition.id, 'm2', 'w2', 'm3']);
    expect(outlineOf(moved).items[2]?.lanes[0]).toMatchObject({ ends: 'joins', target: 'm2' });
    expect(moveStep(moved, condition.id, -1)).toEqual(graph);
    // Removing it takes what only it led to along, and undo brings all of it back.
    const { graph: without, removed } = removeStep(graph, condition.id);
    expect(without).toEqual(three);
    if (!removed) throw new Error('nothing removed');
    expect(restoreStep(without, removed)).toEqual(graph);
  });

  it('offers no target that would lead in a circle', () => {
    expect(possibleTargets(three, 'm2').map(({ id }) => id)).toEqual(['w2', 'm3']);
    const ended = leadTo(three, 'm1', 'next', 'm3');
    expect(outlineOf(ended).unreachable.map(({ id }) => id)).toEqual(['w1', 'm2', 'w2']);
    expect(outlineOf(leadTo(ended, 'm1', 'next', 'w1')).unreachable).toEqual([]);
  });
});

/** Loops and ways to nowhere that validation finds. */
function shape(graph: SequenceGraph): string[] {
  return validateGraph(graph, { check: () => [] }, null).flatMap(({ code }) => (code === 'loop' || code === 'dangling_next' || code === 'duplicate_id' ? [code] : []));
}

function insertBehindOrFirst(graph: SequenceGraph, stepId: string, step: Step): SequenceGraph {
  const behind = insertBehind(graph, stepId, step);
  return behind === graph ? append(graph, step) : behind;
}

describe('variants', () => {
  it('takes the next free letter and can start from another arm', () => {
    const first = mail('m');
    const second = addVariant(first, first.variants[0] ?? null);
    expect(second.step.variants.map(({ id, subject }) => [id, subject])).toEqual([
      ['A', 'Hello'],
      ['B', 'Hello'],
    ]);
    expect(addVariant(removeVariant(second.step, 'A')).variantId).toBe('A');
  });

  it('stops at Z and keeps the last arm', () => {
    let step = mail('m');
    for (let count = 0; count < 30; count += 1) step = addVariant(step).step;
    expect(step.variants).toHaveLength(26);
    expect(removeVariant(mail('m'), 'A').variants).toHaveLength(1);
  });

  it('shares people by the weights of the arms that are on', () => {
    let step = addVariant(addVariant(mail('m')).step).step;
    step = updateVariant(updateVariant(step, 'B', { weight: 3 }), 'C', { active: false });
    expect(['A', 'B', 'C'].map((id) => variantShare(step, id))).toEqual([25, 75, 0]);
  });
});

describe('threads and times', () => {
  it('says which mails go on in the thread', () => {
    expect(['m1', 'm2', 'm3'].map((id) => threadState(three, id))).toEqual(['first', 'continues', 'new']);
    expect(previousSubject(three, 'm2')).toBe('First');
    expect(previousSubject(three, 'm1')).toBeNull();
    expect(mailNumber(three, 'm3')).toBe(3);
    expect(mailNumber(three, 'w1')).toBeNull();
  });

  it('calls arms that differ mixed, and does not ask those that are off', () => {
    const step = addVariant(mail('m2', '')).step;
    const mixed = updateVariant(step, 'B', { subject: 'New' });
    expect(threadState({ steps: [mail('m1'), mixed] }, 'm2')).toBe('mixed');
    expect(threadState({ steps: [mail('m1'), updateVariant(mixed, 'B', { active: false })] }, 'm2')).toBe('continues');
  });

  it('lays the mails out by day', () => {
    const points = timeline(three).map((point) => ({ number: point.number, ...dayOf(point) }));
    expect(points).toEqual([
      { number: 1, from: 0, to: 0, rest: 0 },
      { number: 2, from: 3, to: 3, rest: 0 },
      { number: 3, from: 10, to: 10, rest: 0 },
    ]);
    const soon = timeline({ steps: [mail('a'), { id: 'w', type: 'wait', duration: 'PT90M', businessDays: false }, mail('b')] });
    expect(soon.map(dayOf)).toEqual([
      { from: 0, to: 0, rest: 0 },
      { from: 0, to: 0, rest: 90 },
    ]);
  });
});

describe('merge tags', () => {
  it('writes the tag with its fallback', () => {
    expect(mergeTag('first_name')).toBe('{{ first_name }}');
    expect(mergeTag('{{ first_name }}', 'there')).toBe('{{ first_name | default: "there" }}');
    expect(mergeTag('company', 'the "A" team')).toBe(`{{ company | default: 'the "A" team' }}`);
    expect(mergeTag('company', '}} {% if')).not.toContain('{%');
  });

  it('replaces the selection and says where the caret goes', () => {
    expect(insertAt('Hi NAME,', '{{ first_name }}', 3, 7)).toEqual({ value: 'Hi {{ first_name }},', caret: 19 });
    expect(insertAt('Hi', '!', 99, 99)).toEqual({ value: 'Hi!', caret: 3 });
  });

  it('turns text into HTML without touching tags, and back', () => {
    const text = 'Hi {{ first_name | default: "A > B" }},\n\nfish & <chips>\nsecond line';
    const html = textToHtml(text);
    expect(html).toBe('<p>Hi {{ first_name | default: "A > B" }},</p>\n<p>fish &amp; &lt;chips&gt;<br>\nsecond line</p>');
    expect(htmlToText(html)).toBe(text);
    expect(htmlToText('<p>See <a href="https://example.com/a">this</a></p><ul><li>one</li><li>two</li></ul>')).toBe('See this (https://example.com/a)\n\n- one\n- two');
  });
});

describe('autosave', () => {
  it('keeps a change that was made during a save', () => {
    let state = startSave('a');
    expect(saveStatus(state)).toBe('saved');
    state = reduceSave(state, { type: 'edit', value: 'b' });
    expect(saveStatus(state)).toBe('unsaved');
    state = reduceSave(state, { type: 'send' });
    state = reduceSave(state, { type: 'edit', value: 'c' });
    expect(saveStatus(state)).toBe('saving');
    state = reduceSave(state, { type: 'confirmed' });
    expect(state).toMatchObject({ stored: 'b', value: 'c' });
    expect(saveStatus(state)).toBe('unsaved');
  });

  it('says that saving failed and tries again only when told', () => {
    let state = reduceSave(reduceSave(reduceSave(startSave('a'), { type: 'edit', value: 'b' }), { type: 'send' }), { type: 'failed', message: 'offline' });
    expect(saveStatus(state)).toBe('failed');
    state = reduceSave(state, { type: 'send' });
    expect(state).toMatchObject({ sending: 'b', error: null });
  });

  it('never lets a fresh reading overwrite typing', () => {
    const typing = reduceSave(startSave('a'), { type: 'edit', value: 'mine' });
    expect(reduceSave(typing, { type: 'loaded', value: 'theirs' })).toMatchObject({ value: 'mine', stored: 'theirs' });
    expect(reduceSave(startSave('a'), { type: 'loaded', value: 'theirs' })).toMatchObject({ value: 'theirs' });
  });

  it('finds rescued edits that are newer than what is stored, and survives rubbish', () => {
    const map = new Map<string, string>();
    const storage = {
      getItem: (key: string) => map.get(key) ?? null,
      setItem: (key: string, value: string) => void map.set(key, value),
      removeItem: (key: string) => void map.delete(key),
    };
    const parse = (value: unknown) => (typeof value === 'string' ? value : null);
    writeRescue(storage, 'k', 'draft', 1000);
    expect(readRescue(storage, 'k', 999, parse)).toEqual({ at: 1000, value: 'draft' });
    expect(readRescue(storage, 'k', 1000, parse)).toBeNull();
    map.set('k', '{"at":2000,"value":17}');
    expect(readRescue(storage, 'k', 0, parse)).toBeNull();
    map.set('k', 'not json');
    expect(readRescue(storage, 'k', 0, parse)).toBeNull();
    clearRescue(storage, 'k');
    expect(map.size).toBe(0);
  });
});
