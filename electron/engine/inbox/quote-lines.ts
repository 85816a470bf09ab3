import words from '../../../resources/quote-words.json' with { type: 'json' };

/**
 * Recognises the lines with which mail programs introduce what somebody else wrote: attributions ("On … wrote:"), header
 * blocks (From, Sent, To, Subject) and separators, in any language of `resources/quote-words.json`. All patterns look at a
 * bounded piece of text, so hostile lines cost no more than others.
 */

/** Longer lines are prose: no program writes such a header. */
const longestHeader = 400;
const longestWindow = 4;

const escaped = (list: readonly string[]): string =>
  [...list]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(/ /g, '\\s+'))
    .join('|');
/** A listed word that stands alone; scripts without spaces have no borders to ask for. */
const standing = (list: readonly string[]): RegExp => {
  const spaceless = list.filter((word) => /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/u.test(word));
  const spaced = list.filter((word) => !spaceless.includes(word));
  const alternatives = [`(?<![\\p{L}\\p{N}])(?:${escaped(spaced)})(?![\\p{L}\\p{N}])`, ...(spaceless.length === 0 ? [] : [escaped(spaceless)])];
  return new RegExp(alternatives.join('|'), 'iu');
};

const wrote = standing(words.wrote);
const leadWord = new RegExp(`^(?:${escaped(words.leads)})(?![\\p{L}\\p{N}@])`, 'iu');
const quoting = new RegExp(`^(?:${escaped(words.quoting)})(?![\\p{L}\\p{N}])`, 'iu');
const clockTime = /(?<!\d)\d{1,2}\s?[:.h時点시]\s?\d{2}(?!\d)/u;
const fullDate =
  /(?<!\d)(?:\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}\s?[年년]|\d{1,2}(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?\p{L}{3,12}\.?,?[\s-]+(?:de\s+|del\s+)?\d{2,4}|\p{L}{3,12}\.?[\s-]\d{1,2}(?:st|nd|rd|th)?[,-]?\s?\d{4})(?!\d)/u;
const bracketed = /[<([＜]\s*(?:mailto:\s*)?[^\s<>()[\]]{1,100}@[^\s<>()[\]]{1,100}/u;
const anyAddress = /[^\s<>()[\]"',;:]{1,64}@[^\s<>()[\]"',;:]{1,190}\.\p{L}{2,}/u;

/** Direction marks and other invisible characters hide inside addresses of right-to-left mail; no flag folds the dotted İ. */
export const visible = (line: string): string => line.replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '').replaceAll('İ', 'i');

/** "As I wrote on Monday at 10:30:" introduces the person's own words. */
const ownSentence = /^(?:as|i|we|like|what|ich|wir|wie|je|nous|comme|como|come|ik|wij|zoals|jag|jeg|vi|som|как|я|як)\s/iu;

/** `aboveQuote`: quoted lines follow, so that less is needed. */
function isAttribution(text: string, aboveQuote: boolean): boolean {
  if (text.length > longestHeader) return false;
  const closed = /[:：]\s*[-*_]*$/u.test(text);
  const dashed = /^-{2,}.*-{2,}$/u.test(text);
  const dated = clockTime.test(text) || fullDate.test(text);
  const addressed = bracketed.test(text);
  const says = wrote.test(text);
  if (aboveQuote && closed && (addressed || dated || (says && (begins(text) || text.length < 80)))) return true;
  if (dashed) return says && (dated || addressed);
  if (closed)
    return (
      (says && (addressed || anyAddress.test(text) || (dated && !ownSentence.test(text)))) ||
      (addressed && dated && !/[.!?]\s+\p{Lu}\p{Ll}+\s+\p{Ll}/u.test(text)) ||
      (quoting.test(text) && (addressed || dated))
    );
  // Some programs, and people who copy, leave the colon out: then all three must be there, and the line must begin like one.
  return says && dated && (addressed || anyAddress.test(text)) && begins(text) && !/[.!?]$/.test(text);
}

/** Whether a line may be the first of an attribution that goes on below. */
function begins(line: string): boolean {
  const text = line.replace(/^[\s*_"'(-]+/, '');
  return leadWord.test(text) || /^\d{1,4}\s?[./年년-]/u.test(text) || /^\p{L}{1,12}\.?,?\s+(?:\p{L}+\s+)?\d{1,4}/u.test(text) || bracketed.test(text) || /[<＜]\s*$/u.test(text);
}

/** How many lines from `at` on are one attribution; 0 = none. It may be wrapped, but has no blank line. `quoted` tells which lines are quoted, where that is known. */
export function attributionAt(lines: readonly string[], at: number, quoted: readonly boolean[] = []): number {
  let joined = '';
  for (let count = 1; count <= longestWindow && at + count <= lines.length; count += 1) {
    const line = visible(lines[at + count - 1] ?? '').trim();
    if (line === '' || line.length > longestHeader) return 0;
    if (count === 2 && !begins(joined)) return 0;
    // A wrapped address: "<anna@example.com" / "> wrote:", and some programs quote the second line.
    joined = count === 1 ? line : `${joined} ${line.replace(/^>\s*(?=\p{L}|:)/u, '>')}`;
    const next = at + count;
    const aboveQuote = quoted[(lines[next] ?? '').trim() === '' ? next + 1 : next] === true;
    if (isAttribution(joined, aboveQuote)) return count;
    // What ends in a colon or a full stop after words is a sentence of its own.
    if (/[:：!?]$/u.test(line)) return 0;
  }
  return 0;
}

type HeaderKind = 'from' | 'date' | 'to' | 'copy' | 'subject' | 'other';
const labels = new Map<string, Set<HeaderKind>>();
for (const kind of ['from', 'date', 'to', 'copy', 'subject'] as const)
  for (const word of words[kind]) labels.set(word.toLowerCase(), (labels.get(word.toLowerCase()) ?? new Set()).add(kind));

const labelled = /^[\s>|*_]{0,12}(\p{L}[\p{L}\p{M}' .-]{0,28}?)(?:\s?\([\p{L}\s]{1,12}\))?\s*[*_]{0,2}\s*[:：]\s*[*_]{0,2}\s*(.*)$/u;

/** Label and value of a line such as `*Sent:* Monday`; null = no such line. */
function headerLine(line: string): { kinds: ReadonlySet<HeaderKind>; value: string } | null {
  const found = line.length > 2000 ? null : labelled.exec(visible(line).slice(0, longestHeader));
  if (found === null) return null;
  const kinds = labels.get((found[1] ?? '').trim().toLowerCase().replace(/\s+/g, ' '));
  return { kinds: kinds ?? new Set<HeaderKind>(['other']), value: (found[2] ?? '').trim() };
}

/** Lines that a block may take: values are wrapped, and HTML puts blank lines between paragraphs. */
const blockLines = 14;

/**
 * Whether the headers of a quoted mail begin here. In a known language sender plus date or subject are enough ("From: 9:00,
 * To: 10:00" is a person's); in an unknown one three labels, an address and a date.
 */
export function isHeaderBlock(lines: readonly string[], at: number): boolean {
  const first = headerLine(lines[at] ?? '');
  if (first === null || first.value === '' || (first.kinds.has('copy') && first.kinds.size === 1)) return false;
  const seen: { kinds: ReadonlySet<HeaderKind>; value: string }[] = [];
  let gap = 0;
  for (let index = at; index < Math.min(lines.length, at + blockLines) && gap < 3; index += 1) {
    const header = headerLine(lines[index] ?? '');
    if (header === null) gap += 1;
    else {
      gap = 0;
      seen.push(header);
    }
  }
  const of = (kind: HeaderKind): { value: string } | undefined => seen.find(({ kinds }) => kinds.has(kind));
  const has = (kind: HeaderKind): boolean => of(kind) !== undefined;
  // `da`, `a`, `od`, `до` mean from or to by language: the kinds of the other lines decide.
  const values = seen.map(({ value }) => value);
  const dated = values.some((value) => clockTime.test(value) || fullDate.test(value));
  const addressed = values.some((value) => anyAddress.test(value));
  if (!first.kinds.has('other')) {
    if (has('subject') && (has('from') || has('to')) && has('date')) return true;
    if (has('from') && has('subject') && (addressed || dated || has('to'))) return true;
    if (has('from') && has('date') && dated && (addressed || has('to'))) return true;
  }
  // Who fills in a form also writes labels, an address and a date, but not the address first.
  return seen.length >= 3 && dated && addressed && bracketed.test(first.value) && new Set(values).size >= 3;
}

const original = standing([...words.originalMessage, ...words.forwardedMessage]);
const forwarded = standing(words.forwardedMessage);
const aboveLine = standing(words.aboveThisLine);
const fence = /^[-_=*~#‐-―─━]{3,}$/u;

/** "-----Original Message-----" and its kin: everything below is somebody else's. */
export function isSeparator(lines: readonly string[], at: number): boolean {
  const line = visible(lines[at] ?? '').trim();
  if (line === '' || line.length > 200) return false;
  if (aboveLine.test(line) && line.length < 120 && /^[-#=*_>[(\s]|[-#=*_\])]$/u.test(line)) return true;
  const fenced = /^[-_=*~>]{2,}\s*(?=\S)(.*?)\s*[-_=*~<]{0,}\s*:?$/u.exec(line)?.[1] ?? '';
  if (fenced !== '' && fenced.length < 80 && original.test(fenced)) return true;
  if (forwarded.test(line) && line.length < 80 && /[:：]$/u.test(line)) return true;
  const bare = line.length < 40 && original.test(line) && line.split(/\s+/).length <= 3;
  if (!fence.test(line) && fenced === '' && !bare) return false;
  // A bare rule, or one with unknown words, counts when headers of a mail follow.
  for (let index = at + 1; index < Math.min(lines.length, at + 4); index += 1) {
    if ((lines[index] ?? '').trim() === '') continue;
    return isHeaderBlock(lines, index);
  }
  return false;
}
