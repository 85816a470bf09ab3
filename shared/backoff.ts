import type { RetryPolicy } from './schemas/settings.ts';

/** How often the first delay fits into the nth one, n ≥ 1: 1, 2, 4, 8 · 1, 2, 3, 4 · 1, 2, 3, 5. Pure. */
export function growthFactor(growth: RetryPolicy['growth'], n: number): number {
  // Beyond the 60th every cap is reached.
  const step = Math.min(60, Math.max(1, Math.floor(n)));
  if (growth === 'linear') return step;
  if (growth === 'exponential') return 2 ** (step - 1);
  let [before, at] = [1, 1];
  for (let i = 1; i < step; i += 1) [before, at] = [at, before + at];
  return at;
}

/** Longest moments of the tries that a policy allows, minutes after the first one, at most `most`: what the settings draw. Pure. */
export function triesOf(policy: RetryPolicy, most: number): number[] {
  const tries: number[] = [];
  let at = 0;
  for (let n = 1; tries.length < most; n += 1) {
    at += Math.min(policy.capMinutes, policy.firstMinutes * growthFactor(policy.growth, n));
    if (at > policy.maxAgeHours * 60) break;
    tries.push(at);
  }
  return tries;
}
