import { backoffMs, type BackoffPolicy } from '../lib/backoff.ts';
import { minute, second } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { isTrouble, type HostError } from './host.ts';

/** The breaker of a host as its row holds it (ADR 0008): closed without failures, open until `backoffUntil`, then half-open. */
export interface Breaker {
  readonly failures: number;
  readonly backoffUntil: number | null;
}

/** A host on this computer is started by hand: long rests would outlast that. */
const rest: BackoffPolicy = { firstMs: 15 * second, capMs: 5 * minute };

export function breakerState({ failures, backoffUntil }: Breaker, now: number): 'closed' | 'open' | 'half_open' {
  if (failures === 0 || backoffUntil === null) return 'closed';
  return backoffUntil > now ? 'open' : 'half_open';
}

/** The breaker after an answer (null) or an error. An error of the question, not of the host, leaves it as it is. Pure. */
export function breakerAfter(breaker: Breaker, error: HostError | null, now: number, random: Random): Breaker {
  if (error === null) return { failures: 0, backoffUntil: null };
  if (!isTrouble(error.kind)) return breaker;
  // Questions that were under way when it opened count once.
  if (breakerState(breaker, now) === 'open') return breaker;
  const failures = breaker.failures + 1;
  return { failures, backoffUntil: now + backoffMs(rest, failures, random, error.retryAfterMs) };
}
