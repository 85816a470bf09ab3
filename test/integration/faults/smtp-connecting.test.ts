import { describe, expect, test } from 'vitest';
import { until } from '../../support/engine.ts';
import { endless, hangUp, openFaulty, say, sayAndHangUp, silence, trickle, type SmtpFault } from '../../support/faulty-smtp.ts';
import { makeCertificate } from '../../support/https-server.ts';
import type { SmtpPhase } from '../../support/scripted-smtp.ts';
import type { SmtpTimeouts } from '../../../electron/engine/mailboxes/smtp-timeouts.ts';

const certificate = makeCertificate(['test.example.com']);
const soon = 250;

/** The fault of the first connection; what the mailbox says of it; which time-out is short. */
type Trouble = readonly [name: string, phase: SmtpPhase, fault: SmtpFault, says: RegExp, timeouts: Partial<SmtpTimeouts>];
const trouble = (name: string, phase: SmtpPhase, fault: SmtpFault, says: RegExp, timeouts: Partial<SmtpTimeouts> = {}): Trouble => [name, phase, fault, says, timeouts];

const garbageForHello: SmtpFault = async (peer) => {
  peer.say('220 go on\r\n');
  await until(() => peer.unread().length > 0, 'the client begins the handshake');
  peer.say('250 no TLS here\r\n');
  await silence(peer);
};

const plain: readonly Trouble[] = [
  trouble('hangs up before the greeting', 'greeting', hangUp, /clos|disconnect|reset/i),
  trouble('never greets', 'greeting', silence, /greeting|time/i, { greeting: soon }),
  trouble('has too many connections', 'greeting', sayAndHangUp('421 4.7.0 Too many connections from your host'), /421 .*Too many connections/),
  trouble('is closed for everybody', 'greeting', sayAndHangUp('554 5.3.2 No service here'), /554 .*No service here/),
  trouble('speaks SSH', 'greeting', say('SSH-2.0-OpenSSH_9.2'), /greeting|SSH|invalid/i),
  trouble('speaks HTTP', 'greeting', sayAndHangUp('HTTP/1.1 400 Bad Request'), /greeting|HTTP|clos/i),
  trouble('greets without an end', 'greeting', endless, /./, { greeting: soon }),
  trouble('hangs up at EHLO', 'ehlo', hangUp, /clos/i),
  trouble('never answers EHLO', 'ehlo', silence, /time/i, { login: soon }),
  trouble('ends at EHLO', 'ehlo', sayAndHangUp('421 4.3.2 Shutting down'), /421 .*Shutting down/),
  trouble('hangs up at AUTH', 'auth', hangUp, /clos/i),
  trouble('never answers AUTH', 'auth', silence, /time/i, { login: soon }),
  trouble('ends at AUTH', 'auth', sayAndHangUp('421 4.7.0 Try again later'), /421 .*Try again later/),
  trouble('cannot look the login up', 'auth', say('454 4.7.0 Temporary authentication failure'), /454 .*Temporary authentication failure/),
  trouble('answers AUTH with garbage', 'auth', say('*%$ what?'), /./),
];

const encrypted: readonly Trouble[] = [
  trouble('cannot encrypt now', 'starttls', say('454 4.7.0 TLS not available due to local problem'), /TLS not available/),
  trouble('hangs up at STARTTLS', 'starttls', hangUp, /clos|TLS/i),
  trouble('never answers STARTTLS', 'starttls', silence, /time/i, { login: soon }),
  trouble('hangs up in the handshake', 'starttls', sayAndHangUp('220 go on'), /clos|TLS|disconnect|reset/i),
  trouble('answers the handshake with garbage', 'starttls', garbageForHello, /TLS|SSL|wrong version/i),
  trouble(
    'never answers the handshake',
    'starttls',
    async (peer) => {
      peer.say('220 go on\r\n');
      await silence(peer);
    },
    /time/i,
    { login: soon },
  ),
];

/** The mail was never begun, waits with its reason, and leaves once when the server is well again. */
async function leavesOnceAfter(says: RegExp, opened: Awaited<ReturnType<typeof openFaulty>>): Promise<void> {
  const { rows, messages, events, mailbox } = opened;
  await until(() => rows()[0]?.state === 'sent', 'it was sent');
  const [trouble, ...more] = events('mailbox_trouble');
  expect(trouble?.reason).toMatch(says);
  expect(trouble?.data).toMatchObject({ side: 'smtp', state: 'backoff' });
  expect(more).toEqual([]);
  expect(messages).toEqual(['anna@example.com']);
  // No server was asked to take it before: that counts as no try.
  expect(rows()).toMatchObject([{ state: 'sent', attempts: 1 }]);
  expect(events('deferred', 'failed', 'unknown', 'suppressed')).toEqual([]);
  expect(events('mailbox_recovered')).toHaveLength(1);
  expect(mailbox()).toMatchObject({ stateReason: null });
}

describe('a server that', () => {
  test.each(plain)('%s at the first connection: the mailbox says so, the mail leaves once', async (_name, phase, fault, says, timeouts) => {
    await leavesOnceAfter(says, await openFaulty({ phase, fault }, { timeouts }));
  });

  test.each(encrypted)('%s at the first connection: the mail waits for encryption, and leaves once', async (_name, phase, fault, says, timeouts) => {
    const opened = await openFaulty({ phase, fault, extensions: ['PIPELINING', 'STARTTLS', 'AUTH PLAIN'], certificate }, { timeouts, smtp: { security: 'starttls' } });
    await leavesOnceAfter(says, opened);
  });

  test('speaks plainly on a port for TLS: the mailbox says so', async () => {
    const { events, messages, rows } = await openFaulty({ phase: 'greeting', fault: (peer) => peer.say('220 plain\r\n') }, { smtp: { security: 'tls' } });
    await until(() => events('mailbox_trouble').length === 1 && rows()[0]?.state === 'planned', 'the mailbox is in trouble');
    expect(events('mailbox_trouble')[0]?.reason).toMatch(/TLS|SSL|wrong version/i);
    expect([messages, rows()[0]?.state, rows()[0]?.attempts]).toEqual([[], 'planned', 0]);
  });

  test('offers no STARTTLS where encryption is asked for: password and mail stay here', async () => {
    const asked: string[] = [];
    const { events, rows, messages } = await openFaulty(
      { phase: 'auth', fault: (peer) => void asked.push(peer.unread()), faulty: Infinity, extensions: ['PIPELINING', 'AUTH PLAIN'] },
      { smtp: { security: 'starttls' } },
    );
    await until(() => events('mailbox_trouble').length === 1 && rows()[0]?.state === 'planned', 'the mailbox is in trouble');
    expect(events('mailbox_trouble')[0]?.reason).toMatch(/Not offered/);
    expect([asked, messages, rows()[0]?.state]).toEqual([[], [], 'planned']);
  });

  test.each([
    ['535 5.7.8 Username and password not accepted', /not accepted/],
    ['534 5.7.9 Application-specific password required', /Application-specific/],
    ['535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant', /disabled for the Tenant/],
  ])('refuses the login with %s: it is asked once, the person is told, and the corrected login sends', async (answer, says) => {
    const { events, rows, messages, mailbox, mailboxes, mailboxId, connections, smtpPort } = await openFaulty({ phase: 'auth', fault: say(answer), faulty: 1 });
    await until(() => mailbox().state === 'needs_login', 'the mailbox needs a login');
    expect(mailbox().stateReason).toMatch(says);
    expect(rows()[0]).toMatchObject({ state: 'planned', attempts: 0, why: { code: 'mailbox_needs_login' } });
    // Hours of workspace time: knocking again would lock the account.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([connections(), messages]).toEqual([1, []]);
    const smtp = { host: '127.0.0.1', port: smtpPort, security: 'none' as const, user: 'tess', auth: 'password' as const, allowSelfSigned: true };
    mailboxes.update({ id: mailboxId, smtp: { ...smtp, password: 'better horse' } });
    await until(() => rows()[0]?.state === 'sent', 'it was sent');
    expect([messages, events('deferred', 'failed', 'unknown')]).toEqual([['anna@example.com'], []]);
  });

  test('knows no EHLO: HELO does', async () => {
    const { rows, messages, events } = await openFaulty({ phase: 'ehlo', fault: say('502 5.5.2 Command not recognized'), faulty: Infinity });
    await until(() => rows()[0]?.state === 'sent', 'it was sent');
    expect([messages, events('mailbox_trouble')]).toEqual([['anna@example.com'], []]);
  });

  test.each([
    ['says each byte by itself', trickle('220-welcome to\r\n220-this server of\r\n220 example.com ESMTP')],
    ['greets in a hundred lines', say(`${'220-Use of this system is monitored and may be recorded.\r\n'.repeat(100)}220 ready`)],
  ])('%s: that is no trouble', async (_name, fault) => {
    const { rows, messages, events } = await openFaulty({ phase: 'greeting', fault, faulty: Infinity });
    await until(() => rows()[0]?.state === 'sent', 'it was sent');
    expect([messages, events('mailbox_trouble')]).toEqual([['anna@example.com'], []]);
  });

  test('is down for longer: the mailbox shows as unreachable with its reason, each try comes later, and everybody gets one mail in the end', async () => {
    const recipients = ['anna@example.com', 'ben@example.com', 'cem@example.com'];
    const { rows, messages, events, mailbox } = await openFaulty(
      { phase: 'greeting', fault: sayAndHangUp('421 4.3.2 Down for maintenance'), faulty: 5 },
      { recipients, connections: 3, factor: 3000 },
    );
    await until(() => mailbox().state === 'unreachable', 'the mailbox shows as unreachable');
    expect(mailbox().stateReason).toContain('Down for maintenance');
    await until(() => rows().every(({ state }) => state === 'sent'), 'all were sent');
    expect(messages.toSorted()).toEqual(recipients);
    expect(events('mailbox_trouble').length).toBeGreaterThanOrEqual(1);
    expect(mailbox()).toMatchObject({ stateReason: null });
    expect(mailbox().state).not.toBe('unreachable');
  });
});
