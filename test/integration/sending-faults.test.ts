import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { hour, minute, systemClock, type Clock } from '../../electron/engine/lib/clock.ts';
import { openStore } from '../../electron/engine/store/index.ts';
import { anyTime, emailStep, fastClock, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { startImapStandIn } from '../support/imap-stand-in.ts';
import { startRecordingSmtp, type RecordingSmtpOptions } from '../support/recording-smtp.ts';
import { silentLog, temporaryDir } from '../support/store.ts';

async function open(smtpOptions: RecordingSmtpOptions = {}, factor = 1) {
  const smtp = await startRecordingSmtp(smtpOptions);
  const dataDir = temporaryDir();
  const clock = fastClock(factor);
  const engine = await startEngine(realPorts(dataDir, { clock }));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const { deliveries } = engine.services;
  const inState = (state: 'planned' | 'claimed' | 'sent' | 'unknown' | 'deferred' | 'failed' | 'cancelled') => deliveries.list({ limit: 50, state }).items;
  return { engine, smtp, dataDir, clock, inState, ...engine.services };
}

test('an attempt that was overtaken by drop and retry changes nothing: the person gets one copy', async () => {
  const { engine, smtp, mailboxes, deliveries, inState } = await open({
    scripts: [
      { phase: 'rcpt', times: 1, delayMs: 700, answer: { code: 451, text: '4.3.0 Try again later' } },
      { phase: 'body', times: 1, delayMs: 900 },
    ],
  });
  const { id } = mailboxes.create(testMailbox(smtp.port, { connections: 2 }));
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => inState('claimed').length === 1, 'the first attempt waits at RCPT');
  const delivery = inState('claimed')[0]?.id ?? '';
  deliveries.drop(delivery);
  deliveries.retry(delivery);
  await until(() => inState('sent').length === 1, 'the second attempt is sent');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(smtp.messages()).toHaveLength(1);
  expect(deliveries.get(delivery).state).toBe('sent');
});

test('a mail of unknown outcome is not sent again to somebody who was stopped meanwhile', async () => {
  const { engine, smtp, mailboxes, deliveries, contacts, inState } = await open({ scripts: [{ phase: 'body', times: 1, drop: 'lost' }] });
  const { id } = mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => inState('unknown').length === 1, 'the outcome is unknown');
  contacts.suppressions.create({ value: 'anna@example.com', reason: 'by_hand', note: '' });
  expect(deliveries.resolve(inState('unknown')[0]?.id ?? '', 'send_again').state).toBe('cancelled');
  expect(smtp.messages()).toHaveLength(0);
});

test('a launch that goes on after a crash does not take who is through for new', async () => {
  const { engine, smtp, dataDir, mailboxes, campaigns, clock } = await open();
  const { id } = mailboxes.create(testMailbox(smtp.port));
  const campaignId = await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => campaigns.get(campaignId).status === 'finished', 'the campaign is finished');
  const store = openStore({ dataDir, clock, log: silentLog });
  store.transaction((tx) => tx.prepare(`update campaigns set status = 'running', status_reason = 'enrolling', rules = json_set(rules, '$.reEnrol', 'when_finished')`).run());
  store.close();
  await campaigns.recover();
  engine.poke();
  await until(() => campaigns.get(campaignId).status === 'finished', 'the campaign is finished again');
  expect(campaigns.get(campaignId).counts.people).toBe(1);
  expect(smtp.messages()).toHaveLength(1);
});

test('a server that drops every connection before the body is asked again after a back-off, not at once', async () => {
  const { engine, smtp, mailboxes, deliveries } = await open({ scripts: [{ phase: 'data', drop: 'now' }] });
  const { id } = mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com', 'ben@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => deliveries.list({ limit: 1, state: 'deferred' }).total === 1, 'the first is deferred');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(deliveries.list({ limit: 10 }).items.reduce((sum, delivery) => sum + delivery.attempts, 0)).toBe(1);
  expect(deliveries.list({ limit: 10, state: 'planned' }).items[0]?.why?.code).toBe('mailbox_backoff');
});

test('retrying the failed mail of a finished campaign sends it', async () => {
  const { engine, smtp, mailboxes, deliveries, campaigns, inState } = await open({
    scripts: [{ phase: 'body', times: 2, answer: { code: 554, text: '5.6.0 Message malformed' } }],
  });
  const { id } = mailboxes.create(testMailbox(smtp.port));
  const campaignId = await launchCampaign(engine, { recipients: ['anna@example.com', 'ben@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => campaigns.get(campaignId).status === 'finished' && inState('failed').length === 2, 'both failed and the campaign ended');
  const [first, second] = inState('failed');
  deliveries.retry(first?.id ?? '');
  await until(() => smtp.messages().length === 1, 'the retried one left');
  await until(() => campaigns.get(campaignId).status === 'finished', 'the campaign is finished again');
  deliveries.retry(second?.id ?? '');
  await until(() => smtp.messages().length === 2, 'the other left, too');
});

test('dropping the next mail of a person ends their enrolment, so that the campaign can finish', async () => {
  const { engine, smtp, mailboxes, deliveries, campaigns, inState } = await open();
  const { id } = mailboxes.create(testMailbox(smtp.port));
  const campaignId = await launchCampaign(engine, {
    recipients: ['anna@example.com'],
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'P3D'), emailStep('b', '', 'Again')],
  });
  await until(() => inState('sent').length === 1, 'the first mail left');
  deliveries.drop(inState('planned')[0]?.id ?? '');
  await until(() => campaigns.get(campaignId).status === 'finished', 'the campaign is finished');
  expect(campaigns.get(campaignId).counts.enrolments.stopped).toBe(1);
});

test.each([
  ['is put off after its body', '', { phase: 'body', after: 1, times: 1, answer: { code: 452, text: '4.3.1 Try again later' } }],
  ['is lost, and a person sends it again,', '', { phase: 'body', after: 1, times: 1, drop: 'lost' }],
  ['begins a thread of its own and is put off', 'Another matter', { phase: 'body', after: 1, times: 1, answer: { code: 452, text: '4.3.1 Try again later' } }],
] as const)('a follow-up that %s answers only to what left', async (_what, subject, script) => {
  const imap = await startImapStandIn();
  onTestFinished(() => imap.close());
  const { engine, smtp, mailboxes, deliveries, inState } = await open({ scripts: [script] }, 600);
  const { id } = mailboxes.create(testMailbox(smtp.port, { imapPort: imap.port, password: 'secret' }));
  const steps = [emailStep('a', 'Hello', 'Hi'), waitStep('w1', 'PT1M'), emailStep('b', subject, 'Again'), waitStep('w2', 'PT1M'), emailStep('c', '', 'And again')];
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps });
  if ('drop' in script) {
    await until(() => inState('unknown').length === 1, 'the outcome is unknown');
    deliveries.resolve(inState('unknown')[0]?.id ?? '', 'send_again');
  }
  await until(() => smtp.messages().length === 3, 'all three left');
  const [first, second, third] = smtp.messages();
  if (subject === '') {
    expect([second?.subject, second?.inReplyTo, second?.references]).toEqual(['Re: Hello', first?.messageId, first?.messageId]);
    expect(third?.references).toBe(`${first?.messageId ?? ''} ${second?.messageId ?? ''}`);
  } else {
    expect([second?.subject, second?.inReplyTo, second?.references]).toEqual([subject, '', '']);
    expect([third?.subject, third?.references]).toEqual([`Re: ${subject}`, second?.messageId]);
  }
  expect(third?.inReplyTo).toBe(second?.messageId);
});

test('a person who goes on after a stop waits out what was left of the delay', async () => {
  const { engine, smtp, mailboxes, inState, clock } = await open();
  const { id } = mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'PT3H'), emailStep('b', '', 'Again')] });
  await until(() => inState('planned').length === 1 && smtp.messages().length === 1, 'the follow-up is planned');
  const { enrolmentId } = inState('planned')[0] ?? {};
  engine.enrolmentList.stop(enrolmentId ?? '');
  expect(inState('cancelled')).toHaveLength(1);
  engine.enrolmentList.resume(enrolmentId ?? '');
  const slotAt = inState('planned')[0]?.slotAt ?? 0;
  expect(slotAt - clock.now()).toBeGreaterThan(3 * hour - minute);
});

test('a corrected address counts for what has not left yet', async () => {
  const { engine, smtp, mailboxes, contacts, inState } = await open();
  const { id } = mailboxes.create(testMailbox(smtp.port));
  mailboxes.pause(id, null);
  await launchCampaign(engine, { recipients: ['ana@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  contacts.update({ id: inState('planned')[0]?.contactId ?? '', email: 'anna@example.com' });
  mailboxes.resume(id);
  await until(() => smtp.messages().length === 1, 'it left');
  expect(smtp.messages()[0]?.to).toBe('anna@example.com');
});

test('people enrolled later in a running campaign get their mails; a second time is left out', async () => {
  const { engine, smtp, mailboxes, contacts, campaigns } = await open();
  const { id } = mailboxes.create(testMailbox(smtp.port));
  const campaignId = await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => campaigns.get(campaignId).status === 'finished', 'the campaign is finished');
  const ben = contacts.create({
    email: 'ben@example.com',
    firstName: '',
    lastName: '',
    company: '',
    title: '',
    phone: '',
    website: '',
    city: '',
    country: '',
    timeZone: null,
    tags: [],
    custom: {},
  });
  expect(await campaigns.enrol(campaignId, [ben.id])).toEqual({ enrolled: 1, leftOut: 0 });
  await until(() => smtp.messages().length === 2, 'Ben got it');
  expect(await campaigns.enrol(campaignId, [ben.id])).toEqual({ enrolled: 0, leftOut: 1 });
  expect(anyTime.reEnrol).toBe('never');
});

test('after a crash a mail whose connection had begun the next one counts as sent, and its sequence goes on; the last one is unknown', async () => {
  const dataDir = temporaryDir();
  const before = await startEngine(realPorts(dataDir));
  const { id } = before.services.mailboxes.create(testMailbox(1));
  before.services.mailboxes.pause(id, null);
  await launchCampaign(before, { recipients: ['anna@example.com', 'ben@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi'), emailStep('b', '', 'Again')] });
  await before.stop();
  const db = new Database(join(dataDir, 'homing.db'));
  const begin = db.prepare(`update deliveries set state = 'sending', boot = 'before', sending_at = ?, subject = 'Hello', message_id = ?, connection = ? where recipient = ?`);
  const anna = db.prepare(`select id from deliveries where recipient = 'anna@example.com'`).get() as { id: string };
  begin.run(1000, '<1@test.example.com>', 'c1', 'anna@example.com');
  begin.run(2000, '<2@test.example.com>', `c1 after ${anna.id}`, 'ben@example.com');
  db.close();

  const after = await startEngine(realPorts(dataDir));
  onTestFinished(() => after.stop());
  const of = (recipient: string) => after.services.deliveries.list({ limit: 10, q: recipient, sort: 'createdAt' }).items.map(({ state }) => state);
  expect(of('ben@example.com')).toEqual(['unknown']);
  expect(of('anna@example.com').sort()).toEqual(['planned', 'sent']);
  expect(after.services.deliveries.list({ limit: 1, state: 'sent' }).items[0]?.sentAt).toBe(1000);
});

test('stopping while a connection is being opened is no failure of the server: the mail leaves at once after the next start', async () => {
  let asked = 0;
  const silent = createServer(() => (asked += 1));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const dataDir = temporaryDir();
  const before = await startEngine(realPorts(dataDir));
  const mailboxId = before.services.mailboxes.create(testMailbox(port)).id;
  await launchCampaign(before, { recipients: ['anna@example.com'], mailboxIds: [mailboxId], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => asked > 0, 'the server is asked');
  await before.stop();
  await new Promise((resolve) => silent.close(resolve));

  const smtp = await startRecordingSmtp({ port });
  const after = await startEngine(realPorts(dataDir));
  onTestFinished(async () => {
    await after.stop();
    await smtp.close();
  });
  expect(after.services.mailboxes.get(mailboxId)).toMatchObject({ state: 'untested', stateReason: null });
  await until(() => smtp.messages().length === 1, 'it left');
});

/** Timers that fire a millisecond before their time, which has passed when the time is asked again. */
function hastyClock(): Clock {
  let early: number | null = null;
  return {
    ...systemClock,
    now() {
      const at = early ?? systemClock.now();
      early = null;
      return at;
    },
    after(delayMs, callback) {
      const due = systemClock.now() + delayMs;
      return systemClock.after(delayMs, () => {
        early = delayMs > 100 ? due - 1 : null;
        callback();
        early = null;
      });
    },
  };
}

test('a slot that passes while the queue is looked at is not slept over', async () => {
  const smtp = await startRecordingSmtp();
  const engine = await startEngine(realPorts(temporaryDir(), { clock: hastyClock() }));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, {
    recipients: ['anna@example.com'],
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello', 'Hi')],
    rules: { startAt: Date.now() + 1500 },
  });
  await until(() => smtp.messages().length === 1, 'it left');
});
