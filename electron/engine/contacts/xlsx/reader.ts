import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { findHeader } from '../csv/dialect.ts';
import { unreadable } from '../csv/encoding.ts';
import type { CsvRecord } from '../csv/tokenizer.ts';
import type { TableLayout } from '../table.ts';
import { numberKind, numberText, type NumberKind } from './number-format.ts';
import { openPackage, type XmlPackage } from './package.ts';

/** Which sheet of a workbook is read, and how. */
export interface XlsxLayout extends TableLayout {
  readonly format: 'xlsx';
  /** Names of the sheets; hidden ones only where no other is there. */
  readonly sheets: readonly string[];
  readonly sheet: string;
}

const sampleRecords = 200;
const headRecords = 230;
const maxColumns = 16_384;
const maxCells = 50_000_000;
const maxSharedStrings = 10_000_000;

/** Finds the sheets, and header and first rows of the one named (absent = the first). Throws AppError csv_unreadable. */
export async function inspectXlsx(path: string, sheet?: string): Promise<XlsxLayout> {
  const { size: bytes } = await stat(path);
  return withWorkbook(path, async (workbook) => {
    const chosen = workbook.sheetNamed(sheet);
    const rows: RawRow[] = [];
    await readRows(
      workbook,
      chosen.part,
      (row) => rows.push(row),
      () => rows.length < headRecords,
    );
    const head = rows.slice(0, headRecords);
    const strings = await sharedStrings(workbook, new Set(head.flatMap((row) => row.cells.filter((cell) => typeof cell === 'number'))));
    const records = head.map((row) => toRecord(row, strings)).filter(hasText);
    if (records.length === 0) throw unreadable(`The sheet “${chosen.name}” is empty. Choose another sheet or file.`);
    const found = findHeader(records);
    const header = found.header === null ? [] : found.header.cells;
    const headerLine = found.header?.line ?? 0;
    const sample = records.filter((record) => record.line > headerLine).slice(0, sampleRecords);
    const width = sample.reduce((widest, record) => Math.max(widest, record.cells.length), header.length);
    return { format: 'xlsx', sheets: workbook.sheets.map(({ name }) => name), sheet: chosen.name, headerLine, header, skipThroughLine: headerLine, width, sample, bytes };
  });
}

/** Reads all data records, as `readRecords` of CSV does. `bytesRead` counts in bytes of the file. */
export async function readXlsxRecords(path: string, layout: XlsxLayout, onRecords: (records: CsvRecord[], bytesRead: number) => Promise<void> | void): Promise<void> {
  await withWorkbook(path, async (workbook) => {
    const { part } = workbook.sheetNamed(layout.sheet);
    const stringBytes = workbook.stringsPart === null ? 0 : workbook.xml.size(workbook.stringsPart);
    const total = Math.max(1, stringBytes + workbook.xml.size(part));
    const strings = await sharedStrings(workbook, null);
    let records: CsvRecord[] = [];
    await readRows(
      workbook,
      part,
      (row) => {
        if (row.line <= layout.skipThroughLine) return;
        const record = toRecord(row, strings);
        if (hasText(record)) records.push(record);
      },
      async (bytesRead) => {
        const ready = records;
        records = [];
        if (ready.length > 0) await onRecords(ready, Math.floor((layout.bytes * (stringBytes + bytesRead)) / total));
        return true;
      },
    );
  });
}

interface Workbook {
  readonly xml: XmlPackage;
  readonly sheets: readonly { readonly name: string; readonly part: string }[];
  readonly stringsPart: string | null;
  readonly from1904: boolean;
  /** By number of a cell's style. */
  readonly kinds: readonly NumberKind[];
  sheetNamed(name: string | undefined): { readonly name: string; readonly part: string };
}

async function withWorkbook<T>(path: string, work: (workbook: Workbook) => Promise<T>): Promise<T> {
  const xml = await openPackage(path);
  try {
    return await work(await openWorkbook(xml));
  } finally {
    xml.close();
  }
}

async function openWorkbook(xml: XmlPackage): Promise<Workbook> {
  if (!xml.has('_rels/.rels')) throw notExcel(xml);
  const main = [...(await relations(xml, '')).values()].find(({ type }) => type === 'officeDocument')?.part;
  if (main === undefined || !xml.has(main) || !main.toLowerCase().endsWith('.xml')) throw notExcel(xml);
  const related = await relations(xml, main);
  const partOf = (type: string): string | null => [...related.values()].find((relation) => relation.type === type && xml.has(relation.part))?.part ?? null;

  let from1904 = false;
  let isWorkbook = false;
  const all: { name: string; part: string; hidden: boolean }[] = [];
  await xml.read(main, {
    open(name, attributes) {
      if (name === 'workbook') isWorkbook = true;
      if (name === 'workbookPr') from1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
      // The prefix of the relation's id is the writer's choice.
      const relation = name === 'sheet' ? related.get(Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '') : undefined;
      // Charts and macros have sheets of their own, without rows.
      if (relation?.type === 'worksheet') all.push({ name: attributes['name'] ?? '', part: relation.part, hidden: (attributes['state'] ?? 'visible') !== 'visible' });
    },
  });
  if (!isWorkbook) throw notExcel(xml);
  const sheets = all.some(({ hidden }) => !hidden) ? all.filter(({ hidden }) => !hidden) : all;
  const styles = partOf('styles');
  return {
    xml,
    sheets,
    stringsPart: partOf('sharedStrings'),
    from1904,
    kinds: styles === null ? [] : await numberKinds(xml, styles),
    sheetNamed(name) {
      const found = name === undefined ? sheets[0] : sheets.find((sheet) => sheet.name === name);
      if (found === undefined) throw unreadable(name === undefined ? 'The workbook has no sheet with rows.' : `The workbook has no sheet “${name}”.`);
      return found;
    },
  };
}

function notExcel(xml: XmlPackage): Error {
  if (xml.has('xl/workbook.bin')) return unreadable('This is a binary Excel workbook (.xlsb). Save it as .xlsx or CSV and choose that file.');
  if (xml.has('content.xml')) return unreadable('This is an OpenDocument file. Save the table as .xlsx or CSV and choose that file.');
  return unreadable('This is a ZIP archive, but not an Excel workbook. Choose a .xlsx or CSV file.');
}

/** Relations of a part ('' = of the package): id → kind and part. */
async function relations(xml: XmlPackage, part: string): Promise<Map<string, { type: string; part: string }>> {
  const folder = posix.dirname(part);
  const found = new Map<string, { type: string; part: string }>();
  const file = posix.join(folder, '_rels', `${posix.basename(part)}.rels`);
  if (!xml.has(file)) return found;
  await xml.read(file, {
    open(name, attributes) {
      const target = attributes['Target'] ?? '';
      if (name !== 'Relationship' || attributes['TargetMode'] === 'External') return;
      found.set(attributes['Id'] ?? '', {
        type: (attributes['Type'] ?? '').split('/').at(-1) ?? '',
        part: target.startsWith('/') ? posix.normalize(target).slice(1) : posix.join(folder, target),
      });
    },
  });
  return found;
}

async function numberKinds(xml: XmlPackage, part: string): Promise<NumberKind[]> {
  const codes = new Map<number, string>();
  const kinds: NumberKind[] = [];
  let inCells = false;
  await xml.read(part, {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) {
        const id = Number(attributes['numFmtId'] ?? 0);
        kinds.push(numberKind(id, codes.get(id)));
      }
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return kinds;
}

/** The shared strings by number: all of them, or only the wanted ones. Pronunciations are left out. */
async function sharedStrings(workbook: Workbook, wanted: ReadonlySet<number> | null): Promise<ReadonlyMap<number, string> | readonly string[]> {
  const list: string[] = [];
  const some = new Map<number, string>();
  if (workbook.stringsPart === null || wanted?.size === 0) return list;
  const last = wanted === null ? Infinity : [...wanted].reduce((most, index) => Math.max(most, index), -1);
  let index = 0;
  let text = '';
  let inText = false;
  let aside = 0;
  await workbook.xml.read(workbook.stringsPart, {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') aside += 1;
      else if (name === 't') inText = aside === 0;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') aside -= 1;
      else if (name === 'si') {
        if (wanted === null) list.push(unescaped(text));
        else if (wanted.has(index)) some.set(index, unescaped(text));
        index += 1;
        if (index > maxSharedStrings) throw unreadable('The workbook has more than ten million texts. Split it, or save the sheet as CSV.');
      }
    },
    text(piece) {
      if (inText) text += piece;
    },
    piece: () => index <= last,
  });
  return wanted === null ? list : some;
}

/** A cell is its text, or the number of a shared string. */
interface RawRow {
  readonly line: number;
  readonly cells: (string | number)[];
}

/** Reads the rows of a sheet (ECMA-376 part 1, 18.3.1.73). A formula counts as the value that was stored with it, an error as nothing. */
async function readRows(workbook: Workbook, part: string, onRow: (row: RawRow) => void, piece: (bytesRead: number) => Promise<boolean> | boolean): Promise<void> {
  const { kinds, from1904 } = workbook;
  let row: RawRow = { line: 0, cells: [] };
  let cells = 0;
  let column = -1;
  let type = 'n';
  let style = 0;
  let text = '';
  let inValue = false;
  let aside = 0;

  function value(): string | number {
    if (type === 's') return text === '' ? '' : Number(text);
    if (type === 'b') return text === '1' || text === 'true' ? 'TRUE' : text === '' ? '' : 'FALSE';
    if (type === 'e') return '';
    if (type === 'd') return text.replace(/(?:T00:00:00)?(?:\.0+)?Z?$/, '');
    return type === 'n' ? numberText(text, kinds[style] ?? 'number', from1904) : unescaped(text);
  }

  await workbook.xml.read(part, {
    open(name, attributes) {
      if (name === 'row') {
        row = { line: Number(attributes['r']) || row.line + 1, cells: [] };
        column = -1;
      } else if (name === 'c') {
        column = columnOf(attributes['r']) ?? column + 1;
        if (column >= maxColumns) throw unreadable('The sheet has more columns than a workbook can have. Save it as CSV and choose that file.');
        type = attributes['t'] ?? 'n';
        style = Number(attributes['s'] ?? 0);
        text = '';
      } else if (name === 'rPh') aside += 1;
      else if (name === 'v' || name === 't') inValue = aside === 0;
    },
    close(name) {
      if (name === 'v' || name === 't') inValue = false;
      else if (name === 'rPh') aside -= 1;
      else if (name === 'c') {
        const found = value();
        if (found === '') return;
        while (row.cells.length < column) row.cells.push('');
        row.cells[column] = found;
      } else if (name === 'row' && row.cells.length > 0) {
        cells += row.cells.length;
        if (cells > maxCells) throw unreadable('The sheet has more than 50 million cells. Split it, or save it as CSV.');
        onRow(row);
      }
    },
    text(more) {
      if (inValue) text += more;
    },
    piece,
  });
}

function toRecord({ line, cells }: RawRow, strings: ReadonlyMap<number, string> | readonly string[]): CsvRecord {
  const shared = (index: number): string => (strings instanceof Map ? (strings as ReadonlyMap<number, string>).get(index) : (strings as readonly string[])[index]) ?? '';
  return { line, cells: cells.map((cell) => (typeof cell === 'number' ? shared(cell) : cell)) };
}

function hasText({ cells }: CsvRecord): boolean {
  return cells.some((cell) => cell.trim() !== '');
}

/** 0-based column of a reference such as `AB12`. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (letters === undefined) return null;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

// Characters that XML cannot hold stand as _xHHHH_ (ST_Xstring).
function unescaped(text: string): string {
  return text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))) : text;
}
