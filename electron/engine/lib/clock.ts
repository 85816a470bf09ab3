/**
 * Time as the engine sees it. All times are UTC epoch milliseconds of workspace time, which is real time except
 * in a practice workspace (time-lapse) and in tests (fake).
 */
export interface Clock {
  now(): number;
  /**
   * Calls `callback` once, `delayMs` of workspace time from now. Returns a cancel function. It is a wake-up, not
   * a promise of punctuality: sleep stops timers, so callers look at rows and `now()` when woken.
   */
  after(delayMs: number, callback: () => void): () => void;
  /** Monotonic real milliseconds, for measuring durations and network time-outs. */
  monotonic(): number;
}

// Node caps a timer at 2^31-1 ms; a longer wait is woken early and looked at again.
const maxTimerMs = 2 ** 31 - 1;

/** The real clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), maxTimerMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
  monotonic: () => performance.now(),
};

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
