import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inspectTable, readTable } from '../../electron/engine/contacts/table.ts';
import { writeCsv } from '../../electron/engine/lib/csv.ts';
import { temporaryDir } from '../support/store.ts';
import { workbookOf } from '../support/xlsx.ts';

async function rowsOf(bytes: Uint8Array | string): Promise<string[][]> {
  const path = join(temporaryDir(), 'file');
  writeFileSync(path, bytes);
  const rows: string[][] = [];
  await readTable(path, await inspectTable(path), (records) => void rows.push(...records.map(({ cells }) => cells)));
  // A sheet ends at its last filled cell, a line of CSV at its last separator.
  return rows.map((cells) => cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1));
}

const cell = fc.oneof(
  fc.constantFrom('', 'Ann', 'Zoë', 'a,b;c', 'two\nlines', '<b>&amp;', '"quoted"', ' blank ', '007', '_x0041_', '😀'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
// Guards against formulas and stray controls belong to CSV alone.
const text = cell.filter((value) => !/^\s*[=+\-@'\t\r]|[\p{Cc}\ufeff\ufffe\uffff]/u.test(value.replaceAll('\n', '')) && !value.includes('\r'));

it('a workbook gives the same rows as the CSV file of the same table', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(text, { minLength: 1, maxLength: 6 }), { maxLength: 30 }), async (rows) => {
      const table = rows.map((row, at) => [`p${at}@example.com`, ...row]);
      const head = ['Email', 'First name', 'Company'];
      expect(await rowsOf(workbookOf([head, ...table]))).toEqual(await rowsOf(`\ufeff${writeCsv(head, table)}`));
    }),
    { numRuns: 60 },
  );
});
