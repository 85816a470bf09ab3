import { domainToASCII } from 'node:url';

/** Header fields of RFC 5322 and RFC 2047. A value with a line break never becomes a header: it is refused where it is set. */

/** A header value that must not be written, with the field it was meant for. */
export class HeaderError extends Error {
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.name = 'HeaderError';
    this.field = field;
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\u0000-\u0008\u000a-\u001f\u007f]/;
// eslint-disable-next-line no-control-regex -- likewise
const nonAscii = /[^\u0000-\u007f]/;

/** Throws HeaderError when a value holds a line break or another control character. */
export function assertOneLine(field: string, value: string): void {
  if (control.test(value)) throw new HeaderError(field, `The ${field} holds a line break or a control character. Remove it.`);
}

/** Longest line that mail asks for, without CRLF (RFC 5322 section 2.1.1). */
const softLimit = 78;
const hardLimit = 998;

/** `Name: value`, folded at white space to 78 characters where that is possible. */
export function foldHeader(name: string, value: string): string {
  const line = `${name}: ${value}`;
  if (line.length <= softLimit) return line;
  let out = '';
  let rest = line;
  let from = name.length + 2;
  while (rest.length > softLimit) {
    let space = rest.lastIndexOf(' ', softLimit);
    if (space < from) space = rest.indexOf(' ', from);
    if (space < 0) break;
    out += `${rest.slice(0, space)}\r\n`;
    rest = rest.slice(space);
    from = 1;
  }
  return out + rest;
}

/** Free text of a header such as Subject: as it is when short plain ASCII, else encoded words. */
export function unstructuredHeader(name: string, value: string): string {
  const plain = !nonAscii.test(value) && !control.test(value) && !value.includes('=?') && !value.includes('\t');
  if (plain) {
    // Folding at one of several spaces would leave a line of nothing but white space.
    const folded =
      name.length + 2 + value.length <= softLimit ? `${name}: ${value}` : value.includes('  ') || value.startsWith(' ') || value.endsWith(' ') ? null : foldHeader(name, value);
    if (folded !== null && folded.split('\r\n').every((line) => line.length <= hardLimit)) return folded;
  }
  return `${name}: ${encodeWords(value, name.length + 2)}`;
}

/** Longest encoded word (RFC 2047 section 2). */
const wordLimit = 75;

/**
 * Text as encoded words in UTF-8, one per line after the first. B or Q, whichever is shorter; a character is never
 * split between two words. `column` is where the first word starts.
 */
export function encodeWords(text: string, column = 0): string {
  const wellFormed = text.toWellFormed();
  const bytes = Buffer.byteLength(wellFormed);
  let quotedLength = 0;
  for (const char of wellFormed) quotedLength += quotedChar(char).length;
  const useBase64 = Math.ceil(bytes / 3) * 4 < quotedLength;
  const words: string[] = [];
  let word = '';
  let length = 0;
  let room = Math.min(wordLimit, softLimit - column) - 12;
  const finish = (): void => {
    words.push(useBase64 ? `=?UTF-8?B?${Buffer.from(word, 'utf8').toString('base64')}?=` : `=?UTF-8?Q?${word}?=`);
    word = '';
    length = 0;
    room = wordLimit - 12;
  };
  for (const char of wellFormed) {
    const piece = useBase64 ? char : quotedChar(char);
    const size = useBase64 ? Buffer.byteLength(char) : piece.length;
    const needed = useBase64 ? Math.ceil((length + size) / 3) * 4 : length + size;
    if (needed > room && word !== '') finish();
    word += piece;
    length += size;
  }
  if (word !== '' || words.length === 0) finish();
  return words.join('\r\n ');
}

/** Characters that the Q encoding may leave as they are, even in a display name (RFC 2047 section 5, rule 3). */
const quotedSafe = /^[A-Za-z0-9!*+/-]$/;

function quotedChar(char: string): string {
  if (char === ' ') return '_';
  if (quotedSafe.test(char)) return char;
  let out = '';
  for (const byte of Buffer.from(char, 'utf8')) out += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

/** Characters of an atom and the spaces between: a display name of only these needs no quotes. */
const atoms = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$/;

/** `"Ada Lovelace" <ada@example.com>` for a header, with the name quoted or encoded as needed. */
export function mailboxHeader(name: string, displayName: string, address: string): string {
  if (displayName === '') return `${name}: ${address}`;
  const shown =
    nonAscii.test(displayName) || displayName.includes('=?') || displayName.length > 60
      ? encodeWords(displayName, name.length + 2)
      : atoms.test(displayName)
        ? displayName
        : `"${displayName.replace(/["\\]/g, '\\$&')}"`;
  const last = shown.slice(shown.lastIndexOf('\n') + 1);
  const column = shown.includes('\n') ? last.length : name.length + 2 + last.length;
  return `${name}: ${shown}${column + address.length + 3 > softLimit ? '\r\n' : ''} <${address}>`;
}

/**
 * An address as it goes on the wire: the domain as A-labels (RFC 5890). A local part outside ASCII stays as it is and
 * needs SMTPUTF8 (RFC 6531). Throws HeaderError for what cannot be an address.
 */
export function wireAddress(field: string, address: string): string {
  const trimmed = address.trim();
  const at = trimmed.lastIndexOf('@');
  // eslint-disable-next-line no-control-regex -- line breaks would start a header of their own
  if (at < 1 || at === trimmed.length - 1 || /[\u0000-\u0020\u007f<>,;]/.test(trimmed.startsWith('"') ? trimmed.replace(/^"(?:[^"\\\r\n]|\\[^\r\n])*"/, 'q') : trimmed)) {
    throw new HeaderError(field, `The ${field} is not a mail address: ${JSON.stringify(trimmed.slice(0, 80))}`);
  }
  const domain = trimmed.slice(at + 1);
  if (!nonAscii.test(domain)) return trimmed;
  const ascii = domainToASCII(domain);
  if (ascii === '') throw new HeaderError(field, `The domain of ${JSON.stringify(trimmed.slice(0, 80))} is not valid`);
  return `${trimmed.slice(0, at)}@${ascii}`;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** A date in UTC as RFC 5322 section 3.3 writes it. */
export function mailDate(at: number): string {
  const date = new Date(at);
  return `${weekdays[date.getUTCDay()] ?? ''}, ${date.getUTCDate()} ${months[date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
