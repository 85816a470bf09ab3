import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { addDuration, isOpen, nextAllowed, windowEnd } from '../../electron/engine/scheduling/index.ts';
import { startOfLocalDay, zoneOf } from '../../electron/engine/lib/zone.ts';
import type { Calendar, Window } from '../../shared/schemas/common.ts';

/** A second reading of the rules, minute by minute from `Intl`, without any of our zone arithmetic. */

const minute = 60_000;
const zones = Intl.supportedValuesOf('timeZone');
const formats = new Map<string, Intl.DateTimeFormat>();

function wall(zone: string, at: number): { date: string; before: string; weekday: number; minutes: number; local: number } {
  let format = formats.get(zone);
  if (format === undefined)
    formats.set(
      zone,
      (format = new Intl.DateTimeFormat('en-CA', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      })),
    );
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const midnight = Date.UTC(Number(parts['year']), Number(parts['month']) - 1, Number(parts['day']));
  const minutes = Number(parts['hour']) * 60 + Number(parts['minute']);
  return {
    date: new Date(midnight).toISOString().slice(0, 10),
    before: new Date(midnight - 86_400_000).toISOString().slice(0, 10),
    weekday: ((new Date(midnight).getUTCDay() + 6) % 7) + 1,
    minutes,
    local: midnight + minutes * minute + Number(parts['second']) * 1000,
  };
}

const clock = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function openByReference(calendar: Calendar, at: number): boolean {
  const { date, before, weekday, minutes } = wall(calendar.zone, at);
  if (calendar.holidays.includes(date)) return false;
  return calendar.windows.some(({ days, start, end }) => {
    const from = clock(start);
    const to = clock(end);
    if (from === to) return days.includes(weekday);
    if (from < to) return days.includes(weekday) && minutes >= from && minutes < to;
    return (days.includes(weekday) && minutes >= from) || (days.includes(weekday === 1 ? 7 : weekday - 1) && !calendar.holidays.includes(before) && minutes < to);
  });
}

/** Changes of offset of a zone in the years around the tests, by bisection over `Intl`. */
const changes = new Map<string, number[]>();
function changesOf(zone: string): number[] {
  let found = changes.get(zone);
  if (found !== undefined) return found;
  found = [];
  const offset = (at: number) => wall(zone, at).local - at;
  for (let from = Date.UTC(2025, 11, 1); from < Date.UTC(2027, 0, 10); from += 5 * 86_400_000) {
    let low = from;
    let high = from + 5 * 86_400_000;
    if (offset(low) === offset(high)) continue;
    while (high - low > minute) {
      const middle = Math.floor((low + high) / 2 / minute) * minute;
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  changes.set(zone, found);
  return found;
}

const anyZone = fc.constantFrom(...zones);
const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
const window: fc.Arbitrary<Window> = fc.record({ days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), start: time, end: fc.oneof(time, fc.constant('24:00')) });
const anyMinute = fc.integer({ min: Date.UTC(2026, 0, 1) / minute, max: Date.UTC(2027, 0, 1) / minute }).map((minutes) => minutes * minute);
const date = anyMinute.map((at) => new Date(at).toISOString().slice(0, 10));
const nearChange = fc.tuple(anyZone, fc.nat(), fc.integer({ min: -2880, max: 2880 })).map(([zone, pick, minutes]) => {
  const list = changesOf(zone);
  return { zone, at: (list[pick % Math.max(1, list.length)] ?? Date.UTC(2026, 5, 1)) + minutes * minute };
});
const moment = fc.oneof(nearChange, fc.record({ zone: anyZone, at: anyMinute }));
const calendarOf = (zone: string, windows: Window[], holidays: string[]): Calendar => ({ zone, windows, holidays });

describe('offsets', () => {
  test('are those of Intl in every zone', () => {
    for (const zone of zones) {
      const own = zoneOf(zone);
      for (let month = 0; month < 24; month += 1) {
        const at = Date.UTC(2026, month, 1 + ((month * 7) % 27), month % 24);
        expect(own.offsetAt(at), `${zone} ${new Date(at).toISOString()}`).toBe(wall(zone, at).local - at);
      }
    }
  });

  test('change at the very minute at which they change', () => {
    fc.assert(
      fc.property(moment, ({ zone, at }) => {
        expect(zoneOf(zone).offsetAt(at)).toBe(wall(zone, at).local - at);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('nextAllowed', () => {
  test('is the first minute at which all calendars are open', () => {
    fc.assert(
      fc.property(
        moment,
        fc.array(fc.tuple(fc.array(window, { minLength: 1, maxLength: 3 }), fc.array(date, { maxLength: 3 })), { minLength: 1, maxLength: 2 }),
        anyZone,
        ({ zone, at }, list, otherZone) => {
          const calendars = list.map(([windows, holidays], index) => calendarOf(index === 0 ? zone : otherZone, windows, holidays));
          const found = nextAllowed(calendars, at);
          const horizon = at + 2 * 1440 * minute;
          let expected: number | null = null;
          for (let step = at; step <= horizon && expected === null; step += minute) if (calendars.every((calendar) => openByReference(calendar, step))) expected = step;
          if (expected !== null) expect(found).toBe(expected);
          else expect(found === null || found > horizon).toBe(true);
          if (found !== null) expect(calendars.every((calendar) => openByReference(calendar, found) && isOpen(calendar, found))).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('is where it is asked again, and never goes back', () => {
    fc.assert(
      fc.property(moment, fc.array(window, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 100_000_000 }), ({ zone, at }, windows, later) => {
        const calendar = calendarOf(zone, windows, []);
        const found = nextAllowed([calendar], at);
        const foundLater = nextAllowed([calendar], at + later);
        if (found === null) return;
        expect(nextAllowed([calendar], found)).toBe(found);
        expect(foundLater).toBeGreaterThanOrEqual(found);
      }),
      { numRuns: 500 },
    );
  });
});

test('windowEnd: open until then, closed at it', () => {
  fc.assert(
    fc.property(moment, fc.array(window, { minLength: 1, maxLength: 3 }), fc.array(date, { maxLength: 2 }), ({ zone, at }, windows, holidays) => {
      const calendar = calendarOf(zone, windows, holidays);
      const end = windowEnd([calendar], at);
      if (end === null) expect(openByReference(calendar, at)).toBe(false);
      else {
        for (let step = at; step < Math.min(end, at + 1440 * minute); step += 7 * minute) expect(openByReference(calendar, step)).toBe(true);
        expect(openByReference(calendar, end - minute)).toBe(true);
        if (end < at + 366 * 86_400_000) expect(openByReference(calendar, end)).toBe(false);
      }
    }),
    { numRuns: 150 },
  );
});

test('addDuration keeps the wall time as Temporal does', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 5000 }), ({ zone, at }, days, minutes) => {
      const rules = { businessDays: false, zone, calendar: calendarOf(zone, [], []) };
      const expected = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).add({ days }).add({ minutes });
      expect(addDuration(at, `P${days}DT${minutes}M`, rules)).toBe(expected.epochMilliseconds);
    }),
    { numRuns: 700 },
  );
});

test('business days count the dates of the campaign that are open, one by one', () => {
  fc.assert(
    fc.property(
      moment,
      fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      fc.array(date, { maxLength: 10 }),
      fc.integer({ min: 1, max: 20 }),
      ({ zone, at }, days, holidays, count) => {
        const calendar = calendarOf(zone, [{ days, start: '09:00', end: '17:00' }], holidays);
        const start = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
        let plain = start.toPlainDate();
        for (let left = count; left > 0;) {
          plain = plain.add({ days: 1 });
          if (days.includes(plain.dayOfWeek) && !holidays.includes(plain.toString())) left -= 1;
        }
        const expected = plain.toZonedDateTime({ timeZone: zone, plainTime: start.toPlainTime() });
        expect(addDuration(at, `P${count}D`, { businessDays: true, zone, calendar })).toBe(expected.epochMilliseconds);
      },
    ),
    { numRuns: 500 },
  );
});

test('startOfLocalDay is the first instant that shows the date', () => {
  fc.assert(
    fc.property(moment, ({ zone, at }) => {
      expect(startOfLocalDay(zone, at)).toBe(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).startOfDay().epochMilliseconds);
    }),
    { numRuns: 500 },
  );
});
