import { homedir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../../shared/errors.ts';
import {
  appRoot,
  createFileLog,
  defaultDataDir,
  defaultKeyDir,
  lockDataDir,
  openWorkspace,
  practiceDir,
  type DataDirLock,
  type LockHolder,
  type RunningWorkspace,
} from '../engine/host/index.ts';
import { loadToken, startHttpServer, type HttpServer } from '../server/index.ts';
import type { Arguments } from './arguments.ts';
import { openBrowser } from './platform/browser.ts';
import { readPassphrase } from './platform/passphrase.ts';
import { version } from './version.ts';

export type Outcome = { readonly kind: 'ended' } | { readonly kind: 'alreadyRunning'; readonly sentence: string } | { readonly kind: 'failed'; readonly sentence: string };

/** A workspace and the server in front of it. */
interface Served {
  readonly workspace: RunningWorkspace;
  readonly server: HttpServer;
  readonly token: string;
  readonly address: string;
}

const usualPort = 4180;
const stopWithinMs = 60_000;

/** Runs the host until a signal ends it. Every way in which it cannot start becomes a sentence. */
export async function runHost(options: Arguments): Promise<Outcome> {
  const base = options.dataDir ?? process.env['HOMING_DATA_DIR'] ?? defaultDataDir({ platform: process.platform, home: homedir(), env: process.env });
  const dataDir = options.practice ? practiceDir(base) : base;
  let lock: DataDirLock;
  try {
    lock = lockDataDir(dataDir);
  } catch (error) {
    return locked(error, options, dataDir);
  }
  // Listening from here on: a signal during the start ends the host in order once it has started.
  const ended = signalled();
  const practices: Served[] = [];
  let main: Served;
  try {
    main = await serve(options, { dataDir, lock, practice: options.practice, port: options.port, openPractice: options.practice ? null : () => openPractice() });
  } catch (error) {
    lock.release();
    return { kind: 'failed', sentence: startProblem(error, options) };
  }

  let opening: Promise<{ url: string }> | null = null;
  /** Opens the practice workspace beside this one, once; a second call finds it. */
  function openPractice(): Promise<{ url: string }> {
    opening ??= servePractice().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  }
  async function servePractice(): Promise<{ url: string }> {
    const dir = practiceDir(dataDir);
    const practice = await serve(options, { dataDir: dir, lock: lockDataDir(dir), practice: true, port: 0, openPractice: null });
    practices.push(practice);
    return { url: practice.address };
  }

  await announce(main, options, dataDir);
  await ended;
  const timer = setTimeout(() => process.exit(1), stopWithinMs);
  timer.unref();
  for (const { server } of [main, ...practices]) await server.close();
  for (const { workspace } of [main, ...practices]) await workspace.stop();
  return { kind: 'ended' };
}

async function serve(
  options: Arguments,
  own: { dataDir: string; lock: DataDirLock; practice: boolean; port: number | null; openPractice: (() => Promise<{ url: string | null }>) | null },
): Promise<Served> {
  const log = createFileLog(own.dataDir, { alsoToStderr: options.verbose });
  watchForAccidents(log);
  const workspace = await openWorkspace({
    dataDir: own.dataDir,
    lock: own.lock,
    version: version(),
    log,
    keychain: null,
    passphrase: readPassphrase(options.passphraseFile, process.env),
    keyDir: defaultKeyDir({ platform: process.platform, home: homedir(), env: process.env }),
    practice: own.practice,
    openPractice: own.openPractice,
  });
  try {
    const token = loadToken(own.dataDir);
    const { router, context, people } = workspace.engine;
    const start = (port: number) =>
      startHttpServer({
        router,
        context,
        people,
        optOut: workspace.engine.optOut,
        host: options.host,
        port,
        token,
        version: version(),
        uiDir: join(appRoot(), 'out', 'renderer'),
        swaggerDir: join(appRoot(), 'node_modules', 'swagger-ui-dist'),
        allowHosts: options.allowHosts,
      });
    const server =
      own.port === null ? await start(usualPort).catch((error: unknown) => (codeOf(error) === 'EADDRINUSE' ? start(0) : Promise.reject(error))) : await start(own.port);
    own.lock.announce({ pid: process.pid, url: server.url, kind: 'headless' });
    return { workspace, server, token, address: `${server.url}/#token=${token}` };
  } catch (error) {
    await workspace.stop();
    throw error;
  }
}

async function announce(main: Served, options: Arguments, dataDir: string): Promise<void> {
  const { server, token, address } = main;
  if (options.printJson) process.stdout.write(`${JSON.stringify({ url: server.url, token, pid: process.pid })}\n`);
  else process.stdout.write(`Homing is running${options.practice ? ' (practice: nothing leaves this computer)' : ''}: ${address}\nData: ${dataDir}. Stop with Ctrl+C.\n`);
  if (!['127.0.0.1', '::1', 'localhost'].includes(options.host)) {
    process.stderr.write(`Other computers can reach ${options.host}, and the connection is not encrypted: put a TLS proxy in front.\n`);
  }
  if (options.open && !(await openBrowser(address, dataDir)) && options.printJson) process.stderr.write(`There is no browser here. Open ${address}\n`);
}

/** With --open, a running instance is what the user wants to see. */
async function locked(error: unknown, options: Arguments, dataDir: string): Promise<Outcome> {
  if (!isAppError(error)) throw error;
  if (error.code !== 'conflict') return { kind: 'failed', sentence: error.message };
  const holder = (error.data['holder'] ?? null) as LockHolder | null;
  if (options.open && holder?.url !== undefined && holder.url !== null) {
    const address = `${holder.url}/#token=${loadToken(dataDir)}`;
    process.stdout.write(`Homing is already running: ${address}\n`);
    await openBrowser(address, dataDir);
    return { kind: 'ended' };
  }
  return { kind: 'alreadyRunning', sentence: error.message };
}

function startProblem(error: unknown, options: Arguments): string {
  if (isAppError(error)) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const where = `${options.host}:${options.port ?? usualPort}`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `The address ${where} is in use by another program. Choose another port with --port, or 0 for any free one.`;
    case 'EACCES':
      return `This user may not listen on ${where}, or not write to the data directory: ${message}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${options.host} is not an address of this computer. Use --host 127.0.0.1, or an address of its own.`;
    case 'ENOENT':
      return `A file is missing: ${message}`;
    case 'ENOSPC':
      return 'The disk is full. Nothing was lost: free some space and start again.';
    default:
      return `Homing could not start: ${message}`;
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}

let watching = false;
/** A stray rejection is a bug to be logged, not a reason to stop sending; after an uncaught exception nothing can be trusted. */
function watchForAccidents(log: { error(data: object, message: string): void }): void {
  if (watching) return;
  watching = true;
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'uncaught exception; Homing ends');
    process.stderr.write(`Homing ended because of an internal error: ${error.message}. The log in the data directory has the details.\n`);
    process.exit(1);
  });
}
