import { locale } from './locale.ts';

let countries: { value: string; label: string }[] | null = null;
// Regions that have a code and a name, but no country's calendar.
const noCountry = new Set(['AC', 'AQ', 'BV', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'HM', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ']);

/** Countries by name, with their ISO 3166-1 code as the value. */
export function allCountries(): { value: string; label: string }[] {
  if (countries !== null) return countries;
  const names = new Intl.DisplayNames([locale.tag], { type: 'region', fallback: 'none' });
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  const seen = new Set<string>();
  countries = letters
    .flatMap((first) => letters.map((second) => first + second))
    .flatMap((code) => {
      const label = noCountry.has(code) ? undefined : names.of(code);
      // Codes of former countries carry the name of what they became.
      if (label === undefined || Intl.getCanonicalLocales(`und-${code}`)[0] !== `und-${code}` || seen.has(label)) return [];
      seen.add(label);
      return [{ value: code, label }];
    })
    .sort((a, b) => a.label.localeCompare(b.label, locale.tag));
  return countries;
}
