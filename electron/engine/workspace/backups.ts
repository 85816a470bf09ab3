import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { day, minute, type Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import { pruneBackups, type Store } from '../store/index.ts';
import type { SettingsService } from './settings.ts';

export interface Backups {
  start(): void;
  stop(): Promise<void>;
  /** Makes today's backup when the last one is a day old. Resolves the file, or null when nothing was due. */
  runIfDue(): Promise<string | null>;
}

const keep = 7;
const lookEveryMs = 10 * minute;
const lastKey = 'backups.lastAt';

/** A backup a day into `backups/`, the newest seven kept. When it is due is a stored time: sleep stops timers. */
export function createBackups(deps: { store: Store; settings: SettingsService; clock: Clock; log: Logger; dataDir: string }): Backups {
  const { store, settings, clock, log, dataDir } = deps;
  let cancel: (() => void) | null = null;
  let running: Promise<string | null> | null = null;

  async function backup(): Promise<string | null> {
    const now = clock.now();
    const last = settings.read<number>(lastKey);
    // The first start stores the time only: an empty database needs no copy.
    if (last === null) {
      store.transaction((tx) => settings.write(tx, lastKey, now));
      return null;
    }
    if (now - last < day) return null;
    const file = join(dataDir, 'backups', `daily-${new Date(now).toISOString().slice(0, 10)}.db`);
    const partial = `${file}.part`;
    try {
      await store.backup(partial);
      renameSync(partial, file);
    } finally {
      if (existsSync(partial)) rmSync(partial);
    }
    pruneBackups(dataDir, 'daily-', keep);
    store.transaction((tx) => settings.write(tx, lastKey, now));
    return file;
  }

  function runIfDue(): Promise<string | null> {
    running ??= backup().finally(() => (running = null));
    return running;
  }

  function look(): void {
    runIfDue().catch((error: unknown) => log.error({ err: error }, 'the daily backup failed; it is tried again in ten minutes'));
    cancel = clock.after(lookEveryMs, look);
  }

  return {
    start() {
      if (cancel === null) look();
    },
    async stop() {
      cancel?.();
      cancel = null;
      await running?.catch(() => null);
    },
    runIfDue,
  };
}
