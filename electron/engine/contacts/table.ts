import { open } from 'node:fs/promises';
import { unreadable } from './csv/encoding.ts';
import { inspectCsv, readRecords, type CsvLayout } from './csv/reader.ts';
import type { CsvRecord } from './csv/tokenizer.ts';
import { inspectXlsx, readXlsxRecords, type XlsxLayout } from './xlsx/reader.ts';

/** What is known of a file with rows before it is read, whatever its format. */
export interface TableLayout {
  /** 1-based line of the header, 0 = the file has none. */
  readonly headerLine: number;
  /** Cells of the header, exact; empty when there is none. */
  readonly header: readonly string[];
  /** Records that start on this line or before are preamble or header. */
  readonly skipThroughLine: number;
  /** Number of columns: of the header or of the widest sampled record. */
  readonly width: number;
  /** The first data records. */
  readonly sample: readonly CsvRecord[];
  readonly bytes: number;
}

export type FileLayout = CsvLayout | XlsxLayout;

/**
 * Finds format, header and first rows of a file. The first bytes decide, not the name. `sheet` names one of a workbook,
 * absent = the first. Throws AppError csv_unreadable with a sentence for the user.
 */
export async function inspectTable(path: string, sheet?: string): Promise<FileLayout> {
  return (await isWorkbook(path)) ? inspectXlsx(path, sheet) : inspectCsv(path);
}

/**
 * Reads all data records, a piece of the file at a time; the next piece is read when `onRecords` has resolved.
 * `bytesRead` counts the bytes taken from the file so far. Records without any text are left out.
 */
export async function readTable(path: string, layout: FileLayout, onRecords: (records: CsvRecord[], bytesRead: number) => Promise<void> | void): Promise<void> {
  await (layout.format === 'xlsx' ? readXlsxRecords(path, layout, onRecords) : readRecords(path, layout, onRecords));
}

/** True for a ZIP archive. Throws for the other containers of spreadsheets. */
async function isWorkbook(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(512);
    await file.read(head, 0, head.length, 0);
    const start = head.toString('latin1', 0, 4);
    if (start === 'PK\u0003\u0004' || start === 'PK\u0005\u0006') return true;
    if (start !== '\u00d0\u00cf\u0011\u00e0') return false;
    // A compound file ([MS-CFB] 2.2): old workbooks, and new ones with a password. The directory names what is in it.
    const directory = Buffer.alloc(4096);
    await file.read(directory, 0, directory.length, (head.readUInt32LE(48) + 1) * 2 ** Math.min(head.readUInt16LE(30), 12));
    throw directory.includes(Buffer.from('EncryptedPackage', 'utf16le'))
      ? unreadable('The workbook is protected by a password. Save a copy without one and choose that file.')
      : unreadable('This is an old Excel workbook (.xls). Save it as .xlsx or CSV and choose that file.');
  } finally {
    await file.close();
  }
}
