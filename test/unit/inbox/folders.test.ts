import { describe, expect, test } from 'vitest';
import { createFolderReader, isUnchanged, planRead } from '../../../electron/engine/inbox/folder-reader.ts';
import type { Received } from '../../../electron/engine/inbox/receive.ts';
import { relevantFolders } from '../../../electron/engine/inbox/roam.ts';
import type { FolderRole, ServerAccess } from '../../../electron/engine/ports.ts';
import { openReceiving } from '../../support/receiving.ts';
import { silentLog } from '../../support/silent-log.ts';

const day = 86_400_000;
const status = { uidValidity: '7', uidNext: 100_001 };
const cursor = { uidValidity: '7', lastUid: 99_990, checkedAt: 100 * day };

describe('what is read of a folder', () => {
  test('what is new; of a new folder what came since our first mail; of a renumbered one what came since shortly before the last look', () => {
    const mailbox = { createdAt: 90 * day, firstSentAt: 95 * day };
    expect(planRead(cursor, status, mailbox)).toEqual({ afterUid: 99_990 });
    expect(planRead(null, status, mailbox)).toMatchObject({ afterUid: 0, since: 95 * day - 3_600_000, newest: 5_000 });
    expect(planRead({ ...cursor, uidValidity: '6' }, status, mailbox)).toMatchObject({ afterUid: 0, since: 98 * day });
    expect(planRead(null, status, { createdAt: 90 * day, firstSentAt: null })).toBeNull();
  });

  test('a folder is left alone while its next UID stands still', () => {
    expect(isUnchanged(cursor, status)).toBe(false);
    expect(isUnchanged({ ...cursor, lastUid: 100_000 }, status)).toBe(true);
    expect(isUnchanged({ ...cursor, lastUid: 100_000, uidValidity: '6' }, status)).toBe(false);
    expect(isUnchanged(null, status)).toBe(false);
  });

  test('where All Mail holds everything, only junk is visited besides', () => {
    const folders = (...roles: FolderRole[]) => roles.map((role) => ({ path: role, role, status: null }));
    const order = (...roles: FolderRole[]) => relevantFolders(folders(...roles)).map(({ role }) => role);
    expect(order('inbox', 'sent', 'drafts', 'trash', 'other', 'archive', 'junk')).toEqual(['junk', 'sent', 'archive', 'other']);
    expect(order('inbox', 'sent', 'other', 'archive', 'junk', 'all')).toEqual(['junk', 'all']);
  });
});

describe('heads first', () => {
  test('only mail that may concern somebody is read in full', async () => {
    const bench = openReceiving();
    const anna = bench.addSent('anna@example.org');
    const eva = bench.addSent('eva@example.org');
    await bench.receive('News <news@example.net>', ['Subject: Our spring sale'], 'Buy');
    await bench.receive('stranger@example.net', ['Subject: Re: Lunch?', 'In-Reply-To: <theirs@example.net>'], 'Yes');
    expect(bench.mailbox.sources).toEqual([]);
    await bench.receive('assistant@example.net', ['Subject: Re: Hello', `References: ${anna.messageId}`], 'She is away, I answer for her.');
    await bench.receive('Eva <eva@example.org>', ['Subject: Something new'], 'Hello');
    await bench.receive('Postmaster <postmaster@example.net>', ['Subject: Notice'], 'Something about mail');
    expect(bench.mailbox.sources).toEqual([3, 4, 5]);
    for (const { enrolmentId } of [anna, eva]) expect(bench.enrolment(enrolmentId).state).toBe('stopped');
  });

  test('a copy in Sent with another Message-ID teaches it, and answers to it are matched', async () => {
    const bench = openReceiving();
    const { deliveryId, enrolmentId, messageId } = bench.addSent('anna@example.org');
    bench.store.transaction((tx) =>
      tx.prepare('update enrolments set last_message_id = ?, "references" = ? where id = ?').run(messageId, JSON.stringify(['<first@x>', messageId]), enrolmentId),
    );
    bench.mailbox.folders.set('Sent', { validity: '1', mails: [] });
    const copy = ['From: Me <me@example.com>', 'To: anna@example.org', 'Subject: Hello', 'Message-ID: <wire@provider.example>', `X-Homing-Id: ${deliveryId}`];
    bench.mailbox.deliver(copy, 'Our first mail', 'Sent');
    await bench.inbox.refresh(bench.mailboxId);
    expect(bench.eventTypes()).toContain('message_id_learnt');
    expect(bench.store.prepareRead('select last_message_id as last, "references" as refs from enrolments where id = ?').get(enrolmentId)).toEqual({
      last: '<wire@provider.example>',
      refs: JSON.stringify(['<first@x>', '<wire@provider.example>']),
    });
    expect(bench.inbox.list({ limit: 9 }).total).toBe(0);
    const { reply } = await bench.receive('somebody@example.net', ['Subject: Re: Hello', 'In-Reply-To: <wire@provider.example>'], 'Gladly');
    expect(reply).toMatchObject({ matchedBy: 'in_reply_to' });
    expect(bench.enrolment(enrolmentId).state).toBe('stopped');
  });

  test('a provider that keeps neither our Message-ID nor our header: recipient, subject and time show whose copy it is', async () => {
    const bench = openReceiving();
    const { deliveryId } = bench.addSent('anna@example.org');
    bench.mailbox.folders.set('Sent', { validity: '1', mails: [] });
    const copy = (id: string, subject: string) => [
      'From: Me <me@example.com>',
      'To: Anna <anna@example.org>',
      `Subject: ${subject}`,
      `Message-ID: ${id}`,
      `Date: ${new Date(bench.clock.now()).toUTCString()}`,
    ];
    bench.mailbox.deliver(copy('<by-hand@provider.example>', 'Lunch'), 'Written by hand', 'Sent');
    bench.mailbox.deliver(copy('<wire2@provider.example>', 'Hello'), 'Our first mail', 'Sent');
    await bench.inbox.refresh(bench.mailboxId);
    expect(bench.store.prepareRead('select wire_message_id as wire from deliveries where id = ?').get(deliveryId)).toEqual({ wire: '<wire2@provider.example>' });
  });

  test('mail from an alias or from a colleague’s mailbox is our own side and stops nobody', async () => {
    const bench = openReceiving();
    const { enrolmentId, messageId } = bench.addSent('anna@example.org');
    bench.store.transaction((tx) => tx.prepare(`update mailboxes set aliases = ?`).run(JSON.stringify([{ address: 'Sales@example.com', name: '' }])));
    await bench.receive('sales@example.com', [`In-Reply-To: ${messageId}`, 'Subject: Re: Hello'], 'Let me add something.');
    await bench.receive('me@example.com', [`References: ${messageId}`, 'Subject: Re: Hello'], 'And once more.');
    expect(bench.enrolment(enrolmentId).state).toBe('active');
    expect(bench.inbox.list({ limit: 9 }).total).toBe(0);
  });

  test('a message that cannot be taken in is tried three times and does not hide what comes after it', async () => {
    const bench = openReceiving();
    bench.addSent('anna@example.org');
    for (const id of ['one', 'two', 'three']) bench.mailbox.deliver([`Message-ID: <${id}@example.org>`], id);
    const taken: number[] = [];
    const receiver = {
      look: () => Promise.resolve(true),
      receive(_place: unknown, { uid }: { uid: number }): Promise<Received> {
        if (uid === 2) return Promise.reject(new Error('a bug'));
        taken.push(uid);
        return Promise.resolve('stored');
      },
    };
    const readFolder = createFolderReader({ ...bench, log: silentLog, receiver });
    const row = bench.mailboxes.row(bench.mailboxId);
    if (row === null) throw new Error('no mailbox');
    const read = async () => readFolder(await bench.mailbox.transports.openInbox({} as ServerAccess), row, { path: 'INBOX', role: 'inbox', status: null });
    await expect(read()).rejects.toThrow('a bug');
    await expect(read()).rejects.toThrow('a bug');
    await read();
    expect(taken).toEqual([1, 1, 1, 3]);
    expect(await read()).toBe(0);
  });
});
