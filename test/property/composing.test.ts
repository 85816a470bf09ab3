import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { encodeQuotedPrintable, mimeText, quotedPrintableRoom } from '../../electron/engine/composing/encode.ts';
import { encodeWords } from '../../electron/engine/composing/headers.ts';
import { createComposer, readUnsubscribeToken, unsubscribeAddress } from '../../electron/engine/composing/index.ts';
import { newContext, parseTemplate, renderNodes } from '../../electron/engine/composing/liquid.ts';
import { compileRuns, encodeRuns, runsRoom } from '../../electron/engine/composing/runs.ts';
import { compileTemplate } from '../../electron/engine/composing/template.ts';
import { composed, composeInput, parseMail } from '../support/compose.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 400 });
const words = fc
  .array(
    fc.constantFrom(
      'Grüße',
      'hello',
      '=',
      '=3D',
      '.',
      '..',
      'From ',
      'Вопрос',
      '日本語',
      '😀',
      '👩‍👩‍👧',
      'a'.repeat(90),
      ' ',
      '  ',
      '\t',
      '\n',
      '\r\n',
      '\r',
      '-- ',
      'é',
      '\u0000',
      '--=_0190c0de',
      '=?UTF-8?Q?x?=',
    ),
    { maxLength: 60 },
  )
  .map((list) => list.join(''));
const body = fc.oneof(anyText, words).filter((text) => text.trim() !== '');
/** What a mail program shows of a body: well-formed text with one kind of line end. */
const shown = (text: string | undefined): string => (text ?? '').toWellFormed().replaceAll('\u0000', '').replace(/\r\n?/g, '\n');
const shownSubject = (text: string): string =>
  text
    .toWellFormed()
    // eslint-disable-next-line no-control-regex -- what a subject cannot hold
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ')
    .trim();
/** nodemailer reads CR CR LF as one line end. */
const oneLineEnd = (text: string): boolean => !/\r(?!\n)/.test(text);
const oneLine = fc.oneof(anyText, words).map(shownSubject);

describe('a mail that is read again', () => {
  test('says what was written: subject, names, both bodies, headers', async () => {
    await fc.assert(
      fc.asyncProperty(oneLine, oneLine, body, body, async (subject, name, text, html) => {
        const mail = composed({
          literal: true,
          variant: { subject, text, html },
          sender: { fromName: name },
          homingId: 'd1',
          unsubscribeMailto: unsubscribeAddress('grace@example.org', 'd1', 'k'),
        });
        const parsed = await parseMail(mail);
        expect(parsed.subject ?? '').toBe(subject);
        expect(parsed.from).toMatchObject({ address: 'grace@example.org', name });
        // The parser ends every text with a line end.
        expect(shown(parsed.text).replace(/\n+$/, '')).toBe(shown(text).replace(/\n+$/, ''));
        expect(shown(parsed.html)).toContain(shown(html));
        expect(parsed.messageId).toBe(mail.messageId);
        expect(parsed.headers.find(({ key }) => key === 'x-homing-id')?.value).toBe('d1');
      }),
      { numRuns: 300 },
    );
  });

  test('keeps the rules of the wire: CRLF only, no line above 998 octets, ASCII headers of at most 78 where they can fold', () => {
    fc.assert(
      fc.property(oneLine, oneLine, body, body, (subject, name, text, html) => {
        const raw = Buffer.from(composed({ literal: true, variant: { subject, text, html }, sender: { fromName: name } }).raw).toString('latin1');
        expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        const lines = raw.split('\r\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
        const head = lines.slice(0, lines.indexOf(''));
        for (const line of head) {
          expect(line).toMatch(/^[\t\x20-\x7e]+$/);
          expect(line.trim()).not.toBe('');
          if (/=\?UTF-8\?/.test(line)) expect(line.length).toBeLessThanOrEqual(78);
        }
        expect(head.filter((line) => /^Subject:/i.test(line))).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  // nodemailer leaves a subject that looks like an encoded word as it is, and folds away double spaces.
  test('means the same as nodemailer makes of the same content', async () => {
    await fc.assert(
      fc.asyncProperty(
        oneLine.filter((text) => !/ {2}|=\?/.test(text)),
        body.filter(oneLineEnd),
        body.filter(oneLineEnd),
        async (subject, text, html) => {
          const mail = composed({ literal: true, variant: { subject, text, html }, thread: { subject: 'x', inReplyTo: '<b@example.org>', references: ['<a@example.org>'] } });
          const theirs = await new MailComposer({
            from: { name: 'Grace Hopper', address: 'grace@example.org' },
            to: mail.to,
            subject: mail.subject,
            text,
            html: mail.html,
            messageId: mail.messageId,
            date: new Date(composeInput().date),
          })
            .compile()
            .build();
          const [own, other] = await Promise.all([parseMail(mail), PostalMime.parse(theirs)]);
          expect({
            from: own.from,
            to: own.to,
            subject: own.subject,
            date: own.date,
            messageId: own.messageId,
            text: shown(own.text).trimEnd(),
            html: shown(own.html).trimEnd(),
          }).toEqual({
            from: other.from,
            to: other.to,
            subject: other.subject,
            date: other.date,
            messageId: other.messageId,
            text: shown(other.text).trimEnd(),
            html: shown(other.html).trimEnd(),
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  const filler = words.map((text) => text.replace(/[{}]/g, '')).filter((text) => text.isWellFormed());
  test('filled from a compiled variant means the same as nodemailer makes of the finished texts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(filler, { minLength: 2, maxLength: 5 }),
        fc.array(filler.filter(oneLineEnd), { minLength: 2, maxLength: 3 }),
        fc.integer({ min: 0, max: 90 }),
        async (constants, values, padding) => {
          const template = `${'x'.repeat(padding)}${constants.map((constant) => `${constant} and more than enough constant text, so that it is worth a run of its own é`).join('{{ custom.value }}')}`;
          for (const value of values) {
            // One variant, many people: the runs are those of the first.
            const mail = composed({
              variant: { subject: 'x', text: template, html: `<p>${template.replace(/[&<>]/g, '')}</p>` },
              contact: { custom: { value } },
              onMissing: 'blank',
            });
            const theirs = await new MailComposer({ from: 'grace@example.org', to: mail.to, subject: mail.subject, text: mail.text, html: mail.html }).compile().build();
            const [own, other] = await Promise.all([parseMail(mail), PostalMime.parse(theirs)]);
            expect(mail.text).toBe(template.replaceAll('{{ custom.value }}', value));
            expect([shown(own.text).trimEnd(), shown(own.html).trimEnd()]).toEqual([shown(mail.text).trimEnd(), shown(mail.html).trimEnd()]);
            if (oneLineEnd(template)) expect([shown(own.text).trimEnd(), shown(own.html).trimEnd()]).toEqual([shown(other.text).trimEnd(), shown(other.html).trimEnd()]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('encodings', () => {
  function decodeQuotedPrintable(encoded: string): string {
    return Buffer.from(
      encoded.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      'latin1',
    ).toString('utf8');
  }

  test('runs encoded beforehand: lines of at most 76, the same text back, whatever of them stands in the text', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(body, fc.boolean(), fc.boolean()), { maxLength: 8 }), (parts) => {
        const long = parts.map(([text, isRun, kept]) => ({ text: isRun ? `${text}${'y'.repeat(70)}${text}` : text, isRun, kept }));
        const runs = compileRuns(long.filter(({ isRun }) => isRun).map(({ text }) => text));
        const source = mimeText(
          long
            .filter(({ kept }) => kept)
            .map(({ text }) => text)
            .join(''),
        );
        const out = Buffer.alloc(runsRoom(Buffer.byteLength(source), runs));
        const encoded = out.toString('latin1', 0, encodeRuns(source, runs, out, 0));
        for (const line of encoded.split('\r\n')) {
          expect(line.length).toBeLessThanOrEqual(76);
          expect(line).not.toMatch(/[ \t]$/);
        }
        expect(decodeQuotedPrintable(encoded)).toBe(source);
      }),
    );
  });

  test('quoted-printable: lines of at most 76, no white space before a line end, the same text back, room enough', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 0, max: 80 }), (text, padding) => {
        const source = mimeText(`${'x'.repeat(padding)}${text}`);
        const bytes = Buffer.from(source);
        const out = Buffer.alloc(quotedPrintableRoom(bytes.length));
        const encoded = out.toString('latin1', 0, encodeQuotedPrintable(bytes, out, 0));
        for (const line of encoded.split('\r\n')) {
          expect(line.length).toBeLessThanOrEqual(76);
          expect(line).toMatch(/^[\t\x20-\x7e]*$/);
          expect(line).not.toMatch(/[ \t]$/);
        }
        expect(decodeQuotedPrintable(encoded)).toBe(source);
      }),
      { numRuns: 1000 },
    );
  });

  test('encoded words: at most 75 characters each, whole characters only', () => {
    fc.assert(
      fc.property(oneLine, fc.integer({ min: 0, max: 30 }), (text, column) => {
        let decoded = '';
        for (const [index, word] of encodeWords(text, column).split('\r\n ').entries()) {
          const match = /^=\?UTF-8\?([BQ])\?([\x21-\x3e\x40-\x7e]*)\?=$/.exec(word);
          expect(match, word).not.toBeNull();
          expect(word.length + (index === 0 ? column : 1)).toBeLessThanOrEqual(Math.max(78, column + 40));
          expect(word.length).toBeLessThanOrEqual(75);
          const [, kind, content = ''] = match ?? [];
          const piece = kind === 'B' ? Buffer.from(content, 'base64').toString('utf8') : decodeQuotedPrintable(content.replaceAll('_', ' '));
          expect(piece).not.toContain('\ufffd'.repeat(2));
          decoded += piece;
        }
        expect(decoded).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('templates', () => {
  const value = fc.oneof(fc.constantFrom('', ' ', 'Ann', 'a & <b> "c" \'d\'', '{{ x }}', 'ß', '0', 'two words here'), anyText);
  const filter = fc.constantFrom(
    '',
    '| default: "there"',
    '| default: ""',
    '| upcase',
    '| capitalize',
    '| strip',
    '| append: "!"',
    '| prepend: "~" | upcase',
    '| replace: "a", "b"',
    '| truncate: 5',
    '| truncatewords: 1',
    '| url_encode',
    '| escape',
    '| remove: "n" | default: "x"',
    '| default: "y" | append: "z"',
    '| strip_html',
    '| newline_to_br',
    '| raw',
    '| size',
    '| default: b',
  );
  const tag = fc
    .tuple(fc.constantFrom('a', 'b', 'c.d', 'c["d"]', 'nosuch', 'c.nosuch.x', 'list', 'n', 'yes', 'a.size', 'list.first', 'c'), filter)
    .map(([path, chain]) => `{{ ${path} ${chain} }}`);
  const piece = fc.oneof(
    tag,
    fc.constantFrom(
      'text ',
      '\n',
      '<p>',
      '{% if a %}[{{ a }}]{% else %}-{% endif %}',
      '{% assign a = b %}',
      '{% assign z = "" %}{{ z }}',
      '{%- if nosuch -%} x {%- endif -%}',
      ' {{- b -}} ',
      '{% for i in list %}{{ i }}{% if i == 2 %}{% break %}{% endif %}{% endfor %}',
      '{% capture q %}{{ a }}{% endcapture %}{{ q }}',
      '{% raw %}{{ a }}{% endraw %}',
    ),
  );
  const template = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  test.each(['html', 'text'] as const)('the short way to render %s gives what the whole engine gives', (mode) => {
    fc.assert(
      fc.property(template, value, value, value, (source, a, b, d) => {
        const scope = { a, b, c: { d }, list: [1, 2, 3], n: 12.5, yes: true };
        expect(compileTemplate(source, mode).render(scope, new Set())).toBe(renderNodes(mode, parseTemplate(source, mode), newContext(mode, { ...scope })));
      }),
      { numRuns: 1000 },
    );
  });

  test('any text at all composes or is told as a mistake; it never throws', () => {
    const composer = createComposer();
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc
            .array(fc.oneof(piece, fc.constantFrom('{{', '}}', '{%', '%}', '|', '{% if', 'endif', "'", '"', '{% case a %}', '{% when %}', '{{ a |', '{% include "a" %}')), {
              maxLength: 10,
            })
            .map((list) => list.join('')),
        ),
        anyText,
        (source, firstName) => {
          const result = composer.compose(composeInput({ variant: { subject: source, html: source }, contact: { firstName }, onMissing: 'blank' }));
          if (result.ok) expect(result.value.raw.length).toBeGreaterThan(100);
          else expect(result.error.kind).toBe('template_error');
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('an unsubscribe token is read through anything that mail programs do to a subject, and never forged', () => {
  const id = fc.uuid({ version: 7 });
  fc.assert(
    fc.property(id, id, fc.constantFrom('', 'Re: ', 'AW: Re: ', '[EXT] '), fc.integer({ min: 1, max: 60 }), fc.boolean(), (own, other, prefix, cut, capitals) => {
      const subject = decodeURIComponent(unsubscribeAddress('g@example.org', own, 'key').split('subject=')[1] ?? '');
      const folded = `${prefix}${subject.slice(0, cut)}\r\n ${subject.slice(cut)}`;
      expect(readUnsubscribeToken(capitals ? folded.toUpperCase() : folded, 'key')).toBe(own);
      if (own !== other) expect(readUnsubscribeToken(subject.replace(own, other), 'key')).toBeNull();
    }),
    { numRuns: 200 },
  );
});
