import { describe, expect, it } from 'vitest';
import { openContacts } from '../support/contacts.ts';

describe('contacts', () => {
  it('are keyed by the normalised address', () => {
    const { contacts, add, events } = openContacts();
    const anna = add(' Anna@Example.COM ', { firstName: 'Anna', tags: ['VIP', 'vip'], custom: { 'Plan Name': 'pro' } });
    expect(anna).toMatchObject({ email: 'anna@example.com', tags: ['VIP'], custom: { plan_name: 'pro' }, status: 'active' });
    expect(() => add('ANNA@example.com')).toThrow(expect.objectContaining({ code: 'conflict', data: { fields: { email: 'Already a contact' } } }) as Error);
    expect(() => add('anna@localhost')).toThrow(expect.objectContaining({ code: 'validation' }) as Error);
    expect(() => add('bob@example.com', { custom: { status: 'x' } })).toThrow(/standard field/);
    expect(contacts.findByAddress('Anna <anna@EXAMPLE.com>')?.id).toBe(anna.id);
    expect(events.after(0, 10).map((event) => event.type)).toEqual(['contact_created']);
  });

  it('get a new key and status with a new address', () => {
    const { contacts, add, store } = openContacts();
    const anna = add('anna@example.com');
    add('bob@example.com');
    contacts.suppressions.create({ value: 'new@example.com', reason: 'unsubscribed', note: '' });
    store.transaction((tx) => tx.prepare('update contacts set soft_bounces = 3 where id = ?').run(anna.id));
    expect(() => contacts.update({ id: anna.id, email: 'bob@example.com' })).toThrow(expect.objectContaining({ code: 'conflict' }) as Error);
    expect(contacts.update({ id: anna.id, email: 'NEW@example.com' })).toMatchObject({ email: 'new@example.com', status: 'unsubscribed' });
    expect(contacts.row(anna.id)).toMatchObject({ domain: 'example.com', softBounces: 0 });
    expect(contacts.findByAddress('anna@example.com')).toBeNull();
  });

  it('know who works together: by company, else by domain, never by free mail', () => {
    const { contacts, add, store } = openContacts();
    const keyOf = (id: string) => (store.prepareRead('select company_key as key from contacts where id = ?').get(id) as { key: string }).key;
    const anna = add('anna@example.com', { company: '  ACME   Größe ' });
    expect(keyOf(anna.id)).toBe('acme größe');
    contacts.update({ id: anna.id, company: '' });
    expect(keyOf(anna.id)).toBe('example.com');
    expect(keyOf(add('ben@gmail.com').id)).toBe('');
    expect(keyOf(add('cid@gmail.com', { company: 'Acme Größe' }).id)).toBe('acme größe');
  });

  it('note only real changes', () => {
    const { contacts, add, events } = openContacts();
    const anna = add('anna@example.com', { company: 'Acme' });
    contacts.update({ id: anna.id, company: 'Acme' });
    contacts.update({ id: anna.id, company: 'Other', city: '' });
    expect(events.after(0, 10).map(({ type, data }) => [type, data])).toEqual([
      ['contact_created', null],
      ['contact_updated', { fields: ['company'] }],
    ]);
  });

  it('leave with their memberships; suppression and other people stay', async () => {
    const removed: string[][] = [];
    const { contacts, add } = openContacts({ onRemoved: (_tx, ids) => removed.push([...ids]) });
    const [anna, bob, cid] = ['anna', 'bob', 'cid'].map((name) => add(`${name}@example.com`).id) as [string, string, string];
    const list = await contacts.lists.create({ name: 'All', contactIds: [anna, bob, cid, 'nobody'] });
    expect(list.contacts).toBe(3);
    contacts.suppressions.create({ value: 'bob@example.com', reason: 'by_hand', note: '' });
    expect(await contacts.removeMany({ ids: [anna, bob, bob, 'nobody'] })).toEqual({ deleted: 2 });
    expect(removed).toEqual([[anna, bob]]);
    expect(contacts.lists.get({ id: list.id }).contacts).toBe(1);
    expect(contacts.isSuppressed(null, 'bob@example.com')).toBe('by_hand');
    expect(() => contacts.remove({ id: anna })).toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
    expect(add('bob@example.com').status).toBe('suppressed');
  });
});

describe('finding contacts', () => {
  function people() {
    const base = openContacts();
    const names = [
      ['Zoë', 'Adler', 'Alpha'],
      ['anna', 'adler', 'beta'],
      ['Bob', 'Müller', 'Alpha'],
      ['Cid', 'muller', 'Gamma'],
      ['Dee', 'Zander', ''],
    ] as const;
    const ids = names.map(([firstName, lastName, company], index) => {
      base.clock.advance(1000);
      return base.add(`p${index}@example.com`, { firstName, lastName, company, tags: index % 2 === 0 ? ['even', 'a "q" b'] : ['odd'] }).id;
    });
    return { ...base, ids };
  }

  it.each<[string, string[]]>([
    ['email', ['p0', 'p1', 'p2', 'p3', 'p4']],
    ['-email', ['p4', 'p3', 'p2', 'p1', 'p0']],
    ['createdAt', ['p0', 'p1', 'p2', 'p3', 'p4']],
    ['name', ['p1', 'p0', 'p3', 'p2', 'p4']],
    ['-company', ['p3', 'p1', 'p2', 'p0', 'p4']],
    ['lastSentAt', ['p1', 'p2', 'p4', 'p3', 'p0']],
    ['-lastSentAt', ['p0', 'p3', 'p4', 'p2', 'p1']],
  ])('sorts by %s, by cursor and by offset alike', (sort, expected) => {
    const { contacts, store, ids } = people();
    store.transaction((tx) => {
      tx.prepare('update contacts set last_sent_at = 50 where id = ?').run(ids[0]);
      tx.prepare('update contacts set last_sent_at = 40 where id = ?').run(ids[3]);
    });
    const byCursor: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = contacts.list({ limit: 2, sort, ...(cursor === undefined ? {} : { cursor }) });
      expect(page.total).toBe(5);
      byCursor.push(...page.items.map((item) => item.email.slice(0, 2)));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(byCursor).toEqual(expected);
    expect([0, 2, 4].flatMap((offset) => contacts.list({ limit: 2, sort, offset }).items.map((item) => item.email.slice(0, 2)))).toEqual(expected);
  });

  it('searches in address, name and company without accents or case, all words', () => {
    const { contacts } = people();
    const found = (q: string) => contacts.list({ limit: 10, sort: 'email', q }).items.map((item) => item.email.slice(0, 2));
    expect(found('MULLER')).toEqual(['p2', 'p3']);
    expect(found('müller alpha')).toEqual(['p2']);
    expect(found('zoe')).toEqual(['p0']);
    expect(found('p3@example')).toEqual(['p3']);
    expect(found('%')).toEqual([]);
  });

  it('filters by tag, status and list, together and with totals', async () => {
    const { contacts, ids } = people();
    const list = await contacts.lists.create({ name: 'Three', contactIds: ids.slice(0, 3) });
    contacts.suppressions.create({ value: 'p0@example.com', reason: 'hard_bounce', note: '' });
    const found = (query: object) => {
      const page = contacts.list({ limit: 10, sort: 'email', ...query });
      expect(page.total).toBe(page.items.length);
      return page.items.map((item) => item.email.slice(0, 2));
    };
    expect(found({ tag: 'even' })).toEqual(['p0', 'p2', 'p4']);
    expect(found({ tag: 'a "q" b' })).toEqual(['p0', 'p2', 'p4']);
    expect(found({ tag: 'q' })).toEqual([]);
    expect(found({ status: 'bounced' })).toEqual(['p0']);
    expect(found({ status: 'active' })).toEqual(['p1', 'p2', 'p3', 'p4']);
    expect(found({ listId: list.id })).toEqual(['p0', 'p1', 'p2']);
    expect(found({ listId: list.id, tag: 'even', status: 'active' })).toEqual(['p2']);
    expect(await contacts.fields()).toEqual({ custom: [], tags: ['a "q" b', 'even', 'odd'], definitions: [] });
  });

  it('gives the same page where many and where few match', () => {
    const { contacts, store } = people();
    store.transaction((tx) => {
      for (let i = 0; i < 4500; i += 1) {
        tx.prepare(
          `insert into contacts (id, email, domain, first_name, last_name, company, title, phone, website, city, country, tags, custom, status, source, search, created_at, updated_at)
           values (?, ?, 'example.org', '', ?, '', '', '', '', '', '', '[]', '{}', 'active', '', ?, ?, 1)`,
        ).run(`id${String(i).padStart(6, '0')}`, `many${i}@example.org`, `Name${i % 7}`, `many${i}@example.org`, i);
      }
    });
    const many = contacts.list({ limit: 5, q: 'many', sort: 'name', offset: 1000 });
    const few = contacts.list({ limit: 5, q: 'many44', sort: '-createdAt' });
    expect(many).toMatchObject({ total: 4500, items: [{ lastName: 'Name1' }, {}, {}, {}, {}] });
    expect(few.total).toBe(111);
    expect(few.items.map((item) => item.email)).toEqual(['many4499', 'many4498', 'many4497', 'many4496', 'many4495'].map((name) => `${name}@example.org`));
  });

  it('refuses an unknown sort and a foreign cursor', () => {
    const { contacts } = people();
    expect(() => contacts.list({ limit: 5, sort: 'password' })).toThrow(expect.objectContaining({ code: 'bad_request' }) as Error);
    expect(() => contacts.list({ limit: 5, sort: 'toString' })).toThrow(expect.objectContaining({ code: 'bad_request' }) as Error);
    expect(() => contacts.list({ limit: 5, cursor: 'nonsense' })).toThrow(expect.objectContaining({ code: 'bad_request' }) as Error);
  });
});

describe('suppressions', () => {
  it('cover an address or a domain with its subdomains, whatever the spelling', () => {
    const told: unknown[] = [];
    const { contacts, add, events } = openContacts({ onSuppressed: (_tx, suppressed) => told.push(suppressed) });
    const anna = add('anna@mail.example.com').id;
    const bob = add('bob@notexample.com').id;
    expect(contacts.suppressions.create({ value: ' Example.COM ', reason: 'complaint', note: 'asked' })).toMatchObject({ kind: 'domain', value: 'example.com' });
    expect(contacts.isSuppressed(null, 'Anna@mail.EXAMPLE.com')).toBe('complaint');
    expect(contacts.isSuppressed(null, 'bob@notexample.com')).toBeNull();
    expect([contacts.row(anna)?.status, contacts.row(bob)?.status]).toEqual(['suppressed', 'active']);
    expect(told).toEqual([{ kind: 'domain', value: 'example.com', reason: 'complaint', contactIds: [anna] }]);
    expect(add('cid@example.com').status).toBe('suppressed');
    expect(events.after(0, 10).filter((event) => event.type === 'suppressed')).toHaveLength(1);
  });

  it('are written once, with the first reason', () => {
    const told: unknown[] = [];
    const { contacts, add, store, events } = openContacts({ onSuppressed: (_tx, suppressed) => told.push(suppressed) });
    const { id } = add('anna@example.com');
    const suppress = (reason: 'hard_bounce' | 'unsubscribed') =>
      store.transaction((tx) => contacts.suppress(tx, { kind: 'address', value: 'anna@example.com', reason, actor: 'server' }));
    expect(suppress('hard_bounce').isNew).toBe(true);
    expect(suppress('unsubscribed')).toMatchObject({ isNew: false, suppression: { reason: 'hard_bounce' } });
    expect(contacts.row(id)?.status).toBe('bounced');
    expect(told).toHaveLength(1);
    expect(events.after(0, 10).map((event) => [event.type, event.contactId])).toEqual([
      ['contact_created', id],
      ['suppressed', id],
    ]);
  });

  it('give people free again when lifted, unless another one holds', () => {
    const { contacts, add } = openContacts();
    const anna = add('anna@example.com').id;
    const address = contacts.suppressions.create({ value: 'anna@example.com', reason: 'unsubscribed', note: '' });
    const domain = contacts.suppressions.create({ value: 'example.com', reason: 'by_hand', note: '' });
    contacts.suppressions.remove({ id: address.id });
    expect(contacts.row(anna)?.status).toBe('suppressed');
    contacts.suppressions.remove({ id: domain.id });
    expect(contacts.row(anna)?.status).toBe('active');
    expect(() => contacts.suppressions.remove({ id: domain.id })).toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
  });

  it('roll back with the transaction that made them', () => {
    const { contacts, add, store, events } = openContacts();
    const anna = add('anna@example.com').id;
    const cursor = events.cursor();
    expect(() =>
      store.transaction((tx) => {
        contacts.suppress(tx, { kind: 'address', value: 'anna@example.com', reason: 'unsubscribed', actor: 'contact' });
        expect(contacts.isSuppressed(tx, 'anna@example.com')).toBe('unsubscribed');
        throw new Error('later failure');
      }),
    ).toThrow('later failure');
    expect([contacts.isSuppressed(null, 'anna@example.com'), contacts.row(anna)?.status, events.cursor()]).toEqual([null, 'active', cursor]);
  });

  it('are listed newest first, page by page, and found by text', () => {
    const { contacts, clock } = openContacts();
    for (const value of ['a@example.com', 'b@example.com', 'example.org']) {
      contacts.suppressions.create({ value, reason: 'by_hand', note: '' });
      clock.advance(1000);
    }
    const first = contacts.suppressions.list({ limit: 2 });
    expect([first.total, first.items.map((item) => item.value)]).toEqual([3, ['example.org', 'b@example.com']]);
    expect(contacts.suppressions.list({ limit: 2, cursor: first.nextCursor ?? '' }).items.map((item) => item.value)).toEqual(['a@example.com']);
    expect(contacts.suppressions.list({ limit: 2, q: 'B@' }).items.map((item) => item.value)).toEqual(['b@example.com']);
    expect(() => contacts.suppressions.create({ value: 'not a thing', reason: 'by_hand', note: '' })).toThrow(expect.objectContaining({ code: 'validation' }) as Error);
  });
});

describe('lists', () => {
  it('have one name each, in any case', async () => {
    const { contacts } = openContacts();
    const list = await contacts.lists.create({ name: 'Fair' });
    await expect(contacts.lists.create({ name: 'FAIR' })).rejects.toMatchObject({ code: 'conflict' });
    expect(contacts.lists.update({ id: list.id, name: 'fair' }).name).toBe('fair');
    expect(() => contacts.lists.update({ id: 'nobody', name: 'x' })).toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
  });

  it('gain and lose people; a deleted list leaves them', async () => {
    const { contacts, add } = openContacts();
    const ids = ['a', 'b', 'c'].map((name) => add(`${name}@example.com`).id);
    const list = await contacts.lists.create({ name: 'Fair' });
    expect((await contacts.lists.addContacts({ id: list.id, contactIds: [...ids, ...ids] })).contacts).toBe(3);
    expect((await contacts.lists.removeContacts({ id: list.id, contactIds: ids.slice(0, 1) })).contacts).toBe(2);
    expect(contacts.get({ id: ids[1] ?? '' }).lists).toEqual([{ id: list.id, name: 'Fair' }]);
    contacts.lists.remove({ id: list.id });
    expect(contacts.list({ limit: 10 }).total).toBe(3);
    await expect(contacts.lists.addContacts({ id: list.id, contactIds: ids })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are paged by name and found by text', async () => {
    const { contacts } = openContacts();
    for (const name of ['beta', 'Alpha', 'gamma', '100 %']) await contacts.lists.create({ name });
    const first = contacts.lists.list({ limit: 2 });
    expect([first.total, ...first.items.map((item) => item.name)]).toEqual([4, '100 %', 'Alpha']);
    expect(contacts.lists.list({ limit: 5, cursor: first.nextCursor ?? '' }).items.map((item) => item.name)).toEqual(['beta', 'gamma']);
    expect(contacts.lists.list({ limit: 5, q: '%' }).items.map((item) => item.name)).toEqual(['100 %']);
  });
});
