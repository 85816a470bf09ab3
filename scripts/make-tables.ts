// Writes resources/places.json and resources/holidays.json from the libraries that keep such data. Run it after one of
// them was updated: node scripts/make-tables.ts
import { cityMapping } from 'city-timezones';
import { getAllCountries } from 'countries-and-timezones';
import Holidays from 'date-holidays';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeKey, type PlacesTable } from '../electron/engine/contacts/places.ts';

const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'da', 'nb', 'fi', 'cs', 'tr', 'ru', 'uk', 'ja', 'zh', 'ko'];
const otherNames: Record<string, string[]> = {
  US: ['usa', 'u s', 'u s a', 'america', 'united states of america', 'the united states', 'estados unidos de america', 'vereinigte staaten von amerika', 'etats unis d amerique'],
  GB: ['uk', 'u k', 'great britain', 'england', 'scotland', 'wales', 'northern ireland', 'britain', 'grossbritannien', 'grande bretagne', 'gran bretagna', 'gran bretana'],
  NL: ['holland', 'the netherlands'],
  CZ: ['czech republic', 'tschechische republik'],
  KR: ['korea', 'republic of korea'],
  AE: ['uae', 'u a e'],
  CN: ['prc', 'people s republic of china', 'mainland china'],
  RU: ['russian federation'],
  IE: ['republic of ireland', 'eire'],
  VN: ['viet nam'],
  TR: ['turkey'],
};
// Top-level domains of countries that are sold as words.
const genericDomains = 'ac ag ai am bz cc cf co cx fm ga gg gl gq im io la ly me ml ms mu nu pw sc sh so st su sx tk to tv vc ws'.split(' ');
/** Cities below this are told apart by their country only. */
const largeCity = 100_000;
const holidayYears = { from: 2025, to: 2040 };

interface City {
  city: string;
  city_ascii: string;
  pop: number;
  iso2: string;
  iso3: string;
  province: string;
  state_ansi?: string;
  timezone: string | null;
}

function isKnown(zone: string | null): zone is string {
  try {
    if (zone === null) return false;
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function largest(weights: ReadonlyMap<string, number>): string | undefined {
  return [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}

function add(weights: Map<string, number>, key: string, weight: number): void {
  weights.set(key, (weights.get(key) ?? 0) + weight);
}

function makePlaces(): PlacesTable {
  const cities = (cityMapping as City[]).filter((city) => isKnown(city.timezone)).sort((a, b) => b.pop - a.pop);
  const zones: string[] = [];
  const numberOf = (zone: string): number => {
    if (!zones.includes(zone)) zones.push(zone);
    return zones.indexOf(zone);
  };
  const displayNames = languages.map((language) => new Intl.DisplayNames([language], { type: 'region', fallback: 'none' }));
  const countries: Record<string, [number, ...string[]]> = {};
  const several = new Set<string>();
  for (const [code, country] of Object.entries(getAllCountries())) {
    const people = new Map<string, number>();
    for (const city of cities) if (city.iso2 === code && city.timezone !== null) add(people, city.timezone, city.pop + 1);
    if (people.size > 1) several.add(code);
    const zone = largest(people) ?? country.timezones.find(isKnown);
    if (zone === undefined) continue;
    const iso3 = cities.find((city) => city.iso2 === code)?.iso3 ?? '';
    const names = [country.name, iso3, ...displayNames.map((names) => names.of(code) ?? ''), ...(otherNames[code] ?? [])].map(placeKey).filter((name) => name !== '');
    countries[code] = [numberOf(zone), ...new Set(names)];
  }

  const lines = new Set<string>();
  const states: Record<string, Record<string, number>> = {};
  const stateWeights = new Map<string, Map<string, number>>();
  for (const city of cities) {
    if (city.timezone === null || countries[city.iso2] === undefined) continue;
    if (several.has(city.iso2)) {
      for (const state of [city.province, city.state_ansi ?? '']) {
        const key = `${city.iso2}:${placeKey(state)}`;
        if (state !== '') {
          const weights = stateWeights.get(key) ?? new Map<string, number>();
          stateWeights.set(key, weights);
          add(weights, city.timezone, city.pop + 1);
        }
      }
    }
    if (city.pop < largeCity && !several.has(city.iso2)) continue;
    for (const key of new Set([placeKey(city.city), placeKey(city.city_ascii)])) if (key !== '') lines.add(`${key};${city.iso2};${numberOf(city.timezone)}`);
  }
  for (const [key, weights] of stateWeights) {
    const [code = '', state = ''] = key.split(':');
    const zone = largest(weights);
    if (zone !== undefined) (states[code] ??= {})[state] = numberOf(zone);
  }

  return { zones, countries, cities: [...lines], states, dialling: makeDialling(), genericDomains };
}

/** Calling codes; those of several countries are told apart by what follows, as far as it matters for the time. */
function makeDialling(): Record<string, string> {
  const dialling: Record<string, string> = {};
  const main: Record<string, CountryCode> = { 1: 'US', 7: 'RU', 39: 'IT', 44: 'GB', 47: 'NO', 61: 'AU', 212: 'MA', 262: 'RE', 290: 'SH', 358: 'FI', 590: 'GP', 599: 'CW' };
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country);
    dialling[code] ??= main[code] ?? country;
  }
  for (let area = 200; area < 1000; area += 1) {
    const country = ['2345678', '4567890', '2223344', '9234567']
      .map((rest) => parsePhoneNumberFromString(`+1${area}${rest}`))
      .find((number) => number?.isValid() === true)?.country;
    if (country !== undefined && country !== 'US') dialling[`1${area}`] = country;
  }
  for (const digit of ['6', '7']) dialling[`7${digit}`] = 'KZ';
  return dialling;
}

/**
 * Public holidays of the whole country: the dates whose noon falls into one. `every` are the dates (MMDD) of each year,
 * the others stand under their year.
 */
function makeHolidays(): Record<string, Record<string, string>> {
  const countries: Record<string, Record<string, string>> = {};
  for (const code of Object.keys(new Holidays().getCountries()).sort()) {
    const calendar = new Holidays(code);
    const dates = new Set<string>();
    // The year before may reach over New Year.
    for (let year = holidayYears.from - 1; year <= holidayYears.to; year += 1) {
      for (const holiday of calendar.getHolidays(year) ?? []) {
        if (holiday.type !== 'public') continue;
        const from = Date.parse(`${holiday.date.slice(0, 10)}T${holiday.date.slice(11, 19) || '00:00:00'}Z`);
        const to = from + (holiday.end.getTime() - holiday.start.getTime());
        // A day of a change to summer time has 23 hours.
        for (let noon = Date.parse(`${holiday.date.slice(0, 10)}T12:00:00Z`); noon < to; noon += 86_400_000) if (noon >= from) dates.add(new Date(noon).toISOString().slice(0, 10));
      }
    }
    const years = Array.from({ length: holidayYears.to - holidayYears.from + 1 }, (_, index) => String(holidayYears.from + index));
    const monthDays = new Set([...dates].map((date) => date.slice(5).replace('-', '')));
    const every = [...monthDays].filter((day) => years.every((year) => dates.has(`${year}-${day.slice(0, 2)}-${day.slice(2)}`))).sort();
    if (dates.size === 0) continue;
    const entry: Record<string, string> = { every: every.join(' ') };
    for (const year of years) {
      entry[year] = [...dates]
        .filter((date) => date.startsWith(year))
        .map((date) => date.slice(5).replace('-', ''))
        .filter((day) => !every.includes(day))
        .sort()
        .join(' ');
    }
    countries[code] = entry;
  }
  return countries;
}

/** One entry a line: readable differences without thousands of lines. */
function write(name: string, parts: Record<string, unknown>): void {
  const body = Object.entries(parts).map(([key, value]) => {
    if (typeof value !== 'object' || value === null) return `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const lines = Array.isArray(value) ? chunk(value as unknown[]) : Object.entries(value).map(([inner, one]) => `${JSON.stringify(inner)}: ${JSON.stringify(one)}`);
    return Array.isArray(value) ? `${JSON.stringify(key)}: [\n${lines.join(',\n')}\n]` : `${JSON.stringify(key)}: {\n${lines.join(',\n')}\n}`;
  });
  writeFileSync(join(import.meta.dirname, '..', 'resources', name), `{\n${body.join(',\n')}\n}\n`);
}

function chunk(items: readonly unknown[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < items.length; at += 8)
    lines.push(
      items
        .slice(at, at + 8)
        .map((item) => JSON.stringify(item))
        .join(', '),
    );
  return lines;
}

write('places.json', { about: 'Countries, their names, time zones, larger cities and calling codes. Made by scripts/make-tables.ts.', ...makePlaces() });
write('holidays.json', {
  about: 'Public holidays of whole countries, MMDD. Made by scripts/make-tables.ts from date-holidays (ISC and CC-BY-3.0).',
  ...holidayYears,
  countries: makeHolidays(),
});
