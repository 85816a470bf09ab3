import { expect, test } from 'vitest';
import { createContacts } from '../../electron/engine/contacts/index.ts';
import { countryOf, guessZone } from '../../electron/engine/contacts/zone-guess.ts';
import { createSettings } from '../../electron/engine/workspace/index.ts';
import { openContacts } from '../support/contacts.ts';
import { openTestBase } from '../support/store.ts';

const nothing = { country: '', city: '', phone: '', domain: 'example.com' };

test.each([
  ['a country', { country: 'Germany' }, 'Europe/Berlin', 'place'],
  ['a country in another language', { country: 'Schweiz' }, 'Europe/Zurich', 'place'],
  ['a country code', { country: 'jp' }, 'Asia/Tokyo', 'place'],
  ['a three-letter code', { country: 'BRA' }, 'America/Sao_Paulo', 'place'],
  ['the usual short names', { country: 'U.S.A.' }, 'America/New_York', 'place'],
  ['a part of the United Kingdom', { country: 'Scotland' }, 'Europe/London', 'place'],
  ['a city that narrows the country down', { country: 'USA', city: 'San Francisco' }, 'America/Los_Angeles', 'place'],
  ['a city with accents', { country: 'Brasil', city: 'Manaus' }, 'America/Manaus', 'place'],
  ['the largest of two cities of a name', { country: 'US', city: 'Portland' }, 'America/Los_Angeles', 'place'],
  ['the state beside the city', { country: 'US', city: 'Portland, ME' }, 'America/New_York', 'place'],
  ['a custom field for the state', { country: 'Canada', custom: { state: 'Alberta' } }, 'America/Edmonton', 'place'],
  ['a large city alone', { city: 'São Paulo' }, 'America/Sao_Paulo', 'place'],
  ['a city in the country of the phone number', { city: 'London', phone: '+1 519 555 0123' }, 'America/Toronto', 'place'],
  ['a phone number', { phone: '+33 1 23 45 67 89' }, 'Europe/Paris', 'phone'],
  ['a phone number with 00', { phone: '0044 (0)20 7946 0958' }, 'Europe/London', 'phone'],
  ['an area code of another country', { phone: '+1 787 555 0123' }, 'America/Puerto_Rico', 'phone'],
  ['a phone number of Kazakhstan', { phone: '+7 727 123 4567' }, 'Asia/Almaty', 'phone'],
  ['the top-level domain', { domain: 'shop.example.se' }, 'Europe/Stockholm', 'domain'],
  ['a British domain', { domain: 'example.co.uk' }, 'Europe/London', 'domain'],
  ['the phone before the domain', { phone: '+46 8 123 456 78', domain: 'example.de' }, 'Europe/Stockholm', 'phone'],
  ['the place before the phone', { country: 'Italy', phone: '+46 8 123 456 78' }, 'Europe/Rome', 'place'],
])('the zone of %s', (_, clues, zone, source) => {
  expect(guessZone({ ...nothing, ...clues })).toEqual({ zone, source });
});

test.each([
  ['nothing', {}],
  ['a national number', { phone: '030 1234567' }],
  ['a domain that is sold as a word', { domain: 'example.io' }],
  ['a small town without a country', { city: 'Nowhereville' }],
])('%s gives no guess', (_, clues) => {
  expect(guessZone({ ...nothing, ...clues })).toBeNull();
});

test('every zone of the table is one that this runtime knows', () => {
  for (const country of ['Germany', 'India', 'Ukraine', 'Kazakhstan', 'Vietnam', 'Greenland', 'Nepal']) {
    const zone = guessZone({ ...nothing, country })?.zone;
    expect(zone, country).toBeDefined();
    expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
  }
});

test('the country comes from the field, else from phone or domain, and an unknown text is not guessed over', () => {
  expect(countryOf({ ...nothing, country: 'Deutschland' })).toBe('DE');
  expect(countryOf({ ...nothing, phone: '+1 416 555 0123' })).toBe('CA');
  expect(countryOf({ ...nothing, domain: 'example.fr' })).toBe('FR');
  expect(countryOf({ ...nothing, country: 'Atlantis', domain: 'example.fr' })).toBeNull();
});

test('a guess stands in the contact, follows a change and gives way to a zone that is known', () => {
  const { add, contacts } = openContacts();
  const person = add('ann@example.de');
  expect(person).toMatchObject({ timeZone: null, guessedZone: 'Europe/Berlin', zoneSource: 'domain' });
  expect(contacts.update({ id: person.id, country: 'Japan' })).toMatchObject({ guessedZone: 'Asia/Tokyo', zoneSource: 'place' });
  expect(contacts.update({ id: person.id, timeZone: 'Asia/Seoul' })).toMatchObject({ timeZone: 'Asia/Seoul', guessedZone: null, zoneSource: null });
  expect(contacts.update({ id: person.id, timeZone: null })).toMatchObject({ timeZone: null, guessedZone: 'Asia/Tokyo' });
});

test('an import guesses, and a merge guesses anew', async () => {
  const { contacts, importText } = openContacts();
  await importText('Email,Country,Phone\nann@example.com,,+33 1 23 45 67 89\nbob@example.com,Spain,\ncleo@example.com,,\n');
  const zones = () => Object.fromEntries(contacts.list({ limit: 10 }).items.map((each) => [each.email, [each.guessedZone, each.zoneSource]]));
  expect(zones()).toEqual({ 'ann@example.com': ['Europe/Paris', 'phone'], 'bob@example.com': ['Europe/Madrid', 'place'], 'cleo@example.com': [null, null] });
  await importText('Email,Country\ncleo@example.com,Norway\n', { mode: 'fill_empty' });
  expect(zones()['cleo@example.com']).toEqual(['Europe/Oslo', 'place']);
});

test('rows of an older version get their guess and the key of their company at the next start, once', async () => {
  const base = openTestBase();
  const settings = createSettings(base);
  const { add, store } = openContacts({}, base);
  for (let at = 0; at < 20; at += 1) add(`p${at}@example.no`, at === 0 ? { timeZone: 'Asia/Tokyo' } : {});
  store.transaction((tx) => tx.prepare("update contacts set guessed_zone = null, zone_source = null, company_key = ''").run());
  const later = createContacts({ ...base, settings });
  later.start();
  while (settings.read('contacts.derived') === null) await new Promise((resolve) => setImmediate(resolve));
  await later.stop();
  const zones = later.list({ limit: 50 }).items.map((each) => each.guessedZone);
  expect(zones.filter((zone) => zone === 'Europe/Oslo')).toHaveLength(19);
  expect(zones.filter((zone) => zone === null)).toHaveLength(1);
  expect(store.prepareRead('select distinct company_key as key from contacts').all()).toEqual([{ key: 'example.no' }]);
});
