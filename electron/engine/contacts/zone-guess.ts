import type { ZoneSource } from '../../../shared/schemas/contact.ts';
import { places } from './places.ts';

/** What is known of where a person is. */
export interface PlaceClues {
  readonly country: string;
  readonly city: string;
  readonly phone: string;
  readonly domain: string;
  readonly custom?: Readonly<Record<string, string>>;
}

export interface ZoneGuess {
  readonly zone: string;
  readonly source: ZoneSource;
}

/**
 * The country in which a person probably is, ISO 3166-1 alpha-2: from the country field, else the telephone number, else
 * the address's top-level domain. A field with an unknown text says that we do not know: it is not guessed over. Pure.
 */
export function countryOf(clues: Pick<PlaceClues, 'country' | 'phone' | 'domain'>): string | null {
  const table = places();
  if (clues.country !== '') return table.country(clues.country);
  return table.countryOfPhone(clues.phone) ?? table.countryOfDomain(clues.domain);
}

/**
 * The time zone in which a person probably is, and what it was concluded from: country with state and city, a large city
 * alone, the telephone number, or the address's top-level domain. In a country of several zones that is not narrowed
 * down it is the one in which most people live. Null when nothing is known. Pure.
 */
export function guessZone(clues: PlaceClues): ZoneGuess | null {
  const table = places();
  const country = table.country(clues.country);
  const hint = country ?? table.countryOfPhone(clues.phone) ?? table.countryOfDomain(clues.domain);
  // "Austin, TX" names the state beside the city.
  const [city = '', beside = ''] = clues.city.split(',');
  const states = [beside, clues.custom?.['state'] ?? '', clues.custom?.['province'] ?? '', clues.custom?.['region'] ?? ''].filter((text) => text.trim() !== '');
  if (hint !== null) {
    const state = states.map((text) => table.stateZone(text, hint)).find((zone) => zone !== null);
    const place = state ?? table.cityZone(city, hint);
    if (place !== null) return { zone: place, source: 'place' };
  }
  if (country !== null) {
    const zone = table.countryZone(country);
    return zone === null ? null : { zone, source: 'place' };
  }
  if (clues.country === '') {
    const zone = table.cityZone(city, null);
    if (zone !== null) return { zone, source: 'place' };
  }
  const byPhone = table.countryOfPhone(clues.phone);
  const zone = byPhone === null ? null : table.countryZone(byPhone);
  if (zone !== null) return { zone, source: 'phone' };
  const byDomain = table.countryOfDomain(clues.domain);
  const domainZone = byDomain === null ? null : table.countryZone(byDomain);
  return domainZone === null ? null : { zone: domainZone, source: 'domain' };
}
