import { customName } from './import-wizard.ts';

/** A custom field while it is edited; `key` keeps the row's identity while its name changes. */
export interface CustomRow {
  readonly key: string;
  readonly name: string;
  readonly value: string;
}

export function rowsFromCustom(custom: Readonly<Record<string, string>>): CustomRow[] {
  return Object.entries(custom)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => ({ key: name, name, value }));
}

/** The fields as they are stored: names tidied up as an import does it, rows without a name or value left out. */
export function customFromRows(rows: readonly CustomRow[]): Record<string, string> {
  const custom: Record<string, string> = {};
  for (const row of rows) {
    const name = customName(row.name);
    if (name !== '' && row.value !== '') custom[name] = row.value;
  }
  return custom;
}

/** Names as typed that mean the same field as another row. */
export function repeatedNames(rows: readonly CustomRow[]): ReadonlySet<string> {
  const groups = Map.groupBy(
    rows.filter((row) => customName(row.name) !== ''),
    (row) => customName(row.name),
  );
  return new Set([...groups.values()].filter((group) => group.length > 1).flatMap((group) => group.map((row) => row.name)));
}
