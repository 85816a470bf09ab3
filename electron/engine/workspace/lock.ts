import Database from 'better-sqlite3';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';

/** Who holds a data directory. For the message only: in containers every pid is 1. */
export interface LockHolder {
  readonly pid: number;
  readonly url: string | null;
  readonly kind: string;
}

export interface DataDirLock {
  /** Says where this instance can be reached; told to whoever comes second. */
  announce(holder: LockHolder): void;
  release(): void;
}

const holderFile = 'homing.lock.json';

/**
 * Takes the data directory for this process, making it when it is missing. The lock is an exclusive transaction on a
 * sidecar SQLite file: the operating system drops it when the process ends, however that happens.
 * Throws AppError `conflict` with `data.holder` when another process has it, `internal` when the folder cannot be used.
 */
export function lockDataDir(dataDir: string): DataDirLock {
  const held = take(dataDir);
  return {
    announce(holder) {
      writeFileSync(join(dataDir, holderFile), `${JSON.stringify(holder)}\n`, { mode: 0o600 });
    },
    release() {
      if (!held.open) return;
      rmSync(join(dataDir, holderFile), { force: true });
      held.exec('rollback');
      held.close();
    },
  };
}

function take(dataDir: string): Database.Database {
  const file = join(dataDir, 'homing.lock');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    try {
      return openExclusive(file);
    } catch (error) {
      // The file holds nothing, so a damaged one is made anew. Nobody can be holding it: they could not have opened it.
      if ((error as { code?: unknown }).code !== 'SQLITE_NOTADB') throw error;
      rmSync(file);
      return openExclusive(file);
    }
  } catch (error) {
    throw lockError(error, dataDir);
  }
}

function openExclusive(file: string): Database.Database {
  const db = new Database(file, { timeout: 0 });
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('begin exclusive');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function lockError(error: unknown, dataDir: string): AppError {
  const code = String((error as { code?: unknown }).code);
  if (code.startsWith('SQLITE_BUSY')) {
    const holder = readHolder(dataDir);
    const who = holder === null ? 'Another Homing' : `Another Homing (${holder.kind}, process ${holder.pid}${holder.url === null ? '' : `, ${holder.url}`})`;
    return new AppError(
      'conflict',
      `${who} already uses the data directory ${dataDir}. Use that one, end it, or choose another directory with --data-dir.`,
      { holder },
      { cause: error },
    );
  }
  return new AppError(
    'internal',
    `The data directory ${dataDir} cannot be used: ${error instanceof Error ? error.message : String(error)}. Check that it is a folder, that you may write to it and that the disk has space.`,
    {},
    { cause: error },
  );
}

function readHolder(dataDir: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, holderFile), 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}
