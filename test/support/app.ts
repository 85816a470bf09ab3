import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const root = join(import.meta.dirname, '..', '..');
export const resultsDir = join(root, 'test-results');

/** The system's Chromium; the tests that need it are skipped where there is none. */
export const chromiumPath =
  [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path)) ?? null;

/** A mail as the practice server filed it in the sender's Sent folder: what really left. */
export interface LeftMail {
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly inReplyTo: string;
  readonly references: string;
  readonly listUnsubscribe: string;
  readonly source: string;
}

export interface App {
  readonly url: string;
  readonly token: string;
  readonly dataDir: string;
  /** A REST call with the bearer token; throws with the answer's text when it is not a success. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** The answer itself. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** What left the practice workspace so far, in order. */
  left(): LeftMail[];
  /** Ends the process at once, as a crash or a power cut would. */
  kill(): Promise<void>;
  /** Ends the process with SIGTERM; resolves to its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the built headless host as its own process on a new data directory. */
export async function startApp(options: { practice?: boolean; dataDir?: string; port?: number } = {}): Promise<App> {
  const entry = join(root, 'out', 'main', 'headless.js');
  if (!existsSync(entry) || !existsSync(join(root, 'out', 'renderer', 'index.html'))) throw new Error('There is no build. Run `npm run build` first (npm test does).');
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'homing-e2e-'));
  const args = [entry, '--data-dir', dataDir, '--port', String(options.port ?? 0), '--print-json', ...(options.practice === true ? ['--practice'] : [])];
  // Its key file stays in the test's folder, not in the home of whoever runs the test.
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HOME: dataDir, XDG_CONFIG_HOME: join(dataDir, 'config'), XDG_DATA_HOME: join(dataDir, 'share') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { url, token } = await firstLine(child);
  const headers = { authorization: `Bearer ${token}` };
  const workspaceDir = options.practice === true ? join(dataDir, 'practice') : dataDir;

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${url}/api/v1${path}`, { ...init, headers: { ...headers, ...(init.headers as Record<string, string> | undefined) } });
  }
  return {
    url,
    token,
    dataDir,
    fetch: call,
    async api<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await call(path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    left: () => readSent(join(workspaceDir, 'simulated', 'mail')),
    async kill() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

function firstLine(child: ChildProcess): Promise<{ url: string; token: string }> {
  return new Promise((resolve, reject) => {
    let out = '';
    let err = '';
    child.stdout?.on('data', (data: Buffer) => {
      out += String(data);
      const end = out.indexOf('\n');
      if (end >= 0) resolve(JSON.parse(out.slice(0, end)) as { url: string; token: string });
    });
    child.stderr?.on('data', (data: Buffer) => (err += String(data)));
    child.once('exit', (code) => reject(new Error(`The host ended with ${code}: ${err}`)));
  });
}

function readSent(dir: string): LeftMail[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((mailbox) => {
    const file = join(dir, mailbox, 'Sent.jsonl');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => describe((JSON.parse(line) as { source: string }).source));
  });
}

function describe(source: string): LeftMail {
  const head = source.slice(0, source.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}:[ \t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  return {
    to: /[^\s<]+@[^\s>]+/.exec(header('To'))?.[0] ?? '',
    subject: header('Subject'),
    messageId: header('Message-ID'),
    inReplyTo: header('In-Reply-To'),
    references: header('References'),
    listUnsubscribe: header('List-Unsubscribe'),
    source,
  };
}

/** Asks until the answer satisfies, and tells the last answer when it never does. */
export async function until<T>(what: string, ask: () => Promise<T> | T, satisfied: (answer: T) => boolean, timeoutMs: number): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (satisfied(answer)) return answer;
    if (performance.now() > end) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}. Last: ${String(JSON.stringify(answer)).slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** A browser page on the app, logged in by the token in the address as a user's is. Console errors are collected. */
export async function openBrowser(app: Pick<App, 'url' | 'token'>): Promise<{ browser: Browser; page: Page; problems: string[]; shot(name: string): Promise<void> }> {
  if (chromiumPath === null) throw new Error('No Chromium');
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  page.setDefaultTimeout(20_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  await page.goto(`${app.url}/#token=${app.token}`);
  mkdirSync(resultsDir, { recursive: true });
  return { browser, page, problems, shot: async (name) => void (await page.screenshot({ path: join(resultsDir, `${name}.png`) })) };
}
