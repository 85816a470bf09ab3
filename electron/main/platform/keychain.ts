import { safeStorage } from 'electron';
import type { Keychain } from '../../engine/ports.ts';

/**
 * The operating system's keychain through Electron. On Linux without a secret service Electron falls back to
 * encryption under a password in its source code (`basic_text`): that protects nothing and counts as absent.
 */
export function systemKeychain(): Keychain {
  return {
    available() {
      if (!safeStorage.isEncryptionAvailable()) return false;
      return process.platform !== 'linux' || !['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend());
    },
    wrap: (plain) => safeStorage.encryptStringAsync(Buffer.from(plain).toString('base64')),
    async unwrap(wrapped) {
      const { result } = await safeStorage.decryptStringAsync(Buffer.from(wrapped));
      return Buffer.from(result, 'base64');
    },
  };
}
