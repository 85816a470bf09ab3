// Finding and claiming the next due row among 1,000,000 enrolments, with every rule looked at.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnrolments } from '../../electron/engine/sequences/index.ts';
import { createContacts } from '../../electron/engine/contacts/index.ts';
import { createEvents } from '../../electron/engine/events/index.ts';
import { createDomainTrouble, createOutbox } from '../../electron/engine/delivery/index.ts';
import { createPlanner } from '../../electron/engine/scheduling/index.ts';
import { campaignView, mailboxView, rowBlock, sentRows } from '../../electron/engine/scheduling/claim-rules.ts';
import { mailboxGate } from '../../electron/engine/scheduling/gates.ts';
import { createMailboxDays } from '../../electron/engine/scheduling/mailbox-day.ts';
import { createSendBooks } from '../../electron/engine/scheduling/send-log.ts';
import { alwaysOpen } from '../../shared/schemas/common.ts';
import { mailboxLimitsSchema } from '../../shared/schemas/mailbox.ts';
import { createIds } from '../../electron/engine/lib/ids.ts';
import { systemClock } from '../../electron/engine/lib/clock.ts';
import { openStore } from '../../electron/engine/store/index.ts';
import { median, printTable } from '../support/bench.ts';
import { silentLog } from '../support/silent-log.ts';
import { retryPolicySchema } from '../../shared/schemas/settings.ts';

const enrolments = Number(process.env['BENCH_ENROLMENTS'] ?? 1_000_000);
const dataDir = mkdtempSync(join(tmpdir(), 'homing-bench-'));
const clock = systemClock;
const log = silentLog;
const store = openStore({ dataDir, clock, log });
const base = { store, events: createEvents(store, clock), clock, ids: createIds(clock.now), log, random: Math.random, dataDir };
const now = clock.now();

console.log(`writing ${enrolments.toLocaleString('en')} enrolments with their next delivery …`);
store.transaction((tx) => {
  tx.prepare(`insert into sequences (id, name, description, draft, created_at, updated_at) values ('s', 's', '', '{"steps":[]}', 0, 0)`).run();
  tx.prepare(`insert into sequence_versions (id, sequence_id, number, graph, created_at) values ('v', 's', 1, '{"steps":[]}', 0)`).run();
  const campaign = tx.prepare(
    `insert into campaigns (id, name, sequence_id, sequence_version_id, status, audience, mailbox_ids, rules, created_at, updated_at) values (?, ?, 's', 'v', 'running', '{}', '[]', '{}', 0, 0)`,
  );
  for (let i = 0; i < 10; i += 1) campaign.run(`c${i}`, `c${i}`);
});
for (let from = 0; from < enrolments; from += 50_000) {
  const to = Math.min(enrolments, from + 50_000) - 1;
  store.transaction((tx) => {
    const numbers = `with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to})`;
    tx.prepare(
      `insert into enrolments (id, campaign_id, contact_id, sequence_version_id, mailbox_id, state, "references", variants, created_at, updated_at) ${numbers} select 'e' || i, 'c' || (i % 10), 'p' || i, 'v', 'm' || (i % 5), 'active', '[]', '{}', 0, 0 from n`,
    ).run();
    tx.prepare(
      `insert into deliveries (id, kind, unique_key, state, priority, campaign_id, enrolment_id, contact_id, mailbox_id, recipient, recipient_domain, step_id, step_number, slot_at, why, created_at, updated_at)
       ${numbers} select 'd' || i, 'step', 'e' || i || ':a', 'planned', 1 + (i % 2), 'c' || (i % 10), 'e' || i, 'p' || i, 'm' || (i % 5), 'p' || i || '@example.com', 'example.com', 'a', 1, ? - 500000 + i, 'slot', 0, 0 from n`,
    ).run(now);
  });
}
const contacts = createContacts(base);
const retryPolicy = () => retryPolicySchema.parse({});
const outbox = createOutbox({
  ...base,
  boot: 'bench',
  planner: createPlanner({ ...base, contacts, webhooks: { queue: () => undefined } }),
  enrolments: createEnrolments(base),
  contacts,
  domains: createDomainTrouble({ ...base, retryPolicy }),
  retryPolicy,
});

function measure(runs: number, work: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    const startedAt = performance.now();
    work();
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

// A mailbox and a campaign with every rule switched on.
store.transaction((tx) => {
  const limits = JSON.stringify(mailboxLimitsSchema.parse({ minGapSeconds: 0, maxGapSeconds: 0, rampUp: {}, humanDay: true }));
  const calendar = JSON.stringify({ zone: 'UTC', windows: alwaysOpen, holidays: [] });
  tx.prepare(
    `insert into mailboxes (id, name, from_name, address, signature_html, smtp, limits, calendar, state, created_at, updated_at) values ('box', 'box', '', 'box@example.com', '', '{}', ?, ?, 'ready', 0, 0)`,
  ).run(limits, calendar);
  tx.prepare(`update campaigns set rules = ? where id = 'c0'`).run(
    JSON.stringify({ calendar: { zone: 'UTC', windows: alwaysOpen }, maxPerDay: 1000, maxNewPerDay: 500, maxPerDomainPerDay: 5, maxPerCompanyPerDay: 5 }),
  );
});
const books = createSendBooks(sentRows((sql) => store.prepareRead(sql)));
const days = createMailboxDays(base);
const row = store.transaction((tx) => outbox.due(tx, 'm0', 1, 'c0', now) ?? outbox.due(tx, 'm0', 2, 'c0', now));

let found = 0;
const rows = [
  {
    work: 'find the next due row of a mailbox (10 campaigns, both priorities)',
    ms: measure(2000, () => {
      store.transaction((tx) => {
        for (const priority of [1, 2]) for (let c = 0; c < 10; c += 1) if (outbox.due(tx, 'm0', priority, `c${c}`, now) !== undefined) return;
      });
    }).toFixed(4),
  },
  {
    work: 'find and claim, 20 rows a commit',
    ms: (
      measure(200, () => {
        store.transaction((tx) => {
          for (let i = 0; i < 20; i += 1) {
            const row = outbox.due(tx, `m${i % 5}`, 1 + (i % 2), `c${i % 10}`, now);
            if (row === undefined) continue;
            outbox.claim(tx, row);
            found += 1;
          }
        });
      }) / 20
    ).toFixed(4),
  },
  {
    work: 'look at every rule of a due row: mailbox, its day, campaign, limits of domain and company',
    ms: measure(2000, () => {
      store.transaction((tx) => {
        const mailbox = mailboxView(tx.prepare, 'box', (view) => days.begin(tx, view, now));
        if (mailbox === undefined || row === undefined) throw new Error('nothing to look at');
        mailboxGate(mailbox, books.mailbox('box', now), 1, now);
        rowBlock(tx.prepare, row, campaignView(tx.prepare, 'c0'), mailbox, books, now);
      });
    }).toFixed(4),
  },
  { work: 'idle look: nothing is due', ms: measure(2000, () => store.transaction((tx) => outbox.due(tx, 'nobody', 1, 'c0', now))).toFixed(4) },
];
if (found === 0) throw new Error('nothing was claimed');
printTable(`The claim among ${enrolments.toLocaleString('en')} enrolments, medians (bar: 0.1 ms)`, rows);
store.close();
rmSync(dataDir, { recursive: true, force: true });
