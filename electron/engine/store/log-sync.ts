import { closeSync, fdatasync, openSync } from 'node:fs';

/**
 * Brings the write-ahead log to the disk from a thread of its own. After a commit with `synchronous=NORMAL` that is all
 * that `FULL` does in addition (sqlite.org/pragma.html#pragma_synchronous), and the event loop goes on meanwhile. SQLite
 * holds no lock on this file, so that a second descriptor does no harm; fdatasync is F_FULLFSYNC on macOS.
 */
export function createLogSync(file: string): { synced(): Promise<void>; close(): void } {
  let descriptor: number | null = null;
  let running: Promise<void> | null = null;
  /** What is asked for during a sync waits for the next one: the running one may have looked away already. */
  let next: Promise<void> | null = null;

  function start(): Promise<void> {
    running = new Promise<void>((resolve, reject) => {
      descriptor ??= openSync(file, 'r+');
      fdatasync(descriptor, (error) => (error === null ? resolve() : reject(error)));
    }).finally(() => (running = null));
    return running;
  }

  function startNext(): Promise<void> {
    next = null;
    return start();
  }

  return {
    synced() {
      if (running === null) return start();
      return (next ??= running.then(startNext, startNext));
    },
    close() {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
  };
}
