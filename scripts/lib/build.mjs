// Builds when the sources changed since the last build.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv, fail, root, runNode, say } from './project.mjs';

const stampFile = join(root, 'out', '.stamp');
const products = ['out/main/main.js', 'out/main/headless.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];

/** Brings `out/` up to date; does nothing when no source changed. */
export async function ensureBuilt() {
  const stamp = sourceStamp();
  if (products.every((file) => existsSync(join(root, file))) && readStamp() === stamp) return;
  await build(stamp);
}

export async function build(stamp = sourceStamp()) {
  say('Building …');
  const result = await runNode('node_modules/electron-vite/bin/electron-vite.js', ['build', '--logLevel', 'warn'], { capture: true, env: childEnv({ NODE_ENV: 'production' }) });
  const missing = products.filter((file) => !existsSync(join(root, file)));
  if (result.code !== 0 || missing.length > 0) fail(`${result.output}\nThe build failed${missing.length > 0 ? `; missing: ${missing.join(', ')}` : ''}.`);
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stampFile, stamp);
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
}

/** A hash over the path and content of everything that goes into the build. */
function sourceStamp() {
  const hash = createHash('sha256');
  for (const folder of ['electron', 'renderer', 'shared', 'resources']) addFolder(hash, folder);
  for (const file of ['package-lock.json', 'electron.vite.config.ts', 'tsconfig.base.json']) addFile(hash, file);
  return hash.digest('hex');
}

function addFolder(hash, folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) addFolder(hash, path);
    else if (entry.isFile()) addFile(hash, path);
  }
}

function addFile(hash, path) {
  const full = join(root, path);
  if (existsSync(full)) hash.update(path).update('\0').update(readFileSync(full)).update('\0');
}
