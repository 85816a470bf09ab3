import type { Clock } from '../lib/clock.ts';
import { HostError } from './host.ts';

/**
 * A signal that ends a call when the caller gives up, or when `limitMs` of real time have passed. `touch` is called with
 * each sign of life: between two of them at most `silenceMs` pass. `done` frees the timers.
 */
export function limitTime(realTime: Clock, caller: AbortSignal | undefined, limits: { limitMs: number; silenceMs: number }) {
  const own = new AbortController();
  const expire = (ms: number): (() => void) => realTime.after(ms, () => own.abort(new HostError('timeout', `The model gave no answer within ${Math.round(ms / 1000)} seconds.`)));
  const cancelLimit = expire(limits.limitMs);
  let cancelSilence = expire(limits.silenceMs);
  return {
    signal: caller === undefined ? own.signal : AbortSignal.any([own.signal, caller]),
    touch(): void {
      cancelSilence();
      if (!own.signal.aborted) cancelSilence = expire(limits.silenceMs);
    },
    done(): void {
      cancelLimit();
      cancelSilence();
    },
  };
}
