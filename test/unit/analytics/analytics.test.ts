import { describe, expect, it } from 'vitest';
import { createAnalytics, daysBack } from '../../../electron/engine/analytics/index.ts';
import { day, hour } from '../../../electron/engine/lib/clock.ts';
import { settingsSchema, type Settings } from '../../../shared/schemas/settings.ts';
import { writeRows } from '../../support/analytics-rows.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { openTestBase } from '../../support/store.ts';

function setUp(options: { zone?: string; paused?: { until: number | null; reason: string | null }; settings?: Partial<Settings>; now?: number } = {}) {
  const base = openTestBase(fakeClock(options.now ?? Date.UTC(2026, 2, 2, 9)));
  const rows = writeRows(base);
  const analytics = createAnalytics({
    ...base,
    deliveries: { next: () => [] },
    settings: { get: () => settingsSchema.parse(options.settings ?? {}) },
    pausedUntil: () => options.paused?.until ?? null,
    pausedReason: () => options.paused?.reason ?? null,
    zone: options.zone ?? 'Europe/Berlin',
  });
  return { ...base, rows, analytics };
}

describe('campaign counts', () => {
  it('count people once, mails each, and never an automatic answer as a reply', () => {
    const { rows, analytics } = setUp();
    const one = rows.campaign('One');
    const other = rows.campaign('Other');
    const empty = rows.campaign('Empty', 'draft');
    const [anna, ben, cleo, dora] = ['anna', 'ben', 'cleo', 'dora'].map((name) => rows.contact(`${name}@example.com`)) as [string, string, string, string];
    const annas = rows.enrolment(one, anna, 'stopped', 2, 'replied');
    // Ben was enrolled twice: one person.
    const bens = rows.enrolment(one, ben, 'finished', 3);
    rows.enrolment(one, ben, 'active', 1);
    const cleos = rows.enrolment(one, cleo, 'paused', 1);
    rows.enrolment(one, dora, 'pending', 0);
    const dorasOther = rows.enrolment(other, dora, 'failed', 0);
    for (const [enrolment, contact] of [
      [annas, anna],
      [annas, anna],
      [bens, ben],
      [bens, ben],
      [cleos, cleo],
    ] as const)
      rows.delivery('sent', { campaign: one, enrolment, contact });
    for (const state of ['planned', 'held', 'unknown', 'deferred', 'claimed', 'sending'] as const) rows.delivery(state, { campaign: one });
    for (const state of ['cancelled', 'skipped'] as const) rows.delivery(state, { campaign: one });
    rows.delivery('failed', { campaign: one, contact: cleo, answerClass: 'mailbox_full' });
    rows.delivery('failed', { campaign: other, contact: dora, enrolment: dorasOther, answerClass: 'unknown_recipient' });
    rows.reply('human', { campaign: one, contact: anna });
    rows.reply('human', { campaign: one, contact: anna });
    rows.reply('out_of_office', { campaign: one, contact: cleo });
    rows.reply('auto_acknowledgement', { campaign: one, contact: ben });
    rows.reply('soft_bounce', { campaign: one, contact: ben });
    rows.reply('opt_out', { campaign: one, contact: ben });
    // The same person refused and reported: one bounce.
    rows.reply('hard_bounce', { campaign: other, contact: dora });

    const counts = analytics.campaignCounts([one, other, empty]);
    expect(counts.get(one)).toEqual({
      people: 5,
      mailed: 3,
      sent: 5,
      waiting: 6,
      failed: 1,
      replied: 1,
      bounced: 0,
      unsubscribed: 1,
      enrolments: { pending: 1, active: 1, paused: 1, held: 0, finished: 1, stopped: 1, failed: 0 },
    });
    expect(counts.get(other)).toMatchObject({ people: 1, mailed: 0, sent: 0, failed: 1, bounced: 1, replied: 0 });
    expect(counts.get(empty)).toMatchObject({ people: 0, mailed: 0, waiting: 0 });
    expect(analytics.campaignCounts([]).size).toBe(0);
  });

  it('follow a corrected class', () => {
    const { rows, analytics } = setUp();
    const campaign = rows.campaign('One');
    const reply = rows.reply('human', { campaign, contact: rows.contact('a@example.com') });
    expect(analytics.campaignCounts([campaign]).get(campaign)?.replied).toBe(1);
    rows.run(`update replies set class = 'out_of_office' where id = @reply`, { reply });
    expect(analytics.campaignCounts([campaign]).get(campaign)?.replied).toBe(0);
  });
});

describe('the dashboard', () => {
  it('begins days at midnight of the zone, also when the clocks change', () => {
    // 29 March 2026, 01:00 UTC: summer time begins in Berlin.
    const days = daysBack('Europe/Berlin', Date.UTC(2026, 2, 30, 12), 3);
    expect(days.map((each) => each.day)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    expect((days[1]?.to ?? 0) - (days[1]?.from ?? 0)).toBe(23 * hour);
    expect(days[2]?.from).toBe(Date.UTC(2026, 2, 29, 22));
  });

  it('puts each thing on its local day and counts a person once a day', () => {
    const now = Date.UTC(2026, 2, 2, 9);
    const { rows, analytics } = setUp({ now });
    const midnight = Date.UTC(2026, 2, 1, 23);
    const contact = rows.contact('a@example.com');
    const campaign = rows.campaign('One');
    rows.delivery('sent', { at: now - 40 * day, contact, campaign });
    rows.delivery('sent', { at: midnight - 1, contact, campaign });
    rows.delivery('sent', { at: midnight, contact, campaign });
    rows.delivery('sent', { at: midnight, kind: 'test' });
    rows.delivery('sent', { at: midnight, kind: 'reply', contact });
    rows.reply('human', { at: midnight + 1, contact });
    rows.reply('human', { at: midnight + 2, contact });
    rows.reply('out_of_office', { at: midnight + 3, contact });
    rows.reply('hard_bounce', { at: midnight - 5, contact: rows.contact('b@example.com') });
    rows.delivery('failed', { at: midnight - 6, contact: rows.contact('c@example.com'), answerClass: 'unknown_recipient' });
    rows.reply('opt_out', { at: now - 29 * day, contact: rows.contact('d@example.com') });
    rows.delivery('held', { why: 'missing_field' });
    rows.delivery('planned');
    const dashboard = analytics.dashboard();
    expect(dashboard.zone).toBe('Europe/Berlin');
    expect(dashboard.series).toHaveLength(30);
    expect(dashboard.series.at(-1)).toEqual({ day: '2026-03-02', sent: 1, replied: 1, bounced: 0, unsubscribed: 0 });
    expect(dashboard.today).toEqual({ sent: 1, replied: 1, bounced: 0, unsubscribed: 0 });
    expect(dashboard.series.at(-2)).toEqual({ day: '2026-03-01', sent: 1, replied: 0, bounced: 2, unsubscribed: 0 });
    expect(dashboard.series[0]).toEqual({ day: '2026-02-01', sent: 0, replied: 0, bounced: 0, unsubscribed: 1 });
    expect(dashboard.totals).toEqual({ contacts: 4, mailed: 1, sent: 3, replied: 1, bounced: 2, unsubscribed: 1 });
    expect(dashboard.waiting).toBe(2);
  });
});

describe('what needs a person', () => {
  it('is empty in a workspace where all is well', () => {
    const { rows, analytics } = setUp();
    rows.delivery('planned');
    rows.delivery('held', { why: 'enrolment_paused' });
    rows.delivery('held', { why: 'stale_inbox' });
    rows.delivery('failed', { answerClass: 'unknown_recipient' });
    rows.reply('out_of_office', { unread: true });
    rows.reply('human', { unread: false });
    expect(analytics.needsYou()).toEqual([]);
  });

  it('names unknown outcomes one by one, groups holds and failures, counts replies, shows mailboxes and the pause', () => {
    const { rows, analytics } = setUp({ paused: { until: 8_640_000_000_000_000, reason: null } });
    const campaign = rows.campaign('Spring');
    const lost = rows.delivery('unknown', { campaign, recipient: 'lost@example.com' });
    for (const detail of ['first_name', 'company']) rows.delivery('held', { campaign, why: 'missing_field', whyDetail: detail });
    const single = rows.delivery('held', { why: 'stale_slot' });
    rows.delivery('failed', { campaign, answerClass: 'policy_block', answer: '554 5.7.1 No' });
    rows.reply('human', { unread: true, at: 5 });
    const newest = rows.reply('human', { unread: true, at: 9, from: 'zoe@example.com', subject: 'Yes please' });
    rows.run(`update mailboxes set state = 'needs_login', state_reason = '535 no' where id = @id`, { id: rows.mailbox });
    const items = analytics.needsYou();
    expect(items.map(({ kind, count, deliveryId, campaignId, mailboxId, replyId }) => ({ kind, count, deliveryId, campaignId, mailboxId, replyId }))).toEqual(
      [
        { kind: 'sending_paused', count: 1, deliveryId: null, campaignId: null, mailboxId: null, replyId: null },
        { kind: 'mailbox', count: 1, deliveryId: null, campaignId: null, mailboxId: rows.mailbox, replyId: null },
        { kind: 'unknown_outcome', count: 1, deliveryId: lost, campaignId: campaign, mailboxId: rows.mailbox, replyId: null },
        { kind: 'reply', count: 2, deliveryId: null, campaignId: null, mailboxId: null, replyId: newest },
        { kind: 'failed', count: 1, deliveryId: expect.any(String), campaignId: campaign, mailboxId: null, replyId: null },
        { kind: 'held', count: 1, deliveryId: single, campaignId: null, mailboxId: null, replyId: null },
        { kind: 'held', count: 2, deliveryId: null, campaignId: campaign, mailboxId: null, replyId: null },
      ].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.count - b.count),
    );
    expect(items.find((item) => item.kind === 'unknown_outcome')?.title).toContain('lost@example.com');
    expect(items.filter((item) => item.kind === 'held').map((item) => item.title)).toEqual(['One mail missed its time: send it now?', '2 mails wait for a missing value (Spring)']);
    expect(items.find((item) => item.kind === 'failed')?.detail).toBe('554 5.7.1 No');
    expect(items.find((item) => item.kind === 'reply')?.detail).toContain('zoe@example.com');
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
  });

  it('does not list ten thousand unknown outcomes one by one', () => {
    const { rows, analytics } = setUp();
    for (let i = 0; i < 60; i += 1) rows.delivery('unknown');
    const items = analytics.needsYou();
    expect(items).toHaveLength(51);
    expect(items.reduce((sum, item) => sum + item.count, 0)).toBe(60);
  });
});

const order = ['sending_paused', 'mailbox', 'unknown_outcome', 'reply', 'failed', 'held'];

describe('reports', () => {
  it('tell of each person in a campaign what happened, in the user’s zone', async () => {
    const { rows, analytics } = setUp({ now: Date.UTC(2026, 2, 2, 9) });
    const campaign = rows.campaign('Spring');
    const anna = rows.contact('anna@example.com', { firstName: 'Anna', lastName: 'Müller', company: '=cmd|calc, "Inc"' });
    const bob = rows.contact('bob@example.com');
    const annas = rows.enrolment(campaign, anna, 'stopped', 2, 'replied');
    const bobs = rows.enrolment(campaign, bob, 'stopped', 0, 'bounced');
    rows.delivery('sent', { campaign, enrolment: annas, contact: anna, at: Date.UTC(2026, 2, 1, 8, 5, 6) });
    rows.delivery('sent', { campaign, enrolment: annas, contact: anna, at: Date.UTC(2026, 2, 2, 8) });
    rows.delivery('failed', { campaign, enrolment: bobs, contact: bob, answerClass: 'unknown_recipient', answer: '550 5.1.1 User unknown' });
    rows.reply('out_of_office', { campaign, contact: anna, at: Date.UTC(2026, 2, 2, 8, 30) });
    rows.reply('human', { campaign, contact: anna, at: Date.UTC(2026, 2, 2, 8, 15) });
    const file = await analytics.reports.campaign(campaign);
    expect(file.name).toBe('homing-campaign-2026-03-02.csv');
    // `text()` would take the mark away.
    expect([...new Uint8Array(await file.arrayBuffer()).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect((await file.text()).replace('\ufeff', '').split('\r\n')).toEqual([
      'E-mail,First name,Last name,Company,State,Reason,Mailbox,Mails sent,First mail (Europe/Berlin),Last mail (Europe/Berlin),Replied at (Europe/Berlin),Answer,Bounce',
      `anna@example.com,Anna,Müller,"'=cmd|calc, ""Inc""",stopped,replied,Robin,2,2026-03-01 09:05:06,2026-03-02 09:00:00,2026-03-02 09:15:00,human,`,
      'bob@example.com,,,,stopped,bounced,Robin,0,,,,,550 5.1.1 User unknown',
      '',
    ]);
    await expect(analytics.reports.campaign('none')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('list every delivery, over several slices, without a mark when the user does not want it', async () => {
    const { rows, analytics } = setUp({ settings: { csvBom: false } });
    const campaign = rows.campaign('Spring');
    const ids = Array.from({ length: 1201 }, () => rows.delivery('planned', { campaign }));
    rows.delivery('planned');
    const text = await (await analytics.reports.deliveries({ campaignId: campaign })).text();
    expect(text.startsWith('Campaign,')).toBe(true);
    expect(text.trimEnd().split('\r\n')).toHaveLength(1 + ids.length);
    expect((await (await analytics.reports.deliveries({})).text()).trimEnd().split('\r\n')).toHaveLength(2 + ids.length);
  });

  it('list replies with their text and neutralise formulas in it', async () => {
    const { rows, analytics } = setUp();
    rows.reply('human', { text: '@SUM(1+1)\nsecond line', from: '+anna@example.com' });
    rows.reply('own_copy');
    rows.reply('hard_bounce', { bounce: { status: '5.1.1', class: 'unknown_recipient', recipient: 'x@example.com', diagnostic: null } });
    const lines = (await (await analytics.reports.replies({})).text()).split('\r\n');
    expect(lines[1]).toContain(`,human,0.9,,'+anna@example.com,Robin,,Re: Hello,"'@SUM(1+1)\nsecond line",,`);
    expect(lines[2]).toContain(',hard_bounce,');
    expect(lines[2]).toContain(',5.1.1,');
    expect(lines).toHaveLength(4);
  });
});
