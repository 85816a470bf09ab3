// @vitest-environment happy-dom
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graphSchema, type Sequence } from '../../../shared/schemas/sequence.ts';
import { fakeNow } from '../../support/fake-data.ts';
import { busyState } from '../../support/memory-engine.ts';
import { renderApp } from '../../support/render.tsx';

const slow = { timeout: 8000 };
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

const branching = () =>
  stateWith(
    mail('m1', 'c1'),
    { id: 'c1', type: 'condition', branches: [{ id: 'vip', when: { tests: [{ kind: 'tag', tag: 'vip' }] }, next: 'm2' }], next: 'w1' },
    mail('m2', 'w1'),
    { id: 'w1', type: 'wait', duration: 'P3D', next: 'm3' },
    mail('m3', null),
  );

beforeEach(() => localStorage.clear());
afterEach(cleanup);

/** The steps in the order in which Tab comes to them. */
const tabOrder = () => [...document.querySelectorAll<HTMLElement>('[data-canvas-step]')].map((button) => button.dataset['canvasStep']);
const stepButton = (id: string) => document.querySelector<HTMLElement>(`[data-canvas-step='${id}']`);

describe('the canvas', () => {
  it('is chosen beside the list, remembered, and says of each step what it is and where it leads', async () => {
    const { router } = renderApp('/sequences/seq', branching());
    await screen.findByRole('list', { name: 'Steps of the sequence' }, slow);
    await userEvent.click(screen.getByRole('radio', { name: 'Canvas' }));
    expect(await screen.findByRole('button', { name: 'Step 2, Condition. has the tag “vip”: step 3. Everybody else: step 4' }, slow)).toBeTruthy();
    expect(router.state.location.search).toEqual({ view: 'canvas' });
    expect(tabOrder()).toEqual(['m1', 'c1', 'm2', 'w1', 'm3', 'end m3 next']);
    expect(screen.getByRole('button', { name: 'Add a step on “Everybody else” of Step 2, Condition' })).toBeTruthy();

    renderApp('/sequences/seq', branching());
    await waitFor(() => expect(stepButton('c1')).not.toBe(null), slow);
  }, 30_000);

  it('is walked by arrows, opens a step with Enter, adds on a way with +, deletes, and takes it all back', async () => {
    const state = branching();
    renderApp('/sequences/seq?view=canvas', state);
    const steps = () => state.sequences[0]?.draft.steps ?? [];
    await waitFor(() => expect(stepButton('m1')).not.toBe(null), slow);
    stepButton('m1')?.focus();
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(document.activeElement).toBe(stepButton('c1')));
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(document.activeElement).toBe(stepButton('m2')));
    await userEvent.keyboard('{ArrowRight}');
    await waitFor(() => expect(document.activeElement).toBe(stepButton('w1')));
    await userEvent.keyboard('{Enter}');
    const panel = await screen.findByRole('region', { name: 'The chosen step' }, slow);
    expect(document.activeElement).toBe(within(panel).getByRole('heading', { name: 'Step 4, Wait' }));
    expect(within(panel).getByLabelText('Wait for')).toBeTruthy();

    stepButton('c1')?.focus();
    await userEvent.keyboard('+');
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Everybody else' }, slow));
    await userEvent.click(await screen.findByRole('menuitem', { name: /^Task/ }, slow));
    await waitFor(() => expect(steps().find(({ type }) => type === 'task')).toMatchObject({ next: 'w1' }), slow);
    const task = steps().find(({ type }) => type === 'task')?.id ?? '';
    expect(steps().find(({ id }) => id === 'c1')).toMatchObject({ branches: [{ next: 'm2' }], next: task });
    await waitFor(() => expect(document.activeElement).toBe(stepButton(task)));

    await userEvent.keyboard('{Delete}');
    await waitFor(() => expect(steps().some(({ id }) => id === task)).toBe(false), slow);
    await waitFor(() => expect(document.activeElement?.hasAttribute('data-canvas-step')).toBe(true));
    await userEvent.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(steps().some(({ id }) => id === task)).toBe(true), slow);
    await userEvent.keyboard('{Control>}z{/Control}');
    await waitFor(() => expect(steps().map(({ id }) => id)).toEqual(['m1', 'c1', 'm2', 'w1', 'm3']), slow);
    await userEvent.click(screen.getByRole('button', { name: 'Redo (Ctrl+Shift+Z)' }));
    await waitFor(() => expect(steps().some(({ id }) => id === task)).toBe(true), slow);
  }, 40_000);

  it('leads a way elsewhere without a mouse, and offers nothing that would make a loop', async () => {
    const state = branching();
    renderApp('/sequences/seq?view=canvas', state);
    await waitFor(() => expect(stepButton('m2')).not.toBe(null), slow);
    stepButton('m2')?.focus();
    await userEvent.keyboard('{Enter}');
    const then = await screen.findByRole('combobox', { name: /^Where “.*” goes on$/ }, slow);
    await userEvent.click(then);
    const list = await waitFor(() => document.getElementById(then.getAttribute('aria-controls') ?? '') ?? Promise.reject(new Error('not open')));
    expect(
      within(list)
        .getAllByRole('option', { hidden: true })
        .map(({ textContent }) => textContent),
    ).toEqual(['Ends here', 'Step 4: Wait', 'Step 5: Mail 3']);
    await userEvent.click(within(list).getByRole('option', { name: 'Step 5: Mail 3', hidden: true }));
    await waitFor(() => expect(state.sequences[0]?.draft.steps.find(({ id }) => id === 'm2')).toMatchObject({ next: 'm3' }), slow);
  }, 30_000);

  it('begins an empty sequence', async () => {
    const state = stateWith();
    renderApp('/sequences/seq?view=canvas', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Add the first mail' }, slow));
    await userEvent.click(await screen.findByRole('menuitem', { name: /^Mail/ }, slow));
    await waitFor(() => expect(state.sequences[0]?.draft.steps.map(({ type }) => type)).toEqual(['email']), slow);
  }, 30_000);
});
