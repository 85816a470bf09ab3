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
  /** Addresses of RFC 2369, the preferred one first. */
  readonly listUnsubscribe: readonly string[];
  readonly homingId: string | null;
  readonly text: PartText;
  /** Null = a mail of plain text. */
  readonly html: PartText | null;
  readonly inline: readonly MimeFile[];
  readonly attachments: readonly MimeFile[];
}

/** A file as it stands in a message; `contentId` without angle brackets. */
export interface MimeFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly contentId: string | null;
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

const usualRoom = 256 * 1024;
/** Less than this is left over for no further message. */
const leastRoom = 32 * 1024;
/** Messages are written here one behind the other: a piece of memory for each would cost as much as writing it. */
let scratch = Buffer.allocUnsafe(usualRoom);
/** Where the present message begins. */
let start = 0;

function room(position: number, needed: number): void {
  if (position + needed <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, position + needed));
  scratch.copy(larger, start, start, position);
  scratch = larger;
}

function write(text: string, position: number): number {
  room(position, text.length * 3);
  return position + scratch.write(text, position, 'utf8');
}

type Entity =
  | { readonly kind: 'text'; readonly type: string; readonly text: PartText }
  | { readonly kind: 'file'; readonly file: MimeFile; readonly disposition: 'attachment' | 'inline' }
  | { readonly kind: 'multipart'; readonly subtype: string; readonly boundary: string; readonly parts: readonly Entity[] };

/**
 * Builds an RFC 5322 message, CRLF line ends throughout: the text, with its HTML as multipart/alternative; inline images
 * around both as multipart/related (RFC 2387); attachments around it all as multipart/mixed. Header text is ASCII, except
 * for addresses that need SMTPUTF8.
 */
export function buildMime(message: MimeMessage): Buffer {
  let head = `${mailboxHeader('From', message.fromName, message.from)}\r\nTo: ${message.to}\r\n`;
  if (message.replyTo !== null) head += `Reply-To: ${message.replyTo}\r\n`;
  head += `${unstructuredHeader('Subject', message.subject)}\r\nDate: ${mailDate(message.date)}\r\nMessage-ID: ${message.messageId}\r\n`;
  if (message.inReplyTo !== null) head += `In-Reply-To: ${message.inReplyTo}\r\n`;
  if (message.references.length > 0) head += `${foldHeader('References', message.references.join(' '))}\r\n`;
  if (message.listUnsubscribe.length > 0) head += `${foldHeader('List-Unsubscribe', message.listUnsubscribe.map((uri) => `<${uri}>`).join(', '))}\r\n`;
  // RFC 8058: only beside an HTTPS address, and with exactly this value.
  if (message.listUnsubscribe.some((uri) => uri.startsWith('https:'))) head += 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n';
  if (message.homingId !== null) head += `X-Homing-Id: ${message.homingId}\r\n`;
  head += 'MIME-Version: 1.0\r\n';
  let position = writeEntity(entityOf(message), write(head, start));
  if (scratch[position - 1] !== 10) position = write('\r\n', position);
  const raw = scratch.subarray(start, position);
  start = position;
  if (scratch.length > usualRoom || start + leastRoom > scratch.length) {
    scratch = Buffer.allocUnsafe(usualRoom);
    start = 0;
  }
  return raw;
}

function entityOf({ messageId, text, html, inline, attachments }: MimeMessage): Entity {
  // No boundary is the beginning of another (RFC 2046 section 5.1.2). `=_` occurs in neither quoted-printable nor base64, and the id is unknown before the mail is made.
  const boundary = `=_${messageId.replace(/[^A-Za-z0-9]/g, '').slice(0, 48)}`;
  const plain: Entity = { kind: 'text', type: 'text/plain', text };
  let entity: Entity = html === null ? plain : { kind: 'multipart', subtype: 'alternative', boundary, parts: [plain, { kind: 'text', type: 'text/html', text: html }] };
  if (html !== null && inline.length > 0)
    entity = {
      kind: 'multipart',
      subtype: 'related',
      boundary: boundary.replace('=_', '=_r_'),
      parts: [entity, ...inline.map((file) => ({ kind: 'file', file, disposition: 'inline' }) as const)],
    };
  if (attachments.length > 0)
    entity = {
      kind: 'multipart',
      subtype: 'mixed',
      boundary: boundary.replace('=_', '=_m_'),
      parts: [entity, ...attachments.map((file) => ({ kind: 'file', file, disposition: 'attachment' }) as const)],
    };
  return entity;
}

/** Writes the Content fields of an entity, the empty line and its body. */
function writeEntity(entity: Entity, at: number): number {
  switch (entity.kind) {
    case 'text':
      return writeText(entity.type, entity.text, at);
    case 'file':
      return writeFile(entity.file, entity.disposition, at);
    case 'multipart': {
      const { subtype, boundary, parts } = entity;
      // RFC 2387 asks for the type of the root.
      const type = subtype === 'related' ? ' type="multipart/alternative";' : '';
      let position = write(`Content-Type: multipart/${subtype};${type}\r\n boundary="${boundary}"\r\n\r\n`, at);
      for (const part of parts) position = write('\r\n', writeEntity(part, write(`--${boundary}\r\n`, position)));
      return write(`--${boundary}--\r\n`, position);
    }
  }
}

function writeText(type: string, { text, byteLength, encoding, runs }: PartText, at: number): number {
  const position = write(`Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`, at);
  if (encoding === 'base64') return write(encodeBase64(Buffer.from(text, 'utf8')), position);
  if (encoding === '7bit') return write(text, position);
  room(position, runsRoom(byteLength, runs));
  return encodeRuns(text, runs, scratch, position);
}

/** Encoded content by its bytes: a file that many mails carry is encoded once. */
const encodedFiles = new WeakMap<Uint8Array, Buffer>();

function writeFile(file: MimeFile, disposition: 'attachment' | 'inline', at: number): number {
  let encoded = encodedFiles.get(file.bytes);
  if (encoded === undefined) encodedFiles.set(file.bytes, (encoded = Buffer.from(encodeBase64(file.bytes), 'latin1')));
  let head = `Content-Type: ${file.mediaType}${fileName('name', file.name)}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: ${disposition}${fileName('filename', file.name)}\r\n`;
  if (file.contentId !== null) head += `Content-ID: <${file.contentId}>\r\n`;
  const position = write(`${head}\r\n`, at);
  room(position, encoded.length);
  return position + encoded.copy(scratch, position);
}

/** A file's name as a parameter: quoted ASCII, else the extended form of RFC 2231. */
function fileName(parameter: string, name: string): string {
  const clean = name.replace(/[\r\n"\\]/g, '');
  if (/^[ -~]{0,60}$/.test(clean)) return `;\r\n ${parameter}="${clean}"`;
  const encoded = encodeURIComponent(clean.toWellFormed()).replace(/['()*!]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  // Pieces of at most 60 characters that cut no %XX, numbered as section 3 says.
  const pieces = encoded.match(/(?:%[0-9A-F]{2}|[^%]){1,20}/g) ?? [''];
  return pieces.map((piece, index) => `;\r\n ${parameter}*${pieces.length > 1 ? `${index}*` : ''}=${index === 0 ? "UTF-8''" : ''}${piece}`).join('');
}
