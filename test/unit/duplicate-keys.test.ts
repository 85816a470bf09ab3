import { expect, test } from 'vitest';
import { duplicateKeys, type Comparable } from '../../electron/engine/contacts/duplicate-keys.ts';

const person = (more: Partial<Comparable>): Comparable => ({ email: 'x@example.com', firstName: '', lastName: '', phone: '', website: '', companyKey: '', custom: '{}', ...more });
const shared = (one: Partial<Comparable>, other: Partial<Comparable>): string[] => {
  const theirs = new Set(duplicateKeys(person({ email: 'other@example.org', ...other })));
  return duplicateKeys(person(one))
    .filter((key) => theirs.has(key))
    .map((key) => key.slice(0, key.indexOf(':')));
};

test.each<[string, Partial<Comparable>, Partial<Comparable>, string[]]>([
  ['a tag after a plus', { email: 'ann+fair@example.com' }, { email: 'ann@example.com' }, ['address']],
  ['dots at Gmail', { email: 'a.nn.lee@gmail.com' }, { email: 'annlee@googlemail.com' }, ['address']],
  ['dots elsewhere', { email: 'a.lee@example.com' }, { email: 'alee@example.com' }, []],
  ['an address that is only a tag', { email: '+a@example.com' }, { email: '+b@example.com' }, []],
  ['one number in two spellings', { phone: '+49 30 1234567', lastName: 'Lee' }, { phone: '(030) 123 45 67', lastName: 'lee' }, ['phone']],
  ['the switchboard of colleagues', { phone: '+49 30 1234567', lastName: 'Lee' }, { phone: '+49 30 1234567', lastName: 'Kim' }, []],
  ['an extension', { phone: '4711', lastName: 'Lee' }, { phone: '4711', lastName: 'Lee' }, []],
  [
    'names the other way round',
    { firstName: 'Zoë', lastName: 'Müller-Lee', companyKey: 'acme' },
    { firstName: 'Müller Lee', lastName: 'Zoe', companyKey: 'acme' },
    ['name_and_company'],
  ],
  ['namesakes elsewhere', { firstName: 'Ann', lastName: 'Lee', companyKey: 'acme' }, { firstName: 'Ann', lastName: 'Lee', companyKey: 'globex' }, []],
  ['namesakes without a company', { firstName: 'Ann', lastName: 'Lee' }, { firstName: 'Ann', lastName: 'Lee' }, []],
  ['one profile in two fields', { website: 'https://www.linkedin.com/in/ann-lee/' }, { custom: '{"profile":"linkedin.com/in/Ann-Lee?x=1"}' }, ['profile']],
])('%s', (_, one, other, reasons) => {
  expect(shared(one, other)).toEqual(reasons);
  expect(shared(other, one)).toEqual(reasons);
});
