import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../../../shared/errors.ts';

/** `mixed` = UTF-8 in which single bytes are Windows-1252: read byte run by byte run. */
type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'macintosh' | 'mixed';

export interface EncodingFound {
  readonly encoding: Encoding;
  readonly bomBytes: number;
}

const chunkBytes = 1 << 18;

/** Reads the whole file once, in chunks, and says how its bytes are to be read. Throws AppError csv_unreadable. */
export async function detectEncoding(file: FileHandle): Promise<EncodingFound> {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const first = await file.read(buffer, 0, chunkBytes, 0);
  const head = buffer.subarray(0, first.bytesRead);
  const early = fromHead(head);
  if (early !== null) return early;

  const seen = { valid: 0, windows: 0, mac: 0, invalid: 0 };
  let position = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    const whole = bytesRead < chunkBytes;
    // Cut after the last line feed, so that no character is torn; a single line longer than the chunk is cut anyhow.
    const lineEnd = whole ? bytesRead : buffer.lastIndexOf(10, bytesRead - 1) + 1;
    const length = lineEnd > 0 ? lineEnd : bytesRead;
    const chunk = buffer.subarray(0, length);
    if (!isUtf8(chunk)) countHighBytes(chunk, seen);
    else if (seen.valid === 0 && chunk.some((byte) => byte >= 0x80)) seen.valid += 1;
    position += length;
  }
  if (seen.invalid === 0) return { encoding: 'utf-8', bomBytes: 0 };
  // One chance hit in a Windows-1252 text does not make it UTF-8.
  if (seen.valid * 10 >= seen.invalid) return { encoding: 'mixed', bomBytes: 0 };
  return { encoding: seen.mac > seen.windows ? 'macintosh' : 'windows-1252', bomBytes: 0 };
}

function fromHead(head: Uint8Array): EncodingFound | null {
  const at = (index: number): number => head[index] ?? -1;
  if (head.length === 0) throw unreadable('The file is empty.');
  if (at(0) === 0xef && at(1) === 0xbb && at(2) === 0xbf) return utf8WithBom(head);
  if (at(0) === 0xff && at(1) === 0xfe) {
    if (at(2) === 0 && at(3) === 0) throw unreadable('The file is UTF-32. Save it as UTF-8 and choose it again.');
    return { encoding: 'utf-16le', bomBytes: 2 };
  }
  if (at(0) === 0xfe && at(1) === 0xff) return { encoding: 'utf-16be', bomBytes: 2 };
  refuseKnownBinary(head);
  let even = 0;
  let odd = 0;
  let control = 0;
  for (let i = 0; i < head.length; i += 1) {
    const byte = at(i);
    if (byte === 0) {
      if (i % 2 === 0) even += 1;
      else odd += 1;
    } else if (byte < 32 && (byte < 9 || byte > 13) && byte !== 26 && byte !== 27) control += 1;
  }
  const pairs = head.length / 2;
  if (odd > pairs * 0.3 && even < pairs * 0.05) return { encoding: 'utf-16le', bomBytes: 0 };
  if (even > pairs * 0.3 && odd < pairs * 0.05) return { encoding: 'utf-16be', bomBytes: 0 };
  // A few stray NULs happen in exports; more is not text.
  if (even + odd > head.length * 0.05 + 8 || control > head.length * 0.02 + 4) throw unreadable('This is not a text file. Save the table as CSV and choose that file.');
  return null;
}

// A byte-order mark and then broken UTF-8 happens; the rest is read run by run all the same.
function utf8WithBom(head: Uint8Array): EncodingFound {
  const cut = Math.max(head.lastIndexOf(10), 0);
  return { encoding: isUtf8(head.subarray(0, cut)) || cut === 0 ? 'utf-8' : 'mixed', bomBytes: 3 };
}

function refuseKnownBinary(head: Uint8Array): void {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 512)).toString('latin1');
  if (text.startsWith('%PDF')) throw unreadable('This is a PDF file, not a CSV file.');
  // eslint-disable-next-line no-control-regex -- file signatures
  if (/^\u001f\u008b|^\u0089PNG|^GIF8|^\u00ff\u00d8\u00ff|^BZh|^7z\u00bc\u00af|^Rar!|^SQLite format/.test(text))
    throw unreadable('This is not a text file. Save the table as CSV and choose that file.');
  if (/^\s*(?:<!doctype|<html|<table|<\?xml)/i.test(text)) throw unreadable('This is a web page or XML file, not a CSV file. Save the table as CSV and choose that file.');
  if (text.startsWith('{\\rtf')) throw unreadable('This is a text document (RTF), not a CSV file.');
}

export function unreadable(message: string, cause?: unknown): AppError {
  return new AppError('csv_unreadable', message, {}, { cause });
}

// Bytes that make a letter in one of the two old encodings and something else in the other, beside ASCII letters.
function countHighBytes(bytes: Uint8Array, seen: { valid: number; windows: number; mac: number; invalid: number }): void {
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) continue;
    const length = utf8Length(bytes, i);
    if (length > 0) {
      seen.valid += 1;
      i += length - 1;
      continue;
    }
    seen.invalid += 1;
    if (byte >= 0xc0) seen.windows += 1;
    else if (byte < 0xa0 && isLetter(bytes[i - 1]) && isLetter(bytes[i + 1]) && (macOnly(byte) || (capitals.has(byte) && (bytes[i + 1] ?? 0) >= 97))) seen.mac += 1;
  }
}

// In Windows-1252 these are capitals, which do not stand inside a word; in Mac Roman ä å é ü.
const capitals = new Set([0x8a, 0x8c, 0x8e, 0x9f]);
// And these may well stand inside a word in both.
const ambiguous = new Set([0x91, 0x92, 0x96, 0x9a, 0x9c, 0x9e]);

function macOnly(byte: number): boolean {
  return !capitals.has(byte) && !ambiguous.has(byte);
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122));
}

/** Length of the well-formed UTF-8 sequence (RFC 3629 section 4) that starts here, 0 when there is none. */
function utf8Length(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const from = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const to = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < from || second > to) return 0;
  for (let i = 2; i < length; i += 1) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** Decodes a byte stream piece by piece; never throws, whatever the bytes. */
export interface Decoder {
  write(bytes: Uint8Array): string;
  end(): string;
}

export function createDecoder(found: EncodingFound): Decoder {
  let skip = found.bomBytes;
  const inner = found.encoding === 'utf-8' || found.encoding === 'mixed' ? lineDecoder() : plainDecoder(found.encoding);
  return {
    write(bytes) {
      const from = Math.min(skip, bytes.length);
      skip -= from;
      return inner.write(from === 0 ? bytes : bytes.subarray(from));
    },
    end: () => inner.end(),
  };
}

function plainDecoder(encoding: string): Decoder {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

// Holds back the last unfinished line, so that a torn character is never taken for a broken one. A line without end is
// flushed at the latest possible character border.
function lineDecoder(): Decoder {
  let rest: Uint8Array = new Uint8Array(0);
  const take = (bytes: Uint8Array): string => (isUtf8(bytes) ? asBuffer(bytes).toString('utf8') : decodeLines(bytes));
  return {
    write(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      let cut = all.lastIndexOf(10) + 1;
      if (cut === 0 && all.length > chunkBytes) cut = borderBefore(all);
      // A copy: the caller fills its buffer again.
      rest = Uint8Array.from(all.subarray(cut));
      return cut === 0 ? '' : take(all.subarray(0, cut));
    },
    end: () => take(rest),
  };
}

function borderBefore(bytes: Uint8Array): number {
  for (let back = 1; back <= 4 && back < bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length - back + 1;
    if (byte >= 0xc0) return bytes.length - back;
  }
  return bytes.length;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decodeLines(bytes: Uint8Array): string {
  let text = '';
  let start = 0;
  while (start < bytes.length) {
    const lineEnd = bytes.indexOf(10, start);
    const end = lineEnd === -1 ? bytes.length : lineEnd + 1;
    const line = bytes.subarray(start, end);
    text += isUtf8(line) ? asBuffer(line).toString('utf8') : decodeRuns(line);
    start = end;
  }
  return text;
}

const windows1252 = new TextDecoder('windows-1252');

function decodeRuns(line: Uint8Array): string {
  let text = '';
  let start = 0;
  let at = 0;
  while (at < line.length) {
    const length = utf8Length(line, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += asBuffer(line.subarray(start, at)).toString('utf8') + windows1252.decode(line.subarray(at, at + 1));
    at += 1;
    start = at;
  }
  return text + asBuffer(line.subarray(start)).toString('utf8');
}
