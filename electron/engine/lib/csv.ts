export interface CsvOptions {
  /** Starts the file with U+FEFF, by which spreadsheets recognise UTF-8. */
  readonly bom?: boolean;
}

export type CsvValue = string | number | boolean | null | undefined;

/**
 * One cell after RFC 4180. Text that a spreadsheet would take for a formula (starts with `= + - @`, TAB, CR or LF) gets
 * a leading apostrophe (OWASP, CSV injection); numbers stay numbers.
 */
export function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line with its CRLF. A single empty cell is quoted, so that the line does not read as blank. */
export function csvLine(cells: readonly CsvValue[]): string {
  const line = cells.map(csvCell).join(',');
  return `${cells.length === 1 && line === '' ? '""' : line}\r\n`;
}

/** A whole report: header and rows, each with CRLF. */
export function writeCsv(header: readonly string[], rows: Iterable<readonly CsvValue[]>, options: CsvOptions = {}): string {
  const lines = [csvLine(header)];
  for (const row of rows) lines.push(csvLine(row));
  return `${options.bom === true ? '\ufeff' : ''}${lines.join('')}`;
}
