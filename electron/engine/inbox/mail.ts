import { convert } from 'html-to-text';
import PostalMime, { decodeWords, type Address, type Attachment } from 'postal-mime';
import type { Calendar } from './calendar.ts';

export interface MailAddress {
  /** Lower case; empty when the header holds none. */
  readonly address: string;
  readonly name: string;
}

export interface MailPart {
  readonly mimeType: string;
  readonly content: string;
  /** What a calendar part says; null = the part is no calendar. */
  readonly calendar: Calendar | null;
}

/** An inbound message, parsed once. Header names come from strangers: they are keys of a Map, never of an object. */
export interface InboundMail {
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  readonly subject: string;
  /** With angle brackets, as all Message-IDs here. */
  readonly messageId: string | null;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  /** The Date header, UTC ms. */
  readonly date: number | null;
  /** Offset of the Date header from UTC, minutes: the sender's wall clock. */
  readonly zoneOffsetMin: number;
  readonly text: string;
  /** False = `text` was made of the HTML. */
  readonly hasTextPart: boolean;
  readonly html: string | null;
  readonly contentType: string;
  /** Parts that are neither the text nor the HTML body: reports, returned messages, calendars, attachments. */
  readonly parts: readonly MailPart[];
}

/** Largest text kept of a body, characters. */
export const textCap = 200_000;

/** Parses a raw message; never throws: what cannot be read is empty. */
export async function parseMail(source: Uint8Array): Promise<InboundMail> {
  const parsed = await PostalMime.parse(source, { forceRfc822Attachments: true, attachmentEncoding: 'arraybuffer' }).catch(() => null);
  const headers = new Map<string, string[]>();
  for (const { key, value } of parsed?.headers ?? []) {
    const values = headers.get(key);
    if (values === undefined) headers.set(key, [value]);
    else values.push(value);
  }
  const header = (name: string): string => headers.get(name)?.[0] ?? '';
  const html = parsed?.html === undefined ? null : parsed.html.slice(0, textCap);
  const attachments = parsed?.attachments ?? [];
  const parsedText = (parsed?.text ?? '').slice(0, textCap);
  // Boundaries that do not match leave nothing; the body as it came still tells a report.
  const broken = parsedText.trim() === '' && html === null && attachments.every(({ mimeType }) => mimeType.startsWith('multipart/'));
  const plain = broken ? rawBody(source) : parsedText;
  const date = Date.parse(header('date').replace(/\([^)]*\)/g, ''));
  return {
    headers,
    from: flatten(parsed?.from === undefined ? [] : [parsed.from])[0] ?? { address: '', name: '' },
    to: flatten([...(parsed?.to ?? []), ...(parsed?.cc ?? [])]),
    subject: (parsed?.subject ?? '').replace(/\s+/g, ' ').trim().slice(0, 1000),
    messageId: messageIds(header('message-id'))[0] ?? null,
    inReplyTo: messageIds(header('in-reply-to')),
    references: messageIds(header('references')),
    date: Number.isNaN(date) ? null : date,
    zoneOffsetMin: readOffset(header('date')),
    hasTextPart: plain.trim() !== '',
    text: plain.trim() === '' && html !== null ? htmlToPlain(html) : plain,
    html,
    contentType: header('content-type').toLowerCase(),
    parts: await Promise.all(attachments.map(readPart)),
  };
}

function rawBody(source: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(source.subarray(0, textCap));
  const end = /\r?\n\r?\n/.exec(text);
  return end === null ? '' : text.slice(end.index).trim();
}

async function readPart(part: Attachment): Promise<MailPart> {
  const { mimeType } = part;
  const content = partText(part.content);
  if (mimeType !== 'text/calendar' && mimeType !== 'application/ics') return { mimeType, content, calendar: null };
  const { readCalendar } = await import('./calendar.ts');
  return { mimeType, content, calendar: readCalendar(content, part.method ?? '') };
}

function partText(content: ArrayBuffer | Uint8Array | string): string {
  if (typeof content === 'string') return content.slice(0, textCap);
  const bytes = content instanceof Uint8Array ? content : new Uint8Array(content);
  return new TextDecoder('utf-8').decode(bytes.subarray(0, textCap));
}

function flatten(addresses: readonly Address[]): MailAddress[] {
  return addresses
    .flatMap((entry) => (entry.group === undefined ? [entry] : entry.group))
    .map(({ address, name }) => ({ address: (address ?? '').trim().toLowerCase(), name: decodeWords(name).trim() }));
}

/** Message-IDs of a header value, each with its angle brackets; tolerates what some clients leave out. */
export function messageIds(value: string): string[] {
  const bracketed = [...value.matchAll(/<\s*([^<>\s]+)\s*>/g)].map((match) => `<${match[1] ?? ''}>`);
  if (bracketed.length > 0) return bracketed;
  return value
    .split(/[\s,]+/)
    .filter((word) => /^[^@\s]+@[^@\s]+$/.test(word))
    .map((word) => `<${word}>`);
}

function readOffset(date: string): number {
  const match = /([+-])(\d{2})(\d{2})\b/.exec(date);
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** First value of a header, trimmed; empty when absent. */
export function headerOf(mail: InboundMail, name: string): string {
  return mail.headers.get(name)?.[0]?.trim() ?? '';
}

/** The text of an HTML body: paragraphs and lines kept, links and images dropped to their words. */
export function htmlToPlain(html: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: textCap, maxDepth: 60, maxChildNodes: 5000 },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'skip' },
      { selector: 'blockquote', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      { selector: 'p', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  });
}
