import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alwaysOpen, officeHours, type Calendar } from '../../shared/schemas/common.ts';
import { mailboxLimitsSchema } from '../../shared/schemas/mailbox.ts';
import { day, hour } from '../../electron/engine/lib/clock.ts';
import { seededRandom } from '../../electron/engine/lib/random.ts';
import { mailboxGate, type MailboxView } from '../../electron/engine/scheduling/gates.ts';
import { localDay } from '../../electron/engine/lib/zone.ts';
import { isOpen } from '../../electron/engine/scheduling/index.ts';
import { plainDay } from '../../electron/engine/scheduling/pacing.ts';
import { createSendLog } from '../../electron/engine/scheduling/send-log.ts';
import { createAllocation } from '../../electron/engine/scheduling/slots.ts';

const start = Date.UTC(2026, 2, 27, 20, 0, 0); // the weekend on which Europe changes its clocks
const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Africa/Cairo', 'UTC');

const limitsArbitrary = fc.record({
  perDay: fc.integer({ min: 1, max: 40 }),
  perHour: fc.integer({ min: 1, max: 15 }),
  minGapSeconds: fc.integer({ min: 0, max: 900 }),
  maxGapSeconds: fc.integer({ min: 0, max: 1800 }),
});

test('simulated sending never exceeds a limit of day, hour or 24 hours, and never halts while capacity is left', () => {
  fc.assert(
    fc.property(limitsArbitrary, zones, fc.integer({ min: 1, max: 2 ** 31 }), (some, zone, seed) => {
      const limits = mailboxLimitsSchema.parse(some);
      const calendar: Calendar = { zone, windows: alwaysOpen, holidays: [] };
      const random = seededRandom(seed);
      const log = createSendLog();
      const sent: number[] = [];
      let now = start;
      let nextSendAt = 0;
      for (let i = 0; i < 400 && now < start + 4 * day; i += 1) {
        const view: MailboxView = {
          id: 'm',
          state: 'ready',
          stateReason: null,
          pausedUntil: null,
          backoffUntil: 0,
          failures: 0,
          nextSendAt,
          limits,
          calendar,
          absences: [],
          hasInbox: true,
          inboxCheckedAt: now,
          today: plainDay,
        };
        const block = mailboxGate(view, log, 2, now);
        if (block === null) {
          sent.push(now);
          log.reserve();
          log.settle(now);
          nextSendAt = now + Math.round(limits.minGapSeconds * 1000 + random() * 1000);
          now += 1;
        } else {
          // Every block ends, and ends later than now: nothing starves.
          expect(block.until).toBeGreaterThan(now);
          now = block.until ?? Infinity;
        }
      }
      const perDay = Map.groupBy(sent, (at) => localDay(zone, at));
      for (const times of perDay.values()) expect(times.length).toBeLessThanOrEqual(limits.perDay);
      sent.forEach((at, i) => {
        expect(sent.slice(i).filter((other) => other < at + hour).length).toBeLessThanOrEqual(limits.perHour);
        expect(sent.slice(i).filter((other) => other < at + day).length).toBeLessThanOrEqual(limits.perDay);
      });
      expect(sent.length).toBeGreaterThan(0);
    }),
    { numRuns: 40 },
  );
});

test('planned slots stay inside every window and keep the day limit, whatever the zones of the recipients', () => {
  fc.assert(
    fc.property(limitsArbitrary, fc.array(zones, { minLength: 1, maxLength: 60 }), fc.integer(), (some, recipients, seed) => {
      const limits = mailboxLimitsSchema.parse(some);
      const mailbox: Calendar = { zone: 'Europe/Berlin', windows: [{ days: [1, 2, 3, 4, 5, 6, 7], start: '00:00', end: '24:00' }], holidays: [] };
      const allocation = createAllocation({ mailbox: { id: 'm', limits, calendar: mailbox }, ramp: null, startAt: start, sharedBy: 1, random: seededRandom(seed) });
      const slots = recipients.map((zone) => {
        const calendars: Calendar[] = [{ zone, windows: officeHours, holidays: [] }, mailbox];
        const at = allocation.take(calendars, start);
        expect(at).not.toBeNull();
        for (const calendar of calendars) expect(isOpen(calendar, at ?? 0)).toBe(true);
        return at ?? 0;
      });
      for (const times of Map.groupBy(slots, (at) => localDay(mailbox.zone, at)).values()) expect(times.length).toBeLessThanOrEqual(limits.perDay);
    }),
    { numRuns: 60 },
  );
});

test('people of one zone are planned in order, with at least the minimum gap between them', () => {
  const limits = mailboxLimitsSchema.parse({ minGapSeconds: 90, maxGapSeconds: 420, perDay: 30, perHour: 10 });
  const calendar: Calendar = { zone: 'Europe/Berlin', windows: officeHours, holidays: [] };
  const allocation = createAllocation({ mailbox: { id: 'm', limits, calendar }, ramp: null, startAt: start, sharedBy: 1, random: seededRandom(7) });
  const slots = Array.from({ length: 100 }, () => allocation.take([calendar], start) ?? 0);
  slots.slice(1).forEach((at, i) => expect(at - (slots[i] ?? 0)).toBeGreaterThanOrEqual(90_000));
});

test('a calendar that never opens gives no slot instead of looping', () => {
  const limits = mailboxLimitsSchema.parse({});
  const never: Calendar = { zone: 'UTC', windows: [], holidays: [] };
  expect(createAllocation({ mailbox: { id: 'm', limits, calendar: never }, ramp: null, startAt: start, sharedBy: 1, random: seededRandom(1) }).take([never], start)).toBeNull();
});
