import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownText } from '../../electron/engine/inbox/reply-text.ts';

const pieces = [
  'Yes, please.',
  '',
  '> quoted',
  '>> older',
  'On Mon, Mar 2, 2026 at 9:00 AM Tom <tom@example.com> wrote:',
  'Am 02.03.2026 um 09:00 schrieb Tom',
  '<tom@example.com>:',
  'From: Tom <tom@example.com>',
  'Sent: Monday, March 2, 2026 9:00 AM',
  'Subject: Hello',
  '-----Original Message-----',
  '-- ',
  '________________',
  'Sent from my iPhone',
  'Best regards',
  'Anna Berg, CEO',
  'This e-mail and any attachments are confidential.',
  '| a | b |',
  'TM> quoted',
  '\u202bשלום\u202c',
];
const line = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) });
const text = fc.array(line, { maxLength: 40 }).map((lines) => lines.join('\n'));
const folded = (each: string): string => each.replace(/[\u00a0\u202f]/g, ' ').trimEnd();

describe('what a person wrote', () => {
  test('is made of lines of the mail, in their order', () => {
    fc.assert(
      fc.property(text, (mail) => {
        const source = mail.replace(/\r\n?/g, '\n').split('\n').map(folded);
        let from = 0;
        for (const own of ownText(mail).split('\n')) {
          if (own === '') continue;
          const at = source.indexOf(own, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + 1;
        }
      }),
      { numRuns: 300 },
    );
  });

  test('holds no marked quote below an attribution', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Yes.', 'No, thanks.', 'Perhaps later'), { minLength: 1, maxLength: 5 }),
        fc.array(fc.string({ maxLength: 40 }), { minLength: 1 }),
        (own, quoted) => {
          const mail = [...own, '', 'On Mon, Mar 2, 2026 at 9:00 AM Tom <tom@example.com> wrote:', ...quoted.map((each) => `> ${each.replace(/[\r\n]/g, ' ')}`)].join('\n');
          expect(ownText(mail)).toBe(own.join('\n'));
        },
      ),
    );
  });

  test('does not change when it is read again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('Yes.', 'No, thanks.', '', '- a point', 'Anna', '> 5 people came', 'Best regards'), { maxLength: 12 }), (lines) => {
        const once = ownText(lines.join('\n'));
        expect(ownText(once)).toBe(once);
      }),
    );
  });
});

/** The longest body that is read; work that grew with its square would not end within the limit of a test. */
const longest = 200_000;

describe('hostile mail is read to its end', () => {
  const hostile: Record<string, string> = {
    'attributions that never end': 'On Mon, Mar 2, 2026 at 9:00 AM Tom <tom@example.com>\n',
    'header lines without an end': 'From: a@example.com\nX: y\n\n',
    'signature marks between quotes': '-- \n> a\n',
    'one endless line': 'a 9:00 <x@ wrote 2.3.2026 ',
    dashes: '-',
    'blank lines': '\n \n\t',
    'opening brackets': '<[(',
    'quoted words': '"a@a.a',
  };
  test.each(Object.entries(hostile))('%s', (_name, unit) => expect(ownText(unit.repeat(longest / unit.length)).length).toBeLessThanOrEqual(longest));
});
