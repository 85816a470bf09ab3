import { useCallback, useEffect, useLayoutEffect, useReducer, useRef } from 'react';
import { reduceSave, saveStatus, startSave, type SaveAction, type SaveState, type SaveStatus } from './autosave.ts';
import { describeError } from './errors.ts';

interface Options<T> {
  /** The engine's copy. */
  readonly stored: T;
  /** Changes whenever the engine's copy does, for example `updatedAt`. */
  readonly stamp: number;
  readonly same: (a: T, b: T) => boolean;
  /** Writes the value and answers the new stamp. */
  readonly write: (value: T, stored: T) => Promise<number>;
  /** Told of every value that is not saved yet. */
  readonly onUnsaved?: (value: T) => void;
  readonly onSaved?: () => void;
}

export interface Autosave<T> {
  readonly value: T;
  readonly status: SaveStatus;
  readonly error: string | null;
  readonly edit: (change: (value: T) => T) => void;
  /** Saves now; true when the engine has everything that was typed. */
  readonly save: () => Promise<boolean>;
}

const saveAfterMs = 700;
const retryAfterMs = 5_000;

/**
 * A value that saves itself: a pause in typing sends it, a failure keeps it and tries again, and leaving the screen
 * sends what is left. One save runs at a time.
 */
export function useAutosave<T>({ stored, stamp, same, write, onUnsaved, onSaved }: Options<T>): Autosave<T> {
  const [state, dispatch] = useReducer(
    (before: SaveState<T>, action: SaveAction<T>) => reduceSave(before, action, same),
    stored,
    (initial) => startSave(initial),
  );
  const latest = useRef(state);
  const ports = useRef({ write, onUnsaved, onSaved, same });
  useLayoutEffect(() => {
    latest.current = state;
    ports.current = { write, onUnsaved, onSaved, same };
  });
  const seenStamp = useRef(stamp);
  const running = useRef<Promise<boolean> | null>(null);
  const status = saveStatus(state, same);

  useEffect(() => {
    // The answer to our own save is what was typed, perhaps tidied up: showing it would move the caret.
    if (stamp === seenStamp.current) return;
    seenStamp.current = stamp;
    dispatch({ type: 'loaded', value: stored });
  }, [stamp, stored]);

  const send = useCallback(async (): Promise<boolean> => {
    const { value, stored: before } = latest.current;
    if (ports.current.same(value, before)) return true;
    dispatch({ type: 'send' });
    try {
      seenStamp.current = await ports.current.write(value, before);
      latest.current = { ...latest.current, stored: value };
      dispatch({ type: 'confirmed' });
      return true;
    } catch (error) {
      dispatch({ type: 'failed', message: describeError(error).sentence });
      return false;
    }
  }, []);

  const save = useCallback(async (): Promise<boolean> => {
    while (running.current) await running.current;
    running.current = send();
    try {
      return await running.current;
    } finally {
      running.current = null;
    }
  }, [send]);

  // The value is a dependency on purpose: every keystroke starts the pause again.
  useEffect(() => {
    if (status === 'saved') ports.current.onSaved?.();
    if (status !== 'unsaved' && status !== 'failed') return undefined;
    ports.current.onUnsaved?.(state.value);
    const timer = setTimeout(() => void save(), status === 'failed' ? retryAfterMs : saveAfterMs);
    return () => clearTimeout(timer);
  }, [status, state.value, save]);

  useEffect(
    () => () => {
      void save();
    },
    [save],
  );

  const edit = useCallback((change: (value: T) => T) => {
    // Two edits in one event must see each other, so the newest value is kept here and not only in React's state.
    const value = change(latest.current.value);
    latest.current = { ...latest.current, value };
    dispatch({ type: 'edit', value });
  }, []);

  return { value: state.value, status, error: state.error, edit, save };
}
