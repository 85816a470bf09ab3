import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEvents } from '../../../electron/engine/events/index.ts';
import { day, hour } from '../../../electron/engine/lib/clock.ts';
import { createIds } from '../../../electron/engine/lib/ids.ts';
import { openStore, type Store } from '../../../electron/engine/store/index.ts';
import { createBackups, createSettings, folderWarnings, lockDataDir, openInstance } from '../../../electron/engine/workspace/index.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { openTestBase, silentLog, temporaryDir } from '../../support/store.ts';

describe('settings', () => {
  test('have defaults, keep what is changed, and announce the change', () => {
    const { store, events, clock } = openTestBase();
    const settings = createSettings({ store, events, clock });
    expect(settings.get()).toMatchObject({ theme: 'system', csvBom: true, firstRunDone: false });
    expect(settings.update({ theme: 'dark' }).theme).toBe('dark');
    settings.update({ firstRunDone: true });
    expect(settings.get()).toMatchObject({ theme: 'dark', firstRunDone: true });
    expect(events.after(0, 10).map((event) => [event.type, event.data])).toEqual([
      ['settings_changed', { fields: ['theme'] }],
      ['settings_changed', { fields: ['firstRunDone'] }],
    ]);
    settings.update({});
    expect(events.cursor()).toBe(2);
  });

  test('values of other areas are apart from the user’s', () => {
    const { store, events, clock } = openTestBase();
    const settings = createSettings({ store, events, clock });
    store.transaction((tx) => settings.write(tx, 'engine.pausedUntil', { at: 5 }));
    expect(settings.read('engine.pausedUntil')).toEqual({ at: 5 });
    expect(settings.get()).not.toHaveProperty('engine.pausedUntil');
    store.transaction((tx) => settings.erase(tx, 'engine.pausedUntil'));
    expect(settings.read('engine.pausedUntil')).toBeNull();
  });
});

describe('the lock of a data directory', () => {
  test('refuses a second taker with the name of the first, and is free after release', () => {
    const dir = join(temporaryDir(), 'new', 'data');
    const lock = lockDataDir(dir);
    lock.announce({ pid: 4711, url: 'http://127.0.0.1:5555', kind: 'headless' });
    expect(() => lockDataDir(dir)).toThrow(expect.objectContaining({ code: 'conflict', message: expect.stringMatching(/4711.*http:\/\/127\.0\.0\.1:5555/) as string }));
    lock.release();
    lock.release();
    lockDataDir(dir).release();
  });

  test('is dropped by the operating system when its process is killed', async () => {
    const dir = temporaryDir();
    const module = join(import.meta.dirname, '../../../electron/engine/workspace/lock.ts');
    const child = spawn(
      process.execPath,
      ['-e', `import(${JSON.stringify(module)}).then(({ lockDataDir }) => { lockDataDir(${JSON.stringify(dir)}); console.log('held'); setInterval(() => {}, 1000); })`],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    expect(() => lockDataDir(dir)).toThrow(/already uses the data directory/);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    lockDataDir(dir).release();
  });

  test('a damaged lock file is made anew', () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'homing.lock'), 'not a lock '.repeat(100));
    const lock = lockDataDir(dir);
    expect(() => lockDataDir(dir)).toThrow(/already uses the data directory/);
    lock.release();
  });

  test('a path that is a file is refused with a sentence', () => {
    const file = join(temporaryDir(), 'file');
    writeFileSync(file, '');
    expect(() => lockDataDir(file)).toThrow(/cannot be used.*Check that it is a folder/);
  });
});

describe('the identity of a workspace', () => {
  function start(dataDir: string, keyDir: string): { instanceId: string; restored: string | null } {
    const clock = fakeClock();
    mkdirSync(dataDir, { recursive: true });
    const store: Store = openStore({ dataDir, clock, log: silentLog });
    const instance = openInstance({ store, clock, ids: createIds(() => Date.now()), dataDir, keyDir });
    store.close();
    return instance;
  }

  test('stays over restarts and over a move', () => {
    const root = temporaryDir();
    const [a, keys] = [join(root, 'a'), join(root, 'keys')];
    const first = start(a, keys);
    expect(first.restored).toBeNull();
    expect(start(a, keys)).toEqual(first);
    expect(start(a, join(root, 'another home'))).toEqual(first);
  });

  test('a copy beside the original is noticed once and gets an id of its own', () => {
    const root = temporaryDir();
    const [a, b, keys] = [join(root, 'a'), join(root, 'b'), join(root, 'keys')];
    const original = start(a, keys);
    cpSync(a, b, { recursive: true });
    const copy = start(b, keys);
    expect(copy.restored).toMatch(/copied from another place/);
    expect(copy.instanceId).not.toBe(original.instanceId);
    expect(start(b, keys)).toEqual({ instanceId: copy.instanceId, restored: null });
    expect(start(a, keys)).toEqual({ instanceId: original.instanceId, restored: null });
  });

  test('a copy on another computer is noticed', () => {
    const root = temporaryDir();
    start(join(root, 'a'), join(root, 'keys of one computer'));
    cpSync(join(root, 'a'), join(root, 'b'), { recursive: true });
    expect(start(join(root, 'b'), join(root, 'keys of another')).restored).toMatch(/copied/);
  });

  test('a backup put back in place is noticed', () => {
    const root = temporaryDir();
    const [a, keys] = [join(root, 'a'), join(root, 'keys')];
    const first = start(a, keys);
    cpSync(join(a, 'homing.db'), join(root, 'backup.db'));
    start(a, keys);
    cpSync(join(root, 'backup.db'), join(a, 'homing.db'));
    const back = start(a, keys);
    expect(back.restored).toMatch(/put back from a backup/);
    expect(back.instanceId).toBe(first.instanceId);
    expect(start(a, keys).restored).toBeNull();
  });
});

describe('warnings about the folder', () => {
  test.each([
    ['/home/anna/Dropbox/homing', /Dropbox/],
    ['/Users/anna/Library/Mobile Documents/homing', /iCloud Drive/],
    ['C:\\Users\\anna\\OneDrive - Example Ltd\\homing', /OneDrive/],
    ['/Users/anna/Library/CloudStorage/GoogleDrive-anna@example.com/homing', /Google Drive/],
  ])('%s', (path, expected) => {
    expect(folderWarnings(path, '')).toEqual([expect.stringMatching(expected)]);
  });

  test('a network mount is named, a local one is not; the longest mount point counts', () => {
    const mounts = '/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n/dev/sdb1 /home/local ext4 rw 0 0\n//nas/x /mnt/my\\040share cifs rw 0 0\n';
    expect(folderWarnings('/home/anna/homing', mounts)).toEqual([expect.stringMatching(/network drive \(nfs4\)/)]);
    expect(folderWarnings('/mnt/my share/homing', mounts)).toEqual([expect.stringMatching(/cifs/)]);
    expect(folderWarnings('/home/local/homing', mounts)).toEqual([]);
    expect(folderWarnings('/var/lib/homing', mounts)).toEqual([]);
    expect(folderWarnings('/home/anna/boxes/homing', '')).toEqual([]);
  });
});

describe('backups', () => {
  test('one a day, also when the computer slept over the time, and seven are kept', async () => {
    const { store, clock, dataDir, log } = openTestBase();
    const settings = createSettings({ store, events: createEvents(store, clock), clock });
    const backups = createBackups({ store, settings, clock, log, dataDir });
    const files = () => readdirSync(join(dataDir, 'backups'));
    expect(await backups.runIfDue()).toBeNull();
    clock.advance(23 * hour);
    expect(await backups.runIfDue()).toBeNull();
    clock.advance(3 * day);
    const file = await backups.runIfDue();
    expect(files()).toEqual([expect.stringMatching(/^daily-\d{4}-\d\d-\d\d\.db$/)]);
    expect(file).toContain(files()[0]);
    for (let i = 0; i < 9; i += 1) {
      clock.advance(day);
      await backups.runIfDue();
    }
    expect(files()).toHaveLength(7);
    const copy = openStore({ dataDir: copyOf(join(dataDir, 'backups', files().at(-1) ?? '')), clock, log });
    expect(copy.prepareRead('select count(*) as n from settings').get()).toEqual({ n: 1 });
    copy.close();
  });

  function copyOf(backup: string): string {
    const dir = temporaryDir();
    cpSync(backup, join(dir, 'homing.db'));
    return dir;
  }
});
