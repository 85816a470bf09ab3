import { companyKeyOf } from '../lib/free-mail.ts';
import type { ContactsDeps } from './deps.ts';
import { checkAddress } from './address-check.ts';
import { checkColumns, contactColumns, guessColumns, parseContact, type StoredContact } from './rows.ts';
import { breathe } from './slices.ts';

const settingsKey = 'contacts.derived';
/** Raise it when guesses or keys get better: they are made anew for everybody at the next start. */
const derivedVersion = 2;
const sliceRows = 500;
const sliceMs = 10;

/**
 * Works out what follows from a contact's other columns, its guessed zone, its company's key and how its address looks, for contacts that were
 * written by an older version, in slices beside other work.
 */
export function createDerivedBackfill(deps: ContactsDeps): { start(): void; stop(): Promise<void> } {
  const { store, clock, log, settings } = deps;
  let stopping = false;
  let running: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    const page = `select ${contactColumns}, c.company_key as companyKey from contacts c where c.id > ? order by c.id limit ${sliceRows}`;
    let afterId = '';
    for (;;) {
      await breathe();
      if (stopping) return;
      const rows = store.prepareRead(page).all(afterId) as (StoredContact & { companyKey: string })[];
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
            const companyKey = companyKeyOf(row.company, row.domain);
            const known = parseContact(row).check;
            const { verdict, addressCheck } = checkColumns(known ?? checkAddress(row.email));
            if (addressCheck === row.addressCheck && guess.guessedZone === row.guessedZone && guess.zoneSource === row.zoneSource && companyKey === row.companyKey) continue;
            // Only where nothing was written since the page was read: such a write has worked them out already.
            tx.prepare('update contacts set guessed_zone = ?, zone_source = ?, company_key = ?, verdict = ?, address_check = ? where id = ? and updated_at = ?').run(
              guess.guessedZone,
              guess.zoneSource,
              companyKey,
              verdict,
              addressCheck,
              row.id,
              row.updatedAt,
            );
          }
        });
      }
    }
    store.transaction((tx) => settings?.write(tx, settingsKey, derivedVersion));
  }

  return {
    start() {
      if (settings === undefined || settings.read<number>(settingsKey) === derivedVersion) return;
      running = run().catch((error: unknown) => log.error({ err: error }, 'time zones and companies could not be worked out; the next start tries again'));
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}
