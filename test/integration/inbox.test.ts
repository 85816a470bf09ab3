import { chmodSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEvents } from '../../electron/engine/events/index.ts';
import { systemClock } from '../../electron/engine/lib/clock.ts';
import { openImapSession, openSmtpSession } from '../../electron/engine/mailboxes/index.ts';
import { ConnectError, type MailTransports } from '../../electron/engine/ports.ts';
import { createIds } from '../../electron/engine/lib/ids.ts';
import { openStore } from '../../electron/engine/store/index.ts';
import { dovecotMissing, startDovecot, type Dovecot } from '../support/dovecot.ts';
import { openInboxBench, until, type InboxBench } from '../support/inbox.ts';
import { silentLog, temporaryDir, type TestBase } from '../support/store.ts';

/** As `openTestBase`, on the real clock: Dovecot stamps messages with real time. */
function realTimeBase(): TestBase {
  const dataDir = temporaryDir();
  const store = openStore({ dataDir, clock: systemClock, log: silentLog });
  onTestFinished(() => store.close());
  return {
    dataDir,
    store,
    events: createEvents(store, systemClock),
    clock: systemClock as TestBase['clock'],
    ids: createIds(systemClock.now),
    random: Math.random,
    log: silentLog,
  };
}

let counter = 0;
function letter(from: string, lines: { subject?: string; inReplyTo?: string; headers?: string[]; id?: string; body?: string } = {}): string {
  counter += 1;
  return [
    `From: ${from}`,
    'To: me@example.com',
    `Subject: ${lines.subject ?? 'Re: Hello'}`,
    `Message-ID: <${lines.id ?? `m${counter}.${Date.now()}`}@example.org>`,
    `Date: ${new Date().toUTCString()}`,
    ...(lines.inReplyTo === undefined ? [] : [`In-Reply-To: ${lines.inReplyTo}`]),
    ...(lines.headers ?? []),
    '',
    lines.body ?? 'Sounds good, call me.',
    '',
  ].join('\r\n');
}

describe.skipIf(dovecotMissing !== null)(`inbox on Dovecot ${dovecotMissing ?? ''}`, () => {
  let dovecot: Dovecot;
  let users = 0;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot.remove());

  function open(server: Pick<Dovecot, 'imapPort' | 'password'> = dovecot, transports?: MailTransports): InboxBench & { user: string } {
    users += 1;
    const user = `user${users}`;
    const bench = openInboxBench({ base: realTimeBase(), imap: { port: server.imapPort, user, password: server.password }, ...(transports === undefined ? {} : { transports }) });
    onTestFinished(() => bench.inbox.stop());
    return { ...bench, user };
  }
  const checked = (bench: InboxBench) => (bench.mailboxes.row(bench.mailboxId)?.inboxCheckedAt ?? null) !== null;

  test('a reply seen by IDLE stops the enrolment and is not marked as read', async () => {
    const bench = open();
    const people = Array.from({ length: 5 }, (_, index) => bench.addSent(`anna${index}@example.org`));
    bench.inbox.start();
    await until(() => checked(bench), 'first look');
    for (const [index, person] of people.entries()) {
      dovecot.deliver(bench.user, letter(`Anna <anna${index}@example.org>`, { inReplyTo: person.messageId }));
      await until(() => bench.enrolment(person.enrolmentId).state === 'stopped', 'the stop');
    }
    expect(bench.enrolment(people[0]?.enrolmentId ?? '')).toMatchObject({ state: 'stopped', reason: 'replied' });
    expect(dovecot.flags(bench.user)).toHaveLength(5);
    expect(dovecot.flags(bench.user).every((flags) => !flags.includes('S'))).toBe(true);
    const page = bench.inbox.list({ limit: 10 });
    expect(page).toMatchObject({ total: 5, unread: 5 });
    expect(page.items[0]).toMatchObject({ class: 'human', matchedBy: 'in_reply_to', campaignName: 'Spring', contactName: 'Anna Berg', mailboxName: 'Me' });
  });

  test('a refresh finds what came since, and nothing old', async () => {
    const bench = open();
    bench.addSent('old@example.org');
    dovecot.deliver(bench.user, letter('stranger@example.org', { body: 'Never heard of you' }));
    expect(await bench.inbox.refresh(bench.mailboxId)).toMatchObject({ found: 0 });
    const { enrolmentId, messageId } = bench.addSent('eva@example.org');
    dovecot.deliver(bench.user, letter('eva@example.org', { inReplyTo: messageId }));
    const first = await bench.inbox.refresh(bench.mailboxId);
    // IDLE may have been quicker than the call.
    expect(bench.enrolment(enrolmentId).state).toBe('stopped');
    expect(first.checkedAt).toBeGreaterThan(0);
    expect((await bench.inbox.refresh(bench.mailboxId)).found).toBe(0);
    expect(bench.inbox.list({ limit: 10 }).total).toBe(1);
  });

  test('messages from before the mailbox was added are left alone', async () => {
    const bench = open();
    const { enrolmentId } = bench.addSent('before@example.org', { sentAt: Date.now() - 3_600_000 * 50 });
    bench.store.transaction((tx) => tx.prepare('update mailboxes set created_at = ?').run(Date.now() + 3_600_000));
    dovecot.deliver(bench.user, letter('before@example.org'));
    await bench.inbox.refresh(bench.mailboxId);
    expect(bench.enrolment(enrolmentId).state).toBe('active');
  });

  test('a new UIDVALIDITY repeats nothing and misses nothing', async () => {
    const bench = open();
    const first = bench.addSent('first@example.org');
    const second = bench.addSent('second@example.org');
    dovecot.deliver(bench.user, letter('first@example.org', { inReplyTo: first.messageId }));
    await bench.inbox.refresh(bench.mailboxId);
    const cursor = () => bench.store.prepareRead(`select uid_validity as validity from folder_cursors where folder = 'INBOX'`).get() as { validity: string };
    const before = cursor().validity;
    await bench.inbox.stop();
    // UIDVALIDITY is the second in which Dovecot numbers a folder.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    dovecot.renumber(bench.user);
    dovecot.deliver(bench.user, letter('second@example.org', { inReplyTo: second.messageId }));
    await bench.inbox.refresh(bench.mailboxId);
    expect(cursor().validity).not.toBe(before);
    expect(bench.enrolment(second.enrolmentId).state).toBe('stopped');
    expect(bench.inbox.list({ limit: 10 }).total).toBe(2);
    expect(bench.eventTypes().filter((type) => type === 'replied')).toHaveLength(2);
  });

  test('a reply in the junk folder counts', async () => {
    const bench = open();
    const { enrolmentId, messageId } = bench.addSent('junk@example.org');
    dovecot.deliver(bench.user, letter('junk@example.org', { inReplyTo: messageId }), 'Junk');
    bench.inbox.start();
    await until(() => bench.enrolment(enrolmentId).state === 'stopped', 'the reply in Junk');
    expect(dovecot.flags(bench.user, 'Junk')).toEqual(['']);
  });

  test('a wrong password is told, shown, and heals when it is corrected', async () => {
    const bench = open();
    const row = bench.mailboxes.get(bench.mailboxId);
    const imap = { host: '127.0.0.1', port: dovecot.imapPort, security: 'none' as const, user: bench.user, auth: 'password' as const, allowSelfSigned: false };
    bench.mailboxes.update({ id: row.id, imap: { ...imap, password: 'wrong' } });
    await expect(bench.inbox.refresh(row.id)).rejects.toMatchObject({ code: 'mailbox_login' });
    expect(bench.mailboxes.get(row.id)).toMatchObject({ state: 'untested', stateReason: expect.stringContaining('refused the login') as string });
    // Asking again at once does not knock at the server again.
    await expect(bench.inbox.refresh(row.id)).rejects.toMatchObject({ code: 'mailbox_login' });
    bench.inbox.start();
    bench.mailboxes.update({ id: row.id, imap: { ...imap, password: dovecot.password } });
    await until(() => checked(bench), 'a look with the right password');
    expect(bench.mailboxes.get(row.id).stateReason).toBeNull();
  });

  test('a Sent copy waits in the database, is filed once and as read, and a poke connects anew', async () => {
    const bench = open();
    const raw = Buffer.from(letter('me@example.com', { subject: 'Hello', headers: ['X-Homing-Id: d1'] }));
    bench.store.transaction((tx) => {
      tx.prepare(`update mailboxes set sent_copy = 'append', sent_folder = 'Sent'`).run();
      bench.inbox.queueSentCopy(tx, { deliveryId: 'd1', mailboxId: bench.mailboxId, raw, sentAt: Date.now() });
    });
    const waiting = () => (bench.store.prepareRead('select count(*) as n from sent_copies').get() as { n: number }).n;
    expect(waiting()).toBe(1);
    bench.inbox.start();
    await until(() => waiting() === 0, 'the copy');
    expect(dovecot.flags(bench.user, 'Sent')).toEqual(['S']);
    // As after a crash between storing the copy and noting it.
    bench.store.transaction((tx) => {
      bench.inbox.queueSentCopy(tx, { deliveryId: 'd1', mailboxId: bench.mailboxId, raw, sentAt: Date.now() });
      tx.prepare('update sent_copies set attempts = 1').run();
    });
    await until(() => waiting() === 0, 'the second look');
    expect(dovecot.flags(bench.user, 'Sent')).toEqual(['S']);
    await until(() => checked(bench), 'first look');
    bench.inbox.poke();
    const { enrolmentId, messageId } = bench.addSent('poked@example.org');
    dovecot.deliver(bench.user, letter('poked@example.org', { inReplyTo: messageId }));
    await until(() => bench.enrolment(enrolmentId).state === 'stopped', 'the reply over the new connection');
  });

  test('a mailbox without IMAP says so', async () => {
    const bench = openInboxBench({ base: realTimeBase(), imap: null });
    await expect(bench.inbox.refresh(bench.mailboxId)).rejects.toMatchObject({ code: 'wrong_state' });
    await bench.inbox.stop();
  });

  test('a lost connection comes back by itself and catches up', async () => {
    const own = await startDovecot();
    onTestFinished(() => own.remove());
    const bench = open(own);
    const { enrolmentId, messageId } = bench.addSent('later@example.org');
    bench.inbox.start();
    await until(() => checked(bench), 'first look');
    await own.stop();
    own.deliver(bench.user, letter('later@example.org', { inReplyTo: messageId }));
    await expect(bench.inbox.refresh(bench.mailboxId)).rejects.toMatchObject({ code: 'mailbox_unreachable' });
    expect(bench.enrolment(enrolmentId).state).toBe('active');
    await own.start();
    await until(() => bench.enrolment(enrolmentId).state === 'stopped', 'the reply after the reconnect', 20_000);
  });

  test('a connection cut in the middle of reading goes on where it stood: every reply counts once', async () => {
    let cutAfter = 40_000;
    const proxy = createServer((client) => {
      const upstream = connect(dovecot.imapPort, '127.0.0.1');
      for (const socket of [client, upstream]) socket.on('error', () => undefined);
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
      client.pipe(upstream);
      upstream.on('data', (data) => {
        client.write(data);
        cutAfter -= data.length;
        if (cutAfter < 0 && cutAfter > -1_000_000) {
          cutAfter = -1_000_000;
          client.destroy();
        }
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const bench = open({ ...dovecot, imapPort: (proxy.address() as AddressInfo).port });
    const people = Array.from({ length: 60 }, (_, index) => bench.addSent(`p${index}@example.org`));
    for (const [index, { messageId }] of people.entries()) dovecot.deliver(bench.user, letter(`p${index}@example.org`, { inReplyTo: messageId, body: 'Yes. '.repeat(200) }));
    bench.inbox.start();
    await until(() => bench.inbox.list({ limit: 1 }).total === 60, 'all replies', 20_000);
    expect(cutAfter).toBeLessThanOrEqual(-1_000_000);
    expect(bench.eventTypes().filter((type) => type === 'replied')).toHaveLength(60);
    for (const { enrolmentId } of people) expect(bench.enrolment(enrolmentId).state).toBe('stopped');
  });

  test('a server without IDLE and without anything newer is polled', async () => {
    const old = await startDovecot({ capability: 'IMAP4rev1' });
    onTestFinished(() => old.remove());
    const bench = open(old, { openSmtp: openSmtpSession, openInbox: (access, signal) => openImapSession(access, signal, { idleMs: 200 }) });
    const inInbox = bench.addSent('polled@example.org');
    const inJunk = bench.addSent('junked@example.org');
    old.deliver(bench.user, letter('junked@example.org', { inReplyTo: inJunk.messageId }), 'Junk');
    bench.inbox.start();
    await until(() => bench.enrolment(inJunk.enrolmentId).state === 'stopped', 'the reply in Junk');
    old.deliver(bench.user, letter('polled@example.org', { inReplyTo: inInbox.messageId }));
    await until(() => bench.enrolment(inInbox.enrolmentId).state === 'stopped', 'the polled reply');
  });

  test('a folder that may not be read keeps nobody from the others', async () => {
    const bench = open();
    const { enrolmentId, messageId } = bench.addSent('moved@example.org');
    for (const folder of ['ZZZ', 'Projects']) dovecot.deliver(bench.user, letter('x@example.net'), folder);
    await bench.inbox.refresh(bench.mailboxId);
    dovecot.deliver(bench.user, letter('moved@example.org'), 'ZZZ');
    chmodSync(dovecot.folderDir(bench.user, 'ZZZ'), 0o000);
    dovecot.deliver(bench.user, letter('moved@example.org', { inReplyTo: messageId }), 'Projects');
    // Dovecot notices what changes behind its back by whole seconds.
    for (let looks = 0; looks < 8 && bench.enrolment(enrolmentId).state === 'active'; looks += 1) {
      bench.inbox.poke();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    expect(bench.enrolment(enrolmentId).state).toBe('stopped');
  });

  test('where a second connection is refused, the one on the inbox visits the other folders, too', async () => {
    let opened = 0;
    const bench = open(dovecot, {
      openSmtp: openSmtpSession,
      openInbox(access, signal) {
        opened += 1;
        return opened === 1 ? openImapSession(access, signal) : Promise.reject(new ConnectError('login', 'Too many connections'));
      },
    });
    const { enrolmentId, messageId } = bench.addSent('busy@example.org');
    dovecot.deliver(bench.user, letter('busy@example.org', { inReplyTo: messageId }), 'Junk');
    for (let looks = 0; looks < 3; looks += 1) await bench.inbox.refresh(bench.mailboxId);
    expect(bench.enrolment(enrolmentId).state).toBe('stopped');
    // And it still hears of new mail.
    bench.inbox.start();
    const next = bench.addSent('next@example.org');
    dovecot.deliver(bench.user, letter('next@example.org', { inReplyTo: next.messageId }));
    await until(() => bench.enrolment(next.enrolmentId).state === 'stopped', 'the reply over the same connection');
  });
});
