import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createAnalytics } from '../../../electron/engine/analytics/index.ts';
import { day, hour } from '../../../electron/engine/lib/clock.ts';
import type { ReplyClass } from '../../../shared/schemas/reply.ts';
import { settingsSchema } from '../../../shared/schemas/settings.ts';
import { writeRows } from '../../support/analytics-rows.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { openTestBase } from '../../support/store.ts';

const now = Date.UTC(2026, 2, 2, 9);

function open() {
  const base = openTestBase(fakeClock(now));
  const rows = writeRows(base);
  const { insight } = createAnalytics({ ...base, deliveries: { next: () => [] }, settings: { get: () => settingsSchema.parse({}) }, pausedUntil: () => null, zone: 'UTC' });
  const campaign = (name: string) => {
    const id = rows.campaign(name);
    rows.run('update campaigns set launched_at = 1 where id = @id', { id });
    return id;
  };
  /** A mail of a step, and what came back to it. */
  const mail = (
    campaignId: string,
    contact: string,
    over: { at?: number; refused?: boolean; step?: string; variant?: string; mailbox?: string; domain?: string; back?: readonly (readonly [ReplyClass, string | null])[] } = {},
  ) => {
    const at = over.at ?? now - hour;
    const id = rows.delivery(over.refused === true ? 'failed' : 'sent', { campaign: campaignId, contact, at, answerClass: over.refused === true ? 'unknown_recipient' : null });
    rows.run(
      'update deliveries set step_id = @step, step_number = 1, variant_id = @variant, mailbox_id = coalesce(@mailbox, mailbox_id), recipient_domain = @domain where id = @id',
      {
        id,
        step: over.step ?? 's1',
        variant: over.variant ?? 'A',
        mailbox: over.mailbox ?? null,
        domain: over.domain ?? 'example.com',
      },
    );
    for (const [kind, intent] of over.back ?? []) {
      const reply = rows.reply(kind, { campaign: campaignId, contact, at: at + hour });
      rows.run('update replies set delivery_id = @id, intent = @intent where id = @reply', { id, intent, reply });
    }
    return id;
  };
  return { ...base, rows, insight, campaign, mail };
}

describe('what became of the mails of a period', () => {
  it('counts people once in a campaign and in all, mails each, and keeps denominators apart', async () => {
    const { rows, insight, campaign, mail } = open();
    const [one, two] = [campaign('One'), campaign('Two')];
    const [anna, ben, cleo] = [rows.contact('anna@example.com'), rows.contact('ben@gmail.com'), rows.contact('cleo@gmail.com')];
    rows.enrolment(one, anna, 'active', 2);
    mail(one, anna);
    mail(one, anna, {
      step: 's2',
      variant: 'B',
      back: [
        ['human', 'positive'],
        ['human', 'question'],
      ],
    });
    mail(two, anna, { back: [['out_of_office', null]] });
    mail(one, ben, { domain: 'gmail.com', back: [['opt_out', null]] });
    mail(one, cleo, { domain: 'gmail.com', refused: true });
    mail(two, ben, { at: now - 40 * day, back: [['human', 'positive']] });

    const all = await insight.breakdown({ days: 30 });
    expect(all.people).toBe(2);
    expect(all.totals).toMatchObject({
      sent: 4,
      replied: { count: 1, of: 2, rate: 0.5 },
      positive: { count: 1, of: 2 },
      bounced: { count: 1, of: 3 },
      unsubscribed: { count: 1, of: 2 },
    });
    expect(all.campaigns.map(({ name, enrolled, mailed, sent, replied }) => [name, enrolled, mailed, sent, replied.count])).toEqual([
      ['One', 1, 2, 3, 1],
      ['Two', 0, 1, 1, 0],
    ]);
    expect(all.steps).toEqual([]);
    expect(all.mailboxes.map(({ name, sent, replied, bounced }) => [name, sent, replied.count, replied.of, bounced.count, bounced.of])).toEqual([['Robin', 4, 1, 4, 1, 5]]);
    expect(all.providers.map(({ provider, sent, bounced }) => [provider, sent, bounced.count])).toEqual([
      [null, 3, 0],
      ['gmail', 1, 1],
    ]);

    const own = await insight.breakdown({ days: 30, campaignId: one });
    expect(own.steps.map(({ stepId, variantId, sent, replied }) => [stepId, variantId, sent, replied.count])).toEqual([
      ['s1', 'A', 2, 0],
      ['s2', 'B', 1, 1],
    ]);
    expect((await insight.breakdown({ days: 60 })).totals).toMatchObject({ sent: 5, replied: { count: 2, of: 2 } });
  });

  it('says nothing where nothing left', async () => {
    const { insight, campaign } = open();
    campaign('One');
    const empty = await insight.breakdown({ days: 7 });
    expect(empty).toMatchObject({ people: 0, campaigns: [], mailboxes: [], providers: [] });
    expect(empty.totals.replied).toEqual({ count: 0, of: 0, rate: null, low: null, high: null });
  });

  property.prop(
    [
      fc.array(
        fc.record({
          campaign: fc.nat(2),
          person: fc.nat(5),
          age: fc.integer({ min: 0, max: 20 }),
          refused: fc.boolean(),
          domain: fc.constantFrom('example.com', 'gmail.com', 'web.de'),
          back: fc.array(
            fc.constantFrom(
              ['human', 'positive'] as const,
              ['human', 'negative'] as const,
              ['hard_bounce', null] as const,
              ['opt_out', null] as const,
              ['soft_bounce', null] as const,
            ),
            {
              maxLength: 2,
            },
          ),
        }),
        { maxLength: 25 },
      ),
    ],
    { numRuns: 12 },
  )('equals a count by hand', async (mails) => {
    const { rows, insight, campaign, mail } = open();
    const campaigns = ['A', 'B', 'C'].map(campaign);
    const people = Array.from({ length: 6 }, (_, index) => rows.contact(`p${index}@example.com`));
    for (const each of mails)
      mail(campaigns[each.campaign] ?? '', people[each.person] ?? '', {
        at: now - each.age * day,
        refused: each.refused,
        domain: each.domain,
        back: each.refused ? [] : each.back,
      });
    const days = 10;
    const inside = mails.filter(({ age }) => age < days);
    const result = await insight.breakdown({ days });
    const accepted = inside.filter(({ refused }) => !refused);
    expect(result.totals.sent).toBe(accepted.length);
    expect(result.people).toBe(new Set(accepted.map(({ person }) => person)).size);
    const sum = (lines: readonly { sent: number }[]) => lines.reduce((total, { sent }) => total + sent, 0);
    for (const lines of [result.campaigns, result.mailboxes, result.providers]) expect(sum(lines)).toBe(accepted.length);
    const count = (list: readonly { replied: { count: number } }[]) => list.reduce((total, { replied }) => total + replied.count, 0);
    expect(count(result.mailboxes)).toBe(accepted.filter(({ back }) => back.some(([kind]) => kind === 'human')).length);
    expect(result.mailboxes.reduce((total, { bounced }) => total + bounced.count, 0)).toBe(
      inside.filter(({ refused, back }) => refused || back.some(([kind]) => kind === 'hard_bounce')).length,
    );
    for (const { replied, bounced } of [result.totals, ...result.campaigns, ...result.mailboxes, ...result.providers])
      for (const { count, of, rate, low, high } of [replied, bounced]) {
        expect(count).toBeLessThanOrEqual(of);
        if (rate !== null) expect((low ?? 1) <= rate && rate <= (high ?? 0)).toBe(true);
      }
  });
});

describe('over time', () => {
  it('counts by day, by week when the period is long, of one campaign or of all', () => {
    const { rows, insight, campaign, mail } = open();
    const [one, two] = [campaign('One'), campaign('Two')];
    const anna = rows.contact('anna@example.com');
    mail(one, anna, { back: [['human', 'positive']] });
    mail(two, anna, { at: now - 3 * day });
    mail(two, anna, { at: now - 200 * day });
    const week = insight.trend({ days: 7 });
    expect(week).toMatchObject({ unit: 'day', zone: 'UTC' });
    expect(week.series.map(({ sent }) => sent)).toEqual([0, 0, 0, 1, 0, 0, 1]);
    expect(week.series.at(-1)).toMatchObject({ day: '2026-03-02', replied: 1 });
    expect(insight.trend({ days: 7, campaignId: two }).series.map(({ sent, replied }) => sent + replied)).toEqual([0, 0, 0, 1, 0, 0, 0]);
    const year = insight.trend({ days: 364 });
    expect([year.unit, year.series.length]).toEqual(['week', 52]);
    expect(year.series.reduce((sum, { sent }) => sum + sent, 0)).toBe(3);
  });

  it("puts replies at the hour of the writer's clock", () => {
    const { rows, insight, campaign } = open();
    const one = campaign('One');
    const tokyo = rows.contact('kei@example.com');
    rows.run(`update contacts set time_zone = 'Asia/Tokyo' where id = @id`, { id: tokyo });
    // Sunday 20:00 UTC is Monday 05:00 in Tokyo.
    rows.reply('human', { campaign: one, contact: tokyo, at: Date.UTC(2026, 2, 1, 20) });
    rows.reply('out_of_office', { campaign: one, contact: tokyo, at: Date.UTC(2026, 2, 1, 20) });
    const { replyHours } = insight.trend({ days: 7 });
    expect(replyHours[0]?.[5]).toBe(1);
    expect(replyHours.flat().reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

it('gives each table as CSV, guarded against formulas', async () => {
  const { rows, insight, campaign, mail } = open();
  const one = campaign('=cmd()');
  mail(one, rows.contact('anna@example.com'), { back: [['human', 'meeting']] });
  const text = await (await insight.table('campaigns', { days: 30 })).text();
  const [header, line] = text.split('\r\n');
  expect(header).toContain('Campaign,Status,Enrolled,Mailed,Mails,Replied,Of people,Rate');
  expect(line).toMatch(/^'=cmd\(\),running,0,1,1,1,1,1,0\.2065,1,/);
  for (const table of ['series', 'replyHours', 'steps', 'mailboxes', 'providers'] as const) {
    const file = await insight.table(table, { days: 30, campaignId: one });
    expect(file.name).toMatch(/\.csv$/);
    expect((await file.text()).split('\r\n').length).toBeGreaterThan(2);
  }
});
