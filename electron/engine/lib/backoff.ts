import type { Random } from './random.ts';
import { hour, minute } from './clock.ts';

export interface BackoffPolicy {
  readonly firstMs: number;
  readonly capMs: number;
}

/**
 * Exponential back-off with full jitter: uniform in [first/2, min(cap, first · 2^(n-1))] for the nth consecutive
 * failure (n ≥ 1). Source: "Exponential Backoff and Jitter", AWS Architecture Blog, 2015. The lower edge keeps a
 * greylisting server from being asked again at once.
 */
export function backoffMs(policy: BackoffPolicy, failures: number, random: Random): number {
  const ceiling = Math.min(policy.capMs, policy.firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  const floor = Math.min(policy.firstMs / 2, ceiling);
  return Math.round(floor + random() * (ceiling - floor));
}

/** Back-off of a mailbox whose server cannot be reached or asks for patience. */
export const mailboxBackoff: BackoffPolicy = { firstMs: minute, capMs: hour };
/** Back-off of one delivery and its recipient domain after a 4xx answer. */
export const recipientBackoff: BackoffPolicy = { firstMs: 10 * minute, capMs: 4 * hour };
