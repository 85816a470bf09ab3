import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Store } from '../store/index.ts';

const sortKeys: Readonly<Record<string, string>> = { name: 'lower(name)', createdAt: 'created_at', updatedAt: 'updated_at' };

/** One page of a small table with `id`, `name`, `created_at` and `updated_at`; newest change first unless asked otherwise. */
export function listPage<Row extends { id: string }, Item>(
  store: Store,
  table: 'sequences' | 'templates',
  columns: string,
  searched: string,
  query: PageQuery,
  present: (row: Row) => Item,
  /** What must hold of a row, with the values that it names. */
  only: { readonly sql: string; readonly values: Readonly<Record<string, string>> } = { sql: '1', values: {} },
): Page<Item> {
  const sort = query.sort ?? '-updatedAt';
  const down = sort.startsWith('-');
  const key = sortKeys[down ? sort.slice(1) : sort];
  if (key === undefined) throw new AppError('bad_request', `This list cannot be sorted by “${sort}”.`, { fields: { sort: `One of ${Object.keys(sortKeys).join(', ')}` } });
  const like = containing(query.q ?? '');
  const where = `(${searched}) like @like escape '\\' and ${only.sql}`;
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2);
  const { n: total } = store.prepareRead(`select count(*) as n from ${table} where ${where}`).get({ like, ...only.values }) as { n: number };
  const rows = store
    .prepareRead(
      `select ${columns}, ${key} as sortKey from ${table} where ${where} ${after === null ? '' : `and (${key}, id) ${down ? '<' : '>'} (@k, @id)`} order by ${key} ${down ? 'desc' : 'asc'}, id ${down ? 'desc' : 'asc'} limit @limit`,
    )
    .all({ like, ...only.values, limit: query.limit + 1, ...(after === null ? {} : { k: after[0], id: after[1] }) }) as (Row & { sortKey: string | number })[];
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return { items: shown.map(present), total, nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.sortKey, last.id]) : null };
}
