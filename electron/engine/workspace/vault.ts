import { randomBytes } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Keychain, Logger } from '../ports.ts';
import type { Store } from '../store/index.ts';
import { readJson } from './settings.ts';
import { createKeyFiles } from './key-file.ts';
import { keyLength, newScryptParams, passphraseKey, seal, unseal, type ScryptParams } from './seal.ts';

export type SecretsState = 'unlocked' | 'locked' | 'empty';
export type SecretsKeptBy = 'keychain' | 'passphrase' | 'key-file';

/**
 * Stored passwords and tokens. Each is sealed under one random data key of the workspace; the key itself is wrapped
 * by the operating system's keychain, a passphrase, or a key file outside of the data directory.
 */
export interface Vault {
  /** Unwraps the data key by what the host offers, or makes one. Call once at start; never throws for a locked vault. */
  open(): Promise<void>;
  /** `locked` = secrets exist and cannot be read now; `empty` = none stored. */
  state(): SecretsState;
  /** Whether stored passwords cannot be read. Asked at each mail: costs nothing once the vault is open. */
  isLocked(): boolean;
  keptBy(): SecretsKeptBy;
  /** Throws secrets_locked while locked. */
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Throws validation when the passphrase is wrong. */
  unlock(passphrase: string): Promise<void>;
  /** Adds or replaces the passphrase; a key file is no longer needed then and removed. */
  setPassphrase(passphrase: string): Promise<void>;
  /** Called each time the vault goes from locked to readable. Returns the unsubscribe. */
  onUnlocked(listener: () => void): () => void;
}

interface Wrapper {
  readonly wrapped: Buffer;
  readonly params: string;
}

const lockedSentence = 'Stored passwords are locked. Unlock them with the passphrase under Settings; sending waits until then.';
const label = (kind: SecretsKeptBy) => `homing data key, ${kind}`;

export function createVault(deps: {
  store: Store;
  clock: Clock;
  log: Logger;
  dataDir: string;
  keychain: Keychain | null;
  passphrase: string | null;
  /** Folder for the key file, outside of the data directory so that a copied data directory reveals nothing. */
  keyDir?: string | undefined;
}): Vault {
  const { store, clock, log } = deps;
  const keychain = deps.keychain?.available() === true ? deps.keychain : null;
  const keyFiles = createKeyFiles(deps.keyDir ?? `${deps.dataDir}/keys`);
  const listeners = new Set<() => void>();
  let dataKey: Buffer | null = null;

  function wrapper(kind: SecretsKeptBy): Wrapper | null {
    return (store.prepareRead('select wrapped, params from key_wrappers where kind = ?').get(kind) as Wrapper | undefined) ?? null;
  }

  function hasWrapper(): boolean {
    return store.prepareRead('select 1 from key_wrappers limit 1').get() !== undefined;
  }

  function putWrapper(kind: SecretsKeptBy, wrapped: Uint8Array, params: object): void {
    store.transaction((tx) =>
      tx
        .prepare(
          `insert into key_wrappers (kind, wrapped, params, created_at) values (?, ?, ?, ?)
           on conflict (kind) do update set wrapped = excluded.wrapped, params = excluded.params, created_at = excluded.created_at`,
        )
        .run(kind, Buffer.from(wrapped), JSON.stringify(params), clock.now()),
    );
  }

  function dropKeyFile(): void {
    if (wrapper('key-file') === null) return;
    store.transaction((tx) => tx.prepare('delete from key_wrappers where kind = ?').run('key-file'));
    keyFiles.remove(instanceId());
  }

  function instanceId(): string {
    const id = readJson(store, 'instanceId');
    return typeof id === 'string' ? id : 'workspace';
  }

  function adopt(key: Buffer): void {
    const wasLocked = dataKey === null && hasWrapper();
    dataKey = key;
    if (wasLocked) for (const listener of listeners) listener();
  }

  async function openByKeychain(): Promise<void> {
    const stored = wrapper('keychain');
    if (keychain === null || stored === null) return;
    try {
      const key = Buffer.from(await keychain.unwrap(stored.wrapped));
      if (key.length === keyLength) adopt(key);
    } catch (error) {
      log.warn({ err: error }, 'the keychain does not give the data key; it may be locked');
    }
  }

  function openByKeyFile(): void {
    const stored = wrapper('key-file');
    const fileKey = stored === null ? null : keyFiles.read(instanceId());
    const key = stored === null || fileKey === null ? null : unseal(fileKey, label('key-file'), stored.wrapped);
    if (key !== null) adopt(key);
    else if (stored !== null) log.warn({ file: keyFiles.path(instanceId()) }, 'the key file is missing or does not fit');
  }

  async function openByPassphrase(passphrase: string): Promise<boolean> {
    const stored = wrapper('passphrase');
    if (stored === null) return false;
    const fromPhrase = await passphraseKey(passphrase, JSON.parse(stored.params) as ScryptParams);
    const key = unseal(fromPhrase, label('passphrase'), stored.wrapped);
    if (key === null) return false;
    adopt(key);
    return true;
  }

  async function wrapByPassphrase(key: Buffer, passphrase: string): Promise<void> {
    const params = newScryptParams();
    putWrapper('passphrase', seal(await passphraseKey(passphrase, params), label('passphrase'), key), params);
    dropKeyFile();
  }

  async function wrapByKeychain(key: Buffer): Promise<void> {
    if (keychain === null || wrapper('keychain') !== null) return;
    try {
      putWrapper('keychain', await keychain.wrap(key), {});
      dropKeyFile();
    } catch (error) {
      log.warn({ err: error }, 'the keychain does not take the data key');
    }
  }

  function wrapByKeyFile(key: Buffer): void {
    putWrapper('key-file', seal(keyFiles.create(instanceId()), label('key-file'), key), {});
  }

  /** The data key for writing; makes one with a key file when this workspace has none and nothing better is at hand. */
  function keyForWriting(): Buffer {
    if (dataKey !== null) return dataKey;
    openByKeyFile();
    if (dataKey !== null) return dataKey;
    if (hasWrapper() || keychain !== null || deps.passphrase !== null) throw new AppError('secrets_locked', lockedSentence);
    const key = randomBytes(keyLength);
    dataKey = key;
    store.transaction((tx) => {
      // Inside a caller's transaction that rolls back, the wrapper is gone, so the key must be forgotten with it.
      tx.afterCommit(
        () => {},
        () => (dataKey = null),
      );
      wrapByKeyFile(key);
    });
    return key;
  }

  async function makeKey(): Promise<void> {
    const key = randomBytes(keyLength);
    await wrapByKeychain(key);
    if (deps.passphrase !== null) await wrapByPassphrase(key, deps.passphrase);
    if (!hasWrapper()) wrapByKeyFile(key);
    dataKey = key;
  }

  function state(): SecretsState {
    const stored = store.prepareRead('select 1 from secrets limit 1').get() !== undefined;
    if (!stored) return 'empty';
    if (dataKey === null) openByKeyFile();
    return dataKey === null ? 'locked' : 'unlocked';
  }

  return {
    async open() {
      if (dataKey !== null) return;
      if (!hasWrapper()) return makeKey();
      await openByKeychain();
      if (dataKey === null) openByKeyFile();
      if (dataKey === null && deps.passphrase !== null && !(await openByPassphrase(deps.passphrase))) {
        log.warn({}, 'the passphrase given at start does not fit');
      }
      const key = dataKey as Buffer | null;
      if (key === null) return;
      await wrapByKeychain(key);
      if (deps.passphrase !== null && wrapper('passphrase') === null) await wrapByPassphrase(key, deps.passphrase);
    },
    state,
    isLocked: () => dataKey === null && state() === 'locked',
    keptBy() {
      if (wrapper('keychain') !== null) return 'keychain';
      if (wrapper('passphrase') !== null) return 'passphrase';
      if (wrapper('key-file') !== null) return 'key-file';
      if (keychain !== null) return 'keychain';
      return deps.passphrase === null ? 'key-file' : 'passphrase';
    },
    get(name) {
      const row = store.prepareRead('select sealed from secrets where name = ?').get(name) as { sealed: Buffer } | undefined;
      if (row === undefined) return null;
      if (dataKey === null) openByKeyFile();
      if (dataKey === null) throw new AppError('secrets_locked', lockedSentence);
      const plain = unseal(dataKey, name, row.sealed);
      if (plain === null) throw new AppError('store_corrupt', `The stored password "${name}" is damaged. Type it in again.`);
      return plain.toString('utf8');
    },
    set(name, value) {
      const sealed = seal(keyForWriting(), name, Buffer.from(value, 'utf8'));
      store.transaction((tx) =>
        tx
          .prepare(
            `insert into secrets (name, sealed, updated_at) values (?, ?, ?)
             on conflict (name) do update set sealed = excluded.sealed, updated_at = excluded.updated_at`,
          )
          .run(name, sealed, clock.now()),
      );
    },
    remove(name) {
      store.transaction((tx) => tx.prepare('delete from secrets where name = ?').run(name));
    },
    async unlock(passphrase) {
      if (dataKey !== null) return;
      if (wrapper('passphrase') === null) {
        if (hasWrapper()) throw new AppError('wrong_state', 'This workspace was never given a passphrase. Open it where it was made and set one there.');
        return;
      }
      if (!(await openByPassphrase(passphrase))) {
        throw new AppError('validation', 'This is not the passphrase of this workspace.', { fields: { passphrase: 'This is not the passphrase of this workspace.' } });
      }
      const key = dataKey as Buffer | null;
      if (key !== null) await wrapByKeychain(key);
    },
    async setPassphrase(passphrase) {
      if (dataKey === null) openByKeyFile();
      if (dataKey === null) {
        if (hasWrapper()) throw new AppError('secrets_locked', lockedSentence);
        await makeKey();
      }
      const key = dataKey as Buffer | null;
      if (key !== null) await wrapByPassphrase(key, passphrase);
    },
    onUnlocked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
