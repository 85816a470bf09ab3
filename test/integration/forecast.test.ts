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

test('what is forecast is what an engine with a fast clock sends, day by day', async () => {
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
    // Every follow-up is due before the window opens: which mail comes next does not hang on seconds.
    rules: { ...anyTime, calendar: { zone: 'UTC', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], start: '08:00', end: '20:00' }], holidays: [] }, startAt },
  });
  const forecast = await createForecaster({ store, clock }).forecast(campaignId);
  expect([forecast.first, forecast.followUps]).toEqual([10, 10]);
  await until(() => engine.services.campaigns.get(campaignId).status === 'finished', 'the campaign came to its end', 60_000);
  expect(sentByDay(engine)).toEqual(forecast.days.map((one) => `${one.day} ${one.first} ${one.followUps}`));
  expect(Math.abs((forecast.lastAt ?? 0) - Math.max(...engine.services.deliveries.list({ limit: 500, state: 'sent' }).items.map(({ sentAt }) => sentAt ?? 0)))).toBeLessThan(
    6 * hour,
  );
}, 90_000);
