import type { Calendar } from '../../../shared/schemas/common.ts';
import type { DayPlan } from '../../../shared/schemas/mailbox.ts';
import { minute } from '../lib/clock.ts';
import { seededRandom, seedFrom } from '../lib/random.ts';
import { startOfNextLocalDay, zoneOf } from '../lib/zone.ts';
import type { Block } from './pacing.ts';

/** Ends of a workday as minutes after local midnight. */
interface Span {
  readonly open: number;
  readonly close: number;
}

const dayMinutes = 24 * 60;
/** Start and end are drawn at most this far inside the workday. */
const longestEdge = 60;
/** A shorter workday has no lunch. */
const lunchFrom = 6 * 60;

/**
 * Draws one day as a person would work it, inside the mailbox's workday, for `day` (`YYYY-MM-DD`, local). The same
 * mailbox and day give the same draw, so that a forecast sees the day that will come; what was drawn is stored when the
 * day begins, so that a change of calendar or limits does not roll it anew. It may only lower or delay: `target` is at
 * most `allowance` and at least 1. Null on a day without work. Pure.
 */
export function drawDay(mailboxId: string, day: string, calendar: Calendar, allowance: number): DayPlan | null {
  const workday = workdayOf(calendar, day);
  if (workday === null) return null;
  const random = seededRandom(seedFrom(`${mailboxId} ${day}`));
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));
  const edge = Math.min(longestEdge, Math.floor((workday.close - workday.open) / 8));
  // Both ends can be reached: a recipient whose hours meet the workday only at its edge still has his days.
  const start = between(workday.open, workday.open + edge);
  const end = between(workday.close - edge, workday.close);
  const target = Math.max(1, Math.round(allowance * (0.8 + 0.2 * random())));
  const length = end - start;
  const lunchLength = length < lunchFrom ? 0 : between(30, 60);
  const middle = start + Math.floor(length / 2);
  const lunchStart = lunchLength === 0 ? end : between(middle - 60, middle + 30);
  return { start: wallTime(start), lunchStart: wallTime(lunchStart), lunchEnd: wallTime(lunchStart + lunchLength), end: wallTime(end), target };
}

/** Before the start, at lunch or after the end of a drawn day; null while it is at work. Pure. */
export function humanDayBlock(plan: DayPlan, zone: string, now: number): Block | null {
  const local = now + zoneOf(zone).offsetAt(now);
  const midnight = Math.floor(local / (dayMinutes * minute)) * dayMinutes * minute;
  const time = (local - midnight) / minute;
  if (time >= minutesOf(plan.end)) return { code: 'mailbox_human_day', until: startOfNextLocalDay(zone, now) };
  const opens = time < minutesOf(plan.start) ? plan.start : time >= minutesOf(plan.lunchStart) && time < minutesOf(plan.lunchEnd) ? plan.lunchEnd : null;
  if (opens === null) return null;
  // In the second pass of an autumn hour the wall time is over already: look again soon.
  const until = zoneOf(zone).instantOf(midnight + minutesOf(opens) * minute, 'edge');
  return { code: 'mailbox_human_day', until: until > now ? until : now + minute };
}

/** From the first opening to the last closing of a calendar on a local date; null when it is closed all day. */
function workdayOf(calendar: Calendar, day: string): Span | null {
  if (calendar.holidays.includes(day)) return null;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  const windows = calendar.windows.filter((window) => window.days.includes(weekday));
  const yesterday = calendar.windows.filter((window) => window.days.includes(weekday === 1 ? 7 : weekday - 1) && minutesOf(window.end) < minutesOf(window.start));
  // Work over midnight makes both of its days whole ones.
  if (yesterday.length > 0 || windows.some((window) => minutesOf(window.end) < minutesOf(window.start))) return { open: 0, close: dayMinutes };
  if (windows.length === 0) return null;
  return {
    open: Math.min(...windows.map((window) => (window.start === window.end ? 0 : minutesOf(window.start)))),
    close: Math.max(...windows.map((window) => (window.start === window.end ? dayMinutes : minutesOf(window.end)))),
  };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function wallTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
