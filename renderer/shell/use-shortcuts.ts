import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { isWriting, readKey, type Chord, type Keys } from '../lib/key-chords.ts';
import { places, settingsPlace } from './places.ts';

const goTo = Object.fromEntries([...places, settingsPlace].map(({ key, to }) => [`g ${key}`, to]));
const keys: Keys = { ...goTo, '?': 'shortcuts', '/': 'search' };

interface Actions {
  readonly palette: () => void;
  readonly shortcuts: () => void;
  readonly search: () => void;
}

/** The shortcuts that work on every screen. They stay silent while text is written or a dialog is open. */
export function useShortcuts(actions: Actions): void {
  const navigate = useNavigate();
  const current = useRef(actions);
  useEffect(() => {
    current.current = actions;
  });
  useEffect(() => {
    let chord: Chord = null;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        current.current.palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || document.querySelector('[role="dialog"]') !== null) {
        chord = null;
        return;
      }
      const read = readKey(keys, chord, event.key.toLowerCase(), event.timeStamp);
      chord = read.chord;
      if (read.means === null) return;
      event.preventDefault();
      if (read.means === 'shortcuts' || read.means === 'search') current.current[read.means]();
      else void navigate({ to: read.means });
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [navigate]);
}
