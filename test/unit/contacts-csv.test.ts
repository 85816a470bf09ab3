import { describe, expect, it } from 'vitest';
import { createDecoder, type EncodingFound } from '../../electron/engine/contacts/csv/encoding.ts';
import { createTokenizer } from '../../electron/engine/contacts/csv/tokenizer.ts';
import { csvCell, csvLine, writeCsv } from '../../electron/engine/lib/csv.ts';
import { readBytes } from '../support/csv.ts';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const table = 'Email;Name\r\nanna@example.com;Änne Größe\r\n';

describe('encoding', () => {
  it.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from(table), 'utf-8'],
    ['UTF-8 with mark', Buffer.from(`\ufeff${table}`), 'utf-8'],
    ['UTF-16 LE with mark', Buffer.from(`\ufeff${table}`, 'utf16le'), 'utf-16le'],
    ['UTF-16 LE', Buffer.from(table, 'utf16le'), 'utf-16le'],
    ['UTF-16 BE with mark', utf16be(`\ufeff${table}`), 'utf-16be'],
    ['UTF-16 BE', utf16be(table), 'utf-16be'],
    ['Latin-1', Buffer.from(table, 'latin1'), 'windows-1252'],
    ['Mac Roman', Buffer.from('Email;Name\r\nanna@example.com;M\x9fller Gr\x9a\xa7e\r\n', 'latin1'), 'macintosh'],
  ])('reads %s', async (_name, bytes, encoding) => {
    const read = await readBytes(bytes);
    expect(read.encoding.encoding).toBe(encoding);
    expect(read.header).toEqual(['Email', 'Name']);
    expect(read.rows[0]?.[1]).toMatch(encoding === 'macintosh' ? /^Müller Größe$/ : /^Änne Größe$/);
  });

  it('reads the euro sign of Windows-1252', async () => {
    expect((await readBytes(Buffer.from('Email,Preis\na@example.com,5 \x80 \x96 gut\n', 'latin1'))).rows).toEqual([['a@example.com', '5 € – gut']]);
  });

  it('reads a file in which one line is Latin-1 and the next UTF-8', async () => {
    const read = await readBytes(Buffer.concat([Buffer.from('Email,Name\na@example.com,M\xfcller\n', 'latin1'), Buffer.from('b@example.com,Über\n')]));
    expect(read.encoding.encoding).toBe('mixed');
    expect(read.rows).toEqual([
      ['a@example.com', 'Müller'],
      ['b@example.com', 'Über'],
    ]);
  });

  it('never tears a character, however the bytes are cut', () => {
    const bytes = Buffer.from('ä€😀\nzweite Zeile ü');
    const found: EncodingFound = { encoding: 'utf-8', bomBytes: 0 };
    for (let size = 1; size <= bytes.length; size += 1) {
      const decoder = createDecoder(found);
      const buffer = Buffer.alloc(size);
      let text = '';
      for (let at = 0; at < bytes.length; at += size) {
        // One buffer, filled again and again, as the reader does.
        const length = bytes.copy(buffer, 0, at, at + size);
        text += decoder.write(buffer.subarray(0, length));
      }
      expect(text + decoder.end()).toBe('ä€😀\nzweite Zeile ü');
    }
  });

  it.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /empty/],
    ['only blanks', Buffer.from('\n \n\n'), /empty/],
    ['a web page', Buffer.from('<!DOCTYPE html><html><table><tr><td>a@example.com'), /web page/],
    ['random bytes', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 32)), /not a text file/],
  ])('refuses %s with a sentence', async (_name, bytes, sentence) => {
    await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'csv_unreadable', message: expect.stringMatching(sentence) as unknown });
  });
});

describe('dialect', () => {
  it.each([',', ';', '\t', '|'])('finds the delimiter %j', async (delimiter) => {
    const text = [
      ['Email', 'Name', 'Note'],
      ['a@example.com', 'Ann', 'x'],
      ['b@example.com', 'Bob', 'y'],
    ]
      .map((row) => row.join(delimiter))
      .join('\n');
    const read = await readBytes(text);
    expect(read.delimiter).toBe(delimiter);
    expect(read.rows).toEqual([
      ['a@example.com', 'Ann', 'x'],
      ['b@example.com', 'Bob', 'y'],
    ]);
  });

  it('is not misled by decimal commas and names', async () => {
    const read = await readBytes('Email;Umsatz;Name\na@example.com;1.234,50;Müller, Anna\nb@example.com;99,9;Ray, Bob\n');
    expect(read.delimiter).toBe(';');
  });

  it('obeys a sep= line', async () => {
    const read = await readBytes('sep=|\r\nEmail|Name\r\na@example.com|Ann\r\n');
    expect({ delimiter: read.delimiter, headerLine: read.headerLine, rows: read.rows }).toEqual({ delimiter: '|', headerLine: 2, rows: [['a@example.com', 'Ann']] });
  });

  it('finds the header below a title, notes and blank lines', async () => {
    const read = await readBytes(
      'Notes:\n"Some addresses, as you may notice, are missing."\n\nFirst Name,Last Name,URL,Email Address,Company\nAnna,Lee,https://x.example.com,a@example.com,Acme\nTom,Ray,,,Acme\n',
    );
    expect(read.headerLine).toBe(4);
    expect(read.header[3]).toBe('Email Address');
    expect(read.rows).toHaveLength(2);
  });

  it('finds the header below a line with an address in it', async () => {
    const read = await readBytes('Exported by,admin@example.com,\nEmail,First name,Last name\na@example.com,Ann,Lee\n');
    expect({ headerLine: read.headerLine, rows: read.rows }).toEqual({ headerLine: 2, rows: [['a@example.com', 'Ann', 'Lee']] });
  });

  it('finds no header where the first line is a person', async () => {
    const read = await readBytes('a@example.com,Ann\nb@example.com,Bob\n');
    expect({ header: read.header, headerLine: read.headerLine, rows: read.rows.length }).toEqual({ header: [], headerLine: 0, rows: 2 });
  });

  it('reads a file with one column', async () => {
    expect((await readBytes('Email\na@example.com\nb@example.com')).rows).toEqual([['a@example.com'], ['b@example.com']]);
    expect((await readBytes('a@example.com\nb@example.com')).rows).toHaveLength(2);
  });

  it('reads a header without rows', async () => {
    const read = await readBytes('Email,Name\n');
    expect({ header: read.header, rows: read.rows }).toEqual({ header: ['Email', 'Name'], rows: [] });
  });
});

function tokenize(text: string, pieces = text.length): { cells: string[]; line: number }[] {
  const records: { cells: string[]; line: number }[] = [];
  const tokenizer = createTokenizer(',', (record) => records.push(record));
  for (let at = 0; at < text.length; at += Math.max(1, pieces)) tokenizer.write(text.slice(at, at + Math.max(1, pieces)));
  tokenizer.end();
  return records;
}

describe('tokenizer', () => {
  it.each<[string, string, string[][]]>([
    [
      'line ends of all kinds',
      'a,b\r\nc,d\ne,f\rg,h',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
        ['g', 'h'],
      ],
    ],
    [
      'quotes, doubled quotes and line ends inside',
      '"a ""x""","1\r\n2"\nb,',
      [
        ['a "x"', '1\r\n2'],
        ['b', ''],
      ],
    ],
    ['exact blanks outside quotes', ' a , b\n', [[' a ', ' b']]],
    ['blanks before and after quotes', '"a", "b, c" ,d\n', [['a', 'b, c', 'd']]],
    ['quotes inside a bare cell', '6" pipe,5\' 4"\n', [['6" pipe', '5\' 4"']]],
    [
      'text after a closing quote',
      '"Ann" Lee,x\ny,z\n',
      [
        ['Ann Lee', 'x'],
        ['y', 'z'],
      ],
    ],
    ['bare quotes inside a quoted cell', '"say "hi" there",x\n', [['say "hi" there', 'x']]],
    [
      'a quote that is never closed',
      'a,"Ann\nb,Bob\nc,Cid\n',
      [
        ['a', '"Ann'],
        ['b', 'Bob'],
        ['c', 'Cid'],
      ],
    ],
    [
      'a stray quote before quoted cells',
      'a,"Ann\nb,"Bob"\nc,"Cid"\n',
      [
        ['a', '"Ann'],
        ['b', 'Bob'],
        ['c', 'Cid'],
      ],
    ],
    [
      'blank lines and lone quotes',
      '\n\na,b\n\n""\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['ragged rows', 'a\nb,c,d\n', [['a'], ['b', 'c', 'd']]],
  ])('reads %s, however the text is cut', (_name, text, expected) => {
    for (const pieces of [1, 2, 3, 5, text.length]) expect(tokenize(text, pieces).map(({ cells }) => cells)).toEqual(expected);
  });

  it('numbers the lines on which records start', () => {
    expect(tokenize('a,b\r\n"1\r\n2\r\n3",c\n\nd,e\rf,g').map(({ line }) => line)).toEqual([1, 2, 6, 7]);
  });

  it('refuses a line longer than any table line', () => {
    expect(() => tokenize('x'.repeat(9_000_000), 1 << 20)).toThrow(/longer/);
  });
});

describe('CSV writer', () => {
  it('quotes after RFC 4180 and neutralises formulas', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\ng', 1, -2.5, null, true])).toBe('a,"b,c","d""e","f\ng",1,-2.5,,true\r\n');
    expect(['=1+1', '+49 30', '-x', '@x', '\tx', '\rx'].map(csvCell)).toEqual(["'=1+1", "'+49 30", "'-x", "'@x", "'\tx", '"\'\rx"']);
    expect(writeCsv(['a'], [['1']], { bom: true })).toBe('\ufeffa\r\n1\r\n');
  });
});
