import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mergeContact, type ContactRow } from '../../electron/engine/contacts/rows.ts';
import type { IncomingContact } from '../../electron/engine/contacts/row.ts';
import { textFields } from '../../electron/engine/contacts/text.ts';
import { writeCsv } from '../../electron/engine/lib/csv.ts';
import { openContacts } from '../support/contacts.ts';

const word = fc.constantFrom('', '', 'Ann', 'Zoë', 'Müller & Co.', '=x', 'two  words', "'quoted'", 'İ');
const row = fc.tuple(fc.constantFrom('a@example.com', 'B@example.com', 'b@EXAMPLE.com', 'c@example.org', 'broken', ''), word, word, word, word);

it('importing a file twice changes nothing the second time, in every mode', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), fc.constantFrom('skip' as const, 'fill_empty' as const, 'overwrite' as const), async (rows, mode) => {
      const { contacts, importText } = openContacts();
      const text = writeCsv(['Email', 'First name', 'Company', 'Tags', 'Plan'], rows);
      const first = await importText(text, { mode });
      const people = contacts.list({ limit: 50, sort: 'email' }).items;
      const second = await importText(text, { mode });
      expect(second).toMatchObject({ created: 0, updated: 0, unchanged: first.created, duplicates: first.duplicates, rejected: first.rejected });
      expect(contacts.list({ limit: 50, sort: 'email' }).items).toEqual(people);
      expect(first.created + first.duplicates + first.rejected).toBe(first.rows);
    }),
    { numRuns: 12 },
  );
});

const texts = Object.fromEntries(textFields.map((field) => [field, word]));
const custom = fc.dictionary(fc.constantFrom('plan', 'size', 'constructor', 'note'), word);
const incoming = fc.record({
  ...texts,
  timeZone: fc.constantFrom(null, 'Europe/Berlin', 'Asia/Tokyo'),
  tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
  custom,
}) as unknown as fc.Arbitrary<IncomingContact>;
const known = incoming as unknown as fc.Arbitrary<ContactRow>;

it('a merge never erases, keeps what stands when filling, and is idempotent', () => {
  fc.assert(
    fc.property(known, incoming, fc.constantFrom('fill_empty' as const, 'overwrite' as const), (present, given, mode) => {
      const before = JSON.stringify(present);
      const merged = mergeContact(present, given, mode) ?? present;
      expect(JSON.stringify(present)).toBe(before);
      const flat = (contact: ContactRow | IncomingContact): [string, string][] => [
        ...textFields.map((field): [string, string] => [field, contact[field]]),
        ['timeZone', contact.timeZone ?? ''],
        ...Object.entries(contact.custom).map(([name, text]): [string, string] => [`custom ${name}`, text]),
      ];
      const after = new Map(flat(merged));
      const givenTexts = new Map(flat(given));
      for (const [name, text] of flat(present)) {
        const next = givenTexts.get(name) ?? '';
        if (text !== '') expect(after.get(name)).toBe(mode === 'overwrite' && next !== '' ? next : text);
      }
      for (const [name, text] of givenTexts) if (text !== '') expect(after.get(name)).not.toBe('');
      expect(merged.tags).toEqual([...new Set([...present.tags, ...given.tags])]);
      expect(mergeContact(merged, given, mode)).toBeNull();
    }),
  );
});
