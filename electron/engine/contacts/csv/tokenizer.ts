import { unreadable } from './encoding.ts';

/** One record: its cells, and the 1-based line on which it starts. */
export interface CsvRecord {
  readonly cells: string[];
  readonly line: number;
}

export interface Tokenizer {
  write(text: string): void;
  end(): void;
}

// A quoted cell that grows beyond this was opened by a stray quote, not by a writer of CSV.
const maxQuotedChars = 1 << 20;
const maxCellChars = 1 << 23;

/**
 * Splits text into records after RFC 4180, piece by piece, forgiving what real exports do: CRLF, LF and CR mixed in one
 * file, blanks between delimiter and quote, text after a closing quote, quotes inside unquoted cells, a quote that is
 * never closed (it is then taken as a plain character, so that one typo does not swallow the rest of the file).
 * Cells are otherwise exact. Blank lines are not records. Why not csv-parse: at 29,000 rows/s as a stream it cannot
 * hold the bar for an import, it stops at an unclosed quote, and it trims either all cells or none.
 */
export function createTokenizer(delimiter: string, onRecord: (record: CsvRecord) => void): Tokenizer {
  const separator = delimiter.charCodeAt(0);
  let text = '';
  let line = 1;
  let recordLine = 1;
  let cells: string[] = [];
  // Where a quote was opened that is taken as a plain character.
  let literalQuoteAt = -1;

  function finishRecord(): void {
    if (cells.length > 1 || (cells[0] ?? '').trim() !== '') onRecord({ cells, line: recordLine });
    cells = [];
  }

  /** Position of the closing quote of a cell whose text starts at `from`; -1 = not yet in the text, -2 = it will not come. */
  function closingQuote(from: number, last: boolean): number {
    let bare = -1;
    let at = from;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote === -1 || quote - from > maxQuotedChars) {
        if (bare !== -1 && (last || lineBreak(bare) !== -1)) return bare;
        return last || quote !== -1 || text.length - from > maxQuotedChars ? -2 : -1;
      }
      if (text.charCodeAt(quote + 1) === 34) {
        at = quote + 2;
        continue;
      }
      // A quote that ended the text of the first line ended the cell: decided here, so that later text cannot change it.
      const broken = bare === -1 ? -1 : lineBreak(bare);
      if (broken !== -1 && broken < quote) return bare;
      let next = quote + 1;
      while (next < text.length && isBlank(text.charCodeAt(next))) next += 1;
      if (next >= text.length) return last ? quote : -1;
      const after = text.charCodeAt(next);
      if (after === separator || after === 10 || after === 13) return quote;
      // A quote inside the cell. On a later line, where a cell begins, it shows that ours was opened by mistake.
      const end = lineBreak(from);
      const crossed = end !== -1 && end < quote;
      const before = text.charCodeAt(quote - 1);
      if (crossed && (before === separator || before === 10 || before === 13)) return -2;
      if (!crossed && bare === -1) bare = quote;
      at = quote + 1;
    }
  }

  function isBlank(code: number): boolean {
    return code === 32 || (code === 9 && separator !== 9);
  }

  function lineBreak(from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 10 || code === 13) return at;
    }
    return -1;
  }

  function countLines(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) count += 1;
    }
    return count;
  }

  function lineBreakOrDelimiter(from: number): number {
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === separator || code === 10 || code === 13) return at;
    }
    return -1;
  }

  function consume(last: boolean): void {
    let at = 0;
    let cellStart = 0;
    for (;;) {
      cellStart = at;
      if (at >= text.length) {
        // The text ended behind a delimiter: one more, empty cell.
        if (last && cells.length > 0) {
          cells.push('');
          finishRecord();
        }
        break;
      }
      let first = text.charCodeAt(at);
      let quoteAt = at;
      // Blanks between delimiter and quote are not RFC 4180, yet many exporters write them.
      while (isBlank(first) && quoteAt + 1 < text.length) first = text.charCodeAt(++quoteAt);
      let value: string;
      let end: number;
      let inside = 0;
      if (first === 34 && quoteAt !== literalQuoteAt) {
        const close = closingQuote(quoteAt + 1, last);
        if (close === -1) break;
        if (close === -2) {
          literalQuoteAt = quoteAt;
          continue;
        }
        end = lineBreakOrDelimiter(close + 1);
        if (end === -1) {
          if (!last) break;
          end = text.length;
        }
        const inner = text.slice(quoteAt + 1, close);
        inside = inner.includes('\n') || inner.includes('\r') ? countLines(quoteAt + 1, close) : 0;
        const after = text.slice(close + 1, end);
        value = (inner.includes('"') ? inner.replaceAll('""', '"') : inner) + (after.trim() === '' ? '' : after);
      } else {
        end = lineBreakOrDelimiter(at);
        if (end === -1) {
          if (!last) break;
          end = text.length;
        }
        value = text.slice(at, end);
      }
      const code = text.charCodeAt(end);
      // CR at the end of a piece: whether LF follows is not known yet.
      if (code === 13 && end + 1 >= text.length && !last) break;
      cells.push(value);
      line += inside;
      literalQuoteAt = -1;
      at = end + 1;
      if (code === separator) continue;
      if (code === 13 && text.charCodeAt(at) === 10) at += 1;
      finishRecord();
      line += 1;
      recordLine = line;
    }
    literalQuoteAt = literalQuoteAt === -1 ? -1 : literalQuoteAt - cellStart;
    text = text.slice(cellStart);
    if (text.length > maxCellChars) throw unreadable(`Line ${recordLine} is longer than any table line can be. Is this a CSV file?`);
  }

  return {
    write(piece) {
      text = text === '' ? piece : text + piece;
      consume(false);
    },
    end() {
      consume(true);
      text = '';
    },
  };
}
