import { EventEmitter } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { temporaryDir } from '../../support/store.ts';

type Handler = (...args: never[]) => unknown;

const electron = vi.hoisted(() => ({
  ipc: new Map<string, (...args: never[]) => unknown>(),
  app: new Map<string, (...args: never[]) => unknown>(),
  protocolHandler: null as ((request: Request) => Promise<Response>) | null,
  permission: null as Handler | null,
  opened: [] as string[],
  notified: [] as string[],
  backend: 'gnome_libsecret',
}));

vi.mock('electron', () => ({
  app: { on: (name: string, handler: Handler) => electron.app.set(name, handler) },
  ipcMain: { on: (name: string, handler: Handler) => electron.ipc.set(name, handler) },
  MessageChannelMain: MessageChannel,
  protocol: { registerSchemesAsPrivileged: vi.fn(), handle: (_scheme: string, handler: (request: Request) => Promise<Response>) => (electron.protocolHandler = handler) },
  net: { fetch: async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }) },
  session: { defaultSession: { setPermissionRequestHandler: (handler: Handler) => (electron.permission = handler), setPermissionCheckHandler: vi.fn() } },
  shell: { openExternal: async (url: string) => void electron.opened.push(url) },
  safeStorage: {
    isEncryptionAvailable: () => true,
    getSelectedStorageBackend: () => electron.backend,
    encryptStringAsync: async (text: string) => Buffer.from(`sealed:${text}`),
    decryptStringAsync: async (sealed: Buffer) => ({ result: sealed.toString().replace('sealed:', ''), shouldReEncrypt: false }),
  },
  Notification: class {
    static isSupported = () => true;
    readonly title: string;
    constructor(options: { title: string }) {
      this.title = options.title;
    }
    on(): void {}
    show(): void {
      electron.notified.push(this.title);
    }
  },
}));

const { createPortHandover } = await import('../../../electron/main/port-handover.ts');
const { lockDown } = await import('../../../electron/main/lockdown.ts');
const { serveAppProtocol } = await import('../../../electron/main/app-protocol.ts');
const { systemKeychain } = await import('../../../electron/main/platform/keychain.ts');
const { createNotices } = await import('../../../electron/main/notices.ts');

beforeEach(() => {
  electron.opened.length = 0;
  electron.notified.length = 0;
});

class FakeContents extends EventEmitter {
  readonly id: number;
  readonly mainFrame = { url: 'app://homing/index.html' };
  readonly posted: unknown[][] = [];
  constructor(id: number) {
    super();
    this.id = id;
  }
  postMessage(...args: unknown[]): void {
    this.posted.push(args);
  }
}

describe('the hand-over of a port', () => {
  function attached() {
    const contents = new FakeContents(1);
    const served: { closed: boolean }[] = [];
    const handover = createPortHandover();
    handover.attach({ webContents: contents } as never, (port) => {
      const entry = { closed: false };
      served.push(entry);
      (port as unknown as EventEmitter).on('close', () => (entry.closed = true));
    });
    const ask = (sender: FakeContents = contents, senderFrame: unknown = sender.mainFrame) => electron.ipc.get('homing:request-port')?.({ sender, senderFrame } as never);
    return { contents, served, ask };
  }

  test('our page gets a port; asking again, navigating or dying closes the one before', async () => {
    const { contents, served, ask } = attached();
    ask();
    expect(contents.posted).toEqual([['homing:port', null, [expect.anything()]]]);
    ask();
    await vi.waitFor(() => expect(served.map((port) => port.closed)).toEqual([true, false]));
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    contents.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false });
    expect(served[1]?.closed).toBe(false);
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    await vi.waitFor(() => expect(served[1]?.closed).toBe(true));
    ask();
    contents.emit('render-process-gone');
    await vi.waitFor(() => expect(served[2]?.closed).toBe(true));
  });

  test('an inner frame, a foreign page, an unknown window and a closed one get nothing', () => {
    const { contents, served, ask } = attached();
    ask(contents, { url: 'app://homing/preview.html' });
    ask(contents, null);
    contents.mainFrame.url = 'https://evil.example/app://homing/';
    ask();
    contents.mainFrame.url = 'app://homing/index.html';
    ask(new FakeContents(2));
    expect(contents.posted).toEqual([]);
    contents.emit('destroyed');
    ask();
    expect(served).toEqual([]);
  });
});

describe('the lock-down', () => {
  function newContents() {
    lockDown();
    let openHandler: ((details: { url: string }) => { action: string }) | undefined;
    const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: (handler: typeof openHandler) => (openHandler = handler) });
    electron.app.get('web-contents-created')?.({} as never, contents as never);
    return { contents, open: (url: string) => openHandler?.({ url }) };
  }

  test.each([
    ['app://homing/index.html', false],
    ['https://evil.example/', true],
    ['file:///etc/passwd', true],
    ['app://homing.evil.example/', true],
  ])('navigating to %s is blocked: %s', (url, blocked) => {
    const preventDefault = vi.fn();
    newContents().contents.emit('will-navigate', { url, preventDefault });
    expect(preventDefault.mock.calls.length > 0).toBe(blocked);
  });

  test('no window opens; web links go to the system browser, others nowhere', () => {
    const { open } = newContents();
    for (const url of ['https://example.com/a', 'mailto:a@example.com', 'file:///etc/passwd', 'smb://host/x', 'javascript:alert(1)']) expect(open(url)).toEqual({ action: 'deny' });
    expect(electron.opened).toEqual(['https://example.com/a', 'mailto:a@example.com']);
  });

  test('permissions are denied', () => {
    lockDown();
    const asked: Record<string, boolean> = {};
    for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'clipboard-sanitized-write'])
      (electron.permission as unknown as (contents: null, permission: string, answer: (allowed: boolean) => void) => void)(
        null,
        permission,
        (allowed) => (asked[permission] = allowed),
      );
    expect(asked).toEqual({ media: false, geolocation: false, notifications: false, openExternal: false, 'clipboard-sanitized-write': true });
  });
});

describe('app://', () => {
  test('serves the built UI with a policy, and nothing else', async () => {
    const uiDir = temporaryDir();
    writeFileSync(join(uiDir, 'index.html'), '');
    mkdirSync(join(uiDir, 'assets'));
    serveAppProtocol(uiDir);
    const get = (url: string) => electron.protocolHandler?.(new Request(url)) as Promise<Response>;
    const page = await get('app://homing/');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe-eval');
    for (const url of ['app://other/index.html', 'app://homing/../package.json', 'app://homing/%2e%2e/package.json', 'app://homing/missing.js'])
      expect((await get(url)).status).toBe(404);
  });
});

describe('the keychain', () => {
  test('wraps and unwraps bytes', async () => {
    const keychain = systemKeychain();
    const key = Uint8Array.from({ length: 32 }, (_, i) => i * 7);
    expect(new Uint8Array(await keychain.unwrap(await keychain.wrap(key)))).toEqual(key);
  });

  test.runIf(process.platform === 'linux')('counts as absent where Electron only has its own fixed password', () => {
    electron.backend = 'basic_text';
    expect(systemKeychain().available()).toBe(false);
    electron.backend = 'kwallet6';
    expect(systemKeychain().available()).toBe(true);
  });
});

test('notifications are for replies and trouble, a handful a minute', () => {
  let now = 0;
  const show = createNotices(
    () => {},
    () => now,
  );
  const event = (type: string) => ({ type, reason: null }) as never;
  show([event('sent'), event('planned'), event('replied'), event('mailbox_trouble')]);
  expect(electron.notified).toEqual(['A reply came in', 'A mailbox needs you']);
  show(Array.from({ length: 20 }, () => event('replied')));
  expect(electron.notified).toHaveLength(5);
  now = 61_000;
  show([event('replied')]);
  expect(electron.notified).toHaveLength(6);
});
