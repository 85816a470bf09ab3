import { AppError } from '../../../shared/errors.ts';
import type { DkimSettings } from '../../../shared/schemas/mailbox.ts';
import { readDkimKey, type DkimKey } from '../lib/dkim.ts';
import type { SecretStore } from './service.ts';

const secretOf = (mailboxId: string): string => `mailbox:${mailboxId}:dkim`;

/** Private keys for DKIM, sealed in the vault. They never leave the engine. */
export function createDkimKeys(vault: SecretStore) {
  const parsed = new Map<string, { pem: string; key: DkimKey }>();
  return {
    /** Keeps a key with the settings it belongs to, after a look at it; removes it where signing is off. Throws AppError validation. */
    keep(mailboxId: string, { dkim, dkimKey }: { dkim: DkimSettings | null; dkimKey?: string | undefined }): void {
      if (dkim === null) return vault.remove(secretOf(mailboxId));
      if (dkimKey !== undefined && dkimKey.trim() !== '') {
        readDkimKey(dkim, dkimKey);
        vault.set(secretOf(mailboxId), dkimKey);
      } else if (vault.get(secretOf(mailboxId)) === null) {
        throw new AppError('validation', 'Signing needs your private key.', { fields: { dkimKey: 'Paste the private key in PEM form' } });
      }
    },
    /** The signing key of a mailbox, parsed once; null when there is none. */
    key(mailboxId: string, settings: DkimSettings): DkimKey | null {
      const pem = vault.get(secretOf(mailboxId));
      if (pem === null) return null;
      const known = parsed.get(mailboxId);
      if (known?.pem === pem && known.key.domain === settings.domain && known.key.selector === settings.selector) return known.key;
      const key = readDkimKey(settings, pem);
      parsed.set(mailboxId, { pem, key });
      return key;
    },
  };
}
