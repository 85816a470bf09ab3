import { asc, desc, sql, type SQL } from 'drizzle-orm';
import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { Mailbox } from '../../../shared/schemas/mailbox.ts';
import { containing } from '../lib/page.ts';
import { schema, type Store } from '../store/index.ts';
import { toMailbox } from './rows.ts';

const { mailboxes } = schema;
const sortColumns = { name: mailboxes.name, address: mailboxes.address, state: mailboxes.state, createdAt: mailboxes.createdAt } as const;

/** A page of mailboxes, searched by name and address. Throws AppError bad_request for an unknown column or cursor. */
export function listMailboxes(store: Store, query: PageQuery, now: number): Page<Mailbox> {
  const [name, descending] = query.sort?.startsWith('-') === true ? [query.sort.slice(1), true] : [query.sort ?? 'createdAt', false];
  if (!Object.hasOwn(sortColumns, name))
    throw new AppError('bad_request', `Mailboxes cannot be sorted by ${name}.`, { fields: { sort: `One of ${Object.keys(sortColumns).join(', ')}` } });
  const column = sortColumns[name as keyof typeof sortColumns];
  const like = containing(query.q ?? '');
  const where: SQL | undefined =
    query.q === undefined || query.q === '' ? undefined : sql`(${mailboxes.name} like ${like} escape '\\' or ${mailboxes.address} like ${like} escape '\\')`;
  const offset = readCursor(query.cursor);
  const rows = store.read
    .select()
    .from(mailboxes)
    .where(where)
    .orderBy(descending ? desc(column) : asc(column), asc(mailboxes.id))
    .limit(query.limit)
    .offset(offset)
    .all();
  const total =
    store.read
      .select({ count: sql<number>`count(*)` })
      .from(mailboxes)
      .where(where)
      .get()?.count ?? 0;
  const next = offset + rows.length;
  return { items: rows.map((row) => toMailbox(store, row, now)), nextCursor: next < total ? Buffer.from(String(next)).toString('base64url') : null, total };
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{1,9}$/.test(text)) throw new AppError('bad_request', 'This page cursor is not valid.', { fields: { cursor: 'Not a cursor of this list' } });
  return Number(text);
}
