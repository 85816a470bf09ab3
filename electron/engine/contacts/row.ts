import { maxConsentChars, type CustomField } from '../../../shared/schemas/contact.ts';
import { parseAddress } from '../lib/address.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { consentMoment, fieldValue } from './field-types.ts';
import type { MappingPlan } from './mapping.ts';
import { cut, fieldLimits, knownZone, manyLines, maxCustomChars, oneLine, splitName, splitTags, textFields, type TextField } from './text.ts';

/** The fields of one person as a file or a caller gives them, cleaned. Empty = not given. */
export interface IncomingContact extends Readonly<Record<TextField, string>> {
  readonly email: string;
  readonly domain: string;
  readonly timeZone: string | null;
  readonly consentSource: string;
  readonly consentAt: number | null;
  readonly tags: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
}

/** What was left out of a row that is otherwise good. */
export type RowNote =
  { readonly kind: 'time_zone' | 'misfit'; readonly text: string } | { readonly kind: 'cut'; readonly text: string } | { readonly kind: 'more_addresses'; readonly text: string };

const columnOf = {
  firstName: 'first_name',
  lastName: 'last_name',
  company: 'company',
  title: 'title',
  phone: 'phone',
  website: 'website',
  city: 'city',
  country: 'country',
} as const satisfies Record<TextField, string>;

/** Reads a record by the plan. The error is the reason for which the row is rejected, a sentence. */
export function mapRow(
  cells: readonly string[],
  plan: MappingPlan,
  onNote: (note: RowNote) => void,
  fields: ReadonlyMap<string, CustomField> = new Map(),
): Result<IncomingContact, string> {
  const cell = (column: number | undefined): string => (column === undefined ? '' : unguarded(cells[column] ?? ''));
  const column = plan.standard.email;
  const raw = column === undefined ? '' : (cells[column] ?? '');
  if (raw.trim() === '') return err('There is no e-mail address');
  // Google Contacts writes several values of one kind as "a ::: b": the first is the main one.
  const [main = '', ...others] = raw.includes(' ::: ') ? raw.split(' ::: ') : [raw];
  const address = parseAddress(main);
  if (!address.ok) return err(/[;,\s].*@/.test(main) && main.split('@').length > 2 ? 'There is more than one address in the cell' : address.error);

  const values = {} as Record<TextField, string>;
  for (const field of textFields) {
    const text = oneLine(cell(plan.standard[columnOf[field]]));
    values[field] = text.length > fieldLimits[field] ? shortened(text, field, onNote) : text;
  }
  if (values.firstName === '' && values.lastName === '') {
    const full = cell(plan.standard.full_name) || address.value.name;
    if (full !== '' && !full.includes('@')) {
      const split = splitName(full);
      values.firstName = cut(split.firstName, fieldLimits.firstName);
      values.lastName = cut(split.lastName, fieldLimits.lastName);
    }
  }
  const zoneText = oneLine(cell(plan.standard.time_zone));
  const timeZone = zoneText === '' ? null : knownZone(zoneText);
  if (zoneText !== '' && timeZone === null) onNote({ kind: 'time_zone', text: zoneText });

  const consentText = oneLine(cell(plan.standard.consent_at));
  const consentAt = consentText === '' ? null : consentMoment(consentText);
  if (consentText !== '' && consentAt === null) onNote({ kind: 'misfit', text: `consent_at: “${consentText}” is not a clear date. Write it as 2026-11-30` });

  const custom: [string, string][] = [];
  for (const entry of plan.custom) {
    const raw = manyLines(cell(entry.column));
    const field = fields.get(entry.name);
    const kept = field === undefined ? ok(raw) : fieldValue(field, raw);
    if (!kept.ok) onNote({ kind: 'misfit', text: `${entry.name}: ${kept.error}` });
    const text = kept.ok ? kept.value : '';
    if (text !== '') custom.push([entry.name, text.length > maxCustomChars ? shortened(text, entry.name, onNote, maxCustomChars) : text]);
  }
  if (others.length > 0) {
    onNote({ kind: 'more_addresses', text: raw });
    if (!plan.custom.some(({ name }) => name === 'more_addresses')) custom.push(['more_addresses', manyLines(others.join(', '))]);
  }
  return ok({
    email: address.value.email,
    domain: address.value.domain,
    ...values,
    timeZone,
    consentSource: cut(oneLine(cell(plan.standard.consent_source)), maxConsentChars),
    consentAt,
    tags: plan.standard.tags === undefined ? [] : splitTags(cell(plan.standard.tags)),
    custom: Object.fromEntries(custom),
  });
}

function shortened(text: string, field: string, onNote: (note: RowNote) => void, max: number = fieldLimits[field as TextField]): string {
  onNote({ kind: 'cut', text: field });
  return cut(text, max).trim();
}

// Takes back the apostrophe that guards a spreadsheet against formulas (see lib/csv.ts).
function unguarded(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
}
