import { integer, text } from 'drizzle-orm/sqlite-core';

/** Columns that every aggregate shares. Times are UTC epoch milliseconds, ids are UUID v7 text. */
export const id = () => text('id').primaryKey();
export const createdAt = () => integer('created_at').notNull();
export const updatedAt = () => integer('updated_at').notNull();
export const json = <T>(name: string) => text(name, { mode: 'json' }).$type<T>();
export const flag = (name: string) => integer(name, { mode: 'boolean' });
