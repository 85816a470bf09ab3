import { expect, onTestFinished, test } from 'vitest';
import { openSmtpSession } from '../../electron/engine/mailboxes/index.ts';
import type { SendOutcome, SmtpSession } from '../../electron/engine/ports.ts';
import { startScriptedSmtp, type SmtpPeer } from '../support/scripted-smtp.ts';

const piped = ['PIPELINING', '8BITMIME', 'SIZE 10000'];

/** A session with a server that follows the script. */
async function connect(extensions: readonly string[], script: (peer: SmtpPeer, connection: number) => Promise<void>) {
  const smtp = await startScriptedSmtp(extensions, script);
  onTestFinished(() => smtp.close());
  const session = await openSmtpSession({ host: '127.0.0.1', port: smtp.port, security: 'none', user: '', password: '', allowSelfSigned: false });
  onTestFinished(() => session.close());
  return { session, smtp };
}

function send(session: SmtpSession, to: string, options: { text?: string; from?: string; beforeBody?: () => Promise<boolean> } = {}): Promise<SendOutcome> {
  const { text = 'Hello\r\n', from = 'a@example.com', beforeBody = () => Promise.resolve(true) } = options;
  return session.send({ from, to, raw: Buffer.from(text) }, { beforeBody });
}

/** Reads the three commands of a message. */
async function commands(peer: SmtpPeer): Promise<(string | null)[]> {
  return [await peer.line(), await peer.line(), await peer.line()];
}
const yes = '250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n';

test('the three commands leave together, the body after 354 and the mark', async () => {
  const seen: string[] = [];
  const { session, smtp } = await connect(piped, async (peer) => {
    seen.push(...((await commands(peer)) as string[]));
    peer.say('250 ok\r\n250 ok\r\n');
    expect(peer.unread()).toBe('');
    seen.push('354');
    peer.say('354 go on\r\n');
    seen.push((await peer.body()) ?? '');
    peer.say('250 2.0.0 queued as 1\r\n');
  });
  const outcome = await send(session, 'b@example.com', {
    beforeBody: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      seen.push('mark');
      return true;
    },
  });
  await smtp.done();
  expect(outcome).toEqual({ kind: 'accepted', answer: { code: 250, enhanced: '2.0.0', text: 'queued as 1' } });
  expect(seen).toEqual(['MAIL FROM:<a@example.com> SIZE=7', 'RCPT TO:<b@example.com>', 'DATA', '354', 'mark', 'Hello\r\n.\r\n']);
});

test('answers that come byte by byte and in several lines are put together', async () => {
  const { session } = await connect(piped, async (peer) => {
    await commands(peer);
    await peer.trickle('250-2.1.0 sender\r\n250 2.1.0 ok\r\n250-one\r\n250-two\r\n250 three\r\n354-go\r\n354 on\r\n');
    await peer.body();
    await peer.trickle('550-5.7.1 not\r\n550-5.7.1 this, für heute\r\n550 5.7.1 mail\r\n');
  });
  const outcome = await send(session, 'b@example.com');
  expect(outcome).toMatchObject({ kind: 'refused', phase: 'body', answer: { code: 550, enhanced: '5.7.1', text: 'not this, für heute mail' } });
  expect(session.usable).toBe(true);
});

test('the commands of the next message leave with a body; its own body waits for its own 354 and mark', async () => {
  const marks: string[] = [];
  let beforeMark = '';
  const { session, smtp } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say(yes);
    await peer.body();
    // Nothing was answered to the body, and yet the next commands are here.
    expect(await commands(peer)).toEqual(['MAIL FROM:<a@example.com> SIZE=7', 'RCPT TO:<second@example.com>', 'DATA']);
    peer.say(`250 queued\r\n${yes}`);
    const second = await peer.body();
    beforeMark = marks.join();
    expect(second).toBe('Hello\r\n.\r\n');
    peer.say('250 queued\r\n');
  });
  const mark = (name: string) => async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    marks.push(name);
    return true;
  };
  const first = send(session, 'first@example.com', { beforeBody: mark('first') });
  const second = send(session, 'second@example.com', { beforeBody: mark('second') });
  expect([(await first).kind, (await second).kind]).toEqual(['accepted', 'accepted']);
  await smtp.done();
  expect(beforeMark).toBe('first,second');
});

test('a refused recipient whose DATA is taken all the same: the message is ended empty and reaches nobody', async () => {
  const { session, smtp } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say('250 ok\r\n550 5.1.1 No such user\r\n354 go on\r\n');
    expect(await peer.line()).toBe('.');
    peer.say('554 no recipients\r\n');
    await commands(peer);
    peer.say(yes);
    await peer.body();
    peer.say('250 queued\r\n');
  });
  const marked: string[] = [];
  const first = await send(session, 'gone@example.com', {
    beforeBody: () => {
      marked.push('gone');
      return Promise.resolve(true);
    },
  });
  expect(first).toMatchObject({ kind: 'refused', phase: 'rcpt', answer: { code: 550, enhanced: '5.1.1' } });
  expect(marked).toEqual([]);
  expect(await send(session, 'b@example.com')).toMatchObject({ kind: 'accepted' });
  await smtp.done();
});

test('a refused recipient: the transaction is reset, and the next message goes', async () => {
  const { session, smtp } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say('250 ok\r\n450 4.2.1 Later\r\n503 no recipients\r\n');
    expect([await peer.line(), ...(await commands(peer))]).toEqual(['RSET', 'MAIL FROM:<a@example.com> SIZE=7', 'RCPT TO:<b@example.com>', 'DATA']);
    peer.say(`250 reset\r\n${yes}`);
    await peer.body();
    peer.say('250 queued\r\n');
  });
  const first = send(session, 'later@example.com');
  const second = send(session, 'b@example.com');
  expect(await first).toMatchObject({ kind: 'refused', phase: 'rcpt', answer: { code: 450 } });
  expect(await second).toMatchObject({ kind: 'accepted' });
  await smtp.done();
});

test('a refused sender whose DATA is taken all the same: the connection is dropped', async () => {
  const { session, smtp } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say('550 5.7.1 Not you\r\n250 ok\r\n354 go on\r\n');
    expect(await peer.line()).toBeNull();
  });
  expect(await send(session, 'b@example.com')).toMatchObject({ kind: 'refused', phase: 'mail', answer: { code: 550 } });
  expect(session.usable).toBe(false);
  await smtp.done();
});

test('without PIPELINING each command waits for the answer to the one before', async () => {
  const { session, smtp } = await connect([], async (peer) => {
    for (const [expected, answer] of [
      ['MAIL FROM:<a@example.com>', '250 ok'],
      ['RCPT TO:<gone@example.com>', '550 5.1.1 No such user'],
      ['RSET', '250 ok'],
      ['MAIL FROM:<a@example.com>', '250 ok'],
      ['RCPT TO:<b@example.com>', '250 ok'],
      ['DATA', '354 go on'],
    ] as const) {
      expect(await peer.line()).toBe(expected);
      expect(peer.unread()).toBe('');
      peer.say(`${answer}\r\n`);
    }
    await peer.body();
    expect(peer.unread()).toBe('');
    peer.say('250 queued\r\n');
  });
  expect(session.pipelining).toBe(false);
  const first = send(session, 'gone@example.com');
  const second = send(session, 'b@example.com');
  expect(await first).toMatchObject({ kind: 'refused', phase: 'rcpt' });
  expect(await second).toMatchObject({ kind: 'accepted' });
  await smtp.done();
});

test.each([
  ['before any answer', '', 'not_started', false],
  ['after the answer to MAIL', '250 ok\r\n', 'not_started', false],
  ['in the middle of an answer', '250 ok\r\n25', 'not_started', false],
  ['after a refusal of the recipient', '250 ok\r\n550 5.1.1 No such user\r\n', 'refused', false],
  ['in a refusal that has no end', '250 ok\r\n550 5.1.1 No such user', 'refused', false],
  ['after 421 to MAIL', '421 4.3.2 Closing\r\n', 'refused', false],
  ['after 421 to DATA', '250 ok\r\n250 ok\r\n421 4.3.2 Closing\r\n', 'refused', false],
  ['after the body', yes, 'unknown', true],
  ['with 421 after the body', yes, 'refused', true],
])('a server that ends %s: what is known of both messages', async (where, answers, kind, takesBody) => {
  const { session } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say(answers);
    if (takesBody) await peer.body();
    if (where.startsWith('with 421')) peer.say('421 4.3.2 Closing\r\n');
    peer.close();
  });
  const first = send(session, 'first@example.com');
  const second = send(session, 'second@example.com');
  expect((await first).kind).toBe(kind);
  if (kind === 'not_started') expect(await first).not.toMatchObject({ untried: true });
  expect(await second).toMatchObject({ kind: 'not_started', untried: true });
  expect(session.usable).toBe(false);
});

test('a server that ends in the middle of a body leaves it unknown', async () => {
  const { session } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say(yes);
    while (peer.unread().length < 10) await new Promise((resolve) => setImmediate(resolve));
    peer.close();
  });
  expect(await send(session, 'b@example.com', { text: 'x'.repeat(9000) })).toMatchObject({ kind: 'unknown' });
});

test('a server that takes its 354 back while the mark is written gets nothing of the body', async () => {
  let came = '';
  const { session, smtp } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say(`${yes}421 4.3.2 Closing\r\n`);
    await peer.line();
    came = peer.unread();
  });
  const outcome = await send(session, 'b@example.com', { beforeBody: () => new Promise((resolve) => setTimeout(() => resolve(true), 50)) });
  expect(outcome.kind).toBe('not_started');
  await smtp.done();
  expect(came).toBe('');
});

test('a withdrawn message: no final dot, and what waits behind it is untouched', async () => {
  let came = '';
  const { session, smtp } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say(yes);
    await peer.body();
    came = peer.unread();
  });
  const first = send(session, 'first@example.com', { beforeBody: () => Promise.resolve(false) });
  const second = send(session, 'second@example.com');
  expect(await first).toEqual({ kind: 'withdrawn' });
  expect(await second).toMatchObject({ kind: 'not_started', untried: true });
  await smtp.done();
  expect(came).toBe('');
});

test.each([
  ['.\r\n..two\r\n.\r\nend\r\n', '..\r\n...two\r\n..\r\nend\r\n.\r\n'],
  ['no line end', 'no line end\r\n.\r\n'],
  ['a\n.b\rc\r\n', 'a\r\n..b\r\nc\r\n.\r\n'],
  ['', '.\r\n'],
  ['a\r\n\r\n', 'a\r\n\r\n.\r\n'],
])('the body %j is stuffed and ended', async (text, wire) => {
  let body: string | null = null;
  const { session } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say(yes);
    body = await peer.body();
    peer.say('250 queued\r\n');
  });
  expect(await send(session, 'b@example.com', { text })).toMatchObject({ kind: 'accepted' });
  expect(body).toBe(wire);
});

test('what cannot go is refused without asking; what needs extensions says so', async () => {
  const asked: (string | null)[] = [];
  const take = async (peer: SmtpPeer) => {
    asked.push((await commands(peer))[0] ?? null);
    peer.say(yes);
    await peer.body();
    peer.say('250 queued\r\n');
  };
  const plain = await connect(piped, take);
  expect(await send(plain.session, 'b@example.com', { text: `${'x'.repeat(10_000)}\r\n` })).toMatchObject({
    kind: 'refused',
    phase: 'mail',
    answer: { code: 552, enhanced: '5.3.4' },
  });
  expect(await send(plain.session, 'jörg@example.com')).toMatchObject({ kind: 'refused', phase: 'mail', answer: { code: 553, enhanced: '5.6.7' } });
  expect(await send(plain.session, 'b@example.com>\r\nRCPT TO:<c@example.com')).toMatchObject({ kind: 'refused', phase: 'mail', answer: { code: 501 } });
  expect(await send(plain.session, 'b@example.com', { text: 'Größe\r\n' })).toMatchObject({ kind: 'accepted' });
  const international = await connect([...piped, 'SMTPUTF8'], take);
  expect(await send(international.session, 'jörg@example.com')).toMatchObject({ kind: 'accepted' });
  expect(asked).toEqual(['MAIL FROM:<a@example.com> BODY=8BITMIME SIZE=9', 'MAIL FROM:<a@example.com> SMTPUTF8 SIZE=7']);
});

test('closing lets the message under way come to its end, then says QUIT', async () => {
  const { session, smtp } = await connect(piped, async (peer) => {
    await commands(peer);
    peer.say(yes);
    await peer.body();
    peer.say('250 queued\r\n');
    expect(await peer.line()).toBe('QUIT');
    peer.say('221 bye\r\n');
  });
  const outcome = send(session, 'b@example.com');
  session.close();
  expect(session.usable).toBe(false);
  expect(await outcome).toMatchObject({ kind: 'accepted' });
  await smtp.done();
});
