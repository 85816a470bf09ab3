import { describe, expect, it } from 'vitest';
import { fieldValue } from '../../electron/engine/contacts/field-types.ts';
import type { CustomFieldType } from '../../shared/schemas/contact.ts';
import { openContacts } from '../support/contacts.ts';

describe('a typed value', () => {
  const value = (type: CustomFieldType, text: string) => {
    const kept = fieldValue({ type, choices: ['Gold', 'Silver'] }, text);
    return kept.ok ? kept.value : null;
  };
  it.each([
    ['number', '1234.50', '1234.5'],
    ['number', '1.234,50', '1234.5'],
    ['number', '1,234,567', '1234567'],
    ['number', '1 234,5', '1234.5'],
    ['number', '-3,5', '-3.5'],
    ['number', '1,234', null],
    ['number', '12 apples', null],
    ['date', '30.11.2026', '2026-11-30'],
    ['date', '2026-11-30T10:00', '2026-11-30'],
    ['date', '11/30/2026', '2026-11-30'],
    ['date', '5/5/2026', '2026-05-05'],
    ['date', '3/4/2026', null],
    ['date', '2026-02-31', null],
    ['choice', 'GOLD', 'Gold'],
    ['choice', 'Bronze', null],
    ['url', 'example.com/a', 'https://example.com/a'],
    ['url', 'not an address', null],
    ['text', ' anything ', ' anything '],
    ['number', '', ''],
  ] as const)('%s %j is kept as %j', (type, text, kept) => expect(value(type, text)).toBe(kept));
});

describe('custom fields with a type', () => {
  it('hold an edit to it, and leave what stands alone', async () => {
    const { contacts, add } = openContacts();
    const anna = add('anna@example.com', { custom: { seats: 'many' } });
    expect(await contacts.customFields.define({ name: 'Seats', type: 'number', choices: [] })).toMatchObject({ name: 'seats', misfits: 1 });
    expect(() => contacts.update({ id: anna.id, custom: { seats: 'more' } })).toThrow(
      expect.objectContaining({ code: 'validation', data: { fields: { 'custom.seats': expect.stringContaining('1234.5') as string } } }) as Error,
    );
    // The old value does not stand in the way of another edit.
    expect(contacts.update({ id: anna.id, custom: { seats: 'many', plan: 'pro' } }).custom).toEqual({ seats: 'many', plan: 'pro' });
    expect(contacts.update({ id: anna.id, custom: { seats: '1.200,5' } }).custom).toEqual({ seats: '1200.5' });
    expect(await contacts.fields()).toMatchObject({ custom: ['seats'], definitions: [{ name: 'seats', type: 'number', choices: [] }] });
    contacts.customFields.forget({ name: 'seats' });
    expect(contacts.update({ id: anna.id, custom: { seats: 'some' } }).custom).toEqual({ seats: 'some' });
  });

  it('leave values that do not fit out of an import, and say so', async () => {
    const { contacts, importText } = openContacts();
    await contacts.customFields.define({ name: 'renewal', type: 'date', choices: [] });
    const run = await importText('email,renewal\nanna@example.com,30.11.2026\nben@example.com,soon\n');
    expect(run).toMatchObject({ created: 2, rejected: 0, notes: [expect.stringMatching(/1 × value .*renewal: “soon” is not a clear date.*line 3/)] });
    expect(contacts.findByAddress('anna@example.com')?.custom).toEqual({ renewal: '2026-11-30' });
    expect(contacts.findByAddress('ben@example.com')?.custom).toEqual({});
  });
});
