/**
 * Undo and redo as a value: what was before, newest last, and what was taken back, nearest first. The present is not
 * stored: whoever asks hands it in, so that a value which came from elsewhere is never overwritten unseen.
 */
export interface History<T> {
  readonly past: readonly T[];
  readonly future: readonly T[];
  /** What the last edit, undo or redo left behind. */
  readonly latest: T | null;
  /** When the last edit was made, ms; null = the next one begins a step of its own. */
  readonly editedAt: number | null;
}

type Same<T> = (a: T, b: T) => boolean;

/** Typing without a longer pause than this is one step back. */
const pauseMs = 1000;
const maxSteps = 200;

export function startHistory<T>(): History<T> {
  return { past: [], future: [], latest: null, editedAt: null };
}

/**
 * Notes an edit made at `at` (ms). `small` edits (typing) that follow each other without a pause become one step. An
 * edit of a value that this history did not leave behind (it was loaded again meanwhile) begins a new history.
 */
export function record<T>(history: History<T>, before: T, after: T, at: number, small: boolean, same: Same<T> = Object.is): History<T> {
  if (same(before, after)) return history;
  const known = history.latest === null || same(history.latest, before) ? history : startHistory<T>();
  const goesOn = small && known.past.length > 0 && known.future.length === 0 && known.editedAt !== null && at - known.editedAt < pauseMs;
  return { past: goesOn ? known.past : [...known.past, before].slice(-maxSteps), future: [], latest: after, editedAt: small ? at : null };
}

/** The step back from the present; null when there is none. */
export function undo<T>({ past, future, latest }: History<T>, present: T, same: Same<T> = Object.is): { history: History<T>; value: T } | null {
  const value = past.at(-1);
  if (value === undefined || latest === null || !same(latest, present)) return null;
  return { history: { past: past.slice(0, -1), future: [present, ...future], latest: value, editedAt: null }, value };
}

/** The step forward again; null when nothing was taken back. */
export function redo<T>({ past, future, latest }: History<T>, present: T, same: Same<T> = Object.is): { history: History<T>; value: T } | null {
  const [value, ...rest] = future;
  if (value === undefined || latest === null || !same(latest, present)) return null;
  return { history: { past: [...past, present], future: rest, latest: value, editedAt: null }, value };
}

export function canUndo<T>(history: History<T>, present: T, same: Same<T> = Object.is): boolean {
  return undo(history, present, same) !== null;
}

export function canRedo<T>(history: History<T>, present: T, same: Same<T> = Object.is): boolean {
  return redo(history, present, same) !== null;
}
