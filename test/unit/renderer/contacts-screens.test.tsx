// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { setTransport } from '../../../renderer/lib/client.ts';
import type { Link } from '../../../renderer/lib/transport.ts';
import type { ImportInspection, ImportRun } from '../../../shared/schemas/contact.ts';
import { fakeNow } from '../../support/fake-data.ts';
import { busyState, emptyState, type FakeState } from '../../support/memory-engine.ts';
import { memoryLink, renderApp } from '../../support/render.tsx';

const slow = { timeout: 8000 };
// One change, not one for every key: a big form is slow to draw without a browser.
const write = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });
const inputs = (from: FakeState, name: string) => from.calls.filter((call) => call.name === name).map((call) => call.input);

afterEach(cleanup);

describe('contacts', () => {
  it('tells who has none what to do', async () => {
    renderApp('/contacts', emptyState());
    expect(await screen.findByText('No contacts yet', {}, slow)).toBeTruthy();
    expect(screen.getAllByRole('link', { name: 'Import contacts' }).length).toBeGreaterThan(0);
  });

  it('asks the engine for windows, filters and order', async () => {
    const state = busyState();
    renderApp('/contacts', state);
    expect(await screen.findByText('180 rows', {}, slow)).toBeTruthy();
    await userEvent.type(screen.getByRole('textbox', { name: 'Search name, address or company' }), 'saloum');
    await waitFor(() => expect(inputs(state, 'subscribers.query').at(-1)).toMatchObject({ q: 'saloum', offset: 0, limit: 100 }), slow);
    await userEvent.click(screen.getByRole('button', { name: 'Company' }));
    await waitFor(() => expect(inputs(state, 'subscribers.query').at(-1)).toMatchObject({ q: 'saloum', sort: 'company' }), slow);
  });

  it('puts everybody who matches on a list', async () => {
    const state = busyState();
    renderApp('/contacts', state);
    await screen.findByText('180 rows', {}, slow);
    await userEvent.click(screen.getAllByRole('checkbox', { name: 'Select row' })[0] as HTMLElement);
    await userEvent.click(await screen.findByRole('button', { name: 'Select all 180' }));
    expect(await screen.findByText('180 people selected', {}, slow)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Add to list' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Autumn fair' }));
    await waitFor(() => expect(inputs(state, 'subscribers.bulk')).toEqual([{ target: { query: {} }, action: { kind: 'add_to_list', listId: 'list-0' } }]));
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }, slow));
    await waitFor(() => expect(state.bulkChanges[0]?.state).toBe('undone'));
  });

  it('edits a cell by keyboard, keeps what is refused on screen, and takes it back', async () => {
    const state = busyState();
    renderApp('/contacts', state);
    await screen.findByText('180 rows', {}, slow);
    const grid = screen.getByRole('grid', { name: 'Contacts' });
    grid.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowRight}{F2}');
    const field = await screen.findByRole('textbox', { name: 'Edit Company' });
    const before = state.contacts[1]?.company;
    state.failing['subscribers.update'] = { code: 'validation', message: 'Too long' };
    write(field, 'Acme');
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByText(/Too long/, {}, slow)).toBeTruthy();
    state.failing = {};
    await userEvent.type(field, '{Enter}');
    await waitFor(() => expect(state.contacts[1]?.company).toBe('Acme'));
    expect(document.activeElement).toBe(grid);
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }, slow));
    await waitFor(() => expect(state.contacts[1]?.company).toBe(before));
  });

  it('builds a filter, asks the engine for it and saves it as a segment', async () => {
    const state = busyState();
    renderApp('/contacts', state);
    await screen.findByText('180 rows', {}, slow);
    await userEvent.click(screen.getByRole('button', { name: 'Filter' }));
    await userEvent.type(screen.getByLabelText('Value', { selector: 'input:not([type=hidden])' }), 'Acme{Enter}');
    const rules = [{ kind: 'text', field: 'company', op: 'equals', values: ['Acme'], not: false }];
    await waitFor(() => expect(inputs(state, 'subscribers.query').at(-1)).toMatchObject({ filter: { version: 1, match: 'all', rules } }), slow);
    await userEvent.click(screen.getByRole('button', { name: 'Save as segment' }));
    await userEvent.type(await screen.findByLabelText(/^Name of the segment/), 'Acme people');
    await userEvent.click(screen.getByRole('button', { name: 'Save segment' }));
    await waitFor(() => expect(state.segments).toMatchObject([{ name: 'Acme people', view: null, filter: { rules } }]));
    expect(await screen.findByRole('button', { name: /^Acme people/, current: true }, slow)).toBeTruthy();
  });

  it('asks before it deletes', async () => {
    const state = busyState();
    renderApp('/contacts', state);
    await screen.findByText('180 rows', {}, slow);
    await userEvent.click(screen.getAllByRole('checkbox', { name: 'Select row' })[1] as HTMLElement);
    await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
    expect(state.contacts).toHaveLength(180);
    await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Delete 1 contact' }));
    await waitFor(() => expect(state.contacts).toHaveLength(179));
    expect(await screen.findByText('179 rows', {}, slow)).toBeTruthy();
  });

  it('erases a person only after the word was typed', async () => {
    const state = busyState();
    renderApp('/contacts', state);
    await screen.findByText('180 rows', {}, slow);
    await userEvent.click(screen.getAllByRole('checkbox', { name: 'Select row' })[1] as HTMLElement);
    await userEvent.click(screen.getByRole('button', { name: 'More' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Erase for good…' }));
    const dialog = await screen.findByRole('dialog', { name: 'Erase this person?' });
    expect(within(dialog).getByText('This cannot be undone.')).toBeTruthy();
    const confirm = within(dialog).getByRole('button', { name: 'Erase person' });
    expect(confirm.hasAttribute('disabled')).toBe(true);
    await userEvent.type(within(dialog).getByRole('textbox'), 'erase');
    await userEvent.click(confirm);
    await waitFor(() => expect(state.contacts).toHaveLength(179));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('adds a person, tidies field names and shows what the engine refuses beside the field', async () => {
    const state = busyState();
    renderApp('/contacts', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Add contact' }, slow));
    const dialog = await screen.findByRole('dialog');
    const email = within(dialog).getByLabelText(/^E-mail address/);
    write(email, 'nobody');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add contact' }));
    expect(within(dialog).getByText(/Write a complete address/)).toBeTruthy();
    write(email, 'nobody@example.com');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add a field' }));
    write(within(dialog).getByLabelText('Name of the field'), 'Kunden Nr.');
    write(within(dialog).getByLabelText('Value'), '17');
    state.failing['subscribers.create'] = { code: 'validation', message: 'Some fields need attention', data: { fields: { email: 'This address is known already.' } } };
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add contact' }));
    expect(await within(dialog).findByText('This address is known already.')).toBeTruthy();
    state.failing = {};
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add contact' }));
    await waitFor(() => expect(state.contacts.at(-1)).toMatchObject({ email: 'nobody@example.com', custom: { kunden_nr: '17' } }));
  });

  it('opens a person by address and suppresses them only after asking', async () => {
    const state = busyState();
    renderApp('/contacts?contact=contact-0', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Never mail again' }, slow));
    const dialog = await screen.findByRole('dialog', { name: /^Never mail anna\.lindqvist/ });
    expect(state.suppressions).toHaveLength(0);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Never mail again' }));
    await waitFor(() => expect(state.suppressions).toMatchObject([{ kind: 'address', value: 'anna.lindqvist@birchvale.example.com' }]));
  });

  it('lifts a suppression after a warning', async () => {
    const state = busyState();
    state.suppressions = [{ id: 's1', kind: 'address', value: 'gone@example.com', reason: 'unsubscribed', note: '', createdAt: fakeNow }];
    renderApp('/contacts?tab=suppressions', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Lift: gone@example.com' }, slow));
    expect(await screen.findByText(/This person asked not to be mailed/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Lift' }));
    await waitFor(() => expect(state.suppressions).toHaveLength(0));
  });
});

const inspection: ImportInspection = {
  uploadId: 'up',
  fileName: 'people.csv',
  bytes: 2048,
  format: 'csv',
  encoding: 'windows-1252',
  sheets: [],
  sheet: null,
  delimiter: ';',
  headerLine: 1,
  mapping: { '0': 'email' },
  columns: [
    { index: 0, name: 'Mail', samples: ['anna@example.com'] },
    { index: 1, name: 'Kunden Nr.', samples: ['17'] },
  ],
};
const run = (patch: Partial<ImportRun>): ImportRun => ({
  id: 'run',
  fileName: 'people.csv',
  dryRun: false,
  mode: 'skip',
  state: 'finished',
  bytesTotal: 2048,
  bytesRead: 2048,
  rows: 12,
  created: 11,
  updated: 0,
  unchanged: 0,
  duplicates: 0,
  rejected: 1,
  suppressed: 0,
  rejectedSample: [{ line: 7, reason: 'The address has no @', text: 'nobody;18' }],
  addresses: null,
  notes: ['2 phone numbers were too long'],
  error: null,
  startedAt: fakeNow,
  finishedAt: fakeNow,
  ...patch,
});

describe('import', () => {
  it('goes from the file over a dry run to the report', async () => {
    const { engine, container } = renderApp('/contacts/import', busyState());
    const asked: { name: string; input: unknown }[] = [];
    const inner = memoryLink(engine);
    let polls = 0;
    const link: Link = {
      call: (path, input, options) => {
        const name = path.join('.');
        asked.push({ name, input });
        if (name === 'subscribers.inspectImport') return Promise.resolve(inspection);
        if (name === 'subscribers.import')
          return Promise.resolve((input as { dryRun: boolean }).dryRun ? run({ id: 'dry', dryRun: true }) : run({ state: 'running', rows: 5, bytesRead: 1024 }));
        if (name === 'subscribers.getImport')
          return Promise.resolve(
            (input as { id: string }).id === 'dry' ? run({ id: 'dry', dryRun: true }) : (polls += 1) < 2 ? run({ state: 'running', rows: 5, bytesRead: 1024 }) : run({}),
          );
        return inner.call(path, input, options);
      },
    };
    setTransport({ kind: 'test', link: () => Promise.resolve(link), live: () => Promise.resolve({ link, closed: new Promise(() => undefined), needsAbort: true }) });

    await screen.findByText('Import contacts', {}, slow);
    const file = container.querySelector<HTMLInputElement>('input[type=file]');
    await userEvent.upload(file as HTMLInputElement, new File(['Mail;Kunden Nr.\nanna@example.com;17\n'], 'people.csv', { type: 'text/csv' }));
    expect(await screen.findByText(/WINDOWS-1252 · separated by semicolon · header in line 1/, {}, slow)).toBeTruthy();
    expect(screen.getByDisplayValue('kunden_nr')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Next' }));
    await userEvent.click(await screen.findByRole('radio', { name: 'A new list' }));
    await userEvent.click(screen.getByRole('button', { name: 'Dry run' }));
    expect(await screen.findByText('The address has no @', {}, slow)).toBeTruthy();
    expect(asked.find((call) => call.name === 'subscribers.import')?.input).toMatchObject({
      uploadId: 'up',
      dryRun: true,
      listName: 'people',
      mapping: { '0': 'email', '1': 'custom:kunden_nr' },
    });
    expect(screen.getByText('2 phone numbers were too long')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Import 11 people' }));
    expect(await screen.findByText('5 rows read · 50 %', {}, slow)).toBeTruthy();
    expect(await screen.findByRole('heading', { name: 'The import is finished' }, slow)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Download rejected rows' })).toBeTruthy();
  });
});
