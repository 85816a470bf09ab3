import { AppError } from '../../../shared/errors.ts';

/** Turns an SQLite failure into an error that a user can act on; anything else passes through. */
export function storeError(error: unknown, file: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return error;
  if (code === 'SQLITE_FULL') return new AppError('disk_full', 'The disk is full. Nothing was lost: free some space and try again.', {}, { cause: error });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new AppError('store_corrupt', `The database ${file} is damaged. Put back a copy from the backups folder beside it, then start Homing again.`, {}, { cause: error });
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_PERM')) {
    return new AppError('internal', `The database ${file} cannot be written. Check the rights of the folder.`, {}, { cause: error });
  }
  return error;
}
