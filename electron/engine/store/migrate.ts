import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { appRoot } from '../lib/app-root.ts';
import type { Clock } from '../lib/clock.ts';

/** Folder of the generated migrations. */
export function migrationsDir(): string {
  return join(appRoot(), 'electron', 'engine', 'store', 'migrations');
}

/**
 * Brings the database up to this version: refuses a file from the future or with edited history, copies it to
 * `backups/before-migration-*.db` when something is pending, applies, then checks foreign keys.
 */
export function migrateStore(db: Database.Database, options: { dataDir: string; clock: Clock; folder?: string }): void {
  const folder = options.folder ?? migrationsDir();
  const known = readMigrationFiles({ migrationsFolder: folder });
  const applied = appliedMigrations(db);
  if (applied.length > known.length) {
    throw new AppError('store_from_future', 'This workspace was last used with a newer version of Homing. Update Homing, or open another data directory.');
  }
  applied.forEach((hash, i) => {
    if (known[i]?.hash !== hash) {
      throw new AppError(
        'store_from_future',
        'This workspace was written by a different build of Homing whose database history does not match. Update Homing, or put back a backup.',
      );
    }
  });
  if (applied.length === known.length) return;
  if (applied.length > 0) {
    const stamp = new Date(options.clock.now()).toISOString().replaceAll(/[:.]/g, '-');
    db.prepare('vacuum into ?').run(join(options.dataDir, 'backups', `before-migration-${stamp}.db`));
  }
  migrate(drizzle(db), { migrationsFolder: folder });
  const broken = db.pragma('foreign_key_check') as unknown[];
  if (broken.length > 0)
    throw new AppError('store_corrupt', `The database has ${broken.length} broken references after its update. Put back the copy from the backups folder and report this.`);
}

function appliedMigrations(db: Database.Database): string[] {
  const table = db.prepare("select 1 from sqlite_master where type = 'table' and name = '__drizzle_migrations'").get();
  if (table === undefined) return [];
  return (db.prepare('select hash from __drizzle_migrations order by created_at').all() as { hash: string }[]).map((row) => row.hash);
}
