import { expect, test } from 'vitest';
import { createRecipientProviders, peopleOfOtherProviders } from '../../electron/engine/campaigns/recipient-providers.ts';
import { day } from '../../electron/engine/lib/clock.ts';
import type { DnsResolver } from '../../electron/engine/ports.ts';
import { openTestBase } from '../support/store.ts';

function open(answers: Record<string, string[] | 'unknown'>) {
  const base = openTestBase();
  const asked: string[] = [];
  const mx: DnsResolver['mx'] = (domain) => {
    asked.push(domain);
    const answer = answers[domain] ?? [];
    if (answer === 'unknown') return Promise.resolve({ kind: 'unknown', cause: 'TIMEOUT' });
    return Promise.resolve(answer.length === 0 ? { kind: 'none' } : { kind: 'found', records: answer.map((host, priority) => ({ host, priority })) });
  };
  return { ...base, asked, providers: createRecipientProviders({ ...base, mx }) };
}

test('who takes the mail of a domain is read from its MX hosts, remembered for a month, and asked only for what is not known', async () => {
  const { providers, asked, clock } = open({ 'firm.example.com': ['aspmx.l.google.com'], 'shop.example.com': ['mx.shop.example.com'] });
  const domains = ['firm.example.com', 'shop.example.com', 'none.example.com', 'gmail.com', 'hotmail.com'];
  const found = await providers.of(domains);
  expect(domains.map((domain) => found.get(domain))).toEqual(['gmail', null, null, 'gmail', 'microsoft']);
  expect(asked.toSorted()).toEqual(['firm.example.com', 'none.example.com', 'shop.example.com']);
  await providers.of(domains);
  expect(asked).toHaveLength(3);
  clock.advance(31 * day);
  await providers.of(domains);
  expect(asked).toHaveLength(6);
});

test('a resolver that does not answer blocks nobody, is not asked on, and is asked again next time', async () => {
  const domains = Array.from({ length: 200 }, (_, i) => `d${i}.example.com`);
  const { providers, asked } = open(Object.fromEntries(domains.map((domain) => [domain, 'unknown'])));
  const found = await providers.of(domains);
  expect([...found.values()].every((provider) => provider === null)).toBe(true);
  expect(found.size).toBe(200);
  expect(asked.length).toBeLessThan(50);
  const before = asked.length;
  await providers.of(['d199.example.com']);
  expect(asked.length).toBe(before + 1);
});

test('the checklist counts whom strict matching would hold, without asking DNS; whose provider is not known is not held', async () => {
  const { providers, asked, store } = open({ 'firm.example.com': ['aspmx.l.google.com'] });
  await providers.of(['firm.example.com']);
  const domains = [
    { domain: 'firm.example.com', people: 3 },
    { domain: 'hotmail.com', people: 2 },
    { domain: 'own.example.com', people: 9 },
  ];
  const count = (...mailboxes: { provider: string | null; smtpHost: string }[]) => peopleOfOtherProviders(store, domains, mailboxes);
  expect(count({ provider: 'gmail', smtpHost: 'smtp.gmail.com' })).toBe(2);
  expect(count({ provider: null, smtpHost: 'mail.example.com' })).toBe(5);
  expect(count({ provider: 'gmail', smtpHost: '' }, { provider: 'microsoft', smtpHost: '' })).toBe(0);
  expect(asked).toEqual(['firm.example.com']);
});
