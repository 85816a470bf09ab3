import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Keychain } from '../../../electron/engine/ports.ts';
import { createVault, type Vault } from '../../../electron/engine/workspace/index.ts';
import { openTestBase, temporaryDir, type TestBase } from '../../support/store.ts';

function fakeKeychain(): Keychain & { broken: boolean } {
  return {
    broken: false,
    available: () => true,
    wrap: (plain) => Promise.resolve(Uint8Array.from(plain, (byte) => byte ^ 0x5a)),
    unwrap(wrapped) {
      return this.broken ? Promise.reject(new Error('keychain is locked')) : Promise.resolve(Uint8Array.from(wrapped, (byte) => byte ^ 0x5a));
    },
  };
}

function vaultOf(base: TestBase, options: { keychain?: Keychain; passphrase?: string; keyDir?: string }): Vault {
  return createVault({ ...base, keychain: options.keychain ?? null, passphrase: options.passphrase ?? null, keyDir: options.keyDir });
}

describe('the vault', () => {
  test('without keychain and passphrase keeps the key in a private file outside of the data directory', async () => {
    const base = openTestBase();
    const keyDir = temporaryDir();
    const vault = vaultOf(base, { keyDir });
    await vault.open();
    expect(vault.state()).toBe('empty');
    vault.set('mailbox:1:smtp', 'correct horse');
    expect(vault.get('mailbox:1:smtp')).toBe('correct horse');
    expect(vault.state()).toBe('unlocked');
    expect(vault.keptBy()).toBe('key-file');
    const [file] = readdirSync(keyDir);
    expect(statSync(join(keyDir, file ?? '')).mode & 0o777).toBe(0o600);

    const again = vaultOf(base, { keyDir });
    await again.open();
    expect(again.get('mailbox:1:smtp')).toBe('correct horse');
  });

  test('writes no secret in clear', async () => {
    const base = openTestBase();
    const vault = vaultOf(base, { passphrase: 'a long passphrase' });
    await vault.open();
    vault.set('mailbox:1:smtp', 'correct horse battery');
    for (const name of ['homing.db', 'homing.db-wal']) expect(readFileSync(join(base.dataDir, name)).includes('correct horse')).toBe(false);
  });

  test('is locked when its key file is gone, refuses reads and writes with a sentence, and does not make a second key', async () => {
    const base = openTestBase();
    const keyDir = temporaryDir();
    const first = vaultOf(base, { keyDir });
    await first.open();
    first.set('a', 'one');
    for (const file of readdirSync(keyDir)) rmSync(join(keyDir, file));

    const vault = vaultOf(base, { keyDir });
    await vault.open();
    expect(vault.state()).toBe('locked');
    expect(() => vault.get('a')).toThrow(expect.objectContaining({ code: 'secrets_locked' }));
    expect(() => vault.set('b', 'two')).toThrow(expect.objectContaining({ code: 'secrets_locked' }));
    expect(vault.get('never stored')).toBeNull();
    expect(readdirSync(keyDir)).toEqual([]);
  });

  test('a passphrase replaces the key file; the wrong one is refused, the right one unlocks and is announced', async () => {
    const base = openTestBase();
    const keyDir = temporaryDir();
    const first = vaultOf(base, { keyDir });
    await first.open();
    first.set('a', 'one');
    await first.setPassphrase('eighteen green moles');
    expect(first.keptBy()).toBe('passphrase');
    expect(readdirSync(keyDir)).toEqual([]);

    const vault = vaultOf(base, { keyDir });
    await vault.open();
    expect(vault.state()).toBe('locked');
    let unlocked = 0;
    vault.onUnlocked(() => (unlocked += 1));
    await expect(vault.unlock('eighteen green mules')).rejects.toMatchObject({ code: 'validation', data: { fields: { passphrase: expect.any(String) } } });
    expect(vault.state()).toBe('locked');
    await vault.unlock('eighteen green moles');
    expect(vault.get('a')).toBe('one');
    expect(unlocked).toBe(1);
  });

  test('the passphrase may come from the host, and be typed in another Unicode form', async () => {
    const base = openTestBase();
    const first = vaultOf(base, { passphrase: 'Zürich im März' });
    await first.open();
    first.set('a', 'one');
    const vault = vaultOf(base, { passphrase: 'Zürich im März'.normalize('NFD') });
    await vault.open();
    expect(vault.get('a')).toBe('one');
    expect(vault.keptBy()).toBe('passphrase');
  });

  test('a keychain keeps the key without a file; while it is locked the vault waits, and a passphrase opens the same workspace elsewhere', async () => {
    const base = openTestBase();
    const keyDir = temporaryDir();
    const keychain = fakeKeychain();
    const first = vaultOf(base, { keychain, keyDir });
    await first.open();
    first.set('a', 'one');
    expect(first.keptBy()).toBe('keychain');
    expect(readdirSync(keyDir)).toEqual([]);
    await first.setPassphrase('opened on a server');

    keychain.broken = true;
    const waiting = vaultOf(base, { keychain, keyDir });
    await waiting.open();
    expect(waiting.state()).toBe('locked');

    const headless = vaultOf(base, { passphrase: 'opened on a server', keyDir });
    await headless.open();
    expect(headless.get('a')).toBe('one');
  });

  test('sealed values cannot be swapped between names', async () => {
    const base = openTestBase();
    const vault = vaultOf(base, {});
    await vault.open();
    vault.set('a', 'one');
    vault.set('b', 'two');
    base.store.transaction((tx) => tx.prepare(`update secrets set sealed = (select sealed from secrets where name = 'b') where name = 'a'`).run());
    expect(() => vault.get('a')).toThrow(expect.objectContaining({ code: 'store_corrupt' }));
    expect(vault.get('b')).toBe('two');
  });

  test('a key made inside a transaction that rolls back is forgotten with it', () => {
    const base = openTestBase();
    const vault = vaultOf(base, {});
    expect(() =>
      base.store.transaction(() => {
        vault.set('a', 'one');
        throw new Error('undo');
      }),
    ).toThrow('undo');
    vault.set('b', 'two');
    expect(vaultOf(base, {}).get('b')).toBe('two');
    expect(existsSync(join(base.dataDir, 'keys'))).toBe(true);
  });
});
