import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allotConnections } from '../../electron/engine/scheduling/index.ts';

const wishes = fc
  .array(fc.record({ host: fc.constantFrom('a', 'b', 'c'), busy: fc.nat(6), idle: fc.nat(3), wanted: fc.nat(8) }), { maxLength: 20 })
  .map((list) => list.map(({ host, busy, idle, wanted }, index) => ({ mailboxId: `m${index}`, host, open: busy + idle, idle, wanted })));

test('no host and not the app ever get more connections than they may, and nobody gets more than wanted', () => {
  fc.assert(
    fc.property(wishes, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 30 }), fc.nat(50), (list, perHost, total, turn) => {
      const { granted, short } = allotConnections(list, { perHost, total }, turn);
      const after = list.map((wish) => ({ ...wish, now: wish.open + Math.max(0, (granted.get(wish.mailboxId) ?? 0) - wish.idle) }));
      const sum = (of: readonly { open: number; now: number }[], key: 'open' | 'now') => of.reduce((at, each) => at + each[key], 0);
      expect(sum(after, 'now')).toBeLessThanOrEqual(Math.max(total, sum(after, 'open')));
      for (const host of ['a', 'b', 'c']) {
        const here = after.filter((each) => each.host === host);
        expect(sum(here, 'now')).toBeLessThanOrEqual(Math.max(perHost, sum(here, 'open')));
      }
      for (const wish of list) expect(granted.get(wish.mailboxId) ?? 0).toBeLessThanOrEqual(wish.wanted);
      expect(short).toBe(list.some((wish) => (granted.get(wish.mailboxId) ?? 0) < wish.wanted));
    }),
  );
});

test('whoever comes first in one turn comes last in another', () => {
  const list = ['m0', 'm1'].map((mailboxId) => ({ mailboxId, host: 'a', open: 0, idle: 0, wanted: 3 }));
  expect([...allotConnections(list, { perHost: 1, total: 9 }, 0).granted]).toEqual([['m0', 1]]);
  expect([...allotConnections(list, { perHost: 1, total: 9 }, 1).granted]).toEqual([['m1', 1]]);
  expect([...allotConnections(list, { perHost: 4, total: 9 }, 0).granted.values()]).toEqual([2, 2]);
});
