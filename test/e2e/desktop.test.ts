import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { expect, test } from 'vitest';
import { builtHeadless } from '../support/built.ts';
import { temporaryDir } from '../support/store.ts';

const root = join(import.meta.dirname, '../..');

/** Why the desktop shell cannot be opened here; null when it can. */
function obstacle(): string | null {
  const pathFile = join(root, 'node_modules/electron/path.txt');
  if (!existsSync(pathFile) || !existsSync(join(root, 'node_modules/electron/dist', readFileSync(pathFile, 'utf8')))) return 'the Electron runtime is not installed';
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display';
  return null;
}

const reason = obstacle();

test.skipIf(reason !== null)(
  `the desktop window opens, talks to its engine, and hides on close${reason === null ? '' : ` (skipped: ${reason})`}`,
  { timeout: 120_000 },
  async () => {
    builtHeadless();
    const flags = process.platform === 'linux' ? ['--no-sandbox'] : [];
    const app = await _electron.launch({ args: [...flags, root, '--data-dir', temporaryDir()], cwd: root });
    try {
      const page = await app.firstWindow();
      await page.waitForSelector('nav');
      expect(page.url()).toMatch(/^app:\/\/homing\//);
      expect(await page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
      expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))).toEqual([false]);
    } finally {
      await app.close();
    }
  },
);
