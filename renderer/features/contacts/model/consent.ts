/** Noon in UTC of a day as a date field gives it: the same day nearly everywhere. Null for an empty field. */
export function momentOfDay(date: string): number | null {
  const at = Date.parse(`${date}T12:00:00Z`);
  return Number.isNaN(at) ? null : at;
}

/** The day of a consent as a date field takes it. */
export function dayOfMoment(at: number | null): string {
  return at === null ? '' : new Date(at).toISOString().slice(0, 10);
}
