import { existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { Logger } from '../ports.ts';

const rotateAtBytes = 5 * 1024 * 1024;

/**
 * A log of JSON lines in `<dataDir>/logs/homing.log`; the one before is kept when it has grown. Written at once, so
 * that the last lines survive a crash. Known names of secrets are never written. A line that the disk does not take is
 * dropped: what is logged goes on, and the lines after it are written once there is space again.
 */
export function createFileLog(dataDir: string, options: { alsoToStderr: boolean }): Logger {
  const folder = join(dataDir, 'logs');
  const file = join(folder, 'homing.log');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(file) && statSync(file).size > rotateAtBytes) renameSync(file, join(folder, 'homing.1.log'));
  const streams = [{ stream: linesTo(openSync(file, 'a', 0o600)) }, ...(options.alsoToStderr ? [{ stream: linesTo(2) }] : [])];
  return pino(
    {
      level: 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['password', 'passphrase', 'token', '*.password', '*.passphrase', '*.token', '*.*.password'], censor: '(hidden)' },
    },
    pino.multistream(streams),
  );
}

/** pino's own stream throws into whoever logs when the disk is full, and ends the process at the next line. */
function linesTo(file: number): { write(line: string): void } {
  return {
    write(line) {
      try {
        writeSync(file, line);
      } catch {
        // Nowhere is left to tell it.
      }
    },
  };
}
