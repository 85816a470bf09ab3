import { expect, test } from 'vitest';
import { tableOf } from '../../../renderer/features/campaigns/model/forecast.ts';
import { allCountries } from '../../../renderer/lib/countries.ts';
import { openStretches } from '../../../renderer/lib/week.ts';
import { checkValues, newValues, tabOf, toInput } from '../../../renderer/features/mailboxes/model.ts';

test('the open hours of a week are those of the windows inside the waking hours', () => {
  const week = openStretches(
    [
      { days: [1], start: '06:00', end: '09:00' },
      { days: [1], start: '08:00', end: '12:00' },
      { days: [7], start: '22:00', end: '02:00' },
      { days: [3], start: '00:00', end: '00:00' },
    ],
    { start: '07:00', end: '23:00' },
  );
  expect(week[0]).toEqual([[420, 720]]);
  expect(week[2]).toEqual([[420, 1380]]);
  expect(week[6]).toEqual([[1320, 1380]]);
  expect(week[4]).toEqual([]);
  expect(openStretches([{ days: [7], start: '22:00', end: '02:00' }], null)[0]).toEqual([[0, 120]]);
  expect(openStretches([{ days: [1], start: '00:00', end: '24:00' }], { start: '22:00', end: '06:00' })[0]).toEqual([
    [0, 360],
    [1320, 1440],
  ]);
});

test('a short forecast is laid out by day with its empty days, a long one by week or month', () => {
  const day = (date: string, mailboxId = 'a', first = 1) => ({ mailboxId, day: date, first, followUps: 2, limitedBy: 'mailbox_day' as const });
  const short = tableOf({ days: [day('2026-11-27'), day('2026-11-27', 'b'), day('2026-11-30')] });
  expect(short.unit).toBe('day');
  expect(short.totals.map(({ from, first, followUps }) => [from, first, followUps])).toEqual([
    ['2026-11-27', 2, 4],
    ['2026-11-28', 0, 0],
    ['2026-11-29', 0, 0],
    ['2026-11-30', 1, 2],
  ]);
  expect(short.mailboxes.map(({ mailboxId, buckets }) => [mailboxId, buckets.length])).toEqual([
    ['a', 4],
    ['b', 4],
  ]);
  const weeks = tableOf({ days: [day('2026-11-27'), day('2027-02-01')] });
  expect([weeks.unit, weeks.totals[0]?.from, weeks.totals.at(-1)?.from]).toEqual(['week', '2026-11-23', '2027-02-01']);
  const months = tableOf({ days: [day('2026-11-27'), day('2028-02-01')] });
  expect([months.unit, months.totals.length, months.totals.at(-1)?.from]).toEqual(['month', 16, '2028-02-01']);
  expect(tableOf({ days: [] }).totals).toEqual([]);
});

test('countries stand once each, by name', () => {
  const codes = allCountries().map(({ value }) => value);
  expect(codes).toEqual(expect.arrayContaining(['DE', 'US', 'GB', 'JP', 'BR']));
  expect(new Set(codes).size).toBe(codes.length);
  for (const none of ['EU', 'UN', 'DD', 'SU']) expect(codes).not.toContain(none);
});

test('ramp-up, human day and absences of a mailbox go to the engine, and errors stand at their fields', () => {
  const values = { ...newValues('Europe/Berlin'), address: 'mara@example.com' };
  expect(toInput(values)).toMatchObject({ limits: { rampUp: null, humanDay: false }, absences: [] });
  const more = { ...values, rampUpOn: true, humanDay: true, absences: [{ from: '2026-12-24', to: '2027-01-02', note: 'Holiday' }] };
  expect(toInput(more)).toMatchObject({ limits: { rampUp: { startPerDay: 10, stepPerDay: 2 }, humanDay: true }, absences: [{ from: '2026-12-24', to: '2027-01-02' }] });
  const wrong = checkValues(
    {
      ...more,
      rampUp: { startPerDay: 100, stepPerDay: '' },
      absences: [
        { from: '2026-12-24', to: '2026-12-23', note: '' },
        { from: '', to: '', note: '' },
      ],
    },
    null,
  );
  expect(wrong).toMatchObject({
    'rampUp.startPerDay': 'Must not be above the mails a day',
    'rampUp.stepPerDay': 'At least 1',
    'absences.0.to': 'Must not be before the first day',
    'absences.1.from': 'Choose a day',
  });
  expect([tabOf('rampUp.stepPerDay'), tabOf('absences.0.to')]).toEqual(['limits', 'hours']);
});
