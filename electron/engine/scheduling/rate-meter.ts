import { second } from '../lib/clock.ts';

const windowSeconds = 60;

/** Counts what happened in the last minute, in constant time and memory. `now` is monotonic milliseconds. */
export function createRateMeter(now: () => number): { note(): void; readonly perMinute: number } {
  /** Per second of the minute: which second, and how many. */
  const seconds = Array.from({ length: windowSeconds }, () => ({ second: -windowSeconds, count: 0 }));
  const current = () => Math.floor(now() / second);
  return {
    note() {
      const at = current();
      const slot = seconds[at % windowSeconds];
      if (slot === undefined) return;
      if (slot.second !== at) Object.assign(slot, { second: at, count: 0 });
      slot.count += 1;
    },
    get perMinute() {
      const since = current() - windowSeconds;
      return seconds.reduce((sum, slot) => (slot.second > since ? sum + slot.count : sum), 0);
    },
  };
}
