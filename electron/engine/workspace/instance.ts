import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Store, Tx } from '../store/index.ts';
import { createKeyFiles } from './key-file.ts';
import { readJson } from './settings.ts';

export interface Instance {
  readonly instanceId: string;
  /** A sentence when this database was put back from a backup or copied from elsewhere; sending must pause then. */
  readonly restored: string | null;
}

/** What the database remembers of its place. */
interface Home {
  readonly dataDir: string;
  readonly file: string;
  readonly starts: number;
}

/** What this computer remembers of the workspace, outside of the data directory. */
interface Memory {
  readonly dataDir: string;
  readonly starts: number;
}

const restoredSentence =
  'This database was put back from a backup. Sending is paused: mail that left after the backup may be planned again. Compare with your Sent folders, then resume.';
const copiedSentence =
  'This workspace was copied from another place. Sending is paused, so that the same mail does not leave twice. Make sure that the other copy no longer sends, then resume.';

/**
 * Counts a start and compares the database with what this computer remembers. A database with fewer starts than
 * remembered is older than what ran here: a restored backup. One that lives elsewhere than remembered, while the
 * other place still exists, is a copy, and gets an id (and key file) of its own.
 */
export function openInstance(deps: { store: Store; clock: Clock; ids: Ids; dataDir: string; keyDir?: string | undefined }): Instance {
  const { store, ids } = deps;
  const dataDir = realpathSync(deps.dataDir);
  const keyDir = deps.keyDir ?? join(dataDir, 'keys');
  const memories = createMemories(keyDir);
  const storedId = readJson(store, 'instanceId');
  const home = readJson(store, 'home') as Home | null;
  const file = fileIdentity(store.file);

  let instanceId = typeof storedId === 'string' ? storedId : ids.next();
  let starts = (home?.starts ?? 0) + 1;
  let restored: string | null = null;
  const memory = memories.read(instanceId);

  if (home !== null && isCopy(home, memory, dataDir, file)) {
    restored = copiedSentence;
    const ownId = ids.next();
    createKeyFiles(keyDir).copy(instanceId, ownId);
    instanceId = ownId;
  } else if (memory !== null && memory.starts > (home?.starts ?? 0)) {
    restored = restoredSentence;
    starts = memory.starts + 1;
  }

  store.transaction((tx) => {
    put(tx, deps.clock, 'instanceId', instanceId);
    put(tx, deps.clock, 'home', { dataDir, file, starts } satisfies Home);
  });
  memories.write(instanceId, { dataDir, starts });
  return { instanceId, restored };
}

function isCopy(home: Home, memory: Memory | null, dataDir: string, file: string): boolean {
  // Where the memory is lost (a new home directory in a container), the file itself tells: a copy has another inode.
  if (memory === null) return home.file !== file;
  return memory.dataDir !== dataDir && existsSync(join(memory.dataDir, 'homing.db'));
}

function fileIdentity(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

function put(tx: Tx, clock: Clock, key: string, value: unknown): void {
  tx.prepare(
    `insert into settings (key, value, updated_at) values (?, ?, ?)
     on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`,
  ).run(key, JSON.stringify(value), clock.now());
}

function createMemories(folder: string): { read(id: string): Memory | null; write(id: string, memory: Memory): void } {
  const path = (id: string) => join(folder, `${id}.json`);
  return {
    read(id) {
      try {
        return JSON.parse(readFileSync(path(id), 'utf8')) as Memory;
      } catch {
        return null;
      }
    },
    write(id, memory) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(path(id), `${JSON.stringify(memory)}\n`, { mode: 0o600 });
    },
  };
}
