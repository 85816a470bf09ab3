import { open, type FileHandle } from 'node:fs/promises';
import { createDecoder, detectEncoding, unreadable, type Decoder, type EncodingFound } from './encoding.ts';
import { detectDelimiter, findHeader, separatorLine } from './dialect.ts';
import type { TableLayout } from '../table.ts';
import { createTokenizer, type CsvRecord } from './tokenizer.ts';

/** How a file is to be read: found once, then handed to whoever reads it. */
export interface CsvLayout extends TableLayout {
  readonly format: 'csv';
  readonly encoding: EncodingFound;
  readonly delimiter: string;
}

const sampleBytes = 1 << 17;
const sampleRecords = 200;
const pieceBytes = 1 << 16;

/** Finds encoding, delimiter and header of a file. Throws AppError csv_unreadable with a sentence for the user. */
export async function inspectCsv(path: string): Promise<CsvLayout> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const encoding = await detectEncoding(file);
    const text = await decodeHead(file, encoding, size);
    const separator = separatorLine(text);
    const delimiter = separator ?? detectDelimiter((candidate) => tokenizeHead(text, candidate, size));
    const records = tokenizeHead(text, delimiter, size);
    if (separator !== null) records.shift();
    if (records.length === 0) throw unreadable('The file is empty: it has no line with text.');
    const found = findHeader(records);
    const header = found.header === null ? [] : found.header.cells;
    const headerLine = found.header?.line ?? 0;
    const skipThroughLine = Math.max(headerLine, separator === null ? 0 : 1);
    const sample = records.filter((record) => record.line > skipThroughLine && record.cells.some((cell) => cell.trim() !== '')).slice(0, sampleRecords);
    const width = sample.reduce((widest, record) => Math.max(widest, record.cells.length), header.length);
    return { format: 'csv', encoding, delimiter, headerLine, header, skipThroughLine, width, sample, bytes: size };
  } finally {
    await file.close();
  }
}

/**
 * Reads all data records, a piece of the file at a time; the next piece is read when `onRecords` has resolved.
 * `bytesRead` counts the bytes taken from the file so far. Records without any text are left out.
 */
export async function readRecords(path: string, layout: CsvLayout, onRecords: (records: CsvRecord[], bytesRead: number) => Promise<void> | void): Promise<void> {
  const file = await open(path, 'r');
  try {
    const decoder = createDecoder(layout.encoding);
    let records: CsvRecord[] = [];
    const tokenizer = createTokenizer(layout.delimiter, (record) => {
      if (record.line > layout.skipThroughLine && record.cells.some((cell) => cell.trim() !== '')) records.push(record);
    });
    const buffer = Buffer.allocUnsafe(pieceBytes);
    let bytesRead = 0;
    for (;;) {
      const piece = await file.read(buffer, 0, pieceBytes, bytesRead);
      bytesRead += piece.bytesRead;
      if (piece.bytesRead === 0) {
        tokenizer.write(cleaned(decoder.end()));
        tokenizer.end();
      } else {
        tokenizer.write(cleaned(decoder.write(buffer.subarray(0, piece.bytesRead))));
      }
      const ready = records;
      records = [];
      if (ready.length > 0) await onRecords(ready, bytesRead);
      if (piece.bytesRead === 0) return;
    }
  } finally {
    await file.close();
  }
}

// Stray NULs and the end-of-file mark of DOS are no text.
function cleaned(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.includes('\u0000') || text.includes('\u001a') ? text.replace(/[\u0000\u001a]/g, '') : text;
}

async function decodeHead(file: FileHandle, encoding: EncodingFound, size: number): Promise<string> {
  const buffer = Buffer.alloc(Math.min(size, sampleBytes));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const decoder: Decoder = createDecoder(encoding);
  return cleaned(decoder.write(buffer.subarray(0, bytesRead)) + decoder.end());
}

function tokenizeHead(text: string, delimiter: string, size: number): CsvRecord[] {
  const records: CsvRecord[] = [];
  const tokenizer = createTokenizer(delimiter, (record) => records.push(record));
  tokenizer.write(text);
  const complete = records.length;
  tokenizer.end();
  // The sample of a larger file ends somewhere inside a record.
  return (size > sampleBytes && complete > 0 ? records.slice(0, complete) : records).slice(0, sampleRecords + 30);
}
