import { expect, onTestFinished, test } from 'vitest';
import type { AnswerClass, DeliveryState } from '../../shared/schemas/delivery.ts';
import { minute } from '../../electron/engine/lib/clock.ts';
import { emailStep, fastClock, launchCampaign, realPorts, startEngine, testMailbox, until } from '../support/engine.ts';
import { startRecordingSmtp, type RecordingSmtpOptions, type SmtpScript } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

async function open(smtpOptions: RecordingSmtpOptions, factor = 1) {
  const smtp = await startRecordingSmtp(smtpOptions);
  const clock = fastClock(factor);
  const engine = await startEngine(realPorts(temporaryDir(), { clock }));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  return { engine, smtp, clock, ...engine.services };
}

const answers: readonly (readonly [AnswerClass, string, DeliveryState, 'mailbox' | 'domain' | 'suppressed' | 'nobody'])[] = [
  ['unknown_recipient', '550 5.1.1 User unknown', 'failed', 'suppressed'],
  ['mailbox_full', '552 5.2.2 Mailbox full', 'failed', 'nobody'],
  ['mailbox_full', '452 4.2.2 The mailbox is over quota', 'deferred', 'nobody'],
  ['mailbox_disabled', '550 5.2.1 This account is disabled', 'failed', 'nobody'],
  ['policy_block', '550 5.7.1 Message rejected as spam', 'deferred', 'mailbox'],
  ['auth', '550 5.7.26 SPF and DKIM did not pass', 'deferred', 'mailbox'],
  ['smtp_login', '530 5.7.0 Authentication required', 'deferred', 'mailbox'],
  ['sender_refused', '553 5.7.1 Sender address rejected: not owned by user', 'deferred', 'mailbox'],
  ['rate_limit', '450 4.7.0 Too many messages, slow down', 'deferred', 'mailbox'],
  ['greylist', '451 4.7.1 Greylisted, try again in 300 seconds', 'deferred', 'domain'],
  ['temporary', '451 4.3.0 Temporary system problem', 'deferred', 'domain'],
  ['message_too_big', '552 5.3.4 Message size exceeds fixed limit', 'failed', 'nobody'],
  ['relay_denied', '554 5.7.1 Relay access denied', 'deferred', 'mailbox'],
  ['protocol', '503 5.5.1 Bad sequence of commands', 'failed', 'nobody'],
  ['other', '554 5.4.6 Too many hops', 'failed', 'nobody'],
];

const phases = ['mail', 'rcpt', 'data', 'body'] as const;

/** MAIL FROM names no recipient: what would be theirs is the server's there. */
const bearerAt = (phase: string, bearer: string) => (phase !== 'mail' ? bearer : bearer === 'domain' ? 'mailbox' : bearer === 'suppressed' ? 'nobody' : bearer);

test.each(phases.flatMap((phase) => answers.map(([name, text, state, bearer]) => [phase, name, text, state, bearerAt(phase, bearer)] as const)))(
  'at %s, %s (%s): the mail is %s, %s bears it',
  async (phase, name, text, state, bearer) => {
    const script: SmtpScript = { phase, times: 1, answer: { code: Number(text.slice(0, 3)), text: text.slice(4) } };
    const { engine, smtp, mailboxes, deliveries, contacts } = await open({ scripts: [script] });
    const { id } = mailboxes.create(testMailbox(smtp.port));
    await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
    await until(() => deliveries.list({ limit: 1, state }).total === 1, `the mail is ${state}`);
    const delivery = deliveries.list({ limit: 1 }).items[0];
    expect(delivery).toMatchObject({ answerClass: name, attempts: 1 });
    expect(smtp.messages()).toHaveLength(0);
    const mailbox = mailboxes.row(id);
    expect((mailbox?.failures ?? 0) > 0 || mailbox?.state === 'paused' || mailbox?.state === 'needs_login').toBe(bearer === 'mailbox');
    expect(contacts.suppressions.list({ limit: 1 }).total).toBe(bearer === 'suppressed' ? 1 : 0);
    const type = engine.services.events.after(0, 500).map((event) => event.type);
    expect(type.includes('domain_backoff')).toBe(bearer === 'domain');
  },
);

test('after a back-off of the mailbox one mail tries, and the rest follows at once when it is accepted', async () => {
  const { engine, smtp, mailboxes, deliveries } = await open({ scripts: [{ phase: 'mail', times: 1, answer: { code: 421, text: '4.7.0 Too many connections' } }] }, 60);
  const { id } = mailboxes.create(testMailbox(smtp.port, { connections: 4 }));
  const recipients = Array.from({ length: 12 }, (_, i) => `p${i}@example.com`);
  await launchCampaign(engine, { recipients, mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => deliveries.list({ limit: 1, state: 'sent' }).total === 12, 'all left after the back-off');
  expect(smtp.messages()).toHaveLength(12);
  const types = engine.services.events.after(0, 500).map((event) => event.type);
  expect(types.filter((type) => type === 'mailbox_trouble')).toHaveLength(1);
  expect(types.filter((type) => type === 'mailbox_recovered')).toHaveLength(1);
});

test('a domain that asks to wait is asked again by one mail only; others of it wait for that one', async () => {
  const { engine, smtp, mailboxes, deliveries, clock } = await open(
    { scripts: [{ phase: 'rcpt', to: '@slow.example.com', times: 1, answer: { code: 451, text: '4.7.1 Greylisted' } }] },
    600,
  );
  const { id } = mailboxes.create(testMailbox(smtp.port, { connections: 4 }));
  const recipients = ['a@slow.example.com', 'b@slow.example.com', 'c@slow.example.com', 'anna@example.com'];
  const begun = clock.now();
  await launchCampaign(engine, { recipients, mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => deliveries.list({ limit: 1, state: 'sent' }).total === 4, 'all arrived');
  expect(smtp.messages().map((message) => message.to)).toHaveLength(4);
  const slow = deliveries.list({ limit: 10 }).items.filter((delivery) => delivery.recipient.endsWith('slow.example.com') && delivery.attempts > 1);
  expect(slow.length).toBeGreaterThanOrEqual(1);
  for (const delivery of slow) expect((delivery.sentAt ?? 0) - begun).toBeGreaterThanOrEqual(5 * minute);
  expect(engine.services.events.after(0, 500).map((event) => event.type)).toContain('domain_recovered');
});
