import { describe, expect, onTestFinished, test } from 'vitest';
import { openImapSession, openSmtpSession } from '../../../electron/engine/mailboxes/index.ts';
import type { ImapSessionOptions } from '../../../electron/engine/mailboxes/imap-session.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { fastClock } from '../../support/engine.ts';
import { startImapStandIn, type ImapPeer } from '../../support/imap-stand-in.ts';
import { openInboxBench, until } from '../../support/inbox.ts';
import { openTestBase } from '../../support/store.ts';

const soon = 300;

/** An inbox on a scripted server. `faulty` = how often `fault` takes the place of a plain answer. */
async function open(fault: (peer: ImapPeer) => boolean | Promise<boolean> = () => false, options: { faulty?: number; session?: ImapSessionOptions } = {}) {
  const base = openTestBase(fakeClock(Date.now()));
  let left = options.faulty ?? 1;
  const imap = await startImapStandIn({
    now: base.clock.now,
    async instead(peer) {
      if (left <= 0 || !(await fault(peer))) return false;
      left -= 1;
      return true;
    },
  });
  const bench = openInboxBench({
    base,
    imap: { port: imap.port, user: 'me', password: 'secret' },
    transports: { openSmtp: openSmtpSession, openInbox: (access, signal) => openImapSession(access, signal, { ...options.session }) },
    // Waits between connections pass in a blink.
    deps: { realTime: fastClock(100) },
  });
  onTestFinished(async () => {
    await bench.inbox.stop();
    await imap.close();
  });
  let count = 0;
  return {
    ...bench,
    imap,
    reply(to: string, person: { messageId: string }, more: { headers?: string[]; body?: string; path?: string; id?: string } = {}) {
      count += 1;
      const head = [
        `From: ${to}`,
        'To: me@example.com',
        'Subject: Re: Hello',
        `Message-ID: <${more.id ?? `r${count}`}@example.org>`,
        `In-Reply-To: ${person.messageId}`,
        ...(more.headers ?? []),
      ];
      return imap.deliver('me', [...head, '', more.body ?? 'Sounds good, call me.', ''].join('\r\n'), more.path);
    },
    stopped: (person: { enrolmentId: string }) => bench.enrolment(person.enrolmentId).state === 'stopped',
    replied: () => bench.eventTypes().filter((type) => type === 'replied').length,
    checked: () => (bench.mailboxes.row(bench.mailboxId)?.inboxCheckedAt ?? null) !== null,
  };
}

const at =
  (command: string, answer: (peer: ImapPeer) => void | Promise<void>) =>
  async (peer: ImapPeer): Promise<boolean> => {
    if (peer.command !== command) return false;
    await answer(peer);
    return true;
  };
const cut = (peer: ImapPeer) => peer.cut();
const silent = () => undefined;
const bye = (text: string) => (peer: ImapPeer) => {
  peer.say(`* BYE ${text}`);
  peer.cut();
};
const no = (text: string) => (peer: ImapPeer) => peer.say(`${peer.tag} NO ${text}`);

describe('a server that fails while it is connected to', () => {
  test.each([
    ['hangs up', at('', cut), /./, {}],
    ['says BYE', at('', bye('Too many connections from your address')), /Too many connections/, {}],
    ['never greets', at('', silent), /./, { greetingTimeoutMs: soon }],
    ['speaks SMTP', at('', (peer) => peer.say('220 mail.example.com ESMTP')), /./, { greetingTimeoutMs: soon }],
    ['hangs up at LOGIN', at('LOGIN', cut), /./, {}],
    ['says BYE at LOGIN', at('LOGIN', bye('Shutting down')), /./, {}],
    ['never answers LOGIN', at('LOGIN', silent), /./, { socketTimeoutMs: soon }],
    ['is too busy to log anybody in', at('LOGIN', no('[UNAVAILABLE] Temporary authentication failure')), /Temporary authentication failure/, {}],
    ['has too many sessions of this user', at('LOGIN', no('[LIMIT] Maximum number of connections from user+IP exceeded')), /Maximum number/, {}],
    ['counts too many connections', at('LOGIN', no('[ALERT] Too many simultaneous connections. (Failure)')), /Too many simultaneous/, {}],
    ['keeps the mailbox for somebody else', at('LOGIN', no('[INUSE] Mailbox is locked')), /locked/, {}],
    ['hangs up at LIST', at('LIST', cut), /./, {}],
    ['cannot open the inbox', at('EXAMINE', no('[SERVERBUG] Internal error occurred')), /./, {}],
    ['hangs up when the inbox is opened', at('EXAMINE', cut), /./, {}],
  ] as const)('%s: the look fails as unreachable and says why, and a later one finds the reply once', async (_name, fault, says, session) => {
    const bench = await open(fault, { session });
    const person = bench.addSent('anna@example.org');
    bench.reply('anna@example.org', person);
    await expect(bench.inbox.refresh(bench.mailboxId)).rejects.toMatchObject({ code: 'mailbox_unreachable', message: expect.stringMatching(says) as string });
    expect(bench.stopped(person)).toBe(false);
    // It comes back by itself.
    await until(() => bench.stopped(person), 'the reply was found');
    expect(bench.replied()).toBe(1);
    expect(bench.mailboxes.get(bench.mailboxId).stateReason).toBeNull();
  });

  test.each([
    ['[AUTHENTICATIONFAILED] Invalid credentials (Failure)', /Invalid credentials/],
    ['LOGIN failed.', /LOGIN failed/],
    ['[ALERT] Application-specific password required', /Application-specific/],
  ])('refuses the login (%s): the person is told at once, and it is not asked again soon', async (text, says) => {
    let logins = 0;
    const bench = await open(
      at('LOGIN', (peer) => {
        logins += 1;
        no(text)(peer);
      }),
      { faulty: Infinity },
    );
    await expect(bench.inbox.refresh(bench.mailboxId)).rejects.toMatchObject({ code: 'mailbox_login', message: expect.stringMatching(says) as string });
    expect(bench.mailboxes.get(bench.mailboxId).stateReason).toMatch(says);
    // The back-off of a refused login begins with a minute, which is 600 ms here.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(logins).toBe(1);
  });
});

describe('a connection that is lost while it waits for mail', () => {
  test.each([
    ['is cut', cut],
    ['ends with BYE', bye('Autologout; idle for too long')],
    ['is refused as BAD', (peer: ImapPeer) => peer.say(`${peer.tag} BAD Error in IMAP command IDLE`)],
  ])('%s in IDLE: a new one finds what came meanwhile, and hears of what comes later', async (_name, fault) => {
    const bench = await open(at('IDLE', fault));
    const [first, second] = [bench.addSent('anna@example.org'), bench.addSent('ben@example.org')];
    bench.inbox.start();
    await until(bench.checked, 'the first look');
    bench.reply('anna@example.org', first);
    await until(() => bench.stopped(first), 'the first reply');
    bench.reply('ben@example.org', second);
    await until(() => bench.stopped(second), 'the second reply');
    expect(bench.replied()).toBe(2);
  });

  test('falls silent without a word: it is noticed, given up, and the new one finds the reply', async () => {
    let dead = false;
    const bench = await open(() => dead, { faulty: Infinity, session: { socketTimeoutMs: soon, idleMs: 100 } });
    const person = bench.addSent('anna@example.org');
    bench.inbox.start();
    await until(bench.checked, 'the first look');
    dead = true;
    bench.imap
      .folder('me', 'INBOX')
      .mails.push({ uid: 1, receivedAt: bench.clock.now(), source: `From: anna@example.org\r\nIn-Reply-To: ${person.messageId}\r\nMessage-ID: <s@example.org>\r\n\r\nYes\r\n` });
    bench.imap.folder('me', 'INBOX').uidNext = 2;
    await expect(bench.inbox.refresh(bench.mailboxId)).rejects.toMatchObject({ code: 'mailbox_unreachable' });
    dead = false;
    await until(() => bench.stopped(person), 'the reply was found');
    expect(bench.replied()).toBe(1);
  });
});

describe('a server that fails while mail is read', () => {
  const people = 30;
  async function readAll(bench: Awaited<ReturnType<typeof open>>): Promise<void> {
    const sent = Array.from({ length: people }, (_, index) => bench.addSent(`p${index}@example.org`));
    for (const [index, person] of sent.entries()) bench.reply(`p${index}@example.org`, person, { body: 'Yes, gladly. '.repeat(50) });
    bench.inbox.start();
    await until(() => sent.every(bench.stopped), 'every reply was found');
    expect(bench.replied()).toBe(people);
    expect(bench.inbox.list({ limit: 1 }).total).toBe(people);
    expect(bench.mailboxes.get(bench.mailboxId).stateReason).toBeNull();
  }
  const isSource = (peer: ImapPeer) => /BODY\.PEEK\[\]/.test(peer.line);

  test.each([
    ['cuts a search', (peer: ImapPeer) => at('SEARCH', cut)(peer), 2],
    ['throttles searches', at('SEARCH', no('[THROTTLED] Account exceeded command or bandwidth limits')), 3],
    ['throttles fetches', at('FETCH', no('[LIMIT] Rate limit hit')), 3],
    ['answers a fetch with BAD', at('FETCH', (peer) => peer.say(`${peer.tag} BAD internal error`)), 2],
    ['says BYE in a fetch', at('FETCH', bye('Server shutting down')), 2],
    [
      'cuts a fetch in the middle of a literal',
      (peer: ImapPeer) => {
        if (!isSource(peer)) return false;
        peer.say('* 1 FETCH (UID 1 INTERNALDATE "02-Mar-2026 09:00:00 +0000" BODY[]<0> {5000}\r\nFrom: p0@exam');
        setTimeout(peer.cut, 20);
        return true;
      },
      2,
    ],
    [
      'announces nonsense in between',
      (peer: ImapPeer) => {
        if (peer.command === 'FETCH') peer.say('* 1 FETCH (FLAGS (\\Seen))\r\n* OK [HIGHESTMODSEQ 12] hello\r\n* 1 FETCH (FLAGS ())\r\n* 0 RECENT');
        return false;
      },
      Infinity,
    ],
    [
      'announces the same mail again and again',
      (peer: ImapPeer) => {
        if (peer.command === 'SEARCH' || peer.command === 'FETCH') peer.say(`* ${people} EXISTS\r\n* ${people} EXISTS\r\n* ${people} RECENT\r\n* ${people} EXISTS`);
        return false;
      },
      Infinity,
    ],
  ])('%s: every reply counts once in the end', async (_name, fault, faulty) => {
    await readAll(await open(fault, { faulty }));
  });

  test('answers slowly: every reply counts once, and the look only takes longer', async () => {
    await readAll(
      await open(
        async (peer) => {
          if (peer.command === 'FETCH') await new Promise((resolve) => setTimeout(resolve, 150));
          return false;
        },
        { faulty: Infinity },
      ),
    );
  });

  test('never ends a fetch: the connection is given up, the next one reads on', async () => {
    await readAll(await open(at('FETCH', silent), { session: { socketTimeoutMs: soon } }));
  });

  test('has lost a folder that it lists: the others are read all the same', async () => {
    const bench = await open((peer) => at('EXAMINE', no('[NONEXISTENT] Unknown Mailbox'))(peer.line.includes('Junk') ? peer : { ...peer, command: 'other' }), { faulty: Infinity });
    const person = bench.addSent('anna@example.org');
    bench.reply('someone@example.net', { messageId: '<else@example.net>' }, { path: 'Junk' });
    bench.reply('anna@example.org', person, { path: 'Sent' });
    bench.reply('anna@example.org', person, { id: 'twice' });
    await bench.inbox.refresh(bench.mailboxId);
    expect(bench.stopped(person)).toBe(true);
  });

  test('gives the folder new numbers in the middle: nothing is repeated and nothing missed', async () => {
    const bench = await open();
    const [first, second] = [bench.addSent('anna@example.org'), bench.addSent('ben@example.org')];
    bench.inbox.start();
    await until(bench.checked, 'the first look');
    bench.reply('anna@example.org', first);
    await until(() => bench.stopped(first), 'the first reply');
    const inbox = bench.imap.folder('me', 'INBOX');
    inbox.validity += 1000;
    inbox.uidNext = 8;
    inbox.mails = inbox.mails.map((mail) => ({ ...mail, uid: 7 }));
    bench.imap.cutAll();
    bench.reply('ben@example.org', second);
    await until(() => bench.stopped(second), 'the second reply');
    expect([bench.replied(), bench.inbox.list({ limit: 1 }).total]).toEqual([2, 2]);
  });
});

describe('mail that comes more than once', () => {
  test('twice in the inbox, again in another folder and once more under a new number: it counts once', async () => {
    const bench = await open();
    const person = bench.addSent('anna@example.org');
    for (const path of ['INBOX', 'INBOX', 'Junk']) bench.reply('anna@example.org', person, { id: 'same', path });
    await bench.inbox.refresh(bench.mailboxId);
    bench.reply('anna@example.org', person, { id: 'same' });
    await bench.inbox.refresh(bench.mailboxId);
    expect(bench.stopped(person)).toBe(true);
    expect([bench.replied(), bench.inbox.list({ limit: 5 }).total]).toEqual([1, 1]);
  });

  test('the answer before the copy of the mail that it answers, and the reports out of order: each has its effect once', async () => {
    const bench = await open();
    const person = bench.addSent('anna@example.org', { state: 'unknown' });
    bench.reply('anna@example.org', person, { id: 'second', headers: ['Date: Tue, 03 Mar 2026 09:00:00 +0000'] });
    bench.reply('anna@example.org', person, { id: 'first', headers: ['Date: Mon, 02 Mar 2026 09:00:00 +0000'] });
    bench.imap.deliver(
      'me',
      `From: me@example.com\r\nTo: anna@example.org\r\nMessage-ID: ${person.messageId}\r\nX-Homing-Id: ${person.deliveryId}\r\nSubject: Hello\r\n\r\nHello\r\n`,
      'Sent',
    );
    await bench.inbox.refresh(bench.mailboxId);
    expect(bench.evidence).toContain(`reply:${person.deliveryId}`);
    expect(bench.stopped(person)).toBe(true);
    expect(bench.inbox.list({ limit: 5 }).total).toBe(2);
  });
});

describe('mail that is broken', () => {
  const inReplyTo = (id: string) => `In-Reply-To: ${id}`;
  const multipart = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"';
  const nested = Array.from({ length: 60 }, (_, depth) => `--b${depth}\r\nContent-Type: multipart/mixed; boundary="b${depth + 1}"\r\n`).join('\r\n');
  const broken: readonly (readonly [string, (id: string) => string])[] = [
    ['has no body and no end of its head', (id) => `${inReplyTo(id)}\r\nSubject: Re`],
    ['has no Date, no Message-ID and no Subject', (id) => `${inReplyTo(id)}\r\n\r\nYes\r\n`],
    ['has a Date that is none', (id) => `${inReplyTo(id)}\r\nDate: yesterday around noon\r\n\r\nYes\r\n`],
    ['never closes its boundary', (id) => `${inReplyTo(id)}\r\n${multipart}\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nYes\r\n`],
    ['has no boundary where it names one', (id) => `${inReplyTo(id)}\r\n${multipart}\r\n\r\nYes\r\n`],
    ['names a charset that nobody knows', (id) => `${inReplyTo(id)}\r\nContent-Type: text/plain; charset=x-klingon\r\n\r\nYes\r\n`],
    ['is base64 that is none', (id) => `${inReplyTo(id)}\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%%not base64%%%%\r\n`],
    ['is quoted-printable that is none', (id) => `${inReplyTo(id)}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ=\r\n=G1 yes =\r\n`],
    ['has bytes of another charset in its head', (id) => `${inReplyTo(id)}\r\nSubject: R\xe9ponse \xff\xfe\r\n\r\nOui\r\n`],
    ['has zero bytes', (id) => `${inReplyTo(id)}\r\nSubject: Re\r\n\r\nYes\0\0\0\r\n`],
    ['has an encoded word without an end', (id) => `${inReplyTo(id)}\r\nSubject: =?utf-8?B?4pyT\r\n\r\nYes\r\n`],
    ['ends its lines with line feeds only', (id) => `${inReplyTo(id)}\nSubject: Re\n\nYes\n`],
    ['has sixty levels of parts', (id) => `${inReplyTo(id)}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b0"\r\n\r\n${nested}\r\n`],
    ['has a line of a hundred thousand letters', (id) => `${inReplyTo(id)}\r\nSubject: Re\r\n\r\n${'x'.repeat(100_000)}\r\n`],
    ['has two thousand header fields', (id) => `${inReplyTo(id)}\r\n${Array.from({ length: 2000 }, (_, index) => `X-Field-${index}: value`).join('\r\n')}\r\n\r\nYes\r\n`],
    ['folds its In-Reply-To', (id) => `In-Reply-To:\r\n ${id}\r\n\r\nYes\r\n`],
    ['is a calendar part that is none', (id) => `${inReplyTo(id)}\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:nonsense\r\n`],
    ['has HTML that never ends', (id) => `${inReplyTo(id)}\r\nContent-Type: text/html\r\n\r\n<html><body><table><tr><td><a href="x\r\n`],
  ];
  test.each(broken)('%s: the person who wrote it is stopped, and whoever comes after it, too', async (_name, source) => {
    const bench = await open();
    const [first, second] = [bench.addSent('anna@example.org'), bench.addSent('ben@example.org')];
    bench.imap.deliver('me', `From: anna@example.org\r\nTo: me@example.com\r\n${source(first.messageId)}`);
    bench.reply('ben@example.org', second);
    await bench.inbox.refresh(bench.mailboxId);
    expect([bench.stopped(first), bench.stopped(second)]).toEqual([true, true]);
    expect(bench.replied()).toBe(2);
  });

  test.each([
    ['empty', ''],
    ['a few random bytes', '\x00\xff\x80\x01\r\n\r\n\r\n'],
    [
      'a report whose fields are cut off',
      'From: MAILER-DAEMON@mx.example.org\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Rec',
    ],
    ['a message of nothing but line ends', '\r\n'.repeat(5000)],
  ])('%s stops nobody and hides nothing behind it', async (_name, source) => {
    const bench = await open();
    const person = bench.addSent('ben@example.org');
    bench.imap.deliver('me', source);
    bench.reply('ben@example.org', person);
    await bench.inbox.refresh(bench.mailboxId);
    expect(bench.stopped(person)).toBe(true);
    expect(bench.replied()).toBe(1);
  });
});
