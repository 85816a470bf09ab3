import Database from 'better-sqlite3';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrateStore, migrationsDir } from '../../electron/engine/store/migrate.ts';
import { openStore } from '../../electron/engine/store/index.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { openTestBase, silentLog, temporaryDir } from '../support/store.ts';

const open = (dataDir: string) => openStore({ dataDir, clock: fakeClock(), log: silentLog });

test('a rolled-back transaction leaves no event and tells nobody', () => {
  const { store, events } = openTestBase();
  const heard: string[] = [];
  events.subscribe((list) => heard.push(...list.map((event) => event.type)));
  expect(() =>
    store.transaction((tx) => {
      events.append(tx, { type: 'contact_created', actor: 'person' });
      throw new Error('no');
    }),
  ).toThrow('no');
  store.transaction((tx) => events.append(tx, { type: 'contact_updated', actor: 'person' }));
  expect(heard).toEqual(['contact_updated']);
  expect(events.after(0, 10).map((event) => event.type)).toEqual(['contact_updated']);
});

test('a savepoint that fails takes only its own events along', () => {
  const { store, events } = openTestBase();
  const heard: string[] = [];
  events.subscribe((list) => heard.push(...list.map((event) => event.type)));
  store.transaction((tx) => {
    events.append(tx, { type: 'contact_created', actor: 'person' });
    expect(() =>
      store.transaction((inner) => {
        events.append(inner, { type: 'contact_deleted', actor: 'person' });
        throw new Error('inner');
      }),
    ).toThrow('inner');
    events.append(tx, { type: 'contact_updated', actor: 'person' });
  });
  expect(heard).toEqual(['contact_created', 'contact_updated']);
});

test('readers cannot write', () => {
  const { store } = openTestBase();
  expect(() => store.prepareRead(`insert into settings (key, value, updated_at) values ('a', '1', 0)`).run()).toThrow(/readonly|query_only/i);
});

test('closes even where the last tidying up cannot be written', () => {
  const dataDir = temporaryDir();
  const store = open(dataDir);
  store.transaction((tx) => {
    const insert = tx.prepare('insert into lists (id, name, created_at, updated_at) values (?, ?, 0, 0)');
    for (let i = 0; i < 500; i += 1) insert.run(`l${i}`, `List ${i}`);
    tx.prepare('select * from lists where name = ?').all('List 7');
  });
  // As a full disk does: whatever wants to write now fails.
  store.transaction((tx) => void tx.prepare('pragma query_only = ON').run());
  store.close();
  const again = open(dataDir);
  expect(again.prepareRead('select count(*) as n from lists').get()).toEqual({ n: 500 });
  again.close();
});

test('a full disk is a clear error, and what was stored stays', () => {
  const { store } = openTestBase();
  const write = (key: string, value: string) => store.transaction((tx) => tx.prepare('insert into settings (key, value, updated_at) values (?, ?, 0)').run(key, value));
  write('kept', '1');
  store.transaction((tx) => {
    const { page_count: pages } = tx.prepare('pragma page_count').get() as { page_count: number };
    tx.prepare(`pragma max_page_count = ${pages + 2}`).get();
  });
  expect(() => write('big', 'x'.repeat(1_000_000))).toThrowError(expect.objectContaining({ code: 'disk_full', message: expect.stringContaining('free some space') }));
  expect(store.prepareRead('select key from settings order by key').all()).toEqual([{ key: 'kept' }]);
});

test('a damaged file is refused with the way back to a backup', () => {
  const dataDir = temporaryDir();
  open(dataDir).close();
  const file = join(dataDir, 'homing.db');
  const bytes = readFileSync(file);
  bytes.fill(0x5a, 0, 4096);
  writeFileSync(file, bytes);
  expect(() => open(dataDir)).toThrowError(expect.objectContaining({ code: 'store_corrupt', message: expect.stringContaining('backups') }));
});

test('a file from a newer version is refused', () => {
  const dataDir = temporaryDir();
  open(dataDir).close();
  const db = new Database(join(dataDir, 'homing.db'));
  db.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)').run('from the future', 9_999_999_999_999);
  db.close();
  expect(() => open(dataDir)).toThrowError(expect.objectContaining({ code: 'store_from_future' }));
});

test('a migration makes a backup first, and a migrated file that was edited is refused', () => {
  const dataDir = temporaryDir();
  open(dataDir).close();
  const folder = join(temporaryDir(), 'migrations');
  cpSync(migrationsDir(), folder, { recursive: true });
  const journalFile = join(folder, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as { entries: { idx: number; when: number; tag: string }[] };
  const last = journal.entries.at(-1);
  journal.entries.push({ ...last, idx: journal.entries.length, when: (last?.when ?? 0) + 1, tag: '9999_test' });
  writeFileSync(journalFile, JSON.stringify(journal));
  writeFileSync(join(folder, '9999_test.sql'), 'create table later (id text primary key);');

  const db = new Database(join(dataDir, 'homing.db'));
  migrateStore(db, { dataDir, clock: fakeClock(), folder });
  expect(db.prepare(`select name from sqlite_master where name = 'later'`).get()).toEqual({ name: 'later' });
  const [backup] = readdirSync(join(dataDir, 'backups'));
  const before = new Database(join(dataDir, 'backups', backup ?? ''), { readonly: true });
  expect(before.prepare(`select name from sqlite_master where name = 'later'`).get()).toBeUndefined();
  before.close();

  writeFileSync(join(folder, '9999_test.sql'), 'create table other (id text primary key);');
  expect(() => migrateStore(db, { dataDir, clock: fakeClock(), folder })).toThrowError(expect.objectContaining({ code: 'store_from_future' }));
  db.close();
});

test('the schema holds the rules that code could break: one row per step, one living enrolment, no sending without a Message-ID', () => {
  const { store } = openTestBase();
  store.transaction((tx) => {
    tx.prepare(`insert into sequences (id, name, description, draft, created_at, updated_at) values ('s', 's', '', '{}', 0, 0)`).run();
    tx.prepare(`insert into sequence_versions (id, sequence_id, number, graph, created_at) values ('v', 's', 1, '{}', 0)`).run();
    tx.prepare(
      `insert into campaigns (id, name, sequence_id, status, audience, mailbox_ids, rules, created_at, updated_at) values ('c', 'c', 's', 'running', '{}', '[]', '{}', 0, 0)`,
    ).run();
  });
  const enrol = (id: string, state: string) =>
    store.transaction((tx) =>
      tx
        .prepare(
          `insert into enrolments (id, campaign_id, contact_id, sequence_version_id, state, "references", variants, created_at, updated_at) values (?, 'c', 'p', 'v', ?, '[]', '{}', 0, 0)`,
        )
        .run(id, state),
    );
  enrol('e1', 'finished');
  enrol('e2', 'active');
  expect(() => enrol('e3', 'paused')).toThrow(/unique/i);
  const deliver = (id: string, state: string, key: string) =>
    store.transaction((tx) =>
      tx
        .prepare(
          `insert into deliveries (id, kind, unique_key, state, priority, recipient, recipient_domain, slot_at, why, created_at, updated_at) values (?, 'step', ?, ?, 1, 'a@example.com', 'example.com', 0, 'slot', 0, 0)`,
        )
        .run(id, key, state),
    );
  deliver('d1', 'planned', 'e2:a');
  expect(() => deliver('d2', 'planned', 'e2:a')).toThrow(/unique/i);
  expect(() => deliver('d3', 'sending', 'e2:b')).toThrow(/check/i);
});

test('an unsynced commit is seen by readers and by the next start, and leaves the file synced again', async () => {
  const { store, dataDir, clock } = openTestBase();
  const level = () => store.transaction((tx) => (tx.prepare('pragma synchronous').get() as { synchronous: number }).synchronous);
  store.transactionUnsynced((tx) => {
    expect(tx.prepare('pragma synchronous').get()).toEqual({ synchronous: 1 });
    tx.prepare(`insert into settings (key, value, updated_at) values ('a', '1', 0)`).run();
  });
  expect(level()).toBe(2);
  expect(() =>
    store.transactionUnsynced(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(level()).toBe(2);
  await Promise.all([store.synced(), store.synced()]);
  const other = openStore({ dataDir, clock, log: silentLog });
  expect(other.prepareRead('select key from settings').all()).toEqual([{ key: 'a' }]);
  other.close();
});
