// Finds or fetches the Electron runtime. Its package has no install script: the runtime comes from the release site.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv, root, runNode, say } from './project.mjs';

const folder = join(root, 'node_modules', 'electron');
const memoryFile = join(root, 'node_modules', '.homing-electron-unreachable.json');
const probeMs = 8_000;
const graceMs = 4_000;
const downloadMs = 15 * 60_000;
const rememberMs = 24 * 60 * 60_000;

/** Resolves `{ path }`, or `{ reason }` in a few words where the runtime is missing and cannot be fetched. */
export async function electronRuntime() {
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  const present = installedPath(version);
  if (present !== null) return { path: present };
  const remembered = rememberedFailure(version);
  if (remembered !== null) return { reason: remembered };

  say(`Fetching Electron ${version} (once) …`);
  const download = runNode('node_modules/electron/install.js', [], { capture: true, env: childEnv(), timeoutMs: downloadMs });
  // A proxy or an own mirror is the downloader's business; else a short question tells whether to wait for it.
  const own = process.env.ELECTRON_GET_USE_PROXY ?? process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror;
  const unreachable = own === undefined ? probe(version) : new Promise(() => {});
  const first = await Promise.race([download.then(() => null), unreachable.then((reason) => (reason === null ? download.then(() => null) : wait(graceMs).then(() => reason)))]);
  const path = installedPath(version);
  if (path !== null) return { path };
  const reason = first ?? 'the download failed';
  writeFileSync(memoryFile, JSON.stringify({ version, at: Date.now(), reason }));
  return { reason, downloading: first !== null };
}

/** Forgets a remembered failure, for `npm start -- --fetch`. */
export function forgetFailure() {
  rmSync(memoryFile, { force: true });
}

function installedPath(version) {
  try {
    const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), readFileSync(join(folder, 'path.txt'), 'utf8'));
    const installed = readFileSync(join(folder, 'dist', 'version'), 'utf8')
      .replace(/^v/, '')
      .trim();
    return existsSync(path) && installed === version ? path : null;
  } catch {
    return null;
  }
}

function rememberedFailure(version) {
  try {
    const memory = JSON.parse(readFileSync(memoryFile, 'utf8'));
    return memory.version === version && Date.now() - memory.at < rememberMs ? memory.reason : null;
  } catch {
    return null;
  }
}

/** Null when the release site answers, else why not. */
async function probe(version) {
  try {
    const response = await fetch(`https://github.com/electron/electron/releases/download/v${version}/SHASUMS256.txt`, { method: 'HEAD', signal: AbortSignal.timeout(probeMs) });
    return response.ok ? null : `the release site answered ${response.status}`;
  } catch {
    return 'the release site cannot be reached';
  }
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
