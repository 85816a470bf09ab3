import type { DeliveryState } from '../../../shared/schemas/delivery.ts';

/** What can happen to a delivery: the transition table of DESIGN section 6, and nothing else. */
export type DeliveryEvent =
  | 'claim' // slot reached and every rule holds
  | 'release' // not started: shutdown, connection refused, error before the body, new boot
  | 'begin' // 354 answered, before the first body byte
  | 'accept' // 250 after the final dot
  | 'defer' // 4xx answer
  | 'fail' // permanent answer, or retries exhausted
  | 'lose' // connection lost after the body began, or found `sending` from an older boot
  | 'find' // found in Sent, or a reply or bounce refers to it, or a person says so
  | 'absent' // proven absent from a proven Sent folder, or a person says "send again"
  | 'hold'
  | 'cancel'
  | 'skip'
  | 'restart'; // a person retries or reverses

const waiting = { hold: 'held', cancel: 'cancelled', skip: 'skipped' } as const;

const table: Record<DeliveryState, Partial<Record<DeliveryEvent, DeliveryState>>> = {
  planned: { claim: 'claimed', ...waiting },
  deferred: { claim: 'claimed', fail: 'failed', restart: 'planned', ...waiting },
  held: { restart: 'planned', fail: 'failed', ...waiting },
  claimed: { release: 'planned', begin: 'sending', defer: 'deferred', fail: 'failed', ...waiting },
  // `release` from `sending` only by the living process that knows that no body byte had left.
  sending: { accept: 'sent', defer: 'deferred', fail: 'failed', lose: 'unknown', release: 'planned', cancel: 'cancelled' },
  unknown: { find: 'sent', absent: 'planned', cancel: 'cancelled' },
  sent: {},
  failed: { restart: 'planned', cancel: 'cancelled' },
  cancelled: { restart: 'planned' },
  skipped: { restart: 'planned' },
};

/** The state that follows, or null when the event is not allowed in this state. Pure. */
export function nextState(state: DeliveryState, event: DeliveryEvent): DeliveryState | null {
  return table[state][event] ?? null;
}

/** States from which an event is allowed, for the `where` of its update. */
export function statesBefore(event: DeliveryEvent): DeliveryState[] {
  return (Object.keys(table) as DeliveryState[]).filter((state) => table[state][event] !== undefined);
}
