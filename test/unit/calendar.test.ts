import { expect, test } from 'vitest';
import { localDay, startOfLocalDay, startOfNextLocalDay } from '../../electron/engine/lib/zone.ts';
import { addDuration, everyDay, isOpen, nextAllowed, parseDuration, windowEnd } from '../../electron/engine/scheduling/index.ts';
import type { Calendar, Window } from '../../shared/schemas/common.ts';

const office: Window[] = [{ days: [1, 2, 3, 4, 5], start: '09:00', end: '17:00' }];
const calendar = (zone: string, windows: Window[] = office, holidays: string[] = []): Calendar => ({ zone, windows, holidays });
const at = (iso: string): number => Date.parse(iso);
const iso = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString().replace('.000Z', 'Z'));

test.each([
  ['inside, kept to the millisecond', 'Europe/Paris', '2026-05-05T08:15:30.123Z', '2026-05-05T08:15:30.123Z'],
  ['the end is outside', 'Europe/Paris', '2026-05-05T15:00:00Z', '2026-05-06T07:00:00Z'],
  ['over the weekend and the spring change', 'Europe/Paris', '2026-03-27T17:00:00Z', '2026-03-30T07:00:00Z'],
  ['over the autumn change', 'Europe/Paris', '2026-10-23T16:00:00Z', '2026-10-26T08:00:00Z'],
  ['a quarter-hour zone', 'Pacific/Chatham', '2026-06-01T12:00:00Z', '2026-06-01T20:15:00Z'],
])('the next allowed time: %s', (_, zone, from, expected) => {
  expect(iso(nextAllowed([calendar(zone)], at(from)))).toBe(expected);
});

test('a window that begins in a spring gap opens at the first time that exists', () => {
  const early = calendar('America/New_York', [{ days: [7], start: '02:30', end: '06:00' }]);
  expect(iso(nextAllowed([early], at('2026-03-08T00:00:00Z')))).toBe('2026-03-08T07:00:00Z');
});

test('a window that lies in a spring gap altogether is skipped that day', () => {
  const gap = calendar('America/New_York', [{ days: [1, 2, 3, 4, 5, 6, 7], start: '02:10', end: '02:50' }]);
  expect(iso(nextAllowed([gap], at('2026-03-08T06:00:00Z')))).toBe('2026-03-09T06:10:00Z');
});

test('both passes of an autumn hour are open', () => {
  const night = calendar('America/New_York', [{ days: [7], start: '01:00', end: '02:00' }]);
  expect(isOpen(night, at('2026-11-01T05:30:00Z'))).toBe(true);
  expect(isOpen(night, at('2026-11-01T06:30:00Z'))).toBe(true);
  expect(iso(windowEnd([night], at('2026-11-01T05:30:00Z')))).toBe('2026-11-01T07:00:00Z');
});

test('a window over midnight belongs to the day on which it starts', () => {
  const friday = calendar('Europe/Rome', [{ days: [5], start: '22:00', end: '02:00' }]);
  expect(isOpen(friday, at('2026-05-08T23:30:00Z'))).toBe(true);
  expect(isOpen(friday, at('2026-05-07T23:30:00Z'))).toBe(false);
  expect(iso(windowEnd([friday], at('2026-05-08T21:00:00Z')))).toBe('2026-05-09T00:00:00Z');
});

test('nothing is open on a holiday, nor in the night that belongs to one', () => {
  const friday = calendar('Europe/Rome', [{ days: [5], start: '22:00', end: '02:00' }], ['2026-05-08', '2026-05-16']);
  expect(isOpen(friday, at('2026-05-08T23:30:00Z'))).toBe(false);
  expect(isOpen(friday, at('2026-05-15T22:30:00Z'))).toBe(false);
  expect(isOpen(friday, at('2026-05-15T21:30:00Z'))).toBe(true);
});

test('a window whose start is its end is the whole day', () => {
  const sunday = calendar('Europe/Rome', [{ days: [7], start: '09:00', end: '09:00' }]);
  expect(iso(nextAllowed([sunday], at('2026-05-08T12:00:00Z')))).toBe('2026-05-09T22:00:00Z');
  expect(iso(windowEnd([sunday], at('2026-05-10T12:00:00Z')))).toBe('2026-05-10T22:00:00Z');
});

test('several calendars must all be open', () => {
  const paris = calendar('Europe/Paris');
  const newYork = calendar('America/New_York');
  const waking = everyDay('America/New_York', { start: '10:00', end: '21:00' });
  expect(iso(nextAllowed([paris, newYork, waking], at('2026-05-05T06:00:00Z')))).toBe('2026-05-05T14:00:00Z');
  expect(iso(nextAllowed([paris, newYork, waking], at('2026-05-05T15:30:00Z')))).toBe('2026-05-06T14:00:00Z');
});

test('calendars that never meet, and calendars without a day, give no time', () => {
  expect(nextAllowed([calendar('Europe/Paris'), calendar('Pacific/Auckland')], at('2026-05-05T06:00:00Z'))).toBeNull();
  expect(nextAllowed([calendar('Europe/Paris', [])], 0)).toBeNull();
  expect(nextAllowed([calendar('Europe/Paris', [{ days: [], start: '09:00', end: '17:00' }])], 0)).toBeNull();
  expect(nextAllowed([], 123)).toBe(123);
});

test('three days keep the wall time over a change of clocks; 72 hours do not', () => {
  const rules = { businessDays: false, zone: 'Europe/Paris', calendar: calendar('Europe/Paris') };
  expect(iso(addDuration(at('2026-03-27T09:00:00Z'), 'P3D', rules))).toBe('2026-03-30T08:00:00Z');
  expect(iso(addDuration(at('2026-03-27T09:00:00Z'), 'PT72H', rules))).toBe('2026-03-30T09:00:00Z');
  expect(iso(addDuration(at('2026-03-27T09:00:00Z'), 'P1W2DT1H30M5S', rules))).toBe('2026-04-05T09:30:05Z');
});

test('a wall time in a gap moves forward, an ambiguous one is its first pass', () => {
  const rules = { businessDays: false, zone: 'Europe/Paris', calendar: calendar('Europe/Paris') };
  expect(iso(addDuration(at('2026-03-28T01:30:00Z'), 'P1D', rules))).toBe('2026-03-29T01:30:00Z');
  expect(iso(addDuration(at('2026-10-24T00:30:00Z'), 'P1D', rules))).toBe('2026-10-25T00:30:00Z');
});

test('business days leave out weekends and holidays of the campaign', () => {
  const rules = { businessDays: true, zone: 'Europe/Paris', calendar: calendar('Europe/Paris', office, ['2026-05-14']) };
  expect(iso(addDuration(at('2026-05-13T08:00:00Z'), 'P1D', rules))).toBe('2026-05-15T08:00:00Z');
  expect(iso(addDuration(at('2026-05-15T08:00:00Z'), 'P1D', rules))).toBe('2026-05-18T08:00:00Z');
  expect(iso(addDuration(at('2026-05-16T08:00:00Z'), 'P1D', rules))).toBe('2026-05-18T08:00:00Z');
  // A working week is as many days as the campaign has weekdays.
  expect(iso(addDuration(at('2026-05-18T08:00:00Z'), 'P1W', rules))).toBe('2026-05-25T08:00:00Z');
});

test.each(['P1M', 'P1Y', 'P', 'PT', 'P1DT', '3D', 'P1.5D', '-P1D', 'P1D ', ''])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeNull();
  expect(() => addDuration(0, text, { businessDays: false, zone: 'UTC', calendar: calendar('UTC') })).toThrow(RangeError);
});

test('the local day begins at midnight, or after it where midnight is skipped', () => {
  expect(localDay('Pacific/Auckland', at('2026-05-05T13:00:00Z'))).toBe('2026-05-06');
  expect(iso(startOfLocalDay('Pacific/Auckland', at('2026-05-05T13:00:00Z')))).toBe('2026-05-05T12:00:00Z');
  // Cairo 2026: 00:00 → 01:00 on 24 April.
  expect(iso(startOfLocalDay('Africa/Cairo', at('2026-04-24T10:00:00Z')))).toBe('2026-04-23T22:00:00Z');
  expect(iso(startOfNextLocalDay('Europe/Paris', at('2026-10-25T10:00:00Z')))).toBe('2026-10-25T23:00:00Z');
});
