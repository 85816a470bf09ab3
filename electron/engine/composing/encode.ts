/** Content-transfer-encodings (RFC 2045), written for speed: one pass over bytes with lookup tables. */

export type TransferEncoding = '7bit' | 'quoted-printable' | 'base64';

const CR = 13;
const LF = 10;
const EQUALS = 61;
const DOT = 46;

/** Per byte: 1 = may stand as it is in quoted-printable, 2 = space or tab, 3 = CR, 0 = must be encoded. */
const kinds = new Uint8Array(256);
for (let byte = 33; byte <= 126; byte += 1) kinds[byte] = byte === EQUALS ? 0 : 1;
kinds[32] = 2;
kinds[9] = 2;
kinds[CR] = 3;

const hexDigits = Uint8Array.from('0123456789ABCDEF', (char) => char.charCodeAt(0));
const high = Uint8Array.from({ length: 256 }, (_, byte) => hexDigits[byte >> 4] ?? 0);
const low = Uint8Array.from({ length: 256 }, (_, byte) => hexDigits[byte & 15] ?? 0);

/** Longest encoded line without its CRLF (RFC 2045 section 6.7, rule 5), one kept for the soft break. */
const lineRoom = 75;

/** Text with CRLF line ends, without lone surrogates and without NUL (RFC 5322 section 2.2), as a MIME text part needs it. */
export function mimeText(text: string): string {
  let wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  if (wellFormed.includes('\u0000')) wellFormed = wellFormed.replaceAll('\u0000', '');
  if (wellFormed.includes('\r')) return wellFormed.replace(/\r\n|\r|\n/g, '\r\n');
  return wellFormed.replaceAll('\n', '\r\n');
}

// eslint-disable-next-line no-control-regex -- what 7bit may not hold, or a line above 78 characters (RFC 5322 section 2.1.1)
const notPlain = /[^\n]{80}|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** The gentlest encoding for text with CRLF line ends that takes `byteLength` bytes in UTF-8: readable as it is, else whichever is shorter. */
export function chooseEncoding(text: string, byteLength: number): TransferEncoding {
  const extra = byteLength - text.length;
  if (extra === 0) return notPlain.test(text) ? 'quoted-printable' : '7bit';
  // Two-byte characters have one byte more than their length. Quoted-printable takes three characters for each of their
  // bytes; base64 four for every three bytes and a line end for every 57.
  return byteLength + 4 * extra > byteLength * 1.37 ? 'base64' : 'quoted-printable';
}

/** Bytes that `encodeQuotedPrintable` needs at most for `length` bytes of input. */
export function quotedPrintableRoom(length: number): number {
  return length * 3 + Math.ceil((length * 3) / 70) * 3 + 8;
}

/**
 * Writes `bytes` (CRLF line ends) as quoted-printable into `out` at `at`, from the start of a line; returns the position
 * after. `open`: more follows, so that the last line keeps room for a soft break. A dot that would begin a line after a
 * soft break is encoded: nothing on the way has to double it.
 */
export function encodeQuotedPrintable(bytes: Uint8Array, out: Uint8Array, at: number, open = false): number {
  const end = bytes.length;
  let position = at;
  /** Where the soft break must stand at the latest. */
  let lineEnd = at + lineRoom;
  let i = 0;
  if (bytes[0] === DOT) {
    position = escapeByte(DOT, out, position);
    i = 1;
  }
  while (i < end) {
    // The common case by itself, so that it compiles to a tight loop.
    while (i < end && position < lineEnd) {
      const byte = bytes[i] as number;
      const kind = kinds[byte] as number;
      if (kind !== 1 && (kind !== 2 || i + 1 >= end || bytes[i + 1] === CR)) break;
      out[position] = byte;
      position += 1;
      i += 1;
    }
    if (i >= end) break;
    const byte = bytes[i] as number;
    if (byte === CR && i + 1 < end && bytes[i + 1] === LF) {
      out[position] = CR;
      out[position + 1] = LF;
      position += 2;
      i += 2;
      lineEnd = position + lineRoom;
      continue;
    }
    const literal = kinds[byte] === 1;
    const next = position + (literal ? 1 : 3);
    // The last character before a hard break may use the place of the soft break.
    const endsLine = (i + 1 >= end && !open) || bytes[i + 1] === CR;
    if (next > (endsLine ? lineEnd + 1 : lineEnd)) {
      out[position] = EQUALS;
      out[position + 1] = CR;
      out[position + 2] = LF;
      position += 3;
      lineEnd = position + lineRoom;
      if (byte === DOT) {
        position = escapeByte(DOT, out, position);
        i += 1;
      }
      continue;
    }
    if (literal) out[position] = byte;
    else escapeByte(byte, out, position);
    position = next;
    i += 1;
  }
  return position;
}

function escapeByte(byte: number, out: Uint8Array, at: number): number {
  out[at] = EQUALS;
  out[at + 1] = high[byte] as number;
  out[at + 2] = low[byte] as number;
  return at + 3;
}

/** Base64 in lines of 76 characters (RFC 2045 section 6.8), as ASCII text. */
export function encodeBase64(bytes: Uint8Array): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let out = '';
  for (let at = 0; at < whole.length; at += 76) out += (at === 0 ? '' : '\r\n') + whole.slice(at, at + 76);
  return out;
}
