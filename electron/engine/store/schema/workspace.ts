import { sqliteTable, text, integer, blob } from 'drizzle-orm/sqlite-core';
import type { Role } from '../../../../shared/schemas/team.ts';

/** Key → JSON value: settings, instance id, engine-wide pause, practice clock. */
export const settings = sqliteTable('settings', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
  updatedAt: integer('updated_at').notNull(),
});

/** Secrets sealed under the workspace's data key (AES-256-GCM). Never exported, logged or sent to the renderer. */
export const secrets = sqliteTable('secrets', {
  name: text('name').primaryKey(),
  sealed: blob('sealed', { mode: 'buffer' }).notNull(),
  updatedAt: integer('updated_at').notNull(),
});

/** The data key, wrapped once per way of unlocking it. */
export const keyWrappers = sqliteTable('key_wrappers', {
  kind: text('kind').primaryKey(),
  wrapped: blob('wrapped', { mode: 'buffer' }).notNull(),
  params: text('params').notNull(),
  createdAt: integer('created_at').notNull(),
});

/** People beside the holder of the launch token. A personal token is kept only as its SHA-256. */
export const profiles = sqliteTable('profiles', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  role: text('role').$type<Role>().notNull(),
  tokenHash: text('token_hash').notNull().unique(),
  createdAt: integer('created_at').notNull(),
});
