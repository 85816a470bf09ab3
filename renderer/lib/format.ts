import { locale } from './locale.ts';
import { t } from './messages/index.ts';

const number = new Intl.NumberFormat(locale.tag);
const oneDigit = new Intl.NumberFormat(locale.tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const atMostOneDigit = new Intl.NumberFormat(locale.tag, { maximumFractionDigits: 1 });
const relative = new Intl.RelativeTimeFormat(locale.tag, { numeric: 'auto' });
const dateTime = new Intl.DateTimeFormat(locale.tag, { dateStyle: 'medium', timeStyle: 'short' });
const fullDateTime = new Intl.DateTimeFormat(locale.tag, { dateStyle: 'full', timeStyle: 'long' });
const date = new Intl.DateTimeFormat(locale.tag, { dateStyle: 'medium' });
const shortTime = new Intl.DateTimeFormat(locale.tag, { hour: '2-digit', minute: '2-digit' });
const dayMonth = new Intl.DateTimeFormat(locale.tag, { weekday: 'short', day: 'numeric', month: 'short' });

export function formatNumber(value: number): string {
  return number.format(value);
}

/** A share with its denominator kept honest: '–' without one, one decimal below 10 %. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percent = (part / whole) * 100;
  return percent < 10 && percent > 0 ? formatPercent(part / whole) : `${number.format(Math.round(percent))} %`;
}

/** A share between 0 and 1 with one decimal: '3.4 %'. */
export function formatPercent(share: number): string {
  return `${oneDigit.format(share * 100)} %`;
}

/** With one decimal at most: '3.4', '12'. */
export function formatDecimal(value: number): string {
  return atMostOneDigit.format(value);
}

export function formatDateTime(at: number): string {
  return dateTime.format(at);
}
export function formatFullDateTime(at: number): string {
  return fullDateTime.format(at);
}
export function formatDate(at: number): string {
  return date.format(at);
}

/** A moment as short as it can be read: '14:05' today, 'Tue 3 Mar, 14:05' within the year, else with the year. */
export function formatMoment(at: number, now: number): string {
  const then = new Date(at);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return shortTime.format(at);
  if (then.getFullYear() === today.getFullYear()) return `${dayMonth.format(at)}, ${shortTime.format(at)}`;
  return dateTime.format(at);
}

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** 'in 3 hours', '2 days ago', 'just now'. */
export function formatRelative(at: number, now: number): string {
  const difference = at - now;
  for (const [unit, ms] of units) {
    if (Math.abs(difference) >= ms) return relative.format(Math.round(difference / ms), unit);
  }
  if (Math.abs(difference) < 10_000) return t('time.justNow');
  return relative.format(Math.round(difference / 1000), 'second');
}

/** A countdown: '4 d 3 h', '2 h 05 min', '3:09', '0:07'. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return t('time.daysHours', { days, hours });
  if (hours > 0) return t('time.hoursMinutes', { hours, minutes: String(minutes).padStart(2, '0') });
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${number.format(Math.round(bytes / 1024))} kB`;
  if (bytes < 1024 ** 3) return `${atMostOneDigit.format(bytes / 1024 ** 2)} MB`;
  return `${atMostOneDigit.format(bytes / 1024 ** 3)} GB`;
}

/** The name of a language by its code, as its own speakers write it: 'Deutsch'. */
export function languageName(code: string): string {
  const name = new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
