import type { Events } from '../events/index.ts';
import type { Store } from '../store/index.ts';

/**
 * Names of the custom fields that contacts have, sorted. Reading them looks at every contact, so the answer is kept
 * until contacts change.
 */
export function createCustomFields({ store, events }: { store: Store; events: Events }): () => string[] {
  let known: string[] | null = null;
  events.subscribe((list) => {
    if (list.some(({ type }) => type === 'imported' || type.startsWith('contact_'))) known = null;
  });
  return () =>
    (known ??= (store.prepareRead(`select distinct f.key as name from contacts c, json_each(c.custom) f where c.custom <> '{}' order by 1`).all() as { name: string }[]).map(
      ({ name }) => name,
    ));
}
