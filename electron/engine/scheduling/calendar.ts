import type { Calendar, Window } from '../../../shared/schemas/common.ts';
import { zoneOf, type Zone } from '../lib/zone.ts';
import { countryHolidays } from './holidays.ts';

/**
 * Send windows. A calendar is open at an instant when the clocks of its zone show, at that instant, an allowed weekday,
 * a date that is no holiday, and a time inside a window (start inclusive, end exclusive). It is a statement about
 * instants: wall times skipped in spring never occur, both passes of an autumn hour count. A window whose end is before
 * its start runs over midnight, belongs to the weekday on which it starts, and is closed on a holiday and after one.
 * start = end means the whole day. Holidays are the calendar's own dates and the public ones of its country.
 *
 * Calendars are treated as immutable: what is computed from `windows` and `holidays` is remembered by identity.
 */

const dayMs = 86_400_000;
/** How far ahead an allowed time is searched. */
const searchMs = 366 * dayMs;

/** A calendar as the rules of sending read it: closed on the public holidays of a country too. */
export interface OpenTimes extends Calendar {
  readonly country?: string | null;
}

interface Week {
  /** Per ISO weekday (index 0 unused): merged [start, end) of windows that start on it, ms of the day, cut at midnight. */
  readonly own: readonly (readonly (readonly [number, number])[])[];
  /** Per ISO weekday: until when a window that started on it goes on after midnight, ms of the next day; 0 = none. */
  readonly carry: readonly number[];
  readonly holidays: ReadonlySet<number>;
  readonly anyDay: boolean;
}

const noHolidays: readonly string[] = [];
const weeks = new WeakMap<readonly Window[], WeakMap<readonly string[], Map<string, Week>>>();

function weekOf(calendar: OpenTimes): Week {
  const holidays = calendar.holidays.length === 0 ? noHolidays : calendar.holidays;
  let byHolidays = weeks.get(calendar.windows);
  if (byHolidays === undefined) weeks.set(calendar.windows, (byHolidays = new WeakMap()));
  let byCountry = byHolidays.get(holidays);
  if (byCountry === undefined) byHolidays.set(holidays, (byCountry = new Map()));
  const country = calendar.country ?? '';
  let week = byCountry.get(country);
  if (week === undefined) byCountry.set(country, (week = compileWeek(calendar.windows, closedDays(holidays, country))));
  return week;
}

function closedDays(own: readonly string[], country: string): ReadonlySet<number> {
  const open = country === '' ? null : countryHolidays(country);
  if (own.length === 0 && open !== null) return open;
  return new Set([...own.map((date) => Math.floor(Date.parse(`${date}T00:00:00Z`) / dayMs)), ...(open ?? [])]);
}

function compileWeek(windows: readonly Window[], holidays: ReadonlySet<number>): Week {
  const own: [number, number][][] = Array.from({ length: 8 }, () => []);
  const carry: number[] = Array.from({ length: 8 }, () => 0);
  for (const { days, start, end } of windows) {
    const from = wallMs(start);
    const to = wallMs(end);
    for (const day of days) {
      if (from === to) own[day]?.push([0, dayMs]);
      else if (from < to) own[day]?.push([from, to]);
      else {
        if (from < dayMs) own[day]?.push([from, dayMs]);
        carry[day] = Math.max(carry[day] ?? 0, to);
      }
    }
  }
  return {
    own: own.map(merged),
    carry,
    holidays,
    anyDay: own.some((list) => list.length > 0) || carry.some((end) => end > 0),
  };
}

function merged(list: [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of list.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

function wallMs(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60_000;
}

/** ISO weekday (1 = Monday) of a day number (days since 1970-01-01, a Thursday). */
function weekdayOf(dayNumber: number): number {
  return ((((dayNumber + 3) % 7) + 7) % 7) + 1;
}

/** End of the window that was left open by the day before, ms of this day; 0 = none. */
function carriedInto(week: Week, dayNumber: number): number {
  const end = week.carry[weekdayOf(dayNumber - 1)] ?? 0;
  return end === 0 || week.holidays.has(dayNumber - 1) ? 0 : end;
}

/** The first open wall time at or after `local`, or Infinity when that is not before `limit`. */
function openWallTime(week: Week, local: number, limit: number): number {
  for (let dayNumber = Math.floor(local / dayMs); dayNumber * dayMs < limit; dayNumber += 1) {
    if (week.holidays.has(dayNumber)) continue;
    const midnight = dayNumber * dayMs;
    const time = Math.max(0, local - midnight);
    if (time < carriedInto(week, dayNumber)) return midnight + time;
    for (const [from, to] of week.own[weekdayOf(dayNumber)] ?? []) {
      if (time < to) return midnight + Math.max(time, from);
    }
  }
  return Infinity;
}

/** The first closed wall time at or after `local`, or Infinity when that is not before `limit`. */
function closedWallTime(week: Week, local: number, limit: number): number {
  let at = local;
  while (at < limit) {
    const dayNumber = Math.floor(at / dayMs);
    if (week.holidays.has(dayNumber)) return at;
    const midnight = dayNumber * dayMs;
    const time = at - midnight;
    let end = carriedInto(week, dayNumber);
    if (end <= time) end = 0;
    for (const [from, to] of week.own[weekdayOf(dayNumber)] ?? []) {
      if (from <= Math.max(time, end) && to > Math.max(time, end)) end = to;
    }
    if (end === 0) return at;
    at = midnight + end;
    if (end < dayMs) return at;
  }
  return Infinity;
}

type WallSearch = (week: Week, local: number, limit: number) => number;

/** Walks the stretches of constant offset: inside one, wall time and instant move together. */
function search(zone: Zone, week: Week, at: number, limit: number, wall: WallSearch): number | null {
  let instant = at;
  while (instant <= limit) {
    const { to, offset } = zone.stretchAt(instant);
    const found = wall(week, instant + offset, to + offset) - offset;
    if (found < to) return found <= limit ? found : null;
    instant = to;
  }
  return null;
}

/** Whether the calendar allows sending at this instant. */
export function isOpen(calendar: OpenTimes, at: number): boolean {
  const zone = zoneOf(calendar.zone);
  const local = at + zone.offsetAt(at);
  return openWallTime(weekOf(calendar), local, local + 1) === local;
}

/** Whether a holiday is all that keeps the calendar closed at this instant. */
export function isHoliday(calendar: OpenTimes, at: number): boolean {
  return !isOpen(calendar, at) && isOpen({ zone: calendar.zone, windows: calendar.windows, holidays: noHolidays as string[] }, at);
}

/**
 * The first instant ≥ `notBefore` (UTC epoch ms) at which all calendars are open; `notBefore` itself when they are.
 * Null when there is none within 366 days. No calendars = always open.
 */
export function nextAllowed(calendars: readonly OpenTimes[], notBefore: number): number | null {
  const limit = notBefore + searchMs;
  let at = notBefore;
  let agreed = 0;
  while (agreed < calendars.length) {
    for (const calendar of calendars) {
      const week = weekOf(calendar);
      const found = week.anyDay ? search(zoneOf(calendar.zone), week, at, limit, openWallTime) : null;
      if (found === null) return null;
      agreed = found === at ? agreed + 1 : 1;
      at = found;
      if (agreed >= calendars.length) break;
    }
  }
  return at;
}

/**
 * When the open time around `at` ends: the first later instant at which one of the calendars is closed. Null when one
 * is closed at `at` already; `at` + 366 days when they stay open so long.
 */
export function windowEnd(calendars: readonly OpenTimes[], at: number): number | null {
  let end = at + searchMs;
  for (const calendar of calendars) {
    const closed = search(zoneOf(calendar.zone), weekOf(calendar), at, end, closedWallTime) ?? end;
    if (closed === at) return null;
    end = Math.min(end, closed);
  }
  return end;
}

const weekdays = new WeakMap<readonly Window[], ReadonlySet<number>>();

/** Weekdays on which any window starts: what "business day" means for a calendar. */
export function weekdaysOf(calendar: Calendar): ReadonlySet<number> {
  let days = weekdays.get(calendar.windows);
  if (days === undefined) weekdays.set(calendar.windows, (days = new Set(calendar.windows.flatMap((window) => window.days))));
  return days;
}

/** The day numbers (days since 1970-01-01) of a calendar's holidays. */
export function holidaysOf(calendar: OpenTimes): ReadonlySet<number> {
  return weekOf(calendar).holidays;
}

/** ISO weekday (1 = Monday) of a day number. */
export { weekdayOf };

const waking = new Map<string, Window[]>();

/** The same hours every day in a zone, for example a recipient's waking hours. */
export function everyDay(zone: string, hours: { start: string; end: string }): Calendar {
  const key = `${hours.start}-${hours.end}`;
  let windows = waking.get(key);
  if (windows === undefined) waking.set(key, (windows = [{ days: [1, 2, 3, 4, 5, 6, 7], start: hours.start, end: hours.end }]));
  return { zone, windows, holidays: noHolidays as string[] };
}
