import fc from 'fast-check';
import { expect, test } from 'vitest';
import { campaignRulesSchema } from '../../shared/schemas/campaign.ts';
import { alwaysOpen, officeHours, type Calendar } from '../../shared/schemas/common.ts';
import { mailboxLimitsSchema, type RampState } from '../../shared/schemas/mailbox.ts';
import { day, hour, minute } from '../../electron/engine/lib/clock.ts';
import { localDay, startOfLocalDay } from '../../electron/engine/lib/zone.ts';
import { drawDay, humanDayBlock } from '../../electron/engine/scheduling/human-day.ts';
import { followUpsHaveHadTheirShare, inTurn, mailboxPace, mailPace, plainDay } from '../../electron/engine/scheduling/pacing.ts';
import { rampOn } from '../../electron/engine/scheduling/ramp-up.ts';
import { createSendBooks, nothingSent, type CountedMail, type SendBooks, type SentMail, type SentSource } from '../../electron/engine/scheduling/send-log.ts';

const start = Date.UTC(2026, 2, 27, 20, 0, 0); // the weekend on which Europe changes its clocks
const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC');

/** What stands in the rows of an imaginary store: books opened anew read it. */
function rowsAsSource(rows: readonly SentMail[]): SentSource {
  return {
    ofMailbox: (id, since) => rows.filter((row) => row.mailboxId === id && row.at >= since),
    ofCampaign: (id, since) => rows.filter((row) => row.campaignId === id && row.at >= since),
    ofAll: (since) => rows.filter((row) => row.campaignId !== null && row.at >= since),
  };
}

type Move =
  | { kind: 'claim'; mailbox: number; campaign: number; domain: number; company: number; priority: number }
  | { kind: 'outcome'; left: boolean }
  | { kind: 'wait'; ms: number }
  | { kind: 'restart' };

const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      mailbox: fc.nat(1),
      campaign: fc.nat(1),
      domain: fc.nat(2),
      company: fc.nat(2),
      priority: fc.integer({ min: 1, max: 2 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('outcome' as const), left: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 10 * minute }), fc.integer({ min: hour, max: 5 * day }), fc.integer({ min: -20 * minute, max: -1 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

test('no limit is exceeded under any interleaving of claims, outcomes, waits, small steps back of the clock and restarts', () => {
  fc.assert(
    fc.property(
      fc.array(moves, { maxLength: 250 }),
      zones,
      fc.record({ perDay: fc.integer({ min: 1, max: 6 }), perHour: fc.integer({ min: 1, max: 4 }) }),
      fc.record({
        maxPerDay: fc.integer({ min: 1, max: 5 }),
        maxNewPerDay: fc.integer({ min: 1, max: 3 }),
        maxPerDomainPerDay: fc.integer({ min: 1, max: 3 }),
        maxPerCompanyPerDay: fc.integer({ min: 1, max: 3 }),
      }),
      (script, zone, someLimits, someRules) => {
        const limits = mailboxLimitsSchema.parse({ ...someLimits, minGapSeconds: 0, maxGapSeconds: 0 });
        const rules = campaignRulesSchema.parse({ ...someRules, calendar: { zone, windows: alwaysOpen } });
        const rows: SentMail[] = [];
        const flying: { mail: CountedMail; tell: (at: number | null) => void }[] = [];
        let books: SendBooks = createSendBooks(rowsAsSource(rows));
        let now = start;
        for (const move of script) {
          if (move.kind === 'wait') now += move.ms;
          else if (move.kind === 'restart') {
            // What was being sent has an unknown outcome: it counts.
            for (const { mail } of flying.splice(0)) rows.push({ ...mail, at: now });
            books = createSendBooks(rowsAsSource(rows));
          } else if (move.kind === 'outcome') {
            const first = flying.shift();
            first?.tell(move.left ? now : null);
            if (first !== undefined && move.left) rows.push({ ...first.mail, at: now });
          } else {
            const mail: CountedMail = {
              mailboxId: `m${move.mailbox}`,
              campaignId: `c${move.campaign}`,
              priority: move.priority,
              domain: `d${move.domain}`,
              companyKey: `k${move.company}`,
            };
            const mailbox = { limits, calendar: { zone }, today: plainDay, nextSendAt: 0 };
            const block = mailboxPace(mailbox, books.mailbox(mail.mailboxId, now), now) ?? mailPace(rules, mail, books, now);
            if (block === null) flying.push({ mail, tell: books.reserve(mail, now) });
            else expect(block.until).toBeGreaterThan(now);
          }
        }
        const mostOfADay = (mails: readonly SentMail[]) => Math.max(0, ...[...Map.groupBy(mails, (mail) => localDay(zone, mail.at)).values()].map((same) => same.length));
        for (const own of Map.groupBy(rows, (row) => row.mailboxId).values()) {
          expect(mostOfADay(own)).toBeLessThanOrEqual(limits.perDay);
          for (const row of own) {
            expect(own.filter((other) => other.at >= row.at && other.at < row.at + hour).length).toBeLessThanOrEqual(limits.perHour);
            expect(own.filter((other) => other.at >= row.at && other.at < row.at + day).length).toBeLessThanOrEqual(limits.perDay);
          }
        }
        for (const own of Map.groupBy(rows, (row) => row.campaignId).values()) {
          expect(mostOfADay(own)).toBeLessThanOrEqual(someRules.maxPerDay);
          expect(mostOfADay(own.filter((row) => row.priority === 2))).toBeLessThanOrEqual(someRules.maxNewPerDay);
        }
        for (const own of Map.groupBy(rows, (row) => row.domain).values()) expect(mostOfADay(own)).toBeLessThanOrEqual(someRules.maxPerDomainPerDay);
        for (const own of Map.groupBy(rows, (row) => row.companyKey).values()) expect(mostOfADay(own)).toBeLessThanOrEqual(someRules.maxPerCompanyPerDay);
      },
    ),
    { numRuns: 150 },
  );
});

test('books opened late and books opened anew count the same', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ campaign: fc.nat(2), domain: fc.nat(2), priority: fc.nat(2), ago: fc.integer({ min: 0, max: 3 * day }) }), { maxLength: 60 }), (mails) => {
      const rows: SentMail[] = [];
      const living = createSendBooks(rowsAsSource(rows));
      const read = (books: SendBooks) => [
        books.mailbox('m', start).countSince(start - day),
        books.mailboxFollowUps('m', start).countSince(start - day),
        ...[0, 1, 2].flatMap((n) =>
          [books.campaign(`c${n}`, start), books.campaignNew(`c${n}`, start), books.domain(`d${n}`, start), books.company(`d${n}`, start)].map((log) =>
            log.countSince(start - day),
          ),
        ),
      ];
      read(living);
      for (const { campaign, domain, priority, ago } of mails) {
        const mail = { mailboxId: 'm', campaignId: priority === 0 ? null : `c${campaign}`, priority, domain: `d${domain}`, companyKey: `d${domain}` };
        living.reserve(mail, start)(start - ago);
        rows.push({ ...mail, at: start - ago });
      }
      expect(read(living)).toEqual(read(createSendBooks(rowsAsSource(rows))));
    }),
  );
});

test('two queues and any number of campaigns: nobody starves, each due campaign gets its equal part, follow-ups at most their share', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 99 }), (campaigns, share) => {
      const books = createSendBooks(nothingSent);
      const ids = Array.from({ length: campaigns }, (_, n) => `c${n}`);
      let served: string[] = [];
      const got = new Map<string, number>();
      let followUps = 0;
      for (let n = 1; n <= 300; n += 1) {
        const since = startOfLocalDay('UTC', start);
        const priority = followUpsHaveHadTheirShare(share, books.mailboxFollowUps('m', start).countSince(since), books.mailboxCampaigns('m', start).countSince(since)) ? 2 : 1;
        const campaignId = inTurn(ids, served)[0] ?? '';
        served = [...served.filter((id) => id !== campaignId), campaignId];
        books.reserve({ mailboxId: 'm', campaignId, priority, domain: '', companyKey: '' }, start)(start);
        got.set(campaignId, (got.get(campaignId) ?? 0) + 1);
        if (priority === 1) followUps += 1;
        expect(followUps * 100).toBeLessThanOrEqual(share * n);
      }
      expect(followUps).toBeGreaterThanOrEqual(Math.floor((share * 300) / 100) - 1);
      const counts = ids.map((id) => got.get(id) ?? 0);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a human day lies inside the workday, only lowers the target, is drawn the same again, and always ends its blocks', () => {
  const workdays = fc.constantFrom(officeHours, alwaysOpen, [{ days: [1, 2, 3, 4, 5, 6, 7], start: '10:30', end: '12:00' }], [{ days: [1, 3, 5], start: '22:00', end: '04:00' }]);
  fc.assert(
    fc.property(zones, workdays, fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 500 }), fc.uuid(), (zone, windows, days, allowance, id) => {
      const calendar: Calendar = { zone, windows, holidays: [] };
      const from = startOfLocalDay(zone, start + days * day);
      const date = localDay(zone, from);
      const plan = drawDay(id, date, calendar, allowance);
      expect(drawDay(id, date, calendar, allowance)).toEqual(plan);
      if (plan === null) return;
      expect(plan.target).toBeGreaterThanOrEqual(1);
      expect(plan.target).toBeLessThanOrEqual(allowance);
      expect(plan.start <= plan.lunchStart && plan.lunchStart <= plan.lunchEnd && plan.lunchEnd <= plan.end && plan.start < plan.end).toBe(true);
      const first = windows[0];
      if (first !== undefined && first.start < first.end) expect(plan.start >= first.start && plan.end <= first.end).toBe(true);
      let open = 0;
      for (let now = from; now < from + day;) {
        const block = humanDayBlock(plan, zone, now);
        if (block === null) open += 1;
        else expect(block.until).toBeGreaterThan(now);
        now = block === null ? now + 10 * minute : (block.until ?? Infinity);
      }
      expect(open).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});

test('a ramp-up stays between its start and the day limit, grows only by sending, and keeps its day when asked again', () => {
  fc.assert(
    fc.property(
      fc.record({ startPerDay: fc.integer({ min: 1, max: 30 }), stepPerDay: fc.integer({ min: 1, max: 20 }) }),
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.record({ gap: fc.integer({ min: 0, max: 3 }), sent: fc.nat(60), bounced: fc.nat(3) }), { maxLength: 40 }),
      (rampUp, perDay, history) => {
        const limits = mailboxLimitsSchema.parse({ rampUp, perDay });
        let state: RampState | null = null;
        let at = start;
        for (const { gap, sent, bounced } of history) {
          at += gap * day;
          const before: RampState | null = state;
          const next: RampState | null = rampOn(limits, before, localDay('UTC', at), () => ({ sent, bounced }));
          expect(rampOn(limits, next, localDay('UTC', at), () => ({ sent: 99, bounced: 99 }))).toEqual(next);
          expect(next?.perDay).toBeLessThanOrEqual(perDay);
          expect(next?.perDay).toBeGreaterThanOrEqual(Math.min(rampUp.startPerDay, perDay));
          if (before !== null && next !== null) {
            expect(next.perDay - before.perDay).toBeLessThanOrEqual(gap > 0 && sent > 0 && bounced < 2 ? rampUp.stepPerDay : 0);
            if (gap > 0 && bounced >= 2) expect(next.perDay).toBe(Math.max(Math.min(rampUp.startPerDay, perDay), before.perDay - rampUp.stepPerDay));
          }
          state = next;
        }
      },
    ),
  );
});
