import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);
const { load } = createRequire(require.resolve('electron-builder'))('js-yaml') as { load(text: string): Record<string, unknown> };
const { validateConfiguration } = require('app-builder-lib/out/util/config/config') as { validateConfiguration(config: unknown, log: unknown): Promise<void> };

const config = load(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));
const log = { isEnabled: false, add: () => {} };

test('electron-builder accepts the configuration, and refuses a wrong one', async () => {
  await validateConfiguration(config, log);
  await expect(validateConfiguration({ ...config, asarUnpak: [] }, log)).rejects.toThrow(/asarUnpak/);
});

test('installers for three systems carry what the app reads at run time, with the native module outside of the archive', () => {
  expect(Object.keys(config)).toEqual(expect.arrayContaining(['linux', 'mac', 'win']));
  const files = config['files'] as string[];
  expect(files).toEqual(expect.arrayContaining(['package.json', 'out/main/**', 'out/preload/**', 'out/renderer/**', 'electron/engine/store/migrations/**', 'resources/**']));
  expect(config['asarUnpack']).toContain('node_modules/better-sqlite3/**');
  for (const path of ['electron/engine/store/migrations', 'resources/practice', config['icon'] as string]) expect(existsSync(join(root, path)), path).toBe(true);
  const { main, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string; dependencies: Record<string, string> };
  expect(main).toBe('out/main/main.js');
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(['better-sqlite3', 'swagger-ui-dist']));
});
