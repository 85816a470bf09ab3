import { expect, onTestFinished, test } from 'vitest';
import { createForecaster } from '../../electron/engine/campaigns/index.ts';
import { day, hour } from '../../electron/engine/lib/clock.ts';
import type { Engine } from '../../electron/engine/engine.ts';
import { openStore } from '../../electron/engine/store/index.ts';
import { mailboxLimitsSchema } from '../../shared/schemas/mailbox.ts';
import { anyTime, emailStep, fastClock, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { memoryMailbox } from '../support/receiving.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { silentLog } from '../support/silent-log.ts';
import { temporaryDir } from '../support/store.ts';

/** Mails that left, by UTC day and first or follow-up. */
function sentByDay(engine: Engine): string[] {
  const counts = new Map<string, [number, number]>();
  for (const { sentAt, stepNumber } of engine.services.deliveries.list({ limit: 500, state: 'sent' }).items) {
    const date = new Date(sentAt ?? 0).toISOString().slice(0, 10);
    const [first, followUps] = counts.get(date) ?? [0, 0];
    counts.set(date, stepNumber === 1 ? [first + 1, followUps] : [first, followUps + 1]);
  }
  return [...counts].sort().map(([date, [first, followUps]]) => `${date} ${first} ${followUps}`);
}

/** Follow-ups are due before the window opens: which mail comes next does not hang on seconds. */
const window = { zone: 'UTC', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], start: '08:00', end: '20:00' }], holidays: [] };

/** An engine that is days ahead every second, with a campaign of ten people, two mails and six mails a day that begins tomorrow. */
async function launchTen() {
  const dataDir = temporaryDir();
  const smtp = await startRecordingSmtp();
  const clock = fastClock(20_000);
  const engine = await startEngine(realPorts(dataDir, { clock, transports: { openInbox: memoryMailbox(clock.now).transports.openInbox } }));
  const store = openStore({ dataDir, clock, log: silentLog });
  onTestFinished(async () => {
    await engine.stop();
    store.close();
    await smtp.close();
  });
  const limits = mailboxLimitsSchema.parse({ perDay: 6, per24Hours: 1000, perHour: 1000, minGapSeconds: 60, maxGapSeconds: 120 });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port, { limits, imapPort: 1, password: 'secret' }));
  // From tomorrow on, so that no part of a day is lost between the forecast and the launch.
  const startAt = (Math.floor(clock.now() / day) + 1) * day;
  const campaignId = await launchCampaign(engine, {
    recipients: Array.from({ length: 10 }, (_, index) => `p${index}@example.com`),
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'PT40H'), emailStep('b', '', 'Again')],
    rules: { ...anyTime, calendar: window, startAt },
  });
  const sent = () => engine.services.deliveries.list({ limit: 500, state: 'sent' }).items;
  return {
    ...{ engine, clock, startAt, sent },
    forecast: () => createForecaster({ store, clock, contacts: engine.services.contacts }).forecast(campaignId),
    finished: () => until(() => engine.services.campaigns.get(campaignId).status === 'finished', 'the campaign came to its end', 60_000),
    lastSentAt: () => Math.max(...sent().map(({ sentAt }) => sentAt ?? 0)),
  };
}

test('what is forecast is what an engine with a fast clock sends, day by day', async () => {
  const { engine, forecast, finished, lastSentAt } = await launchTen();
  const before = await forecast();
  expect([before.first, before.followUps]).toEqual([10, 10]);
  await finished();
  expect(sentByDay(engine)).toEqual(before.days.map((one) => `${one.day} ${one.first} ${one.followUps}`));
  expect(Math.abs((before.lastAt ?? 0) - lastSentAt())).toBeLessThan(6 * hour);
}, 90_000);

test('with follow-ups under way the forecast shows what is left, of those who still get it', async () => {
  const { engine, clock, startAt, sent, forecast, finished, lastSentAt } = await launchTen();
  /** The forecast of an evening, when nothing is on its way, and the days that it shows. */
  async function evening(dayNumber: number, mails: number) {
    await until(() => sent().length >= mails && clock.now() > startAt + (dayNumber - 1) * day + 20 * hour, `the evening of day ${dayNumber}`, 30_000);
    const shown = await forecast();
    return { shown, days: shown.days.map((one) => `${one.day} ${one.first} ${one.followUps}`), at: clock.now() };
  }
  // Six of the ten have their first mail; one of them is stopped.
  const first = await evening(1, 6);
  const stopped = sent()[0]?.enrolmentId ?? '';
  engine.enrolmentList.stop(stopped);
  const without = await forecast();
  expect([first.shown.first, first.shown.followUps, without.first, without.followUps]).toEqual([4, 10, 4, 9]);
  const third = await evening(3, 15);
  expect([third.shown.first, third.shown.followUps]).toEqual([0, 4]);
  await finished();
  const after = (at: number) => sentByDay(engine).filter((line) => Date.parse(`${line.slice(0, 10)}T20:00:00Z`) > at);
  expect(after(first.at)).toEqual(without.days.map((one) => `${one.day} ${one.first} ${one.followUps}`));
  expect(after(third.at)).toEqual(third.days);
  for (const { lastAt } of [without, third.shown]) expect(Math.abs((lastAt ?? 0) - lastSentAt())).toBeLessThan(6 * hour);
}, 90_000);
