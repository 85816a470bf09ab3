import react from '@vitejs/plugin-react';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig } from 'electron-vite';

const here = import.meta.dirname;

/** Files named `*-worker.ts` run in worker threads: each becomes an entry of its own beside the main bundle. */
function workers(): Record<string, string> {
  const files = readdirSync(join(here, 'electron', 'engine'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('-worker.ts'));
  return Object.fromEntries(files.map((file) => [basename(file, '.ts'), join(here, 'electron', 'engine', file)]));
}

/** The dependencies that become part of the bundle. */
function bundled(): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  return Object.keys(dependencies).filter((name) => !['better-sqlite3', 'swagger-ui-dist'].includes(name));
}

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node22',
      // Everything is bundled but the native module: hundreds of small files less to load, and only what is used of drizzle.
      externalizeDeps: { exclude: bundled() },
      rollupOptions: {
        input: { main: join(here, 'electron/main/main.ts'), headless: join(here, 'electron/headless/main.ts'), ...workers() },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: join(here, 'electron/preload/preload.ts') },
        // A sandboxed preload script is CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: join(here, 'renderer'),
    base: './',
    plugins: [react()],
    build: {
      outDir: join(here, 'out/renderer'),
      emptyOutDir: true,
      minify: true,
      rollupOptions: { input: { index: join(here, 'renderer/index.html') } },
    },
  },
});
