import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { builtHeadless } from '../../support/built.ts';
import { temporaryDir } from '../../support/store.ts';

let entry: string;
beforeAll(() => {
  entry = builtHeadless();
}, 180_000);

interface Host {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

function start(args: string[], env: Record<string, string> = {}): Host {
  const home = temporaryDir();
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: home, ...env } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, out: () => out, err: () => err, ended };
}

async function ready(host: Host): Promise<{ url: string; token: string; pid: number }> {
  await Promise.race([
    new Promise<void>((resolve) => {
      const look = () => host.out().includes('\n') && resolve();
      host.child.stdout.on('data', look);
    }),
    host.ended.then(() => Promise.reject(new Error(`The host ended: ${host.err()}`))),
  ]);
  return JSON.parse(host.out().split('\n')[0] ?? '') as { url: string; token: string; pid: number };
}

const get = (url: string, token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } });

describe('the headless host', () => {
  test('says where it is when it is ready, serves with the token, and ends in order on SIGTERM', async () => {
    const dir = join(temporaryDir(), 'not there yet');
    const host = start(['--data-dir', dir, '--port', '0', '--host', '127.0.0.1', '--print-json']);
    const { url, token, pid } = await ready(host);
    expect(pid).toBe(host.child.pid);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(readFileSync(join(dir, 'token'), 'utf8').trim()).toBe(token);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/api/v1/settings`)).status).toBe(401);
    const workspace = (await (await get(`${url}/api/v1/workspace`, token)).json()) as object;
    expect(workspace).toMatchObject({ practice: false, dataDir: dir, secretsKeptBy: 'key-file', sendingPausedUntil: null });
    host.child.kill('SIGTERM');
    expect(await host.ended).toBe(0);
    expect(existsSync(join(dir, 'homing.lock.json'))).toBe(false);
    expect(existsSync(join(dir, 'homing.db-wal'))).toBe(false);
  });

  test('a second start on the same directory exits 3 and names the first; after its end the directory is free', async () => {
    const dir = temporaryDir();
    const first = start(['--data-dir', dir, '--port', '0', '--print-json']);
    const { url, pid } = await ready(first);
    const second = start(['--data-dir', dir, '--port', '0', '--print-json']);
    expect(await second.ended).toBe(3);
    expect(second.out()).toBe('');
    expect(second.err()).toContain(`process ${pid}, ${url}`);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    const third = start(['--data-dir', dir, '--port', '0', '--print-json']);
    await ready(third);
  });

  test('a killed host leaves a directory that opens again', async () => {
    const dir = temporaryDir();
    const first = start(['--data-dir', dir, '--port', '0', '--print-json']);
    const before = await ready(first);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await ready(start(['--data-dir', dir, '--port', '0', '--print-json']));
    expect(second.token).toBe(before.token);
    expect(await (await get(`${second.url}/api/v1/workspace`, second.token)).json()).toMatchObject({ sendingPausedUntil: null });
  });

  test('the practice workspace is a directory of its own, with samples, and opens from the app as well', async () => {
    const dir = temporaryDir();
    const { url, token } = await ready(start(['--data-dir', dir, '--port', '0', '--print-json']));
    const opened = await fetch(`${url}/api/v1/workspace/practice`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect(opened.status).toBe(200);
    const address = ((await opened.json()) as { url: string }).url;
    const match = /^(http:\/\/127\.0\.0\.1:\d+)\/#token=([\w-]{43})$/.exec(address);
    expect(match).not.toBeNull();
    const [practiceUrl, practiceToken] = [match?.[1] ?? '', match?.[2] ?? ''];
    expect(practiceToken).not.toBe(token);
    expect((await get(`${practiceUrl}/api/v1/workspace`, token)).status).toBe(401);
    expect(await (await get(`${practiceUrl}/api/v1/workspace`, practiceToken)).json()).toMatchObject({ practice: true, dataDir: join(dir, 'practice') });
    const contacts = (await (await get(`${practiceUrl}/api/v1/subscribers`, practiceToken)).json()) as { total: number };
    expect(contacts.total).toBeGreaterThan(0);
    expect(await (await get(`${url}/api/v1/subscribers`, token)).json()).toMatchObject({ total: 0 });
    const again = await fetch(`${url}/api/v1/workspace/practice`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect(await again.json()).toEqual({ url: address });
    expect(await start(['--data-dir', dir, '--port', '0', '--practice']).ended).toBe(3);
  });

  test('stored passwords open with the passphrase of a file, and stay locked without', async () => {
    const dir = temporaryDir();
    const file = join(temporaryDir(), 'passphrase');
    writeFileSync(file, 'eighteen green moles\n');
    const first = start(['--data-dir', dir, '--port', '0', '--print-json', '--passphrase-file', file]);
    const { url, token } = await ready(first);
    expect(await (await get(`${url}/api/v1/workspace`, token)).json()).toMatchObject({ secretsKeptBy: 'passphrase' });
    const created = await fetch(`${url}/api/v1/mailboxes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Anna',
        address: 'anna@example.com',
        fromName: 'Anna',
        smtp: { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', password: 'secret' },
        imap: { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', password: 'secret' },
      }),
    });
    expect(created.status, await created.clone().text()).toBe(201);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);

    const second = await ready(start(['--data-dir', dir, '--port', '0', '--print-json']));
    expect(await (await get(`${second.url}/api/v1/workspace`, second.token)).json()).toMatchObject({ secrets: 'locked' });
    const unlocked = await fetch(`${second.url}/api/v1/workspace/unlock`, {
      method: 'POST',
      headers: { authorization: `Bearer ${second.token}`, 'content-type': 'application/json' },
      body: '{"passphrase":"eighteen green moles"}',
    });
    expect(await unlocked.json()).toMatchObject({ secrets: 'unlocked' });
  });
});

describe('a host that cannot start says why', () => {
  test.each([
    [['--port', 'many'], 2, /--port takes a number from 0 to 65535, not "many"/],
    [['--port', '70000'], 2, /--port takes a number/],
    [['--colour'], 2, /Unknown option '--colour'/],
    [['now'], 2, /Unexpected argument 'now'/],
    [['--data-dir'], 2, /data-dir/],
    [['--host', '203.0.113.7', '--port', '0'], 1, /203\.0\.113\.7 is not an address of this computer/],
    [['--passphrase-file', '/nowhere/file', '--port', '0'], 1, /\/nowhere\/file/],
  ])('%j exits %i', async (args, code, sentence) => {
    const host = start(['--data-dir', temporaryDir(), ...args]);
    expect(await host.ended).toBe(code);
    expect(host.err()).toMatch(sentence);
    expect(host.err()).not.toMatch(/\n\s+at /);
    expect(host.out()).toBe('');
  });

  test('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const dir = temporaryDir();
    const host = start(['--data-dir', dir, '--port', String(port)]);
    expect(await host.ended).toBe(1);
    expect(host.err()).toContain(`127.0.0.1:${port} is in use by another program`);
    expect(existsSync(join(dir, 'homing.lock.json'))).toBe(false);
  });

  test('a directory that cannot be written, or is a file', async () => {
    const file = join(temporaryDir(), 'file');
    writeFileSync(file, '');
    const onFile = start(['--data-dir', file, '--port', '0']);
    expect(await onFile.ended).toBe(1);
    expect(onFile.err()).toMatch(/cannot be used.*Check that it is a folder/);
    if (process.getuid?.() === 0) return;
    const closed = join(temporaryDir(), 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    const denied = start(['--data-dir', join(closed, 'data'), '--port', '0']);
    expect(await denied.ended).toBe(1);
    expect(denied.err()).toMatch(/cannot be used/);
  });

  test('a damaged database', async () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'homing.db'), 'this is not a database, it only looks like a file of some length'.repeat(100));
    const host = start(['--data-dir', dir, '--port', '0']);
    expect(await host.ended).toBe(1);
    expect(host.err()).toMatch(/homing\.db is damaged.*backups/s);
  });
});
