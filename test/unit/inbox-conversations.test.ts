import { expect, test } from 'vitest';
import { day, hour } from '../../electron/engine/lib/clock.ts';
import { openReceiving, report } from '../support/receiving.ts';

const scopes = (bench: ReturnType<typeof openReceiving>) => bench.inbox.conversations({ scope: 'all', limit: 50 }).counts;

async function withReplies() {
  const bench = openReceiving();
  const anna = bench.addSent('anna@example.org');
  const bert = bench.addSent('bert@example.org');
  const cleo = bench.addSent('cleo@example.org');
  const first = await bench.receive('Anna <anna@example.org>', [`In-Reply-To: ${anna.messageId}`, 'Subject: Re: Hello'], 'What does it cost?');
  bench.clock.advance(hour);
  const second = await bench.receive('Bert <bert@example.org>', [`In-Reply-To: ${bert.messageId}`, 'Subject: Re: Hello'], 'Sounds good, tell me more about it.');
  bench.clock.advance(hour);
  await bench.receive('Mail Delivery System <MAILER-DAEMON@mx.example.org>', ...report('cleo@example.org', `Message-ID: ${cleo.messageId}`));
  return { bench, anna, bert, cleo, annaReply: first.reply?.id ?? '', bertReply: second.reply?.id ?? '' };
}

test('several messages of one person are one conversation, shown by its newest', async () => {
  const { bench, anna } = await withReplies();
  bench.clock.advance(hour);
  await bench.receive('Anna <anna@example.org>', [`In-Reply-To: ${anna.messageId}`, 'Subject: Re: Hello'], 'One more thing: when could you start?');
  const { items, total } = bench.inbox.conversations({ scope: 'all', limit: 50 });
  expect(total).toBe(3);
  expect(items.map(({ latest, messages, unread }) => [latest.fromAddress, messages, unread])).toEqual([
    ['anna@example.org', 2, 2],
    ['mailer-daemon@mx.example.org', 1, 1],
    ['bert@example.org', 1, 1],
  ]);
  expect(items[0]?.latest.snippet).toContain('One more thing');
});

test('each scope holds what it says, and opening a conversation reads all of it', async () => {
  const { bench, annaReply } = await withReplies();
  expect(scopes(bench)).toMatchObject({ all: 3, unread: 3, needs_reply: 2, snoozed: 0, replies: 2, bounces: 1, automatic: 0, opt_outs: 0 });
  bench.inbox.update({ id: annaReply, unread: false });
  expect(scopes(bench)).toMatchObject({ unread: 2, needs_reply: 2 });
});

test('an answer settles a conversation; its undo brings it back by a person', async () => {
  const { bench, annaReply } = await withReplies();
  const at = bench.clock.now();
  expect(bench.inbox.respond({ id: annaReply, text: 'Ninety a month.', draftId: 'd1', at: null, undoSeconds: 10 }).slotAt).toBe(at + 10_000);
  expect(bench.queued[0]).toMatchObject({ recipient: 'anna@example.org', slotAt: at + 10_000 });
  expect(scopes(bench).needs_reply).toBe(1);
  expect(bench.inbox.done(annaReply, false).done).toBe(false);
  expect(scopes(bench).needs_reply).toBe(2);
});

test('a person may correct what a reply says: a meeting follows its own rule, and needs no second reply event', async () => {
  const { bench, anna, annaReply } = await withReplies();
  bench.store.transaction((tx) => tx.prepare(`update campaigns set rules = '{"onReply":"continue","onMeeting":"stop"}' where id = 'c'`).run());
  bench.store.transaction((tx) => tx.prepare(`update enrolments set state = 'active', reason = null where id = ?`).run(anna.enrolmentId));
  expect(bench.inbox.update({ id: annaReply, intent: 'negative' })).toMatchObject({ class: 'human', intent: 'negative', source: 'person' });
  expect([scopes(bench).needs_reply, bench.enrolment(anna.enrolmentId).state]).toEqual([1, 'active']);
  bench.inbox.update({ id: annaReply, intent: 'meeting' });
  expect(bench.enrolment(anna.enrolmentId)).toMatchObject({ state: 'stopped', reason: 'replied' });
  expect(bench.eventTypes().filter((type) => type === 'replied')).toHaveLength(2);
  expect(bench.inbox.update({ id: annaReply, class: 'unrelated' }).intent).toBeNull();
});

test('an answer may be planned for later', async () => {
  const { bench, annaReply } = await withReplies();
  const at = bench.clock.now() + day;
  bench.inbox.respond({ id: annaReply, text: 'As promised.', draftId: 'd1', at, undoSeconds: 10 });
  expect(bench.queued[0]?.slotAt).toBe(at);
});

test('a snoozed conversation comes back at its time, or with a new message', async () => {
  const { bench, anna, annaReply, bertReply } = await withReplies();
  bench.inbox.snooze(annaReply, bench.clock.now() + day);
  bench.inbox.snooze(bertReply, bench.clock.now() + day);
  expect(scopes(bench)).toMatchObject({ needs_reply: 0, snoozed: 2 });
  bench.clock.advance(hour);
  await bench.receive('Anna <anna@example.org>', [`In-Reply-To: ${anna.messageId}`, 'Subject: Re: Hello'], 'Are you there?');
  expect(scopes(bench)).toMatchObject({ needs_reply: 1, snoozed: 1 });
  bench.clock.advance(day);
  expect(scopes(bench)).toMatchObject({ needs_reply: 2, snoozed: 0 });
  expect(() => bench.inbox.snooze(annaReply, bench.clock.now() - 1)).toThrow('future');
});

test('pages through everything once, and finds people by name and words', async () => {
  const bench = openReceiving();
  for (let i = 0; i < 7; i += 1) {
    const sent = bench.addSent(`p${i}@example.org`);
    await bench.receive(`p${i}@example.org`, [`In-Reply-To: ${sent.messageId}`, 'Subject: Re: Hello'], `Answer number ${i} 100%`);
  }
  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = bench.inbox.conversations({ scope: 'replies', limit: 3, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.items.map((item) => item.latest.fromAddress));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(seen.toSorted()).toEqual(Array.from({ length: 7 }, (_, i) => `p${i}@example.org`));
  const find = (q: string) => bench.inbox.conversations({ scope: 'all', limit: 50, q }).total;
  expect([find('number 3'), find('100%'), find('berg'), find('nobody')]).toEqual([1, 7, 7, 0]);
});
