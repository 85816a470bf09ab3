// What each screen asks first, among 100,000 contacts and 1,000,000 events (bar: 50 ms in the engine).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { join } from 'node:path';
import { createAnalytics } from '../../electron/engine/analytics/index.ts';
import { createContacts } from '../../electron/engine/contacts/index.ts';
import { createEvents } from '../../electron/engine/events/index.ts';
import { systemClock } from '../../electron/engine/lib/clock.ts';
import { createIds } from '../../electron/engine/lib/ids.ts';
import { openStore } from '../../electron/engine/store/index.ts';
import { segmentFilterSchema, type SegmentRule } from '../../shared/schemas/segment.ts';
import { settingsSchema } from '../../shared/schemas/settings.ts';
import { campaigns, writeBenchWorkspace } from '../support/bench-workspace.ts';
import { median, printTable } from '../support/bench.ts';
import { silentLog } from '../support/silent-log.ts';

const people = Number(process.env['BENCH_CONTACTS'] ?? 100_000);
const dataDir = mkdtempSync(join(tmpdir(), 'homing-bench-'));
const clock = systemClock;
const store = openStore({ dataDir, clock, log: silentLog });
const events = createEvents(store, clock);
const base = { store, events, clock, ids: createIds(clock.now), log: silentLog, random: Math.random, dataDir };

console.log(`writing ${people.toLocaleString('en')} contacts with what happened to them …`);
writeBenchWorkspace(store, people, clock.now());
const total = (store.prepareRead('select count(*) as n from events').get() as { n: number }).n;

const analytics = createAnalytics({ ...base, deliveries: { next: () => [] }, settings: { get: () => settingsSchema.parse({}) }, pausedUntil: () => null, zone: 'Europe/Berlin' });
const catchUpAt = performance.now();
analytics.start();
while ((store.prepareRead(`select coalesce(max(n), 0) as n from event_totals where key = 'cursor'`).get() as { n: number }).n < total)
  await new Promise((resolve) => setImmediate(resolve));
console.log(`totals of all events taken in: ${(performance.now() - catchUpAt).toFixed(0)} ms in slices`);
analytics.stop();
const contacts = createContacts(base);
const rows: Record<string, string | number>[] = [];
function measure(work: string, run: () => unknown, bar = 50): void {
  const first = performance.now();
  run();
  const coldMs = performance.now() - first;
  const cpu = process.cpuUsage();
  const times = Array.from({ length: 9 }, () => {
    const startedAt = performance.now();
    run();
    return performance.now() - startedAt;
  });
  const { user, system } = process.cpuUsage(cpu);
  rows.push({ work, 'first ms': coldMs.toFixed(1), 'median ms': median(times).toFixed(1), 'processor ms': ((user + system) / 9000).toFixed(1), 'bar ms': bar });
}

const someCampaigns = Array.from({ length: campaigns }, (_, i) => `c${i}`);
measure('dashboard', () => analytics.dashboard());
measure('needs you', () => analytics.needsYou());
measure('counts of 20 campaigns', () => analytics.campaignCounts(someCampaigns));
measure('counts of one campaign', () => analytics.campaignCounts(['c1']));
measure('events, newest 50', () => analytics.feed.list({ limit: 50 }));
measure('events of one campaign', () => analytics.feed.list({ limit: 50, campaignId: 'c1' }));
measure('events of one type', () => analytics.feed.list({ limit: 50, type: 'sent' }));
measure('events of one person', () => analytics.feed.list({ limit: 50, contactId: 'p000100' }));
measure('events of one delivery', () => analytics.feed.list({ limit: 50, deliveryId: 'd100-1' }));
measure('analytics over 30 days', () => analytics.insight.trend({ days: 30 }));
measure('analytics over a year', () => analytics.insight.trend({ days: 365 }));
measure('analytics over 90 days of one campaign', () => analytics.insight.trend({ days: 90, campaignId: 'c1' }));
measure('contacts, first 50', () => contacts.list({ limit: 50 }));
measure('contacts, search', () => contacts.list({ limit: 50, q: 'last999' }));
const segments: readonly (readonly [string, SegmentRule])[] = [
  ['company is', { kind: 'text', field: 'company', op: 'equals', values: ['Company 77'], not: false }],
  ['company begins with', { kind: 'text', field: 'company', op: 'starts_with', values: ['company 77'], not: false }],
  ['domain is one of two', { kind: 'text', field: 'domain', op: 'equals', values: ['company7.example.com', 'company8.example.com'], not: false }],
  ['custom field is', { kind: 'text', field: 'custom.topic', op: 'equals', values: ['x'], not: false }],
  ['custom field is not', { kind: 'text', field: 'custom.topic', op: 'equals', values: ['x'], not: true }],
  ['tag', { kind: 'tag', tags: ['a'], not: false }],
  ['replied', { kind: 'event', event: 'replied', atLeast: 1, withinDays: null, campaignId: null, not: false }],
  ['replied in 30 days', { kind: 'event', event: 'replied', atLeast: 1, withinDays: 30, campaignId: null, not: false }],
  ['sent in 30 days', { kind: 'event', event: 'sent', atLeast: 1, withinDays: 30, campaignId: null, not: false }],
  ['sent', { kind: 'event', event: 'sent', atLeast: 1, withinDays: null, campaignId: null, not: false }],
  ['sent three times', { kind: 'event', event: 'sent', atLeast: 3, withinDays: null, campaignId: null, not: false }],
  ['sent three times in one campaign', { kind: 'event', event: 'sent', atLeast: 3, withinDays: null, campaignId: 'c1', not: false }],
  ['never enrolled', { kind: 'event', event: 'enrolled', atLeast: 1, withinDays: null, campaignId: null, not: true }],
  ['mailed in 30 days', { kind: 'days', field: 'last_sent_at', op: 'last', days: 30, not: false }],
];
for (const [name, rule] of segments) {
  const filter = segmentFilterSchema.parse({ rules: [rule] });
  measure(`segment, count: ${name}`, () => contacts.segments.count({ filter }));
  measure(`segment, first 100: ${name}`, () => contacts.list({ limit: 100, filter }));
}
const typical = segmentFilterSchema.parse({
  rules: [
    { kind: 'status', statuses: ['active'] },
    { kind: 'text', field: 'country', op: 'equals', values: ['Country'] },
    {
      kind: 'group',
      match: 'any',
      rules: [
        { kind: 'tag', tags: ['a'] },
        { kind: 'text', field: 'title', op: 'contains', values: ['head'] },
      ],
    },
    { kind: 'event', event: 'replied', not: true },
  ],
});
measure('segment, count: four rules, nested', () => contacts.segments.count({ filter: typical }));
measure('segment, first 100: four rules, nested', () => contacts.list({ limit: 100, filter: typical }));
measure('segment, row 50,000 by name: four rules, nested', () => contacts.list({ limit: 100, offset: 50_000, sort: 'name', filter: typical }));
printTable(`Screens among ${people.toLocaleString('en')} contacts and ${total.toLocaleString('en')} events`, rows);
const reportAt = performance.now();
const report = await analytics.reports.campaign('c1');
const loop = monitorEventLoopDelay({ resolution: 5 });
for (const query of [{ days: 90 }, { days: 90, campaignId: 'c1' }]) {
  loop.reset();
  loop.enable();
  const at = performance.now();
  const { totals } = await analytics.insight.breakdown(query);
  console.log(
    `analytics, breakdown of ${totals.sent.toLocaleString('en')} mails: ${(performance.now() - at).toFixed(0)} ms in slices, event loop p99 ${(loop.percentile(99) / 1e6).toFixed(0)} ms, longest ${(loop.max / 1e6).toFixed(0)} ms`,
  );
  loop.disable();
}
console.log(`campaign report of ${(people / campaigns).toLocaleString('en')} people: ${(performance.now() - reportAt).toFixed(0)} ms, ${(report.size / 1024).toFixed(0)} KiB`);
store.close();
rmSync(dataDir, { recursive: true, force: true });
