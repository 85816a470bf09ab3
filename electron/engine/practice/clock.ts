import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { day, second, type Clock } from '../lib/clock.ts';
import type { TimeLapse } from '../ports.ts';

/** One day in ten seconds. */
export const defaultFactor = day / (10 * second);
/** Slowest and fastest time-lapse: real time, and a day in a second. */
const factorRange = { min: 1, max: 86_400 } as const;

/** What stands on disk: a workspace time that has not been reached yet, and the factor. */
interface SavedClock {
  readonly workspace: number;
  readonly factor: number;
}

export interface PracticeClock extends Clock, TimeLapse {
  /** Keeps the reserved time on disk ahead of the clock until `stop`. */
  start(): void;
  stop(): void;
}

/** A reservation is renewed in this rhythm (real ms), so a crash skips at most this much time and never repeats any. */
const renewMs = 5 * second;

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
  cancel: () => void;
}

/**
 * The time of a practice workspace: it stands still while Homing is closed or the computer sleeps, runs `factor`
 * times as fast as real time otherwise, and never goes back: not by a restart, not by a crash, not by a change of
 * the factor. It starts at real time and jumps forward to it when it has fallen behind. `monotonic` stays real.
 */
export function createPracticeClock(options: { real: Clock; file: string; factor?: number }): PracticeClock {
  const { real, file } = options;
  const saved = load(file);
  let factor = clampFactor(saved?.factor ?? options.factor ?? defaultFactor);
  let base = Math.max(saved?.workspace ?? 0, real.now());
  let startedAt = real.monotonic();
  let stopRenewing: (() => void) | null = null;
  const timers = new Set<Timer>();

  function now(): number {
    return Math.floor(base + (real.monotonic() - startedAt) * factor);
  }
  function reserve(aheadMs: number): void {
    save(file, { workspace: now() + Math.ceil(aheadMs * factor), factor });
  }
  function renew(): void {
    reserve(2 * renewMs);
    stopRenewing = real.after(renewMs, renew);
  }
  function arm(timer: Timer): void {
    timer.cancel = real.after(Math.max(0, (timer.dueAt - now()) / factor), () => {
      // Real timers may come early, and long ones are cut: look again.
      if (now() < timer.dueAt) {
        arm(timer);
        return;
      }
      timers.delete(timer);
      timer.callback();
    });
  }

  return {
    now,
    monotonic: () => real.monotonic(),
    after(delayMs, callback) {
      const timer: Timer = { dueAt: now() + Math.max(0, delayMs), callback, cancel: () => undefined };
      timers.add(timer);
      arm(timer);
      return () => {
        timers.delete(timer);
        timer.cancel();
      };
    },
    get factor() {
      return factor;
    },
    setFactor(next) {
      base = now();
      startedAt = real.monotonic();
      factor = clampFactor(next);
      if (stopRenewing !== null) reserve(2 * renewMs);
      for (const timer of timers) {
        timer.cancel();
        arm(timer);
      }
    },
    start() {
      if (stopRenewing === null) renew();
    },
    stop() {
      stopRenewing?.();
      stopRenewing = null;
      reserve(0);
    },
  };
}

function clampFactor(factor: number): number {
  return Number.isFinite(factor) ? Math.min(factorRange.max, Math.max(factorRange.min, factor)) : defaultFactor;
}

function load(file: string): SavedClock | null {
  try {
    const saved = JSON.parse(readFileSync(file, 'utf8')) as Partial<SavedClock>;
    return typeof saved.workspace === 'number' && typeof saved.factor === 'number' ? { workspace: saved.workspace, factor: saved.factor } : null;
  } catch {
    // Missing on the first start. A damaged one may only cost time: real time is the floor.
    return null;
  }
}

function save(file: string, state: SavedClock): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}
