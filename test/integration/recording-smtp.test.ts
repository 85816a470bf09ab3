import { afterEach, describe, expect, it } from 'vitest';
import { openSmtpSession } from '../../electron/engine/mailboxes/smtp-session.ts';
import type { SendOutcome, SmtpSession } from '../../electron/engine/ports.ts';
import { startRecordingSmtp, startRecordingSmtpProcess, type RecordingSmtp, type SmtpScript } from '../support/recording-smtp.ts';

const open: (RecordingSmtp | SmtpSession)[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function server(scripts: SmtpScript[] = [], start = startRecordingSmtp): Promise<RecordingSmtp> {
  const started = await start({ scripts });
  open.push(started);
  return started;
}
async function connect(smtp: RecordingSmtp): Promise<SmtpSession> {
  const session = await openSmtpSession({ host: '127.0.0.1', port: smtp.port, security: 'none', user: '', password: '', allowSelfSigned: false });
  open.push(session);
  return session;
}
function send(session: SmtpSession, to: string, beforeBody = async () => true): Promise<SendOutcome> {
  const raw = `From: a@example.com\r\nTo: ${to}\r\nMessage-ID: <${to}>\r\nX-Homing-Id: id-${to}\r\nSubject: Hello\r\nIn-Reply-To:\r\n <x@example.com>\r\n\r\nText\r\n`;
  return session.send({ from: 'a@example.com', to, raw: Buffer.from(raw) }, { beforeBody });
}

describe('the recording SMTP server', () => {
  it('records what it accepted, and nothing else', async () => {
    const smtp = await server([
      { to: 'gone@example.com', phase: 'rcpt', answer: { code: 550, text: '5.1.1 No such user' } },
      { to: 'data@example.com', phase: 'data', answer: { code: 451, text: '4.7.1 Try again' }, times: 1 },
      { to: '@spam.example.com', phase: 'body', answer: { code: 554, text: '5.7.1 No' } },
    ]);
    const session = await connect(smtp);
    expect(await send(session, 'ok@example.com')).toMatchObject({ kind: 'accepted' });
    expect(await send(session, 'gone@example.com')).toMatchObject({ kind: 'refused', phase: 'rcpt', answer: { code: 550, enhanced: '5.1.1' } });
    expect(await send(session, 'data@example.com')).toMatchObject({ kind: 'refused', phase: 'data', answer: { code: 451 } });
    expect(await send(session, 'data@example.com')).toMatchObject({ kind: 'accepted' });
    expect(await send(session, 'x@spam.example.com')).toMatchObject({ kind: 'refused', phase: 'body', answer: { code: 554 } });
    expect(smtp.messages()).toMatchObject([
      { to: 'ok@example.com', messageId: '<ok@example.com>', homingId: 'id-ok@example.com', inReplyTo: '<x@example.com>' },
      { to: 'data@example.com' },
    ]);
    expect(smtp.openBodies()).toBe(0);
  });

  it.each([
    ['data', 'now', 'not_started', 0],
    ['body', 'mid_body', 'unknown', 0],
    ['body', 'lost', 'unknown', 0],
    ['body', 'kept', 'unknown', 1],
  ] as const)('drops the connection at %s %s', async (phase, drop, kind, kept) => {
    const smtp = await server([{ phase, drop }]);
    const session = await connect(smtp);
    expect(await send(session, 'b@example.com')).toMatchObject({ kind });
    expect(smtp.messages()).toHaveLength(kept);
    await expect.poll(() => smtp.openBodies()).toBe(0);
    await expect.poll(() => smtp.cuts().length).toBe(phase === 'body' ? 1 : 0);
  });

  it('counts the bodies that are open and the ones that were cut', async () => {
    const smtp = await server([], startRecordingSmtpProcess);
    const session = await connect(smtp);
    expect(await send(session, 'first@example.com')).toMatchObject({ kind: 'accepted' });
    let seen = -1;
    const outcome = await send(session, 'cut@example.com', async () => {
      seen = smtp.openBodies();
      return false;
    });
    expect(outcome.kind).toBe('withdrawn');
    expect(seen).toBe(1);
    await expect.poll(() => smtp.openBodies()).toBe(0);
    expect(smtp.cuts()).toMatchObject([{ to: 'cut@example.com', during: 'body' }]);
    expect(smtp.messages().map((message) => message.to)).toEqual(['first@example.com']);
    await smtp.setScripts([{ phase: 'mail', answer: { code: 421, text: 'Later' } }]);
    expect(await send(await connect(smtp), 'next@example.com')).toMatchObject({ kind: 'refused', phase: 'mail' });
  });
});
