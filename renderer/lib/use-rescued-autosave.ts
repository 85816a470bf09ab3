import { useCallback, useState } from 'react';
import { clearRescue, readRescue, writeRescue, type Rescue } from './autosave.ts';
import { useAutosave, type Autosave } from './use-autosave.ts';

interface Options<T> {
  /** Where the copy lies in local storage. */
  readonly key: string;
  readonly stored: T;
  readonly stamp: number;
  readonly same: (a: T, b: T) => boolean;
  readonly write: (value: T, stored: T) => Promise<number>;
  /** Reads a copy; null for what is no longer readable. */
  readonly parse: (value: unknown) => T | null;
}

export interface RescuedAutosave<T> extends Autosave<T> {
  /** Edits that a closed window, or a host that was gone, left behind; null = none. */
  readonly rescue: Rescue<T> | null;
  /** Puts them in the place of what is stored, by `edit` where that is to be undone like any other edit. */
  readonly takeRescue: (edit?: Autosave<T>['edit']) => void;
  readonly dropRescue: () => void;
}

/** `useAutosave` with a copy in local storage from the first keystroke until the engine has the text. */
export function useRescuedAutosave<T>({ key, stored, stamp, same, write, parse }: Options<T>): RescuedAutosave<T> {
  const [rescue, setRescue] = useState<Rescue<T> | null>(() => {
    const found = readRescue(localStorage, key, 0, parse);
    if (found && !same(found.value, stored)) return found;
    clearRescue(localStorage, key);
    return null;
  });
  const autosave = useAutosave<T>({
    stored,
    stamp,
    same,
    write,
    onUnsaved: (value) => rescue === null && writeRescue(localStorage, key, value, Date.now()),
    onSaved: () => rescue === null && clearRescue(localStorage, key),
  });
  const { edit } = autosave;
  const dropRescue = useCallback(() => {
    setRescue(null);
    clearRescue(localStorage, key);
  }, [key]);
  const takeRescue = useCallback(
    (by: Autosave<T>['edit'] = edit) => {
      if (rescue) by(() => rescue.value);
      setRescue(null);
    },
    [rescue, edit],
  );
  return { ...autosave, rescue, takeRescue, dropRescue };
}
