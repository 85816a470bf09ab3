import { describe, expect, test } from 'vitest';
import { previewPeople } from '../../../electron/engine/sequences/preview-people.ts';
import { openTestBase } from '../../support/store.ts';

type Base = ReturnType<typeof openTestBase>;

function person({ store, ids, clock }: Base, email: string, fields: { firstName?: string; company?: string; custom?: Record<string, string>; status?: string } = {}): string {
  const id = ids.next();
  const { firstName = '', company = '', custom = {}, status = 'active' } = fields;
  store.transaction((tx) =>
    tx
      .prepare(
        `insert into contacts (id, email, domain, first_name, last_name, company, title, phone, website, city, country, time_zone, tags, custom, status, source, created_at, updated_at)
         values (?, ?, 'example.com', ?, '', ?, '', '', '', '', '', null, '[]', ?, ?, '', ?, ?)`,
      )
      .run(id, email, firstName, company, JSON.stringify(custom), status, clock.now(), clock.now()),
  );
  return id;
}

function list({ store, ids, clock }: Base, name: string, members: readonly string[]): void {
  const id = ids.next();
  store.transaction((tx) => {
    tx.prepare('insert into lists (id, name, created_at, updated_at) values (?, ?, ?, ?)').run(id, name, clock.now(), clock.now());
    for (const member of members) tx.prepare('insert into list_members (list_id, contact_id, added_at) values (?, ?, ?)').run(id, member, clock.now());
  });
}

const mail = {
  subject: 'For {{ company | default: "you" }}',
  html: '',
  text: 'Hi {{ contact.first_name }}, your plan is {{ plan | upcase }} {{ custom["job title"] }} {{ sender.name }}',
};

describe('people to preview for', () => {
  test('are one with everything the mail names, one who lacks most, one who must not be mailed, and one of each list', () => {
    const base = openTestBase();
    const full = person(base, 'ada@example.com', { firstName: 'Ada', company: 'Engines', custom: { plan: 'big', 'job title': 'x' } });
    const some = person(base, 'bob@example.com', { firstName: 'Bob' });
    const none = person(base, 'info@example.com');
    const gone = person(base, 'gone@example.com', { status: 'unsubscribed' });
    list(base, 'Everybody', [full, none, some, gone]);
    list(base, 'Only her', [full]);
    expect(previewPeople(base.store, mail)).toEqual([
      { contactId: full, name: 'Ada', email: 'ada@example.com', kind: 'full', detail: [] },
      { contactId: none, name: 'info@example.com', email: 'info@example.com', kind: 'gaps', detail: ['company', 'first_name', 'custom.plan', 'custom.job title'] },
      { contactId: gone, name: 'gone@example.com', email: 'gone@example.com', kind: 'suppressed', detail: [] },
      { contactId: some, name: 'Bob', email: 'bob@example.com', kind: 'list', detail: ['Everybody'] },
    ]);
  });

  test('are left out where there is nobody such, and a mail without names has no gaps', () => {
    const base = openTestBase();
    expect(previewPeople(base.store, mail)).toEqual([]);
    person(base, 'ada@example.com');
    expect(previewPeople(base.store, { subject: 'Hi', html: '', text: 'Hello {{ email }} {% if city %}x{% endif %}' }).map(({ kind }) => kind)).toEqual(['full']);
  });
});
