import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mailServersMissing, startMailServers, type MailServers } from '../../support/postfix.ts';
import { account, openAccount } from '../../support/real-servers.ts';

describe.skipIf(mailServersMissing !== null)(`connections to Postfix and Dovecot ${mailServersMissing ?? ''}`, () => {
  let servers: MailServers;
  beforeAll(async () => {
    servers = await startMailServers({ users: ['tess', 'filer', 'filer2'] });
  });
  afterAll(() => servers.remove());

  test('STARTTLS and TLS from the first byte, each with AUTH, on both servers', async () => {
    for (const [security, smtpPort] of [
      ['starttls', servers.submissionPort],
      ['tls', servers.submissionsPort],
    ] as const) {
      const { engine, mailboxId } = await openAccount(servers, { user: 'tess', security, smtpPort, test: false });
      expect(await engine.services.mailboxes.test(mailboxId, false)).toMatchObject({ ok: true, smtp: { stage: 'done' }, imap: { stage: 'done' } });
      expect(engine.services.mailboxes.get(mailboxId).state).toBe('ready');
    }
  });

  test('a certificate that nobody signed is refused unless it is allowed, and a wrong password is named', async () => {
    const { engine } = await openAccount(servers, { user: 'tess', test: false });
    const { address, smtp, imap } = account(servers, { user: 'tess' });
    if (imap === null) throw new Error('no IMAP');
    const strict = await engine.services.mailboxes.testSettings({ address, smtp: { ...smtp, allowSelfSigned: false }, imap: { ...imap, allowSelfSigned: false } });
    expect(strict).toMatchObject({ ok: false, smtp: { ok: false, stage: 'tls' }, imap: { ok: false, stage: 'tls' } });
    const wrong = await engine.services.mailboxes.testSettings({ address, smtp: { ...smtp, password: 'wrong' }, imap: { ...imap, password: 'wrong' } });
    expect(wrong).toMatchObject({ ok: false, smtp: { ok: false, stage: 'login' }, imap: { ok: false, stage: 'login' } });
  });

  test('the round trip learns who files the Sent copy and whether the Message-ID is kept', async () => {
    const learn = async (user: string, smtpPort: number) => {
      const { engine, mailboxId } = await openAccount(servers, { user, smtpPort });
      const { sentCopy, messageIdPolicy } = engine.services.mailboxes.get(mailboxId);
      return [sentCopy, messageIdPolicy];
    };
    expect(await learn('tess', servers.submissionPort)).toEqual(['append', 'kept']);
    expect(await learn('filer', servers.submissionPort)).toEqual(['provider', 'kept']);
    expect(await learn('filer2', servers.rewritingPort)).toEqual(['provider', 'rewritten']);
    // The test deletes and marks nothing.
    expect(servers.dovecot.flags('filer')).toEqual(['']);
    expect(servers.dovecot.flags('filer', 'Sent')).toEqual(['']);
  });
});
