import { expect, it } from 'vitest';
import type { BulkAction, BulkTarget } from '../../shared/schemas/bulk.ts';
import { segmentFilterSchema } from '../../shared/schemas/segment.ts';
import { openContacts, type ContactsBase } from '../support/contacts.ts';

async function ended({ contacts }: ContactsBase, id: string) {
  for (;;) {
    const change = contacts.bulk.get({ id });
    if (change.state !== 'running' && change.state !== 'undoing') return change;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function people() {
  const base = openContacts();
  const ids = ['anna', 'ben', 'cid'].map((name, index) => base.add(`${name}@example.com`, { firstName: name, tags: index === 0 ? ['VIP'] : [] }).id);
  const list = await base.contacts.lists.create({ name: 'All', contactIds: [ids[0] ?? ''] });
  const state = () => base.contacts.list({ limit: 10, sort: 'email' }).items.map(({ email, tags, company, status, custom }) => ({ email, tags, company, status, custom }));
  return {
    base,
    list,
    state,
    run: async (action: BulkAction, target: BulkTarget = { ids }) => ended(base, base.contacts.bulk.start({ target, action }).id),
    undo: async (id: string) => ended(base, base.contacts.bulk.undo({ id }).id),
  };
}

it.each([
  [{ kind: 'add_tags', tags: ['vip', 'new'] }, 3],
  [{ kind: 'remove_tags', tags: ['Vip'] }, 1],
  [{ kind: 'set_field', field: 'company', value: 'Acme' }, 3],
  [{ kind: 'set_field', field: 'custom.plan', value: 'pro' }, 3],
  [{ kind: 'suppress', note: 'asked by phone' }, 3],
  [{ kind: 'delete' }, 3],
] as [BulkAction, number][])('%j is done to everybody and taken back', async (action, changed) => {
  const { run, undo, state, list, base } = await people();
  const before = state();
  const change = await run(action, { query: { filter: segmentFilterSchema.parse({ rules: [{ kind: 'text', field: 'email', op: 'ends_with', values: ['@example.com'] }] }) } });
  expect(change).toMatchObject({ state: 'finished', total: 3, done: 3, changed });
  expect(state()).not.toEqual(before);
  expect((await undo(change.id)).state).toBe('undone');
  expect(state()).toEqual(before);
  expect(base.contacts.lists.get({ id: list.id }).contacts).toBe(1);
  expect(base.contacts.suppressions.list({ limit: 10 }).total).toBe(0);
});

it('adds to a list and takes only those out again who were not on it before', async () => {
  const { run, undo, list, base } = await people();
  const size = () => base.contacts.lists.get({ id: list.id }).contacts;
  const change = await run({ kind: 'add_to_list', listId: list.id });
  expect([change.changed, size()]).toEqual([2, 3]);
  await undo(change.id);
  expect(size()).toBe(1);
});

it('leaves alone what somebody changed after it', async () => {
  const { run, undo, base, state } = await people();
  const change = await run({ kind: 'set_field', field: 'company', value: 'Acme' });
  const anna = base.contacts.findByAddress('anna@example.com');
  base.contacts.update({ id: anna?.id ?? '', company: 'Other' });
  await undo(change.id);
  expect(state().map(({ company }) => company)).toEqual(['Other', '', '']);
  const gone = await run({ kind: 'delete' });
  base.add('anna@example.com', { firstName: 'Another Anna' });
  base.contacts.suppressions.create({ value: 'ben@example.com', reason: 'unsubscribed', note: '' });
  await undo(gone.id);
  expect(base.contacts.findByAddress('anna@example.com')?.firstName).toBe('Another Anna');
  expect(base.contacts.findByAddress('ben@example.com')?.status).toBe('unsubscribed');
});

it('refuses what cannot be done before it touches anybody, and stops when told', async () => {
  const { base, run } = await people();
  await base.contacts.customFields.define({ name: 'seats', type: 'number', choices: [] });
  const start = (action: BulkAction) => base.contacts.bulk.start({ target: { query: {} }, action });
  expect(() => start({ kind: 'set_field', field: 'custom.seats', value: 'x' })).toThrow(expect.objectContaining({ code: 'validation' }) as Error);
  expect(() => start({ kind: 'set_field', field: 'email', value: 'x' })).toThrow(expect.objectContaining({ code: 'validation' }) as Error);
  expect(() => start({ kind: 'add_to_list', listId: 'gone' })).toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
  const { id } = start({ kind: 'add_tags', tags: ['a'] });
  expect(() => start({ kind: 'delete' })).toThrow(expect.objectContaining({ code: 'wrong_state' }) as Error);
  expect(await base.contacts.bulk.cancel({ id })).toMatchObject({ state: 'cancelled' });
  expect(await run({ kind: 'set_field', field: 'custom.seats', value: '1.000,5' })).toMatchObject({ changed: 3 });
  expect(base.contacts.findByAddress('ben@example.com')?.custom).toEqual({ seats: '1000.5' });
});
