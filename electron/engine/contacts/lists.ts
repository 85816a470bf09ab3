import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { ContactList } from '../../../shared/schemas/contact.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Tx } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import { inSlices } from './slices.ts';

export type Lists = ReturnType<typeof createLists>;

const columns = `l.id, l.name, (select count(*) from list_members m where m.list_id = l.id) as contacts, l.created_at as createdAt, l.updated_at as updatedAt`;

/** Adds contacts that exist; those already in the list stay. Throws AppError not_found for an unknown list. */
export function addMembers(tx: Tx, listId: string, contactIds: readonly string[], at: number): void {
  if (tx.prepare('select 1 from lists where id = ?').get(listId) === undefined) throw gone();
  const add = tx.prepare('insert or ignore into list_members (list_id, contact_id, added_at) select ?, id, ? from contacts where id = ?');
  for (const contactId of contactIds) add.run(listId, at, contactId);
}

export function createLists({ store, clock, ids }: ContactsDeps) {
  function get({ id }: { id: string }): ContactList {
    const list = store.prepareRead(`select ${columns} from lists l where l.id = ?`).get(id) as ContactList | undefined;
    if (list === undefined) throw gone();
    return list;
  }

  function touch(tx: Tx, id: string): void {
    if (tx.prepare('update lists set updated_at = ? where id = ?').run(clock.now(), id).changes === 0) throw gone();
  }

  // 100,000 people may come at once: in slices, so that nothing else waits. Repeating an interrupted call completes it.
  async function change(id: string, contactIds: readonly string[], work: (tx: Tx, slice: readonly string[]) => void): Promise<void> {
    store.transaction((tx) => touch(tx, id));
    await inSlices(contactIds, 1000, (slice) => store.transaction((tx) => work(tx, slice)));
  }

  function insert(tx: Tx, name: string): string {
    const id = ids.next();
    const at = clock.now();
    tx.prepare('insert into lists (id, name, created_at, updated_at) values (?, ?, ?, ?)').run(id, name, at, at);
    return id;
  }

  function idOf(tx: Tx, name: string): string | null {
    return (tx.prepare('select id from lists where lower(name) = lower(?)').get(name) as { id: string } | undefined)?.id ?? null;
  }

  function requireFree(tx: Tx, name: string, ownId: string | null): void {
    const other = idOf(tx, name);
    if (other !== null && other !== ownId) throw new AppError('conflict', `There is already a list called “${name}”.`, { fields: { name: 'Already used' } });
  }

  return {
    get,
    /** Adds one person inside another transaction. */
    addIn(tx: Tx, listId: string, contactId: string): 'added' | 'known' | 'no list' {
      if (tx.prepare('select 1 from lists where id = ?').get(listId) === undefined) return 'no list';
      return tx.prepare('insert or ignore into list_members (list_id, contact_id, added_at) values (?, ?, ?)').run(listId, contactId, clock.now()).changes === 1
        ? 'added'
        : 'known';
    },
    /** Whether the person was in the list. */
    removeIn(tx: Tx, listId: string, contactId: string): boolean {
      return tx.prepare('delete from list_members where list_id = ? and contact_id = ?').run(listId, contactId).changes === 1;
    },
    /** The list of this name, made when there is none. */
    named: (tx: Tx, name: string): string => idOf(tx, name) ?? insert(tx, name),
    list(query: PageQuery): Page<ContactList> {
      const newest = query.sort === '-createdAt' || query.sort === 'createdAt';
      if (query.sort !== undefined && !newest && query.sort !== 'name' && query.sort !== '-name')
        throw new AppError('bad_request', `Lists cannot be sorted by “${query.sort}”.`, { fields: { sort: 'One of name, createdAt' } });
      const key = newest ? 'l.created_at' : 'lower(l.name)';
      const down = query.sort?.startsWith('-') ?? false;
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2);
      const like = containing(query.q ?? '');
      const { n: total } = store.prepareRead(`select count(*) as n from lists l where l.name like ? escape '\\'`).get(like) as { n: number };
      const rows = store
        .prepareRead(
          `select ${columns}, ${key} as k from lists l where l.name like @like escape '\\' ${after === null ? '' : `and (${key}, l.id) ${down ? '<' : '>'} (@k, @id)`}
           order by ${key} ${down ? 'desc' : 'asc'}, l.id ${down ? 'desc' : 'asc'} limit @limit`,
        )
        .all({ like, limit: query.limit + 1, ...(after === null ? {} : { k: after[0], id: after[1] }) }) as (ContactList & { k: string | number })[];
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        items: shown.map(({ k: _key, ...list }) => list),
        total,
        nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.k, last.id]) : null,
      };
    },
    async create(input: { name: string; contactIds?: string[] | undefined }): Promise<ContactList> {
      const id = store.transaction((tx) => {
        requireFree(tx, input.name, null);
        return insert(tx, input.name);
      });
      await change(id, input.contactIds ?? [], (tx, slice) => addMembers(tx, id, slice, clock.now()));
      return get({ id });
    },
    update(input: { id: string; name: string }): ContactList {
      store.transaction((tx) => {
        requireFree(tx, input.name, input.id);
        touch(tx, input.id);
        tx.prepare('update lists set name = ? where id = ?').run(input.name, input.id);
      });
      return get(input);
    },
    /** Deletes the list; its contacts stay. */
    remove({ id }: { id: string }): { id: string; deleted: true } {
      const removed = store.transaction((tx) => tx.prepare('delete from lists where id = ?').run(id).changes);
      if (removed === 0) throw gone();
      return { id, deleted: true };
    },
    async addContacts(input: { id: string; contactIds: string[] }): Promise<ContactList> {
      await change(input.id, input.contactIds, (tx, slice) => addMembers(tx, input.id, slice, clock.now()));
      return get(input);
    },
    async removeContacts(input: { id: string; contactIds: string[] }): Promise<ContactList> {
      await change(input.id, input.contactIds, (tx, slice) => {
        const out = tx.prepare('delete from list_members where list_id = ? and contact_id = ?');
        for (const contactId of slice) out.run(input.id, contactId);
      });
      return get(input);
    },
  };
}

function gone(): AppError {
  return new AppError('not_found', 'This list does not exist any more.');
}
