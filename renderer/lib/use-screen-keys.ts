import { useEffect, useRef } from 'react';
import { chordWait, isWriting } from './key-chords.ts';

/**
 * Single keys of the screen that is shown. Silent while text is written, a dialog is open or a modifier is held, and for the
 * second key of a chord that goes elsewhere (`g a`).
 */
export function useScreenKeys(keys: Readonly<Record<string, () => unknown>>): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    let chordAt = -Infinity;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || document.querySelector('[role="dialog"]') !== null) return;
      const inChord = event.timeStamp - chordAt <= chordWait;
      const key = event.key.toLowerCase();
      chordAt = key === 'g' && !inChord ? event.timeStamp : -Infinity;
      const act = inChord ? undefined : current.current[key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
