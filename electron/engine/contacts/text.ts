import { AppError } from '../../../shared/errors.ts';

/** Longest text of each standard field, as in `contactInputSchema`. */
export const fieldLimits = { firstName: 200, lastName: 200, company: 200, title: 200, phone: 60, website: 500, city: 120, country: 120 } as const;
export type TextField = keyof typeof fieldLimits;
export const textFields = Object.keys(fieldLimits) as TextField[];
/** The name in a row of a standard text field as texts and steps name it. Throws AppError validation for another one. */
export function camel(field: string): TextField {
  const name = field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const found = textFields.find((own) => own === name);
  if (found === undefined) throw new AppError('validation', `“${field}” cannot be set for many people.`, { fields: { field: 'Not a field that can be set' } });
  return found;
}
export const maxCustomChars = 10_000;
const maxTagChars = 60;
export const maxTags = 100;

// Everything that is not plain printable ASCII without outer or double blanks needs a closer look.
const plain = /^(?:[!-~]+(?: [!-~]+)*)?$/;
// Bidirectional controls can make a name read as something else (Unicode TR 36).
const invisible = /[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/g;

/** One line of text: NFC, no control or bidirectional characters, single blanks. A line end becomes a blank. */
export function oneLine(text: string): string {
  if (plain.test(text)) return text;
  return text
    .normalize('NFC')
    .replace(invisible, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/** Text that may have several lines: LF line ends, otherwise as `oneLine`. */
export function manyLines(text: string): string {
  if (plain.test(text)) return text;
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(invisible, '')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}

/** Cuts to at most `max` UTF-16 units without tearing a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

/** Tags of a cell: separated by comma, semicolon, bar or ` ::: ` (Google), first spelling of each kept. */
export function splitTags(cell: string): string[] {
  return uniqueTags(cell.split(/[,;|]|\s:::\s/).map((tag) => oneLine(tag).replace(/^\* ?/, '')));
}

/** Tags without empties and without repeats that differ only in case, at most 100. */
export function uniqueTags(tags: readonly string[]): string[] {
  const seen = new Map<string, string>();
  for (const tag of tags) {
    const text = cut(oneLine(tag), maxTagChars).trim();
    if (text !== '' && !seen.has(text.toLowerCase())) seen.set(text.toLowerCase(), text);
  }
  return [...seen.values()].slice(0, maxTags);
}

const zones = new Map<string, string | null>();

/** The IANA zone of a text in its proper spelling, or null when this runtime does not know it. */
export function knownZone(text: string): string | null {
  const name = text.trim().replaceAll(' ', '_');
  const known = zones.get(name);
  if (known !== undefined) return known;
  let zone: string | null = null;
  try {
    if (/^[A-Za-z]/.test(name) && name.length <= 64) {
      const resolved = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
      // The runtime may answer with another name of the same zone; keep the one that was asked for.
      zone = resolved.toLowerCase() === name.toLowerCase() ? resolved : name;
    }
  } catch {
    zone = null;
  }
  if (zones.size < 5000) zones.set(name, zone);
  return zone;
}

const particles = new Set([
  'van',
  'von',
  'vom',
  'zu',
  'zum',
  'zur',
  'de',
  'der',
  'den',
  'des',
  'del',
  'della',
  'di',
  'da',
  'do',
  'dos',
  'das',
  'du',
  'la',
  'le',
  'les',
  'ten',
  'ter',
  'te',
  'el',
  'al',
  'bin',
  'ibn',
  'bint',
  'af',
  'av',
  'st',
  'st.',
  'mac',
  "'t",
]);
const titles = /^(?:dr|prof|mr|mrs|ms|mx|herr|frau|ing|dipl|sir|dame|mme|mlle|sr|sra|sig|dott)\.?$/i;

/**
 * Splits a whole name: `Last, First` at the comma; otherwise the last word, with the particles before it, is the last
 * name. A single word is a first name. Leading titles are dropped. A guess by nature: map two columns where the file has them.
 */
export function splitName(full: string): { firstName: string; lastName: string } {
  const text = oneLine(full);
  const comma = text.indexOf(',');
  if (comma > 0 && comma < text.length - 1) return { firstName: text.slice(comma + 1).trim(), lastName: text.slice(0, comma).trim() };
  const words = text
    .replace(/,$/, '')
    .split(' ')
    .filter((word) => word !== '');
  while (words.length > 1 && titles.test(words[0] ?? '')) words.shift();
  if (words.length <= 1) return { firstName: words[0] ?? '', lastName: '' };
  let from = words.length - 1;
  while (from > 1 && particles.has((words[from - 1] ?? '').toLowerCase())) from -= 1;
  return { firstName: words.slice(0, from).join(' '), lastName: words.slice(from).join(' ') };
}

const marks = /\p{M}/gu;

/** What free-text search looks in and for: lower case without accents. */
export function searchable(text: string): string {
  // eslint-disable-next-line no-control-regex -- ASCII is the range that is looked for
  return /^[\u0000-\u007f]*$/.test(text) ? text.toLowerCase() : text.normalize('NFKD').replace(marks, '').toLowerCase();
}
