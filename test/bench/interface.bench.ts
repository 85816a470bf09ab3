// What a person waits for in the interface, in Chromium on the headless host, among 100,000 contacts and 1,000,000 events:
// bytes before the first screen (bar: 400 kB), a change of screen (100 ms), and how smoothly the table of contacts scrolls
// (no frame over 50 ms, by the browser's own tracing).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openStore } from '../../electron/engine/store/index.ts';
import { systemClock } from '../../electron/engine/lib/clock.ts';
import { openBrowser, startApp } from '../support/app.ts';
import { median, printTable } from '../support/bench.ts';
import { writeBenchWorkspace } from '../support/bench-workspace.ts';
import { builtHeadless } from '../support/built.ts';
import { silentLog } from '../support/silent-log.ts';
import { startFiles } from '../support/start-files.ts';

const people = Number(process.env['BENCH_CONTACTS'] ?? 100_000);
const rounds = 9;

builtHeadless();
const files = startFiles();
printTable(
  'Before the first screen',
  ['js', 'css'].map((kind) => {
    const some = files.filter(({ name }) => name.endsWith(`.${kind}`));
    return { kind, files: some.length, 'kB, compressed': (some.reduce((sum, { gzip }) => sum + gzip, 0) / 1000).toFixed(0) };
  }),
);

const dataDir = mkdtempSync(join(tmpdir(), 'homing-bench-'));
const store = openStore({ dataDir, clock: systemClock, log: silentLog });
console.log(`writing ${people.toLocaleString('en')} contacts with what happened to them …`);
writeBenchWorkspace(store, people, Date.now());
// Nothing is sent meanwhile.
store.transaction((tx) => tx.prepare(`update campaigns set status = 'paused'`).run());
store.close();

const app = await startApp({ dataDir });
const { browser, page, problems } = await openBrowser(app);
try {
  await page.waitForSelector('nav a');
  console.log('waiting until the totals of all events are taken in …');
  await page.waitForTimeout(10_000);
  await changeScreens(page);
  await scroll(page);
  if (problems.length > 0) console.log('problems of the page:', problems.slice(0, 5));
} finally {
  await browser.close();
  await app.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

/** From the click on a link of the navigation to the painted content, without skeletons. */
async function changeScreens(page: Page): Promise<void> {
  const links = new Set(await page.locator('nav a[href*="#/"]').evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? '')));
  // From elsewhere: the first link leads to where the application opens.
  await page.locator('nav a[href$="#/settings"]').click();
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  const times = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const href of links) {
      const ms = await page.evaluate(async (wanted) => {
        const title = document.querySelector('h1')?.textContent;
        const startedAt = performance.now();
        document.querySelector<HTMLElement>(`nav a[href="${wanted}"]`)?.click();
        const main = document.querySelector('main');
        const there = () => document.querySelector('h1') !== null && document.querySelector('h1')?.textContent !== title && main?.querySelector('.mantine-Skeleton-root') === null;
        while (!there() && performance.now() - startedAt < 10_000) await new Promise((resolve) => requestAnimationFrame(resolve));
        return performance.now() - startedAt;
      }, href);
      const before = times.get(href) ?? [];
      times.set(href, [...before, ms]);
      await page.waitForTimeout(150);
    }
  }
  printTable(
    `From a click to the painted screen, among ${people.toLocaleString('en')} contacts (first: with its code and questions; later: median of ${rounds}; bar 100 ms)`,
    [...times].map(([screen, [first = NaN, ...later]]) => ({
      screen,
      'first ms': first.toFixed(0),
      'median ms': median(later).toFixed(0),
      'longest ms': Math.max(...later).toFixed(0),
    })),
  );
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  /** µs */
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
}

/** The table of contacts under the wheel, row by row and by leaps. */
async function scroll(page: Page): Promise<void> {
  await page.locator('nav a[href$="#/contacts"]').click();
  const grid = page.getByRole('grid');
  await grid.getByRole('row').nth(5).waitFor();
  const box = await grid.boundingBox();
  if (box === null) throw new Error('The table of contacts is not on the screen');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const rows: Record<string, string | number>[] = [];
  for (const [name, delta] of [
    ['slowly, 3 rows a tick', 132],
    ['fast, a screen a tick', 700],
    ['leaps, 2,000 rows a tick', 88_000],
  ] as const) {
    await grid.evaluate((element) => element.scrollTo(0, 0));
    await page.waitForTimeout(500);
    const tracePath = join(dataDir, 'trace.json');
    await browser.startTracing(page, {
      path: tracePath,
      categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame', '__metadata'],
    });
    for (let tick = 0; tick < 120; tick += 1) {
      await page.mouse.wheel(0, delta);
      await page.waitForTimeout(16);
    }
    await browser.stopTracing();
    rows.push({ scrolling: name, 'rows passed': Math.round((await grid.evaluate((element) => element.scrollTop)) / 44), ...frames(tracePath) });
  }
  printTable(`Scrolling the table of ${people.toLocaleString('en')} contacts (bar: no task or frame over 50 ms)`, rows);
}

function frames(path: string): Record<string, string | number> {
  const { traceEvents } = JSON.parse(readFileSync(path, 'utf8')) as { traceEvents: TraceEvent[] };
  const main = traceEvents.find(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const tasks = traceEvents.filter(({ name, pid, tid, dur }) => name === 'RunTask' && pid === main?.pid && tid === main.tid && dur !== undefined).map(({ dur = 0 }) => dur / 1000);
  const drawn = traceEvents
    .filter(({ name }) => name === 'DrawFrame')
    .map(({ ts }) => ts / 1000)
    .sort((a, b) => a - b);
  const gaps = drawn.slice(1).map((at, index) => at - (drawn[index] ?? at));
  return {
    'frames drawn': drawn.length,
    'median ms': median(gaps).toFixed(1),
    'over 50 ms': gaps.filter((gap) => gap > 50).length,
    'longest ms': Math.max(0, ...gaps).toFixed(0),
    'longest task ms': Math.max(0, ...tasks).toFixed(0),
    'tasks over 50 ms': tasks.filter((task) => task > 50).length,
  };
}
