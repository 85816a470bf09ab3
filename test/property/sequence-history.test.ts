import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canRedo, canUndo, record, redo, startHistory, undo, type History } from '../../renderer/features/sequences/model/history.ts';

type Command = { readonly do: 'edit'; readonly value: number; readonly after: number; readonly small: boolean } | { readonly do: 'undo' } | { readonly do: 'redo' };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), value: fc.nat(9), after: fc.constantFrom(100, 5000), small: fc.boolean() }) },
  { weight: 2, arbitrary: fc.constant({ do: 'undo' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'redo' as const }) },
);

/** Runs commands as the editor does; every value is an object of its own, as drafts are. */
function run(commands: readonly Command[]): { history: History<object>; present: object; start: object; seen: Set<object> } {
  const start = { value: -1 };
  let present: object = start;
  let history = startHistory<object>();
  let at = 0;
  const seen = new Set<object>([start]);
  for (const one of commands) {
    if (one.do === 'edit') {
      at += one.after;
      const next = { value: one.value };
      history = record(history, present, next, at, one.small);
      present = next;
      seen.add(next);
    } else {
      const step = one.do === 'undo' ? undo(history, present) : redo(history, present);
      if (step !== null) ({ history, value: present } = step);
    }
  }
  return { history, present, start, seen };
}

test('undoing all of it leads back to the beginning, and redoing all of it to where it was', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      const { history, present, start, seen } = run(commands);
      let back = { history, value: present };
      let steps = 0;
      for (let step = undo(back.history, back.value); step !== null; step = undo(back.history, back.value)) {
        back = step;
        steps += 1;
        expect(seen.has(back.value)).toBe(true);
      }
      expect(back.value).toBe(start);
      expect(canUndo(back.history, back.value)).toBe(false);
      for (let i = 0; i < steps; i += 1) {
        expect(canRedo(back.history, back.value)).toBe(true);
        back = redo(back.history, back.value) ?? back;
      }
      expect(back.value).toBe(present);
    }),
  );
});

test('typing without a pause is one step, a change of the steps is always one of its own', () => {
  const [a, b, c, d] = ['a', 'ab', 'abc', 'abcd'] as const;
  let history = record(startHistory<string>(), a, b, 1000, true);
  history = record(history, b, c, 1400, true);
  expect(history.past).toEqual([a]);
  history = record(history, c, d, 1500, false);
  expect(history.past).toEqual([a, c]);
  expect(undo(history, d)?.value).toBe(c);
  expect(record(history, d, 'x', 1600, true).past).toEqual([a, c, d]);
  expect(record(record(startHistory<string>(), a, b, 0, true), b, c, 60_000, true).past).toEqual([a, b]);
});

test('what was loaded from elsewhere meanwhile is never undone away', () => {
  const history = record(startHistory<string>(), 'mine', 'mine, changed', 0, false);
  expect(undo(history, 'of another window')).toBe(null);
  expect(canUndo(history, 'of another window')).toBe(false);
  const after = record(history, 'of another window', 'both', 10, false);
  expect(after.past).toEqual(['of another window']);
});
