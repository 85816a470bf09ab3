import type { DedupeMode } from '../../../shared/schemas/contact.ts';
import type { Ids } from '../lib/ids.ts';
import type { Store, Tx } from '../store/index.ts';
import { contactColumns, fromWritable, insertContact, mergeContact, parseContact, statusFor, updateContact, type StoredContact, type WritableContact } from './rows.ts';
import type { Prepare, Suppressions } from './suppressions.ts';

export interface WriteOptions {
  readonly mode: DedupeMode;
  readonly listId: string | null;
  readonly source: string;
}

export interface WriteCounts {
  created: number;
  updated: number;
  unchanged: number;
  suppressed: number;
}

// The reading thread has rejected erased people, and nobody is erased while an import runs.
const withoutErased = { withErased: false };
const known = `select ${contactColumns} from contacts c where c.email = ?`;
const merged = `select ${contactColumns} from contact_aliases a join contacts c on c.id = a.contact_id where a.email = ? and a.merged = 1`;
const addToList = `insert or ignore into list_members (list_id, contact_id, added_at) select ?, value, ? from json_each(?)`;

/** The person that a contact with this address was merged into. Where nobody was ever merged, nothing is asked for each row. */
function lookForMerged(prepare: Prepare): (email: string) => StoredContact | undefined {
  const some = prepare('select 1 from contact_aliases where merged = 1 limit 1').get() !== undefined;
  return (email) => (some ? (prepare(merged).get(email) as StoredContact | undefined) : undefined);
}

/** Writes the rows of one slice until `goesOn` says no; see `createSliceWriter`. Returns the index of the next row. */
export type WriteSlice = (tx: Tx, rows: readonly WritableContact[], from: number, at: number, counts: WriteCounts, goesOn: (next: number) => boolean) => number;

/** Writes rows: a new person each, or a merge into a known one; then the list. Suppressed people get their status. */
export function createSliceWriter(deps: { ids: Ids; suppressions: Suppressions }, options: WriteOptions): WriteSlice {
  const { ids, suppressions } = deps;

  function writeRow(
    tx: Tx,
    row: WritableContact,
    reasonOf: ReturnType<Suppressions['lookup']>,
    mergedInto: ReturnType<typeof lookForMerged>,
    at: number,
    counts: WriteCounts,
  ): string {
    const reason = reasonOf(row.email, row.domain);
    const id = ids.next();
    const present = mergedInto(row.email);
    if (present === undefined && insertContact(tx, row, { id, status: statusFor(reason), source: options.source, at })) {
      counts.created += 1;
      if (reason !== null) counts.suppressed += 1;
      return id;
    }
    const stored = present ?? (tx.prepare(known).get(row.email) as StoredContact);
    const merged = options.mode === 'skip' ? null : mergeContact(parseContact(stored), fromWritable(row), options.mode);
    if (merged === null) counts.unchanged += 1;
    else {
      updateContact(tx, { ...merged, updatedAt: at });
      counts.updated += 1;
    }
    if (reason !== null || stored.status !== 'active') counts.suppressed += 1;
    return stored.id;
  }

  return (tx, rows, from, at, counts, goesOn) => {
    const reasonOf = suppressions.lookup((sql) => tx.prepare(sql), withoutErased);
    const mergedInto = lookForMerged((sql) => tx.prepare(sql));
    const members: string[] = [];
    let next = from;
    for (; goesOn(next); next += 1) {
      const row = rows[next];
      if (row !== undefined) members.push(writeRow(tx, row, reasonOf, mergedInto, at, counts));
    }
    if (options.listId !== null) tx.prepare(addToList).run(options.listId, at, JSON.stringify(members));
    return next;
  };
}

/** Counts what `createSliceWriter` would do, by the same rules, and writes nothing. */
export function createDryWriter(
  store: Store,
  suppressions: Suppressions,
  options: WriteOptions,
): (rows: readonly WritableContact[], from: number, counts: WriteCounts, goesOn: (next: number) => boolean) => number {
  const prepare: Prepare = (sql) => store.prepareRead(sql);
  return (rows, from, counts, goesOn) => {
    const reasonOf = suppressions.lookup(prepare, withoutErased);
    const mergedInto = lookForMerged(prepare);
    let next = from;
    for (; goesOn(next); next += 1) {
      const row = rows[next];
      if (row === undefined) continue;
      const stored = mergedInto(row.email) ?? (prepare(known).get(row.email) as StoredContact | undefined);
      if (stored === undefined) counts.created += 1;
      else if (options.mode === 'skip' || mergeContact(parseContact(stored), fromWritable(row), options.mode) === null) counts.unchanged += 1;
      else counts.updated += 1;
      if (reasonOf(row.email, row.domain) !== null || (stored !== undefined && stored.status !== 'active')) counts.suppressed += 1;
    }
    return next;
  };
}
