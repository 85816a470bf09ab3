const tag = /\{\{.*?\}\}|\{%.*?%\}/gs;
const link = /\bhttps?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?]/giu;
const address = /[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/gu;
const figure = /\d+(?:[.,]\d+)*/g;

function all(pattern: RegExp, text: string): string[] {
  return (text.match(pattern) ?? []).map((found) => found.replace(/\s+/g, ' '));
}

/** The text in pieces: merge tags and what stands between them. */
export function splitTags(text: string): { text: string; isTag: boolean }[] {
  const pieces: { text: string; isTag: boolean }[] = [];
  let at = 0;
  for (const match of text.matchAll(tag)) {
    if (match.index > at) pieces.push({ text: text.slice(at, match.index), isTag: false });
    pieces.push({ text: match[0], isTag: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isTag: false });
  return pieces;
}

/** Whether every link, address and number of a new text stands in the old one: a model must not invent what a reader would rely on. */
export function inventsNothing(before: string, after: string): boolean {
  const known = (pattern: RegExp): boolean => {
    const old = new Set(all(pattern, before).map((each) => each.toLowerCase()));
    return all(pattern, after).every((each) => old.has(each.toLowerCase()));
  };
  // Separators of numbers change with the language.
  const digits = (text: string): Set<string> => new Set(all(figure, text.replace(tag, ' ')).map((each) => each.replace(/[.,]/g, '')));
  const old = digits(before);
  return known(link) && known(address) && [...digits(after)].every((each) => old.has(each));
}

/** Whether a rewritten text may stand for the old one: it keeps all merge tags and invents nothing. */
export function mayReplace(before: string, after: string): boolean {
  const sorted = (text: string): string => all(tag, text).toSorted().join('\n');
  return after.trim() !== '' && sorted(before) === sorted(after) && inventsNothing(before, after);
}

/** Whether a line may be the subject of a mail with this text: one line, only tags of the text, nothing invented. */
export function maySubject(text: string, subject: string): boolean {
  const known = new Set(all(tag, text));
  return subject.trim() !== '' && subject.length <= 150 && !/[\r\n]/.test(subject) && all(tag, subject).every((each) => known.has(each)) && inventsNothing(text, subject);
}
