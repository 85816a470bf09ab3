// @vitest-environment happy-dom
import { notifications } from '@mantine/notifications';
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeNow, fakeReply } from '../../../support/fake-data.ts';
import { busyState, emptyState } from '../../../support/memory-engine.ts';
import { renderApp } from '../../../support/render.tsx';

afterEach(() => {
  cleanup();
  notifications.clean();
});
const slow = { timeout: 8000 };
const inputOf = (calls: readonly { name: string; input: unknown }[], name: string) => calls.filter((call) => call.name === name).at(-1)?.input;

describe('analytics', () => {
  it('says what to do while no mail has left', async () => {
    renderApp('/analytics', emptyState());
    expect(await screen.findByText('No mail left in this period', {}, slow)).toBeTruthy();
  });

  it('shows rates with denominator and range, and asks for the period and campaign of the address', async () => {
    const state = busyState();
    const share = { count: 3, of: 20, rate: 0.15, low: 0.0524, high: 0.36 };
    const outcomes = { sent: 40, replied: share, positive: share, bounced: share, unsubscribed: share };
    state.breakdown = {
      people: 20,
      totals: outcomes,
      campaigns: [{ campaignId: 'c1', name: 'Spring', status: 'running', enrolled: 25, mailed: 20, ...outcomes }],
      steps: [],
      mailboxes: [],
      providers: [],
    };
    const { engine } = renderApp('/analytics?days=90&campaignId=c1', state);
    const replied = await screen.findByRole('region', { name: 'Replied' }, slow);
    expect(replied.textContent).toBe('Replied15 %5.2 % to 36 %3 of 20 people');
    expect(inputOf(engine.state.calls, 'analytics.breakdown')).toEqual({ days: 90, campaignId: 'c1' });
    const line = within(screen.getByRole('region', { name: 'Campaigns' })).getByRole('row', { name: /Spring/ });
    expect(within(line).getAllByTitle('3 of 20 people: 15 %, in truth between 5.2 % and 36 % (95 %)')).toHaveLength(4);
    await userEvent.click(screen.getByRole('radio', { name: '7 days' }));
    await waitFor(() => expect(inputOf(engine.state.calls, 'analytics.trend')).toEqual({ days: 7, campaignId: 'c1' }));
  });
});

describe('the shell', () => {
  it('shows unread replies, what needs a person, and pauses for an hour of workspace time', async () => {
    const { engine } = renderApp('/settings', busyState());
    expect(await screen.findByText('3 things need you', {}, slow)).toBeTruthy();
    expect(within(screen.getByRole('navigation')).getByTitle('2 unread replies')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: /Sending is on/ }));
    await userEvent.click(await screen.findByText('For one hour'));
    await waitFor(() => expect(engine.state.workspace.sendingPausedUntil).not.toBeNull());
    const { until } = inputOf(engine.state.calls, 'workspace.pauseSending') as { until: number };
    expect(until - engine.state.workspace.now).toBeGreaterThanOrEqual(3_600_000);
    expect(until - engine.state.workspace.now).toBeLessThan(3_700_000);
    expect(await screen.findByRole('button', { name: /Paused until/ })).toBeTruthy();
  });

  it('says that it is practice, and changes the speed of time', async () => {
    const state = busyState();
    state.workspace = { ...state.workspace, practice: true };
    const { engine } = renderApp('/settings', state);
    expect(await screen.findByText(/no mail leaves this computer/, {}, slow)).toBeTruthy();
    await userEvent.click(screen.getByRole('radio', { name: '1 day = 10 s' }));
    await waitFor(() => expect(engine.state.workspace.timeLapse).toBe(8640));
  });

  it('says when passwords are locked', async () => {
    const state = busyState();
    state.workspace = { ...state.workspace, secrets: 'locked' };
    renderApp('/settings', state);
    expect(await screen.findByText(/passwords are locked, so nothing is sent/, {}, slow)).toBeTruthy();
  });

  it('offers a way back from an address that leads nowhere', async () => {
    renderApp('/nowhere', busyState());
    expect(await screen.findByText('There is no such page', {}, slow)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'To the dashboard' })).toBeTruthy();
  });
});

describe('dashboard', () => {
  it('welcomes on the first start and opens practice', async () => {
    const { engine } = renderApp('/', emptyState());
    expect(await screen.findByText('Welcome to Homing', {}, slow)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try with practice mail' }));
    await waitFor(() => expect(engine.state.calls.some((call) => call.name === 'workspace.openPractice')).toBe(true));
    await userEvent.click(screen.getByRole('button', { name: 'Look around first' }));
    expect(await screen.findByText('nobody mailed yet', { exact: false, selector: 'section:nth-child(2) *' }, slow)).toBeTruthy();
    expect(engine.state.settings.firstRunDone).toBe(true);
  });

  it('shows shares of people mailed, and settles what needs a decision on the spot', async () => {
    const { engine } = renderApp('/', busyState());
    expect(await screen.findByText('6.4 % of 140 people mailed', {}, slow)).toBeTruthy();
    const needs = within(screen.getByRole('region', { name: 'Needs you' }));
    await userEvent.click(needs.getByRole('button', { name: 'Decide' }));
    await userEvent.click(await needs.findByRole('button', { name: 'It was sent' }, slow));
    await waitFor(() => expect(engine.state.calls.find((call) => call.name === 'deliveries.resolve')?.input).toEqual({ id: 'delivery-4', outcome: 'sent' }));
  });

  it('says what failed and tries again', async () => {
    const state = busyState();
    state.failing['workspace.dashboard'] = { code: 'disk_full', message: 'No space left on the device' };
    renderApp('/', state);
    expect(await screen.findByText('No space left on the device', {}, slow)).toBeTruthy();
    delete state.failing['workspace.dashboard'];
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('6.4 % of 140 people mailed', {}, slow)).toBeTruthy();
  });
});

describe('mailboxes', () => {
  it('finds the servers of an address that is typed, and says where', async () => {
    const state = emptyState();
    const server = { security: 'tls', user: 'mara@example.com' } as const;
    state.discovered = [
      {
        ...{ source: 'autoconfig', foundAt: 'https://autoconfig.example.com', provider: null, name: 'Example' },
        ...{ smtp: { ...server, host: 'smtp.example.org', port: 465 }, imap: { ...server, host: 'imap.example.org', port: 993 } },
      },
    ];
    renderApp('/mailboxes?edit=new', state);
    const dialog = within(await screen.findByRole('dialog', { name: 'Add a mailbox' }, slow));
    await userEvent.type(dialog.getByRole('textbox', { name: 'E-mail address' }), 'mara@example.com');
    await userEvent.tab();
    expect(await dialog.findByText(/your provider’s own settings \(https:\/\/autoconfig\.example\.com\)/)).toBeTruthy();
    expect(dialog.getAllByRole<HTMLInputElement>('textbox', { name: 'Server' }).map((input) => input.value)).toEqual(['smtp.example.org', 'imap.example.org']);
  });

  it('shows what to change in the DNS of the domain, with records to copy, and checks again', async () => {
    const state = busyState();
    state.domainHealth = {
      ...state.domainHealth,
      checks: [
        {
          ...{ check: 'dmarc', state: 'problem', summary: 'There is no policy.', todo: 'Add one TXT record.', found: [] },
          suggested: [{ type: 'TXT', name: '_dmarc.studio.example.com', value: 'v=DMARC1; p=none' }],
        },
        { check: 'dkim', state: 'unknown', summary: 'Not known yet.', todo: null, found: [], suggested: [] },
      ],
    };
    const { engine } = renderApp('/mailboxes', state);
    await userEvent.click((await screen.findAllByRole('button', { name: 'Domain: change DMARC' }, slow))[0] as HTMLElement);
    const dialog = within(await screen.findByRole('dialog', { name: /^Domain of/ }));
    expect(dialog.getByRole('region', { name: /^DMARC/ }).textContent).toContain('_dmarc.studio.example.com');
    expect(dialog.getByRole('region', { name: /^DKIM/ }).textContent).toContain('not known');
    expect(dialog.getByRole('button', { name: 'Copy: Value' })).toBeTruthy();
    // Fresh enough: nothing is asked until somebody wants it.
    expect(inputOf(engine.state.calls, 'mailboxes.checkHealth')).toBeUndefined();
    await userEvent.click(dialog.getByRole('button', { name: 'Check again' }));
    await waitFor(() => expect(inputOf(engine.state.calls, 'mailboxes.checkHealth')).toBeDefined());
  });

  it('leads to the form when there is none', async () => {
    const { router } = renderApp('/mailboxes', emptyState());
    await userEvent.click(await screen.findByRole('button', { name: 'Add a mailbox' }, slow));
    await waitFor(() => expect(router.state.location.search).toEqual({ edit: 'new' }));
    expect(await screen.findByRole('dialog', { name: 'Add a mailbox' })).toBeTruthy();
  });

  it('guesses the provider, tests before storing, and stores the password write-only', async () => {
    const state = emptyState();
    const user = 'mara@fastmail.com';
    state.discovered = [
      {
        ...{ source: 'preset', foundAt: 'fastmail.com', provider: 'fastmail', name: 'Fastmail' },
        ...{ smtp: { host: 'smtp.fastmail.com', port: 465, security: 'tls', user }, imap: { host: 'imap.fastmail.com', port: 993, security: 'tls', user } },
      },
    ];
    const { engine } = renderApp('/mailboxes?edit=new', state);
    const dialog = within(await screen.findByRole('dialog', { name: 'Add a mailbox' }, slow));
    const address = dialog.getByLabelText(/E-mail address/);
    fireEvent.change(address, { target: { value: 'mara@fastmail.com' } });
    fireEvent.blur(address);
    expect(await dialog.findByText('These are the known servers of Fastmail.')).toBeTruthy();
    fireEvent.change(dialog.getByLabelText('App password'), { target: { value: 'app-secret' } });
    await userEvent.click(dialog.getByRole('button', { name: 'Test' }));
    expect(await dialog.findByText(/Sending \(SMTP\): works/)).toBeTruthy();
    expect(inputOf(engine.state.calls, 'mailboxes.testSettings')).toMatchObject({
      smtp: { host: 'smtp.fastmail.com', port: 465, password: 'app-secret' },
      imap: { host: 'imap.fastmail.com' },
    });
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(engine.state.mailboxes).toHaveLength(1));
    expect(JSON.stringify(engine.state.mailboxes)).not.toContain('app-secret');
  });

  it('names the failing side of a test and how far it came', async () => {
    const state = busyState();
    state.mailboxTest = { ...state.mailboxTest, ok: false, imap: { ok: false, stage: 'login', message: 'The server refused the password. Use an app password.', durationMs: 80 } };
    renderApp('/mailboxes', state);
    await userEvent.click((await screen.findAllByRole('button', { name: /^Actions for/ }, slow))[0] as HTMLElement);
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Test the connection' }));
    expect(await screen.findByText(/Inbox \(IMAP\): failed while: logging in/, {}, slow)).toBeTruthy();
    expect(screen.getByText(/Use an app password/)).toBeTruthy();
  });

  it('brings the tab of a refused field to the front', async () => {
    const state = busyState();
    state.failing['mailboxes.update'] = { code: 'validation', message: 'Some fields need attention', data: { fields: { 'limits.perHour': 'More than a day allows' } } };
    renderApp('/mailboxes?edit=mailbox-0', state);
    const dialog = within(await screen.findByRole('dialog', {}, slow));
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText('More than a day allows')).toBeTruthy();
    expect(dialog.getByRole('tab', { name: /Limits/ }).getAttribute('aria-selected')).toBe('true');
  });

  it('asks before it deletes', async () => {
    const { engine } = renderApp('/mailboxes', busyState());
    await userEvent.click((await screen.findAllByRole('button', { name: /^Actions for/ }, slow))[0] as HTMLElement);
    await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    expect(engine.state.mailboxes).toHaveLength(3);
    await userEvent.click(await screen.findByRole('button', { name: 'Delete mailbox' }));
    await waitFor(() => expect(engine.state.mailboxes).toHaveLength(2));
  });
});

describe('activity', () => {
  it('shows dead letters with the answer of the server, and retries those selected', async () => {
    const state = busyState();
    const long = `550 5.7.1 ${'a very long answer of a server '.repeat(20)}`;
    state.deliveries = state.deliveries.slice(0, 3).map((delivery, index) => ({
      ...delivery,
      state: 'failed',
      why: null,
      finalReason: 'policy_block',
      answerClass: 'policy_block',
      answer: index === 0 ? long : '552 5.2.2 Mailbox full',
      attempts: 4,
    }));
    const { engine } = renderApp('/activity?show=dead', state);
    expect(await screen.findByTitle(long.trim(), {}, slow)).toBeTruthy();
    const boxes = screen.getAllByRole('checkbox', { name: 'Select row' });
    await userEvent.click(boxes[0] as HTMLElement);
    expect(screen.getByRole('toolbar', { name: '1 mail selected' })).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Select all 3 that match' }));
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await userEvent.click(await within(await screen.findByRole('dialog')).findByRole('button', { name: 'Retry' }));
    await waitFor(() => expect(inputOf(engine.state.calls, 'deliveries.retryMany')).toEqual({ filter: { state: ['failed'] } }));
    expect(await screen.findByText('No dead letters', {}, slow)).toBeTruthy();
  });

  it('releases everything that is overdue at once, and nothing else', async () => {
    const state = busyState();
    state.deliveries = state.deliveries.slice(0, 4).map((delivery, index) => ({
      ...delivery,
      state: 'held',
      why: { code: index < 3 ? 'stale_slot' : 'missing_field', until: null, detail: null },
    }));
    const { engine } = renderApp('/activity?show=attention&heldFor=stale_slot', state);
    await waitFor(() => expect(screen.getAllByRole('checkbox', { name: 'Select row' })).toHaveLength(3), slow);
    await userEvent.click(screen.getAllByRole('checkbox', { name: 'Select row' })[0] as HTMLElement);
    await userEvent.click(screen.getByRole('button', { name: 'Select all 3 that match' }));
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }));
    await userEvent.click(await within(await screen.findByRole('dialog')).findByRole('button', { name: 'Retry' }));
    await waitFor(() => expect(inputOf(engine.state.calls, 'deliveries.retryMany')).toEqual({ filter: { state: ['held', 'unknown', 'failed'], heldFor: 'stale_slot' } }));
  });

  it('edits one mail before it is tried again', async () => {
    const state = busyState();
    state.deliveries = state.deliveries.slice(0, 1).map((delivery) => ({ ...delivery, state: 'failed', why: null, finalReason: 'other', answer: '554 no' }));
    const id = state.deliveries[0]?.id ?? '';
    const { engine } = renderApp(`/activity?show=dead&delivery=${id}`, state);
    await userEvent.click(await screen.findByRole('button', { name: 'Edit and retry' }, slow));
    const dialog = await screen.findByRole('dialog', { name: /Edit the mail/ });
    const text = await within(dialog).findByRole('textbox', { name: 'Text' }, slow);
    await userEvent.clear(text);
    await userEvent.type(text, 'Better words');
    await userEvent.click(within(dialog).getByRole('button', { name: 'Save and retry' }));
    await waitFor(() => expect(inputOf(engine.state.calls, 'deliveries.edit')).toMatchObject({ id, text: 'Better words' }));
  });

  it('filters by what needs a decision and explains each row', async () => {
    const { engine } = renderApp('/activity?show=attention', busyState());
    const grid = await screen.findByRole('grid', {}, slow);
    await waitFor(() => expect(within(grid).getAllByText('A merge tag has no value for this person').length).toBeGreaterThan(0));
    expect(inputOf(engine.state.calls, 'deliveries.list')).toMatchObject({ state: ['held', 'unknown', 'failed'] });
    expect(within(grid).queryByText('Sent')).toBeNull();
  });

  it('sends an unknown outcome again only after a second question', async () => {
    const { engine } = renderApp('/activity?delivery=delivery-4', busyState());
    const dialog = within(await screen.findByRole('dialog', {}, slow));
    await userEvent.click(await dialog.findByRole('button', { name: 'Send it again' }));
    expect(engine.state.calls.some((call) => call.name === 'deliveries.resolve')).toBe(false);
    const question = within(await screen.findByRole('dialog', { name: 'Send it again?' }));
    await userEvent.click(question.getByRole('button', { name: 'Cancel' }));
    expect(engine.state.calls.some((call) => call.name === 'deliveries.resolve')).toBe(false);
    await userEvent.click(dialog.getByRole('button', { name: 'It was sent' }));
    await waitFor(() => expect(inputOf(engine.state.calls, 'deliveries.resolve')).toEqual({ id: 'delivery-4', outcome: 'sent' }));
  });

  it('has words for an empty list and for a filter without hits', async () => {
    renderApp('/activity', emptyState());
    expect(await screen.findByText('No mail yet', {}, slow)).toBeTruthy();
    renderApp('/activity?show=sent', emptyState());
    expect(await screen.findByText('Nothing matches', {}, slow)).toBeTruthy();
  });
});

describe('inbox', () => {
  it('reads a message once, and lets it be marked unread again', async () => {
    const { engine } = renderApp('/inbox?reply=reply-0', busyState());
    await waitFor(() => expect(engine.state.replies[0]?.unread).toBe(false), slow);
    await userEvent.click(await screen.findByRole('button', { name: 'Mark as unread' }));
    await waitFor(() => expect(engine.state.replies[0]?.unread).toBe(true));
    expect(await screen.findByRole('button', { name: 'Mark as read' })).toBeTruthy();
    expect(engine.state.calls.filter((call) => call.name === 'replies.update')).toHaveLength(2);
  });

  it('shows what a language model reads otherwise, and follows it by one click', async () => {
    const state = busyState();
    const opinion = { class: 'out_of_office' as const, intent: null, confidence: 0.72, model: 'llama3.2:3b', prompt: 'reply-class.v1' };
    state.replies = state.replies.map((reply, index) => (index === 0 ? { ...reply, intent: null, source: 'default', opinion } : reply));
    const { engine } = renderApp('/inbox?reply=reply-0', state);
    expect(await screen.findByText('llama3.2:3b reads it as “Out of office” (72 % sure).', {}, slow)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'It is right' }));
    await waitFor(() => expect(inputOf(engine.state.calls, 'replies.update')).toEqual({ id: 'reply-0', class: 'out_of_office', intent: null }));
  });

  it('answers with one draft id however often it is pressed, and keeps the text when it fails', async () => {
    const state = busyState();
    state.failing['replies.respond'] = { code: 'mailbox_login', message: 'The server refused the login' };
    const { engine } = renderApp('/inbox?reply=reply-0', state);
    const box = (await screen.findByRole('textbox', { name: 'Your answer' }, slow)) as HTMLTextAreaElement;
    fireEvent.change(box, { target: { value: 'Thursday at ten it is.' } });
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByText('The server refused the login')).toBeTruthy();
    expect(box.value).toBe('Thursday at ten it is.');
    delete state.failing['replies.respond'];
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(box.value).toBe(''));
    const drafts = engine.state.calls.filter((call) => call.name === 'replies.respond').map((call) => (call.input as { draftId: string }).draftId);
    expect(drafts).toHaveLength(2);
    expect(new Set(drafts).size).toBe(1);
  });

  it('shows what a mail server reported for a bounce, and no answer box', async () => {
    const state = busyState();
    state.replies = [
      fakeReply(0, { class: 'hard_bounce', bounce: { status: '5.1.1', class: 'unknown_recipient', recipient: 'anna@example.com', diagnostic: '550 5.1.1 User unknown' } }),
    ];
    renderApp('/inbox?reply=reply-0', state);
    expect(await screen.findByText('Text: 550 5.1.1 User unknown', {}, slow)).toBeTruthy();
    expect(screen.queryByRole('textbox', { name: 'Your answer' })).toBeNull();
  });

  it('counts each view, and puts a conversation aside until tomorrow', async () => {
    const { engine } = renderApp('/inbox?reply=reply-0', busyState());
    const views = await screen.findByRole('combobox', { name: 'Views of the inbox' }, slow);
    const open = engine.state.replies.filter((reply) => reply.class === 'human').length;
    await userEvent.click(views);
    expect(await screen.findByRole('option', { name: `Needs a reply (${open})` }, slow)).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    await userEvent.click(await screen.findByRole('button', { name: 'Put aside until later' }));
    await userEvent.click(await screen.findByRole('menuitem', { name: /Tomorrow morning/ }));
    await waitFor(() => expect(engine.state.replies[0]?.snoozedUntil).toBeGreaterThan(fakeNow));
    await userEvent.click(views);
    expect(await screen.findByRole('option', { name: 'Snoozed (1)' }, slow)).toBeTruthy();
  });

  it('corrects what a reply says in one choice', async () => {
    const { engine } = renderApp('/inbox?reply=reply-0', busyState());
    await userEvent.click(await screen.findByRole('combobox', { name: 'Correct what it is' }, slow));
    await userEvent.click(await screen.findByRole('option', { name: 'Not interested' }));
    await waitFor(() => expect(engine.state.replies[0]).toMatchObject({ class: 'human', intent: 'negative', source: 'person' }));
  });

  it('takes an answer back while it still waits', async () => {
    const { engine } = renderApp('/inbox?reply=reply-0', busyState());
    fireEvent.change(await screen.findByRole('textbox', { name: 'Your answer' }, slow), { target: { value: 'Thursday at ten.' } });
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Undo' }, slow));
    await waitFor(() => expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Your answer' }).value).toBe('Thursday at ten.'), slow);
    expect(engine.state.calls.some((call) => call.name === 'deliveries.drop')).toBe(true);
    // The dropped draft's id is spent: the text must be able to leave once more.
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(engine.state.calls.filter((call) => call.name === 'replies.respond')).toHaveLength(2), slow);
    const drafts = engine.state.calls.filter((call) => call.name === 'replies.respond').map((call) => (call.input as { draftId: string }).draftId);
    expect(new Set(drafts).size).toBe(2);
  });

  it('offers whoever a note names as a contact', async () => {
    const state = busyState();
    state.replies = [fakeReply(1, { delegate: { name: 'Ines Costa', address: 'ines@costaferries.example.com' } })];
    const { engine } = renderApp('/inbox?reply=reply-1', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Add as contact' }, slow));
    await waitFor(() => expect(engine.state.contacts.some((contact) => contact.email === 'ines@costaferries.example.com' && contact.lastName === 'Costa')).toBe(true));
  });

  it('moves through the list by keyboard', async () => {
    const { router } = renderApp('/inbox?reply=reply-0', busyState());
    const item = await screen.findByRole('button', { name: /Tomás Herrera/ }, slow);
    fireEvent.keyDown(item, { key: 'j' });
    await waitFor(() => expect(router.state.location.search).toMatchObject({ reply: 'reply-1' }));
  });
});

describe('how a mailbox presents itself', () => {
  it('takes an alias and a signing key, names what is wrong, and shows the record but never the key', async () => {
    const { engine } = renderApp('/mailboxes?edit=mailbox-0', busyState());
    const dialog = within(await screen.findByRole('dialog', {}, slow));
    await userEvent.click(dialog.getByRole('tab', { name: 'Sender' }));
    await userEvent.click(dialog.getByRole('button', { name: 'Add an address' }));
    await userEvent.click(dialog.getByLabelText(/Sign with a key of your own/));
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText('Paste the private key, or read it from a file')).toBeTruthy();
    expect(dialog.getByText('Write the whole address, for example mara@example.com')).toBeTruthy();
    fireEvent.change(dialog.getByLabelText('Address'), { target: { value: 'sales@example.com' } });
    fireEvent.change(dialog.getByLabelText('Domain'), { target: { value: 'example.com' } });
    fireEvent.change(dialog.getByLabelText('Selector'), { target: { value: 'homing1' } });
    fireEvent.change(dialog.getByLabelText('Private key (PEM)'), { target: { value: 'the secret key' } });
    await userEvent.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() =>
      expect(inputOf(engine.state.calls, 'mailboxes.update')).toMatchObject({
        ...{ aliases: [{ address: 'sales@example.com', name: '' }], sendAs: null },
        ...{ dkim: { domain: 'example.com', selector: 'homing1' }, dkimKey: 'the secret key' },
      }),
    );
  });
});

describe('settings', () => {
  it('keeps what cannot be right from being stored, and says why', async () => {
    const { engine } = renderApp('/settings', busyState());
    const address = await screen.findByLabelText('Unsubscribe address', {}, slow);
    fireEvent.change(address, { target: { value: 'http://mail.example.com' } });
    expect(screen.getByText('Write a public address that begins with https://')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Save' }).hasAttribute('disabled')).toBe(true);
    fireEvent.change(address, { target: { value: 'https://mail.example.com' } });
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(engine.state.settings.unsubscribeUrl).toBe('https://mail.example.com'));
    fireEvent.change(screen.getByLabelText('Attachments folder'), { target: { value: 'offers' } });
    expect(screen.getByText('Write the whole path, from the root of the disk')).toBeTruthy();
  });

  it('stores a text only when asked to', async () => {
    const { engine } = renderApp('/settings', busyState());
    const field = await screen.findByLabelText('Opt-out line', {}, slow);
    fireEvent.change(field, { target: { value: 'Just say stop.' } });
    expect(engine.state.settings.optOutLine).not.toBe('Just say stop.');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(engine.state.settings.optOutLine).toBe('Just say stop.'));
  });

  it('puts a wrong passphrase beside its field, then unlocks', async () => {
    const state = busyState();
    state.workspace = { ...state.workspace, secrets: 'locked', secretsKeptBy: 'passphrase' };
    const { engine } = renderApp('/settings', state);
    const field = await screen.findByLabelText('Passphrase', { selector: 'input' }, slow);
    fireEvent.change(field, { target: { value: 'wrong' } });
    await userEvent.click(screen.getByRole('button', { name: 'Unlock' }));
    expect(await screen.findByText('That is not the passphrase.')).toBeTruthy();
    fireEvent.change(field, { target: { value: 'correct horse battery' } });
    await userEvent.click(screen.getByRole('button', { name: 'Unlock' }));
    await waitFor(() => expect(engine.state.workspace.secrets).toBe('unlocked'));
  });

  it('refuses a short or mistyped new passphrase before it leaves the page', async () => {
    const { engine } = renderApp('/settings', busyState());
    fireEvent.change(await screen.findByLabelText('New passphrase', { selector: 'input' }, slow), { target: { value: 'short' } });
    await userEvent.click(screen.getByRole('button', { name: 'Protect with this passphrase' }));
    expect(await screen.findByText('At least 12 characters', { exact: true })).toBeTruthy();
    expect(engine.state.calls.some((call) => call.name === 'workspace.setPassphrase')).toBe(false);
  });
});
