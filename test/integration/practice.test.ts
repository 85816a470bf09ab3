import { existsSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/engine/lib/clock.ts';
import { createIds } from '../../electron/engine/lib/ids.ts';
import { seededRandom } from '../../electron/engine/lib/random.ts';
import { openSmtpSession } from '../../electron/engine/mailboxes/smtp-session.ts';
import type { EnginePorts, ServerAccess } from '../../electron/engine/ports.ts';
import { createPracticePorts, practiceHost, practiceMailbox, type Practice } from '../../electron/engine/practice/index.ts';
import { silentLog, temporaryDir } from '../support/store.ts';
import { allMail } from '../support/all-mail.ts';

const access: ServerAccess = { host: practiceHost, port: 2525, security: 'none', user: practiceMailbox.address, password: 'practice', allowSelfSigned: false };

function realPorts(dataDir: string): EnginePorts {
  return {
    dataDir,
    version: '0.0.0',
    clock: systemClock,
    random: seededRandom(1),
    ids: createIds(systemClock.now),
    log: silentLog,
    keychain: null,
    passphrase: null,
    transports: { openSmtp: openSmtpSession, openInbox: () => Promise.reject(new Error('a real mailbox must never be opened')) },
    timeLapse: null,
    openPractice: null,
  };
}

async function start(dataDir = temporaryDir(), factor = 86_400): Promise<Practice> {
  const practice = createPracticePorts(realPorts(dataDir), { factor });
  await practice.start();
  onTestFinished(() => practice.stop());
  return practice;
}

async function send(practice: Practice, to: string, messageId = `<m.${to}>`) {
  const session = await practice.ports.transports.openSmtp(access);
  const raw = `From: Robin Vale <${practiceMailbox.address}>\r\nTo: Test Person <${to}>\r\nSubject: Hello\r\nMessage-ID: ${messageId}\r\nList-Unsubscribe: <mailto:${practiceMailbox.address}?subject=unsubscribe%20abc>\r\n\r\nHi\r\n`;
  const outcome = await session.send({ from: practiceMailbox.address, to, raw: Buffer.from(raw) }, { beforeBody: async () => true });
  session.close();
  return outcome;
}

async function read(practice: Practice, folder: string) {
  const session = await practice.ports.transports.openInbox(access);
  const mails = [];
  for await (const mail of allMail(session, folder)) mails.push({ ...(await PostalMime.parse(mail.source)), receivedAt: mail.receivedAt });
  await session.close();
  return mails;
}

describe('the practice workspace', () => {
  it('takes a mail by real SMTP, files it in Sent, and a watched inbox gets the answer', async () => {
    const practice = await start();
    const session = await practice.ports.transports.openInbox(access);
    const told = new Promise<void>((resolve) => void session.watch('INBOX', resolve));
    expect(await send(practice, 'tess+asks@example.com')).toMatchObject({ kind: 'accepted' });
    expect(await session.findByHeader('Sent', 'Message-ID', '<m.tess+asks@example.com>')).toEqual([1]);
    await told;
    const [reply] = await read(practice, 'INBOX');
    expect(reply).toMatchObject({ inReplyTo: '<m.tess+asks@example.com>', subject: 'Re: Hello' });
    await session.close();
  });

  it('refuses bad recipients and greylists by the answers that real servers give', async () => {
    const practice = await start();
    expect(await send(practice, 'x+bounces@example.com')).toMatchObject({ kind: 'refused', phase: 'rcpt', answer: { code: 550, enhanced: '5.1.1' } });
    expect(await send(practice, 'x+greylists@example.com')).toMatchObject({ kind: 'refused', answer: { code: 451, enhanced: '4.7.1' } });
    expect(await send(practice, 'x+greylists@example.com')).toMatchObject({ kind: 'accepted' });
    expect(await read(practice, 'Sent')).toHaveLength(1);
  });

  it('brings a mail to the own address into the inbox', async () => {
    const practice = await start();
    await practice.ports.transports.openInbox(access);
    expect(await send(practice, practiceMailbox.address)).toMatchObject({ kind: 'accepted' });
    expect(await read(practice, 'INBOX')).toMatchObject([{ messageId: `<m.${practiceMailbox.address}>` }]);
  });

  it('lets nothing leave: any other host is refused before a connection is made', async () => {
    const practice = await start();
    for (const host of ['smtp.example.com', '127.0.0.1', 'localhost', 'practice.localhost.example.com']) {
      await expect(practice.ports.transports.openSmtp({ ...access, host })).rejects.toMatchObject({
        stage: 'connect',
        message: expect.stringContaining('nothing leaves this computer'),
      });
      await expect(practice.ports.transports.openInbox({ ...access, host })).rejects.toMatchObject({ stage: 'connect' });
    }
  });

  it('names a wrong login', async () => {
    const practice = await start();
    await expect(practice.ports.transports.openSmtp({ ...access, password: 'x' })).rejects.toMatchObject({ stage: 'login', answer: { code: 535 } });
    await expect(practice.ports.transports.openInbox({ ...access, password: 'x' })).rejects.toMatchObject({ stage: 'login' });
  });

  it('goes on after a restart: mail, clock and port anew', async () => {
    const dataDir = temporaryDir();
    const first = await start(dataDir);
    await send(first, 'tess+silent@example.com');
    const before = first.ports.clock.now();
    await first.stop();
    expect(existsSync(join(dataDir, 'simulated', 'clock.json'))).toBe(true);
    const second = await start(dataDir);
    expect(second.ports.clock.now()).toBeGreaterThanOrEqual(before);
    expect(await send(second, 'tess+silent@example.com', '<second@example.com>')).toMatchObject({ kind: 'accepted' });
    expect((await read(second, 'Sent')).map((mail) => mail.messageId)).toEqual(['<m.tess+silent@example.com>', '<second@example.com>']);
    await expect(first.ports.transports.openSmtp(access)).rejects.toMatchObject({ stage: 'connect' });
  });
});
