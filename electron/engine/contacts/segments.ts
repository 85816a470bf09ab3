import { AppError } from '../../../shared/errors.ts';
import type { Segment, SegmentFilter, SegmentInput, SegmentView } from '../../../shared/schemas/segment.ts';
import type { Tx } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import { ownZone } from '../lib/zone.ts';
import { segmentCondition, type Condition } from './segment-sql.ts';

export type Segments = ReturnType<typeof createSegments>;

interface StoredSegment extends Omit<Segment, 'filter' | 'view'> {
  readonly filter: string;
  readonly view: string | null;
}

const columns = 'id, name, filter, view, created_at as createdAt, updated_at as updatedAt';
/** A segment that is gone holds nobody. */
const nobody: Condition = { sql: '0', binds: [] };

/** Saved filters of contacts. */
export function createSegments({ store, clock, ids, zone = ownZone() }: ContactsDeps) {
  function stored(prepare: Tx['prepare'], id: string): Segment | null {
    const row = prepare(`select ${columns} from segments where id = ?`).get(id) as StoredSegment | undefined;
    return row === undefined ? null : parse(row);
  }

  function get({ id }: { id: string }): Segment {
    const segment = stored(store.prepareRead, id);
    if (segment === null) throw gone();
    return segment;
  }

  function requireFree(tx: Tx, name: string, ownId: string | null): void {
    const other = tx.prepare('select id from segments where lower(name) = lower(?)').get(name) as { id: string } | undefined;
    if (other !== undefined && other.id !== ownId) throw new AppError('conflict', `There is already a segment called “${name}”.`, { fields: { name: 'Already used' } });
  }

  /** The condition over `contacts c` for a filter that is not saved. */
  function conditionOf(filter: SegmentFilter): Condition {
    return segmentCondition(filter, { now: clock.now(), zone });
  }

  /** The condition over `contacts c` for a saved segment. */
  function membersOf(prepare: Tx['prepare'], id: string): Condition {
    const segment = stored(prepare, id);
    return segment === null ? nobody : conditionOf(segment.filter);
  }

  return {
    conditionOf,
    membersOf,
    get,
    /** All of them, by name. */
    list(): { items: Segment[] } {
      return { items: (store.prepareRead(`select ${columns} from segments order by lower(name), id`).all() as StoredSegment[]).map(parse) };
    },
    create(input: SegmentInput): Segment {
      const id = ids.next();
      const at = clock.now();
      store.transaction((tx) => {
        requireFree(tx, input.name, null);
        tx.prepare('insert into segments (id, name, filter, view, created_at, updated_at) values (?, ?, ?, ?, ?, ?)').run(
          id,
          input.name,
          JSON.stringify(input.filter),
          input.view === null ? null : JSON.stringify(input.view),
          at,
          at,
        );
      });
      return get({ id });
    },
    update({ id, ...patch }: { id: string; name?: string | undefined; filter?: SegmentFilter | undefined; view?: SegmentView | null | undefined }): Segment {
      store.transaction((tx) => {
        const known = stored(tx.prepare, id);
        if (known === null) throw gone();
        const next = { ...known, ...Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) };
        requireFree(tx, next.name, id);
        tx.prepare('update segments set name = ?, filter = ?, view = ?, updated_at = ? where id = ?').run(
          next.name,
          JSON.stringify(next.filter),
          next.view === null ? null : JSON.stringify(next.view),
          clock.now(),
          id,
        );
      });
      return get({ id });
    },
    /** Deletes the filter; its contacts stay. */
    remove({ id }: { id: string }): { id: string; deleted: true } {
      if (store.transaction((tx) => tx.prepare('delete from segments where id = ?').run(id).changes) === 0) throw gone();
      return { id, deleted: true };
    },
    /** How many people fit a saved segment or a filter now. */
    count(of: { id: string } | { filter: SegmentFilter }): { count: number } {
      const { sql, binds } = conditionOf('filter' in of ? of.filter : get(of).filter);
      const { n } = store.prepareRead(`select count(*) as n from contacts c where ${sql}`).get(...binds) as { n: number };
      return { count: n };
    },
    /** Whether a person belongs to a saved segment now. */
    holds(prepare: Tx['prepare'], id: string, contactId: string): boolean {
      const { sql, binds } = membersOf(prepare, id);
      return prepare(`select 1 from contacts c where c.id = ? and ${sql}`).get(contactId, ...binds) !== undefined;
    },
  };
}

function parse(row: StoredSegment): Segment {
  return { ...row, filter: JSON.parse(row.filter) as SegmentFilter, view: row.view === null ? null : (JSON.parse(row.view) as SegmentView) };
}

function gone(): AppError {
  return new AppError('not_found', 'This segment does not exist any more.');
}
