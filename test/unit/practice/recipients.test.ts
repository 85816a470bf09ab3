import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { day, hour, minute } from '../../../electron/engine/lib/clock.ts';
import { writeReaction, type ReceivedMail } from '../../../electron/engine/practice/letters.ts';
import { createMailStore, type MailStore } from '../../../electron/engine/practice/mail-store.ts';
import { personalityKinds, personalityOf, type Reaction } from '../../../electron/engine/practice/personality.ts';
import { createRecipients } from '../../../electron/engine/practice/recipients.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { silentLog, temporaryDir } from '../../support/store.ts';
import { allMail } from '../../support/all-mail.ts';

const sentAt = Date.UTC(2026, 2, 2, 9, 0, 0);
const mailbox = 'robin@homing.example.com';

function mailTo(address: string, over: Partial<ReceivedMail> = {}): ReceivedMail {
  return {
    messageId: `<first.${address}>`,
    references: [],
    subject: 'Frage über «Größe»',
    from: { name: 'Robin Vale', address: mailbox },
    to: { name: 'Søren Kierk', address },
    text: 'Hi Søren,\nwould you talk?',
    unsubscribeMailto: 'mailto:robin@homing.example.com?subject=unsubscribe%20tok-123',
    sentAt,
    ...over,
  };
}

async function inboxOf(mails: MailStore) {
  const session = mails.open(mailbox);
  const all = [];
  for await (const message of allMail(session, 'INBOX')) all.push({ ...(await PostalMime.parse(message.source)), uid: message.uid, receivedAt: message.receivedAt });
  await session.close();
  return all;
}

function setUp() {
  const clock = fakeClock(sentAt);
  const dir = temporaryDir();
  const mails = createMailStore(join(dir, 'mail'));
  const file = join(dir, 'recipients.jsonl');
  const open = () => createRecipients({ file, clock, log: silentLog, mails, described: new Map() });
  return { clock, mails, file, open };
}

describe('personalities', () => {
  it('stay the same for an address and spread as wanted over many', () => {
    const kinds = new Map<string, number>();
    for (let i = 0; i < 5000; i += 1) {
      const { kind, answersMail } = personalityOf(`person${i}@example.com`);
      expect(personalityOf(` PERSON${i}@example.com`)).toEqual({ kind, answersMail });
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    expect([...kinds.keys()].sort()).toEqual([...personalityKinds].sort());
    const share = (kind: string) => (kinds.get(kind) ?? 0) / 5000;
    expect(share('silent')).toBeGreaterThan(0.4);
    expect(share('silent')).toBeLessThan(0.56);
    expect(share('positive')).toBeGreaterThan(0.1);
    expect(share('bounces')).toBeLessThan(0.07);
  });

  it('are chosen by a plus tag', () => {
    expect(personalityOf('anna+asks.2@example.com')).toEqual({ kind: 'question', answersMail: 2 });
    expect(personalityOf('anna+bounces-later@example.com').kind).toBe('bounces_later');
  });

  it('all described sample recipients are in the sample contacts', () => {
    const described = Object.keys(JSON.parse(readFileSync('resources/practice/recipients.json', 'utf8')) as object);
    const csv = readFileSync('resources/practice/contacts.csv', 'utf8');
    const addresses = csv
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => line.split(',')[2]);
    expect(addresses).toHaveLength(24);
    expect([...described].sort()).toEqual([...addresses].sort());
  });
});

describe('letters', () => {
  it.each(['positive', 'question', 'opts_out', 'thanks'] as const)('a %s reply stands in the thread and quotes the mail', async (kind) => {
    const parsed = await PostalMime.parse(Buffer.from(writeReaction(kind, mailTo('soren@example.com', { references: ['<root@example.com>'] }), sentAt + hour)));
    expect(parsed.from).toMatchObject({ name: 'Søren Kierk', address: 'soren@example.com' });
    expect(parsed.to?.[0]?.address).toBe(mailbox);
    expect(parsed.subject).toBe('Re: Frage über «Größe»');
    expect(parsed.inReplyTo).toBe('<first.soren@example.com>');
    expect(parsed.references?.split(/\s+/)).toEqual(['<root@example.com>', '<first.soren@example.com>']);
    expect(new Date(parsed.date ?? '').getTime()).toBe(sentAt + hour);
    expect(parsed.text).toContain('> would you talk?');
    expect(parsed.headers.some((header) => header.key === 'auto-submitted')).toBe(false);
  });

  it('an absence note says that it is automatic and when the person is back', async () => {
    const parsed = await PostalMime.parse(Buffer.from(writeReaction('away', mailTo('soren@example.com'), sentAt)));
    expect(parsed.headers.find((header) => header.key === 'auto-submitted')?.value).toBe('auto-replied');
    const back = /back on (\d{1,2} March 2026)/.exec(parsed.text ?? '')?.[1];
    const days = (Date.parse(`${back} UTC`) - Date.UTC(2026, 2, 2)) / day;
    expect(days).toBeGreaterThanOrEqual(2);
    expect(days).toBeLessThanOrEqual(5);
  });

  it('a late bounce is a report of RFC 3464 about this recipient and this mail', async () => {
    const raw = writeReaction('bounce', mailTo('gone@example.com'), sentAt + minute);
    const parsed = await PostalMime.parse(Buffer.from(raw));
    expect(raw).toMatch(/^Content-Type: multipart\/report; report-type=delivery-status/m);
    expect(raw).toContain('Final-Recipient: rfc822; gone@example.com\r\n');
    expect(raw).toContain('Action: failed\r\nStatus: 5.1.1\r\n');
    expect(raw).toContain('\r\nMessage-ID: <first.gone@example.com>\r\n');
    expect(parsed.from?.address).toMatch(/^mailer-daemon@/i);
    expect(parsed.inReplyTo).toBeUndefined();
  });

  it('an unsubscribe mail goes where List-Unsubscribe says, with its subject', async () => {
    const parsed = await PostalMime.parse(Buffer.from(writeReaction('unsubscribes', mailTo('soren@example.com'), sentAt)));
    expect(parsed.to?.[0]?.address).toBe(mailbox);
    expect(parsed.subject).toBe('unsubscribe tok-123');
  });

  it('a subject cannot smuggle a header in', () => {
    const raw = writeReaction('positive', mailTo('a@example.com', { subject: 'Hello\r\nBcc: x@example.com' }), sentAt);
    expect(raw).not.toMatch(/^Bcc:/m);
  });
});

describe('recipients', () => {
  const cases: [string, Reaction['kind'] | null][] = [
    ['a+replies@example.com', 'positive'],
    ['a+asks@example.com', 'question'],
    ['a+optout@example.com', 'opts_out'],
    ['a+away@example.com', 'away'],
    ['a+bounces-later@example.com', 'bounce'],
    ['a+silent@example.com', null],
  ];
  it.each(cases)('%s reacts once, later, in workspace time', async (address, kind) => {
    const { clock, mails, open } = setUp();
    const recipients = open();
    recipients.start();
    recipients.receive(mailbox, mailTo(address));
    expect(await inboxOf(mails)).toHaveLength(0);
    clock.advance(day);
    const inbox = await inboxOf(mails);
    expect(inbox).toHaveLength(kind === null ? 0 : 1);
    for (const mail of inbox) {
      expect(mail.receivedAt).toBeGreaterThan(sentAt);
      expect(mail.receivedAt).toBeLessThan(sentAt + 8 * hour);
      expect(new Date(mail.date ?? '').getTime()).toBe(Math.floor(mail.receivedAt / 1000) * 1000);
    }
  });

  it('answer from the mail on that they like, once', async () => {
    const { clock, mails, open } = setUp();
    const recipients = open();
    recipients.start();
    for (const n of [1, 2, 3, 4]) {
      recipients.receive(mailbox, mailTo('a+asks.3@example.com', { messageId: `<mail${n}@homing.example.com>` }));
      clock.advance(day);
      expect(await inboxOf(mails)).toHaveLength(n < 3 ? 0 : 1);
    }
    expect((await inboxOf(mails))[0]?.inReplyTo).toBe('<mail3@homing.example.com>');
  });

  it('thank once for a personal answer', async () => {
    const { clock, mails, open } = setUp();
    const recipients = open();
    recipients.start();
    recipients.receive(mailbox, mailTo('a+replies@example.com'));
    clock.advance(day);
    const theirs = (await inboxOf(mails))[0]?.messageId ?? '';
    recipients.receive(mailbox, mailTo('a+replies@example.com', { messageId: '<ours@homing.example.com>', references: ['<first>', theirs] }));
    clock.advance(day);
    recipients.receive(mailbox, mailTo('a+replies@example.com', { messageId: '<ours2@homing.example.com>', references: ['<first>', theirs] }));
    clock.advance(day);
    expect(await inboxOf(mails)).toHaveLength(2);
  });

  it('refuse at SMTP time: bad addresses always, greylisting ones once, also after a restart', () => {
    const { open } = setUp();
    const recipients = open();
    expect(recipients.answer('A+Bounces@example.com')).toMatchObject({ code: 550, text: expect.stringContaining('5.1.1') });
    expect(recipients.answer('g+greylists@example.com')).toMatchObject({ code: 451 });
    expect(open().answer('g+greylists@example.com')).toEqual({ code: 250 });
    expect(open().answer('A+Bounces@example.com')).toMatchObject({ code: 550 });
  });

  it('deliver after a restart what was planned before, once, even when the last line was cut', async () => {
    const { clock, mails, file, open } = setUp();
    const first = open();
    first.start();
    first.receive(mailbox, mailTo('a+replies@example.com'));
    first.stop();
    appendFileSync(file, '{"kind":"plan');
    clock.advance(2 * day);
    expect(await inboxOf(mails)).toHaveLength(0);
    const second = open();
    second.start();
    expect(await inboxOf(mails)).toHaveLength(1);
    second.stop();
    open().start();
    expect(await inboxOf(mails)).toHaveLength(1);
  });
});

describe('the mail store', () => {
  it('keeps UIDs and mail over a restart, finds by header, watches, and closes', async () => {
    const dir = temporaryDir();
    const store = createMailStore(dir);
    const session = store.open(mailbox);
    let called = 0;
    await session.watch('INBOX', () => (called += 1));
    store.add(mailbox, 'INBOX', Buffer.from('Message-ID:\r\n <One@example.com>\r\nSubject: Grüße\r\n\r\nX-Homing-Id: body'), 5);
    await session.append('Sent', Buffer.from('Message-ID: <two@example.com>\r\n\r\nText'), 7);
    store.add(mailbox, 'INBOX', Buffer.from('Message-ID: <three@example.com>\r\n\r\nText'), 9);
    await Promise.resolve();
    expect(called).toBe(2);
    expect(await session.findByHeader('INBOX', 'message-id', 'one@EXAMPLE.com')).toEqual([1]);
    expect(await session.findByHeader('INBOX', 'X-Homing-Id', 'body')).toEqual([]);
    expect(await session.status('INBOX')).toEqual({ uidValidity: '1', uidNext: 3 });

    let closed = 0;
    session.onClose(() => (closed += 1));
    await session.close();
    await session.close();
    expect([session.usable, closed]).toEqual([false, 1]);
    await expect(session.status('INBOX')).rejects.toThrow('closed');
    store.add(mailbox, 'INBOX', Buffer.from('Subject: late\r\n\r\n'), 10);
    await Promise.resolve();
    expect(called).toBe(2);

    const again = createMailStore(dir).open(mailbox);
    const got = [];
    for await (const mail of allMail(again, 'INBOX', 1)) got.push([mail.uid, mail.receivedAt]);
    expect(got).toEqual([
      [2, 9],
      [3, 10],
    ]);
    expect(await again.folders()).toEqual([
      { path: 'INBOX', role: 'inbox', status: { uidValidity: '1', uidNext: 4 } },
      { path: 'Sent', role: 'sent', status: { uidValidity: '1', uidNext: 2 } },
    ]);
    await expect(again.status('Other')).rejects.toThrow('no folder');
  });
});
