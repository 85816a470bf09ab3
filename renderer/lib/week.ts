import type { Window } from '../../shared/schemas/common.ts';

/** One stretch of a day, wall clock; an end before the start runs over midnight. */
export interface Span {
  readonly start: string;
  readonly end: string;
}
/** ISO weekday (1 = Monday) → its stretches. */
export type Week = Readonly<Record<number, readonly Span[]>>;

const days = [1, 2, 3, 4, 5, 6, 7];

/** Windows of a calendar, laid out per weekday. */
export function toWeek(windows: readonly Window[]): Week {
  return Object.fromEntries(days.map((day) => [day, windows.filter((window) => window.days.includes(day)).map(({ start, end }) => ({ start, end }))]));
}

/** Weekdays gathered into as few windows as say the same. */
export function fromWeek(week: Week): Window[] {
  const windows: Window[] = [];
  for (const day of days) {
    for (const { start, end } of week[day] ?? []) {
      const same = windows.find((window) => window.start === start && window.end === end);
      if (!same) windows.push({ days: [day], start, end });
      else if (!same.days.includes(day)) same.days.push(day);
    }
  }
  return windows;
}
