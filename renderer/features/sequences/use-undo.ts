import { useCallback, useRef, useState } from 'react';
import { canRedo, canUndo, record, redo, startHistory, undo, type History } from './model/history.ts';

interface Options<T> {
  readonly value: T;
  readonly write: (change: (value: T) => T) => void;
  /** Whether a change is one of many that follow each other, such as a typed letter. */
  readonly small: (before: T, after: T) => boolean;
  readonly same: (a: T, b: T) => boolean;
}

export interface Undoable<T> {
  readonly edit: (change: (value: T) => T) => void;
  /** Takes the last edit back; null when there is none. */
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
}

/** Edits of a value that can be taken back. `small` and `same` must not change. */
export function useUndo<T>({ value, write, small, same }: Options<T>): Undoable<T> {
  const [history, setHistory] = useState(startHistory<T>);
  // Two edits in one event must see each other.
  const latest = useRef(history);
  const keep = useCallback((next: History<T>) => {
    latest.current = next;
    setHistory(next);
  }, []);
  const edit = useCallback(
    (change: (before: T) => T) =>
      write((before) => {
        const after = change(before);
        keep(record(latest.current, before, after, Date.now(), small(before, after), same));
        return after;
      }),
    [write, keep, small, same],
  );
  const travel = (by: typeof undo) =>
    write((present) => {
      const step = by(latest.current, present, same);
      if (step === null) return present;
      keep(step.history);
      return step.value;
    });
  return { edit, undo: canUndo(history, value, same) ? () => travel(undo) : null, redo: canRedo(history, value, same) ? () => travel(redo) : null };
}
