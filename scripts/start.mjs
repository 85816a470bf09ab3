// npm start: installs and builds what is missing and opens Homing; without an Electron runtime, in the browser.
import { spawn } from 'node:child_process';
import { ensureBuilt } from './lib/build.mjs';
import { electronRuntime, forgetFailure } from './lib/electron-runtime.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { childEnv, headlessCommand, root, run, say } from './lib/project.mjs';

const quickExitMs = 10_000;
const args = process.argv.slice(2).filter((arg) => arg !== '--fetch');
if (process.argv.includes('--fetch')) forgetFailure();

await ensureInstalled();
await ensureBuilt();
const reason = await openDesktop();
if (reason !== null) {
  say(`The desktop window cannot open (${reason}); opening the same app in the browser instead.`);
  const host = headlessCommand(['--open', ...args]);
  process.exit((await run(host.command, host.args, { env: host.env })).code);
}

function displayProblem() {
  if (process.platform !== 'linux') return null;
  return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? null : 'there is no display';
}

/** Runs the desktop app until it is closed; resolves a reason when it could not start at all. */
async function openDesktop() {
  const runtime = await electronRuntime();
  if (runtime.path === undefined) return `the Electron runtime is missing and cannot be fetched: ${runtime.reason}`;
  const noDisplay = displayProblem();
  if (noDisplay !== null) return noDisplay;
  const startedAt = Date.now();
  // Chromium's sandbox refuses to run as root.
  const flags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return new Promise((resolve) => {
    const child = spawn(runtime.path, [...flags, root, ...args], { cwd: root, env: childEnv(), stdio: 'inherit' });
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      const failed = code !== 0 && Date.now() - startedAt < quickExitMs;
      if (failed) resolve(`Electron ended at once with ${signal ?? `code ${code}`}`);
      else process.exit(code ?? 1);
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  });
}
