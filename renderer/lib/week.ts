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

/** Minutes of a day, [from, to). */
export type Stretch = readonly [from: number, to: number];

const dayMinutes = 24 * 60;

/** The open minutes of each weekday (index 0 = Monday) as a clock on the wall shows them, inside the waking hours. */
export function openStretches(windows: readonly Window[], waking: Span | null): Stretch[][] {
  const open = days.map(() => [] as [number, number][]);
  const add = (day: number, from: number, to: number) => {
    if (from < to) open[day % 7]?.push([from, to]);
  };
  for (const { days: on, start, end } of windows) {
    const from = minutesOf(start);
    const to = minutesOf(end);
    for (const day of on) {
      if (from === to) add(day - 1, 0, dayMinutes);
      else if (from < to) add(day - 1, from, to);
      else {
        add(day - 1, from, dayMinutes);
        add(day, 0, to);
      }
    }
  }
  return open.map((list) => merged(list).flatMap((stretch) => inside(stretch, waking)));
}

function merged(list: readonly Stretch[]): Stretch[] {
  const out: [number, number][] = [];
  for (const [from, to] of [...list].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

function inside([from, to]: Stretch, waking: Span | null): Stretch[] {
  if (waking === null) return [[from, to]];
  const start = minutesOf(waking.start);
  const end = minutesOf(waking.end);
  const awake: Stretch[] =
    start === end
      ? [[0, dayMinutes]]
      : start < end
        ? [[start, end]]
        : [
            [0, end],
            [start, dayMinutes],
          ];
  return awake.map(([a, b]): Stretch => [Math.max(a, from), Math.min(b, to)]).filter(([a, b]) => a < b);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
