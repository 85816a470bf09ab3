import { expect, test } from 'vitest';
import { createRotation, healthWeight, type RotationLane } from '../../electron/engine/scheduling/rotation.ts';

interface Lane extends RotationLane {
  readonly name: string;
}

function lane(name: string, more: { provider?: string; weight?: number; free?: number } = {}): Lane {
  return { name, provider: more.provider ?? null, weight: more.weight ?? 1, freeAt: () => more.free ?? 0 };
}

const picks = (rotation: { pick(provider: string | null): Lane | null }, count: number, provider: string | null = null) =>
  Array.from({ length: count }, () => rotation.pick(provider)?.name);

test('round robin takes each in turn; the longest idle is whoever is free first', () => {
  expect(picks(createRotation({ rotation: 'round_robin', providerMatching: 'off' }, [lane('a'), lane('b'), lane('c')]), 6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  expect(picks(createRotation({ rotation: 'longest_idle', providerMatching: 'off' }, [lane('a', { free: 9 }), lane('b', { free: 3 })]), 2)).toEqual(['b', 'b']);
});

test('health gives each its part over any stretch, and nothing to a mailbox in trouble while others work', () => {
  const names = picks(createRotation({ rotation: 'health', providerMatching: 'off' }, [lane('a', { weight: 3 }), lane('b', { weight: 1 }), lane('c', { weight: 0 })]), 40);
  expect(names.filter((name) => name === 'a')).toHaveLength(30);
  expect(names.slice(0, 8).filter((name) => name === 'b')).toHaveLength(2);
  expect(names).not.toContain('c');
  const alone = createRotation({ rotation: 'health', providerMatching: 'off' }, [lane('a', { weight: 0 }), lane('b', { weight: 0 })]);
  expect(new Set(picks(alone, 4))).toEqual(new Set(['a', 'b']));
});

test('the weight falls with bounces, trouble and what waits', () => {
  const fine = { state: 'ready', allowance: 80, waiting: 0, sent: 300, bounced: 0 } as const;
  expect(healthWeight({ ...fine, bounced: 6 })).toBeLessThan(healthWeight(fine));
  expect(healthWeight({ ...fine, bounced: 30 })).toBe(0);
  expect(healthWeight({ ...fine, waiting: 400 })).toBeLessThan(healthWeight({ ...fine, waiting: 80 }));
  expect(healthWeight({ ...fine, state: 'needs_login' })).toBe(0);
  // One bounce of the first mail is no verdict.
  expect(healthWeight({ ...fine, sent: 1, bounced: 1 })).toBeGreaterThan(0);
});

test('provider matching: prefer falls back, strict waits, and who is not known is never held up', () => {
  const lanes = [lane('g', { provider: 'gmail' }), lane('m', { provider: 'microsoft' }), lane('own')];
  const prefer = createRotation({ rotation: 'round_robin', providerMatching: 'prefer' }, lanes);
  expect(picks(prefer, 3, 'gmail')).toEqual(['g', 'g', 'g']);
  expect(prefer.pick('yahoo')?.name).toBe('m');
  const strict = createRotation({ rotation: 'round_robin', providerMatching: 'strict' }, lanes);
  expect(strict.pick('yahoo')).toBeNull();
  expect(strict.pick('microsoft')?.name).toBe('m');
  expect(strict.pick(null)).not.toBeNull();
});
