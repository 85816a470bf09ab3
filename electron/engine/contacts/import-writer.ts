import type { DedupeMode } from '../../../shared/schemas/contact.ts';
import type { Ids } from '../lib/ids.ts';
import type { Store, Tx } from '../store/index.ts';
import type { IncomingContact } from './row.ts';
import { contactColumns, insertContact, mergeContact, parseContact, statusFor, updateContact, type StoredContact } from './rows.ts';
import type { Suppressions } from './suppressions.ts';
import { uniqueTags } from './text.ts';

export interface WriteOptions {
  readonly mode: DedupeMode;
  readonly listId: string | null;
  readonly tags: readonly string[];
  readonly source: string;
}

export interface WriteCounts {
  created: number;
  updated: number;
  unchanged: number;
  suppressed: number;
}

export type WriteRow = (tx: Tx, row: IncomingContact, at: number, counts: WriteCounts) => void;

const known = `select ${contactColumns} from contacts c where c.email = ?`;

function withTags(row: IncomingContact, tags: readonly string[]): IncomingContact {
  return tags.length === 0 ? row : { ...row, tags: uniqueTags([...row.tags, ...tags]) };
}

/** Writes one row: a new person, or a merge into a known one; then the list. Suppressed people get their status. */
export function createRowWriter(deps: { ids: Ids; suppressions: Suppressions }, options: WriteOptions): WriteRow {
  const { ids, suppressions } = deps;
  return (tx, incoming, at, counts) => {
    const row = withTags(incoming, options.tags);
    const reason = suppressions.reasonOf((sql) => tx.prepare(sql), row.email, row.domain);
    let id = ids.next();
    let isSuppressed = reason !== null;
    if (insertContact(tx, row, { id, status: statusFor(reason), source: options.source, at })) counts.created += 1;
    else {
      const stored = tx.prepare(known).get(row.email) as StoredContact;
      id = stored.id;
      isSuppressed ||= stored.status !== 'active';
      const merged = options.mode === 'skip' ? null : mergeContact(parseContact(stored), row, options.mode);
      if (merged === null) counts.unchanged += 1;
      else {
        updateContact(tx, { ...merged, updatedAt: at });
        counts.updated += 1;
      }
    }
    if (isSuppressed) counts.suppressed += 1;
    if (options.listId !== null) tx.prepare('insert or ignore into list_members (list_id, contact_id, added_at) values (?, ?, ?)').run(options.listId, id, at);
  };
}

/** Counts what `createRowWriter` would do, by the same rules, and writes nothing. */
export function createDryWriter(store: Store, suppressions: Suppressions, options: WriteOptions): (row: IncomingContact, counts: WriteCounts) => void {
  return (incoming, counts) => {
    const row = withTags(incoming, options.tags);
    const reason = suppressions.reasonOf((sql) => store.prepareRead(sql), row.email, row.domain);
    const stored = store.prepareRead(known).get(row.email) as StoredContact | undefined;
    if (stored === undefined) counts.created += 1;
    else if (options.mode === 'skip' || mergeContact(parseContact(stored), row, options.mode) === null) counts.unchanged += 1;
    else counts.updated += 1;
    if (reason !== null || (stored !== undefined && stored.status !== 'active')) counts.suppressed += 1;
  };
}
