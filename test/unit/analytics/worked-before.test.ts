import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adviseCopy } from '../../../electron/engine/analytics/index.ts';
import { ownResults, rankWorked, type PastText } from '../../../electron/engine/analytics/worked-before.ts';

const past = (id: string, text: string, mailed: number, replied: number, more: Partial<PastText> = {}): PastText => ({
  ...{ kind: 'mail', id, name: 'Sequence', stepNumber: 1, subject: '', text, mailed, replied, similar: null },
  ...more,
});
const query = { subject: 'Ferry timetables', text: 'Who sends me the new timetable of your harbour?' };

describe('what worked before', () => {
  test('near texts with many answers lead; those about something else, or that few people got, are left out', () => {
    const items = rankWorked(
      query,
      [
        past('near and good', 'The timetable of the harbour changed. Who prints it?', 200, 30),
        past('near and poor', 'The timetable of the harbour changed. May I ask who prints it?', 200, 2),
        past('far', 'Crates that do not break at their corners', 200, 60),
        past('few', 'The timetable of your harbour', 19, 10),
        past('nobody answered', 'The timetable of your harbour', 200, 0),
      ],
      8,
    );
    expect(items.map(({ id }) => id)).toEqual(['near and good', 'near and poor']);
    expect(items[0]).toMatchObject({ replied: { count: 30, of: 200 }, shared: expect.arrayContaining(['timetable', 'harbour']) });
  });

  test('one lucky answer does not outrank many', () => {
    const same = 'The timetable of the harbour changed.';
    expect(rankWorked(query, [past('lucky', same, 20, 2), past('proven', same, 2000, 160)], 8).map(({ id }) => id)).toEqual(['proven', 'lucky']);
  });

  test('answers of people like the reader count where there are enough of them', () => {
    const same = 'The timetable of the harbour changed.';
    const items = rankWorked(
      query,
      [
        past('a', same, 500, 50, { similar: { mailed: 100, replied: 1 } }),
        past('b', same, 500, 25, { similar: { mailed: 100, replied: 30 } }),
        past('c', same, 500, 20, { similar: { mailed: 3, replied: 3 } }),
      ],
      8,
    );
    expect(items.map(({ id, similar }) => [id, similar?.of ?? null])).toEqual([
      ['b', 100],
      ['c', null],
      ['a', 100],
    ]);
  });

  test('vectors of a model decide what is near, also without a common word', () => {
    const items = rankWorked(query, [past('same meaning', 'Schedules for boats', 200, 20), past('same words', 'Timetable harbour', 200, 20)], 8, {
      query: [1, 0],
      texts: [
        [0.9, 0.1],
        [0, 1],
      ],
    });
    expect(items.map(({ id }) => id)).toEqual(['same meaning']);
  });

  test('whatever the texts and figures: nearness is 0..1, nothing is named twice, and order is by score', () => {
    const text = fc.record({ text: fc.lorem({ maxCount: 12 }), mailed: fc.integer({ min: 0, max: 500 }), share: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.lorem({ maxCount: 12 }), fc.array(text, { maxLength: 12 }), (own, list) => {
        const items = rankWorked(
          { subject: '', text: own },
          list.map(({ text: each, mailed, share }, index) => past(String(index), each, mailed, Math.floor(mailed * share))),
          5,
        );
        expect(items.length).toBeLessThanOrEqual(5);
        expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
        const scores = items.map(({ nearness, replied }) => nearness * (replied.low ?? 0));
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        for (const { nearness } of items) expect(nearness > 0 && nearness <= 1.000001).toBe(true);
      }),
    );
  });

  test('own figures speak only where enough people got both kinds, and say whether it may be luck', () => {
    const long = `${'word '.repeat(150)}?`;
    const results = ownResults({ subject: 'Hi', text: 'Short?' }, [past('short', 'Is it?', 1000, 120), past('long', long, 1000, 40)]);
    expect(results.find(({ code }) => code === 'short')).toMatchObject({ holds: true, with: { count: 120, of: 1000 }, without: { count: 40, of: 1000 }, clear: true });
    expect(results.some(({ code }) => code === 'question')).toBe(false);
    expect(ownResults({ subject: '', text: 'Short?' }, [past('short', 'Is it?', 99, 9), past('long', long, 1000, 4)])).toEqual([]);
    expect(ownResults({ subject: '', text: 'Short?' }, [past('short', 'Is it?', 200, 10), past('long', long, 200, 9)])[0]).toMatchObject({ code: 'short', clear: false });
  });
});

describe('advice on a text', () => {
  const codes = (text: string, subject = '') => adviseCopy({ subject, text }).advice.map(({ code }) => code);

  test('each edit takes its own advice away', () => {
    const text = 'Hi {{ first_name }},\n\nWe utilize new crates in order to help. ACT NOW PLEASE. It is great!! Really!\n\n{{ sender.name }}';
    const { advice } = adviseCopy({ subject: '', text });
    const withEdit = advice.filter(({ edit }) => edit !== null && edit.find !== '');
    expect(withEdit.length).toBeGreaterThanOrEqual(3);
    for (const { code, quote, edit } of withEdit) {
      expect(text.split(edit?.find ?? '\u0000').length, code).toBeGreaterThan(1);
      const after = text.replace(edit?.find ?? '', edit?.replace ?? '');
      expect(
        adviseCopy({ subject: '', text: after }).advice.some((other) => other.code === code && other.quote === quote),
        code,
      ).toBe(false);
    }
  });

  test('a mail that asks nothing gets a question in its own language, and has none of that advice after it', () => {
    const german = 'Hallo,\n\nwir haben die Kisten an den Ecken verstärkt und schicken Ihnen gern zwei davon.';
    const call = adviseCopy({ subject: '', text: german }).advice.find(({ code }) => code === 'no_call');
    expect(call?.edit).toEqual({ find: '', replace: 'Ist das zurzeit ein Thema für Sie?' });
    expect(codes(`${german}\n\n${call?.edit?.replace ?? ''}`)).not.toContain('no_call');
  });

  test('length, long sentences and a hard text are told with their figures; a short plain question gets nothing', () => {
    const sentence = `${'administrative considerations regarding organisational transformation '.repeat(8)}matter.`;
    const { advice, figures } = adviseCopy({ subject: 'x'.repeat(80), text: `${sentence}\n\n${sentence}\n\n${sentence}\n\n${sentence}` });
    expect(advice.map(({ code }) => code)).toEqual(expect.arrayContaining(['long', 'hard_to_read', 'long_sentence', 'no_call', 'long_subject']));
    expect(figures.lix).toBeGreaterThan(50);
    expect(codes('Hi Ada,\n\nwho sends me the timetable of your harbour?\n\nMara', 'Your timetable')).toEqual([]);
  });
});
