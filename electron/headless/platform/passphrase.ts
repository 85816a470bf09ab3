import { readFileSync } from 'node:fs';

/** The passphrase for an unattended start: the first line of the file, else the environment variable, else null. Throws when the file cannot be read. */
export function readPassphrase(file: string | null, env: Readonly<Record<string, string | undefined>>): string | null {
  if (file !== null) return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? '';
  const value = env['HOMING_PASSPHRASE'];
  return value === undefined || value === '' ? null : value;
}
