import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendarsFor, createForecast, isOpen, type ForecastInput, type ForecastMailbox, type ForecastPerson } from '../../electron/engine/scheduling/index.ts';
import { campaignRulesSchema, type CampaignRules, type Forecast } from '../../shared/schemas/campaign.ts';
import { mailboxLimitsSchema, type MailboxLimits } from '../../shared/schemas/mailbox.ts';
import { graphSchema } from '../../shared/schemas/sequence.ts';

const now = Date.parse('2026-11-25T09:00:00Z');
const mail = (id: string) => ({ id, type: 'email', variants: [{ id: 'A', subject: 'Hello', html: '<p>Hi</p>' }] });
const graphOf = (waits: readonly string[]) =>
  graphSchema.parse({ steps: [mail('m0'), ...waits.flatMap((duration, index) => [{ id: `w${index}`, type: 'wait', duration }, mail(`m${index + 1}`)])] });

const open = { zone: 'Europe/Berlin', windows: [{ days: [1, 2, 3, 4, 5], start: '08:00', end: '18:00' }], holidays: [] };
function box(id: string, limits: Partial<MailboxLimits> = {}, more: Partial<ForecastMailbox> = {}): ForecastMailbox {
  return {
    id,
    limits: mailboxLimitsSchema.parse({ minGapSeconds: 60, maxGapSeconds: 120, ...limits }),
    calendar: open,
    absences: [],
    nextSendAt: 0,
    ramp: null,
    hasInbox: true,
    availableFrom: now,
    sharedBy: 1,
    ...more,
  };
}
const person = (more: Partial<ForecastPerson> = {}): ForecastPerson => ({
  recipient: { zone: 'Europe/Berlin', country: 'DE' },
  domain: 'example.com',
  companyKey: 'example',
  mailboxId: null,
  nextStepId: null,
  slotAt: null,
  ...more,
});
const rulesOf = (more: Partial<CampaignRules> = {}) => campaignRulesSchema.parse({ calendar: open, ...more });

function forecast(more: Partial<ForecastInput>): Forecast {
  const run = createForecast({ now, campaignId: 'c', rules: rulesOf(), graph: graphOf([]), mailboxes: [box('a')], people: [], sent: [], seed: 7, ...more });
  while (!run.run(() => true));
  return run.result();
}
const many = (count: number, more: Partial<ForecastPerson> = {}) => Array.from({ length: count }, () => person(more));
const sums = (days: Forecast['days'], keyOf: (day: Forecast['days'][number]) => string, valueOf: (day: Forecast['days'][number]) => number) => {
  const totals = new Map<string, number>();
  for (const day of days) totals.set(keyOf(day), (totals.get(keyOf(day)) ?? 0) + valueOf(day));
  return [...totals.values()];
};

test('no limit is ever exceeded, nothing leaves on closed days, and everybody gets every mail', () => {
  const places = [
    { zone: 'Europe/Berlin', country: 'DE' },
    { zone: 'Europe/London', country: 'GB' },
    { zone: null, country: null },
  ];
  fc.assert(
    fc.property(
      fc.record({
        people: fc.integer({ min: 1, max: 120 }),
        boxes: fc.integer({ min: 1, max: 3 }),
        perDay: fc.integer({ min: 1, max: 40 }),
        perHour: fc.integer({ min: 1, max: 20 }),
        per24Hours: fc.option(fc.integer({ min: 1, max: 40 })),
        rampUp: fc.option(fc.record({ startPerDay: fc.integer({ min: 1, max: 10 }), stepPerDay: fc.integer({ min: 1, max: 5 }) })),
        humanDay: fc.boolean(),
        maxPerDay: fc.option(fc.integer({ min: 1, max: 30 })),
        maxNewPerDay: fc.option(fc.integer({ min: 1, max: 20 })),
        maxPerDomainPerDay: fc.option(fc.integer({ min: 1, max: 20 })),
        followUpShare: fc.constantFrom(100, 50),
        waits: fc.array(fc.constantFrom('P1D', 'P3D', 'PT5H', 'P1W'), { maxLength: 2 }),
        absence: fc.boolean(),
        seed: fc.nat(),
      }),
      (given) => {
        const { perDay, perHour, per24Hours, rampUp, humanDay, maxPerDay, maxNewPerDay, maxPerDomainPerDay, followUpShare, seed } = given;
        const absences = given.absence ? [{ from: '2026-12-01', to: '2026-12-03', note: '' }] : [];
        const boxes = Array.from({ length: given.boxes }, (_, index) => box(`b${index}`, { perDay, perHour, per24Hours, rampUp, humanDay }, { absences }));
        const rules = rulesOf({ maxPerDay, maxNewPerDay, maxPerDomainPerDay, followUpShare });
        const people = Array.from({ length: given.people }, (_, index) => person({ recipient: places[index % places.length] ?? { zone: null, country: null } }));
        const found = forecast({ mailboxes: boxes, rules, graph: graphOf(given.waits), people, seed });

        for (const day of found.days) {
          expect(day.first + day.followUps).toBeLessThanOrEqual(Math.min(perDay, per24Hours ?? Infinity));
          expect([0, 6]).not.toContain(new Date(`${day.day}T12:00:00Z`).getUTCDay());
          if (given.absence) expect(day.day < '2026-12-01' || day.day > '2026-12-03').toBe(true);
        }
        if (rampUp !== null) {
          for (const { id } of boxes) expect(found.days.find((day) => day.mailboxId === id)?.first ?? 0).toBeLessThanOrEqual(rampUp.startPerDay);
        }
        const byDate = (valueOf: (day: Forecast['days'][number]) => number) => Math.max(0, ...sums(found.days, (day) => day.day, valueOf));
        expect(byDate((day) => day.first + day.followUps)).toBeLessThanOrEqual(Math.min(maxPerDay ?? Infinity, maxPerDomainPerDay ?? Infinity));
        expect(byDate((day) => day.first)).toBeLessThanOrEqual(maxNewPerDay ?? Infinity);
        expect(found.complete).toBe(true);
        expect(found.stuck).toEqual([]);
        expect([found.first, found.followUps]).toEqual([given.people, given.people * given.waits.length]);
        const calendars = calendarsFor(rules, { calendar: open, absences }, { zone: null, country: null }, true);
        expect(isOpen(calendars[1] ?? open, found.lastAt ?? 0)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('the same seed gives the same forecast, in however many slices it is made', () => {
  const input = { people: many(300), graph: graphOf(['P2D']), mailboxes: [box('a'), box('b', { humanDay: true })] };
  const whole = forecast(input);
  const run = createForecast({ now, campaignId: 'c', rules: rulesOf(), sent: [], seed: 7, ...input });
  let asked = 0;
  while (!run.run(() => (asked += 1) % 2 === 1));
  expect(run.result()).toEqual(whole);
});

test('a day that is full names the limit, and the last mail is known', () => {
  const found = forecast({ people: many(200), mailboxes: [box('a', { perDay: 80, perHour: 60, per24Hours: 1000 })] });
  expect(found.days.map(({ day, first, limitedBy }) => [day, first, limitedBy])).toEqual([
    ['2026-11-25', 80, 'mailbox_day'],
    ['2026-11-26', 80, 'mailbox_day'],
    ['2026-11-27', 40, 'mailbox_gap'],
  ]);
  expect(found.limits[0]).toEqual({ code: 'mailbox_day', days: 2 });
  expect(new Date(found.lastAt ?? 0).toISOString().slice(0, 10)).toBe('2026-11-27');
});

test('what left today counts, and a mailbox that others use gives its share', () => {
  const sent = Array.from({ length: 10 }, (_, index) => ({ mailboxId: 'a', campaignId: 'other', priority: 2, domain: '', companyKey: '', at: now - index * 60_000 }));
  expect(forecast({ people: many(30), mailboxes: [box('a', { perDay: 20, per24Hours: 1000 })], sent }).days.map(({ first }) => first)).toEqual([10, 20]);
  expect(forecast({ people: many(30), mailboxes: [box('a', { perDay: 20, per24Hours: 1000 }, { sharedBy: 2 })] }).days.map(({ first }) => first)).toEqual([10, 10, 10]);
});

test('public holidays of each country close its people only', () => {
  // 26 November 2026 is Thanksgiving.
  const people = [...many(5, { recipient: { zone: 'America/New_York', country: 'US' } }), ...many(5)];
  const found = forecast({ now: Date.parse('2026-11-26T07:00:00Z'), people, mailboxes: [box('a', {}, { availableFrom: 0 })] });
  expect(found.days.map(({ day, first }) => [day, first])).toEqual([
    ['2026-11-26', 5],
    ['2026-11-27', 5],
  ]);
});

test('people under way go on where they are; who cannot is counted with the reason', () => {
  const found = forecast({
    graph: graphOf(['P1D', 'P1D']),
    mailboxes: [box('a'), box('b', {}, { availableFrom: null }), box('c', {}, { hasInbox: false })],
    people: [
      person({ mailboxId: 'a', nextStepId: 'm2', slotAt: now + 3_600_000 }),
      person({ mailboxId: 'a', nextStepId: 'm0', slotAt: now }),
      person({ mailboxId: 'b', nextStepId: 'm1', slotAt: now }),
      person({ mailboxId: 'c', nextStepId: 'm1', slotAt: now }),
    ],
    stuck: [{ code: 'missing_field', people: 2 }],
  });
  expect([found.people, found.first, found.followUps]).toEqual([6, 1, 3]);
  expect(found.stuck).toEqual([
    { code: 'missing_field', people: 2 },
    { code: 'mailbox_paused', people: 1 },
    { code: 'no_inbox', people: 1 },
  ]);
});

test('people without an allowed time are counted, and nobody waits for them', () => {
  const found = forecast({
    rules: rulesOf({ useContactZone: false, wakingHours: { start: '06:00', end: '07:00' } }),
    people: [...many(3, { recipient: { zone: 'Asia/Tokyo', country: 'JP' } }), person({ recipient: { zone: null, country: null } })],
  });
  expect([found.first, found.stuck]).toEqual([1, [{ code: 'no_allowed_time', people: 3 }]]);
});

test('a campaign that goes on beyond three years says so', () => {
  const found = forecast({ people: many(3000), mailboxes: [box('a', { perDay: 2 })] });
  expect(found.complete).toBe(false);
  expect(found.first).toBeGreaterThan(1400);
});
