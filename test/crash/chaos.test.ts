import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { hour, minute } from '../../electron/engine/lib/clock.ts';
import { seededRandom } from '../../electron/engine/lib/random.ts';
import { campaignRulesSchema } from '../../shared/schemas/campaign.ts';
import { anyTime, emailStep, launchCampaign, realPorts, startEngine, testMailbox, timeOf, until, waitStep, type ClockSetting } from '../support/engine.ts';
import { lostFromSight } from '../support/lost-from-sight.ts';
import { temporaryDir } from '../support/store.ts';
import { brokenPromises, inspect, readRows, type SetBack } from './chaos-check.ts';
import { addressOf, blowNames, mailboxAddress, mailboxUser, startChaosWorld, type Blow, type ChaosPlan, type ChaosWorld } from './chaos-world.ts';
import type { SenderOrder } from './sender-process.ts';

const short: ChaosPlan = {
  ...{ people: 340, mailboxes: 4, domains: 20, connections: 3, factor: 25_000, faultShare: 0.005, imapShare: 0 },
  ...{ perDay: 110, perHour: 60, campaignPerDay: 400, newPerDay: 300, domainPerDay: 24 },
  blows: ['sleep', 'kill_in_body', 'network', 'kill', 'clock_back', 'kill_in_body'],
};
const full: ChaosPlan = {
  ...{ people: 5900, mailboxes: 4, domains: 200, connections: 3, factor: 4000, faultShare: 0.003, imapShare: 0.0002 },
  ...{ perDay: 800, perHour: 400, campaignPerDay: 3000, newPerDay: 2000, domainPerDay: 30 },
  blows: Array.from({ length: 60 }, (_, index) => blowNames[index % blowNames.length] ?? 'kill'),
};
const wholeRun = process.env['HOMING_CHAOS'] === '1';
const seed = Number(process.env['HOMING_CHAOS_SEED'] ?? Date.now() % 1_000_000);

let child: ChildProcess | null = null;
afterEach(() => {
  child?.kill('SIGKILL');
});

/** Writes people, mailboxes and a launched campaign; nothing leaves before the sender starts. */
async function prepare(dataDir: string, plan: ChaosPlan, world: ChaosWorld): Promise<void> {
  const engine = await startEngine(realPorts(dataDir));
  const { mailboxes } = engine.services;
  const ids = Array.from({ length: plan.mailboxes }, (_, index) => {
    const { id } = mailboxes.create({
      ...testMailbox(world.smtp.port),
      address: mailboxAddress(index),
      imap: { host: '127.0.0.1', port: world.imap.port, security: 'none', user: mailboxUser(index), password: 'secret', auth: 'password', allowSelfSigned: true },
      limits: { perDay: plan.perDay, perHour: plan.perHour, per24Hours: null, minGapSeconds: 0, maxGapSeconds: 0, connections: plan.connections, rampUp: null, humanDay: false },
    });
    mailboxes.pause(id, null);
    return id;
  });
  await launchCampaign(engine, {
    recipients: Array.from({ length: plan.people }, (_, person) => addressOf(person, plan.domains)),
    mailboxIds: ids,
    steps: [emailStep('first', 'Hello', 'Hello {{ first_name }}'), waitStep('wait', 'PT6H'), emailStep('second', '', 'Still there?')],
    rules: campaignRulesSchema.parse({
      ...anyTime,
      ...{ maxPerDay: plan.campaignPerDay, maxNewPerDay: plan.newPerDay, maxPerDomainPerDay: plan.domainPerDay },
      // A person would have to decide otherwise, and there is none here.
      ...{ autoPause: null, staleAfterHours: 1000 },
    }),
  });
  for (const id of ids) mailboxes.resume(id);
  await engine.stop();
  const db = new Database(join(dataDir, 'homing.db'));
  // All but the last one are proven to file their own Sent copies, so that their unknown outcomes come to an end.
  db.prepare(`update mailboxes set sent_copy = 'provider', sent_folder = 'Sent'`).run();
  db.prepare(`update mailboxes set sent_copy = 'off', sent_folder = null where address = ?`).run(mailboxAddress(plan.mailboxes - 1));
  db.close();
}

test(
  `${wholeRun ? 10_000 : 600} messages over four mailboxes through random faults, SIGKILL, sleep and clock changes: never twice, none lost, no limit exceeded, nobody mailed after an answer`,
  { timeout: wholeRun ? 1_800_000 : 120_000 },
  async () => {
    const plan = wholeRun ? full : short;
    const dataDir = temporaryDir();
    const errorFile = join(dataDir, 'errors.log');
    const random = seededRandom(seed);
    const begunAt = performance.now();
    let clock: ClockSetting = { base: Date.now(), at: Date.now(), factor: plan.factor };
    const world = await startChaosWorld(plan, join(dataDir, 'record.jsonl'), seed, () => timeOf(clock));
    onTestFinished(() => world.close());
    await prepare(dataDir, plan, world);
    const tally = { kills: 0, openAtKills: 0, sleeps: 0, 'clock set back': 0, 'inboxes cut': 0 };
    const setBacks: SetBack[] = [];

    const order = (what: SenderOrder) => child?.send(what);
    /** The clock as it goes on from here. */
    function move(byMs: number): void {
      clock = { base: Math.round(timeOf(clock) + byMs), at: Date.now(), factor: plan.factor };
    }
    function start(): void {
      child = fork(fileURLToPath(new URL('./sender-process.ts', import.meta.url)), [JSON.stringify({ dataDir, errorFile, clock, ahead: true })], { execArgv: [] });
    }
    async function kill(): Promise<void> {
      const running = child;
      if (running === null) return;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await gone;
      const { open, lost } = inspect(dataDir, (db) => ({
        open: lostFromSight(db),
        ...(db.prepare(`select count(*) as lost from events where type = 'unknown' and reason = 'connection_lost'`).get() as { lost: number }),
      }));
      tally.kills += 1;
      tally.openAtKills += open;
      // What is lost sight of is at most what was past 354: one mail on each connection, each seen by the server as a cut.
      expect(open).toBeLessThanOrEqual(plan.mailboxes * plan.connections);
      const all = tally.openAtKills + lost;
      await until(() => world.smtp.openBodies() === 0 && world.smtp.cuts().length >= all, `the server counts ${all} cut connections or more`, 5000);
      // The computer is off for a while.
      move(random() * 3 * hour);
      start();
    }
    const blows: Record<Blow, () => Promise<void> | void> = {
      kill,
      async kill_in_body() {
        await until(() => world.smtp.openBodies() > 0, 'a body is under way', 500).catch(() => undefined);
        await kill();
      },
      async sleep() {
        const sleeping = child;
        sleeping?.kill('SIGSTOP');
        // The servers do not sleep: what they had is taken in or cut before the clock has moved.
        await until(() => world.smtp.openBodies() === 0, 'the servers have taken what they had', 2000).catch(() => undefined);
        move(random() * 8 * hour);
        order({ clock, woken: true });
        sleeping?.kill('SIGCONT');
        tally.sleeps += 1;
      },
      clock_back() {
        const back = 2 * minute + random() * 8 * minute;
        // Never over midnight: a day that comes twice has room for twice as many.
        if (Math.floor(timeOf(clock) / (24 * hour)) !== Math.floor((timeOf(clock) - back - hour) / (24 * hour))) return;
        setBacks.push({ at: timeOf(clock), byMs: back });
        move(-back);
        order({ clock, woken: false });
        tally['clock set back'] += 1;
      },
      network() {
        world.cutInboxes();
        tally['inboxes cut'] += 1;
      },
    };

    start();
    const step = Math.floor((plan.people * 1.5) / (plan.blows.length + 1));
    for (const blow of plan.blows) {
      const target = world.messages.length + step * (0.5 + random());
      await until(() => world.messages.length >= target, 'some more were accepted', 4000).catch(() => undefined);
      await blows[blow]();
    }
    const open = () =>
      inspect(
        dataDir,
        (db) =>
          db
            .prepare(
              `select (select count(*) from deliveries where state in ('planned','claimed','sending','deferred','held')) +
                 (select count(*) from enrolments e where state in ('pending','active','paused','held') and not exists (select 1 from deliveries d where d.enrolment_id = e.id and d.state = 'unknown')) +
                 (select count(*) from deliveries d join mailboxes m on m.id = d.mailbox_id where d.state = 'unknown' and m.sent_copy = 'provider') as n`,
            )
            .get() as { n: number },
      ).n;
    await until(() => open() === 0, `all is settled (seed ${seed})`, wholeRun ? 900_000 : 60_000).catch((error: unknown) => {
      console.error(
        readRows(dataDir)
          .filter(({ state }) => !['sent', 'failed', 'skipped', 'cancelled'].includes(state))
          .slice(0, 10),
      );
      throw error;
    });
    const stopping = child;
    const stopped = new Promise((resolve) => stopping?.once('exit', resolve));
    order('stop');
    await stopped;

    expect(existsSync(errorFile) ? readFileSync(errorFile, 'utf8') : '').toBe('');
    expect(brokenPromises(dataDir, plan, world, setBacks), `seed ${seed}`).toEqual([]);
    const rows = readRows(dataDir);
    const unknown = rows.filter(({ state }) => state === 'unknown').length;
    expect(unknown).toBeLessThanOrEqual(world.smtp.cuts().filter(({ during }) => during === 'body').length + tally.openAtKills);
    console.info(
      JSON.stringify({
        seed,
        seconds: Math.round((performance.now() - begunAt) / 1000),
        days: Math.round((timeOf(clock) - begunAt) / (24 * hour)) > 0 ? Number(((timeOf(clock) - (rows[0]?.slotAt ?? 0)) / (24 * hour)).toFixed(1)) : 0,
        messages: world.messages.length,
        ...tally,
        answers: world.answeredAt.size,
        states: Object.fromEntries([...Map.groupBy(rows, ({ state }) => state)].map(([state, each]) => [state, each.length])),
        unknownEvents: inspect(dataDir, (db) => db.prepare(`select reason, count(*) as n from events where type in ('unknown','resolved') group by reason`).all()),
        faults: Object.fromEntries([...world.faults].sort()),
      }),
    );
  },
);
