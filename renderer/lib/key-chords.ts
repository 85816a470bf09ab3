/** How long after the first key of a chord the second one counts, in ms. */
export const chordWait = 1200;

/** The first key of a chord that waits for its second, and since when (ms); null = none waits. */
export type Chord = { readonly first: string; readonly at: number } | null;

export type Keys = Readonly<Record<string, string>>;

/**
 * What a key without modifiers means: `keys` names what single keys (`?`) and chords of two (`g d`) stand for. Pure; the
 * caller keeps the chord between keys. A key that ends no chord is taken as a fresh one.
 */
export function readKey(keys: Keys, chord: Chord, key: string, now: number): { readonly chord: Chord; readonly means: string | null } {
  const whole = chord !== null && now - chord.at <= chordWait ? keys[`${chord.first} ${key}`] : undefined;
  if (whole !== undefined) return { chord: null, means: whole };
  const single = keys[key];
  if (single !== undefined) return { chord: null, means: single };
  const begins = Object.keys(keys).some((name) => name.startsWith(`${key} `));
  return { chord: begins ? { first: key, at: now } : null, means: null };
}

/** Whether keys are meant for text that is being written, not for the application. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select, [role="textbox"], [role="combobox"]') !== null);
}

/** The key of the system's own shortcuts, as its keyboards name it. */
export const modKey = /mac/i.test(navigator.platform) ? '⌘' : 'Ctrl';
