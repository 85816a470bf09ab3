import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { inventsNothing, mayReplace, maySubject } from '../../../electron/engine/assist/copy-checks.ts';
import { rewriteByRules, ruleLanguage, subjectsByRules } from '../../../electron/engine/assist/copy-rules.ts';
import { streamLatest } from '../../../electron/engine/assist/stream.ts';

const mail = `Hi {{ first_name | default: "there" }},

I hope this email finds you well. I am writing to you today in order to ask about the ferry timetable. Due to the fact that the ferry timetable changes in May, we are able to print 200 copies prior to 1 May.

Would you like to see a sample? Details: https://example.com/ferries?x=1 or mail ines@example.com.`;

describe('rules', () => {
  test('shorten: stock phrases go, long-winded ones shrink, tags and facts stay', () => {
    expect(rewriteByRules(mail, 'shorter')).toBe(`Hi {{ first_name | default: "there" }},

I would like to ask about the ferry timetable. Because the ferry timetable changes in May, we can print 200 copies before 1 May.

Would you like to see a sample? Details: https://example.com/ferries?x=1 or mail ines@example.com.`);
  });

  test('make plainer and warmer, in the language of the text', () => {
    expect(rewriteByRules('We will utilize additional staff to facilitate the move, and you are welcome.', 'plainer')).toBe(
      'We will use more staff to help the move, and you are welcome.',
    );
    expect(rewriteByRules('To whom it may concern, I am sorry that we cannot come.', 'warmer')).toBe("Hello, I'm sorry that we can't come.");
    expect(rewriteByRules('Sehr geehrte Damen und Herren, wir haben eine Frage.\n\nMit freundlichen Grüßen', 'warmer')).toBe('Guten Tag, wir haben eine Frage.\n\nHerzliche Grüße');
    expect(ruleLanguage('こんにちは')).toBeNull();
    expect(rewriteByRules('こんにちは、元気ですか。', 'shorter')).toBe('こんにちは、元気ですか。');
  });

  const word = fc.constantFrom(
    'in order to',
    'Due to the fact that',
    'utilize',
    'I am',
    'very',
    '{{ first_name }}',
    '{% if city %}',
    '{{ in order to }}',
    'https://example.com/a',
    '20 %',
    'a@example.com',
    '.',
    '?',
    '\n\n',
    'the',
    'wir',
    'ü',
  );
  property.prop([fc.array(word, { minLength: 1, maxLength: 30 }), fc.constantFrom('shorter', 'warmer', 'plainer')])(
    'keep every tag, link, address and number of whatever text',
    (words, how) => {
      const text = words.join(' ');
      const next = rewriteByRules(text, how);
      if (text.trim() !== '') expect(mayReplace(text, next)).toBe(true);
      expect(next.length).toBeLessThanOrEqual(text.length + 12 * words.length);
      expect(rewriteByRules(next, how)).toBe(next);
    },
  );

  test('find subject lines in the words of the mail', () => {
    const ideas = subjectsByRules(mail, 5);
    expect(ideas.map(({ subject }) => subject)).toEqual([
      'Would you like to see a sample?',
      'A question about ferry timetable',
      'Ferry timetable: worth ten minutes?',
      'Your view on ferry timetable',
      'Ferry timetable',
    ]);
    expect(ideas.every(({ subject, reason }) => maySubject(mail, subject) && reason !== '')).toBe(true);
    expect(subjectsByRules('{{ first_name }}', 5)).toEqual([]);
  });
});

describe('what a model may not do', () => {
  test.each([
    ['loses a tag', mail.replace('{{ first_name | default: "there" }}', 'Ada')],
    ['adds a tag', `${mail} {{ company }}`],
    ['changes a tag', mail.replace('first_name', 'firstname')],
    ['invents a link', `${mail} https://example.com/buy`],
    ['invents an address', `${mail} boss@example.com`],
    ['invents a number', `${mail} We saved 40 %.`],
    ['says nothing', '  '],
  ])('a text that %s is refused', (_name, next) => {
    expect(mayReplace(mail, next)).toBe(false);
  });

  test('other words, other order and other separators are fine', () => {
    expect(mayReplace('Hi {{ a }} and {{ b }}, 1,500 copies?', '{{ b }}, {{ a }}: 1.500 Exemplare?')).toBe(true);
    expect(inventsNothing('20 people in 2026', 'In 2026, 20 people')).toBe(true);
  });

  test.each([
    ['two\nlines', false],
    ['A question about {{ company }}', false],
    ['Save 70 % today', false],
    ['{{ first_name | default: "there" }}, a sample?', true],
  ])('%j as a subject: %s', (subject, fine) => {
    expect(maySubject(mail, subject)).toBe(fine);
  });
});

describe('a streamed answer', () => {
  test('yields the latest of what was reported, then the result', async () => {
    const parts: unknown[] = [];
    const stream = streamLatest<number, string>(undefined, async (report) => {
      report(1);
      report(2);
      await Promise.resolve();
      return 'done';
    });
    for await (const part of stream) parts.push(part);
    expect(parts).toEqual([
      { kind: 'partial', value: 2 },
      { kind: 'done', value: 'done' },
    ]);
  });

  test('ends the work when nobody listens any more, and passes its error on', async () => {
    let ended = false;
    const stream = streamLatest<number, string>(undefined, (report, signal) => {
      report(1);
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => {
          ended = true;
          reject(new Error('over'));
        }),
      );
    });
    for await (const _part of stream) break;
    expect(ended).toBe(true);
    await expect(streamLatest(undefined, () => Promise.reject(new Error('no'))).next()).rejects.toThrow('no');
  });
});
