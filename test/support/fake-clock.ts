import type { Clock } from '../../electron/engine/lib/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on, running due wake-ups in order. */
  advance(ms: number): void;
  set(now: number): void;
}

/** A clock that stands still until told otherwise. */
export function fakeClock(start = Date.UTC(2026, 2, 2, 9, 0, 0)): FakeClock {
  let now = start;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    after(delayMs, callback) {
      const timer = { at: now + Math.max(0, delayMs), callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const due = timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers = timers.filter((other) => other !== due);
        now = Math.max(now, due.at);
        due.callback();
      }
      now = until;
    },
    set(value) {
      now = value;
    },
  };
}
