import type { ContactsDeps } from './deps.ts';
import { contactColumns, guessColumns, parseContact, type StoredContact } from './rows.ts';
import { breathe } from './slices.ts';

const settingsKey = 'contacts.zones';
/** Raise it when guesses get better: they are made anew for everybody at the next start. */
const guessVersion = 1;
const sliceRows = 500;
const sliceMs = 10;

/** Guesses the zones of contacts that were written before zones were guessed, or by older tables, in slices beside other work. */
export function createZoneBackfill(deps: ContactsDeps): { start(): void; stop(): Promise<void> } {
  const { store, clock, log, settings } = deps;
  let stopping = false;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    const page = `select ${contactColumns} from contacts c where c.id > ? and c.time_zone is null order by c.id limit ${sliceRows}`;
    let afterId = '';
    for (;;) {
      await breathe();
      if (stopping) return;
      const rows = store.prepareRead(page).all(afterId) as StoredContact[];
      const last = rows.at(-1);
      if (last === undefined) break;
      afterId = last.id;
      for (let at = 0; at < rows.length && !stopping; await breathe()) {
        const endAt = clock.monotonic() + sliceMs;
        store.transaction((tx) => {
          for (; at < rows.length && clock.monotonic() < endAt; at += 1) {
            const row = rows[at];
            if (row === undefined) continue;
            const guess = guessColumns(parseContact(row));
            if (guess.guessedZone === row.guessedZone && guess.zoneSource === row.zoneSource) continue;
            // Only where nothing was written since the page was read: such a write has guessed already.
            tx.prepare('update contacts set guessed_zone = ?, zone_source = ? where id = ? and updated_at = ? and time_zone is null').run(
              guess.guessedZone,
              guess.zoneSource,
              row.id,
              row.updatedAt,
            );
          }
        });
      }
    }
    store.transaction((tx) => settings?.write(tx, settingsKey, guessVersion));
  }

  return {
    start() {
      if (settings === undefined || settings.read<number>(settingsKey) === guessVersion) return;
      running = run().catch((error: unknown) => log.error({ err: error }, 'time zones could not be guessed; the next start tries again'));
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}
