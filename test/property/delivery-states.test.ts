import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveryStates, finalDeliveryStates, type DeliveryState } from '../../shared/schemas/delivery.ts';
import { nextState, statesBefore, type DeliveryEvent } from '../../electron/engine/delivery/states.ts';

const events: DeliveryEvent[] = ['claim', 'release', 'begin', 'accept', 'defer', 'fail', 'lose', 'find', 'absent', 'hold', 'cancel', 'skip', 'restart'];

test('a sent delivery never moves again, whatever happens', () => {
  for (const event of events) expect(nextState('sent', event)).toBeNull();
});

test('only the 354 mark leads to sending, and only sending or unknown to sent', () => {
  for (const state of deliveryStates) {
    for (const event of events) {
      const next = nextState(state, event);
      if (next === 'sending') expect([state, event]).toEqual(['claimed', 'begin']);
      if (next === 'sent') expect(['sending', 'unknown']).toContain(state);
    }
  }
});

test('after an unknown outcome nothing is sent again without proof of absence', () => {
  const withoutProof = events.filter((event) => event !== 'absent');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...withoutProof), { maxLength: 30 }), (path) => {
      let state: DeliveryState = 'unknown';
      const automatic = path.filter((event) => event !== 'restart');
      for (const event of automatic) state = nextState(state, event) ?? state;
      expect(['unknown', 'sent', 'cancelled']).toContain(state);
    }),
  );
});

test('no rule of the engine leaves a final state; only a person restarts', () => {
  for (const state of finalDeliveryStates) {
    for (const event of events.filter((each) => each !== 'restart' && each !== 'cancel')) expect(nextState(state, event)).toBeNull();
  }
});

test('statesBefore is the inverse of nextState', () => {
  for (const event of events) {
    for (const state of deliveryStates) expect(statesBefore(event).includes(state)).toBe(nextState(state, event) !== null);
  }
});
