import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../electron/engine/events/index.ts';
import { day } from '../../electron/engine/lib/clock.ts';
import { segmentFilterSchema } from '../../shared/schemas/segment.ts';
import { importEnd, openContacts } from '../support/contacts.ts';
import { openTestBase } from '../support/store.ts';
import { workbook, workbookOf } from '../support/xlsx.ts';

const header = 'Email,First name,Last name,Company,Time zone,Plan';
const many = (count: number): string => [header, ...Array.from({ length: count }, (_, i) => `p${i}@example.com,Ann,Lee ${i},Acme,Europe/Berlin,pro`)].join('\n');
const counts = ({ rows, created, updated, unchanged, duplicates, rejected, suppressed }: Record<string, unknown>) => ({
  rows,
  created,
  updated,
  unchanged,
  duplicates,
  rejected,
  suppressed,
});

describe('import', () => {
  it('reads, checks, keys and writes people, and reports what it did', async () => {
    const { contacts, events, importText } = openContacts();
    contacts.suppressions.create({ value: 'no@example.com', reason: 'unsubscribed', note: '' });
    const progress: Progress[] = [];
    events.subscribeProgress((each) => progress.push(each));
    const run = await importText(
      [
        header,
        'ANN@Example.com,Ann,Lee,Acme,Europe/Berlin,pro',
        'ann@example.com,Again,,,,',
        'nobody,X,Y,Z,,',
        ',Empty,,,,',
        'bob@example.com,Bob,,,Mars/Base,',
        'no@example.com,No,,,,',
        '',
        ',,,,,',
      ].join('\r\n'),
      { listName: 'Fair', tags: ['fair', 'Fair'] },
    );
    expect(run).toMatchObject({ state: 'finished', rows: 6, created: 3, updated: 0, unchanged: 0, duplicates: 1, rejected: 2, suppressed: 1, error: null });
    expect(run.rejectedSample.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'The address has no @'],
      [5, 'There is no e-mail address'],
    ]);
    expect(run.notes).toEqual(['1 × unknown time zone left out (“Mars/Base”, first in line 6)']);
    expect(contacts.findByAddress('ann@example.com')).toMatchObject({
      firstName: 'Ann',
      lastName: 'Lee',
      company: 'Acme',
      timeZone: 'Europe/Berlin',
      custom: { plan: 'pro' },
      tags: ['fair'],
      source: 'people.csv',
      status: 'active',
    });
    expect(contacts.findByAddress('no@example.com')?.status).toBe('unsubscribed');
    expect(contacts.lists.list({ limit: 5 }).items).toMatchObject([{ name: 'Fair', contacts: 3 }]);
    expect(events.after(0, 20).map((event) => event.type)).toEqual(['suppressed', 'imported']);
    expect(progress.at(-1)).toMatchObject({ task: 'import', id: run.id, state: 'finished', done: run.bytesTotal, total: run.bytesTotal });
    expect(contacts.imports({ limit: 5 })).toMatchObject({ total: 1, items: [{ id: run.id, state: 'finished' }] });
    expect(await contacts.fields()).toEqual({ custom: ['plan'], tags: ['fair'], definitions: [] });
  });

  it('gives back the rejected rows with line, reason and the original cells', async () => {
    const { contacts, importText } = openContacts();
    const run = await importText('Email,Name\nnobody,"=cmd, ""x"""\nann@example.com,Ann\n');
    const file = await contacts.rejectedRows({ id: run.id });
    expect(file.name).toBe('people-rejected.csv');
    expect((await file.bytes()).slice(0, 3)).toEqual(Uint8Array.of(0xef, 0xbb, 0xbf));
    expect(await file.text()).toBe('line,reason,Email,Name\r\n2,The address has no @,nobody,"\'=cmd, ""x"""\r\n');
  });

  it('imports a sheet of a workbook, whatever the file is called, and gives back its rejected rows as CSV', async () => {
    const { contacts } = openContacts();
    const sheet = '<row r="2"><c t="str"><v>Email</v></c><c t="str"><v>First name</v></c><c t="str"><v>Since</v></c></row>';
    const person = '<row r="3"><c t="str"><v>Ann@Example.com</v></c><c t="str"><v>Änne</v></c><c s="1"><v>45351</v></c></row><row r="4"><c t="str"><v>nobody</v></c></row>';
    const bytes = workbook({ sheets: { Notes: '<row><c t="str"><v>Read me</v></c></row>', People: sheet + person }, styles: [14] });
    const first = await contacts.inspectImport({ file: new File([bytes as Uint8Array<ArrayBuffer>], 'people.csv') });
    expect(first).toMatchObject({ format: 'xlsx', sheets: ['Notes', 'People'], sheet: 'Notes' });
    const { uploadId, ...inspection } = await contacts.inspectImport({ uploadId: first.uploadId, sheet: 'People' });
    expect(inspection).toMatchObject({ sheet: 'People', headerLine: 2, mapping: { 0: 'email', 1: 'first_name', 2: 'custom:since' } });
    const { id } = await contacts.import({ uploadId, sheet: 'People', mode: 'skip', dryRun: false });
    const run = await importEnd(contacts, id);
    expect(run).toMatchObject({ state: 'finished', rows: 2, created: 1, rejected: 1, bytesRead: run.bytesTotal });
    expect(contacts.findByAddress('ann@example.com')).toMatchObject({ firstName: 'Änne', custom: { since: '2024-02-29' } });
    expect(await (await contacts.rejectedRows({ id })).text()).toBe('line,reason,Email,First name,Since\r\n4,The address has no @,nobody\r\n');
  });

  it('keeps where and when people agreed: from their rows, else from what is said of the whole file', async () => {
    const { contacts, importText, add } = openContacts();
    const noon = (date: string) => Date.parse(`${date}T12:00:00Z`);
    add('known@example.com', { consentSource: 'By phone', consentAt: noon('2020-01-01') });
    const text = [
      'Email,Consent source,Consent date',
      'own@example.com,Newsletter form,2026-03-01 09:30',
      'dated@example.com,,1.2.2026',
      'none@example.com,,sometime',
      'known@example.com,,',
    ].join('\n');
    const consent = { source: 'Fair 2026', at: noon('2026-05-05') };
    const run = await importText(text, { consent, mode: 'fill_empty' });
    expect(run.notes).toEqual(['1 × value that its field cannot hold left out (consent_at: “sometime” is not a clear date. Write it as 2026-11-30; first in line 4)']);
    const of = (email: string) => contacts.findByAddress(email);
    expect(of('own@example.com')).toMatchObject({ consentSource: 'Newsletter form', consentAt: Date.parse('2026-03-01T09:30:00Z'), custom: {} });
    expect(of('dated@example.com')).toMatchObject({ consentSource: 'Fair 2026', consentAt: noon('2026-02-01') });
    expect(of('none@example.com')).toMatchObject({ consentSource: 'Fair 2026', consentAt: consent.at });
    expect(of('known@example.com')).toMatchObject({ consentSource: 'By phone', consentAt: noon('2020-01-01') });

    const rules = [
      { kind: 'text', field: 'consent_source', op: 'equals', values: ['fair 2026'] },
      { kind: 'date', field: 'consent_at', op: 'after', date: '2026-03-01' },
    ];
    expect(contacts.list({ limit: 9, filter: segmentFilterSchema.parse({ rules }) }).items.map(({ email }) => email)).toEqual(['none@example.com']);
    await importText('Email\nknown@example.com\n', { consent, mode: 'overwrite' });
    expect(of('known@example.com')).toMatchObject({ consentSource: 'Fair 2026', consentAt: consent.at });
    expect(contacts.update({ id: of('known@example.com')?.id ?? '', consentSource: ' Said so  again ', consentAt: null })).toMatchObject({
      consentSource: 'Said so again',
      consentAt: null,
    });
  });

  it('can be cancelled while a workbook is read', async () => {
    const { contacts } = openContacts();
    const bytes = workbookOf([['Email'], ...Array.from({ length: 30_000 }, (_, at) => [`p${at}@example.com`])]);
    const { id } = await contacts.import({ file: new File([bytes as Uint8Array<ArrayBuffer>], 'people.xlsx'), mode: 'skip', dryRun: false });
    expect((await contacts.cancelImport({ id })).state).toBe('cancelled');
    expect(contacts.list({ limit: 1 }).total).toBeLessThan(30_000);
  });

  it('counts in a dry run exactly what the real run then does, and writes nothing', async () => {
    const { contacts, add, importText, events } = openContacts();
    add('p1@example.com', { firstName: 'Old' });
    add('p2@example.com', { firstName: 'Ann', lastName: 'Lee 2', company: 'Acme', timeZone: 'Europe/Berlin', custom: { plan: 'pro' } });
    contacts.suppressions.create({ value: 'p3@example.com', reason: 'complaint', note: '' });
    const cursor = events.cursor();
    const text = `${many(2000)}\np5@example.com,again\nbroken,x\n`;
    for (const mode of ['skip', 'fill_empty', 'overwrite'] as const) {
      const dry = await importText(text, { mode, dryRun: true, listName: 'Never' });
      expect(contacts.list({ limit: 1 }).total).toBe(2);
      expect(counts(dry)).toEqual({ rows: 2002, created: 1998, updated: mode === 'skip' ? 0 : 1, unchanged: mode === 'skip' ? 2 : 1, duplicates: 1, rejected: 1, suppressed: 1 });
    }
    expect([events.cursor(), contacts.lists.list({ limit: 1 }).total]).toEqual([cursor, 0]);
    const dry = await importText(text, { mode: 'overwrite', dryRun: true });
    expect(counts(await importText(text, { mode: 'overwrite' }))).toEqual(counts(dry));
    expect(contacts.list({ limit: 1 }).total).toBe(2000);
  });

  it('merges by mode; an empty cell never erases', async () => {
    const { contacts, add, importText } = openContacts();
    const fresh = (email: string) => add(email, { firstName: 'Old', company: '', city: 'Bonn', tags: ['a'], custom: { plan: 'free' } });
    const text = (email: string) => `Email,First name,Company,City,Tags,Plan,Size\n${email},New,Acme,,b,pro,10\n`;
    fresh('skip@example.com');
    fresh('fill@example.com');
    fresh('over@example.com');
    await importText(text('skip@example.com'), { mode: 'skip' });
    await importText(text('fill@example.com'), { mode: 'fill_empty' });
    await importText(text('over@example.com'), { mode: 'overwrite' });
    expect(contacts.findByAddress('skip@example.com')).toMatchObject({ firstName: 'Old', company: '', city: 'Bonn', tags: ['a'], custom: { plan: 'free' } });
    expect(contacts.findByAddress('fill@example.com')).toMatchObject({ firstName: 'Old', company: 'Acme', city: 'Bonn', tags: ['a', 'b'], custom: { plan: 'free', size: '10' } });
    expect(contacts.findByAddress('over@example.com')).toMatchObject({ firstName: 'New', company: 'Acme', city: 'Bonn', tags: ['a', 'b'], custom: { plan: 'pro', size: '10' } });
    expect(contacts.list({ limit: 5, q: 'acme' }).total).toBe(2);
  });

  it('inspects an upload once, for the dry run and the real one', async () => {
    const { contacts, dataDir } = openContacts();
    const inspection = await contacts.inspectImport({ file: new File(['Mail;Wer\r\nann@example.com;Ann Lee\r\n'], '../../etc/Leute 1.csv') });
    expect(inspection).toMatchObject({
      fileName: 'Leute 1.csv',
      encoding: 'utf-8',
      delimiter: ';',
      headerLine: 1,
      mapping: { 0: 'email', 1: 'custom:wer' },
      columns: [
        { index: 0, name: 'Mail', samples: ['ann@example.com'] },
        { index: 1, name: 'Wer' },
      ],
    });
    const options = { uploadId: inspection.uploadId, mapping: { 0: 'email', 1: 'full_name' } as const, mode: 'skip' as const };
    const dry = await contacts.import({ ...options, dryRun: true });
    await importEnd(contacts, dry.id);
    const real = await contacts.import({ ...options, dryRun: false });
    expect(await importEnd(contacts, real.id)).toMatchObject({ state: 'finished', created: 1 });
    expect(contacts.findByAddress('ann@example.com')).toMatchObject({ firstName: 'Ann', lastName: 'Lee' });
    await expect.poll(() => existsSync(join(dataDir, 'uploads', `${inspection.uploadId}.csv`))).toBe(false);
    await expect(contacts.import({ ...options, dryRun: false })).rejects.toMatchObject({ code: 'not_found' });
    await expect(contacts.import({ ...options, uploadId: '../../homing', dryRun: false })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses a bad file or mapping before anything is written, and keeps no upload of it', async () => {
    const { contacts, importText, dataDir } = openContacts();
    await expect(contacts.inspectImport({ file: new File(['PK\u0003\u0004xxxxxxxxxxxxxxxx'], 'people.csv') })).rejects.toMatchObject({ code: 'csv_unreadable' });
    await expect(contacts.inspectImport({ file: new File([], 'people.csv') })).rejects.toMatchObject({ code: 'csv_unreadable' });
    expect(readdirSync(join(dataDir, 'uploads'))).toEqual([]);
    await expect(importText('a,b\n1,2\n')).rejects.toMatchObject({ code: 'validation', data: { fields: { mapping: 'Say which column holds the e-mail address.' } } });
    await expect(importText(many(1), { listId: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
    expect(contacts.imports({ limit: 5 }).total).toBe(0);
  });

  it('is cancelled at once; what is written stays and is counted', async () => {
    const { contacts, events } = openContacts();
    const total = 60_000;
    const run = await contacts.import({ file: new File([many(total)], 'people.csv'), mode: 'skip', dryRun: false });
    await expect.poll(() => contacts.list({ limit: 1 }).total, { interval: 1, timeout: 20_000 }).toBeGreaterThan(0);
    await expect(contacts.import({ file: new File([many(1)], 'other.csv'), mode: 'skip', dryRun: false })).rejects.toMatchObject({ code: 'wrong_state' });
    const cancelled = await contacts.cancelImport({ id: run.id });
    expect(cancelled).toMatchObject({ state: 'cancelled', error: null });
    expect(cancelled.created).toBeGreaterThan(0);
    expect(cancelled.created).toBeLessThan(total);
    expect(cancelled.rows).toBeGreaterThanOrEqual(cancelled.created);
    await new Promise((resolve) => setImmediate(resolve));
    expect(contacts.list({ limit: 1 }).total).toBe(cancelled.created);
    expect(events.after(0, 5)).toMatchObject([{ type: 'imported', reason: 'cancelled' }]);
    expect(await contacts.cancelImport({ id: run.id })).toEqual(cancelled);
  });

  it('lets the event loop breathe while it writes', async () => {
    const { contacts } = openContacts();
    const run = await contacts.import({ file: new File([many(5000)], 'people.csv'), mode: 'skip', dryRun: false });
    let turns = 0;
    while (contacts.getImport({ id: run.id }).state === 'running') {
      turns += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(contacts.getImport({ id: run.id }).created).toBe(5000);
    expect(turns).toBeGreaterThan(5000 / 500);
  });

  it('is marked failed after a crash, with what to do', () => {
    const base = openTestBase();
    const first = openContacts({}, base);
    const report = { id: 'x', fileName: 'people.csv', dryRun: false, mode: 'skip', state: 'running', created: 40, updated: 2, startedAt: 1, finishedAt: null };
    base.store.transaction((tx) => tx.prepare(`insert into imports values ('x', 'people.csv', 0, 'skip', 'running', ?, 1)`).run(JSON.stringify(report)));
    first.contacts.start();
    expect(first.contacts.getImport({ id: 'x' })).toMatchObject({
      state: 'failed',
      finishedAt: base.clock.now(),
      error: expect.stringMatching(/closed while this import ran. At least 42 people.*again/) as unknown,
    });
  });

  it('ends with a reason when the engine stops', async () => {
    const { contacts } = openContacts();
    const run = await contacts.import({ file: new File([many(60_000)], 'people.csv'), mode: 'skip', dryRun: false });
    await contacts.stop();
    expect(contacts.getImport({ id: run.id })).toMatchObject({ state: 'failed', error: expect.stringMatching(/Homing was closed/) as unknown });
  });

  it('removes uploads after a day and rejected rows after thirty', async () => {
    const { contacts, clock, dataDir, importText } = openContacts();
    await contacts.inspectImport({ file: new File([many(1)], 'people.csv') });
    await importText('Email\nnobody\nann@example.com\n', { dryRun: true });
    const kinds = () =>
      readdirSync(join(dataDir, 'uploads'))
        .map((name) => name.replace(/^[^.]*/, ''))
        .sort();
    contacts.start();
    expect(kinds()).toEqual(['.csv', '.csv', '.json', '.json', '.rejected.csv']);
    clock.advance(day + 1);
    contacts.start();
    await expect.poll(kinds).toEqual(['.rejected.csv']);
    clock.advance(30 * day);
    contacts.start();
    await expect.poll(kinds).toEqual([]);
  });
});
