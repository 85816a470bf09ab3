// Installs what is missing, on a machine with nothing but Node ≥ 20 and npm: no compiler, no system packages.
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, projectNode, root, run, runNpm, childEnv, say, windows } from './project.mjs';

const modules = join(root, 'node_modules');

/** Makes `node_modules` agree with the lock file and the project's Node usable. Quick when nothing is to be done. */
export async function ensureInstalled() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) fail(`Homing needs Node 20 or newer to install itself; this is ${process.version}.`);
  if (!modulesAreCurrent()) await installModules();
  if (!(await projectNodeWorks())) await installNode();
  linkNode();
}

/** npm writes its hidden lock file last, so an interrupted installation is seen as missing. */
function modulesAreCurrent() {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional || entry.peer || present[path]?.version === entry.version);
  } catch {
    return false;
  }
}

async function installModules() {
  say('Installing dependencies (once, a minute or two) …');
  // Scripts stay off: npm would compile better-sqlite3 although its package carries the finished binary.
  const result = await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: ['ignore', 2, 2], env: childEnv() });
  if (result.code !== 0) fail('The dependencies could not be installed: npm says why above. Check the network connection, then run the same command again.');
}

async function projectNodeWorks() {
  if (!existsSync(projectNode)) return false;
  const wanted = JSON.parse(readFileSync(join(modules, 'node', 'package.json'), 'utf8')).version;
  const result = await run(projectNode, ['--version'], { capture: true, timeoutMs: 20_000 });
  return result.code === 0 && result.output.trim() === `v${wanted}`;
}

/** The one install script that is needed: `node` fetches the package that carries this platform's binary. */
async function installNode() {
  say('Installing the Node runtime of the project …');
  const folder = join(modules, 'node');
  // The Node that runs this may be the project's own, which the installation has just taken away: then the one that runs npm, or that of the system.
  const node = [process.execPath, process.env.npm_node_execpath].find((path) => path && existsSync(path)) ?? 'node';
  const result = await run(node, ['installArchSpecificPackage'], { cwd: folder, env: childEnv(), capture: true, timeoutMs: 10 * 60_000 });
  if (result.code !== 0 || !(await projectNodeWorks()))
    fail(`The Node runtime could not be installed:\n${result.output}\nCheck the network connection, then run the same command again.`);
}

/** npm links a package's commands before its script has run, so `node_modules/.bin/node` is made here. */
function linkNode() {
  const bin = join(modules, '.bin');
  mkdirSync(bin, { recursive: true });
  if (windows) {
    writeFileSync(join(bin, 'node.cmd'), '@"%~dp0\\..\\node\\bin\\node.exe" %*\r\n');
    return;
  }
  const link = join(bin, 'node');
  if (existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync('../node/bin/node', link);
}
