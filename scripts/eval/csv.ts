import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectCsv, readRecords } from '../../electron/engine/contacts/csv/reader.ts';
import { columnsOf, guessMapping } from '../../electron/engine/contacts/mapping.ts';
import { isAppError } from '../../shared/errors.ts';

/** How the importer reads each file: decoded cells and the guess where the columns go (standard fields only). */
export async function run(path: string): Promise<unknown[]> {
  const files = (await readdir(join(path, 'files'))).sort();
  return Promise.all(files.map((name) => readFile(join(path, 'files', name), `files/${name}`)));
}

async function readFile(path: string, file: string): Promise<unknown> {
  try {
    const layout = await inspectCsv(path);
    const rows: string[][] = [];
    await readRecords(path, layout, (records) => void rows.push(...records.map(({ cells }) => cells)));
    const columns = columnsOf(layout);
    const standard = Object.entries(guessMapping(columns)).filter(([, field]) => field !== 'ignore' && !field.startsWith('custom:'));
    const mapping = Object.fromEntries(standard.map(([index, field]) => [field, layout.header[Number(index)] ?? columns[Number(index)]?.name]));
    return { file, encoding: layout.encoding.encoding, delimiter: layout.delimiter, header: layout.header, rows, mapping, error: null };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { file, encoding: null, delimiter: null, header: null, rows: null, mapping: {}, error: error.message };
  }
}
