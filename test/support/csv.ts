import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectCsv, readRecords, type CsvLayout } from '../../electron/engine/contacts/csv/reader.ts';
import { temporaryDir } from './store.ts';

/** Writes the bytes to a file and reads it as the importer does. */
export async function readBytes(bytes: Uint8Array | string): Promise<CsvLayout & { rows: string[][]; lines: number[] }> {
  const path = join(temporaryDir(), 'file.csv');
  writeFileSync(path, bytes);
  const layout = await inspectCsv(path);
  const rows: string[][] = [];
  const lines: number[] = [];
  await readRecords(path, layout, (records) => {
    for (const record of records) {
      rows.push(record.cells);
      lines.push(record.line);
    }
  });
  return { ...layout, rows, lines };
}
