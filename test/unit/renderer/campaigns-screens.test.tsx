// @vitest-environment happy-dom
import { notifications } from '@mantine/notifications';
import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import type { Enrolment } from '../../../shared/schemas/enrolment.ts';
import type { Sequence } from '../../../shared/schemas/sequence.ts';
import { fakeCampaign, fakeNow } from '../../support/fake-data.ts';
import { busyState, emptyState, type FakeState } from '../../support/memory-engine.ts';
import { renderApp } from '../../support/render.tsx';

const slow = { timeout: 8000 };
const sequence: Sequence = {
  id: 'sequence-0',
  name: 'Three gentle mails',
  description: '',
  status: 'active',
  draftChanged: false,
  activeVersion: 2,
  activeVersionId: 'v2',
  issues: [],
  createdAt: fakeNow,
  updatedAt: fakeNow,
  draft: { steps: ['m1', 'm2', 'm3'].map((id) => ({ id, type: 'email' as const, variants: [{ id: 'A', weight: 1, active: true, subject: id, html: '', text: 'Hi' }] })) },
};
const person: Enrolment = {
  id: 'enrolment-0',
  campaignId: 'campaign-0',
  campaignName: 'Spring',
  contactId: 'contact-0',
  contactEmail: 'anna@example.com',
  contactName: 'Anna Lindqvist',
  mailboxId: 'mailbox-0',
  sequenceVersion: 2,
  state: 'stopped',
  reason: 'replied',
  pausedUntil: null,
  stepId: 'm2',
  nextStepId: null,
  nextAt: null,
  createdAt: fakeNow,
  updatedAt: fakeNow,
};

function state(patch: Partial<FakeState> = {}): FakeState {
  return { ...busyState(), sequences: [sequence], enrolments: [person], ...patch };
}
const inputs = (from: FakeState, name: string) => from.calls.filter((call) => call.name === name).map((call) => call.input);

afterEach(() => {
  notifications.clean();
  cleanup();
});

describe('list of campaigns', () => {
  it('leads from nothing to a draft', async () => {
    const empty = { ...emptyState(), sequences: [sequence] };
    renderApp('/campaigns', empty);
    await screen.findByText('No campaign yet', {}, slow);
    await userEvent.click(screen.getAllByRole('button', { name: 'New campaign' })[0] as HTMLElement);
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(await within(dialog).findByLabelText('Name of the campaign'), 'Round one');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
    expect(await screen.findByDisplayValue('Round one', {}, slow)).toBeTruthy();
    expect(await screen.findByText('Before the launch')).toBeTruthy();
  });

  it('sends who has no sequence to write one first', async () => {
    renderApp('/campaigns', emptyState());
    await screen.findByText('No campaign yet', {}, slow);
    await userEvent.click(screen.getAllByRole('button', { name: 'New campaign' })[0] as HTMLElement);
    expect(await screen.findByText('Write a sequence first', {}, slow)).toBeTruthy();
  });
});

describe('a campaign before its launch', () => {
  const draft = () => state({ campaigns: [fakeCampaign(1, { status: 'draft', launchedAt: null, nextSlotAt: null })] });

  it('saves what is chosen, part by part', async () => {
    const before = draft();
    renderApp('/campaigns/campaign-1', before);
    await userEvent.click(await screen.findByRole('checkbox', { name: before.mailboxes[1]?.name ?? '' }, slow));
    await waitFor(() => expect(before.campaigns[0]?.mailboxIds).toEqual(['mailbox-0', 'mailbox-1']), slow);
    expect(inputs(before, 'campaigns.update').at(-1)).toEqual({ id: 'campaign-1', mailboxIds: ['mailbox-0', 'mailbox-1'] });
    await userEvent.click(screen.getByRole('button', { name: /^Texts and people/ }));
    await userEvent.click(await screen.findByRole('radio', { name: 'Send with a blank' }));
    await waitFor(() => expect(before.campaigns[0]?.rules.onMissingValue).toBe('blank'), slow);
  });

  it('edits every part of the rules, and refuses what is out of range at the field', async () => {
    const before = draft();
    renderApp('/campaigns/campaign-1', before);
    const rules = () => before.campaigns[0]?.rules;
    const part = async (name: RegExp) => userEvent.click(await screen.findByRole('button', { name }, slow));
    await userEvent.click(await screen.findByRole('switch', { name: /No mail on public holidays/ }, slow));
    await waitFor(() => expect(rules()?.observeHolidays).toBe(false), slow);
    const [whenMore, manyMore] = screen.getAllByRole('button', { name: 'More settings' });
    await userEvent.click(whenMore as HTMLElement);
    await userEvent.click(screen.getByRole('switch', { name: /Follow-ups have hours of their own/ }));
    await waitFor(() => expect(rules()?.followUpWindows).toEqual(rules()?.calendar.windows), slow);
    await userEvent.click(manyMore as HTMLElement);
    await userEvent.type(screen.getByRole('textbox', { name: /Mails a day to one company/ }), '3');
    await waitFor(() => expect(rules()?.maxPerCompanyPerDay).toBe(3), slow);
    await part(/^Who sends/);
    await userEvent.click(await screen.findByRole('radio', { name: 'each mailbox in turn' }));
    await part(/^On replies and bounces/);
    await userEvent.click(await screen.findByRole('radio', { name: 'pause until I resume' }));
    const floor = screen.getByRole('textbox', { name: 'Not before so many mails' });
    await userEvent.clear(floor);
    await userEvent.type(floor, '5');
    expect(screen.getByText('From 10 to 10,000')).toBeTruthy();
    await userEvent.type(floor, '0');
    await waitFor(() => expect(rules()).toMatchObject({ rotation: 'round_robin', onReply: 'pause', autoPause: { floor: 50 } }), slow);
    await userEvent.type(floor, '0');
    await waitFor(() => expect(rules()?.autoPause?.floor).toBe(500), slow);
  });

  it('shows the whole schedule, as a calendar and as a table', async () => {
    renderApp('/campaigns/campaign-1', draft());
    expect(await screen.findByText(/^\d+ mails to 397 people; the last one leaves on/, {}, slow)).toBeTruthy();
    expect(screen.getByText(/Held back most by: The mailbox reached its daily limit/)).toBeTruthy();
    expect(screen.getByText(/3 people wait: No time is allowed/)).toBeTruthy();
    const heat = screen.getByRole('region', { name: 'Mails by mailbox and day' });
    expect(within(heat).getAllByRole('row')).toHaveLength(3);
    const chart = screen.getByRole('region', { name: 'Mails by day' });
    await userEvent.click(within(chart).getByRole('button', { name: /table/i }));
    expect(within(chart).getAllByRole('row').length).toBeGreaterThan(10);
    expect(within(chart).getAllByText('The mailbox reached its daily limit').length).toBeGreaterThan(0);
  });

  it('says before the launch how many people it mails, and launches only when told', async () => {
    const before = draft();
    renderApp('/campaigns/campaign-1', before);
    await userEvent.click(await screen.findByRole('button', { name: 'Launch' }, slow));
    expect(await screen.findByText('180 people are enrolled, with up to 3 mails each.')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(inputs(before, 'campaigns.launch')).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Launch' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Launch, mail 180 people' }));
    await waitFor(() => expect(before.campaigns[0]?.status).toBe('running'), slow);
    expect(await screen.findByRole('tab', { name: 'Mails' }, slow)).toBeTruthy();
  });
});

describe('a campaign under way', () => {
  it('shows replies as a part of the people mailed', async () => {
    renderApp('/campaigns/campaign-0', state());
    const figures = await screen.findByRole('region', { name: 'Figures' }, slow);
    expect(within(figures).getByText('6.4 % of 140 mailed')).toBeTruthy();
    expect(within(figures).getByText('78 % of 180 people')).toBeTruthy();
  });

  it('says before a stop how many mails are cancelled', async () => {
    const running = state();
    renderApp('/campaigns/campaign-0', running);
    await userEvent.click(await screen.findByRole('button', { name: 'Stop' }, slow));
    expect(await screen.findByText(/96 waiting mails are cancelled\. 161 people get nothing more/)).toBeTruthy();
    expect(running.campaigns[0]?.status).toBe('running');
    await userEvent.click(screen.getByRole('button', { name: 'Stop and cancel 96 mails' }));
    await waitFor(() => expect(running.campaigns[0]?.status).toBe('stopped'));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Pause' })).toBeNull());
  });

  it('pauses and goes on', async () => {
    const running = state();
    renderApp('/campaigns/campaign-0', running);
    await userEvent.click(await screen.findByRole('button', { name: 'Pause' }, slow));
    await userEvent.click(await screen.findByRole('button', { name: 'Resume' }, slow));
    await waitFor(() => expect(running.campaigns[0]?.status).toBe('running'));
  });

  it('shows why a person stopped and lets one go on', async () => {
    const running = state();
    renderApp('/campaigns/campaign-0', running);
    expect(await screen.findByText('Anna Lindqvist', {}, slow)).toBeTruthy();
    expect(screen.getByText('replied')).toBeTruthy();
    expect(screen.getByText('2 mails')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Actions for Anna Lindqvist' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Resume' }));
    await waitFor(() => expect(running.enrolments[0]?.state).toBe('active'));
  });

  it('enrols everybody on a list', async () => {
    const running = state();
    renderApp('/campaigns/campaign-0', running);
    await userEvent.click(await screen.findByRole('button', { name: 'Enrol more people' }, slow));
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(within(dialog).getByRole('combobox', { name: 'Lists' }));
    await userEvent.click(await screen.findByRole('option', { name: 'Autumn fair (180)', hidden: true }));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Enrol' }));
    await waitFor(() => expect(inputs(running, 'campaigns.enrol')).toHaveLength(1), slow);
    expect((inputs(running, 'campaigns.enrol')[0] as { contactIds: string[] }).contactIds).toHaveLength(180);
  });

  it('moves the people of a mailbox that sends nothing, after a look at who they are, and takes it back', async () => {
    const running = state();
    running.stranded = {
      mailboxes: [
        {
          mailboxId: 'mailbox-1',
          name: 'Mara',
          reason: 'needs_login',
          detail: '535 Refused',
          since: fakeNow,
          firstMails: 2,
          followUps: 5,
          repliesSeen: false,
          repliesReadAt: fakeNow,
        },
        { mailboxId: 'mailbox-9', name: null, reason: 'gone', detail: null, since: null, firstMails: 0, followUps: 3, repliesSeen: false, repliesReadAt: null },
      ],
      targets: [{ mailboxId: 'mailbox-2', name: 'Leo', sender: 'Leo Legat <leo@example.com>' }],
      busy: 1,
    };
    renderApp('/campaigns/campaign-0', running);
    expect(await screen.findByText('10 people wait for a mailbox that sends nothing', {}, slow)).toBeTruthy();
    expect(screen.getByText(/Mara needs a new login: 7 people\. A deleted mailbox no longer sends for this campaign: 3 people\./)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Move them to another mailbox' }));
    const dialog = within(await screen.findByRole('dialog'));
    await userEvent.click(dialog.getByRole('checkbox', { name: 'A deleted mailbox' }));
    expect(dialog.getByText(/comes from Leo Legat <leo@example\.com>\. Who had a mail sees it in the same conversation/)).toBeTruthy();
    expect(dialog.getByText(/5 people would get the follow-up even after a reply/)).toBeTruthy();
    expect(dialog.getByText(/1 person stays/)).toBeTruthy();
    await userEvent.click(dialog.getByRole('button', { name: 'Move 7 people' }));
    await waitFor(() => expect(inputs(running, 'campaigns.moveMailbox')).toEqual([{ id: 'campaign-0', from: ['mailbox-1'], to: 'mailbox-2' }]));
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(inputs(running, 'campaigns.undoMove')).toEqual([{ id: 'campaign-0', moveId: 'move-1' }]));
    expect(await screen.findByText('2 people are back, 1 stays: a mail has left')).toBeTruthy();
  });
});
