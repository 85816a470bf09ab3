import { growthFactor } from '../../../shared/backoff.ts';
import type { RetryPolicy } from '../../../shared/schemas/settings.ts';
import { day, hour, minute } from './clock.ts';
import type { Random } from './random.ts';

export interface BackoffPolicy {
  readonly firstMs: number;
  readonly capMs: number;
  /** Absent = exponential. */
  readonly growth?: RetryPolicy['growth'];
}

/**
 * Back-off with full jitter: uniform in [first/2, min(cap, first · growth(n))] for the nth consecutive failure (n ≥ 1).
 * Source: "Exponential Backoff and Jitter", AWS Architecture Blog, 2015. The lower edge keeps a greylisting server from
 * being asked again at once. `atLeastMs`, a delay that the server named, is never undercut, whatever the cap; a tenth of it is drawn on top.
 */
export function backoffMs(policy: BackoffPolicy, failures: number, random: Random, atLeastMs = 0): number {
  const ceiling = Math.min(policy.capMs, policy.firstMs * growthFactor(policy.growth ?? 'exponential', failures));
  const floor = Math.min(policy.firstMs / 2, ceiling);
  const drawn = random();
  return Math.round(Math.max(floor + drawn * (ceiling - floor), atLeastMs * (1 + drawn / 10)));
}

/** Back-off of a mailbox whose server cannot be reached or asks for patience. */
export const mailboxBackoff: BackoffPolicy = { firstMs: minute, capMs: hour };

/** No back-off ends later than this, the longest cap that the settings allow and a little: a later time comes from a wrong clock. */
export const longestBackoffMs = 8 * day;

/** The user's retry policy, in milliseconds. */
export function retryBackoff(policy: RetryPolicy): BackoffPolicy {
  return { firstMs: policy.firstMinutes * minute, capMs: policy.capMinutes * minute, growth: policy.growth };
}

/** Fewer tries than this are none: a weekend outside the windows must not use up the age of a mail. */
const leastTries = 3;

/** Whether a mail that was first tried at `firstTriedAt` is given up at its `attempts`th failure. Pure. */
export function retriesExhausted(policy: RetryPolicy, firstTriedAt: number, attempts: number, now: number): boolean {
  return attempts >= leastTries && now - firstTriedAt >= policy.maxAgeHours * hour;
}
