import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyLength } from './seal.ts';

export interface KeyFiles {
  path(instanceId: string): string;
  read(instanceId: string): Buffer | null;
  /** A new random key, readable by this user only. Never overwrites: an existing key is returned. */
  create(instanceId: string): Buffer;
  copy(from: string, to: string): void;
  remove(instanceId: string): void;
}

/** One file of 32 random bytes per workspace, in a folder outside of the data directory. */
export function createKeyFiles(folder: string): KeyFiles {
  const path = (instanceId: string) => join(folder, `${instanceId}.key`);

  function read(instanceId: string): Buffer | null {
    if (!existsSync(path(instanceId))) return null;
    const key = readFileSync(path(instanceId));
    return key.length === keyLength ? key : null;
  }

  return {
    path,
    read,
    create(instanceId) {
      const existing = read(instanceId);
      if (existing !== null) return existing;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const key = randomBytes(keyLength);
      writeFileSync(path(instanceId), key, { mode: 0o600 });
      return key;
    },
    copy(from, to) {
      if (!existsSync(path(from))) return;
      copyFileSync(path(from), path(to));
      chmodSync(path(to), 0o600);
    },
    remove(instanceId) {
      rmSync(path(instanceId), { force: true });
    },
  };
}
