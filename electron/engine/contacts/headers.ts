import headerAliases from '../../../resources/csv-headers.json' with { type: 'json' };
import type { ContactField } from '../../../shared/schemas/contact.ts';

/** Columns that every contact has: no custom field may take such a name. */
const reserved = new Set([
  'id',
  'email',
  'first_name',
  'last_name',
  'full_name',
  'name',
  'company',
  'title',
  'phone',
  'website',
  'city',
  'country',
  'time_zone',
  'timezone',
  'tags',
  'status',
  'source',
  'address_verdict',
  'domain',
  'custom',
  'lists',
  'created_at',
  'updated_at',
  'last_sent_at',
  'last_reply_at',
  'consent_source',
  'consent_at',
]);
const letters: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ð: 'd', þ: 'th', ł: 'l', đ: 'd', ı: 'i' };

export const maxCustomFields = 200;

/** Words of a header in lower case without accents or signs: `E-Mail-Adresse` → `e mail adresse`, `firstName` → `first name`. */
export function headerWords(header: string): string {
  return header
    .slice(0, 300)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[ßæœøðþłđı]/g, (letter) => letters[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export interface Alias {
  readonly field: ContactField;
  /** Place in the list of aliases: a smaller one is the better name. */
  readonly rank: number;
}

const aliases = new Map<string, Alias>();
for (const [field, names] of Object.entries(headerAliases) as [ContactField, string[]][]) {
  names.forEach((name, rank) => {
    const words = headerWords(name);
    if (!aliases.has(words)) aliases.set(words, { field, rank });
  });
}

/** The standard field that a header names, if any. */
export function aliasOf(header: string): Alias | undefined {
  const words = headerWords(header);
  return aliases.get(words) ?? aliases.get(words.replace(/^(?:contact|person|lead|recipient|kontakt|your|ihre?) /, ''));
}

/** The custom field's name for a header or a person's wish: lower snake case, at most 80 characters; null when nothing is left. */
export function customFieldName(header: string): string | null {
  const words = headerWords(header).replaceAll(' ', '_');
  // A merge tag cannot name a field that starts with a digit.
  const name = (/^\d/.test(words) ? `field_${words}` : words).slice(0, 80).replace(/_+$/, '');
  return name === '' ? null : name;
}

export function isReservedName(name: string): boolean {
  return reserved.has(name);
}
