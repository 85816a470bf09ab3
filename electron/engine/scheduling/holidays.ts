import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appRoot } from '../lib/app-root.ts';

/** `resources/holidays.json`, made by `scripts/make-tables.ts`: dates as MMDD, those of each year and those of one year. */
interface HolidayTable {
  readonly from: number;
  readonly to: number;
  readonly countries: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const dayMs = 86_400_000;
const none: ReadonlySet<number> = new Set();
const known = new Map<string, ReadonlySet<number>>();
let table: HolidayTable | null = null;

/**
 * Public holidays of a whole country (ISO 3166-1 alpha-2), as day numbers (days since 1970-01-01 of the local date).
 * Empty for a country that the table does not hold, and for years outside of it. The same set for the same country.
 */
export function countryHolidays(country: string): ReadonlySet<number> {
  let days = known.get(country);
  if (days === undefined) known.set(country, (days = readCountry(country)));
  return days;
}

/** The countries whose holidays are known, sorted. */
export function holidayCountries(): string[] {
  return Object.keys(read().countries).sort();
}

function read(): HolidayTable {
  table ??= JSON.parse(readFileSync(join(appRoot(), 'resources', 'holidays.json'), 'utf8')) as HolidayTable;
  return table;
}

function readCountry(country: string): ReadonlySet<number> {
  const { from, to, countries } = read();
  const entry = countries[country];
  if (entry === undefined) return none;
  const days = new Set<number>();
  for (let year = from; year <= to; year += 1) {
    for (const date of `${entry['every'] ?? ''} ${entry[String(year)] ?? ''}`.split(' ')) {
      if (date !== '') days.add(Date.UTC(year, Number(date.slice(0, 2)) - 1, Number(date.slice(2))) / dayMs);
    }
  }
  return days;
}
