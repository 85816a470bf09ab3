import { expect, onTestFinished, test } from 'vitest';
import { alwaysOpen } from '../../shared/schemas/common.ts';
import type { Delivery } from '../../shared/schemas/delivery.ts';
import { mailboxLimitsSchema } from '../../shared/schemas/mailbox.ts';
import { hour } from '../../electron/engine/lib/clock.ts';
import { localDay } from '../../electron/engine/lib/zone.ts';
import { drawDay, humanDayBlock } from '../../electron/engine/scheduling/index.ts';
import { dovecotMissing, startDovecot } from '../support/dovecot.ts';
import { emailStep, fastClock, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

const dayFactor = 30_000; // a day in 2.9 s

async function open(factor = 1) {
  const smtp = await startRecordingSmtp();
  const clock = fastClock(factor);
  const engine = await startEngine(realPorts(temporaryDir(), { clock }));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const all = () => engine.services.deliveries.list({ limit: 500, sort: 'createdAt' }).items;
  const to = (recipient: string): Delivery => {
    const found = all().findLast((delivery) => delivery.recipient === recipient);
    if (found === undefined) throw new Error(`nothing for ${recipient}`);
    return found;
  };
  const eventsOf = (type: string) => engine.services.events.after(0, 10_000).filter((event) => event.type === type);
  return { engine, smtp, clock, all, to, eventsOf };
}

const people = (count: number, domain: string) => Array.from({ length: count }, (_, i) => `p${i}@${domain}`);
const freely = { minGapSeconds: 0, maxGapSeconds: 0, connections: 1 };

test('a ramp-up sends 2, 4, then 6 mails a day, as the launch planned it, and says each step', async () => {
  const { engine, smtp, all, eventsOf } = await open(dayFactor);
  const { id } = engine.services.mailboxes.create(
    testMailbox(smtp.port, { limits: mailboxLimitsSchema.parse({ ...freely, perDay: 6, perHour: 100, rampUp: { startPerDay: 2, stepPerDay: 2 } }) }),
  );
  await launchCampaign(engine, { recipients: people(12, 'example.com'), mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  const perDay = (at: (delivery: Delivery) => number | null) =>
    [...Map.groupBy(all(), (delivery) => localDay('UTC', at(delivery) ?? 0))].toSorted(([a], [b]) => a.localeCompare(b)).map(([, same]) => same.length);
  expect(perDay((delivery) => delivery.slotAt)).toEqual([2, 4, 6]);
  await until(() => all().every((delivery) => delivery.state === 'sent'), 'all have left', 25_000);
  const sent = perDay((delivery) => delivery.sentAt);
  expect(sent[0]).toBeLessThanOrEqual(2);
  expect(sent[1]).toBeLessThanOrEqual(4);
  expect(eventsOf('mailbox_ramp_changed').map((event) => event.data?.['to'])).toEqual([2, 4, 6]);
});

test('a domain and a company get no more than their share a day; free mail is exempt; the rest says why', async () => {
  const { engine, smtp, to, all } = await open();
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  engine.services.mailboxes.pause(id, null);
  const campaignId = await launchCampaign(engine, {
    recipients: [...people(5, 'corp.example.com'), ...people(4, 'gmail.com')],
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello', 'Hi')],
  });
  engine.services.campaigns.update(campaignId, { rules: { maxPerDomainPerDay: 2 } });
  engine.services.mailboxes.resume(id);
  engine.poke();
  await until(() => all().filter((delivery) => delivery.state === 'sent').length === 6, 'two and four have left');
  await until(() => all().every((delivery) => delivery.state === 'sent' || delivery.why?.code === 'domain_day'), 'the others wait for tomorrow');
  expect(smtp.messages().filter((message) => message.to.endsWith('@corp.example.com'))).toHaveLength(2);
  const waiting = all().filter((delivery) => delivery.state === 'planned');
  expect(waiting).toHaveLength(3);
  expect(waiting[0]?.why?.until).toBeGreaterThan(Date.now());
  expect(to('p0@gmail.com').state).toBe('sent');

  const next = await launchCampaign(engine, {
    recipients: people(6, 'other.example.com'),
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello', 'Hi')],
    rules: { maxPerCompanyPerDay: 2 },
  });
  const slots = engine.services.deliveries.list({ limit: 50, campaignId: next }).items.map((delivery) => localDay('UTC', delivery.slotAt));
  expect([...Map.groupBy(slots, (date) => date).values()].map((same) => same.length)).toEqual([2, 2, 2]);
});

test('a launch plans first mails inside the human days that will be drawn', async () => {
  const { engine, smtp, all } = await open();
  const { id } = engine.services.mailboxes.create(
    testMailbox(smtp.port, { limits: mailboxLimitsSchema.parse({ ...freely, minGapSeconds: 600, maxGapSeconds: 600, perDay: 20, perHour: 20, humanDay: true }) }),
  );
  await launchCampaign(engine, { recipients: people(60, 'example.com'), mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  const days = Map.groupBy(all(), (delivery) => localDay('UTC', delivery.slotAt));
  for (const [date, same] of days) {
    const plan = drawDay(id, date, { zone: 'UTC', windows: alwaysOpen, holidays: [] }, 20);
    if (plan === null) throw new Error('every day is a workday');
    expect(same.length).toBeLessThanOrEqual(plan.target);
    for (const delivery of same) expect(humanDayBlock(plan, 'UTC', delivery.slotAt)).toBeNull();
  }
});

test('whoever loses the mailbox: not mailed yet goes to another one, mailed waits, or moves where the rule says so', async () => {
  const { engine, smtp, to, eventsOf } = await open();
  const { mailboxes, campaigns, deliveries } = engine.services;
  const first = mailboxes.create(testMailbox(smtp.port, { name: 'First', address: 'first@test.example.com' })).id;
  const second = mailboxes.create(testMailbox(smtp.port, { name: 'Second', address: 'second@test.example.com' })).id;
  mailboxes.pause(second, null);
  const campaignId = await launchCampaign(engine, {
    recipients: ['a@example.com', 'b@example.com'],
    mailboxIds: [first, second],
    steps: [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'PT1S'), emailStep('b', '', 'Still there?')],
    rules: { rotation: 'round_robin' },
  });
  const mailed = () => ['a@example.com', 'b@example.com'].find((recipient) => to(recipient).stepNumber === 2);
  await until(() => mailed() !== undefined, 'one person was mailed from the first mailbox');
  const person = mailed() ?? '';
  const other = person === 'a@example.com' ? 'b@example.com' : 'a@example.com';
  expect(to(other)).toMatchObject({ mailboxId: second, stepNumber: 1 });

  // The second one goes: its person was not mailed yet and takes the first.
  campaigns.update(campaignId, { mailboxIds: [first] });
  await until(() => to(other).mailboxId === first, 'the person without mail has moved');
  expect(eventsOf('moved_mailbox').at(-1)?.data).toEqual({ from: second, sent: 0 });

  // The first one goes: whoever was mailed from it waits by default.
  mailboxes.resume(second);
  mailboxes.pause(first, null);
  campaigns.update(campaignId, { mailboxIds: [second] });
  await until(() => to(person).why?.code === 'mailbox_gone', 'the follow-up is held');
  expect(deliveries.get(to(person).id).state).toBe('held');

  expect(() => campaigns.update(campaignId, { mailboxIds: [] })).toThrow(/without a mailbox/);
  campaigns.update(campaignId, { rules: { lostMailbox: 'move' } });
  await until(() => to(person).mailboxId === second && to(person).state !== 'held', 'the person has moved');
  expect(eventsOf('moved_mailbox').at(-1)?.data).toEqual({ from: first, sent: 1 });
});

test('strict provider matching holds whom no mailbox matches, and lets them go when one comes', async () => {
  const { engine, smtp, to } = await open();
  const { mailboxes, campaigns } = engine.services;
  const own = mailboxes.create(testMailbox(smtp.port, { name: 'Own', address: 'own@test.example.com' })).id;
  const campaignId = await launchCampaign(engine, {
    recipients: ['anna@gmail.com', 'ben@unheard.example.com'],
    mailboxIds: [own],
    steps: [emailStep('a', 'Hello', 'Hi')],
    rules: { providerMatching: 'strict' },
  });
  await until(() => to('ben@unheard.example.com').state === 'sent', 'the unknown provider did not block', 30_000);
  expect(to('anna@gmail.com')).toMatchObject({ state: 'held', mailboxId: null, why: { code: 'no_matching_mailbox' } });
  campaigns.update(campaignId, { rules: { providerMatching: 'prefer' } });
  await until(() => to('anna@gmail.com').state === 'sent', 'the mail left from the other provider');
});

test('overdue mail of a long sleep asks first when it is older than the campaign allows; the rest leaves at its pace', async () => {
  const { engine, smtp, all } = await open(dayFactor);
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  engine.services.mailboxes.pause(id, null);
  const campaignId = await launchCampaign(engine, {
    recipients: people(3, 'example.com'),
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello', 'Hi')],
    rules: { staleAfterHours: 12 },
  });
  const due = all()[0]?.slotAt ?? 0;
  await until(() => engine.workspace().now > due + 13 * hour, 'thirteen hours have passed');
  engine.services.mailboxes.resume(id);
  engine.poke();
  await until(() => all().every((delivery) => delivery.state === 'held' && delivery.why?.code === 'stale_slot'), 'all of them ask first');
  expect(smtp.messages()).toHaveLength(0);
  expect(engine.services.campaigns.get(campaignId).counts.waiting).toBe(3);
  // One is not wanted any more; the others go, in bulk.
  engine.services.deliveries.drop(all()[0]?.id ?? '');
  expect(await engine.services.deadLetters.retryMany({ filter: { campaignId, heldFor: 'stale_slot' } })).toMatchObject({ done: 2, left: 0 });
  await until(() => smtp.messages().length === 2 && all().every((delivery) => delivery.state === 'sent' || delivery.state === 'cancelled'), 'they have left');
});

test.skipIf(dovecotMissing !== null)('follow-ups take their share while first mails wait, and the rest when none does', { timeout: 40_000 }, async () => {
  const dovecot = await startDovecot();
  onTestFinished(() => dovecot.remove());
  const { engine, smtp, all } = await open();
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port, { imapPort: dovecot.imapPort, password: dovecot.password.replaceAll(' ', '_') }));
  const steps = [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'PT1S'), emailStep('b', 'Again', 'Still there?')];
  await launchCampaign(engine, { recipients: people(3, 'old.example.com'), mailboxIds: [id], steps, rules: { followUpShare: 20 } });
  await until(() => all().filter((delivery) => delivery.stepNumber === 2).length === 3, 'three first mails have left');
  engine.services.mailboxes.pause(id, null);
  await launchCampaign(engine, { recipients: people(10, 'new.example.com'), mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  const before = smtp.messages().length;
  await until(() => all().every((delivery) => delivery.state === 'sent' || delivery.slotAt <= Date.now()), 'all of them are due');
  engine.services.mailboxes.resume(id);
  engine.poke();
  await until(() => all().every((delivery) => delivery.state === 'sent'), 'all have left');
  const order = smtp
    .messages()
    .slice(before)
    .map((message) => (message.subject === 'Again' ? 'F' : 'n'))
    .join('');
  expect(order).toBe('nFnnnnFnnnnFn');
});
