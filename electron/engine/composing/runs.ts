import { hash } from 'node:crypto';
import { encodeQuotedPrintable, mimeText, quotedPrintableRoom } from './encode.ts';

/**
 * Compiled parts: the text that a template always says, encoded once. A rendered part is then mostly copied; only what
 * was filled in is encoded for each person. Each run is encoded from the start of a line, and a soft break, which means
 * nothing (RFC 2045 section 6.7), joins it to the one before.
 */

/** A stretch of text with its quoted-printable bytes. */
export interface Run {
  readonly text: string;
  /** Its first characters, to look for. */
  readonly anchor: string;
  readonly encoded: Uint8Array;
  /** SHA-256 of the text. */
  readonly digest: string;
}

/** Shorter ones cost more to find than to encode. */
const shortestRun = 64;
const anchorLength = 24;

/** Encodes the constant texts of a part, in the order in which they stand there. */
export function compileRuns(constants: readonly string[]): Run[] {
  return constants
    .map((constant) => mimeText(constant))
    .filter((text) => text.length >= shortestRun)
    .map((text) => ({ text, anchor: text.slice(0, anchorLength), encoded: encode(text), digest: hash('sha256', text) }));
}

function encode(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  const out = Buffer.allocUnsafe(quotedPrintableRoom(bytes.length));
  return Buffer.from(out.subarray(0, encodeQuotedPrintable(bytes, out, 0, true)));
}

/** Bytes that `encodeRuns` needs at most for a text of `byteLength` bytes. */
export function runsRoom(byteLength: number, runs: readonly Run[]): number {
  return quotedPrintableRoom(byteLength) + runs.length * 16;
}

/**
 * Writes `text` (CRLF line ends) as quoted-printable into `out` at `at`; returns the position after. A run that does not
 * stand in the text, because it was trimmed or left out, does no harm.
 */
export function encodeRuns(text: string, runs: readonly Run[], out: Uint8Array, at: number): number {
  let position = at;
  let from = 0;
  for (const run of runs) {
    const start = find(text, run, from);
    if (start === -1) continue;
    if (start > from) position = encodeQuotedPrintable(Buffer.from(text.slice(from, start), 'utf8'), out, joint(out, at, position), true);
    position = joint(out, at, position);
    out.set(run.encoded, position);
    position += run.encoded.length;
    from = start + run.text.length;
  }
  if (from < text.length) position = encodeQuotedPrintable(Buffer.from(text.slice(from), 'utf8'), out, joint(out, at, position));
  return position;
}

/** `text` with the digest of each run in its place: two texts of one template differ where these do. */
export function abridged(text: string, runs: readonly Run[]): string {
  let out = '';
  let from = 0;
  for (const run of runs) {
    const start = find(text, run, from);
    if (start === -1) continue;
    // No text of a part holds NUL.
    out += `${text.slice(from, start)}\u0000${run.digest}`;
    from = start + run.text.length;
  }
  return out + text.slice(from);
}

function find(text: string, run: Run, from: number): number {
  // A slice is compared as memory; `startsWith` goes letter by letter.
  for (let at = text.indexOf(run.anchor, from); at !== -1; at = text.indexOf(run.anchor, at + 1)) if (text.slice(at, at + run.text.length) === run.text) return at;
  return -1;
}

/** Puts a soft break where something stands on the line already. */
function joint(out: Uint8Array, start: number, at: number): number {
  if (at === start || (out[at - 1] === 10 && out[at - 2] === 13)) return at;
  out[at] = 61;
  out[at + 1] = 13;
  out[at + 2] = 10;
  return at + 3;
}
