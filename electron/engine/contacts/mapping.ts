import { AppError } from '../../../shared/errors.ts';
import { contactFieldSchema, type ContactField, type ImportMapping } from '../../../shared/schemas/contact.ts';
import { looksLikeEmail } from './csv/dialect.ts';
import { aliasOf, customFieldName, headerWords, isReservedName, maxCustomFields } from './headers.ts';
import type { TableLayout } from './table.ts';

/** A column as the mapping sees it: its name (made up where the file has none) and its first values. */
export interface Column {
  readonly index: number;
  readonly name: string;
  readonly values: readonly string[];
}

/** Where each column goes: a standard field, a custom field, or nowhere. */
export interface MappingPlan {
  readonly standard: Readonly<Partial<Record<ContactField, number>>>;
  readonly custom: readonly { readonly column: number; readonly name: string }[];
}

const honorifics = /^(?:mr|mrs|ms|miss|mx|dr|prof|herr|frau|hr|fr|m|mme|mlle|sr|sra|srta|sig|sig ra|dott|dhr|mevr|mw)$/;

export function columnsOf(layout: TableLayout): Column[] {
  return Array.from({ length: layout.width }, (_, index) => ({
    index,
    name: (layout.header[index] ?? '').replace(/\s+/g, ' ').trim().slice(0, 200) || `Column ${index + 1}`,
    values: layout.sample.map((record) => (record.cells[index] ?? '').trim()),
  }));
}

/**
 * Guesses where the columns go. A known header name counts, but the cells have the last word where they can: a column
 * of addresses is the address whatever it is called, and one without addresses is not. The first and best column of a
 * field wins; every other column with a name or a value becomes a custom field under a name of its own, so that no
 * column is lost and none overwrites another. Beyond 200 custom fields columns are left out.
 */
export function guessMapping(columns: readonly Column[]): ImportMapping {
  const chosen = new Map<ContactField, number>();
  const email = pickEmail(columns);
  if (email !== null) chosen.set('email', email);
  const taken = new Set(chosen.values());
  const named = columns
    .map((column) => ({ column, alias: aliasOf(column.name) }))
    .filter((entry) => entry.alias !== undefined && entry.alias.field !== 'email')
    .map((entry) => ({ column: entry.column, field: entry.alias?.field ?? 'tags', rank: entry.alias?.rank ?? 0 }))
    .filter((entry) => fits(entry.field, entry.column))
    // A column that is empty in every sampled row yields to a worse name with values.
    .sort((a, b) => Number(isEmpty(a.column)) - Number(isEmpty(b.column)) || a.rank - b.rank || a.column.index - b.column.index);
  for (const { column, field } of named) {
    if (chosen.has(field) || taken.has(column.index)) continue;
    chosen.set(field, column.index);
    taken.add(column.index);
  }
  settleNames(columns, chosen);
  return toMapping(columns, chosen);
}

function pickEmail(columns: readonly Column[]): number | null {
  const scored = columns.map((column) => {
    const filled = column.values.filter((value) => value !== '');
    const emails = filled.filter(looksLikeEmail).length;
    const alias = aliasOf(column.name);
    const named = alias?.field === 'email' ? alias.rank : null;
    return { column, emails, share: filled.length === 0 ? 0 : emails / filled.length, filled: filled.length, rank: named };
  });
  const candidates = scored.filter((entry) => (entry.rank !== null && (entry.filled === 0 || entry.share >= 0.2)) || (entry.share >= 0.5 && !isEmailDecoy(entry.column.name)));
  candidates.sort(
    (a, b) =>
      Number(b.emails > 0) - Number(a.emails > 0) ||
      Number(b.rank !== null) - Number(a.rank !== null) ||
      (a.rank ?? 0) - (b.rank ?? 0) ||
      (a.rank === null ? b.emails - a.emails : 0) ||
      a.column.index - b.column.index,
  );
  const best = candidates[0] ?? scored.filter((entry) => entry.rank !== null).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))[0];
  return best?.column.index ?? null;
}

// Columns about somebody else's address: "E-mail Display Name", "Assigned To", "Owner email".
function isEmailDecoy(name: string): boolean {
  return /\b(?:display|angezeigter|owner|manager|assistant|assigned|referred|referrer|created by|modified by|username|user name|account owner)\b/.test(headerWords(name));
}

function isEmpty(column: Column): boolean {
  return column.values.length > 0 && column.values.every((value) => value === '');
}

function fits(field: ContactField, column: Column): boolean {
  const filled = column.values.filter((value) => value !== '');
  if (filled.length === 0) return true;
  const share = (test: (value: string) => boolean): number => filled.filter(test).length / filled.length;
  if (field !== 'email' && field !== 'website' && share(looksLikeEmail) > 0.5) return false;
  if (field === 'title') return share((value) => honorifics.test(headerWords(value))) < 0.5;
  if (field === 'website') return share((value) => /linkedin\.com\/|facebook\.com\/|twitter\.com\/|xing\.com\//i.test(value)) < 0.5;
  if (field === 'phone') return share((value) => /\d/.test(value)) >= 0.5;
  if (field === 'first_name' || field === 'last_name') return share((value) => /^[\d\s.,]+$/.test(value)) < 0.5;
  return true;
}

// "Vorname" + "Name", "Prénom" + "Nom": beside a first name, plain "Name" is the last name.
function settleNames(columns: readonly Column[], chosen: Map<ContactField, number>): void {
  const full = chosen.get('full_name');
  if (full === undefined) return;
  const words = headerWords(columns[full]?.name ?? '');
  if (chosen.has('first_name') && !chosen.has('last_name') && (words === 'name' || words === 'naam')) {
    chosen.delete('full_name');
    chosen.set('last_name', full);
  } else if (chosen.has('first_name') && chosen.has('last_name')) {
    chosen.delete('full_name');
  }
}

function toMapping(columns: readonly Column[], chosen: ReadonlyMap<ContactField, number>): ImportMapping {
  const fieldOf = new Map([...chosen].map(([field, index]) => [index, field]));
  const used = new Set<string>();
  return Object.fromEntries(
    columns.map((column) => {
      const field = fieldOf.get(column.index);
      if (field !== undefined) return [String(column.index), field];
      if (used.size >= maxCustomFields || (/^Column \d+$/.test(column.name) && (isEmpty(column) || column.values.length === 0))) return [String(column.index), 'ignore'];
      const base = customFieldName(column.name) ?? `column_${column.index + 1}`;
      let name = base;
      for (let count = 2; used.has(name) || isReservedName(name); count += 1) name = `${base.slice(0, 75)}_${count}`;
      used.add(name);
      return [String(column.index), `custom:${name}` as const];
    }),
  );
}

/** Checks a mapping and makes it quick to apply. Throws AppError validation with the column in `fields`. */
export function planMapping(mapping: ImportMapping, width: number): MappingPlan {
  const standard: Partial<Record<ContactField, number>> = {};
  const custom: { column: number; name: string }[] = [];
  const problems: Record<string, string> = {};
  const names = new Set<string>();
  for (const [key, target] of Object.entries(mapping)) {
    const column = Number(key);
    const place = `mapping.${key}`;
    if (target === 'ignore') continue;
    if (column >= width) problems[place] = `The file has only ${width} columns.`;
    else if (target.startsWith('custom:')) {
      const name = customFieldName(target.slice(7));
      if (name === null) problems[place] = 'A custom field needs a name with letters or digits.';
      else if (isReservedName(name)) problems[place] = `“${name}” is a standard field. Map the column to it, or choose another name.`;
      else if (names.has(name)) problems[place] = `Two columns go to the custom field “${name}”.`;
      else {
        names.add(name);
        custom.push({ column, name });
      }
    } else {
      const field = contactFieldSchema.parse(target);
      if (standard[field] !== undefined) problems[place] = `Two columns go to the field “${field}”.`;
      else standard[field] = column;
    }
  }
  if (standard.email === undefined) problems['mapping'] = 'Say which column holds the e-mail address.';
  if (custom.length > maxCustomFields) problems['mapping'] = `A contact can have at most ${maxCustomFields} custom fields; this mapping has ${custom.length}.`;
  if (Object.keys(problems).length > 0) throw new AppError('validation', Object.values(problems)[0] ?? 'The mapping is not valid.', { fields: problems });
  return { standard, custom };
}
