import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectTable, readTable, type FileLayout } from '../../electron/engine/contacts/table.ts';
import { numberKind, numberText } from '../../electron/engine/contacts/xlsx/number-format.ts';
import { temporaryDir } from '../support/store.ts';
import { workbook, workbookOf, zip } from '../support/xlsx.ts';

async function read(bytes: Uint8Array, sheet?: string): Promise<{ layout: FileLayout; rows: string[][]; lines: number[]; reports: number[] }> {
  const path = join(temporaryDir(), 'people');
  writeFileSync(path, bytes);
  const layout = await inspectTable(path, sheet);
  const rows: string[][] = [];
  const lines: number[] = [];
  const reports: number[] = [];
  await readTable(path, layout, (records, bytesRead) => {
    reports.push(bytesRead);
    for (const { cells, line } of records) {
      rows.push(cells);
      lines.push(line);
    }
  });
  return { layout, rows, lines, reports };
}

describe('a workbook', () => {
  it('is read by its content, with shared, rich and inline texts in any script', async () => {
    const { layout, rows } = await read(
      workbook({
        sheets: {
          People:
            '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="inlineStr"><is><r><t>Zoë </t></r><r><t>Łęcka 名前 😀</t></r><rPh sb="0" eb="1"><t>nope</t></rPh></is></c></row>',
        },
        strings: ['Email', 'Name', '<r><t>zoe@</t></r><r><t>example.com</t></r><rPh sb="0" eb="1"><t>nope</t></rPh>'],
      }),
    );
    expect(layout).toMatchObject({ format: 'xlsx', sheet: 'People', header: ['Email', 'Name'], headerLine: 1, width: 2 });
    expect(rows).toEqual([['zoe@example.com', 'Zoë Łęcka 名前 😀']]);
  });

  it('keeps cells in their columns and rows at their numbers where some are missing', async () => {
    const { rows, lines } = await read(
      workbook({
        sheets: {
          S: '<row r="3"><c r="A3" t="str"><v>Email</v></c><c r="D3" t="str"><v>City</v></c></row><row r="7"><c r="D7" t="str"><v>Bonn</v></c><c r="AB7" s="0"/></row><row><c t="str"><v>a@example.com</v></c></row>',
        },
      }),
    );
    expect(rows).toEqual([['', '', '', 'Bonn'], ['a@example.com']]);
    expect(lines).toEqual([7, 8]);
  });

  it('takes the stored value of a formula, a truth value as its word and an error as nothing', async () => {
    const { rows } = await read(
      workbook({
        sheets: {
          S: '<row><c t="str"><v>Email</v></c></row><row><c t="str"><f>"a@"&amp;B1</f><v>a@example.com</v></c><c><f>1+1</f><v>2</v></c><c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#N/A</v></c><c><v>0.30000000000000004</v></c><c><v>4.930123456E9</v></c><c t="d"><v>2024-02-29T00:00:00</v></c></row>',
        },
      }),
    );
    expect(rows).toEqual([['a@example.com', '2', 'TRUE', 'FALSE', '', '0.3', '4930123456', '2024-02-29']]);
  });

  it('reads dates as ISO dates in both date systems', async () => {
    const sheets = {
      S: '<row><c t="str"><v>Email</v></c></row><row><c t="str"><v>a@example.com</v></c><c s="1"><v>45351</v></c><c s="2"><v>45351.75</v></c><c s="3"><v>45351</v></c><c s="4"><v>1071</v></c></row>',
    };
    const styles = [14, 'dd/mm/yyyy\\ hh:mm', '[Red]#,##0.00" d"', '00000'];
    expect((await read(workbook({ sheets, styles }))).rows).toEqual([['a@example.com', '2024-02-29', '2024-02-29T18:00:00', '45351', '01071']]);
    expect((await read(workbook({ sheets, styles, from1904: true }))).rows[0]?.[1]).toBe('2028-03-01');
  });

  it('reads the first visible sheet, or the one that is named', async () => {
    const sheet = (email: string) => `<row><c t="str"><v>Email</v></c></row><row><c t="str"><v>${email}</v></c></row>`;
    const bytes = workbook({ sheets: { Old: sheet('old@example.com'), 'A & B': sheet('a@example.com'), Rest: sheet('rest@example.com') }, hidden: ['Old'] });
    expect(await read(bytes)).toMatchObject({ layout: { sheets: ['A & B', 'Rest'], sheet: 'A & B' }, rows: [['a@example.com']] });
    expect((await read(bytes, 'Rest')).rows).toEqual([['rest@example.com']]);
    await expect(read(bytes, 'Gone')).rejects.toMatchObject({ code: 'csv_unreadable', message: 'The workbook has no sheet “Gone”.' });
  });

  it('is read piece by piece, and tells how far it is', async () => {
    const { layout, rows, reports } = await read(workbookOf([['Email', 'Name'], ...Array.from({ length: 20_000 }, (_, at) => [`p${at}@example.com`, `Name ${at}`])]));
    expect([rows.length, rows.at(-1)]).toEqual([20_000, ['p19999@example.com', 'Name 19999']]);
    expect(reports.length).toBeGreaterThan(10);
    expect(reports).toEqual([...reports].sort((a, b) => a - b));
    expect(reports.at(-1)).toBeLessThanOrEqual(layout.bytes);
  });

  it.each<[string, Buffer, RegExp]>([
    ['a damaged one', workbookOf([['Email']]).subarray(0, 300), /damaged/],
    ['one that unpacks to very much', zip({ '_rels/.rels': ' '.repeat(20 << 20) }), /unpacks to far more/],
    ['one with a password on its parts', zip({ '_rels/.rels': '<x/>' }, 1), /password/],
    ['another archive', zip({ 'word/document.xml': '<x/>' }), /not an Excel workbook/],
    ['a binary workbook', zip({ 'xl/workbook.bin': 'x' }), /\.xlsb/],
    ['an OpenDocument file', zip({ 'content.xml': '<x/>' }), /OpenDocument/],
    ['an empty sheet', workbook({ sheets: { S: '<row r="1"><c s="0"/></row>' } }), /“S” is empty/],
    ['broken XML', workbook({ sheets: { S: '<row><c></row>' } }), /damaged/],
    ['an entity of its own', workbook({ sheets: { S: '<row><c t="str"><v>&boom;</v></c></row>' } }), /damaged/],
    ['a column that cannot be', workbook({ sheets: { S: '<row><c r="ZZZ1" t="str"><v>x</v></c></row>' } }), /more columns/],
    [
      'a text without end',
      workbook({ sheets: { S: `<row><c t="str"><v>${Array.from({ length: 6 << 20 }, (_, at) => String.fromCharCode(97 + (((at * 7919) % 1009) % 26))).join('')}</v></c></row>` } }),
      /longer than a spreadsheet allows/,
    ],
  ])('refuses %s with a reason', async (_name, bytes, reason) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'csv_unreadable', message: expect.stringMatching(reason) as string });
  });

  it('tells an old workbook from one with a password', async () => {
    const compound = (entry: string): Buffer => {
      const bytes = Buffer.alloc(4096);
      bytes.write('\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1', 'latin1');
      bytes.writeUInt16LE(9, 30);
      bytes.writeUInt32LE(1, 48);
      bytes.write(entry, 1024 + 128, 'utf16le');
      return bytes;
    };
    await expect(read(compound('Workbook'))).rejects.toThrow(/old Excel workbook/);
    await expect(read(compound('EncryptedPackage'))).rejects.toThrow(/password/);
  });
});

describe('numbers', () => {
  it.each<[string | number, string, string, boolean?]>([
    ['General', '12', '12'],
    ['0.00E+00', '1234.5', '1234.5'],
    ['"days" 0', '3', '3'],
    ['yyyy-mm-dd;@', '1', '1900-01-01'],
    ['yyyy-mm-dd', '59', '1900-02-28'],
    ['yyyy-mm-dd', '61', '1900-03-01'],
    ['yyyy-mm-dd', '0', '1904-01-01', true],
    ['[$-407]d. mmmm yyyy', '45351', '2024-02-29'],
    ['mmm', '45351', '2024-02-29'],
    ['h:mm AM/PM', '0.75', '18:00:00'],
    ['[h]:mm', '1.5', '36:00:00'],
    ['d.m.yy h:mm', '45351.9999999', '2024-03-01'],
    ['yyyy-mm-dd', '-3', '-3'],
    ['yyyy-mm-dd', '99999999', '99999999'],
    ['0000', '7', '0007'],
    [14, '45351', '2024-02-29'],
    [22, '45351.5', '2024-02-29T12:00:00'],
    [21, '0.5', '12:00:00'],
    [46, '2', '48:00:00'],
    [10, '0.25', '0.25'],
  ])('in the format %s %s is %s', (format, raw, text, from1904 = false) => {
    expect(numberText(raw, typeof format === 'number' ? numberKind(format, undefined) : numberKind(164, format), from1904)).toBe(text);
  });
});
