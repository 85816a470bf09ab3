import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { reasonToPause } from '../../electron/engine/campaigns/index.ts';
import { day } from '../../electron/engine/lib/clock.ts';
import type { CampaignRules } from '../../shared/schemas/campaign.ts';
import { unsubscribeToken } from '../../electron/engine/composing/index.ts';
import { unsubscribeKey } from '../support/inbox.ts';
import { openReceiving, report } from '../support/receiving.ts';

type Bench = ReturnType<typeof openReceiving>;
const daemon = 'Mail Delivery System <MAILER-DAEMON@mx.example.org>';

/** Rules of the bench's campaign; what is not named keeps its default. */
function useRules(bench: Bench, rules: Partial<CampaignRules>): void {
  bench.store.transaction((tx) => tx.prepare(`update campaigns set rules = ? where id = 'c'`).run(JSON.stringify(rules)));
}

function workAt(bench: Bench, contactId: string, companyKey: string): void {
  bench.store.transaction((tx) => tx.prepare('update contacts set company_key = ? where id = ?').run(companyKey, contactId));
}

const answer = (bench: Bench, from: string, messageId: string, text = 'Thank you for writing.') => bench.receive(from, [`In-Reply-To: ${messageId}`, 'Subject: Re: Hello'], text);

const outOfOffice = (bench: Bench, from: string, messageId: string) =>
  bench.receive(from, [`In-Reply-To: ${messageId}`, 'Subject: Out of office', 'Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All'], 'I am out of the office.');

async function bounce(bench: Bench, { recipient, messageId, kind }: { recipient: string; messageId: string; kind: 'hard' | 'soft' }) {
  const fields = kind === 'soft' ? { status: '4.2.2', diagnostic: 'smtp; 452 4.2.2 Mailbox full' } : {};
  return bench.receive(daemon, ...report(recipient, `Message-ID: ${messageId}`, fields));
}

describe('what a reply does is the rule of the campaign', () => {
  test('pause: nothing leaves until a person resumes', async () => {
    const bench = openReceiving();
    useRules(bench, { onReply: 'pause' });
    const { enrolmentId, messageId } = bench.addSent('anna@example.org');
    await answer(bench, 'anna@example.org', messageId);
    expect(bench.enrolment(enrolmentId)).toEqual({ state: 'paused', reason: 'replied', pausedUntil: null });
  });

  test('continue: the reply is a fact, the sequence goes on', async () => {
    const bench = openReceiving();
    useRules(bench, { onReply: 'continue' });
    const { enrolmentId, messageId } = bench.addSent('anna@example.org');
    await answer(bench, 'anna@example.org', messageId);
    expect(bench.enrolment(enrolmentId).state).toBe('active');
    expect(bench.eventTypes()).toContain('replied');
  });

  test('an automatic answer may be told to change nothing', async () => {
    const bench = openReceiving();
    useRules(bench, { onOutOfOffice: 'continue' });
    const { enrolmentId, messageId } = bench.addSent('anna@example.org');
    await outOfOffice(bench, 'anna@example.org', messageId);
    expect(bench.enrolment(enrolmentId).state).toBe('active');
    expect(bench.eventTypes()).toContain('auto_replied');
  });
});

describe('colleagues of the same company', () => {
  function team(rules: Partial<CampaignRules>) {
    const bench = openReceiving();
    useRules(bench, rules);
    const anna = bench.addSent('anna@birch.example.org');
    const bert = bench.addSent('bert@birch.example.org');
    const carl = bench.addSent('carl@elm.example.org');
    workAt(bench, anna.contactId, 'birch');
    workAt(bench, bert.contactId, 'birch');
    workAt(bench, carl.contactId, 'elm');
    return { bench, anna, bert, carl };
  }

  test('are left alone by default', async () => {
    const { bench, anna, bert } = team({});
    await answer(bench, 'anna@birch.example.org', anna.messageId);
    expect(bench.enrolment(bert.enrolmentId).state).toBe('active');
  });

  test('wait for the days of the rule; people of other companies do not', async () => {
    const { bench, anna, bert, carl } = team({ onCompanyReply: { action: 'pause', pauseDays: 10 } });
    await answer(bench, 'anna@birch.example.org', anna.messageId);
    expect(bench.enrolment(bert.enrolmentId)).toEqual({ state: 'paused', reason: 'company_replied', pausedUntil: bench.clock.now() + 10 * day });
    expect(bench.enrolment(carl.enrolmentId).state).toBe('active');
  });

  test('stop, and go on again when the reply turns out to be none', async () => {
    const { bench, anna, bert } = team({ onCompanyReply: { action: 'stop', pauseDays: 14 } });
    const { reply } = await answer(bench, 'anna@birch.example.org', anna.messageId);
    expect(bench.enrolment(bert.enrolmentId)).toMatchObject({ state: 'stopped', reason: 'company_replied' });
    bench.inbox.update({ id: reply?.id ?? '', class: 'auto_acknowledgement' });
    expect([bench.enrolment(anna.enrolmentId).state, bench.enrolment(bert.enrolmentId).state]).toEqual(['active', 'active']);
  });

  test('share a domain where no company is named, unless anybody can have an address there', async () => {
    const bench = openReceiving();
    useRules(bench, { onCompanyReply: { action: 'stop', pauseDays: 14 } });
    const [anna, bert, cleo, dora] = ['anna@gmail.com', 'bert@gmail.com', 'cleo@example.org', 'dora@example.org'].map((email) => bench.addSent(email));
    await answer(bench, 'anna@gmail.com', anna?.messageId ?? '');
    expect(bench.enrolment(bert?.enrolmentId ?? '').state).toBe('active');
    await answer(bench, 'cleo@example.org', cleo?.messageId ?? '');
    expect(bench.enrolment(dora?.enrolmentId ?? '')).toMatchObject({ state: 'stopped', reason: 'company_replied' });
  });
});

test('soft bounces in a row end the enrolment at the number of the rule, and a person may start it again', async () => {
  const bench = openReceiving();
  useRules(bench, { onSoftBounce: { stopAfter: 2 } });
  const sent = { recipient: 'anna@example.org', ...bench.addSent('anna@example.org') };
  await bounce(bench, { ...sent, kind: 'soft' });
  expect([bench.enrolment(sent.enrolmentId).state, bench.contact(sent.contactId)]).toMatchObject(['active', { softBounces: 1, status: 'active' }]);
  const { reply } = await bounce(bench, { ...sent, kind: 'soft' });
  expect(bench.enrolment(sent.enrolmentId)).toMatchObject({ state: 'stopped', reason: 'soft_bounces' });
  bench.inbox.update({ id: reply?.id ?? '', class: 'unrelated' });
  expect([bench.enrolment(sent.enrolmentId).state, bench.contact(sent.contactId).softBounces]).toEqual(['active', 1]);
});

describe('a campaign pauses by its rates', () => {
  const status = (bench: Bench) =>
    bench.store.prepareRead(`select status, status_reason as reason from campaigns where id = 'c'`).get() as { status: string; reason: string | null };

  test('of hard bounces, once there are mails enough, and says why', async () => {
    const bench = openReceiving();
    useRules(bench, { autoPause: { bouncePercent: 10, complaintPercent: 1, floor: 10 } });
    const people = Array.from({ length: 10 }, (_, i) => ({ recipient: `p${i}@example.org`, ...bench.addSent(`p${i}@example.org`) }));
    const [first, second] = people;
    if (first === undefined || second === undefined) throw new Error('no people');
    await bounce(bench, { ...first, kind: 'soft' });
    expect(status(bench).status).toBe('running');
    await bounce(bench, { ...second, kind: 'hard' });
    expect(status(bench)).toEqual({ status: 'paused', reason: '1 of 10 mails of the last seven days bounced: 10.0 %, the limit is 10 %' });
    expect(bench.eventTypes()).toContain('campaign_auto_paused');
  });

  test('never below the floor, and not where the rule is off', async () => {
    for (const autoPause of [{ bouncePercent: 1, complaintPercent: 1, floor: 10 }, null]) {
      const bench = openReceiving();
      useRules(bench, { autoPause });
      const people = Array.from({ length: autoPause === null ? 12 : 9 }, (_, i) => ({ recipient: `p${i}@example.org`, ...bench.addSent(`p${i}@example.org`) }));
      for (const person of people) await bounce(bench, { ...person, kind: 'hard' });
      expect(status(bench).status).toBe('running');
    }
  });

  property.prop([fc.nat(5000), fc.nat(5000), fc.nat(5000), fc.integer({ min: 10, max: 1000 })])(
    'the same rates never pause below the floor, always at the limit',
    (tried, a, b, floor) => {
      const counts = { tried, bounced: Math.min(a, tried), complained: Math.min(b, tried) };
      const reason = reasonToPause(counts, { bouncePercent: 5, complaintPercent: 0.1, floor });
      const over = counts.bounced * 100 >= 5 * tried || counts.complained * 1000 >= tried;
      expect(reason !== null).toBe(tried >= floor && over && counts.bounced + counts.complained > 0);
    },
  );
});

test('who follows the link of a mail is opted out once; a forged link does nothing', () => {
  const bench = openReceiving();
  const { contactId, enrolmentId, deliveryId } = bench.addSent('anna@example.org');
  const token = unsubscribeToken(deliveryId, unsubscribeKey);
  expect([bench.inbox.optOut(`${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`), bench.inbox.optOut('nonsense')]).toEqual([false, false]);
  expect(bench.contact(contactId).status).toBe('active');
  expect([bench.inbox.optOut(token), bench.inbox.optOut(token)]).toEqual([true, true]);
  expect([bench.contact(contactId).status, bench.enrolment(enrolmentId)]).toMatchObject(['unsubscribed', { state: 'stopped', reason: 'unsubscribed' }]);
  expect(bench.eventTypes().filter((type) => type === 'unsubscribed')).toHaveLength(1);
});
