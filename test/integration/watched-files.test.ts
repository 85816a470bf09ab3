import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { minute, second } from '../../electron/engine/lib/clock.ts';
import { watchedFileInputSchema, type WatchedFileInput } from '../../shared/schemas/contact.ts';
import { openContacts } from '../support/contacts.ts';
import { until } from '../support/engine.ts';
import { temporaryDir } from '../support/store.ts';
import { workbookOf } from '../support/xlsx.ts';

/** Contacts that look at their files when the test lets a minute pass. */
async function open(name: string, content: string | Buffer, input: Partial<WatchedFileInput> = {}) {
  const base = openContacts();
  const { contacts, clock } = base;
  contacts.start();
  onTestFinished(() => contacts.stop());
  const path = join(temporaryDir(), name);
  writeFileSync(path, content);
  const { id } = await contacts.watchedFiles.watch(watchedFileInputSchema.parse({ path, ...input }));
  const file = () => contacts.watchedFiles.list().items[0];
  const settled = () => file()?.lastRun?.state !== 'running';
  return {
    ...base,
    path,
    id,
    file,
    emails: () => contacts.list({ limit: 50, sort: 'email' }).items.map(({ email }) => email),
    /** Lets looks happen until something holds. */
    async looks(holds: () => boolean, what: string) {
      await until(() => {
        if (holds() && settled()) return true;
        clock.advance(minute);
        return false;
      }, what);
    },
    async run() {
      let ended = false;
      const done = contacts.watchedFiles.run({ id }).finally(() => (ended = true));
      done.catch(() => undefined);
      await until(() => {
        clock.advance(second);
        return ended && settled();
      }, 'the run ended');
      return done;
    },
  };
}

test('a file is imported when it is at rest, and again when it has changed, with the same choices', async () => {
  const { contacts, path, looks, emails, file } = await open('people.csv', 'Email,Plan\nanna@example.com,free\n', { mode: 'overwrite', listName: 'Shop', tags: ['shop'] });
  await looks(() => emails().length === 1, 'the file was imported');
  expect(contacts.findByAddress('anna@example.com')).toMatchObject({ custom: { plan: 'free' }, tags: ['shop'], source: 'people.csv' });
  const first = file()?.lastRun?.id;
  writeFileSync(path, 'Email,Plan\nanna@example.com,pro\nben@example.com,free\n');
  await looks(() => emails().length === 2, 'the new content was imported');
  expect(contacts.findByAddress('anna@example.com')?.custom).toEqual({ plan: 'pro' });
  expect(contacts.lists.list({ limit: 5 }).items).toMatchObject([{ name: 'Shop', contacts: 2 }]);
  expect(file()).toMatchObject({ problem: null, paused: false, lastRun: { created: 1, updated: 1 } });
  expect(file()?.lastRun?.id).not.toBe(first);
});

test('what has a new time but the same content is not imported again', async () => {
  const { contacts, path, looks, emails, file } = await open('people.csv', 'Email\nanna@example.com\n');
  await looks(() => emails().length === 1, 'the file was imported');
  const checked = file()?.checkedAt ?? 0;
  writeFileSync(path, 'Email\nanna@example.com\n');
  await looks(() => (file()?.checkedAt ?? 0) > checked, 'it was looked at again');
  expect(contacts.imports({ limit: 5 }).total).toBe(1);
});

test('a file that is gone says so and goes on when it is back; changed columns pause it until somebody has looked', async () => {
  const { path, looks, emails, file, run } = await open(
    'people.xlsx',
    workbookOf([
      ['Email', 'Company'],
      ['anna@example.com', 'Acme'],
    ]),
  );
  await looks(() => emails().length === 1, 'the workbook was imported');
  rmSync(path);
  await looks(() => file()?.problem !== null, 'the loss was noticed');
  expect(file()).toMatchObject({ problem: 'The file is not there, or may not be read.', paused: false });

  writeFileSync(
    path,
    workbookOf([
      ['Company', 'Email'],
      ['Acme', 'ben@example.com'],
    ]),
  );
  await looks(() => file()?.paused === true, 'the changed columns were noticed');
  expect(file()?.problem).toContain('No longer in place: “Email”, “Company”');
  expect(emails()).toEqual(['anna@example.com']);

  writeFileSync(
    path,
    workbookOf([
      ['Email', 'Company'],
      ['ben@example.com', 'Acme'],
    ]),
  );
  expect(await run()).toMatchObject({ paused: false, problem: null });
  await looks(() => emails().length === 2, 'the run has imported it');
});

test('it can be run at once, and is not read while it is being written', async () => {
  const { contacts, clock, path, id, emails, run } = await open('people.csv', 'Email\nanna@example.com\n');
  await run();
  expect(emails()).toEqual(['anna@example.com']);
  let failed: unknown = null;
  contacts.watchedFiles.run({ id }).catch((error: unknown) => (failed = error));
  let n = 0;
  await until(() => {
    writeFileSync(path, `Email\n${'x'.repeat((n += 1))}`);
    clock.advance(second);
    return failed !== null;
  }, 'it was refused');
  expect(failed).toMatchObject({ code: 'wrong_state', message: expect.stringContaining('being written') as string });
  expect(contacts.watchedFiles.unwatch({ id })).toEqual({ id, deleted: true });
  expect(contacts.watchedFiles.list().items).toEqual([]);
});

test('only whole paths of readable tables are taken, each once', async () => {
  const { contacts, path } = await open('people.csv', 'Email\nanna@example.com\n');
  const watch = (other: string) => contacts.watchedFiles.watch(watchedFileInputSchema.parse({ path: other }));
  await expect(watch('people.csv')).rejects.toMatchObject({ code: 'validation' });
  await expect(watch(`${path}.gone`)).rejects.toMatchObject({ code: 'not_found' });
  await expect(watch(temporaryDir())).rejects.toMatchObject({ code: 'validation' });
  await expect(watch(path)).rejects.toMatchObject({ code: 'conflict' });
});
