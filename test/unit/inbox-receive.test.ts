import { describe, expect, test } from 'vitest';
import { unsubscribeAddress } from '../../electron/engine/composing/index.ts';
import { openInboxBench, unsubscribeKey } from '../support/inbox.ts';
import { memoryMailbox, openReceiving, report } from '../support/receiving.ts';
import { openTestBase } from '../support/store.ts';

const daemon = 'Mail Delivery System <MAILER-DAEMON@mx.example.org>';

describe('human replies', () => {
  test('in the thread, from another address, or as a new mail: every living enrolment of the person stops', async () => {
    const bench = openReceiving();
    const byThread = bench.addSent('anna@example.org');
    const byOther = bench.addSent('eva@example.org');
    const byAddress = bench.addSent('tom@example.org');
    const tagged = bench.addSent('ida+list@example.org');
    await bench.receive('Anna <anna@example.org>', [`In-Reply-To: ${byThread.messageId}`, 'Subject: Re: Hello'], 'Yes, gladly.');
    await bench.receive('eva.private@example.net', [`References: <x@example.org> ${byOther.messageId}`, 'Subject: Re: Hello'], 'From home.');
    await bench.receive('tom@example.org', ['Subject: Question'], 'What does it cost?');
    await bench.receive('ida@example.org', ['Subject: Question'], 'Who are you?');
    for (const { enrolmentId } of [byThread, byOther, byAddress, tagged]) expect(bench.enrolment(enrolmentId)).toMatchObject({ state: 'stopped', reason: 'replied' });
    expect(bench.inbox.list({ limit: 9, sort: 'receivedAt' }).items.map((item) => item.matchedBy)).toEqual(['in_reply_to', 'references', 'address', 'address']);
    expect(bench.contact(byThread.contactId).lastReplyAt).toBe(bench.clock.now());
    expect(bench.store.prepareRead(`select count(*) as n from deliveries where state = 'planned'`).get()).toEqual({ n: 0 });
  });

  test('who answered in the thread from another address is known by it later, unless it is a contact', async () => {
    const bench = openReceiving();
    const eva = bench.addSent('eva@example.org');
    const tom = bench.addSent('tom@example.org');
    const inThread = [`In-Reply-To: ${eva.messageId}`, 'Subject: Re: Hello'];
    await bench.receive('eva.private@example.net', inThread, 'From home.');
    await bench.receive('Tom <tom@example.org>', inThread, 'I am her colleague.');
    await bench.receive('eva.private@example.net', ['Subject: One more thing'], 'Can you send the price list?');
    await bench.receive('tom@example.org', ['Subject: Question'], 'Who are you?');
    const replies = bench.inbox.list({ limit: 9, sort: 'receivedAt' }).items;
    expect(replies.map(({ contactId, matchedBy }) => [contactId, matchedBy])).toEqual([
      [eva.contactId, 'in_reply_to'],
      [eva.contactId, 'in_reply_to'],
      [eva.contactId, 'address'],
      [tom.contactId, 'address'],
    ]);
  });

  test('intent, language and the named colleague are stored, and a correction keeps the first opinion', async () => {
    const bench = openReceiving();
    const { messageId } = bench.addSent('anna@example.org');
    await bench.receive('anna@example.org', [`In-Reply-To: ${messageId}`, 'Subject: Re: Hello'], 'I am not the right person for this. Please contact Ben Stone <ben@example.org>.');
    const [reply] = bench.inbox.list({ limit: 9 }).items;
    const id = reply?.id ?? '';
    expect(bench.inbox.get(id)).toMatchObject({
      class: 'human',
      intent: 'referral',
      source: 'pattern',
      language: 'en',
      delegate: { name: 'Ben Stone', address: 'ben@example.org' },
    });
    expect(bench.inbox.update({ id, intent: 'negative' })).toMatchObject({ intent: 'negative', source: 'person' });
    const { predicted } = bench.store.prepareRead('select predicted from replies where id = ?').get(id) as { predicted: string };
    expect(JSON.parse(predicted)).toMatchObject({ class: 'human', intent: 'referral', source: 'pattern' });
  });

  test('strangers, newsletters and mail before the first of ours move only the cursor', async () => {
    const bench = openReceiving();
    const { enrolmentId } = bench.addSent('anna@example.org', { sentAt: bench.clock.now() + 3_600_000 });
    await bench.receive('stranger@example.net', ['Subject: Hi'], 'Hello');
    await bench.receive('anna@example.org', ['Subject: Hi'], 'We met before you wrote.');
    expect([bench.enrolment(enrolmentId).state, bench.inbox.list({ limit: 9 }).total]).toEqual(['active', 0]);
    await bench.receive('stranger@example.net', ['Subject: Hi'], 'Hello again');
    expect(bench.mailbox.fetches).toEqual([0, 1, 2]);
    expect(bench.mailbox.opened()).toBeLessThanOrEqual(2);
  });

  test('our own copies never count, but prove that an unknown mail left', async () => {
    const bench = openReceiving();
    const unknown = bench.addSent('anna@example.org', { state: 'unknown' });
    const sent = bench.addSent('tom@example.org');
    await bench.receive('Me <me@example.com>', [`Message-ID: ${unknown.messageId}`, `X-Homing-Id: ${unknown.deliveryId}`, 'Subject: Hello'], 'Hello Anna');
    await bench.receive('me@example.com', [`In-Reply-To: ${sent.messageId}`, 'Subject: Re: Hello'], 'I forgot to say');
    await bench.receive(
      'alias@example.com',
      [`X-Homing-Id: ${sent.deliveryId}`, 'Message-ID: <rewritten@provider.example>', `In-Reply-To: ${sent.messageId}`, 'Subject: Hello'],
      'Hello Tom',
    );
    expect(bench.evidence).toEqual([`sent_folder:${unknown.deliveryId}`]);
    expect(bench.enrolment(sent.enrolmentId).state).toBe('active');
    expect(bench.inbox.list({ limit: 9 }).total).toBe(0);
  });

  test('who writes to themselves to try it out can answer themselves', async () => {
    const bench = openReceiving();
    const { enrolmentId, messageId } = bench.addSent('me@example.com');
    await bench.receive('me@example.com', [`In-Reply-To: ${messageId}`, 'Subject: Re: Hello'], 'Works!');
    expect(bench.enrolment(enrolmentId)).toMatchObject({ state: 'stopped', reason: 'replied' });
  });

  test('a reply to a mail of unknown outcome proves it, too', async () => {
    const bench = openReceiving();
    const unknown = bench.addSent('anna@example.org', { state: 'unknown' });
    await bench.receive('anna@example.org', [`In-Reply-To: ${unknown.messageId}`, 'Subject: Re: Hello'], 'Got it');
    expect(bench.evidence).toEqual([`reply:${unknown.deliveryId}`]);
    expect(bench.enrolment(unknown.enrolmentId).state).toBe('stopped');
  });

  test('the same message in two folders, and without Message-ID after renumbering, is stored once', async () => {
    const bench = openReceiving();
    const { messageId } = bench.addSent('anna@example.org');
    const lines = ['From: anna@example.org', 'To: me@example.com', `In-Reply-To: ${messageId}`, 'Subject: Re: Hello'];
    bench.mailbox.deliver(lines, 'No id');
    await bench.inbox.refresh(bench.mailboxId);
    const inbox = bench.mailbox.folders.get('INBOX');
    if (inbox !== undefined) inbox.validity = '2';
    await bench.inbox.stop();
    await bench.inbox.refresh(bench.mailboxId);
    expect(bench.inbox.list({ limit: 9 }).total).toBe(1);
    expect(bench.eventTypes().filter((type) => type === 'replied')).toHaveLength(1);
  });

  test('a failing consequence leaves no half-stored reply', async () => {
    const base = openTestBase();
    const mailbox = memoryMailbox(base.clock.now);
    const bench = openInboxBench({
      base,
      transports: mailbox.transports,
      deps: {
        contacts: {
          suppress: () => {
            throw new Error('disk');
          },
        },
      },
    });
    const { enrolmentId, messageId } = bench.addSent('anna@example.org');
    mailbox.deliver(['From: anna@example.org', `In-Reply-To: ${messageId}`, 'Message-ID: <a@example.org>', 'Subject: Re: Hello'], 'Unsubscribe me please');
    await expect(bench.inbox.refresh(bench.mailboxId)).rejects.toThrow();
    expect([bench.enrolment(enrolmentId).state, bench.inbox.list({ limit: 9 }).total]).toEqual(['active', 0]);
    expect(bench.eventTypes()).not.toContain('replied');
  });
});

describe('automatic mail', () => {
  test('out of office pauses until the working day after the return date', async () => {
    const bench = openReceiving(); // Monday 2 March 2026
    const { enrolmentId, messageId } = bench.addSent('anna@example.org');
    const { reply } = await bench.receive(
      'anna@example.org',
      [`In-Reply-To: ${messageId}`, 'Auto-Submitted: auto-replied', 'Subject: Automatic reply: Hello'],
      'I am out of the office and back on Friday, 6 March 2026.',
    );
    expect(reply).toMatchObject({ class: 'out_of_office', source: 'header' });
    // Monday 9 March, 00:00 in Berlin.
    expect(bench.enrolment(enrolmentId)).toMatchObject({ state: 'paused', reason: 'out_of_office', pausedUntil: Date.UTC(2026, 2, 8, 23) });
  });

  test('without a date for seven days; an acknowledgement changes nothing', async () => {
    const bench = openReceiving();
    const away = bench.addSent('anna@example.org');
    const ticket = bench.addSent('help@example.org');
    await bench.receive('anna@example.org', ['Auto-Submitted: auto-replied', 'Subject: Abwesenheit'], 'Ich bin derzeit nicht im Büro.');
    await bench.receive('help@example.org', ['Auto-Submitted: auto-generated', 'Subject: Ticket 12'], 'We have received your message.');
    expect(bench.enrolment(away.enrolmentId)).toMatchObject({ state: 'paused', pausedUntil: bench.clock.now() + 7 * 86_400_000 });
    expect(bench.enrolment(ticket.enrolmentId).state).toBe('active');
  });

  test('a hard bounce suppresses and stops; a delayed notice, a full mailbox and a policy block do not', async () => {
    const bench = openReceiving();
    const people = Object.fromEntries(['hard', 'delayed', 'full', 'block', 'vetoed'].map((name) => [name, bench.addSent(`${name}@example.org`)]));
    const send = async (name: string, fields: Parameters<typeof report>[2] = {}) => {
      const [headers, body] = report(`${name}@example.org`, `Message-ID: ${people[name]?.messageId ?? ''}`, fields);
      return (await bench.receive(daemon, headers, body)).reply;
    };
    expect(await send('hard')).toMatchObject({ class: 'hard_bounce', matchedBy: 'report', deliveryId: people['hard']?.deliveryId });
    expect(await send('delayed', { action: 'delayed', status: '5.1.1' })).toMatchObject({ class: 'delayed_notice' });
    expect(await send('full', { status: '5.2.2', diagnostic: 'smtp; 552 5.2.2 Mailbox full' })).toMatchObject({ class: 'soft_bounce' });
    expect(await send('block', { status: '5.7.1', diagnostic: 'smtp; 550 5.7.1 Message rejected as spam by content filter' })).toMatchObject({ class: 'block_bounce' });
    expect(await send('vetoed', { status: '5.1.1', diagnostic: 'smtp; 550 5.1.1 Sender address rejected: daily sending limit exceeded' })).toMatchObject({
      class: expect.stringMatching(/block|soft/) as string,
    });
    const state = (name: string) => bench.enrolment(people[name]?.enrolmentId ?? '').state;
    expect(['hard', 'delayed', 'full', 'block', 'vetoed'].map(state)).toEqual(['stopped', 'active', 'active', 'active', 'active']);
    expect(bench.contact(people['hard']?.contactId ?? '').status).toBe('bounced');
    expect(bench.contact(people['full']?.contactId ?? '').softBounces).toBe(1);
    expect(bench.store.prepareRead('select value, reason from suppressions').all()).toEqual([{ value: 'hard@example.org', reason: 'hard_bounce' }]);
    expect(bench.enrolment(people['hard']?.enrolmentId ?? '').reason).toBe('bounced');
  });

  test('what the recipient’s server says in a delayed notice or a block rests its domain; a bad address or a full mailbox does not', async () => {
    const bench = openReceiving();
    const send = async (email: string, fields: Parameters<typeof report>[2]) => {
      const { messageId } = bench.addSent(email);
      const [headers, body] = report(email, `Message-ID: ${messageId}`, fields);
      await bench.receive(daemon, headers, body);
    };
    await send('a@slow.example.com', { action: 'delayed', status: '4.7.1', diagnostic: 'smtp; 451 4.7.1 Greylisted, please try again later' });
    await send('b@strict.example.com', { status: '5.7.1', diagnostic: 'smtp; 550 5.7.1 Message rejected as spam by content filter' });
    await send('c@gone.example.com', { status: '5.1.1', diagnostic: 'smtp; 550 5.1.1 User unknown' });
    await send('d@full.example.com', { status: '5.2.2', diagnostic: 'smtp; 552 5.2.2 Mailbox full' });
    expect(bench.store.prepareRead('select domain, reason, failures from domain_backoffs order by domain').all()).toEqual([
      { domain: 'slow.example.com', reason: 'greylist', failures: 1 },
      { domain: 'strict.example.com', reason: 'policy_block', failures: 1 },
    ]);
    expect(bench.eventTypes().filter((type) => type === 'domain_backoff')).toHaveLength(2);
  });

  test('"user unknown" behind a 5.7.1 is a bad address', async () => {
    const bench = openReceiving();
    const { contactId, messageId } = bench.addSent('gone@example.org');
    const [headers, body] = report('gone@example.org', `Message-ID: ${messageId}`, {
      status: '5.7.1',
      diagnostic: 'smtp; 550 5.7.1 <gone@example.org>: Recipient address rejected: User unknown in virtual mailbox table',
    });
    await bench.receive(daemon, headers, body);
    expect(bench.contact(contactId).status).toBe('bounced');
  });

  test('a bounce without the original is matched by its recipient, one of several', async () => {
    const bench = openReceiving();
    const { enrolmentId } = bench.addSent('gone@example.org');
    const [headers, body] = report('gone@example.org', 'Subject: Hello');
    expect((await bench.receive(daemon, headers, body)).reply).toMatchObject({ class: 'hard_bounce', matchedBy: 'report' });
    expect(bench.enrolment(enrolmentId).state).toBe('stopped');
  });

  test('a complaint suppresses', async () => {
    const bench = openReceiving();
    const { contactId, enrolmentId, messageId } = bench.addSent('anna@example.org');
    const body = [
      '--b',
      'Content-Type: text/plain',
      '',
      'This is an abuse report.',
      '--b',
      'Content-Type: message/feedback-report',
      '',
      'Feedback-Type: abuse',
      'User-Agent: Test/1',
      'Version: 1',
      '',
      '--b',
      'Content-Type: message/rfc822',
      '',
      `Message-ID: ${messageId}`,
      'Subject: Hello',
      '',
      'Hello',
      '--b--',
    ].join('\r\n');
    await bench.receive('fbl@provider.example', ['Subject: complaint', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=feedback-report; boundary="b"'], body);
    expect([bench.contact(contactId).status, bench.enrolment(enrolmentId).reason]).toEqual(['suppressed', 'complained']);
  });
});

describe('opting out', () => {
  test('words, and the signed address, suppress at once', async () => {
    const bench = openReceiving();
    const words = bench.addSent('anna@example.org');
    const token = bench.addSent('tom@example.org');
    await bench.receive(
      'anna@example.org',
      [`In-Reply-To: ${words.messageId}`, 'Subject: Re: Hello'],
      'Please remove me from your list.\r\n\r\nOn Mon, 2 Mar 2026 at 09:00, Me <me@example.com> wrote:\r\n> Hello',
    );
    const subject = new URL(unsubscribeAddress('me@example.com', token.deliveryId, unsubscribeKey)).searchParams.get('subject') ?? '';
    await bench.receive('someone.else@example.net', [`Subject: ${subject}`], '');
    for (const person of [words, token]) {
      expect(bench.contact(person.contactId).status).toBe('unsubscribed');
      expect(bench.enrolment(person.enrolmentId)).toMatchObject({ state: 'stopped', reason: 'unsubscribed' });
    }
    expect(bench.eventTypes().filter((type) => type === 'unsubscribed')).toHaveLength(2);
    // Nobody has to read our token.
    const { items } = bench.inbox.list({ limit: 5, contactId: token.contactId });
    expect(items).toMatchObject([{ class: 'opt_out', snippet: 'Asked to be unsubscribed' }]);
    expect(items[0]?.subject).not.toContain(token.deliveryId);
  });

  test('our own footer in the quote, and a forged token, do not', async () => {
    const bench = openReceiving();
    const { contactId, messageId, deliveryId } = bench.addSent('anna@example.org');
    const { reply } = await bench.receive(
      'anna@example.org',
      [`In-Reply-To: ${messageId}`, 'Subject: Re: Hello'],
      'Great, call me.\r\n\r\nOn Mon, 2 Mar 2026 at 09:00, Me <me@example.com> wrote:\r\n> Hello\r\n> If you want no more mails, reply "unsubscribe me".',
    );
    expect([reply?.class, bench.contact(contactId).status]).toEqual(['human', 'active']);
    await bench.receive('troll@example.net', [`Subject: unsubscribe-${deliveryId}.${'a'.repeat(26)}`], '');
    expect(bench.contact(contactId).status).toBe('active');
  });
});

describe('the inbox of the user', () => {
  test('conversation, read state and an answer that never leaves twice', async () => {
    const bench = openReceiving();
    const { messageId, contactId } = bench.addSent('anna@example.org');
    const { reply } = await bench.receive(
      'Anna Berg <anna@example.org>',
      [
        `In-Reply-To: ${messageId}`,
        `References: ${messageId}`,
        'Subject: Hello',
        'MIME-Version: 1.0',
        'Content-Type: multipart/alternative; boundary="b"',
        'Message-ID: <a1@example.org>',
      ],
      [
        '--b',
        'Content-Type: text/plain',
        '',
        'Tell me more.',
        '--b',
        'Content-Type: text/html',
        '',
        '<p onclick="x()">Tell <b>me</b> more.<script>alert(1)</script><img src="https://track.example/p.gif"><a href="javascript:x()">l</a></p>',
        '--b--',
      ].join('\r\n'),
    );
    const detail = bench.inbox.get(reply?.id ?? '');
    expect(detail.conversation.map(({ direction, text }) => [direction, text.trim()])).toEqual([
      ['out', 'Our first mail'],
      ['in', 'Tell me more.'],
    ]);
    expect(detail.conversation[1]?.html?.trim()).toBe('<p>Tell <b>me</b> more.<a rel="noopener noreferrer nofollow" target="_blank">l</a></p>');
    expect(bench.inbox.list({ limit: 5, unread: true })).toMatchObject({ total: 1, unread: 1 });
    bench.inbox.update({ id: detail.id, unread: false });
    expect(bench.inbox.list({ limit: 5, unread: true, class: ['human', 'opt_out'], contactId })).toMatchObject({ total: 0, unread: 0 });
    const first = bench.inbox.respond({ id: detail.id, text: 'Gladly <3', draftId: 'd1' });
    expect(bench.inbox.respond({ id: detail.id, text: 'Gladly <3', draftId: 'd1' })).toEqual(first);
    expect(bench.queued).toMatchObject([
      { recipient: 'anna@example.org', content: { subject: 'Re: Hello', inReplyTo: '<a1@example.org>', references: [messageId, '<a1@example.org>'], html: '<p>Gladly &lt;3</p>' } },
    ]);
  });

  test('what people wrote outlives its mailbox, and says that nobody can answer from there', async () => {
    const bench = openReceiving();
    const sent = bench.addSent('anna@example.org');
    const { reply } = await bench.receive('anna@example.org', [`In-Reply-To: ${sent.messageId}`, 'Subject: Re: Hello'], 'Yes, gladly.');
    bench.store.transaction((tx) => tx.prepare(`update campaigns set status = 'stopped'`).run());
    bench.mailboxes.remove(bench.mailboxId);
    expect(bench.inbox.list({ limit: 10 })).toMatchObject({ total: 1, items: [{ id: reply?.id, mailboxId: bench.mailboxId, mailboxName: '', class: 'human' }] });
    expect(bench.inbox.get(reply?.id ?? '').conversation.map((item) => item.direction)).toEqual(['out', 'in']);
    expect(bench.inbox.update({ id: reply?.id ?? '', class: 'out_of_office' }).class).toBe('out_of_office');
    expect(() => bench.inbox.respond({ id: reply?.id ?? '', text: 'Thank you', draftId: 'd1' })).toThrow(/was deleted/);
    expect(bench.queued).toEqual([]);
  });

  test('correcting a reply to out of office lets the sequence go on, and pauses it; the other way stops it', async () => {
    const bench = openReceiving();
    const { enrolmentId, messageId } = bench.addSent('anna@example.org');
    const { reply } = await bench.receive('anna@example.org', [`In-Reply-To: ${messageId}`, 'Subject: Re: Hello'], 'Back soon.');
    expect(bench.enrolment(enrolmentId).state).toBe('stopped');
    expect(bench.inbox.update({ id: reply?.id ?? '', class: 'out_of_office' })).toMatchObject({ class: 'out_of_office', source: 'person', confidence: 1 });
    expect([bench.restarted, bench.enrolment(enrolmentId).state]).toEqual([[enrolmentId], 'paused']);
    bench.inbox.update({ id: reply?.id ?? '', class: 'human' });
    expect(bench.enrolment(enrolmentId)).toMatchObject({ state: 'stopped', reason: 'replied' });
    expect(bench.eventTypes().filter((type) => type === 'reply_reclassified')).toHaveLength(2);
  });

  test('pages by cursor, searches, and refuses what it does not know', async () => {
    const bench = openReceiving();
    const { messageId } = bench.addSent('anna@example.org');
    for (const word of ['red', 'green', 'blue']) {
      bench.clock.advance(1000);
      await bench.receive('anna@example.org', [`In-Reply-To: ${messageId}`, `Subject: ${word}`], `About ${word}`);
    }
    const first = bench.inbox.list({ limit: 2 });
    expect([first.items.map((item) => item.subject), first.total]).toEqual([['blue', 'green'], 3]);
    expect(bench.inbox.list({ limit: 2, cursor: first.nextCursor ?? '' })).toMatchObject({ items: [{ subject: 'red' }], nextCursor: null });
    expect(bench.inbox.list({ limit: 5, q: 'gre' }).items).toHaveLength(1);
    expect(() => bench.inbox.list({ limit: 5, cursor: 'nonsense' })).toThrow(expect.objectContaining({ code: 'bad_request' }) as Error);
    expect(() => bench.inbox.get('nobody')).toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
  });
});
