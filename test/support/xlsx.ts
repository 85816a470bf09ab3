import { crc32, deflateRawSync } from 'node:zlib';

/** A ZIP archive (APPNOTE 6.3) of deflated parts. */
export function zip(parts: Readonly<Record<string, string | Uint8Array>>, flags = 0x0800): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content as string);
    const packed = deflateRawSync(bytes);
    const head = Buffer.alloc(30);
    head.write('PK\u0003\u0004', 'latin1');
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(flags, 6);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(crc32(bytes), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(bytes.length, 22);
    head.writeUInt16LE(Buffer.byteLength(name), 26);
    files.push(head, Buffer.from(name), packed);
    const entry = Buffer.alloc(46);
    entry.write('PK\u0001\u0002', 'latin1');
    entry.writeUInt16LE(20, 4);
    head.copy(entry, 6, 4, 28);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    offset += head.length + Buffer.byteLength(name) + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(Object.keys(parts).length, 8);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, list, end]);
}

export interface WorkbookParts {
  /** Rows of each sheet as the XML between `<sheetData>` and its end. */
  readonly sheets: Readonly<Record<string, string>>;
  readonly hidden?: readonly string[];
  readonly strings?: readonly string[];
  /** Format code of each cell style; a number = a built-in one. */
  readonly styles?: readonly (string | number)[];
  readonly from1904?: boolean;
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const doc = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = (items: readonly [string, string][]): string =>
  `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items.map(([type, target], at) => `<Relationship Id="rId${at + 1}" Type="${doc}/${type}" Target="${target}"/>`).join('')}</Relationships>`;

export function xml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x')
    .replace(/\r/g, '_x000D_');
}

/** A workbook of the given parts. */
export function workbook({ sheets, hidden = [], strings = [], styles = [], from1904 = false }: WorkbookParts): Buffer {
  const names = Object.keys(sheets);
  const customs = styles.flatMap((style, at) => (typeof style === 'string' ? [`<numFmt numFmtId="${200 + at}" formatCode="${xml(style)}"/>`] : []));
  return zip({
    '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${doc}"><workbookPr${from1904 ? ' date1904="1"' : ''}/><sheets>${names.map((name, at) => `<sheet name="${xml(name)}" sheetId="${at + 1}"${hidden.includes(name) ? ' state="hidden"' : ''} r:id="rId${at + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...names.map((_, at): [string, string] => ['worksheet', `worksheets/sheet${at + 1}.xml`]),
      ['styles', 'styles.xml'],
      ['sharedStrings', '/xl/sharedStrings.xml'],
    ]),
    'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><numFmts>${customs.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${styles.map((style, at) => `<xf numFmtId="${typeof style === 'string' ? 200 + at : style}"/>`).join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${head}<sst xmlns="${main}">${strings.map((text) => `<si>${text.startsWith('<') ? text : `<t xml:space="preserve">${xml(text)}</t>`}</si>`).join('')}</sst>`,
    ...Object.fromEntries(
      names.map((name, at) => [`xl/worksheets/sheet${at + 1}.xml`, `${head}<worksheet xmlns="${main}"><sheetData>${sheets[name] ?? ''}</sheetData></worksheet>`]),
    ),
  });
}

/** A workbook of plain texts, every other one inline. */
export function workbookOf(rows: readonly (readonly string[])[], name = 'People'): Buffer {
  const strings: string[] = [];
  const cell = (text: string, at: number): string => {
    if (text === '') return '<c/>';
    if (at % 2 === 1) return `<c t="inlineStr"><is><t xml:space="preserve">${xml(text)}</t></is></c>`;
    strings.push(text);
    return `<c t="s"><v>${strings.length - 1}</v></c>`;
  };
  const sheet = rows.map((row, at) => `<row r="${at + 1}">${row.map(cell).join('')}</row>`).join('');
  return workbook({ sheets: { [name]: sheet }, strings: strings.map((text) => (text.startsWith('<') ? `<t xml:space="preserve">${xml(text)}</t>` : text)) });
}
