/** What is found and what stands in its place; the longest kinds first, for a number stands inside an IBAN. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ['mail', /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/gu],
  ['link', /\b(?:https?:\/\/|www\.)[^\s<>"')\]]*[^\s<>"')\].,;:!?]/giu],
  ['account', /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/gu],
  ['number', /(?<![\p{L}\d])\+?\(?\d(?:[\s()./-]{0,2}\d){5,}(?![\p{L}\d])/gu],
];

export interface Redacted {
  readonly text: string;
  /** Puts what was taken out back into every text of an answer. */
  restore(answer: unknown): unknown;
}

/**
 * Puts placeholders such as `[mail 1]` for addresses, links, account and telephone numbers, and for the given names. Equal
 * things get equal placeholders. Pure.
 */
export function redact(text: string, names: readonly string[]): Redacted {
  const placeholders = new Map<string, string>();
  const counts = new Map<string, number>();
  const cover = (kind: string, found: string): string => {
    const known = placeholders.get(found);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const placeholder = `[${kind} ${count}]`;
    placeholders.set(found, placeholder);
    return placeholder;
  };
  let covered = kinds.reduce((rest, [kind, pattern]) => rest.replace(pattern, (found) => cover(kind, found)), text);
  const words = [...new Set(names.map((name) => name.trim()).filter((name) => name.length > 1))].toSorted((a, b) => b.length - a.length);
  for (const word of words)
    covered = covered.replace(new RegExp(`(?<![\\p{L}\\d])${word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}(?![\\p{L}\\d])`, 'giu'), (found) => cover('name', found));
  const restore = (answer: unknown): unknown => {
    if (typeof answer === 'string') return [...placeholders].reduce((rest, [found, placeholder]) => rest.replaceAll(placeholder, found), answer);
    if (Array.isArray(answer)) return answer.map(restore);
    if (typeof answer !== 'object' || answer === null) return answer;
    return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, restore(value)]));
  };
  return { text: covered, restore };
}
