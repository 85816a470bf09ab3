import { hash, randomBytes } from 'node:crypto';
import type { Store, Tx } from '../store/index.ts';
import type { SettingsService } from '../workspace/index.ts';

/** What is needed to know erased addresses again, also in a thread. */
export interface ErasedAddresses {
  readonly salt: string;
  readonly hashes: readonly string[];
}

const saltKey = 'contacts.erasedSalt';

/** Says whether an address (in key form) is one of them. */
export function knowsErased({ salt, hashes }: ErasedAddresses): (email: string) => boolean {
  const known = new Set(hashes);
  return known.size === 0 ? () => false : (email) => known.has(saltedHash(salt, email));
}

/**
 * Addresses of erased people are kept as SHA-256 of a random salt of this workspace and the address: enough to refuse the
 * address when it comes again, of no use without this database, and with it only for trying addresses one by one.
 */
export function createErasedHashes(store: Store, settings: Pick<SettingsService, 'read' | 'write'>) {
  let salt: string | null = null;
  return {
    /** Of an address in key form; null while nobody was erased. */
    hashOf(email: string): string | null {
      salt ??= settings.read<string>(saltKey);
      return salt === null ? null : saltedHash(salt, email);
    },
    /** The same, with the salt made at the first time. */
    newHash(tx: Tx, email: string): string {
      salt ??= settings.read<string>(saltKey);
      if (salt !== null) return saltedHash(salt, email);
      const made = randomBytes(32).toString('hex');
      settings.write(tx, saltKey, made);
      salt = made;
      tx.afterCommit(
        () => undefined,
        () => (salt = null),
      );
      return saltedHash(made, email);
    },
    all(): ErasedAddresses {
      const rows = store.prepareRead(`select value from suppressions where kind = 'erased'`).all() as { value: string }[];
      salt ??= settings.read<string>(saltKey);
      return { salt: salt ?? '', hashes: rows.map(({ value }) => value) };
    },
  };
}

function saltedHash(salt: string, email: string): string {
  return hash('sha256', salt + email, 'hex');
}
