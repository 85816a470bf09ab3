import type { Rate } from '../../../shared/schemas/analytics.ts';
import { wilson } from '../lib/wilson.ts';

/** A count among others with its 95 % interval (Wilson); without one of nobody. */
export function rate(count: number, of: number): Rate {
  const interval = wilson(Math.min(count, of), of);
  return { count, of, rate: interval?.rate ?? null, low: interval?.low ?? null, high: interval?.high ?? null };
}
