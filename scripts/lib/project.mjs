// What every script needs: where the project is, its own Node, and running a program with a bounded life.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const windows = process.platform === 'win32';

/** Node 24, carried by the `node` package; the system's Node may be older and cannot load our SQLite. */
export const projectNode = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

/** The environment for child processes: our Node and tools first in PATH, nothing of the npm that called us. */
export function childEnv(extra = {}) {
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^npm_/i.test(name) || /^npm_config_(registry|cache|userconfig|https?_proxy|proxy|noproxy|cafile|offline|prefer_offline)$/i.test(name)) env[name] = value;
  }
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[pathName] = [dirname(projectNode), join(root, 'node_modules', '.bin'), env[pathName] ?? ''].join(delimiter);
  return { ...env, ...extra };
}

/**
 * Runs a program and resolves with its exit code (1 when it could not start or a signal ended it). `timeoutMs` kills it.
 * `capture` collects standard output and error as text instead of showing them.
 */
export function run(command, args, { cwd = root, env = childEnv(), stdio = 'inherit', capture = false, timeoutMs = 0, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: capture ? ['ignore', 'pipe', 'pipe'] : stdio, windowsHide: true });
    let output = '';
    let timedOut = false;
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));
    const timer = timeoutMs > 0 ? setTimeout(() => ((timedOut = true), child.kill('SIGKILL')), timeoutMs) : undefined;
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    const done = (code, text) => {
      clearTimeout(timer);
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve({ code, output: text ?? output, timedOut });
    };
    child.on('error', (error) => done(1, `${output}${error.message}`));
    child.on('close', (code) => done(code ?? 1));
  });
}

/** Runs a JavaScript file of the project or of a dependency under the project's Node. */
export function runNode(file, args = [], options = {}) {
  return run(projectNode, [join(root, file), ...args], options);
}

/**
 * Program and arguments of the built headless host. A small young generation and few heaps of the C library keep its
 * memory low; compiled code is kept between starts.
 */
export function headlessCommand(args) {
  return {
    command: projectNode,
    args: ['--max-semi-space-size=2', join(root, 'out', 'main', 'headless.js'), ...args],
    env: childEnv({ MALLOC_ARENA_MAX: '2', NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'homing') }),
  };
}

/** Runs npm: the one that started us where there is one, so that its version does not change on the way. */
export function runNpm(args, options = {}) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /npm-cli\.c?js$/.test(cli) && existsSync(cli)) return run(process.execPath, [cli, ...args], options);
  return run(windows ? 'npm.cmd' : 'npm', args, { ...options, shell: windows });
}

/** Messages for people go to standard error: standard output belongs to the program that is started. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

export function fail(text) {
  say(text);
  process.exit(1);
}
