import { expect, test } from 'vitest';
import { openTestBase } from '../support/store.ts';

test('a rolled-back transaction leaves no event and tells nobody', () => {
  const { store, events } = openTestBase();
  const heard: string[] = [];
  events.subscribe((list) => heard.push(...list.map((event) => event.type)));
  expect(() =>
    store.transaction((tx) => {
      events.append(tx, { type: 'contact_created', actor: 'person' });
      throw new Error('no');
    }),
  ).toThrow('no');
  store.transaction((tx) => events.append(tx, { type: 'contact_updated', actor: 'person' }));
  expect(heard).toEqual(['contact_updated']);
  expect(events.after(0, 10).map((event) => event.type)).toEqual(['contact_updated']);
});
