import { SMTPServer } from 'smtp-server';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { mailboxInputSchema } from '../../shared/schemas/mailbox.ts';
import { createMailboxes, createNetwork, openImapSession, openSmtpSession } from '../../electron/engine/mailboxes/index.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { dovecotMissing, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { plainSecrets } from '../support/secrets.ts';
import { openTestBase } from '../support/store.ts';

const transports = { openSmtp: openSmtpSession, openInbox: openImapSession };
const password = 'correct_horse';

/** An SMTP server whose mail goes to `accept`. */
async function startSmtp(accept: (user: string, raw: Buffer) => void): Promise<number> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (auth, _session, callback) => (auth.password === password ? callback(null, { user: auth.username }) : callback(new Error('Bad credentials'))),
    onData(stream, session, callback) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        for (const recipient of session.envelope.rcptTo) accept(recipient.address.split('@')[0] ?? '', Buffer.concat(parts));
        callback(null, 'queued');
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function open() {
  const base = openTestBase();
  return createMailboxes({ ...base, vault: plainSecrets(base.store), transports });
}

describe.skipIf(dovecotMissing !== null)(`mailbox test on real servers ${dovecotMissing ?? ''}`, () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot.remove());

  function input(user: string, smtpPort: number, more: Record<string, unknown> = {}) {
    return mailboxInputSchema.parse({
      name: user,
      address: `${user}@example.com`,
      smtp: { host: '127.0.0.1', port: smtpPort, security: 'none', user, password },
      imap: { host: '127.0.0.1', port: dovecot.imapPort, security: 'none', user, password: dovecot.password },
      ...more,
    });
  }

  test('a round trip learns that the provider files its own Sent copy', async () => {
    const port = await startSmtp((user, raw) => {
      dovecot.deliver(user, raw);
      dovecot.deliver(user, raw, 'Sent');
    });
    const mailboxes = open();
    const { id } = mailboxes.create(input('files', port));
    const result = await mailboxes.test(id, true);
    expect(result).toMatchObject({ ok: true, smtp: { stage: 'done' }, imap: { stage: 'done' }, roundTrip: { ok: true, stage: 'done' }, sentCopy: 'provider' });
    expect(mailboxes.row(id)).toMatchObject({ state: 'ready', sentCopy: 'provider', sentFolder: 'Sent' });
    expect(dovecot.flags('files')).toEqual(['']);
  });

  test('a round trip learns from the mail that came back which DKIM key signs for the domain', async () => {
    const signature = 'DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=spring26;\r\n h=from; bh=x=; b=y=\r\n';
    const port = await startSmtp((user, raw) => dovecot.deliver(user, Buffer.concat([Buffer.from(signature), raw])));
    const dns = await startDnsServer({ 'spring26._domainkey.example.com': { TXT: ['v=DKIM1; p=MIGf'] } });
    const base = openTestBase();
    const network = createNetwork({ dnsServers: () => [dns.address] });
    const mailboxes = createMailboxes({ ...base, vault: plainSecrets(base.store), transports, network });
    const { id } = mailboxes.create(input('signed', port));
    expect(await mailboxes.test(id, true)).toMatchObject({ ok: true });
    const { checks } = await mailboxes.health.check(id);
    expect(checks.find(({ check }) => check === 'dkim')).toMatchObject({ state: 'ok', found: [expect.stringContaining('spring26._domainkey.example.com') as string] });
  });

  test('a round trip learns that Homing must append, and a plain test keeps that knowledge', async () => {
    const port = await startSmtp((user, raw) => dovecot.deliver(user, raw));
    const mailboxes = open();
    const { id } = mailboxes.create(input('appends', port));
    expect(await mailboxes.test(id, true)).toMatchObject({ ok: true, sentCopy: 'append' });
    expect(await mailboxes.test(id, false)).toMatchObject({ ok: true, roundTrip: null, sentCopy: 'append' });
  });

  test('a wrong password is named for the side that refused it', async () => {
    const port = await startSmtp(() => undefined);
    const mailboxes = open();
    const wrongImap = input('wrong', port, { imap: { host: '127.0.0.1', port: dovecot.imapPort, security: 'none', user: 'wrong', password: 'no' } });
    const { id } = mailboxes.create(wrongImap);
    const result = await mailboxes.test(id, false);
    expect(result).toMatchObject({ ok: false, smtp: { ok: true }, imap: { ok: false, stage: 'login' } });
    // Sending still works, so the mailbox is not taken out of service.
    expect(mailboxes.get(id)).toMatchObject({ state: 'untested', stateReason: result.imap.message });
    mailboxes.update({ id, imap: { ...input('wrong', port).imap, password: dovecot.password } as never, smtp: { ...wrongImap.smtp, password: 'no' } });
    expect(await mailboxes.test(id, false)).toMatchObject({ ok: false, smtp: { ok: false, stage: 'login' }, imap: { ok: true } });
    expect(mailboxes.get(id).state).toBe('needs_login');
    expect(
      await mailboxes.testSettings({
        ...wrongImap,
        smtp: { ...wrongImap.smtp, password },
        imap: { ...(wrongImap.imap as NonNullable<typeof wrongImap.imap>), password: dovecot.password },
      }),
    ).toMatchObject({ ok: true });
  });

  test('a plain connection to a TLS port says so within seconds', async () => {
    const port = await startSmtp(() => undefined);
    const settings = input('port', port, { imap: { host: '127.0.0.1', port: dovecot.imapsPort, security: 'none', user: 'port', password: 'x' } });
    const result = await open().testSettings(settings);
    expect(result.imap).toMatchObject({ ok: false, stage: 'tls' });
    expect(result.imap.message).toContain('speaks TLS from the first byte');
  });

  test('TLS to a plain port, and a self-signed certificate', async () => {
    const port = await startSmtp(() => undefined);
    const result = await open().testSettings(
      input('tls', port, {
        smtp: { host: '127.0.0.1', port, security: 'tls', user: 'tls', password: 'x' },
        imap: { host: '127.0.0.1', port: dovecot.imapsPort, security: 'tls', user: 'tls', password: 'x' },
      }),
    );
    expect(result.smtp).toMatchObject({ ok: false, stage: 'tls', message: expect.stringContaining('does not speak TLS') as string });
    expect(result.imap).toMatchObject({ ok: false, stage: 'tls', message: expect.stringContaining('self-signed') as string });
  });
});

test('a server that never answers ends the test within 15 seconds', async () => {
  const port = await listen(createServer(() => undefined));
  const settings = mailboxInputSchema.parse({ name: 'x', address: 'x@example.com', smtp: { host: '127.0.0.1', port, security: 'starttls' } });
  const startedAt = performance.now();
  const result = await open().testSettings(settings);
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect(result).toMatchObject({
    ok: false,
    smtp: { stage: 'connect', message: expect.stringContaining('did not answer in time') as string },
    imap: { ok: true, stage: 'skipped' },
  });
}, 20_000);
