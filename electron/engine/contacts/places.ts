import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appRoot } from '../lib/app-root.ts';

/** `resources/places.json`, made by `scripts/make-tables.ts`. */
export interface PlacesTable {
  /** Zone names that the other parts refer to by their number. */
  readonly zones: readonly string[];
  /** ISO 3166-1 code → number of the zone in which most of its people live, and its names in many languages as place keys. */
  readonly countries: Readonly<Record<string, readonly [zone: number, ...names: string[]]>>;
  /** `key;country;zone number` of cities, the largest first. */
  readonly cities: readonly string[];
  /** Country with several zones → state or province as a place key → zone number. */
  readonly states: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Leading digits of an international telephone number → country. */
  readonly dialling: Readonly<Record<string, string>>;
  /** Top-level domains of countries that are used like generic ones: they say nothing of a place. */
  readonly genericDomains: readonly string[];
}

/** How places are compared: lower case, without accents and punctuation, single blanks. */
export function placeKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export interface Places {
  /** ISO code of a country by name or code in any of the known languages. */
  country(text: string): string | null;
  /** The zone in which most people of a country live. */
  countryZone(code: string): string | null;
  /** Zone of a city or state; without a country only cities that are large enough to be meant. */
  cityZone(city: string, code: string | null): string | null;
  stateZone(state: string, code: string): string | null;
  /** Country of a telephone number in international form. */
  countryOfPhone(phone: string): string | null;
  /** Country of a domain by its top level. */
  countryOfDomain(domain: string): string | null;
}

let loaded: Places | null = null;

/** The table, read at its first use. */
export function places(): Places {
  loaded ??= createPlaces(JSON.parse(readFileSync(join(appRoot(), 'resources', 'places.json'), 'utf8')) as PlacesTable);
  return loaded;
}

const longestPrefix = 5;

function createPlaces(table: PlacesTable): Places {
  const countries = new Map<string, string>();
  for (const [code, [, ...names]] of Object.entries(table.countries)) {
    countries.set(code.toLowerCase(), code);
    for (const name of names) if (!countries.has(name)) countries.set(name, code);
  }
  const cities = new Map<string, string>();
  for (const line of table.cities) {
    const [key = '', code = '', zone = ''] = line.split(';');
    const name = table.zones[Number(zone)] ?? '';
    // The largest city of a name comes first and wins.
    if (!cities.has(key)) cities.set(key, name);
    if (!cities.has(`${code}:${key}`)) cities.set(`${code}:${key}`, name);
  }
  const dialling = new Map(Object.entries(table.dialling));
  const generic = new Set(table.genericDomains);
  const keys = new Map<string, string>();

  function keyOf(text: string): string {
    let key = keys.get(text);
    if (key === undefined) {
      if (keys.size > 10_000) keys.clear();
      keys.set(text, (key = placeKey(text)));
    }
    return key;
  }

  function zoneAt(index: number | undefined): string | null {
    return index === undefined ? null : (table.zones[index] ?? null);
  }

  return {
    country: (text) => (text === '' ? null : (countries.get(keyOf(text)) ?? null)),
    countryZone: (code) => zoneAt(table.countries[code]?.[0]),
    cityZone(city, code) {
      const key = keyOf(city);
      if (key === '') return null;
      return cities.get(code === null ? key : `${code}:${key}`) ?? null;
    },
    stateZone: (state, code) => zoneAt(table.states[code]?.[keyOf(state)]),
    countryOfPhone(phone) {
      const international = /^\s*(?:\+|00)/.exec(phone);
      if (international === null) return null;
      const digits = phone.slice(international[0].length).replace(/\(0\)|\D/g, '');
      if (digits.length < 7) return null;
      for (let length = longestPrefix; length > 0; length -= 1) {
        const code = dialling.get(digits.slice(0, length));
        if (code !== undefined) return code;
      }
      return null;
    },
    countryOfDomain(domain) {
      const top = domain.slice(domain.lastIndexOf('.') + 1);
      if (generic.has(top)) return null;
      const code = top === 'uk' ? 'GB' : top.toUpperCase();
      return code in table.countries ? code : null;
    },
  };
}
