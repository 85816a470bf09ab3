import { settingsPatchSchema, settingsSchema, type Settings, type SettingsPatch } from '../../../shared/schemas/settings.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store, Tx } from '../store/index.ts';

export interface SettingsService {
  /** The user's settings, with defaults for what was never set. */
  get(): Settings;
  /** Changes the given fields and returns all. */
  update(patch: SettingsPatch): Settings;
  /** A stored JSON value of another area; null when there is none. */
  read<T = unknown>(key: string): T | null;
  /** Stores a JSON value under a key of the calling area, for example `campaigns.pausedUntil`. */
  write(tx: Tx, key: string, value: unknown): void;
  /** Forgets a key. */
  erase(tx: Tx, key: string): void;
}

const userKey = 'settings';

export function createSettings(deps: { store: Store; events: Events; clock: Clock }): SettingsService {
  const { store, events, clock } = deps;

  function write(tx: Tx, key: string, value: unknown): void {
    tx.prepare(
      `insert into settings (key, value, updated_at) values (?, ?, ?)
       on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`,
    ).run(key, JSON.stringify(value), clock.now());
  }

  // Every mail asks for them: they are parsed once and again after a change.
  let known: Settings | null = null;

  function get(): Settings {
    known ??= settingsSchema.parse(readJson(store, userKey) ?? {});
    return known;
  }

  return {
    get,
    update(patch) {
      const changed = Object.fromEntries(Object.entries(settingsPatchSchema.parse(patch)).filter(([, value]) => value !== undefined));
      if (Object.keys(changed).length === 0) return get();
      return store.transaction((tx) => {
        const stored = tx.prepare('select value from settings where key = ?').get(userKey) as { value: string } | undefined;
        const next = settingsSchema.parse({ ...(stored === undefined ? {} : (JSON.parse(stored.value) as object)), ...changed });
        write(tx, userKey, next);
        tx.afterCommit(() => (known = next));
        events.append(tx, { type: 'settings_changed', actor: 'person', data: { fields: Object.keys(changed) } });
        return next;
      });
    },
    read<T>(key: string): T | null {
      return readJson(store, key) as T | null;
    },
    write,
    erase(tx, key) {
      tx.prepare('delete from settings where key = ?').run(key);
    },
  };
}

/** The committed JSON value of a key; null when there is none. */
export function readJson(store: Store, key: string): unknown {
  const row = store.prepareRead('select value from settings where key = ?').get(key) as { value: string } | undefined;
  return row === undefined ? null : (JSON.parse(row.value) as unknown);
}
