import { z } from 'zod';

/** A row's id: UUID v7 text, sortable by creation time. */
export const idSchema = z.string().min(1).max(64);

/** A moment: UTC epoch milliseconds. */
export const epochMsSchema = z.number().int();

/** A moment that somebody chooses. Calendars compute beyond it, so it ends with the year 9999. */
export const chosenMomentSchema = z.number().int().min(0).max(253_402_300_799_999);

/** A local calendar date, `YYYY-MM-DD`. */
export const localDateSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** An IANA time-zone name that this runtime knows. */
export const zoneSchema = z.string().min(1).max(64).refine(isKnownZone, { message: 'Not a known IANA time zone, for example Europe/Berlin' });

function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Wall-clock time `HH:MM`; `24:00` is allowed as an end. */
export const wallTimeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'Write a time as HH:MM');

/**
 * One window of a week: ISO weekdays (1 = Monday) on which it starts, start inclusive, end exclusive, both
 * wall-clock. An end before the start runs over midnight and belongs to the weekday on which it starts;
 * start = end means the whole day.
 */
export const windowSchema = z.object({
  days: z.array(z.number().int().min(1).max(7)).max(7),
  start: wallTimeSchema,
  end: wallTimeSchema,
});
export type Window = z.infer<typeof windowSchema>;

/** When something may be sent: any of the windows, read in `zone`, except on the holidays (local dates). */
export const calendarSchema = z.object({
  zone: zoneSchema,
  windows: z.array(windowSchema).max(50),
  holidays: z.array(localDateSchema).max(1000).default([]),
});
export type Calendar = z.infer<typeof calendarSchema>;

/** Monday to Friday, 09:00–17:00. */
export const officeHours: Window[] = [{ days: [1, 2, 3, 4, 5], start: '09:00', end: '17:00' }];
/** Always open. */
export const alwaysOpen: Window[] = [{ days: [1, 2, 3, 4, 5, 6, 7], start: '00:00', end: '24:00' }];

type Patch<S extends z.ZodRawShape> = { [K in keyof S]: z.ZodOptional<S[K] extends z.ZodDefault<infer Inner> ? Inner : S[K]> };

/** Every field may be left out, and none has a default: a patch must not reset what it does not name, as `partial()` of Zod 4 would. */
export function patchOf<S extends z.ZodRawShape>(object: z.ZodObject<S>): z.ZodObject<Patch<S>> {
  const fields = Object.entries(object.shape).map(([key, field]) => [key, z.optional((field instanceof z.ZodDefault ? field.unwrap() : field) as z.ZodType)]);
  return z.object(Object.fromEntries(fields) as Patch<S>);
}

/** Cursor paging: `cursor` is opaque; `sort` is a field name, with a leading `-` for descending. */
export const pageQuerySchema = z.object({
  limit: z.number().int().min(1).max(500).default(50),
  cursor: z.string().max(512).optional(),
  sort: z.string().max(64).optional(),
  q: z.string().max(200).optional().describe('Free-text search'),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** A page of items; `nextCursor` is null on the last one; `total` counts all that match. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.number().int() });
}
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}
