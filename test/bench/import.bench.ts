import { closeSync, mkdtempSync, openAsBlob, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createContacts } from '../../electron/engine/contacts/index.ts';
import { createEvents } from '../../electron/engine/events/index.ts';
import { systemClock } from '../../electron/engine/lib/clock.ts';
import { createIds } from '../../electron/engine/lib/ids.ts';
import type { Logger } from '../../electron/engine/ports.ts';
import { openStore } from '../../electron/engine/store/index.ts';

// Imports a generated CSV file through the product's importer and prints rows/s, event-loop delay and memory.
// node test/bench/import.bench.ts [rows]
const rows = Number(process.argv[2] ?? 100_000);
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const firstNames = ['Anna', 'José', 'Zoë', 'Tom', 'Käthe', 'Li', 'Mohamed', 'Olga'];

function writeFile(path: string): void {
  const file = openSync(path, 'w');
  let text = 'Email,First name,Last name,Company,Job title,Phone,Website,City,Country,Time zone,Plan,Note\r\n';
  for (let i = 0; i < rows; i += 1) {
    const first = firstNames[i % firstNames.length] ?? 'Ann';
    text += `person.${i}@company${i % 5000}.example.com,${first},"Müller-${i}",Company ${i % 5000} GmbH,Head of Sales,+49 30 ${100000 + i},https://company${i % 5000}.example.com,Berlin,Germany,Europe/Berlin,${i % 3 === 0 ? 'pro' : 'free'},"Met at the fair, hall ${i % 40}"\r\n`;
    if (text.length > 1 << 20) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

interface Measured {
  readonly name: string;
  readonly seconds: number;
  /** Of all threads: what a machine with other work to do can be compared by. */
  readonly cpuSeconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly rssMb: number;
  readonly counts: string;
}

async function measure(name: string, work: () => Promise<string>): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const startRss = process.memoryUsage().rss;
  let peak = startRss;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50);
  delay.enable();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const counts = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const used = process.cpuUsage(cpu);
  delay.disable();
  clearInterval(watch);
  return {
    name,
    seconds,
    cpuSeconds: (used.user + used.system) / 1e6,
    p50: delay.percentile(50) / 1e6,
    p99: delay.percentile(99) / 1e6,
    max: delay.max / 1e6,
    rssMb: peak / 2 ** 20,
    counts,
  };
}

const dataDir = mkdtempSync(join(tmpdir(), 'homing-bench-'));
try {
  const path = join(dataDir, 'people.csv');
  writeFile(path);
  const store = openStore({ dataDir, clock: systemClock, log: silent });
  const contacts = createContacts({ store, events: createEvents(store, systemClock), clock: systemClock, ids: createIds(systemClock.now), log: silent, dataDir });
  const file = new File([await openAsBlob(path)], 'people.csv');

  async function run(mode: 'skip' | 'overwrite', dryRun: boolean): Promise<string> {
    let report = await contacts.import({ file, mode, dryRun, listName: 'Bench' });
    while (report.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, 20));
      report = contacts.getImport({ id: report.id });
    }
    if (report.state !== 'finished') throw new Error(report.error ?? report.state);
    return `${report.created} new, ${report.updated} changed, ${report.unchanged} same, ${report.rejected} rejected`;
  }

  const results = [
    await measure('dry run, empty workspace', () => run('skip', true)),
    await measure('first import', () => run('skip', false)),
    await measure('again, skip', () => run('skip', false)),
    await measure('again, overwrite', () => run('overwrite', false)),
  ];
  process.stdout.write(`${rows} rows, ${(statSync(path).size / 2 ** 20).toFixed(1)} MB, Node ${process.version}\n\n`);
  process.stdout.write('| work | s | CPU s | rows/s | delay p50 ms | p99 ms | max ms | peak RSS MB | result |\n|---|---|---|---|---|---|---|---|---|\n');
  for (const { name, seconds, cpuSeconds, p50, p99, max, rssMb, counts } of results) {
    process.stdout.write(
      `| ${name} | ${seconds.toFixed(2)} | ${cpuSeconds.toFixed(2)} | ${Math.round(rows / seconds)} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${max.toFixed(1)} | ${rssMb.toFixed(0)} | ${counts} |\n`,
    );
  }

  process.stdout.write('\n| screen | ms | total |\n|---|---|---|\n');
  const queries = {
    'first page': {},
    'by name': { sort: 'name' },
    'by company, descending': { sort: '-company' },
    'by last sent': { sort: '-lastSentAt' },
    'offset 90 %': { offset: Math.floor(rows * 0.9) },
    'offset 90 % by name': { sort: 'name', offset: Math.floor(rows * 0.9) },
    'search, all match': { q: 'company' },
    'search, few match': { q: 'müller-4242' },
    'search, none': { q: 'nobody here' },
    'search by name, all match': { q: 'muller', sort: 'name' },
    'status active': { status: 'active' as const },
    'status bounced': { status: 'bounced' as const },
    'tag, none': { tag: 'vip' },
    'list of all': { listId: contacts.lists.list({ limit: 1 }).items[0]?.id },
    'list and search': { listId: contacts.lists.list({ limit: 1 }).items[0]?.id, q: 'person.99' },
  };
  for (const [name, query] of Object.entries(queries)) {
    const times: number[] = [];
    let total = 0;
    for (let i = 0; i < 5; i += 1) {
      const startedAt = performance.now();
      total = contacts.list({ limit: 50, ...query }).total;
      times.push(performance.now() - startedAt);
    }
    process.stdout.write(`| ${name} | ${(times.sort((a, b) => a - b)[2] ?? 0).toFixed(1)} | ${total} |\n`);
  }
  const startedAt = performance.now();
  await contacts.fields();
  process.stdout.write(`| names of fields and tags | ${(performance.now() - startedAt).toFixed(1)} | |\n`);
  store.close();
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
