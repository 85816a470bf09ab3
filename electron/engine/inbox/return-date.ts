import { Temporal } from 'temporal-polyfill';
import table from '../../../resources/date-words.json' with { type: 'json' };
import { fold } from '../lib/fold.ts';

type Day = Temporal.PlainDate;

/** How a date is meant: the first day back, the last day away (or either end of a range), or not said. */
type Role = 'return' | 'until' | 'from' | 'bare';

interface Found {
  readonly day: Day;
  /** Where it starts and ends in the text. */
  readonly at: number;
  readonly end: number;
  /** The end of a range within one expression ("July 10-31"). */
  readonly ends: boolean;
  /** A weekday or "tomorrow" means a return only where it is said to be one. */
  readonly vague: boolean;
}

const either = (words: readonly string[]): string => [...words].sort((a, b) => b.length - a.length).join('|');
const monthOf = new Map(table.months.flatMap((names, index) => names.map((name) => [fold(name), index + 1] as const)));
const monthNames = either([...monthOf.keys()]);
const weekdayOf = new Map(table.weekdays.flatMap((names, index) => names.map((name) => [fold(name), index + 1] as const)));
const weekdayNames = either([...weekdayOf.keys()]);
const letters = '\\p{L}\\p{M}';
const bounded = (inner: string): string => `(?<![${letters}\\d])(?:${inner})(?![${letters}])`;

const ordinal = '(?:st|nd|rd|th|er|ro|e|eme|a|:e|\\.|º|°|o)?';
const link = "(?:of |de |d'|di |del |do |\\. )?";
const patterns = {
  iso: /(?<!\d)(\d{4})([-/.])\s?(\d{1,2})\2\s?(\d{1,2})(?!\d)/g,
  hanYear: /(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?/gu,
  han: /(?<![\d年년]\s?)(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]/gu,
  dotted: /(?<![\d/])(?<!\d\.)(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2})(?![\d.]))?/g,
  dottedYear: /(?<![\d./])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?![\d.])/g,
  separated: /(?<![\d./-])(\d{1,2})\s?([/-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\d)/g,
  slash: /(?<![\d./-])(\d{1,2})\/(\d{1,2})(?![\d/])/g,
  dayMonth: new RegExp(
    `(?<![${letters}\\d:])(\\d{1,2})${ordinal}\\s?(?:${link})\\s?(${monthNames})\\.?(?![${letters}])(?:,?\\s?(?:of |de |del |do )?(\\d{4}|'\\d{2})(?!\\d))?`,
    'gu',
  ),
  monthDay: new RegExp(
    `(?<![${letters}\\d])(${monthNames})\\.?\\s(?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?:\\s?(?:-|to|until|till|through|thru|and|&)\\s?(\\d{1,2})(?:st|nd|rd|th)?)?(?![\\d:])(?:,?\\s?(\\d{4})(?!\\d))?`,
    'gu',
  ),
  /** "20 de marzo" and "20. Maerz" stand above; this is "marzo 20-an" and "2026. marcius 20." */
  yearMonthDay: new RegExp(`(\\d{4})\\.?\\s(${monthNames})\\.?\\s(\\d{1,2})`, 'gu'),
  dayOnly:
    /(?:\b(?:the|on|until|till|den|dem|zum|am|le|au|jusqu'au|el|al|il|dia|dnia|do|op|tot|t\/m|den|til|till|asti|ate|o) )(?:the |dia |den |dem |el |il )?(\d{1,2})(?:st|nd|rd|th|\.|er|º|°|:e)(?![\d\p{L}]|\s?\d|\.\d|:\d)/gu,
  weekday: new RegExp(bounded(`(${weekdayNames})`), 'gu'),
} as const;

const cue = (words: readonly string[]): string => words.map((word) => `(?:${word})`).join('|');
const returnCue = new RegExp(cue(table.cues.return), 'u');
const returnAfter = new RegExp(cue(table.cues.return_after), 'u');
const untilCue = new RegExp(`(?:${cue(table.cues.until)})\\s?(?:[${letters}']{1,14}[,.]?\\s?){0,3}$`, 'u');
const untilAfter = new RegExp(`^(?:'?[${letters}]{1,4}\\s)?\\s?(?:\\d{4})?[.,)]?\\s?(?:${cue(table.cues.until_after)})`, 'u');
const fromCue = new RegExp(`(?:${cue(table.cues.from)})\\s?(?:[${letters}']{1,14}[,.]?\\s?){0,3}$`, 'u');

/** How far before a date its cue may stand, characters. */
const cueReach = 60;
/** Return dates lie in the future, and not far. */
const horizonDays = 400;

/**
 * The day a person says they are back, as `YYYY-MM-DD`, read relative to the message's own date: the first day back where
 * it is stated, else the last day away. Null when none is. 05/07 is read day first, unless another date, the season or an
 * American sender speaks for month first.
 */
export function readReturnDate(text: string, sentAt: number, offsetMin: number): string | null {
  const local = new Date(sentAt + offsetMin * 60_000);
  const today = Temporal.PlainDate.from({ year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() });
  const flat = fold(text.slice(0, 6000)).slice(0, 4000);
  const american = offsetMin <= -240 && offsetMin >= -600 && / (the|and|will|am) /.test(flat);
  const dates = findDates(flat, today, american);
  const rated = dates
    .map((found) => ({ ...found, role: roleOf(flat, found, dates) }))
    .filter(({ day, role, vague }) => within(today, day) && (!vague || role === 'return' || role === 'until'));
  const last = (role: Role, vague: boolean): Day | undefined =>
    rated.filter((one) => one.role === role && one.vague === vague).sort((a, b) => Temporal.PlainDate.compare(b.day, a.day))[0]?.day;
  const stated = last('return', false) ?? last('until', false) ?? last('return', true) ?? last('until', true);
  return stated?.toString() ?? null;
}

const within = (today: Day, day: Day): boolean => {
  const days = today.until(day).days;
  return days >= 0 && days <= horizonDays;
};

function roleOf(text: string, { at, end, ends }: Found, all: readonly Found[]): Role {
  // A cue belongs to the date next to it: not across another date or a full stop.
  const previous = Math.max(0, at - cueReach, ...all.filter((other) => other.end <= at).map((other) => other.end));
  const before = text.slice(previous, at);
  const sentence = before.slice(lastStop(before));
  const next = Math.min(...all.filter((other) => other.at >= end).map((other) => other.at), end + 40);
  const after = text.slice(end, next);
  if (returnCue.test(sentence)) return 'return';
  if (untilCue.test(sentence) || untilAfter.test(after)) return 'until';
  if (ends || all.some((other) => other.end <= at && isRange(text.slice(other.end, at)))) return 'until';
  if (returnAfter.test(after.slice(0, firstStop(after)))) return 'return';
  return fromCue.test(sentence) ? 'from' : 'bare';
}

/** Whether what stands between two dates only joins them: "to", "bis", "y", a dash. */
const isRange = (between: string): boolean => between.length <= 16 && !/[.!?;:。！？]\s|\n|\d/u.test(between.replace(/^\./, ''));

/** After the last full stop that ends a sentence, not an abbreviation or an ordinal. */
function lastStop(text: string): number {
  let at = 0;
  for (const match of text.matchAll(/[\p{L})]{3}[.!?](?:\s|$)|\s\.\s|[。！？]/gu)) at = match.index + match[0].length;
  return at;
}

function firstStop(text: string): number {
  const at = text.search(/[.!?。！](?:\s|$)|[。！？]/u);
  return at === -1 ? text.length : at;
}

function findDates(text: string, today: Day, american: boolean): Found[] {
  const found: Found[] = [];
  const add = (match: RegExpExecArray, day: Day | null, vague: boolean, ends: boolean): void => {
    if (day === null) return;
    const at = match.index;
    const end = at + match[0].length;
    if (!found.some((other) => at < other.end && other.at < end)) found.push({ day, at, end, vague, ends });
  };
  const each = (pattern: RegExp, read: (match: RegExpExecArray) => Day | null, vague = false): void => {
    for (const match of text.matchAll(pattern)) add(match, read(match), vague, pattern === patterns.monthDay && match[3] !== undefined);
  };
  const number = (value: string | undefined): number => Number(value);
  each(patterns.iso, ([, year, , month, day]) => complete(number(year), number(month), number(day), today));
  each(patterns.hanYear, ([, year, month, day]) => complete(number(year), number(month), number(day), today));
  each(patterns.yearMonthDay, ([, year, month, day]) => complete(number(year), monthOf.get(month ?? '') ?? 0, number(day), today));
  each(patterns.han, ([, month, day]) => complete(null, number(month), number(day), today));
  each(patterns.dottedYear, ([, day, month, year]) => complete(yearOf(year), number(month), number(day), today));
  each(patterns.dotted, ([, day, month, year]) => complete(yearOf(year), number(month), number(day), today));
  const monthFirst = isMonthFirst(text, american);
  each(patterns.separated, ([, first, , second, year]) => ambiguous(number(first), number(second), yearOf(year), today, monthFirst));
  each(patterns.slash, ([, first, second]) => ambiguous(number(first), number(second), null, today, monthFirst));
  each(patterns.dayMonth, ([, day, month, year]) => complete(yearOf(year?.replace("'", '')), monthOf.get(month ?? '') ?? 0, number(day), today));
  each(patterns.monthDay, ([, month, day, lastDay, year]) => complete(yearOf(year), monthOf.get(month ?? '') ?? 0, number(lastDay ?? day), today));
  each(patterns.dayOnly, ([, day]) => nextDayOfMonth(number(day), today));
  each(patterns.weekday, ([, name]) => today.add({ days: (((weekdayOf.get(name ?? '') ?? 0) - today.dayOfWeek + 6 + 7) % 7) + 1 }), true);
  for (const [words, days] of Object.entries(table.relative)) each(new RegExp(bounded(words), 'gu'), () => today.add({ days }), true);
  // "Monday, 23 March": the weekday only repeats the date.
  const beside = (one: Found): boolean => found.some((other) => !other.vague && (Math.abs(one.at - other.end) <= 3 || Math.abs(other.at - one.end) <= 9));
  return found.filter((one) => !one.vague || !beside(one)).sort((a, b) => a.at - b.at);
}

/** One date that can only be read one way tells how the others are meant; else who wrote it. */
function isMonthFirst(text: string, american: boolean): boolean | null {
  if (/(?<![\d./-])(1[3-9]|2\d|3[01])[/-](0?[1-9]|1[0-2])(?!\d)/.test(text)) return false;
  if (/(?<![\d./-])(0?[1-9]|1[0-2])[/-](1[3-9]|2\d|3[01])(?!\d)/.test(text)) return true;
  return american ? true : null;
}

function ambiguous(first: number, second: number, year: number | null, today: Day, monthFirst: boolean | null): Day | null {
  const dayFirst = complete(year, second, first, today);
  const american = complete(year, first, second, today);
  const near = (day: Day | null): boolean => day !== null && within(today, day) && today.until(day).days <= 183;
  if (monthFirst === true && american !== null && (near(american) || !near(dayFirst))) return american;
  if (dayFirst !== null && (near(dayFirst) || monthFirst === false || !near(american))) return dayFirst;
  return american;
}

function yearOf(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  return text.length === 2 ? 2000 + Number(text) : Number(text);
}

/** Fills in a missing year so that the date is the next one; null when it is no date. */
function complete(year: number | null, month: number, day: number, today: Day): Day | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  const of = (candidate: number): Day | null => {
    const fits = day <= Temporal.PlainYearMonth.from({ year: candidate, month }).daysInMonth;
    return fits ? Temporal.PlainDate.from({ year: candidate, month, day }) : null;
  };
  if (year !== null) return year < 1970 || year > 2200 ? null : of(year);
  const thisYear = of(today.year);
  return thisYear !== null && today.until(thisYear).days >= -30 ? thisYear : of(today.year + 1);
}

function nextDayOfMonth(day: number, today: Day): Day | null {
  if (day < 1 || day > 31) return null;
  for (let months = 0; months < 3; months += 1) {
    const month = today.toPlainYearMonth().add({ months });
    if (day > month.daysInMonth) continue;
    const candidate = month.toPlainDate({ day });
    if (Temporal.PlainDate.compare(candidate, today) >= 0) return candidate;
  }
  return null;
}
