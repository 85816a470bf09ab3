import { describe, expect, test } from 'vitest';
import { classify, parseMail } from '../../electron/engine/inbox/index.ts';
import { buildMail, readMailCorpus } from '../support/mail-corpus.ts';

const read = await Promise.all(readMailCorpus().map(async (one) => ({ one, found: classify(await parseMail(buildMail(one)), null) })));

/** Lowest precision and recall that a class may fall to. */
const floor = 0.95;

describe('labelled mail', () => {
  test('each class is found, and only where it is', () => {
    const classes = [...new Set(read.flatMap(({ one, found }) => [one.class, found.class]))].sort();
    const rows = classes.map((name) => {
      const labelled = read.filter(({ one }) => one.class === name).length;
      const right = read.filter(({ one, found }) => one.class === name && found.class === name).length;
      const said = read.filter(({ found }) => found.class === name).length;
      return { class: name, messages: labelled, precision: said === 0 ? 0 : right / said, recall: labelled === 0 ? 1 : right / labelled };
    });
    console.table(rows.map((row) => ({ ...row, precision: row.precision.toFixed(3), recall: row.recall.toFixed(3) })));
    const wrong = read.filter(({ one, found }) => one.class !== found.class).map(({ one, found }) => `${one.id}: ${one.class}, taken as ${found.class}`);
    expect(
      rows.filter(({ precision, recall }) => Math.min(precision, recall) < floor),
      wrong.join('\n'),
    ).toEqual([]);
  });

  test.each(read.filter(({ one }) => one.expect.recipients !== undefined).map((each) => [each.one.id, each] as const))(
    '%s names whom it concerns and why',
    (_id, { one, found }) => {
      const recipients = (found.bounce?.recipients ?? []).map(({ address, status, class: name }) => ({ address, status, class: name }));
      expect(recipients).toMatchObject(one.expect.recipients ?? []);
      if (one.expect.returned !== undefined) expect(found.returned?.messageId).toBe(one.expect.returned);
    },
  );

  test.each(read.filter(({ one }) => one.expect.returnDate !== undefined).map((each) => [each.one.id, each] as const))('%s tells the day of return', (_id, { one, found }) => {
    expect(found.returnDate).toBe(one.expect.returnDate);
  });

  test.each(read.filter(({ one }) => one.expect.delegate !== undefined).map((each) => [each.one.id, each] as const))('%s names the stand-in', (_id, { one, found }) => {
    expect(found.delegate).toEqual(one.expect.delegate);
  });
});
