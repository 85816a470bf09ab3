import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/index.ts';
import type { SettingsService } from './settings.ts';

/** The largest Date (ECMA-262): a pause that only a person ends. */
export const untilResumed = 8_640_000_000_000_000;

/** The one switch over all sending. It survives a restart. */
export interface SendingPause {
  /** Epoch ms until which nothing leaves, or null. */
  until(): number | null;
  reason(): string | null;
  pause(until: number | null, reason: string | null): void;
  resume(): void;
}

const key = 'sending.pause';

export function createSendingPause(deps: { store: Store; events: Events; clock: Clock; settings: SettingsService }): SendingPause {
  const { store, events, clock, settings } = deps;
  let stored = settings.read<{ until: number; reason: string | null }>(key);

  return {
    until: () => (stored !== null && stored.until > clock.now() ? stored.until : null),
    reason: () => (stored !== null && stored.until > clock.now() ? stored.reason : null),
    pause(until, reason) {
      const next = { until: until ?? untilResumed, reason };
      store.transaction((tx) => {
        settings.write(tx, key, next);
        events.append(tx, { type: 'sending_paused', actor: reason === null ? 'person' : 'engine', reason, data: { until } });
      });
      stored = next;
    },
    resume() {
      store.transaction((tx) => {
        settings.erase(tx, key);
        events.append(tx, { type: 'sending_resumed', actor: 'person' });
      });
      stored = null;
    },
  };
}
