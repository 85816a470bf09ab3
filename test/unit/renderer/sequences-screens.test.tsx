// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sequence, SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { fakeNow } from '../../support/fake-data.ts';
import { busyState, emptyState, type FakeState } from '../../support/memory-engine.ts';
import { renderApp } from '../../support/render.tsx';

const slow = { timeout: 8000 };
const mail = (id: string, subject: string, text = 'Hello') => ({ id, type: 'email' as const, variants: [{ id: 'A', weight: 1, active: true, subject, html: '', text }] });
// As the engine stores it: with every edge written out.
const graph: SequenceGraph = {
  steps: [
    { ...mail('m1', 'First'), next: 'w1' },
    { id: 'w1', type: 'wait', duration: 'P3D', businessDays: false, next: 'm2' },
    { ...mail('m2', ''), next: null },
  ],
};

function sequence(patch: Partial<Sequence> = {}): Sequence {
  return {
    id: 'seq',
    name: 'Gentle',
    description: '',
    status: 'active',
    draft: graph,
    draftChanged: false,
    activeVersion: 1,
    activeVersionId: 'v1',
    issues: [],
    createdAt: fakeNow,
    updatedAt: fakeNow,
    ...patch,
  };
}

function stateWith(...sequences: Sequence[]): FakeState {
  return { ...busyState(), sequences };
}

const draft = (state: FakeState) => state.sequences[0]?.draft ?? { steps: [] };
const order = (state: FakeState) => draft(state).steps.map((step) => step.id);

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe('list of sequences', () => {
  it('starts from a sample or a blank page and opens the editor', async () => {
    const { engine } = renderApp('/sequences', emptyState());
    await screen.findByText('No sequence yet', {}, slow);
    const buttons = screen.getAllByRole('button', { name: 'New sequence' });
    await userEvent.click(buttons[0] as HTMLElement);
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(within(dialog).getByLabelText('Name of the sequence'), 'Fair');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
    expect(await screen.findByDisplayValue('Fair', {}, slow)).toBeTruthy();
    expect(engine.state.sequences[0]?.draft.steps.map((step) => step.type)).toEqual(['email']);
  });

  it('says what went wrong and offers to try again', async () => {
    const state = stateWith(sequence());
    state.failing['sequences.list'] = { code: 'store_corrupt', message: 'The database file is damaged' };
    renderApp('/sequences', state);
    const again = await screen.findByRole('button', { name: 'Try again' }, slow);
    state.failing = {};
    await userEvent.click(again);
    expect(await screen.findByText('Gentle', {}, slow)).toBeTruthy();
  });
});

describe('sequence editor', () => {
  it('shows a stored sequence as saved and without difference, although its edges are written out', async () => {
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    expect(await screen.findByText('Saved', {}, slow)).toBeTruthy();
    expect(screen.getByText('thread continues')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Activate as version 2' }).getAttribute('aria-disabled')).toBe('true');
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(state.calls.some((call) => call.name === 'sequences.update')).toBe(false);
  });

  it('moves a step with Alt and an arrow, keeps the keyboard on it, and saves', async () => {
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    const second = await screen.findByRole('article', { name: 'Mail 2' }, slow);
    const toggle = second.querySelector<HTMLElement>('[data-step-toggle]');
    toggle?.focus();
    fireEvent.keyDown(toggle as HTMLElement, { key: 'ArrowUp', altKey: true });
    await waitFor(() => expect(order(state)).toEqual(['m1', 'm2', 'w1']), slow);
    expect(document.activeElement?.closest('[data-step]')?.getAttribute('data-step')).toBe('m2');
    expect(screen.getByText('Mail 2 is now step 2 of 3')).toBeTruthy();
  });

  it('deletes a step and takes it back', async () => {
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Delete Wait' }, slow));
    await waitFor(() => expect(order(state)).toEqual(['m1', 'm2']), slow);
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(order(state)).toEqual(['m1', 'w1', 'm2']), slow);
  });

  it('stores a wait in working days and says what it means', async () => {
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    const wait = await screen.findByRole('article', { name: 'Wait' }, slow);
    await userEvent.click(wait.querySelector('[data-step-toggle]') as HTMLElement);
    const amount = await within(wait).findByLabelText('Wait for');
    await userEvent.clear(amount);
    await userEvent.type(amount, '5');
    await userEvent.click(within(wait).getByRole('combobox', { name: 'Unit' }));
    await userEvent.click(await screen.findByRole('option', { name: 'working days', hidden: true }));
    await waitFor(() => expect(draft(state).steps[1]).toMatchObject({ duration: 'P5D', businessDays: true }), slow);
    expect(within(wait).getByText(/^5 working days after the mail before has really left/)).toBeTruthy();
  });

  it('inserts a merge tag with a fallback at the caret', async () => {
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    const body = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Text of the mail' }, slow);
    body.setSelectionRange(5, 5);
    await userEvent.click(screen.getByRole('button', { name: 'Insert a merge tag into Text of the mail' }));
    await userEvent.click(await screen.findByText('First name'));
    await userEvent.type(await screen.findByLabelText('If it is empty, write'), 'there{Enter}');
    await waitFor(() => expect(draft(state).steps[0]).toMatchObject({ variants: [{ text: 'Hello{{ first_name | default: "there" }}' }] }), slow);
  });

  it('adds a variant as a copy and shares people by weight', async () => {
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Add a variant' }, slow));
    expect(await screen.findByRole('tab', { name: 'Variant B', selected: true })).toBeTruthy();
    await waitFor(
      () =>
        expect(draft(state).steps[0]).toMatchObject({
          variants: [
            { id: 'A', subject: 'First' },
            { id: 'B', subject: 'First' },
          ],
        }),
      slow,
    );
    await userEvent.click(screen.getByRole('switch', { name: 'In use' }));
    expect(within(screen.getByRole('tab', { name: 'Variant A' })).getByText('100 %')).toBeTruthy();
  });

  it('shows findings at their field and leads there', async () => {
    const state = stateWith(sequence());
    state.issues = [{ stepId: 'm2', variantId: 'A', field: 'text', code: 'empty', blocking: true, message: 'This e-mail has no text.' }];
    renderApp('/sequences/seq', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Show me' }, slow));
    const second = screen.getByRole('article', { name: 'Mail 2' });
    await waitFor(() => expect(within(second).getByRole('textbox', { name: 'Text of the mail' })).toBe(document.activeElement));
    expect(within(second).getByText('This e-mail has no text.')).toBeTruthy();
  });

  it('keeps what was typed when saving fails, says so, and saves it later', async () => {
    const state = stateWith(sequence());
    state.failing['sequences.update'] = { code: 'disk_full', message: 'The disk is full.' };
    renderApp('/sequences/seq', state);
    const name = await screen.findByDisplayValue('Gentle', {}, slow);
    await userEvent.clear(name);
    await userEvent.type(name, 'Firm');
    expect(await screen.findByText('Not saved', {}, slow)).toBeTruthy();
    expect(screen.getByDisplayValue('Firm')).toBeTruthy();
    expect(localStorage.getItem('homing.sequence-draft.seq')).toContain('Firm');
    state.failing = {};
    await userEvent.click(screen.getByRole('button', { name: 'Save now' }));
    await waitFor(() => expect(state.sequences[0]?.name).toBe('Firm'), slow);
    await waitFor(() => expect(localStorage.getItem('homing.sequence-draft.seq')).toBeNull());
  });

  it('offers edits that a closed window left behind', async () => {
    localStorage.setItem('homing.sequence-draft.seq', JSON.stringify({ at: fakeNow, value: { name: 'Rescued', description: '', graph: { steps: [mail('m1', 'Other')] } } }));
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Restore them' }, slow));
    await waitFor(() => expect(state.sequences[0]?.name).toBe('Rescued'), slow);
    expect(order(state)).toEqual(['m1']);
  });

  it('saves before it activates, and names the version', async () => {
    const state = stateWith(sequence({ draftChanged: true }));
    renderApp('/sequences/seq', state);
    const subject = await screen.findByRole('textbox', { name: 'Subject' }, slow);
    await userEvent.type(subject, '!');
    await userEvent.click(screen.getByRole('button', { name: 'Activate as version 2' }));
    await waitFor(() => expect(state.sequences[0]?.activeVersion).toBe(2), slow);
    const names = state.calls.map((call) => call.name);
    expect(names.lastIndexOf('sequences.update')).toBeLessThan(names.indexOf('sequences.activate'));
    expect(draft(state).steps[0]).toMatchObject({ variants: [{ subject: 'First!' }] });
  });

  it('sends a test once, from the chosen mailbox', async () => {
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Test send' }, slow));
    const dialog = await screen.findByRole('dialog');
    const to = within(dialog).getByLabelText(/^To/);
    await userEvent.clear(to);
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send the test' }));
    expect(within(dialog).getByText('Write the address that the test goes to.')).toBeTruthy();
    await userEvent.type(to, 'me@example.com');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Send the test' }));
    await waitFor(() =>
      expect(state.calls.filter((call) => call.name === 'sequences.testSend').map((call) => call.input)).toMatchObject([
        { to: 'me@example.com', mailboxId: 'mailbox-0', variant: { subject: 'First' } },
      ]),
    );
    expect(await within(dialog).findByText('The test to me@example.com was accepted', {}, slow)).toBeTruthy();
    expect(within(dialog).getByText(/250 queued/)).toBeTruthy();
  });

  it('attaches files, refuses what is too large or empty, and takes them with the test', async () => {
    const state = stateWith(sequence());
    renderApp('/sequences/seq', state);
    const field = within(await screen.findByRole('region', { name: 'Attachments' }, slow));
    const chooser = field.getByLabelText('Drop files here, or choose them');
    const choose = (...files: File[]) => fireEvent.change(chooser, { target: { files } });
    const large = new File(['x'], 'Film.mp4');
    Object.defineProperty(large, 'size', { value: 16 * 1024 * 1024 });
    choose(new File(['terms'], 'Terms.pdf', { type: 'application/pdf' }), large, new File([], 'nothing.txt'));
    expect(await field.findByText('Film.mp4 has 16 MB. A file may have 15 MB at most: send a link to it instead.')).toBeTruthy();
    expect(field.getByText('nothing.txt is empty.')).toBeTruthy();
    expect(await field.findByText('Terms.pdf', {}, slow)).toBeTruthy();
    await userEvent.click(field.getByRole('button', { name: 'A file of each person' }));
    await userEvent.type(field.getByRole('textbox', { name: 'Path of each person’s file' }), 'offers/x.pdf');
    expect(field.getByText(/No attachments folder is set yet/)).toBeTruthy();
    const attachments = [
      { kind: 'file', fileId: state.files[0]?.id },
      { kind: 'path', path: 'offers/x.pdf' },
    ];
    await waitFor(() => expect(draft(state).steps[0]).toMatchObject({ attachments }), slow);
    expect(state.files).toHaveLength(1);
    expect(await screen.findByText(/would be held and not mailed. The file was not found/, {}, slow)).toBeTruthy();

    await userEvent.click(screen.getByRole('button', { name: 'Test send' }));
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Send the test' }));
    await waitFor(() => expect(state.calls.find((call) => call.name === 'sequences.testSend')?.input).toMatchObject({ attachments }));

    await userEvent.click(field.getByRole('button', { name: 'Remove Terms.pdf' }));
    await userEvent.click(field.getByRole('button', { name: 'Remove the file of each person' }));
    await waitFor(() => expect(draft(state).steps[0]).not.toHaveProperty('attachments'), slow);
  });

  it('inserts a stored picture into HTML, to travel inside the mail', async () => {
    const html = { ...mail('m1', 'First'), variants: [{ id: 'A', weight: 1, active: true, subject: 'First', html: '<p>Hi</p>', text: '' }] };
    const state = stateWith(sequence({ draft: { steps: [html] } }));
    state.files.push({ id: '0190c0de-0000-7000-8000-00000000000f', name: 'Our "logo".png', mediaType: 'image/png', size: 10, sha256: '', createdAt: fakeNow });
    state.files.push({ id: '0190c0de-0000-7000-8000-00000000000e', name: 'Terms.pdf', mediaType: 'application/pdf', size: 10, sha256: '', createdAt: fakeNow });
    renderApp('/sequences/seq', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Insert a picture into Text of the mail' }, slow));
    const dialog = within(await screen.findByRole('dialog'));
    await dialog.findByText('Our "logo".png');
    expect(dialog.queryByText('Terms.pdf')).toBeNull();
    await userEvent.click(dialog.getByRole('button', { name: 'Use Our "logo".png' }));
    await waitFor(
      () =>
        expect(draft(state).steps[0]).toMatchObject({
          variants: [{ html: expect.stringContaining('<img src="cid:0190c0de-0000-7000-8000-00000000000f" alt="Our &quot;logo&quot;"') as string }],
        }),
      slow,
    );
    const frame = await screen.findByTitle('The mail as it is displayed');
    await waitFor(() => expect(frame.getAttribute('srcdoc')).toContain('src="data:'), slow);
  });
});
