import { chooseEncoding, encodeBase64, mimeText, type TransferEncoding } from './encode.ts';
import { foldHeader, mailboxHeader, mailDate, unstructuredHeader } from './headers.ts';
import { encodeRuns, runsRoom, type Run } from './runs.ts';

/** A message as it will stand on the wire. Addresses are wire addresses; header values hold no line breaks (see `assertOneLine`). */
export interface MimeMessage {
  readonly fromName: string;
  readonly from: string;
  readonly to: string;
  readonly replyTo: string | null;
  readonly subject: string;
  /** UTC epoch ms. */
  readonly date: number;
  /** With angle brackets. */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  readonly listUnsubscribe: string | null;
  readonly homingId: string | null;
  readonly text: PartText;
  readonly html: PartText;
}

/** The text of a part with CRLF line ends, with the encoding that suits it. */
export interface PartText {
  readonly text: string;
  /** In UTF-8. */
  readonly byteLength: number;
  readonly encoding: TransferEncoding;
  /** What was encoded beforehand. */
  readonly runs: readonly Run[];
}

/** Makes a part of its text; `runs` are the constants of its template. */
export function partText(content: string, runs: readonly Run[] = []): PartText {
  const text = mimeText(content);
  const byteLength = Buffer.byteLength(text, 'utf8');
  return { text, byteLength, encoding: chooseEncoding(text, byteLength), runs };
}

let scratch = Buffer.allocUnsafe(256 * 1024);

function room(position: number, needed: number): void {
  if (position + needed <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, position + needed));
  scratch.copy(larger, 0, 0, position);
  scratch = larger;
}

function write(text: string, position: number): number {
  room(position, text.length * 3);
  return position + scratch.write(text, position, 'utf8');
}

/**
 * Builds an RFC 5322 message with a multipart/alternative body (text, then HTML), CRLF line ends throughout. Header
 * text is ASCII, except for addresses that need SMTPUTF8.
 */
export function buildMime(message: MimeMessage): Buffer {
  // `=_` occurs in neither quoted-printable nor base64, and the id is unknown before the mail is made.
  const boundary = `=_${message.messageId.replace(/[^A-Za-z0-9]/g, '').slice(0, 48)}`;
  let head = `${mailboxHeader('From', message.fromName, message.from)}\r\nTo: ${message.to}\r\n`;
  if (message.replyTo !== null) head += `Reply-To: ${message.replyTo}\r\n`;
  head += `${unstructuredHeader('Subject', message.subject)}\r\nDate: ${mailDate(message.date)}\r\nMessage-ID: ${message.messageId}\r\n`;
  if (message.inReplyTo !== null) head += `In-Reply-To: ${message.inReplyTo}\r\n`;
  if (message.references.length > 0) head += `${foldHeader('References', message.references.join(' '))}\r\n`;
  if (message.listUnsubscribe !== null) head += `${foldHeader('List-Unsubscribe', `<${message.listUnsubscribe}>`)}\r\n`;
  if (message.homingId !== null) head += `X-Homing-Id: ${message.homingId}\r\n`;
  head += `MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n\r\n`;
  let position = write(head, 0);
  position = writePart('text/plain', message.text, boundary, position);
  position = writePart('text/html', message.html, boundary, position);
  position = write(`--${boundary}--\r\n`, position);
  return Buffer.from(scratch.subarray(0, position));
}

function writePart(type: string, { text, byteLength, encoding, runs }: PartText, boundary: string, at: number): number {
  let position = write(`--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`, at);
  if (encoding === 'base64') position = write(encodeBase64(Buffer.from(text, 'utf8')), position);
  else if (encoding === '7bit') position = write(text, position);
  else {
    room(position, runsRoom(byteLength, runs));
    position = encodeRuns(text, runs, scratch, position);
  }
  return write('\r\n', position);
}
