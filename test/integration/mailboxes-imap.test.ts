import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openImapSession } from '../../electron/engine/mailboxes/index.ts';
import { ConnectError, type InboxMessage, type InboxSession, type ServerAccess } from '../../electron/engine/ports.ts';
import { allMail } from '../support/all-mail.ts';
import { dovecotMissing, startDovecot, type Dovecot } from '../support/dovecot.ts';

const message = (subject: string, id: string) =>
  `From: Anna <anna@example.com>\r\nTo: me@example.com\r\nSubject: ${subject}\r\nMessage-ID: <${id}@example.com>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\nHello\r\n`;

describe.skipIf(dovecotMissing !== null)(`IMAP session on Dovecot ${dovecotMissing ?? ''}`, () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot.remove());

  const access = (user: string, more: Partial<ServerAccess> = {}): ServerAccess => ({
    host: '127.0.0.1',
    port: dovecot.imapPort,
    security: 'none',
    user,
    password: dovecot.password,
    allowSelfSigned: true,
    ...more,
  });
  async function open(user: string, more: Partial<ServerAccess> = {}): Promise<InboxSession> {
    return openImapSession(access(user, more));
  }
  async function all(session: InboxSession, path: string, after: number): Promise<InboxMessage[]> {
    const found: InboxMessage[] = [];
    for await (const item of allMail(session, path, after)) found.push(item);
    return found;
  }

  test('lists roles, reads by UID and never marks a message as read', async () => {
    dovecot.deliver('reader', message('one', 'a1'));
    dovecot.deliver('reader', message('two', 'a2'));
    const session = await open('reader');
    const folders = await session.folders();
    expect(Object.fromEntries(folders.map((folder) => [folder.path, folder.role]))).toMatchObject({
      INBOX: 'inbox',
      Sent: 'sent',
      Junk: 'junk',
      Archive: 'archive',
      Trash: 'trash',
    });
    const status = await session.status('INBOX');
    expect(status.uidNext).toBe(3);
    const found = await all(session, 'INBOX', 0);
    expect(found.map((item) => item.uid)).toEqual([1, 2]);
    expect(new TextDecoder().decode(found[0]?.source)).toContain('Subject: one');
    expect(await all(session, 'INBOX', 2)).toEqual([]);
    dovecot.deliver('reader', message('three', 'a3'));
    expect((await all(session, 'INBOX', 2)).map((item) => item.uid)).toEqual([3]);
    expect(await session.findByHeader('INBOX', 'Message-ID', '<a2@example.com>')).toEqual([2]);
    await session.close();
    expect(session.usable).toBe(false);
    expect(dovecot.flags('reader').every((flags) => !flags.includes('S'))).toBe(true);
  });

  test('reads only the first part of a large message', async () => {
    dovecot.deliver('large', `${message('large', 'l1')}${'x'.repeat(70)}\r\n`.concat(`${'y'.repeat(70)}\r\n`.repeat(20_000)));
    const session = await open('large');
    const [found] = await all(session, 'INBOX', 0);
    expect(found?.source.length).toBe(256 * 1024);
    await session.close();
  });

  test('hears of new mail by IDLE, also after it looked into another folder', async () => {
    const session = await open('idle');
    let calls = 0;
    let heard: (() => void) | null = null;
    await session.watch('INBOX', () => {
      calls += 1;
      heard?.();
    });
    const next = () => new Promise<void>((resolve) => (heard = resolve));
    let waiting = next();
    dovecot.deliver('idle', message('ping', 'i1'));
    await waiting;
    expect(await session.findByHeader('Sent', 'Message-ID', '<none@example.com>')).toEqual([]);
    waiting = next();
    dovecot.deliver('idle', message('pong', 'i2'));
    await waiting;
    expect(calls).toBeGreaterThanOrEqual(2);
    expect((await all(session, 'INBOX', 0)).length).toBe(2);
    await session.close();
  });

  test('appends a copy that is marked as read', async () => {
    const session = await open('appender');
    await session.append('Sent', new TextEncoder().encode(message('copy', 'c1')), Date.UTC(2026, 2, 2));
    expect(await session.findByHeader('Sent', 'Message-ID', '<c1@example.com>')).toHaveLength(1);
    await session.close();
    expect(dovecot.flags('appender', 'Sent')).toEqual(['S']);
  });

  test('says at which stage a connection failed', async () => {
    const stage = async (more: Partial<ServerAccess>) => {
      const error: unknown = await open('reader', more).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConnectError);
      return (error as ConnectError).stage;
    };
    expect(await stage({ password: 'wrong' })).toBe('login');
    expect(await stage({ port: 1 })).toBe('connect');
    expect(await stage({ host: 'nowhere.invalid' })).toBe('resolve');
    expect(await stage({ port: dovecot.imapsPort, security: 'tls', allowSelfSigned: false })).toBe('tls');
    expect(await stage({ security: 'starttls', allowSelfSigned: false })).toBe('tls');
    expect(await stage({ security: 'tls' })).toBe('tls');
    const aborted = new AbortController();
    aborted.abort();
    await expect(openImapSession(access('reader'), aborted.signal)).rejects.toMatchObject({ message: 'Cancelled' });
    for (const more of [{ port: dovecot.imapsPort, security: 'tls' }, { security: 'starttls' }] as const) await (await open('reader', more)).close();
  });

  test('tells when the connection is lost', async () => {
    const own = await startDovecot();
    const session = await openImapSession({ ...access('lost'), port: own.imapPort, password: own.password });
    await session.watch('INBOX', () => undefined);
    const closed = new Promise<void>((resolve) => session.onClose(resolve));
    await own.remove();
    await closed;
    expect(session.usable).toBe(false);
    await expect(session.status('INBOX')).rejects.toThrow();
    await session.close();
  });
});
