import { SaxesParser } from 'saxes';
import { openPromise, type Entry } from 'yauzl';
import { isAppError } from '../../../../shared/errors.ts';
import { unreadable } from '../csv/encoding.ts';

// A spreadsheet's XML shrinks to a tenth or a thirtieth; an archive made to flood a reader shrinks to a thousandth.
const maxRatio = 300;
const ratioCountsFrom = 8 << 20;
const maxPartBytes = 1 << 30;
const maxParts = 5000;
/** Longest stretch without a tag: a cell holds at most 32,767 characters. */
const maxTextBytes = 4 << 20;

/** What is heard while a part is read. Names come without their namespace prefix. */
export interface XmlHandlers {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  text?(text: string): void;
  /** After each piece, with the bytes of XML so far; the next piece is read when it has resolved. False ends the reading. */
  piece?(bytesRead: number): Promise<boolean> | boolean;
}

/** An open workbook file: XML parts in a ZIP archive (ECMA-376 part 2). */
export interface XmlPackage {
  has(part: string): boolean;
  /** Bytes of a part's XML. */
  size(part: string): number;
  read(part: string, handlers: XmlHandlers): Promise<void>;
  close(): void;
}

/** Opens the archive and reads its table of contents. Throws AppError csv_unreadable. */
export async function openPackage(path: string): Promise<XmlPackage> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
    throw broken(error);
  });
  const parts = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (parts.size >= maxParts) throw unreadable('This archive has too many parts to be a workbook. Save the sheet as CSV and choose that file.');
      parts.set(entry.fileName.toLowerCase(), entry);
    }
  } catch (error) {
    zip.close();
    throw broken(error);
  }

  function entryOf(part: string): Entry {
    const entry = parts.get(part.toLowerCase());
    if (entry === undefined) throw unreadable(`The workbook is damaged: its part ${part} is missing. Save it again in your spreadsheet program, or as CSV.`);
    if (entry.isEncrypted()) throw unreadable('The workbook is protected by a password. Save a copy without one and choose that file.');
    const { uncompressedSize, compressedSize } = entry;
    if (uncompressedSize > maxPartBytes) throw unreadable('The sheet is larger than 1 GB when unpacked. Split it, or save it as CSV.');
    if (uncompressedSize > ratioCountsFrom && uncompressedSize > compressedSize * maxRatio)
      throw unreadable('The file unpacks to far more than a workbook would, and was not opened. Save the sheet as CSV and choose that file.');
    return entry;
  }

  return {
    has: (part) => parts.has(part.toLowerCase()),
    size: (part) => entryOf(part).uncompressedSize,
    async read(part, handlers) {
      const entry = entryOf(part);
      try {
        const stream = await zip.openReadStreamPromise(entry);
        const parser = new SaxesParser({ position: false, xmlns: false });
        const decoder = new TextDecoder();
        parser.on('error', (error) => {
          throw error;
        });
        parser.on('opentag', (tag) => handlers.open?.(local(tag.name), tag.attributes));
        parser.on('closetag', (tag) => handlers.close?.(local(tag.name)));
        if (handlers.text !== undefined) {
          parser.on('text', handlers.text);
          parser.on('cdata', handlers.text);
        }
        let bytesRead = 0;
        let untagged = 0;
        // Leaving the loop ends the stream.
        for await (const piece of stream as AsyncIterable<Buffer>) {
          bytesRead += piece.length;
          untagged = piece.includes(60) ? 0 : untagged + piece.length;
          if (untagged > maxTextBytes) throw unreadable('A cell of the sheet is longer than a spreadsheet allows. Save the sheet as CSV and choose that file.');
          parser.write(decoder.decode(piece, { stream: true }));
          if ((await handlers.piece?.(bytesRead)) === false) return;
        }
        parser.close();
      } catch (error) {
        throw broken(error);
      }
    },
    close: () => zip.close(),
  };
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function broken(error: unknown): unknown {
  if (isAppError(error)) return error;
  return unreadable('The workbook is damaged and cannot be read. Save it again in your spreadsheet program, or as CSV, and choose that file.', error);
}
