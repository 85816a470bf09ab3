import { second, type Clock } from '../lib/clock.ts';
import { HostError } from './host.ts';

/** Lets a number of questions through at once; the others wait in the order in which they came. */
export interface Turnstile {
  /** Resolves with the function that frees the place. Rejects with the signal's reason, or `HostError` cancelled. */
  enter(limit: number, signal: AbortSignal): Promise<() => void>;
}

/** Questions wait so long for their turn; after that the next host is better. */
const waitMs = 45 * second;

/** Enters, or rejects with `HostError` busy when the wait is too long: that others are asking is no fault of the host. */
export async function enterInTime(turnstile: Turnstile, limit: number, realTime: Clock, signal: AbortSignal | undefined): Promise<() => void> {
  const tooLong = new AbortController();
  const cancel = realTime.after(waitMs, () => tooLong.abort(new HostError('busy', 'The model server is busy with other questions.')));
  try {
    return await turnstile.enter(limit, AbortSignal.any([tooLong.signal, ...(signal === undefined ? [] : [signal])]));
  } finally {
    cancel();
  }
}

export function createTurnstile(): Turnstile {
  let inside = 0;
  const waiting: { limit: number; go: () => void }[] = [];

  function leave(): void {
    inside -= 1;
    const next = waiting[0];
    if (next === undefined || inside >= next.limit) return;
    waiting.shift();
    next.go();
  }

  return {
    enter(limit, signal) {
      return new Promise((resolve, reject) => {
        const admit = (): void => {
          inside += 1;
          let left = false;
          resolve(() => {
            if (!left) leave();
            left = true;
          });
        };
        if (signal.aborted) return reject(reasonOf(signal));
        if (inside < limit && waiting.length === 0) return admit();
        const giveUp = (): void => {
          const at = waiting.indexOf(entry);
          if (at >= 0) waiting.splice(at, 1);
          reject(reasonOf(signal));
        };
        const entry = {
          limit,
          go: () => {
            signal.removeEventListener('abort', giveUp);
            admit();
          },
        };
        waiting.push(entry);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}

function reasonOf(signal: AbortSignal): HostError {
  return signal.reason instanceof HostError ? signal.reason : new HostError('cancelled', 'It was cancelled.');
}
