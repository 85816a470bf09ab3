import Database from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import { createLogSync } from './log-sync.ts';
import { migrateStore } from './migrate.ts';
import * as schema from './schema/index.ts';
import { storeError } from './errors.ts';

export { schema };
export { storeError } from './errors.ts';
export { oneOf } from './one-of.ts';
export type Orm = BetterSQLite3Database<typeof schema>;

/** A write transaction. Only `Store.transaction` makes one, so a function that takes a `Tx` says that it writes. */
export interface Tx {
  readonly orm: Orm;
  /** A statement on the write connection, prepared once per SQL text. */
  prepare(sql: string): Database.Statement;
  /** Runs after the outermost commit; `onRollback` instead when it rolls back. */
  afterCommit(callback: () => void, onRollback?: () => void): void;
}

export interface Store {
  /**
   * Runs `work` in one IMMEDIATE transaction and commits; a throw rolls back. A nested call joins the outer
   * transaction behind a savepoint. `work` is synchronous by design: SQLite holds the write lock meanwhile.
   */
  transaction<T>(work: (tx: Tx) => T): T;
  /**
   * The same, but the commit does not wait for the disk: it survives a crash of the program, and the next
   * `transaction` or `synced` makes it survive a power failure.
   */
  transactionUnsynced<T>(work: (tx: Tx) => T): T;
  /**
   * As `transaction`, and what it deletes is overwritten in the file. Must not be called inside another one. What stood
   * there before stays in the write-ahead log until `truncateLog`.
   */
  transactionErasing<T>(work: (tx: Tx) => T): T;
  /** Takes the write-ahead log into the file and empties it. False = somebody is reading; nothing is lost, try again. */
  truncateLog(): boolean;
  /**
   * Resolves when everything committed until now is on the disk, without blocking the event loop meanwhile. Calls
   * during a sync share the next one.
   */
  synced(): Promise<void>;
  /** Typed reads on a read-only connection: sees what is committed. */
  readonly read: Orm;
  /** A statement on the read-only connection, prepared once per SQL text. */
  prepareRead(sql: string): Database.Statement;
  /** Writes a consistent copy by the SQLite backup API, in slices. */
  backup(file: string): Promise<void>;
  readonly file: string;
  close(): void;
}

const slowStatementMs = 50;

/** Opens `<dataDir>/homing.db`, migrates it (with a backup before) and guards it. Throws AppError store_corrupt, store_from_future, disk_full. */
export function openStore(options: { dataDir: string; clock: Clock; log: Logger }): Store {
  const { dataDir, clock, log } = options;
  const file = join(dataDir, 'homing.db');
  mkdirSync(join(dataDir, 'backups'), { recursive: true });
  // A write-ahead log that was left behind tells of a crash. Only then is the whole file read: it takes long on a big one.
  const crashed = existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0;
  let writer: Database.Database | undefined;
  try {
    writer = new Database(file, { timeout: 5000 });
    setPragmas(writer);
    migrateStore(writer, { dataDir, clock });
    const check = crashed ? writer.pragma('quick_check(1)', { simple: true }) : 'ok';
    if (check !== 'ok')
      throw new AppError('store_corrupt', `The database ${file} is damaged (${String(check)}). Put back a copy from ${join(dataDir, 'backups')}, then start Homing again.`);
    const reader = new Database(file, { readonly: true, timeout: 5000 });
    reader.pragma('query_only = ON');
    reader.pragma('cache_size = -16000');
    // `lower` of SQLite knows only ASCII.
    for (const db of [writer, reader]) db.function('lower_all', { deterministic: true }, (text) => (typeof text === 'string' ? text.toLowerCase() : text));
    return makeStore(writer, reader, file, log, clock);
  } catch (error) {
    writer?.close();
    throw storeError(error, file);
  }
}

function setPragmas(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('fullfsync = ON');
  db.pragma('wal_autocheckpoint = 10000');
  db.pragma('foreign_keys = ON');
  // Deleted rows are overwritten where their page is written anyway, so that no copy of a person outlives them.
  db.pragma('secure_delete = FAST');
  db.pragma('temp_store = MEMORY');
  db.pragma('cache_size = -16000');
}

function makeStore(writer: Database.Database, reader: Database.Database, file: string, log: Logger, clock: Clock): Store {
  const writeStatements = new Map<string, Database.Statement>();
  const readStatements = new Map<string, Database.Statement>();
  const readOrm = drizzle(reader, { schema });
  // Prepared: `exec` would parse its text at every message.
  const begin = writer.prepare('begin immediate');
  const commit = writer.prepare('commit');
  const writeAhead = createLogSync(`${file}-wal`);
  let depth = 0;
  /** As `setPragmas` left it. */
  let waits = true;
  let callbacks: { commit: () => void; rollback: (() => void) | undefined }[] = [];

  const tx: Tx = {
    orm: drizzle(writer, { schema }),
    prepare: (sql) => cached(writeStatements, writer, sql),
    afterCommit(commit, rollback) {
      callbacks.push({ commit, rollback });
    },
  };

  function outermost<T>(work: (tx: Tx) => T): T {
    const startedAt = clock.monotonic();
    let value: T;
    try {
      begin.run();
    } catch (error) {
      throw storeError(error, file);
    }
    depth = 1;
    try {
      value = work(tx);
      commit.run();
    } catch (error) {
      if (writer.inTransaction) writer.exec('rollback');
      const undone = callbacks;
      callbacks = [];
      depth = 0;
      for (const { rollback } of undone) rollback?.();
      throw storeError(error, file);
    }
    depth = 0;
    const done = callbacks;
    callbacks = [];
    const tookMs = clock.monotonic() - startedAt;
    if (tookMs > slowStatementMs) log.warn({ tookMs: Math.round(tookMs) }, 'slow transaction');
    for (const { commit } of done) {
      try {
        commit();
      } catch (error) {
        // What is committed stays so, whoever hears of it.
        log.error({ err: error }, 'a listener failed after a commit');
      }
    }
    return value;
  }

  function nested<T>(work: (tx: Tx) => T): T {
    const name = `s${depth}`;
    const kept = callbacks.length;
    cached(writeStatements, writer, `savepoint ${name}`).run();
    depth += 1;
    try {
      const value = work(tx);
      cached(writeStatements, writer, `release ${name}`).run();
      return value;
    } catch (error) {
      if (writer.inTransaction) writer.exec(`rollback to ${name}; release ${name}`);
      for (const { rollback } of callbacks.splice(kept)) rollback?.();
      throw error;
    } finally {
      depth -= 1;
    }
  }

  /** Switched only when it changes: the statement is parsed each time, and a run of mails is all of one kind. */
  function waitForDisk(wait: boolean): void {
    if (wait === waits) return;
    writer.pragma(`synchronous = ${wait ? 'FULL' : 'NORMAL'}`);
    waits = wait;
  }

  return {
    file,
    read: readOrm,
    transaction(work) {
      if (depth > 0) return nested(work);
      waitForDisk(true);
      return outermost(work);
    },
    transactionUnsynced(work) {
      if (depth > 0) return nested(work);
      waitForDisk(false);
      return outermost(work);
    },
    transactionErasing(work) {
      writer.pragma('secure_delete = ON');
      waitForDisk(true);
      try {
        return outermost(work);
      } finally {
        writer.pragma('secure_delete = FAST');
      }
    },
    truncateLog() {
      const [outcome] = writer.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      return outcome?.busy === 0;
    },
    synced: writeAhead.synced,
    prepareRead: (sql) => cached(readStatements, reader, sql),
    async backup(target) {
      await writer.backup(target);
    },
    close() {
      reader.close();
      writeAhead.close();
      try {
        waitForDisk(true);
        writer.pragma('optimize');
        writer.pragma('wal_checkpoint(TRUNCATE)');
      } catch (error) {
        // A full disk: all that was committed stands in the log, and the next start goes on from there.
        log.warn({ err: error }, 'the database could not be tidied up before closing');
      }
      writer.close();
    },
  };
}

// Filters of people make statements of ever new shapes: the oldest go, the fixed ones of the engine come back when asked.
const keptStatements = 1000;

function cached(statements: Map<string, Database.Statement>, db: Database.Database, sql: string): Database.Statement {
  let statement = statements.get(sql);
  if (statement === undefined) {
    statement = db.prepare(sql);
    statements.set(sql, statement);
    const [oldest] = statements.size > keptStatements ? statements.keys() : [];
    if (oldest !== undefined) statements.delete(oldest);
  }
  return statement;
}

/** Keeps the newest `keep` files of the backups folder whose name starts with `prefix`. */
export function pruneBackups(dataDir: string, prefix: string, keep: number): void {
  const folder = join(dataDir, 'backups');
  if (!existsSync(folder)) return;
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .sort();
  for (const name of files.slice(0, Math.max(0, files.length - keep))) rmSync(join(folder, name));
}
