import { describe, expect, test } from 'vitest';
import type { SmtpTimeouts } from '../../../electron/engine/mailboxes/smtp-timeouts.ts';
import { until } from '../../support/engine.ts';
import { endless, hangUp, openFaulty, say, sayAndHangUp, silence, trickle, type SmtpFault } from '../../support/faulty-smtp.ts';
import type { SmtpPeer, SmtpPhase } from '../../support/scripted-smtp.ts';

const soon = 250;
type BodyLess = 'mail' | 'rcpt' | 'data';
const phases: readonly BodyLess[] = ['mail', 'rcpt', 'data'];

type Fault = readonly [name: string, fault: SmtpFault, timeouts?: (phase: BodyLess | 'body') => Partial<SmtpTimeouts>];
const faults: readonly Fault[] = [
  ['hangs up', hangUp],
  ['never answers', silence, (phase) => ({ [phase]: soon })],
  ['says 421 and ends', sayAndHangUp('421 4.3.2 Closing for maintenance')],
  ['stops in the middle of an answer', sayAndHangUp('250-2.1.0 first line, and then')],
  ['answers with garbage', say('*%$ what?')],
  ['answers without an end', endless],
  ['says half a line and nothing more', (peer) => peer.say('25'), (phase) => ({ [phase]: soon })],
];
const lines: readonly (readonly [string, readonly string[]])[] = [
  ['with PIPELINING', ['PIPELINING', '8BITMIME', 'AUTH PLAIN']],
  ['without', ['AUTH PLAIN']],
];

describe('before the body nothing is lost and nothing is doubled: a server that', () => {
  const cases = lines.flatMap(([how, extensions]) =>
    phases.flatMap((phase) => faults.map(([name, fault, timeouts]) => [name, phase, how, { phase, fault, extensions }, timeouts?.(phase) ?? {}] as const)),
  );
  test.each(cases)('%s at %s, %s', async (_name, _phase, _how, server, timeouts) => {
    const recipients = ['anna@example.com', 'ben@example.com'];
    const { rows, messages, events } = await openFaulty(server, { timeouts, recipients });
    await until(() => rows().every(({ state }) => state === 'sent'), 'all were sent');
    expect(messages.toSorted()).toEqual(recipients);
    // Who was on the line is put off with a reason; who waited behind loses no try.
    const [deferred, ...more] = events('deferred');
    expect(deferred?.data).toMatchObject({ answer: expect.stringMatching(/./) as string });
    expect(more).toEqual([]);
    expect(
      rows()
        .map(({ attempts }) => attempts)
        .sort(),
    ).toEqual([1, 2]);
    expect(events('unknown', 'failed', 'suppressed', 'bounced')).toEqual([]);
    expect(events('mailbox_trouble')).toHaveLength(1);
    expect(events('mailbox_recovered')).toHaveLength(1);
  });
});

test('a server that refuses a recipient and then says nothing more: that one is final, the other leaves over a new connection', async () => {
  const refuse: SmtpFault = async (peer) => {
    peer.say('550 5.1.1 No such user\r\n');
    await silence(peer);
  };
  const recipients = ['gone@example.com', 'ben@example.com'];
  const server = { phase: 'rcpt', fault: refuse, extensions: ['AUTH PLAIN'] } as const;
  const { rows, messages, events, engine } = await openFaulty(server, { timeouts: { reset: soon }, recipients });
  await until(() => rows().some(({ state }) => state === 'failed') && rows().some(({ state }) => state === 'sent'), 'both came to their end');
  const failed = rows().find(({ state }) => state === 'failed')?.recipient ?? '';
  expect(messages).toEqual(recipients.filter((recipient) => recipient !== failed));
  expect(engine.services.contacts.isSuppressed(null, failed)).toBe('hard_bounce');
  expect(rows().map(({ attempts }) => attempts)).toEqual([1, 1]);
  expect(events('deferred', 'unknown')).toEqual([]);
});

/** Begins to read the body, then does something else. */
const midBody =
  (then: SmtpFault): SmtpFault =>
  async (peer: SmtpPeer) => {
    peer.say('354 go on\r\n');
    await until(() => peer.unread().length > 20, 'the body begins');
    await then(peer);
  };

const afterBody: readonly (readonly [string, SmtpPhase, SmtpFault, Partial<SmtpTimeouts>])[] = [
  ['hangs up after the dot', 'body', hangUp, {}],
  ['hangs up in the body', 'data', midBody(hangUp), {}],
  ['never answers the dot', 'body', silence, { body: soon }],
  ['stops in the middle of its answer', 'body', sayAndHangUp('250-2.0.0 queued, and'), {}],
  ['answers the dot with garbage', 'body', say('*%$ what?'), {}],
  ['answers the dot without an end', 'body', endless, {}],
];

describe('once the body began only what the server says decides: a server that', () => {
  test.each(afterBody)('%s: the mail is unknown, waits for a person, and is never sent again by itself', async (_name, phase, fault, timeouts) => {
    const { rows, messages, events, engine, deliveries } = await openFaulty({ phase, fault }, { timeouts, recipients: ['anna@example.com', 'ben@example.com'], followUp: true });
    const unknown = () => rows().filter(({ state }) => state === 'unknown');
    const sent = () => rows().filter(({ state }) => state === 'sent');
    // The mailbox goes on with the others, and days of workspace time bring the open one neither copy nor follow-up.
    await until(() => unknown().length === 1 && sent().length === 1, 'one is unknown, the other sent');
    await new Promise((resolve) => setTimeout(resolve, 400));
    engine.poke();
    expect(unknown()).toHaveLength(1);
    expect(unknown()[0]).toMatchObject({ attempts: 1, why: { code: 'unknown_outcome', detail: expect.stringMatching(/./) as string } });
    const open = unknown()[0]?.recipient ?? '';
    expect(messages).not.toContain(open);
    expect(rows().filter(({ recipient }) => recipient === open)).toHaveLength(1);
    expect(events('unknown')).toHaveLength(1);
    // The person looked and says that it never left.
    deliveries.resolve(unknown()[0]?.id ?? '', 'send_again');
    await until(() => messages.includes(open), 'it was sent');
    await until(() => unknown().length === 0 && sent().length === 2, 'both are sent');
    expect(messages.toSorted()).toEqual(['anna@example.com', 'ben@example.com']);
  });

  test.each([
    ['421 4.3.2 Closing for maintenance', 'deferred'],
    ['451 4.3.0 Out of queue space', 'deferred'],
    ['554 5.6.0 Message malformed', 'failed'],
  ])('answers the dot with %s and hangs up: that is an answer, the mail is %s', async (answer, type) => {
    const { rows, messages, events } = await openFaulty({ phase: 'body', fault: sayAndHangUp(answer) });
    await until(() => rows()[0]?.state === (type === 'failed' ? 'failed' : 'sent'), 'it came to its end');
    expect(events('deferred', 'failed').map((event) => [event.type, event.data?.['answer']])).toEqual([[type, answer]]);
    expect(messages).toHaveLength(type === 'failed' ? 0 : 1);
    expect(events('unknown', 'suppressed')).toEqual([]);
  });
});

describe('a server that is odd but right', () => {
  const odd: readonly (readonly [string, SmtpPhase, SmtpFault])[] = [
    ['answers MAIL byte by byte', 'mail', trickle('250-2.1.0 sender\r\n250 2.1.0 ok')],
    ['answers RCPT in fifty lines', 'rcpt', say(`${'250-2.1.5 one of many lines about this recipient\r\n'.repeat(50)}250 2.1.5 ok`)],
    ['answers RCPT with 251, it will forward', 'rcpt', say('251 User not local; will forward to <anna@example.org>')],
    ['answers RCPT with 252, it cannot verify', 'rcpt', say('252 2.1.5 Cannot VRFY user, but will accept message')],
    ['answers MAIL with a line of ten thousand letters', 'mail', say(`250 ${'ok '.repeat(3300)}`)],
    ['ends its lines with a bare line feed', 'mail', (peer) => peer.say('250 2.1.0 ok\n')],
  ];
  test.each(odd)('%s: the mail leaves at the first try', async (_name, phase, fault) => {
    const { rows, messages, events } = await openFaulty({ phase, fault, faulty: Infinity });
    await until(() => rows()[0]?.state === 'sent', 'it was sent');
    expect(messages).toEqual(['anna@example.com']);
    expect(events('mailbox_trouble', 'deferred', 'unknown')).toEqual([]);
  });

  test('takes two connections and turns the others away: everybody gets one mail, over those two and later ones', async () => {
    let open = 0;
    const recipients = Array.from({ length: 12 }, (_, index) => `p${index}@example.com`);
    const { rows, messages, events } = await openFaulty(
      {
        phase: 'greeting',
        faulty: Infinity,
        fault(peer) {
          open += 1;
          if (open <= 2) peer.say('220 script\r\n');
          else {
            peer.say('421 4.7.0 Too many concurrent connections\r\n');
            peer.close();
            open -= 1;
          }
        },
      },
      { recipients, connections: 5 },
    );
    await until(() => rows().every(({ state }) => state === 'sent'), 'all were sent');
    expect(messages.toSorted()).toEqual(recipients.toSorted());
    expect(events('mailbox_trouble')[0]?.reason).toContain('Too many concurrent connections');
    expect(events('deferred', 'failed', 'unknown')).toEqual([]);
  });
});
