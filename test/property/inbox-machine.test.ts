import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { classify, parseMail, readReturnDate } from '../../electron/engine/inbox/index.ts';
import { judgeFailure } from '../../electron/engine/inbox/failure.ts';
import { buildMail, readMailCorpus } from '../support/mail-corpus.ts';

const corpus = readMailCorpus();
const built = corpus.map(buildMail);
const replyClasses = ['human', 'out_of_office', 'auto_acknowledgement', 'hard_bounce', 'soft_bounce', 'block_bounce', 'delayed_notice', 'opt_out', 'complaint'];

/** Text that makes careless expressions run for minutes, 60,000 characters each. */
const hostile = [
  'a@'.repeat(30_000),
  '<'.repeat(60_000),
  'a'.repeat(60_000) + '@',
  '1.1.'.repeat(15_000),
  '1/1/'.repeat(15_000),
  '550 '.repeat(15_000),
  'user '.repeat(12_000),
  'until '.repeat(10_000) + '5',
  '\n'.repeat(60_000),
  ' \n'.repeat(30_000),
  'ab@example.org, '.repeat(3_700),
  'Final-Recipient: rfc822; a@example.org\n\n'.repeat(1_500),
  'back on 5 March until 6 March '.repeat(2_000),
  '5xx your ip '.repeat(5_000),
];

describe('machine mail', () => {
  test.prop([fc.nat(built.length - 1), fc.nat(), fc.nat(400), fc.uint8Array({ maxLength: 40 })])(
    'a message cut, spliced or damaged anywhere is taken in without an error',
    async (which, position, removed, inserted) => {
      const source = built[which] ?? Buffer.alloc(0);
      const at = position % (source.length + 1);
      const damaged = Buffer.concat([source.subarray(0, at), inserted, source.subarray(at + removed)]);
      expect(replyClasses).toContain(classify(await parseMail(damaged), null).class);
    },
  );

  test.prop([fc.nat(built.length - 1), fc.double({ min: 0, max: 1, noNaN: true })])('a truncated message suppresses nobody that the whole one does not', async (which, share) => {
    const one = corpus[which];
    const source = built[which] ?? Buffer.alloc(0);
    const cut = classify(await parseMail(source.subarray(0, Math.floor(source.length * share))), null);
    if (one?.class !== 'hard_bounce') expect(cut.class).not.toBe('hard_bounce');
  });

  test.each(hostile)('hostile text %#', async (text) => {
    for (const headers of [
      'From: MAILER-DAEMON@example.org\r\nReturn-Path: <>\r\nSubject: failure notice',
      'From: anna@example.org\r\nSubject: Out of office',
      'Auto-Submitted: auto-replied',
    ]) {
      const mail = await parseMail(Buffer.from(`${headers}\r\nDate: Mon, 02 Mar 2026 09:00:00 +0100\r\n\r\n${text}`));
      expect(replyClasses).toContain(classify(mail, null).class);
    }
    expect(['hard', 'soft', 'block', 'none']).toContain(judgeFailure(null, text).kind);
    readReturnDate(text, Date.UTC(2026, 2, 2), 0);
  });

  test.prop([fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 60 }), fc.constantFrom('numeric', 'long')])(
    'a stated day of return is read back, in whatever style',
    (ahead, length, style) => {
      const sent = Date.UTC(2026, 2, 2, 12);
      const iso = (days: number): string => new Date(sent + days * 86_400_000).toISOString().slice(0, 10);
      const show = (days: number, locale: string): string =>
        new Date(sent + days * 86_400_000).toLocaleDateString(locale, { timeZone: 'UTC', day: 'numeric', month: style, year: 'numeric' });
      const last = ahead + length;
      expect(readReturnDate(`I am out of the office from ${show(ahead, 'en-GB')} to ${show(last, 'en-GB')}.`, sent, 0)).toBe(iso(last));
      expect(readReturnDate(`Ich bin vom ${show(ahead, 'de')} bis ${show(last, 'de')} im Urlaub.`, sent, 60)).toBe(iso(last));
      expect(readReturnDate(`Je suis absente du ${show(ahead, 'fr')} au ${show(last, 'fr')}.`, sent, 60)).toBe(iso(last));
      expect(readReturnDate(`Estaré ausente hasta el ${show(last, 'es')}.`, sent, 60)).toBe(iso(last));
      expect(readReturnDate(`Jestem na urlopie do ${show(last, 'pl')}.`, sent, 60)).toBe(iso(last));
      expect(readReturnDate(`${show(last, 'ja')}まで不在です。`, sent, 540)).toBe(iso(last));
    },
  );
});
