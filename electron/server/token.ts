import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const wellFormed = /^[\w-]{43}$/;

/** The bearer token of a data directory: 256 random bits in `<dataDir>/token`, readable by this user only. Made once. */
export function loadToken(dataDir: string): string {
  const file = join(dataDir, 'token');
  if (existsSync(file)) {
    const stored = readFileSync(file, 'utf8').trim();
    if (wellFormed.test(stored)) {
      chmodSync(file, 0o600);
      return stored;
    }
  }
  const token = randomBytes(32).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return token;
}

/** Compares in constant time; hashing first hides the length as well. */
export function sameToken(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

/** The token of an `Authorization: Bearer …` header; null when there is none. */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +([\w~+/.=-]+) *$/i.exec(header ?? '')?.[1] ?? null;
}
