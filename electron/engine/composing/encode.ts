/** Content-transfer-encodings (RFC 2045), written for speed: one pass over bytes with lookup tables. */

export type TransferEncoding = '7bit' | 'quoted-printable' | 'base64';

const CR = 13;
const LF = 10;
const EQUALS = 61;

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

/** Text with CRLF line ends and without lone surrogates, as a MIME text part needs it. */
export function mimeText(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\r') || wellFormed.includes('\n') ? wellFormed.replace(/\r\n|\r|\n/g, '\r\n') : wellFormed;
}

/** The gentlest encoding for UTF-8 bytes with CRLF line ends: readable as it is, else whichever is shorter. */
export function chooseEncoding(bytes: Uint8Array): TransferEncoding {
  let column = 0;
  let plain = true;
  let nonAscii = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === LF) column = 0;
    else if (byte !== CR) {
      column += 1;
      // RFC 5322 section 2.1.1 asks for lines of at most 78 characters.
      if (column > 78) plain = false;
      if (byte > 126) nonAscii += 1;
      if (byte > 126 || (byte < 32 && byte !== 9)) plain = false;
    }
  }
  if (plain) return '7bit';
  // Three characters a byte against four for every three bytes and a line end for every 57.
  return nonAscii * 3 + (bytes.length - nonAscii) > bytes.length * 1.37 ? 'base64' : 'quoted-printable';
}

/** Bytes that `encodeQuotedPrintable` needs at most for `length` bytes of input. */
export function quotedPrintableRoom(length: number): number {
  return length * 3 + Math.ceil((length * 3) / 70) * 3 + 8;
}

/** Writes `bytes` (CRLF line ends) as quoted-printable into `out` at `at`; returns the position after. */
export function encodeQuotedPrintable(bytes: Uint8Array, out: Uint8Array, at: number): number {
  const length = bytes.length;
  let position = at;
  let lineStart = at;
  for (let i = 0; i < length; i += 1) {
    const byte = bytes[i] ?? 0;
    const kind = kinds[byte];
    if (kind === 3 && bytes[i + 1] === LF) {
      out[position++] = CR;
      out[position++] = LF;
      lineStart = position;
      i += 1;
      continue;
    }
    // White space before a line end would be lost on the way.
    const literal = kind === 1 || (kind === 2 && i + 1 < length && !(bytes[i + 1] === CR && bytes[i + 2] === LF));
    if (position - lineStart + (literal ? 1 : 3) > lineRoom) {
      // The last character before a hard break may use the place of the soft break.
      const endsLine = i + 1 === length || (bytes[i + 1] === CR && bytes[i + 2] === LF);
      if (!endsLine || position - lineStart + (literal ? 1 : 3) > lineRoom + 1) {
        out[position++] = EQUALS;
        out[position++] = CR;
        out[position++] = LF;
        lineStart = position;
      }
    }
    if (literal) out[position++] = byte;
    else {
      out[position++] = EQUALS;
      out[position++] = high[byte] ?? 0;
      out[position++] = low[byte] ?? 0;
    }
  }
  return position;
}

/** Base64 in lines of 76 characters (RFC 2045 section 6.8), as ASCII text. */
export function encodeBase64(bytes: Uint8Array): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let out = '';
  for (let at = 0; at < whole.length; at += 76) out += (at === 0 ? '' : '\r\n') + whole.slice(at, at + 76);
  return out;
}
