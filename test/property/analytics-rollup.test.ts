import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { createRollup } from '../../electron/engine/analytics/rollup.ts';
import { openTestBase } from '../support/store.ts';

const event = fc.record({
  type: fc.constantFrom('sent', 'sent', 'sent', 'planned', 'replied'),
  campaign: fc.constantFrom('a', 'b', null),
  contact: fc.constantFrom('p', 'q', 'r', 's', null),
});
/** Batches of events; between some of them the rollup gets its turn, and once it is emptied. */
const history = fc.array(fc.record({ events: fc.array(event, { maxLength: 30 }), catchUp: fc.boolean() }), { maxLength: 8 });

test.prop([history, fc.nat(8)], { numRuns: 60 })('totals are those of the events, however far the cache has come', (batches, emptiedAt) => {
  const { store, events, clock, log } = openTestBase();
  const rollup = createRollup({ store, events, clock, log });
  const truth = { campaigns: new Map<string, { sent: number; people: Set<string> }>(), sent: 0, people: new Set<string>() };
  function check(): void {
    const { campaigns, all } = rollup.read();
    expect(all).toEqual({ sent: truth.sent, mailed: truth.people.size });
    expect(Object.fromEntries(campaigns)).toEqual(Object.fromEntries([...truth.campaigns].map(([id, { sent, people }]) => [id, { sent, mailed: people.size }])));
  }
  for (const [index, batch] of batches.entries()) {
    if (index === emptiedAt) store.transaction((tx) => tx.prepare('delete from event_totals').run());
    store.transaction((tx) => {
      for (const { type, campaign, contact } of batch.events) {
        events.append(tx, { type: type as 'sent', actor: 'engine', campaignId: campaign, contactId: contact });
        if (type !== 'sent' || campaign === null) continue;
        const own = truth.campaigns.get(campaign) ?? { sent: 0, people: new Set() };
        truth.campaigns.set(campaign, own);
        own.sent += 1;
        truth.sent += 1;
        if (contact !== null) {
          own.people.add(contact);
          truth.people.add(contact);
        }
      }
    });
    if (batch.catchUp) {
      rollup.start();
      clock.advance(0);
      rollup.stop();
    }
    check();
  }
  check();
});

test('a long history is taken in over several slices, and new events by themselves', () => {
  const { store, events, clock, log } = openTestBase();
  const append = (from: number, count: number) =>
    store.transaction((tx) => {
      for (let i = from; i < from + count; i += 1) events.append(tx, { type: 'sent', actor: 'server', campaignId: `c${i % 3}`, contactId: `p${i % 100}` });
    });
  const counted = () => (store.prepareRead(`select n from event_totals where key = 'cursor'`).get() as { n: number } | undefined)?.n ?? 0;
  append(0, 5000);
  const rollup = createRollup({ store, events, clock, log });
  rollup.start();
  clock.advance(0);
  expect(counted()).toBe(5000);
  append(5000, 100);
  clock.advance(1);
  expect(counted()).toBe(5000);
  append(5100, 900);
  clock.advance(1);
  expect(counted()).toBe(6000);
  rollup.stop();
  append(6000, 5000);
  clock.advance(1);
  expect(counted()).toBe(6000);
  expect(rollup.read().all).toEqual({ sent: 11_000, mailed: 100 });
});
