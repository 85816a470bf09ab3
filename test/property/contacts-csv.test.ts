import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeen } from '../../electron/engine/contacts/seen.ts';
import { createTokenizer } from '../../electron/engine/contacts/csv/tokenizer.ts';
import { parseAddress } from '../../electron/engine/lib/address.ts';
import { csvLine, writeCsv } from '../../electron/engine/lib/csv.ts';
import { isAppError } from '../../shared/errors.ts';
import { readBytes } from '../support/csv.ts';

function tokenize(text: string, delimiter: string, cuts: readonly number[]): string[][] {
  const rows: string[][] = [];
  const tokenizer = createTokenizer(delimiter, ({ cells }) => rows.push(cells));
  let from = 0;
  for (const cut of [...cuts].map((at) => at % (text.length + 1)).sort((a, b) => a - b)) {
    tokenizer.write(text.slice(from, cut));
    from = cut;
  }
  tokenizer.write(text.slice(from));
  tokenizer.end();
  return rows;
}

const nasty = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r', ' ', '\t', '@', '.', '=', '😀'), maxLength: 12 });
const cuts = fc.array(fc.nat(), { maxLength: 5 });

describe('CSV reader', () => {
  it('never throws anything but a sentence, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.string({ unit: 'binary', maxLength: 200 }), nasty), async (bytes) => {
        try {
          const read = await readBytes(bytes);
          expect(read.rows.every((cells) => cells.length > 0)).toBe(true);
        } catch (error) {
          expect(isAppError(error) && error.code === 'csv_unreadable').toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('reads text the same however it is cut', () => {
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 20 }), cuts, (parts, at) => void expect(tokenize(parts.join(''), ',', at)).toEqual(tokenize(parts.join(''), ',', []))),
      { numRuns: 500 },
    );
  });

  it('agrees with csv-parse on well-formed files', () => {
    const quoted = nasty.map((cell) => `"${cell.replaceAll('"', '""')}"`);
    const bare = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '@', '.', '😀'), maxLength: 8 }).map((cell) => cell.trim());
    const record = fc.array(fc.oneof(quoted, bare), { minLength: 2, maxLength: 5 }).map((cells) => cells.join(','));
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), fc.constantFrom('\n', '\r\n'), cuts, (records, lineEnd, at) => {
        const text = records.join(lineEnd);
        const expected = parse(text, { relax_column_count: true, record_delimiter: lineEnd }) as string[][];
        expect(tokenize(text, ',', at)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('reads back what the writer wrote', async () => {
    const cell = nasty.map((text) => text.replace(/^[=+\-@\t\r\n]+/, ''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 6 }), fc.boolean(), async (rows, bom) => {
        const filled = rows.filter((cells) => cells.some((text) => text.trim() !== ''));
        const read = await readBytes(writeCsv(['Email', 'Name', 'Note'], [['first@example.com', 'x', 'y'], ...filled], { bom }));
        expect(read.rows).toEqual([['first@example.com', 'x', 'y'], ...filled]);
      }),
      { numRuns: 200 },
    );
  });

  it('never lets a written cell start a formula', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void expect(tokenize(csvLine(['x', text]), ',', [])[0]?.[1] ?? '').not.toMatch(/^[=+\-@\t\r]/)));
  });
});

describe('address', () => {
  it('never throws, and its key form is its own key form', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'B', '1', '.', '-', '+', 'ü', 'ß', 'İ', '\u0301', '名', '\u200d', ' ', '"', '<', '>', '@', '(', '\n'), maxLength: 10 });
    fc.assert(
      fc.property(part, part, (local, domain) => {
        const parsed = parseAddress(`${local}@${domain}.com`);
        if (!parsed.ok) return;
        expect(parseAddress(parsed.value.email)).toMatchObject({ ok: true, value: { email: parsed.value.email } });
        expect(parsed.value.email).not.toMatch(/[\s<>"(),;]/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('seen addresses', () => {
  it('knows exactly the ones it was told', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 300 }), (keys) => {
        const seen = createSeen();
        const known = new Set<string>();
        for (const key of keys) {
          expect(seen.add(key)).toBe(!known.has(key));
          known.add(key);
        }
      }),
    );
    const seen = createSeen();
    const isNew = Array.from({ length: 50_000 }, (_, i) => seen.add(`person.${i}@example.com`));
    expect([isNew.every(Boolean), seen.size]).toEqual([true, 50_000]);
  });
});
