import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, retriesExhausted, retryBackoff } from '../../electron/engine/lib/backoff.ts';
import { hour, minute } from '../../electron/engine/lib/clock.ts';
import { growthFactor, triesOf } from '../../shared/backoff.ts';
import { retryPolicySchema } from '../../shared/schemas/settings.ts';

const growth = fc.constantFrom('exponential' as const, 'linear' as const, 'fibonacci' as const);
const policy = fc
  .record({ growth, firstMinutes: fc.integer({ min: 1, max: 1440 }), capMinutes: fc.integer({ min: 1, max: 10_080 }), maxAgeHours: fc.integer({ min: 1, max: 720 }) })
  .map((value) => retryPolicySchema.parse(value));
const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('a delay lies between half of the first one and what the growth allows, never above the cap', () => {
  fc.assert(
    fc.property(policy, fc.integer({ min: 1, max: 1000 }), draw, (rules, n, random) => {
      const delay = backoffMs(retryBackoff(rules), n, () => random);
      const ceiling = Math.min(rules.capMinutes, rules.firstMinutes * growthFactor(rules.growth, n)) * minute;
      expect(delay).toBeLessThanOrEqual(Math.round(ceiling));
      expect(delay).toBeGreaterThanOrEqual(Math.floor(Math.min((rules.firstMinutes * minute) / 2, ceiling)));
      expect(Number.isFinite(delay)).toBe(true);
    }),
  );
});

test('jitter is full: the lowest and the highest draw reach both ends', () => {
  fc.assert(
    fc.property(policy, fc.integer({ min: 2, max: 40 }), (rules, n) => {
      const backoff = retryBackoff(rules);
      const ceiling = Math.min(backoff.capMs, backoff.firstMs * growthFactor(rules.growth, n));
      expect(backoffMs(backoff, n, () => 0)).toBe(Math.round(Math.min(backoff.firstMs / 2, ceiling)));
      expect(backoffMs(backoff, n, () => 1 - 1e-12)).toBeGreaterThanOrEqual(Math.round(ceiling) - 1);
    }),
  );
});

test('a delay that the server named is never undercut, and hardly exceeded when it decides', () => {
  fc.assert(
    fc.property(policy, fc.integer({ min: 1, max: 30 }), draw, fc.integer({ min: 1, max: 24 * 60 }), (rules, n, random, named) => {
      const delay = backoffMs(retryBackoff(rules), n, () => random, named * minute);
      expect(delay).toBeGreaterThanOrEqual(named * minute);
      expect(delay).toBeLessThanOrEqual(Math.max(named * minute * 1.1, rules.capMinutes * minute) + 1);
    }),
  );
});

test('growth never shrinks; exponential grows fastest, linear slowest', () => {
  fc.assert(
    fc.property(growth, fc.integer({ min: 1, max: 200 }), (kind, n) => {
      expect(growthFactor(kind, n + 1)).toBeGreaterThanOrEqual(growthFactor(kind, n));
      expect(growthFactor('exponential', n)).toBeGreaterThanOrEqual(growthFactor('fibonacci', n));
      if (n !== 3 || kind === 'linear') expect(growthFactor('fibonacci', n)).toBeGreaterThanOrEqual(growthFactor('linear', Math.min(n, 60)));
    }),
  );
  expect([1, 2, 3, 4, 5, 6].map((n) => growthFactor('fibonacci', n))).toEqual([1, 2, 3, 5, 8, 13]);
});

test('a mail is given up by its age from the first try, and never before the third try', () => {
  fc.assert(
    fc.property(policy, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 1000 }), (rules, attempts, hours) => {
      expect(retriesExhausted(rules, 0, attempts, hours * hour)).toBe(attempts >= 3 && hours >= rules.maxAgeHours);
    }),
  );
});

test('the drawn tries are in order and end with the age', () => {
  fc.assert(
    fc.property(policy, (rules) => {
      const tries = triesOf(rules, 50);
      expect(tries).toEqual([...tries].sort((a, b) => a - b));
      expect(tries.every((at) => at <= rules.maxAgeHours * 60)).toBe(true);
    }),
  );
});
