import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replyClassSchema, replyIntentSchema } from '../../shared/schemas/reply.ts';

const linesSchema = z.union([z.string(), z.array(z.string())]);

/** One message of `test/fixtures/mail/*.json`; its README says what each field means. */
const mailCaseSchema = z.strictObject({
  id: z.string(),
  language: z.string(),
  class: replyClassSchema,
  from: z.string(),
  to: z.string().default('Tom Meier <tom@example.com>'),
  subject: z.string(),
  date: z.string().default('Mon, 02 Mar 2026 09:00:00 +0100'),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
  thread: z.boolean().default(false),
  encoding: z.enum(['8bit', 'base64', 'quoted-printable']).default('8bit'),
  charset: z.enum(['utf-8', 'iso-8859-1']).default('utf-8'),
  body: linesSchema.default(''),
  html: linesSchema.optional(),
  parts: z.array(z.strictObject({ type: z.string(), body: linesSchema })).default([]),
  expect: z
    .strictObject({
      recipients: z.array(z.strictObject({ address: z.string(), status: z.string().nullable().optional(), class: z.string().optional() })).optional(),
      returned: z.string().optional(),
      returnDate: z.string().nullable().optional(),
      delegate: z.strictObject({ name: z.string(), address: z.string() }).nullable().optional(),
      replyText: z.string().optional(),
      intent: replyIntentSchema.nullable().optional(),
    })
    .default({}),
});
export type MailCase = z.infer<typeof mailCaseSchema>;

const folder = join(import.meta.dirname, '../fixtures/mail');

/** All labelled messages, or those of one file (`bounces`). Throws when two share an id. */
export function readMailCorpus(file?: string): MailCase[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && (file === undefined || name === `${file}.json`));
  const cases = names.sort().flatMap((name) => z.array(mailCaseSchema).parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  const ids = new Set<string>();
  for (const { id } of cases) {
    if (ids.has(id)) throw new Error(`Two messages are called ${id}`);
    ids.add(id);
  }
  return cases;
}

/** The mail that every case answers or returns. */
export const sentMail = { messageId: '<sent.1@example.com>', homingId: 'd1', subject: 'A short question' } as const;

/** The message as a server would hand it over. */
export function buildMail(one: MailCase): Buffer {
  const isReport = one.parts.find(({ type }) => /delivery-status|feedback-report|disposition-notification/.test(type));
  const headers: [string, string][] = [
    ['From', encodeHeader(one.from)],
    ['To', one.to],
    ['Subject', encodeHeader(one.subject)],
    ['Date', one.date],
    ['Message-ID', `<${one.id}@example.org>`],
    ...(one.thread ? ([['In-Reply-To', sentMail.messageId]] as [string, string][]) : []),
    ...Object.entries(one.headers).flatMap(([name, value]) => [value].flat().map((single): [string, string] => [name, single])),
    ['MIME-Version', '1.0'],
  ];
  const text = leaf('text/plain', one.body, one);
  const html = one.html === undefined ? null : leaf('text/html', one.html, one);
  const body = html === null ? text : one.body === '' ? html : multipart('alternative', 'alt', [text, html]);
  const reportType = /\/(?:global-)?(.*)$/.exec(isReport?.type ?? '')?.[1];
  const whole =
    one.parts.length === 0
      ? body
      : multipart(reportType === undefined ? 'mixed' : `report; report-type=${reportType}`, 'parts', [
          body,
          ...one.parts.map(({ type, body: lines }) => `Content-Type: ${type}\r\n\r\n${joined(lines)}`),
        ]);
  return Buffer.from(`${headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n${whole}\r\n`, one.charset === 'utf-8' ? 'utf8' : 'latin1');
}

const joined = (lines: string | string[]): string => [lines].flat().join('\r\n').replace(/\r?\n/g, '\r\n');

function leaf(type: string, lines: string | string[], { charset, encoding }: MailCase): string {
  const text = joined(lines);
  const bytes = Buffer.from(text, charset === 'utf-8' ? 'utf8' : 'latin1');
  const encoded =
    encoding === '8bit'
      ? text
      : encoding === 'base64'
        ? bytes.toString('base64').replace(/(.{76})/g, '$1\r\n')
        : text
            .split('\r\n')
            .map((line) => quotedPrintable(line, charset))
            .join('\r\n');
  return `Content-Type: ${type}; charset=${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${encoded}`;
}

function quotedPrintable(line: string, charset: MailCase['charset']): string {
  const units = [...line].map((char) =>
    /[^\x20-\x7e]|=/.test(char)
      ? [...Buffer.from(char, charset === 'utf-8' ? 'utf8' : 'latin1')].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
      : char,
  );
  let width = 0;
  return units
    .map((unit) => {
      width += unit.length;
      if (width <= 72) return unit;
      width = unit.length;
      return `=\r\n${unit}`;
    })
    .join('');
}

function multipart(subtype: string, name: string, parts: string[]): string {
  const boundary = `=_${name}`;
  return `Content-Type: multipart/${subtype}; boundary="${boundary}"\r\n\r\n${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--`;
}

/** RFC 2047 words of at most 39 bytes each, cut between characters. */
function encodeHeader(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  const address = / <[^<>]+>$/.exec(value)?.[0] ?? '';
  const words = value.slice(0, value.length - address.length).match(/.{1,12}/gu) ?? [];
  return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString('base64')}?=`).join('\r\n ') + address;
}
