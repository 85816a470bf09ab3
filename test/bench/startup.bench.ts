// Start of the built headless host until it answers, and its resident memory (bars: 0.7 s, 120 MB).
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, printTable } from '../support/bench.ts';
import { builtHeadless } from '../support/built.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 7);
const people = Number(process.env['BENCH_CONTACTS'] ?? 100_000);
const entry = builtHeadless();

interface Host {
  readonly readyMs: number;
  readonly child: ChildProcess;
  call(path: string, init?: RequestInit): Promise<Response>;
}

/** Starts the host as `npm run headless` does and waits for its first line. */
async function start(dataDir: string): Promise<Host> {
  const home = join(dataDir, 'home');
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--max-semi-space-size=2', entry, '--data-dir', join(dataDir, 'data'), '--port', '0', '--print-json'], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      MALLOC_ARENA_MAX: '2',
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_DATA_HOME: join(home, 'share'),
      XDG_CACHE_HOME: join(home, 'cache'),
      NODE_COMPILE_CACHE: join(home, 'compiled'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout?.on('data', (data: Buffer) => {
      out += String(data);
      if (out.includes('\n')) resolve(out);
    });
    child.once('exit', (code) => reject(new Error(`The host ended with ${code}`)));
  });
  const readyMs = performance.now() - startedAt;
  const { url, token } = JSON.parse(line) as { url: string; token: string };
  return {
    readyMs,
    child,
    async call(path, init = {}) {
      const response = await fetch(`${url}/api/v1${path}`, { ...init, headers: { ...(init.headers as Record<string, string> | undefined), authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response;
    },
  };
}

async function stop({ child }: Host): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** Resident memory in MB (10^6 bytes); NaN where the system does not tell. */
function residentMb({ child }: Host): number {
  const file = `/proc/${child.pid}/status`;
  if (existsSync(file)) return (Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1] ?? NaN) * 1024) / 1e6;
  if (process.platform === 'win32') return NaN;
  return (Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) * 1024) / 1e6;
}

async function importPeople(dataDir: string): Promise<void> {
  const host = await start(dataDir);
  const lines = Array.from({ length: people }, (_, i) => `person${i}@company${i % 5000}.example.com,First${i % 700},Last${i},Company ${i % 5000}`);
  const form = new FormData();
  form.set('file', new File([['email,first_name,last_name,company', ...lines].join('\n')], 'people.csv', { type: 'text/csv' }));
  form.set('mode', 'skip');
  const { id } = (await (await host.call('/subscribers/import', { method: 'POST', body: form })).json()) as { id: string };
  for (;;) {
    const run = (await (await host.call(`/subscribers/imports/${id}`)).json()) as { state: string; created: number };
    if (run.state === 'finished' && run.created === people) break;
    if (run.state !== 'running') throw new Error(`The import ended as ${JSON.stringify(run)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop(host);
}

const rows: Record<string, string | number>[] = [];
for (const [workspace, prepare] of [
  ['empty', null],
  [`${people.toLocaleString('en')} contacts`, importPeople],
] as const) {
  const dataDir = mkdtempSync(join(tmpdir(), 'homing-bench-'));
  try {
    // The first start writes the database and the compiled code; what is measured is every start after it.
    await stop(await start(dataDir));
    await prepare?.(dataDir);
    const ready: number[] = [];
    const atReady: number[] = [];
    const afterList: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const host = await start(dataDir);
      ready.push(host.readyMs);
      atReady.push(residentMb(host));
      await (await host.call('/subscribers?limit=100')).json();
      afterList.push(residentMb(host));
      await stop(host);
    }
    const worst = Math.max(...ready);
    rows.push({
      workspace,
      'ready s': (median(ready) / 1000).toFixed(2),
      'slowest s': (worst / 1000).toFixed(2),
      'bar s': 0.7,
      'MB at ready': median(atReady).toFixed(0),
      'MB after a list': median(afterList).toFixed(0),
      'bar MB': 120,
    });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
printTable(`Start of the headless host, median of ${rounds}`, rows);
