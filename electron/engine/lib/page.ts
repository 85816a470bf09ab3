import { AppError } from '../../../shared/errors.ts';

/** An opaque cursor that holds the sort value and id of the last row of a page. */
export function encodeCursor(parts: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts of a cursor. Throws AppError bad_request when it is not one of ours. */
export function decodeCursor(cursor: string, length: number): (string | number | null)[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === length) return parts as (string | number | null)[];
  } catch {
    // Falls through to the one answer for every broken cursor.
  }
  throw new AppError('bad_request', 'This cursor is not valid. Start again from the first page.', { fields: { cursor: 'Not a cursor of this list' } });
}

/** A `like … escape '\\'` pattern for text that contains `words` as they stand: % and _ are letters, not wildcards. */
export function containing(words: string): string {
  return `%${words.trim().replace(/[\\%_]/g, '\\$&')}%`;
}
