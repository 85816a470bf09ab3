/** What a wait is written in. `other` = an ISO 8601 duration that no single unit expresses, edited as text. */
export const waitUnits = ['minutes', 'hours', 'days', 'workdays', 'weeks', 'other'] as const;
export type WaitUnit = (typeof waitUnits)[number];

export interface WaitForm {
  readonly amount: number;
  readonly unit: WaitUnit;
  /** The duration as stored; only `other` is edited through it. */
  readonly iso: string;
  /** Kept for `other`; the other units say it themselves. */
  readonly businessDays: boolean;
}

export interface DurationParts {
  readonly weeks: number;
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

const pattern = /^P(?=\d|T\d)(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/;

/** The largest amount that the stored form of a unit has digits for. */
export const maxAmount: Record<Exclude<WaitUnit, 'other'>, number> = { minutes: 9_999_999, hours: 999_999, days: 99_999, workdays: 99_999, weeks: 9_999 };

/** Reads an ISO 8601 duration of weeks to seconds; null when it is not one that Homing accepts. */
export function parseDuration(iso: string): DurationParts | null {
  const match = pattern.exec(iso);
  if (!match) return null;
  const part = (index: number) => Number(match[index] ?? 0);
  return { weeks: part(1), days: part(2), hours: part(3), minutes: part(4), seconds: part(5) };
}

/** The form that shows a stored wait. `PT72H` stays hours and `P3D` stays days: they do not mean the same. */
export function toWaitForm(iso: string, businessDays: boolean): WaitForm {
  const parts = parseDuration(iso);
  if (!parts) return { amount: 0, unit: 'other', iso, businessDays };
  const { weeks, days, hours, minutes, seconds } = parts;
  const used = [weeks, days, hours, minutes, seconds].filter((value) => value > 0).length;
  if (businessDays) {
    return hours + minutes + seconds === 0 && weeks === 0 ? { amount: days, unit: 'workdays', iso, businessDays } : { amount: 0, unit: 'other', iso, businessDays };
  }
  if (used > 1 || seconds > 0) return { amount: 0, unit: 'other', iso, businessDays };
  if (weeks > 0 || iso.endsWith('W')) return { amount: weeks, unit: 'weeks', iso, businessDays };
  if (days > 0 || iso.endsWith('D')) return { amount: days, unit: 'days', iso, businessDays };
  if (hours > 0 || iso.endsWith('H')) return { amount: hours, unit: 'hours', iso, businessDays };
  if (minutes > 0 || iso.endsWith('M')) return { amount: minutes, unit: 'minutes', iso, businessDays };
  return { amount: 0, unit: 'other', iso, businessDays };
}

/** The stored wait that a form means. Amounts are rounded down and kept within what can be stored. */
export function fromWaitForm(form: WaitForm): { duration: string; businessDays: boolean } {
  if (form.unit === 'other') return { duration: form.iso.trim().toUpperCase(), businessDays: form.businessDays };
  const wanted = Number.isFinite(form.amount) ? Math.floor(form.amount) : 0;
  const amount = Math.min(Math.max(wanted, 0), maxAmount[form.unit]);
  switch (form.unit) {
    case 'minutes':
      return { duration: `PT${amount}M`, businessDays: false };
    case 'hours':
      return { duration: `PT${amount}H`, businessDays: false };
    case 'days':
      return { duration: `P${amount}D`, businessDays: false };
    case 'workdays':
      return { duration: `P${amount}D`, businessDays: true };
    case 'weeks':
      return { duration: `P${amount}W`, businessDays: false };
  }
}

/**
 * How long a wait takes in minutes, from the shortest to the longest: working days depend on the weekday on
 * which they start (taken as Monday to Friday here; the campaign's own calendar decides when it is launched).
 */
export function waitSpan(iso: string, businessDays: boolean): { min: number; max: number } {
  const parts = parseDuration(iso);
  if (!parts) return { min: 0, max: 0 };
  const day = 24 * 60;
  if (businessDays) {
    const whole = parts.weeks * 7 + parts.days;
    const least = Math.floor(whole / 5) * 7 + (whole % 5);
    return { min: least * day, max: (least + (whole % 5 === 0 ? 0 : 2)) * day };
  }
  const minutes = (parts.weeks * 7 + parts.days) * day + parts.hours * 60 + parts.minutes + parts.seconds / 60;
  return { min: minutes, max: minutes };
}
