/**
 * Autosave as a small state machine, apart from timers and network: what is edited, what the engine confirmed, and
 * what is on its way. A change during a save is never lost: it makes the draft dirty again.
 */
export type SaveStatus = 'saved' | 'unsaved' | 'saving' | 'failed';

export interface SaveState<T> {
  readonly value: T;
  /** What the engine has. */
  readonly stored: T;
  /** What is being sent now. */
  readonly sending: T | null;
  readonly error: string | null;
}

export type SaveAction<T> =
  | { readonly type: 'edit'; readonly value: T }
  | { readonly type: 'send' }
  | { readonly type: 'confirmed' }
  | { readonly type: 'failed'; readonly message: string }
  /** The engine's copy changed elsewhere, or was read again. */
  | { readonly type: 'loaded'; readonly value: T };

export function startSave<T>(value: T): SaveState<T> {
  return { value, stored: value, sending: null, error: null };
}

export function reduceSave<T>(state: SaveState<T>, action: SaveAction<T>, same: (a: T, b: T) => boolean = Object.is): SaveState<T> {
  switch (action.type) {
    case 'edit':
      return { ...state, value: action.value };
    case 'send':
      return state.sending === null && !same(state.value, state.stored) ? { ...state, sending: state.value, error: null } : state;
    case 'confirmed':
      return state.sending === null ? state : { ...state, stored: state.sending, sending: null, error: null };
    case 'failed':
      return { ...state, sending: null, error: action.message };
    case 'loaded':
      // Somebody's typing wins over what was read; without unsaved changes the engine's copy is shown.
      return state.sending === null && same(state.value, state.stored) ? startSave(action.value) : { ...state, stored: state.sending === null ? action.value : state.stored };
  }
}

export function saveStatus<T>(state: SaveState<T>, same: (a: T, b: T) => boolean = Object.is): SaveStatus {
  if (state.sending !== null) return 'saving';
  if (same(state.value, state.stored)) return 'saved';
  return state.error === null ? 'unsaved' : 'failed';
}

export interface Rescue<T> {
  readonly at: number;
  readonly value: T;
}

export interface RescueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Keeps unsaved edits in the browser in case the window closes first. A full or forbidden storage is not an error. */
export function writeRescue(storage: RescueStorage, key: string, value: unknown, at: number): void {
  try {
    storage.setItem(key, JSON.stringify({ at, value }));
  } catch {
    // Only a second safety net: the engine's copy is the record.
  }
}

export function clearRescue(storage: RescueStorage, key: string): void {
  try {
    storage.removeItem(key);
  } catch {
    // See writeRescue.
  }
}

/** Edits that were rescued and are newer than what is stored; `parse` returns null for what is no longer readable. */
export function readRescue<T>(storage: RescueStorage, key: string, newerThan: number, parse: (value: unknown) => T | null): Rescue<T> | null {
  try {
    const text = storage.getItem(key);
    if (text === null) return null;
    const found = JSON.parse(text) as { at?: unknown; value?: unknown };
    if (typeof found.at !== 'number' || found.at <= newerThan) return null;
    const value = parse(found.value);
    return value === null ? null : { at: found.at, value };
  } catch {
    return null;
  }
}
