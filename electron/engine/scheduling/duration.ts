import { holidaysOf, weekdayOf, weekdaysOf, type OpenTimes } from './calendar.ts';
import { zoneOf } from '../lib/zone.ts';

const dayMs = 86_400_000;

/** An ISO 8601 duration in its two kinds of time: days of the calendar and exact time. */
export interface Duration {
  readonly weeks: number;
  readonly days: number;
  readonly exactMs: number;
}

const pattern = /^P(?=\d|T\d)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

const parsed = new Map<string, Duration | null>();

/** Reads weeks, days, hours, minutes and seconds. Null for anything else, such as months and years. */
export function parseDuration(text: string): Duration | null {
  let duration = parsed.get(text);
  if (duration === undefined) {
    if (parsed.size > 1000) parsed.clear();
    parsed.set(text, (duration = readDuration(text)));
  }
  return duration;
}

function readDuration(text: string): Duration | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return { weeks: weeks ?? 0, days: days ?? 0, exactMs: ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000 };
}

export interface DurationRules {
  /** Count only the calendar's weekdays that are no holidays. A week is then as many days as the calendar has weekdays. */
  readonly businessDays: boolean;
  /** The recipient's zone: whole days keep its wall time. */
  readonly zone: string;
  /** The campaign's calendar, with the recipient's country; its weekdays and holidays are read as dates in `zone`. */
  readonly calendar: OpenTimes;
}

/**
 * `at` (UTC epoch ms) plus an ISO 8601 duration. Days and weeks come first and keep the wall time of `zone`: a wall time
 * in a gap moves forward, an ambiguous one is its first pass. Hours, minutes and seconds are exact. The result need not
 * be an allowed time: see `nextAllowed`. Throws RangeError for text that is no duration.
 */
export function addDuration(at: number, duration: string | Duration, rules: DurationRules): number {
  const given = typeof duration === 'string' ? parseDuration(duration) : duration;
  if (given === null) throw new RangeError(`Not a duration of weeks, days, hours, minutes and seconds: ${String(duration)}`);
  const { weeks, days, exactMs } = given;
  if (weeks === 0 && days === 0) return at + exactMs;
  const zone = zoneOf(rules.zone);
  const local = at + zone.offsetAt(at);
  const today = Math.floor(local / dayMs);
  const weekdays = rules.businessDays ? weekdaysOf(rules.calendar) : null;
  const target = weekdays === null || weekdays.size === 0 ? today + 7 * weeks + days : businessDay(today, weeks * weekdays.size + days, weekdays, holidaysOf(rules.calendar));
  return zone.instantOf(local + (target - today) * dayMs) + exactMs;
}

function businessDay(from: number, count: number, weekdays: ReadonlySet<number>, holidays: ReadonlySet<number>): number {
  let dayNumber = from;
  for (let left = count; left > 0;) {
    dayNumber += 1;
    if (weekdays.has(weekdayOf(dayNumber)) && !holidays.has(dayNumber)) left -= 1;
  }
  return dayNumber;
}
