import { aliasOf } from '../headers.ts';
import type { CsvRecord } from './tokenizer.ts';

const candidates = [',', ';', '\t', '|'] as const;
const looseEmail = /^[^\s@,;|<>"]+@[^\s@,;|<>"]+\.[^\s@,;|<>"]+$/;

/** True where a cell is plainly an address, without checking it. */
export function looksLikeEmail(cell: string): boolean {
  const text = cell.trim();
  return text.length <= 320 && looseEmail.test(text.replace(/^.*<([^<>]*)>$/, '$1').split(' ::: ')[0] ?? '');
}

/** The delimiter that a first line `sep=;` declares (an Excel custom), else null. */
export function separatorLine(text: string): string | null {
  return /^"?sep=([^\r\n"])"?[\t ]*(?:\r|\n|$)/i.exec(text)?.[1] ?? null;
}

/**
 * The delimiter under which the records have the most even width and addresses stand alone in their cells. Comma when
 * nothing speaks for any of them (one column).
 */
export function detectDelimiter(tokenize: (delimiter: string) => CsvRecord[]): string {
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of candidates) {
    const records = tokenize(delimiter);
    const width = modalWidth(records);
    if (width < 2) continue;
    const even = records.filter((record) => record.cells.length === width).length / records.length;
    const emails = records.some((record) => record.cells.length > 1 && record.cells.some(looksLikeEmail)) ? 0.5 : 0;
    const score = even + emails + Math.min(width, 20) * 0.01;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** The most frequent number of cells; the larger one of equals. */
function modalWidth(records: readonly CsvRecord[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of records) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  let width = 0;
  let most = 0;
  for (const [cells, count] of counts) {
    if (count > most || (count === most && cells > width)) {
      width = cells;
      most = count;
    }
  }
  return width;
}

/**
 * Finds the header below titles, notes and blank lines: the first of the early records that names known columns, else
 * the first that is as wide as the table and at least half filled. A record with an address in it is data: a file that
 * starts with one has no header, unless the names of columns follow.
 */
export function findHeader(records: readonly CsvRecord[]): { header: CsvRecord | null } {
  const early = records.slice(0, 30);
  const firstEmail = early.findIndex((record) => record.cells.some(looksLikeEmail));
  const before = firstEmail === -1 ? early : early.slice(0, firstEmail);
  const known = (record: CsvRecord): string[] => record.cells.flatMap((cell) => aliasOf(cell)?.field ?? []);
  const named =
    before.find((record) => known(record).length >= 2 || (known(record).includes('email') && (record.cells.length <= 3 || filled(record) * 2 >= record.cells.length))) ??
    // "Exported by,admin@example.com" above the header: names of columns outweigh an address before them.
    early.find((record) => known(record).length >= 2 && known(record).includes('email') && !record.cells.some(looksLikeEmail));
  if (named !== undefined) return { header: named };
  const width = modalWidth(records.filter((record) => filled(record) > 0));
  const wide = before.filter((record) => record.cells.length >= width && filled(record) > 0);
  return { header: wide.find((record) => filled(record) * 2 >= width) ?? (firstEmail === -1 ? (wide[0] ?? early[0] ?? null) : null) };
}

function filled(record: CsvRecord): number {
  return record.cells.reduce((count, cell) => (cell.trim() === '' ? count : count + 1), 0);
}
