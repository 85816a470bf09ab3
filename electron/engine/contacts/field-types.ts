import type { CustomField } from '../../../shared/schemas/contact.ts';
import { err, ok, type Result } from '../lib/result.ts';

/**
 * A value as a custom field of a type keeps it, or a sentence that says what is expected. Pure; '' is always allowed.
 * Numbers become what JSON writes (`1.234,50` → `1234.5`), dates `YYYY-MM-DD`, choices take the spelling of their
 * definition, web addresses get a scheme. What can be read in two ways (`1,234`, `03/04/2026`) is refused.
 */
export function fieldValue({ type, choices }: Pick<CustomField, 'type' | 'choices'>, text: string): Result<string, string> {
  const value = text.trim();
  if (value === '' || type === 'text') return ok(text);
  switch (type) {
    case 'number': {
      const number = readNumber(value);
      return number === null ? err(`“${shown(value)}” is not a clear number. Write it as 1234.5`) : ok(String(number));
    }
    case 'date': {
      const date = readDate(value);
      return date === null ? err(`“${shown(value)}” is not a clear date. Write it as 2026-11-30`) : ok(date);
    }
    case 'choice': {
      const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
      return found === undefined ? err(`“${shown(value)}” is none of the choices: ${choices.slice(0, 10).join(', ')}`) : ok(found);
    }
    case 'url': {
      const address = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `https://${value}`;
      const good = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) && new URL(address).hostname.includes('.');
      return good ? ok(address) : err(`“${shown(value)}” is not a web address. Write it as https://example.com`);
    }
  }
}

/**
 * A moment of consent as a file states it, UTC ms; null when it is not clear. A day without a time counts from its noon in
 * UTC, so that it is the same day nearly everywhere.
 */
export function consentMoment(text: string): number | null {
  const moment = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?$/.exec(text.trim());
  const at = moment === null ? Date.parse(`${readDate(text.trim()) ?? ''}T12:00:00Z`) : Date.parse(`${moment[1]}T${moment[2]}${moment[3] ?? 'Z'}`);
  return Number.isNaN(at) || at < 0 ? null : at;
}

function shown(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}

function readNumber(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f'’](?=\d{3})/g, '');
  // One kind of sign groups thousands, the other, once, begins the fraction.
  const grouped = /^([+-]?\d{1,3})((?:,\d{3})+)\.(\d+)$/.exec(plain) ?? /^([+-]?\d{1,3})((?:\.\d{3})+),(\d+)$/.exec(plain);
  const whole = /^[+-]?\d{1,3}(?:,\d{3}){2,}$|^[+-]?\d{1,3}(?:\.\d{3}){2,}$/.test(plain);
  const exact = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(plain) || /^[+-]?\d+,(?:\d{1,2}|\d{4,})$/.test(plain);
  const number =
    grouped !== null ? Number(`${grouped[1]}${(grouped[2] ?? '').replace(/[.,]/g, '')}.${grouped[3]}`) : Number(whole ? plain.replace(/[.,]/g, '') : plain.replace(',', '.'));
  return (grouped !== null || whole || exact) && Number.isFinite(number) ? number : null;
}

function readDate(text: string): string | null {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/.exec(text);
  if (iso !== null) return dateOf(iso[1], iso[2], iso[3]);
  const dotted = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(text);
  if (dotted !== null) return dateOf(dotted[3], dotted[2], dotted[1]);
  const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text);
  if (slashed === null) return null;
  const [, a, b, year] = slashed;
  const dayFirst = dateOf(year, b, a);
  const monthFirst = dateOf(year, a, b);
  return dayFirst === null || monthFirst === null || dayFirst === monthFirst ? (dayFirst ?? monthFirst) : null;
}

function dateOf(year = '', month = '', day = ''): string | null {
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date) ? date : null;
}
