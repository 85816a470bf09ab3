import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import { mailboxLimitsSchema } from '../../shared/schemas/mailbox.ts';
import { hour, minute } from '../../electron/engine/lib/clock.ts';
import { dovecotMissing, startDovecot } from '../support/dovecot.ts';
import { anyTime, emailStep, fastClock, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { startRecordingSmtp, type RecordingSmtpOptions } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

async function open(options: { smtp?: RecordingSmtpOptions; factor?: number } = {}) {
  const smtp = await startRecordingSmtp(options.smtp);
  const clock = fastClock(options.factor ?? 1);
  const engine = await startEngine(realPorts(temporaryDir(), { clock }));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const states = () => engine.services.deliveries.list({ limit: 500, sort: 'createdAt' }).items;
  return { engine, smtp, clock, states };
}

const state = (engine: Engine, recipient: string) => engine.services.deliveries.list({ limit: 10, q: recipient }).items[0]?.state;

test('an unknown recipient is suppressed and stopped; the others get their mail', async () => {
  const { engine, smtp } = await open({ smtp: { scripts: [{ to: 'gone@example.com', phase: 'rcpt', answer: { code: 550, text: '5.1.1 User unknown' } }] } });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  const campaignId = await launchCampaign(engine, {
    recipients: ['gone@example.com', 'here@example.com'],
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello', 'Hi {{ first_name }}'), waitStep('w', 'P3D'), emailStep('b', '', 'Still there?')],
  });
  await until(() => state(engine, 'gone@') === 'failed' && state(engine, 'here@') === 'planned', 'one failed, the other waits for its follow-up');
  expect(smtp.messages()[0]?.to).toBe('here@example.com');
  expect(engine.services.contacts.isSuppressed(null, 'gone@example.com')).toBe('hard_bounce');
  const counts = engine.services.campaigns.get(campaignId).counts;
  expect(counts).toMatchObject({ people: 2, mailed: 1, sent: 1, bounced: 1 });
  expect(counts.enrolments).toMatchObject({ active: 1, stopped: 1 });
});

test('greylisting is tried again after a back-off and arrives once', async () => {
  const { engine, smtp } = await open({ factor: 2000, smtp: { scripts: [{ phase: 'rcpt', times: 2, answer: { code: 451, text: '4.7.1 Greylisted, try again' } }] } });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => state(engine, 'anna@') === 'deferred', 'it was deferred');
  expect(engine.services.deliveries.list({ limit: 1 }).items[0]?.why).toMatchObject({ code: 'retry' });
  await until(() => state(engine, 'anna@') === 'sent', 'it was sent');
  expect(smtp.messages()).toHaveLength(1);
  expect(engine.services.contacts.isSuppressed(null, 'anna@example.com')).toBeNull();
});

test('a refusal that speaks of the sender pauses the mailbox and suppresses nobody', async () => {
  const { engine, smtp } = await open({ smtp: { scripts: [{ phase: 'rcpt', answer: { code: 554, text: '5.7.1 Sender address rejected: not owned by user' } }] } });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com', 'ben@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => engine.services.mailboxes.get(id).state === 'paused', 'the mailbox was paused');
  expect(engine.services.mailboxes.get(id).stateReason).toContain('Sender address rejected');
  expect(engine.services.contacts.isSuppressed(null, 'anna@example.com')).toBeNull();
  // The second one may have been on its way to the server already.
  const waiting = () => engine.services.deliveries.list({ limit: 10 }).items;
  await until(() => waiting().every((delivery) => delivery.state === 'deferred' || delivery.state === 'planned'), 'both wait');
  expect(waiting().some((delivery) => delivery.why?.code === 'mailbox_paused')).toBe(true);
});

test.each(['lost', 'kept'] as const)('a connection lost after the final dot (%s by the server) is unknown, waits, and is never sent again by itself', async (drop) => {
  const { engine, smtp } = await open({ factor: 600, smtp: { scripts: [{ phase: 'body', times: 1, drop }] } });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com', 'ben@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  const unknown = () => engine.services.deliveries.list({ limit: 10, state: 'unknown' }).items;
  await until(() => unknown().length === 1 && engine.services.deliveries.list({ limit: 10, state: 'sent' }).total === 1, 'one is unknown and one sent');
  const before = smtp.messages().length;
  // Hours of workspace time pass: it still waits for a person.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(unknown()).toHaveLength(1);
  expect(smtp.messages()).toHaveLength(before);
  expect(unknown()[0]?.why?.code).toBe('unknown_outcome');
  const [delivery] = unknown();
  expect(engine.services.deliveries.resolve(delivery?.id ?? '', drop === 'kept' ? 'sent' : 'send_again').state).toBe(drop === 'kept' ? 'sent' : 'planned');
  await until(() => engine.services.deliveries.list({ limit: 10, state: 'sent' }).total === 2, 'both are sent');
  expect(smtp.messages()).toHaveLength(2);
});

test('a person stopped between claim and 354 gets nothing: the connection is dropped without a final dot', async () => {
  const { engine, smtp } = await open({ smtp: { scripts: [{ phase: 'data', times: 1, delayMs: 400 }] } });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com', 'ben@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => engine.services.deliveries.list({ limit: 10, state: 'claimed' }).total === 1, 'the first is claimed');
  const claimed = engine.services.deliveries.list({ limit: 10, state: 'claimed' }).items[0];
  engine.services.contacts.suppressions.create({ value: claimed?.recipient ?? '', reason: 'by_hand', note: '' });
  await until(() => smtp.messages().length === 1, 'the other one left');
  expect(smtp.messages()[0]?.to).not.toBe(claimed?.recipient);
  expect(engine.services.deliveries.get(claimed?.id ?? '').state).toBe('cancelled');
});

test('a missing value holds the person with its name; filling it and retrying sends', async () => {
  const { engine, smtp } = await open();
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'For {{ company }}', 'Hi')] });
  await until(() => state(engine, 'anna@') === 'held', 'it is held');
  const held = engine.services.deliveries.list({ limit: 1 }).items[0];
  expect(held?.why).toMatchObject({ code: 'missing_field', detail: expect.stringContaining('company') });
  expect(smtp.messages()).toHaveLength(0);
  engine.services.contacts.update({ id: held?.contactId ?? '', company: 'Acme' });
  engine.services.deliveries.retry(held?.id ?? '');
  await until(() => smtp.messages().length === 1, 'it left');
  expect(smtp.messages()[0]?.subject).toBe('For Acme');
});

test('a choice of words is sent as the preview shows it, and a retry says it again', async () => {
  const { engine, smtp } = await open({
    factor: 2000,
    smtp: { keepSource: true, scripts: [{ phase: 'rcpt', times: 4, answer: { code: 451, text: '4.7.1 Greylisted, try again' } }] },
  });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  const step = emailStep('a', '{Coffee|Tea|Water|Juice|Milk}?', '{Hi|Hello|Good day|Dear} {{ first_name | default: "{you}" }}, {one {two|three}|four {five|six}} {7|8|9}');
  await launchCampaign(engine, { recipients: ['anna@example.com', 'ben@example.com', 'cleo@example.com'], mailboxIds: [id], steps: [step] });
  await until(() => engine.services.deliveries.list({ limit: 10, state: 'deferred' }).total > 0, 'one was deferred');
  await until(() => smtp.messages().length === 3, 'all were sent');
  for (const message of smtp.messages()) {
    const contactId = engine.services.deliveries.list({ limit: 1, q: message.to }).items[0]?.contactId ?? null;
    const [variant] = step.type === 'email' ? step.variants : [];
    if (variant === undefined) throw new Error('no variant');
    const preview = await engine.services.sequences.preview({ variant, stepId: 'a', isFirst: true, previousSubject: null, contactId, mailboxId: id });
    expect(message.subject).toBe(preview.subject);
    expect(preview.text).toMatch(/^(?:Hi|Hello|Good day|Dear) .*, (?:one (?:two|three)|four (?:five|six)) [789]/);
    expect(message.source).toContain(preview.text.split('\n')[0]);
  }
});

test('an unreachable server releases the mail, backs off and says so; nothing is lost', async () => {
  const { engine, smtp } = await open();
  const { id } = engine.services.mailboxes.create(testMailbox(1));
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => (engine.services.deliveries.list({ limit: 1 }).items[0]?.why?.code ?? '') === 'mailbox_backoff', 'the mailbox backs off');
  const mailbox = testMailbox(smtp.port);
  engine.services.mailboxes.update({ id, smtp: mailbox.smtp });
  engine.poke();
  await until(() => smtp.messages().length === 1, 'it left after the settings were mended');
});

test('the hour limit holds across campaigns that share a mailbox, which take turns', async () => {
  const { engine, smtp } = await open();
  const { id } = engine.services.mailboxes.create(
    testMailbox(smtp.port, { limits: mailboxLimitsSchema.parse({ perDay: 100, perHour: 6, minGapSeconds: 0, maxGapSeconds: 0, connections: 3 }) }),
  );
  const people = (name: string) => Array.from({ length: 5 }, (_, i) => `${name}${i}@example.com`);
  engine.services.mailboxes.pause(id, null);
  await launchCampaign(engine, { recipients: people('a'), mailboxIds: [id], steps: [emailStep('a', 'From A', 'Hi')] });
  await launchCampaign(engine, { recipients: people('b'), mailboxIds: [id], steps: [emailStep('a', 'From B', 'Hi')] });
  engine.services.mailboxes.resume(id);
  engine.poke();
  await until(() => smtp.messages().length >= 6, 'six left');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(smtp.messages()).toHaveLength(6);
  expect(smtp.messages().filter((message) => message.subject === 'From A')).toHaveLength(3);
  expect(engine.services.deliveries.list({ limit: 20, state: 'planned' }).items.map((delivery) => delivery.why?.code)).toContain('mailbox_hour');
});

test('pausing a campaign freezes what is left of each delay; stopping cancels the rest', async () => {
  const { engine, smtp, clock } = await open();
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  const campaignId = await launchCampaign(engine, {
    recipients: ['anna@example.com'],
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'PT2H'), emailStep('b', '', 'Again')],
  });
  await until(() => smtp.messages().length === 1, 'the first mail left');
  const slot = () => engine.services.deliveries.list({ limit: 1, state: 'planned' }).items[0]?.slotAt ?? 0;
  await until(() => slot() > 0, 'the second mail is planned');
  const left = slot() - clock.now();
  expect(left).toBeGreaterThan(2 * hour - minute);
  engine.services.campaigns.pause(campaignId);
  expect(engine.services.deliveries.list({ limit: 1, state: 'planned' }).items[0]?.why?.code).toBe('campaign_paused');
  await new Promise((resolve) => setTimeout(resolve, 500));
  engine.services.campaigns.resume(campaignId);
  expect(Math.abs(slot() - clock.now() - left)).toBeLessThan(300);
  await engine.services.campaigns.stop(campaignId);
  expect(engine.services.deliveries.list({ limit: 10, state: 'planned' }).total).toBe(0);
  expect(engine.services.deliveries.list({ limit: 10, state: 'cancelled' }).total).toBe(1);
});

test.skipIf(dovecotMissing !== null)('a three-step sequence leaves as one thread; a reply stops one person before the next step', { timeout: 40_000 }, async () => {
  const dovecot = await startDovecot();
  onTestFinished(() => dovecot.remove());
  const { engine, smtp } = await open({ smtp: { keepSource: true } });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port, { imapPort: dovecot.imapPort, password: dovecot.password.replaceAll(' ', '_') }));
  const campaignId = await launchCampaign(engine, {
    recipients: ['anna@example.com', 'ben@example.com'],
    mailboxIds: [id],
    steps: [
      emailStep('a', 'A question', 'Hi {{ first_name }}'),
      waitStep('w1', 'PT3S'),
      emailStep('b', '', 'Did you see it?'),
      waitStep('w2', 'PT3S'),
      emailStep('c', 'Another matter', 'One more thing'),
    ],
  });
  await until(() => smtp.messages().length === 2, 'both first mails left');
  const toAnna = smtp.messages().find((message) => message.to === 'anna@example.com');
  dovecot.deliver(
    'tess',
    `From: Anna <anna@example.com>\r\nTo: tess@test.example.com\r\nSubject: Re: A question\r\nMessage-ID: <reply-1@example.com>\r\nIn-Reply-To: ${toAnna?.messageId}\r\nDate: ${new Date().toUTCString()}\r\n\r\nYes, tell me more.\r\n`,
  );
  await until(() => engine.services.campaigns.get(campaignId).counts.replied === 1, 'the reply was seen');
  await until(() => smtp.messages().filter((message) => message.to === 'ben@example.com').length === 3, 'Ben got all three', 20_000);

  expect(smtp.messages().filter((message) => message.to === 'anna@example.com')).toHaveLength(1);
  const ben = smtp.messages().filter((message) => message.to === 'ben@example.com');
  expect(ben.map((message) => message.subject)).toEqual(['A question', 'Re: A question', 'Another matter']);
  expect(ben[1]?.inReplyTo).toBe(ben[0]?.messageId);
  expect(ben[1]?.references).toBe(ben[0]?.messageId);
  expect(ben[2]?.inReplyTo).toBe('');
  expect(dovecot.flags('tess').join('')).not.toContain('S');
  await until(() => engine.services.campaigns.get(campaignId).status === 'finished', 'the campaign is finished');
  expect(engine.services.campaigns.get(campaignId).counts.enrolments).toMatchObject({ stopped: 1, finished: 1 });
});

test.skipIf(dovecotMissing !== null)(
  'a follow-up that is refused after its body answers to the mail before it when it is tried again, never to itself',
  { timeout: 30_000 },
  async () => {
    const dovecot = await startDovecot();
    onTestFinished(() => dovecot.remove());
    const { engine, smtp } = await open({ smtp: { scripts: [{ phase: 'body', after: 1, times: 1, answer: { code: 554, text: '5.4.6 Too many hops' } }] } });
    const { id } = engine.services.mailboxes.create(testMailbox(smtp.port, { imapPort: dovecot.imapPort, password: dovecot.password.replaceAll(' ', '_') }));
    await launchCampaign(engine, {
      recipients: ['anna@example.com'],
      mailboxIds: [id],
      steps: [emailStep('a', 'A question', 'Hi'), emailStep('b', '', 'Did you see it?'), emailStep('c', '', 'Last try')],
    });
    await until(() => engine.services.deliveries.list({ limit: 1, state: 'failed' }).total === 1, 'the follow-up was refused');
    for (const { id: failed } of engine.services.deliveries.list({ limit: 1, state: 'failed' }).items) engine.services.deliveries.retry(failed);
    await until(() => smtp.messages().length === 3, 'all three left', 20_000);

    const [first, second, third] = smtp.messages();
    expect(second).toMatchObject({ subject: 'Re: A question', inReplyTo: first?.messageId, references: first?.messageId });
    expect(third).toMatchObject({ subject: 'Re: A question', inReplyTo: second?.messageId, references: `${first?.messageId} ${second?.messageId}` });
  },
);

test('without IMAP a follow-up waits and says why', async () => {
  const { engine, smtp } = await open();
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi'), emailStep('b', '', 'Again')] });
  await until(() => smtp.messages().length === 1, 'the first mail left');
  await until(() => engine.services.deliveries.list({ limit: 1, state: 'planned' }).items[0]?.why?.code === 'no_inbox', 'the follow-up says why');
  expect(smtp.messages()).toHaveLength(1);
});

test('a campaign cannot be launched twice, and bad references are named', async () => {
  const { engine, smtp } = await open();
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  const campaignId = await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await expect(engine.services.campaigns.launch(campaignId)).rejects.toMatchObject({ code: 'wrong_state' });
  expect(() =>
    engine.services.campaigns.create({ name: 'X', sequenceId: 'nope', audience: { listIds: [], contactIds: [], everyone: true }, mailboxIds: ['nope'], rules: anyTime }),
  ).toThrowError(/no such sequence/i);
});
