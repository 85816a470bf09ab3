import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { day } from '../../electron/engine/lib/clock.ts';
import { localDay } from '../../electron/engine/lib/zone.ts';
import type { Contact } from '../../shared/schemas/contact.ts';
import { segmentFilterSchema, type SegmentFilter, type SegmentLeaf, type SegmentRule } from '../../shared/schemas/segment.ts';
import { openContacts } from '../support/contacts.ts';

const zone = 'America/New_York';

interface Happened {
  readonly type: string;
  readonly at: number;
  readonly campaignId: string | null;
}

/** All that a filter may look at, in plain objects. */
interface Person {
  readonly contact: Contact;
  readonly listIds: readonly string[];
  readonly happened: readonly Happened[];
}

/** What a filter means, without SQL: one person at a time. */
function fits({ match, rules }: Pick<SegmentFilter, 'match' | 'rules'>, person: Person, now: number): boolean {
  if (rules.length === 0) return true;
  const one = (rule: SegmentRule) => (rule.kind === 'group' ? fits(rule, person, now) : leafFits(rule, person, now)) !== rule.not;
  return match === 'all' ? rules.every(one) : rules.some(one);
}

function leafFits(rule: SegmentLeaf, person: Person, now: number): boolean {
  const { contact } = person;
  const low = (text: string) => text.toLowerCase();
  switch (rule.kind) {
    case 'text': {
      const has = low(textOf(contact, rule.field));
      if (rule.op === 'is_empty') return has === '';
      return rule.values.map(low).some((value) => {
        if (rule.op === 'equals') return has === value;
        if (rule.op === 'contains') return has.includes(value);
        return rule.op === 'starts_with' ? has.startsWith(value) : has.endsWith(value);
      });
    }
    case 'number': {
      const text = textOf(contact, rule.field);
      if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return false;
      return rule.op === 'equals' ? Number(text) === rule.value : rule.op === 'at_least' ? Number(text) >= rule.value : Number(text) <= rule.value;
    }
    case 'date': {
      const date = dateOf(contact, rule.field);
      if (date === null) return false;
      return rule.op === 'on' ? date === rule.date : rule.op === 'before' ? date < rule.date : date > rule.date;
    }
    case 'days': {
      const date = dateOf(contact, rule.field);
      if (date === null) return false;
      const away = (Date.parse(date) - Date.parse(localDay(zone, now))) / day;
      return rule.op === 'last' ? away <= 0 && away >= -rule.days : away >= 0 && away <= rule.days;
    }
    case 'tag':
      return contact.tags.some((tag) => rule.tags.map(low).includes(low(tag)));
    case 'list':
      return rule.listIds.some((id) => person.listIds.includes(id));
    case 'status':
      return rule.statuses.includes(contact.status);
    case 'event':
      return (
        person.happened.filter(
          ({ type, at, campaignId }) =>
            type === rule.event && (rule.withinDays === null || at > now - rule.withinDays * day) && (rule.campaignId === null || campaignId === rule.campaignId),
        ).length >= rule.atLeast
      );
  }
}

function textOf(contact: Contact, field: string): string {
  const standard: Record<string, string> = {
    email: contact.email,
    domain: contact.email.split('@')[1] ?? '',
    first_name: contact.firstName,
    company: contact.company,
    city: contact.city,
    time_zone: contact.timeZone ?? '',
  };
  return standard[field] ?? contact.custom[field.replace('custom.', '')] ?? '';
}

function dateOf(contact: Contact, field: string): string | null {
  const moments: Record<string, number | null> = { created_at: contact.createdAt, last_sent_at: contact.lastSentAt, last_reply_at: contact.lastReplyAt };
  if (Object.hasOwn(moments, field)) return moments[field] === null || moments[field] === undefined ? null : localDay(zone, moments[field]);
  return /^\d{4}-\d{2}-\d{2}/.exec(textOf(contact, field))?.[0] ?? null;
}

const words = [
  'Acme',
  'ACME Ltd',
  'acme',
  'Größe',
  'GRÖSSE',
  'größe',
  'O\'Hara "x"',
  '100%',
  'a_b',
  'ab',
  '42',
  '-3.5',
  '007',
  '1e3',
  'true',
  '2026-05-01',
  '2026-05-04 10:00',
  'Ω',
  'x,"vip"',
  '["vip',
  '\\',
];
const tags = ['vip', 'VIP', 'Größe', 'x"vip', 'a,"vip"', '["vip"]', 'back\\slash', 'old'];
const campaigns = ['k1', 'k2'];
const types = ['enrolled', 'sent', 'replied', 'auto_replied', 'bounced', 'unsubscribed', 'opened', 'clicked', 'converted'] as const;

const text = fc.constantFrom('', ...words);
const happened = fc.record({ type: fc.constantFrom(...types), agoDays: fc.integer({ min: 0, max: 40 }), campaignId: fc.option(fc.constantFrom(...campaigns)) });
const someone = fc.record({
  domain: fc.constantFrom('acme.com', 'mail.acme.com', 'gmail.com', 'größe.example'),
  firstName: text,
  company: text,
  city: text,
  timeZone: fc.option(fc.constantFrom('Europe/Berlin', 'Asia/Tokyo')),
  custom: fc.dictionary(fc.constantFrom('plan', 'renewal', 'seats', 'größe'), fc.constantFrom(...words), { maxKeys: 4 }),
  tags: fc.uniqueArray(fc.constantFrom(...tags), { maxLength: 3 }),
  lists: fc.uniqueArray(fc.constantFrom(0, 1), { maxLength: 2 }),
  status: fc.constantFrom('active', 'active', 'bounced', 'unsubscribed', 'suppressed'),
  createdAgo: fc.integer({ min: 0, max: 40 * 24 }),
  happened: fc.array(happened, { maxLength: 5 }),
});

const textField = fc.constantFrom('email', 'domain', 'first_name', 'company', 'city', 'time_zone', 'custom.plan', 'custom.renewal', 'plan', 'custom.größe', 'custom.nobody has it');
const not = fc.boolean();
const value = fc.oneof(fc.constantFrom(...words), fc.constantFrom('cme', '.com', 'a', 'RÖS', '%', '_', 'acme.com', 'Europe', '2026'));
const leaf: fc.Arbitrary<SegmentLeaf> = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    field: textField,
    op: fc.constantFrom('equals' as const, 'contains' as const, 'starts_with' as const, 'ends_with' as const, 'is_empty' as const),
    values: fc.array(value, { minLength: 1, maxLength: 3 }),
    not,
  }),
  fc.record({
    kind: fc.constant('number' as const),
    field: fc.constantFrom('custom.plan', 'custom.seats', 'city'),
    op: fc.constantFrom('equals' as const, 'at_least' as const, 'at_most' as const),
    value: fc.constantFrom(42, -3.5, 7, 0, 1000),
    not,
  }),
  fc.record({
    kind: fc.constant('date' as const),
    field: fc.constantFrom('custom.renewal', 'custom.plan', 'created_at', 'last_sent_at', 'last_reply_at'),
    op: fc.constantFrom('on' as const, 'before' as const, 'after' as const),
    date: fc.constantFrom('2026-05-01', '2026-05-04', '2026-05-20', '2026-04-10', '1999-12-31'),
    not,
  }),
  fc.record({
    kind: fc.constant('days' as const),
    field: fc.constantFrom('custom.renewal', 'created_at', 'last_sent_at'),
    op: fc.constantFrom('last' as const, 'next' as const),
    days: fc.integer({ min: 0, max: 40 }),
    not,
  }),
  fc.record({ kind: fc.constant('tag' as const), tags: fc.array(fc.constantFrom(...tags, 'nobody'), { minLength: 1, maxLength: 2 }), not }),
  fc.record({ kind: fc.constant('list' as const), listIds: fc.array(fc.constantFrom('list-0', 'list-1', 'gone'), { minLength: 1, maxLength: 2 }), not }),
  fc.record({
    kind: fc.constant('status' as const),
    statuses: fc.array(fc.constantFrom('active' as const, 'bounced' as const, 'unsubscribed' as const), { minLength: 1, maxLength: 2 }),
    not,
  }),
  fc.record({
    kind: fc.constant('event' as const),
    event: fc.constantFrom(...types),
    atLeast: fc.integer({ min: 1, max: 3 }),
    withinDays: fc.option(fc.integer({ min: 1, max: 30 })),
    campaignId: fc.option(fc.constantFrom(...campaigns)),
    not,
  }),
);
const { rule } = fc.letrec<{ rule: SegmentRule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constant('group' as const), match: fc.constantFrom('all' as const, 'any' as const), rules: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }), not }),
  ),
}));
const filter = fc.record({ version: fc.constant(1 as const), match: fc.constantFrom('all' as const, 'any' as const), rules: fc.array(rule, { maxLength: 4 }) });

it('finds the same people as a plain reading of the filter, one by one', () => {
  const { contacts, store, add, clock } = openContacts({ zone });
  const now = clock.now();
  let n = 0;
  fc.assert(
    fc.property(fc.array(someone, { minLength: 1, maxLength: 6 }), fc.array(filter, { minLength: 1, maxLength: 8 }), (people, filters) => {
      store.transaction((tx) => {
        for (const table of ['contacts', 'lists', 'events', 'replies']) tx.prepare(`delete from ${table}`).run();
        for (const id of [0, 1]) tx.prepare('insert into lists (id, name, created_at, updated_at) values (?, ?, 0, 0)').run(`list-${id}`, `List ${id}`);
      });
      const known: Person[] = people.map(({ domain, lists, status, createdAgo, happened: facts, ...fields }) => {
        n += 1;
        const { id } = add(`person${n}@${domain}`, fields);
        // As the sender writes it.
        const sent = facts.filter(({ type }) => type === 'sent').map(({ agoDays }) => now - agoDays * day);
        const lastSentAt = sent.length === 0 ? null : Math.max(...sent);
        store.transaction((tx) => {
          tx.prepare('update contacts set status = ?, created_at = ?, last_sent_at = ? where id = ?').run(status, now - createdAgo * 3_600_000, lastSentAt, id);
          tx.prepare(`delete from events where type = 'contact_created'`).run();
          for (const list of lists) tx.prepare('insert into list_members (list_id, contact_id, added_at) values (?, ?, 0)').run(`list-${list}`, id);
          for (const { type, agoDays, campaignId } of facts) {
            const at = now - agoDays * day;
            if (type === 'replied') {
              n += 1;
              tx.prepare(
                `insert into replies (id, mailbox_id, folder, uid, uid_validity, "references", contact_id, campaign_id, from_address, from_name, to_address, subject, text, reply_text, class, confidence_permille, source, matched_by, unread, received_at, created_at)
                 values (?, 'm', 'INBOX', ?, '1', '[]', ?, ?, '', '', '', '', '', '', 'human', 900, 'rule', 'thread', 0, ?, 0)`,
              ).run(`r${n}`, n, id, campaignId, at);
            } else tx.prepare(`insert into events (at, type, actor, contact_id, campaign_id) values (?, ?, 'engine', ?, ?)`).run(at, type, id, campaignId);
          }
        });
        return {
          contact: contacts.get({ id }),
          listIds: lists.map((list) => `list-${list}`),
          happened: facts.map(({ type, agoDays, campaignId }) => ({ type, at: now - agoDays * day, campaignId })),
        };
      });
      for (const one of filters) {
        const parsed = segmentFilterSchema.parse(one);
        const expected = known.filter((person) => fits(parsed, person, now)).map(({ contact }) => contact.email);
        const found = contacts.list({ limit: 100, filter: parsed, sort: 'email' });
        expect(found.items.map(({ email }) => email).sort()).toEqual(expected.sort());
        expect(found.total).toBe(expected.length);
        expect(contacts.segments.count({ filter: parsed })).toEqual({ count: expected.length });
      }
    }),
    { numRuns: 150 },
  );
});
