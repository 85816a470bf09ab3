import { createRouterClient } from '@orpc/server';
import { app, type BrowserWindow } from 'electron';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createFileLog, defaultKeyDir, lockDataDir, openWorkspace, type RunningWorkspace } from '../engine/host/index.ts';
import { createPortServer } from '../server/index.ts';
import { systemKeychain } from './platform/keychain.ts';
import type { PortHandover } from './port-handover.ts';
import { openWindow } from './window.ts';

/** A workspace with the window that shows it. */
export interface DesktopWorkspace {
  readonly window: BrowserWindow;
  readonly running: RunningWorkspace;
  pauseSending(forMs: number | null): Promise<void>;
  resumeSending(): Promise<void>;
}

export interface DesktopOptions {
  readonly dataDir: string;
  readonly practice: boolean;
  readonly root: string;
  readonly handover: PortHandover;
  readonly hideOnClose: () => boolean;
  readonly startHidden: boolean;
  readonly openPractice: (() => Promise<{ url: string | null }>) | null;
}

/** Opens a workspace with an engine of its own and a window that gets a port to it. Throws AppError `conflict` when another process has it. */
export async function openDesktopWorkspace(options: DesktopOptions): Promise<DesktopWorkspace> {
  const lock = lockDataDir(options.dataDir);
  lock.announce({ pid: process.pid, url: null, kind: 'desktop' });
  const log = createFileLog(options.dataDir, { alsoToStderr: !app.isPackaged });
  const running = await openWorkspace({
    dataDir: options.dataDir,
    lock,
    version: app.getVersion(),
    log,
    keychain: systemKeychain(),
    passphrase: process.env['HOMING_PASSPHRASE'] ?? null,
    keyDir: defaultKeyDir({ platform: process.platform, home: homedir(), env: process.env }),
    practice: options.practice,
    openPractice: options.openPractice,
  });
  const { engine } = running;
  const window = openWindow({
    title: options.practice ? 'Homing – practice' : 'Homing',
    preload: join(options.root, 'out', 'preload', 'preload.cjs'),
    icon: join(options.root, 'resources', 'icons', 'icon.png'),
    stateFile: join(options.dataDir, 'window.json'),
    hideOnClose: options.hideOnClose,
    startHidden: options.startHidden,
  });
  options.handover.attach(window, createPortServer({ router: engine.router, context: engine.context }));
  const client = createRouterClient(engine.router, { context: engine.context });
  return {
    window,
    running,
    async pauseSending(forMs) {
      await client.workspace.pauseSending({ until: forMs === null ? null : engine.workspace().now + forMs });
    },
    async resumeSending() {
      await client.workspace.resumeSending({});
    },
  };
}
