import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import { startHttpServer } from '../../electron/server/index.ts';
import { openBrowser, resultsDir } from './app.ts';
import { findings } from './axe.ts';
import { silentLog } from './silent-log.ts';

const root = join(import.meta.dirname, '..', '..');

/** The built UI in a browser, on an engine in this process whose ports are stand-ins. Browser, server and engine end with the test. */
export async function openServed(engine: Engine): Promise<{ browser: Browser; page: Page; problems: string[] }> {
  const token = 'T'.repeat(43);
  const server = await startHttpServer({
    ...{ router: engine.router, context: { log: silentLog }, people: engine.people, host: '127.0.0.1', port: 0, token, version: '0' },
    uiDir: join(root, 'out', 'renderer'),
    swaggerDir: join(root, 'node_modules', 'swagger-ui-dist'),
  });
  const opened = await openBrowser({ url: server.url, token });
  onTestFinished(async () => {
    await opened.browser.close();
    await server.close();
    await engine.stop();
  });
  return opened;
}

/** Pictures of what is shown, light and dark, at both widths, and nothing serious for axe in any. */
export async function look(page: Page, folder: string, name: string): Promise<void> {
  const shots = join(resultsDir, folder);
  mkdirSync(shots, { recursive: true });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.waitForTimeout(350);
      await page.screenshot({ path: join(shots, `${name}-${scheme}-${width}.png`) });
    }
    expect(await findings(page), `${name}, ${scheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
