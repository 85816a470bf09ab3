import { describe, expect, it } from 'vitest';
import { maxSegmentDepth, segmentFilterSchema, segmentInputSchema, type SegmentRule } from '../../shared/schemas/segment.ts';
import { openContacts } from '../support/contacts.ts';

const input = (name: string, ...rules: unknown[]) => segmentInputSchema.parse({ name, filter: { rules } });

describe('segments', () => {
  it('hold whoever fits them now', () => {
    const { contacts, add } = openContacts();
    const anna = add('anna@example.com', { tags: ['VIP'], custom: { seats: '12' } });
    add('ben@example.com', { custom: { seats: '3' } });
    const segment = contacts.segments.create(input('Big', { kind: 'number', field: 'custom.seats', op: 'at_least', value: 10 }));
    const people = () => contacts.list({ limit: 10, segmentId: segment.id }).items.map(({ email }) => email);
    expect(people()).toEqual(['anna@example.com']);
    add('cid@example.com', { custom: { seats: '10' } });
    contacts.update({ id: anna.id, custom: {} });
    expect(people()).toEqual(['cid@example.com']);
    expect(contacts.segments.count({ id: segment.id })).toEqual({ count: 1 });
    expect(contacts.list({ limit: 10, segmentId: segment.id, q: 'ben' }).total).toBe(0);
  });

  it('are saved with a view, renamed and deleted; a deleted one holds nobody', () => {
    const { contacts, add } = openContacts();
    add('anna@example.com');
    const { segments } = contacts;
    const one = segments.create({ ...input('One'), view: { columns: ['name', 'custom.seats'], sort: '-createdAt' } });
    expect(() => segments.create(input('ONE'))).toThrow(expect.objectContaining({ code: 'conflict' }) as Error);
    expect(segments.update({ id: one.id, name: 'First' })).toMatchObject({ name: 'First', view: { columns: ['name', 'custom.seats'], sort: '-createdAt' } });
    expect(segments.update({ id: one.id, view: null }).view).toBeNull();
    expect(segments.list().items.map(({ name }) => name)).toEqual(['First']);
    expect(segments.count({ id: one.id })).toEqual({ count: 1 });
    segments.remove({ id: one.id });
    expect(contacts.list({ limit: 10, segmentId: one.id }).total).toBe(0);
    expect(() => segments.count({ id: one.id })).toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
  });

  it('pass their values to the database as values, never as text of the query', () => {
    const { contacts, add } = openContacts();
    add('anna@example.com', { company: `x' or 1 --`, tags: [`"] or 1`] });
    add('ben@example.com');
    for (const rule of [
      { kind: 'text', field: 'company', op: 'equals', values: [`x' or 1 --`] },
      { kind: 'text', field: `company') or 1 --`, op: 'is_empty', not: true },
      { kind: 'tag', tags: [`"] or 1`] },
    ])
      expect(contacts.segments.count({ filter: segmentFilterSchema.parse({ rules: [rule] }) }).count, JSON.stringify(rule)).toBeLessThanOrEqual(1);
  });

  it('refuse what is too deep, too large or incomplete', () => {
    const tag: SegmentRule = { kind: 'tag', tags: ['a'], not: false };
    let deep: SegmentRule = tag;
    for (let depth = 0; depth < maxSegmentDepth; depth += 1) deep = { kind: 'group', match: 'all', rules: [deep], not: false };
    const valid = (...rules: unknown[]) => segmentFilterSchema.safeParse({ rules }).success;
    expect(valid(deep)).toBe(true);
    expect(valid({ kind: 'group', match: 'all', rules: [deep], not: false })).toBe(false);
    const forty = { kind: 'group', match: 'any', rules: Array.from({ length: 40 }, () => tag) };
    expect(valid(forty, forty)).toBe(true);
    expect(valid(forty, forty, forty)).toBe(false);
    expect(valid({ kind: 'group', match: 'any', rules: [] })).toBe(false);
    expect(valid({ kind: 'text', field: 'company', op: 'equals', values: [] })).toBe(false);
    expect(valid({ kind: 'date', field: 'created_at', op: 'on', date: '2026-02-31' })).toBe(false);
    expect(segmentFilterSchema.safeParse({ version: 2, rules: [] }).success).toBe(false);
  });
});
