import type { SecretStore } from '../../electron/engine/mailboxes/index.ts';
import type { Store } from '../../electron/engine/store/index.ts';

/** A vault without encryption over the real table. */
export function plainSecrets(store: Store): SecretStore {
  return {
    isLocked: () => false,
    get: (name) => (store.prepareRead('select sealed from secrets where name = ?').get(name) as { sealed: Buffer } | undefined)?.sealed.toString() ?? null,
    set: (name, value) =>
      store.transaction(
        (tx) =>
          void tx
            .prepare('insert into secrets (name, sealed, updated_at) values (?, ?, 0) on conflict (name) do update set sealed = excluded.sealed')
            .run(name, Buffer.from(value)),
      ),
    remove: (name) => store.transaction((tx) => void tx.prepare('delete from secrets where name = ?').run(name)),
  };
}
