import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkAddress, meantDomain } from '../../electron/engine/contacts/address-check.ts';
import { day } from '../../electron/engine/lib/clock.ts';
import type { DnsAnswer, DnsResolver } from '../../electron/engine/ports.ts';
import { openContacts } from '../support/contacts.ts';

describe('an address by itself', () => {
  test.each([
    ['anna@firm.example.com', 'unknown', []],
    ['Anna Lee <anna@firm.example.com>', 'unknown', []],
    ['anna', 'undeliverable', ['syntax']],
    ['anna@', 'undeliverable', ['syntax']],
    ['a..b@firm.example.com', 'undeliverable', ['syntax']],
    ['anna@localhost', 'undeliverable', ['syntax']],
    ['info@firm.example.com', 'risky', ['role']],
    ['Sales+eu@firm.example.com', 'risky', ['role']],
    ['no-reply@firm.example.com', 'risky', ['role']],
    ['informatik@firm.example.com', 'unknown', []],
    ['anna@mailinator.com', 'risky', ['disposable']],
    ['anna@any.mailinator.com', 'risky', ['disposable']],
    ['anna@gmail.com', 'unknown', ['free_mail']],
    ['support@web.de', 'risky', ['role', 'free_mail']],
    ['anna@gmial.com', 'risky', ['typo']],
  ])('%s is %s %j', (text, verdict, flags) => {
    expect(checkAddress(text)).toMatchObject({ verdict, flags });
  });

  test.each([
    ['gmial.com', 'gmail.com'],
    ['gmai.com', 'gmail.com'],
    ['gmaill.com', 'gmail.com'],
    ['gnail.com', 'gmail.com'],
    ['gmail.con', 'gmail.com'],
    ['gmail.cm', 'gmail.com'],
    ['yaho.com', 'yahoo.com'],
    ['hotmial.com', 'hotmail.com'],
    ['hotmil.con', 'hotmail.com'],
    ['outlok.com', 'outlook.com'],
    ['iclould.com', 'icloud.com'],
    ['t-onlin.de', 't-online.de'],
    ['gmx.dee', 'gmx.de'],
    // Names of their own.
    ['cloud.com', null],
    ['mail.com', null],
    ['email.com', null],
    ['weg.de', null],
    ['gmail.com', null],
    ['firm.example.com', null],
    ['example.com', null],
  ])('%s was meant as %s', (domain, meant) => {
    expect(meantDomain(domain)).toBe(meant);
    expect(checkAddress(`anna@${domain}`).suggestion).toBe(meant === null ? null : `anna@${meant}`);
  });

  const { domains: freeMail } = JSON.parse(readFileSync('resources/free-mail-domains.json', 'utf8')) as { domains: string[] };
  it('never doubts a domain that is known, and what it suggests is known and doubted no more', () => {
    for (const domain of freeMail) expect(meantDomain(domain)).toBeNull();
    fc.assert(
      fc.property(fc.constantFrom('gmail.com', 'hotmail.com', 'outlook.de', 'web.de'), fc.nat(12), fc.constantFrom('', 'a', 'z', 'o', '-'), (domain, at, letter) => {
        const slip = `${domain.slice(0, at)}${letter}${domain.slice(at + 1)}`;
        const meant = meantDomain(slip);
        if (meant !== null) expect(freeMail).toContain(meant);
        if (meant !== null) expect(meantDomain(meant)).toBeNull();
      }),
    );
  });

  it('says undeliverable only for what is no address or takes no mail, and good only where DNS said so', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.emailAddress()), fc.constantFrom('ok' as const, 'problem' as const, 'unknown' as const), (text, mail) => {
        const { verdict, flags } = checkAddress(text, mail);
        expect(verdict === 'undeliverable').toBe(flags.includes('syntax') || flags.includes('no_mail'));
        if (verdict === 'good') expect(mail).toBe('ok');
        if (mail === 'unknown') expect(flags).not.toContain('no_mail');
      }),
    );
  });
});

const host = (name: string): DnsAnswer<{ host: string; priority: number }> => ({ kind: 'found', records: [{ host: name, priority: 10 }] });
const unknown = { kind: 'unknown', cause: 'TIMEOUT' } as const;
const none = { kind: 'none' } as const;

/** A resolver that knows these domains; every other name does not exist. */
function resolver(mx: Record<string, DnsAnswer<{ host: string; priority: number }>>, addresses: Record<string, DnsAnswer<string>> = {}) {
  const asked: string[] = [];
  const dns: Pick<DnsResolver, 'mx' | 'addresses'> = {
    mx(domain, signal) {
      asked.push(domain);
      if (signal?.aborted === true) return Promise.resolve(unknown);
      return Promise.resolve(mx[domain] ?? none);
    },
    addresses: (domain) => Promise.resolve(addresses[domain] ?? none),
  };
  return { dns, asked };
}

async function checked({ contacts }: ReturnType<typeof openContacts>) {
  const begun = contacts.bulk.start({ target: { query: {} }, action: { kind: 'check_addresses' } });
  for (;;) {
    const change = contacts.bulk.get({ id: begun.id });
    if (change.state !== 'running') return change;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a check of many addresses', () => {
  it('asks who takes mail for each domain once, keeps what it found, and lets people be found by it', async () => {
    const { dns, asked } = resolver(
      { 'good.example.com': host('mx.example.com'), 'null.example.com': host(''), 'silent.example.com': unknown },
      { 'bare.example.com': { kind: 'found', records: ['192.0.2.1'] } },
    );
    const base = openContacts({ dns });
    const { contacts, add, clock } = base;
    for (const email of [
      'a@good.example.com',
      'b@good.example.com',
      'info@good.example.com',
      'a@null.example.com',
      'a@bare.example.com',
      'a@gone.example.com',
      'a@silent.example.com',
    ])
      add(email);
    expect(await checked(base)).toMatchObject({ state: 'finished', total: 7, done: 7, changed: 3 });
    const found = (verdict: 'good' | 'risky' | 'undeliverable' | 'unknown') =>
      contacts
        .list({ limit: 50, sort: 'email', verdict })
        .items.map(({ email }) => email)
        .toSorted();
    expect(found('good')).toEqual(['a@bare.example.com', 'a@good.example.com', 'b@good.example.com']);
    expect(found('undeliverable')).toEqual(['a@gone.example.com', 'a@null.example.com']);
    expect(found('risky')).toEqual(['info@good.example.com']);
    expect(found('unknown')).toEqual(['a@silent.example.com']);
    expect(contacts.findByAddress('a@gone.example.com')?.check).toEqual({ verdict: 'undeliverable', flags: ['no_mail'], suggestion: null, checkedAt: clock.now() });
    expect(asked.toSorted()).toEqual(['bare.example.com', 'gone.example.com', 'good.example.com', 'null.example.com', 'silent.example.com']);

    // What is remembered is not asked again; what takes no mail is, a day later.
    clock.advance(2 * day);
    asked.length = 0;
    await checked(base);
    expect(asked.toSorted()).toEqual(['gone.example.com', 'null.example.com', 'silent.example.com']);
  });

  it('takes nothing from an earlier answer when DNS is out of reach, and soon stops asking', async () => {
    const answers: Record<string, DnsAnswer<{ host: string; priority: number }>> = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`d${i}.example.com`, host('mx.example.com')]),
    );
    const { dns, asked } = resolver(answers);
    const base = openContacts({ dns });
    for (const domain of Object.keys(answers)) base.add(`a@${domain}`);
    await checked(base);
    expect(base.contacts.list({ limit: 1, verdict: 'good' }).total).toBe(300);
    for (const domain of Object.keys(answers)) answers[domain] = unknown;
    base.clock.advance(30 * day);
    asked.length = 0;
    expect(await checked(base)).toMatchObject({ state: 'finished', changed: 0 });
    expect(asked.length).toBeLessThan(50);
    expect(base.contacts.list({ limit: 1, verdict: 'good' }).total).toBe(300);
  });

  it('believes no network that knows not even the mail servers of a free-mail provider', async () => {
    const { dns } = resolver({});
    const base = openContacts({ dns });
    for (const email of ['a@firm.example.com', 'b@gmail.com', 'c@shop.example.com']) base.add(email);
    expect(await checked(base)).toMatchObject({ state: 'finished', done: 3, changed: 0 });
    expect(base.contacts.list({ limit: 9, verdict: 'undeliverable' }).total).toBe(0);
  });

  it('can be cancelled while DNS is silent', async () => {
    const dns: Pick<DnsResolver, 'mx' | 'addresses'> = {
      mx: (_domain, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve(unknown))),
      addresses: () => Promise.resolve(none),
    };
    const { contacts, add } = openContacts({ dns });
    add('a@example.com');
    const { id } = contacts.bulk.start({ target: { query: {} }, action: { kind: 'check_addresses' } });
    expect(await contacts.bulk.cancel({ id })).toMatchObject({ state: 'cancelled' });
  });

  it('forgets what it found when the address changes', async () => {
    const { dns } = resolver({});
    const base = openContacts({ dns });
    const { id } = base.add('anna@gmial.com');
    await checked(base);
    expect(base.contacts.get({ id }).check).toMatchObject({ verdict: 'undeliverable', suggestion: 'anna@gmail.com' });
    expect(base.contacts.update({ id, email: 'anna@gmail.com' }).check).toBeNull();
    // Another field leaves it.
    expect(base.contacts.update({ id, email: 'anna@hotmial.com' }).check).toMatchObject({ verdict: 'risky' });
    expect(base.contacts.update({ id, company: 'Acme' }).check).toMatchObject({ verdict: 'risky' });
  });
});

describe('an import', () => {
  const file = ['Email,Name', 'anna@gmial.com,Anna', 'bob@gmial.com,Bob', 'cem@outlok.com,Cem', 'info@firm.example.com,Office', 'dia@mailinator.com,Dia', 'eva@gmail.com,Eva'].join(
    '\n',
  );

  it('tells in a dry run how the addresses look, and writes domains as the person says they were meant', async () => {
    const { contacts, importText } = openContacts();
    const dry = await importText(file, { dryRun: true });
    expect(dry.addresses).toEqual({
      role: 1,
      disposable: 1,
      freeMail: 1,
      typo: 3,
      corrected: 0,
      slips: [
        { domain: 'gmial.com', meant: 'gmail.com', people: 2 },
        { domain: 'outlok.com', meant: 'outlook.com', people: 1 },
      ],
    });
    const run = await importText(`${file}\nanna@gmail.com,Anna again`, { corrections: { 'Gmial.com': 'gmail.com' } });
    expect(run).toMatchObject({ created: 6, duplicates: 1, addresses: { corrected: 2, typo: 1 } });
    expect(contacts.findByAddress('anna@gmail.com')).toMatchObject({ firstName: 'Anna', check: null });
    expect(contacts.findByAddress('anna@gmial.com')).toBeNull();
    expect(contacts.findByAddress('cem@outlok.com')?.check).toMatchObject({ verdict: 'risky', flags: ['typo'], suggestion: 'cem@outlook.com' });
    expect(contacts.list({ limit: 9, verdict: 'risky' }).total).toBe(3);
    expect(
      contacts.segments.count({ filter: { version: 1, match: 'all', rules: [{ kind: 'text', field: 'address_verdict', op: 'equals', values: ['risky'], not: false }] } }),
    ).toEqual({ count: 3 });
  });

  it('refuses a correction that is no domain', async () => {
    const { importText } = openContacts();
    await expect(importText(file, { corrections: { 'gmial.com': 'gmail' } })).rejects.toMatchObject({ code: 'validation' });
  });
});
