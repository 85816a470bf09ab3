// @vitest-environment happy-dom
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graphSchema, type Sequence } from '../../../shared/schemas/sequence.ts';
import type { Task } from '../../../shared/schemas/task.ts';
import { fakeNow } from '../../support/fake-data.ts';
import { busyState } from '../../support/memory-engine.ts';
import { renderApp } from '../../support/render.tsx';

const slow = { timeout: 5000 };
const mail = (id: string, next: string | null) => ({ id, type: 'email', variants: [{ subject: id === 'm1' ? 'First' : '', text: 'Hello' }], next });

function stateWith(...steps: unknown[]) {
  const sequence: Sequence = {
    id: 'seq',
    name: 'Ways',
    description: '',
    status: 'draft',
    draft: graphSchema.parse({ steps }),
    draftChanged: true,
    activeVersion: null,
    activeVersionId: null,
    issues: [],
    createdAt: fakeNow,
    updatedAt: fakeNow,
  };
  return { ...busyState(), sequences: [sequence] };
}

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe('branches in the list', () => {
  it('adds a condition by the menu, names its ways, puts a mail into one and leads it elsewhere', async () => {
    const state = stateWith(mail('m1', 'w1'), { id: 'w1', type: 'wait', duration: 'P3D', next: 'm2' }, mail('m2', null));
    renderApp('/sequences/seq', state);
    const steps = () => state.sequences[0]?.draft.steps ?? [];
    await userEvent.click(await screen.findByRole('button', { name: 'Add a step below Mail 1' }, slow));
    await userEvent.click(await screen.findByRole('menuitem', { name: /^Condition/ }));
    const card = await screen.findByRole('article', { name: 'Condition' }, slow);
    await userEvent.type(within(card).getByRole('combobox', { name: 'Tag' }), 'vip');
    const ways = screen.getByRole('list', { name: 'Ways of Step 2, Condition' });
    expect(within(ways).getByText('has the tag “vip”')).toBeTruthy();
    expect(within(ways).getByText('Everybody else')).toBeTruthy();

    await userEvent.click(within(ways).getByRole('button', { name: 'Add a step to “has the tag “vip””' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: /^Mail/ }));
    await waitFor(() => expect(steps().map(({ type }) => type)).toEqual(['email', 'condition', 'email', 'wait', 'email']), slow);
    expect(steps()[1]).toMatchObject({ branches: [{ next: steps()[2]?.id, when: { tests: [{ kind: 'tag', tag: 'vip' }] } }], next: 'w1' });

    const then = within(ways).getByRole('combobox', { name: 'Where “Everybody else” goes on' });
    await userEvent.click(then);
    const choices = await waitFor(() => document.getElementById(then.getAttribute('aria-controls') ?? '') ?? Promise.reject(new Error('not open')));
    await userEvent.click(within(choices as HTMLElement).getByRole('option', { name: 'Step 5: Mail 3', hidden: true }));
    await waitFor(() => expect(steps().find(({ type }) => type === 'condition')).toMatchObject({ next: 'm2' }), slow);
  }, 30_000);

  it('says so where no way leads to a step, and deletes it', async () => {
    const state = stateWith(mail('m1', null), mail('m2', null));
    renderApp('/sequences/seq', state);
    const lost = await screen.findByRole('list', { name: 'No way leads to these steps' }, slow);
    await userEvent.click(within(lost).getByRole('button', { name: /^Delete/ }));
    await waitFor(() => expect(state.sequences[0]?.draft.steps.map(({ id }) => id)).toEqual(['m1']), slow);
  });

  it('keeps a variant that people have had, and shows what it did with its interval', async () => {
    const state = stateWith({
      id: 'm1',
      type: 'email',
      variants: [
        { subject: 'First', text: 'Hello' },
        { id: 'B', subject: 'Other' },
      ],
      next: null,
    });
    state.numbers = [{ stepId: 'm1', variantId: 'A', mailed: 40, replied: 4, bounced: 0, rate: 0.1, low: 0.0396, high: 0.2305 }];
    renderApp('/sequences/seq', state);
    expect(await screen.findByText('4 of 40 replied: 10.0 % (95 % between 4.0 % and 23.1 %)', {}, slow)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Delete variant A' }).getAttribute('aria-disabled')).toBe('true');
    await userEvent.click(screen.getByRole('tab', { name: 'Variant B' }));
    expect(screen.getByText('Nobody has had this variant yet.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Delete variant B' }).getAttribute('aria-disabled')).toBe('false');
  });
});

describe('versions', () => {
  it('lists them, shows what differs and makes one the draft after asking', async () => {
    const state = stateWith(mail('m1', null));
    state.versions = [{ id: 'v1', number: 1, active: true, mails: 1, steps: 1, people: 3, createdAt: fakeNow }];
    state.changes = [{ stepId: 'm1', type: 'email', title: 'First', change: 'changed', fields: [{ field: 'A.subject', before: 'Old', after: 'First' }] }];
    renderApp('/sequences/seq', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Versions' }, slow));
    expect(await screen.findByText(/3 people under way/, {}, slow)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Compare with the draft' }));
    expect(await screen.findByText('Old', {}, slow)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Make it the draft' }));
    const question = await screen.findByRole('dialog', { name: /Replace the draft/ }, slow);
    await userEvent.click(within(question).getByRole('button', { name: 'Make it the draft' }));
    await waitFor(() => expect(state.calls.some(({ name }) => name === 'sequences.restore')).toBe(true), slow);
  });
});

describe('people on an older version', () => {
  it('are moved after a preview of who goes where', async () => {
    const state = busyState();
    const campaign = state.campaigns.find(({ status }) => status === 'running');
    state.migration = { toVersion: 2, people: 3, busy: 1, groups: [{ fromVersion: 1, fromStepId: 'w', fromStep: '2', toStepId: 'b', toStep: '2: Second', people: 2 }] };
    renderApp(`/campaigns/${campaign?.id ?? ''}`, state);
    await userEvent.click(await screen.findByRole('button', { name: 'Who would move where' }, slow));
    const dialog = await screen.findByRole('dialog', { name: 'Move people to version 2' }, slow);
    expect(within(dialog).getByRole('row', { name: 'Version 1, step 2 Step 2: Second 2' })).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Move to version 2' }));
    await waitFor(() => expect(state.calls.some(({ name }) => name === 'campaigns.migrate')).toBe(true), slow);
  });
});

describe('tasks', () => {
  const task: Task = {
    id: 't1',
    title: 'Call them',
    note: 'Ask about lunch',
    state: 'open',
    dueAt: fakeNow - 1000,
    closedAt: null,
    enrolmentId: 'e1',
    campaignId: 'c1',
    campaignName: 'Spring',
    contactId: 'p1',
    contactEmail: 'ann@example.com',
    contactName: 'Ann Lee',
    contactCompany: 'Acme',
    contactPhone: '',
    stepId: 'call',
    createdAt: fakeNow,
    updatedAt: fakeNow,
  };

  it('are done, skipped and snoozed, each with the name of the person', async () => {
    const state = { ...busyState(), tasks: [task, { ...task, id: 't2', contactName: 'Bo Kim' }, { ...task, id: 't3', contactName: 'Cy Fox' }] };
    renderApp('/tasks', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Done: Call them, Ann Lee' }, slow));
    await waitFor(() => expect(state.tasks[0]?.state).toBe('done'), slow);
    await userEvent.click(await screen.findByRole('button', { name: 'Skip: Call them, Bo Kim' }, slow));
    await waitFor(() => expect(state.tasks.find(({ id }) => id === 't2')?.state).toBe('skipped'), slow);
    await userEvent.click(await screen.findByRole('button', { name: 'Snooze: Call them, Cy Fox' }, slow));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'In a week' }));
    await waitFor(() => expect(state.tasks.find(({ id }) => id === 't3')?.dueAt).toBeGreaterThan(fakeNow + 6 * 86_400_000), slow);
  });

  it('say so when there are none', async () => {
    renderApp('/tasks', { ...busyState(), tasks: [] });
    expect(await screen.findByText('Nothing is due', {}, slow)).toBeTruthy();
  });
});
