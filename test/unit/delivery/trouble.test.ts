import { expect, test } from 'vitest';
import { classifyAnswer, createDomainTrouble, createMailboxTrouble } from '../../../electron/engine/delivery/index.ts';
import { hour, minute } from '../../../electron/engine/lib/clock.ts';
import { createMailboxes, parseAnswer } from '../../../electron/engine/mailboxes/index.ts';
import { ConnectError } from '../../../electron/engine/ports.ts';
import { retryPolicySchema } from '../../../shared/schemas/settings.ts';
import { testMailbox } from '../../support/engine.ts';
import { plainSecrets } from '../../support/secrets.ts';
import { openTestBase } from '../../support/store.ts';

function domains() {
  const base = openTestBase();
  const trouble = createDomainTrouble({ ...base, retryPolicy: () => retryPolicySchema.parse({}) });
  const note = (name: Parameters<typeof trouble.note>[1]['class'], retryAfterMs: number | null = null) =>
    base.store.transaction((tx) => trouble.note(tx, { domain: 'example.com', class: name, answer: '451 later', retryAfterMs }));
  const proven = () => base.store.transaction((tx) => trouble.proven(tx, 'example.com'));
  const row = () => base.store.prepareRead('select until, failures, reason from domain_backoffs').get() as { until: number; failures: number; reason: string } | undefined;
  const types = () => base.events.after(0, 100).map((event) => event.type);
  return { ...base, note, proven, row, types };
}

test('a domain opens once for what failed together, grows when its probe fails, and closes by an accepted message', () => {
  const { note, proven, row, types, clock } = domains();
  note('greylist', 5 * minute);
  note('temporary');
  expect(row()?.failures).toBe(1);
  expect(row()?.until).toBeGreaterThanOrEqual(clock.now() + 5 * minute);
  proven();
  expect(row()).toBeDefined(); // still open: what left before the trouble proves nothing
  clock.set((row()?.until ?? 0) + 1);
  note('temporary');
  expect(row()?.failures).toBe(2);
  clock.set((row()?.until ?? 0) + 1);
  proven();
  expect(row()).toBeUndefined();
  expect(types()).toEqual(['domain_backoff', 'domain_backoff', 'domain_recovered']);
});

test('what is about a person or a message leaves the domain alone', () => {
  const { note, row, types } = domains();
  for (const name of ['unknown_recipient', 'mailbox_full', 'mailbox_disabled', 'message_too_big', 'relay_denied', 'protocol', 'other'] as const) expect(note(name)).toBeNull();
  expect(row()).toBeUndefined();
  expect(types()).toEqual([]);
});

function mailbox() {
  const base = openTestBase();
  const mailboxes = createMailboxes({
    ...base,
    vault: plainSecrets(base.store),
    transports: { openSmtp: () => Promise.reject(new Error('none')), openInbox: () => Promise.reject(new Error('none')) },
    onRemoved: () => undefined,
  });
  const { id } = mailboxes.create(testMailbox(25));
  let woken = 0;
  const trouble = createMailboxTrouble({ ...base, mailboxes, wake: () => (woken += 1) });
  const refused = (response: string) => base.store.transaction((tx) => trouble.refused(tx, id, classifyAnswer(parseAnswer(response)), response));
  const row = () => mailboxes.row(id);
  return { ...base, mailboxes, id, trouble, refused, row, woken: () => woken };
}

test('a mailbox backs off, ends it by an accepted message and tells both', () => {
  const { refused, row, clock, store, trouble, id, events, woken } = mailbox();
  refused('450 4.7.0 Rate limit exceeded, try again in 20 minutes');
  refused('421 4.7.0 Too many messages');
  expect(row()).toMatchObject({ failures: 1, state: 'untested' });
  expect(row()?.backoffUntil).toBeGreaterThanOrEqual(clock.now() + 20 * minute);
  store.transaction((tx) => trouble.proven(tx, id));
  expect(row()).toMatchObject({ failures: 0, backoffUntil: 0 });
  expect(woken()).toBe(1);
  expect(
    events
      .after(0, 100)
      .map((event) => event.type)
      .filter((type) => type.startsWith('mailbox_') && type !== 'mailbox_created'),
  ).toEqual(['mailbox_trouble', 'mailbox_recovered']);
});

test('a daily limit rests the mailbox for hours; refused senders pause it; a refused login asks for a login', () => {
  const day = mailbox();
  day.refused('550 5.4.5 Daily user sending limit exceeded');
  expect(day.row()?.backoffUntil).toBeGreaterThanOrEqual(day.clock.now() + 4 * hour);
  const sender = mailbox();
  sender.refused('553 5.7.1 Sender address rejected: not owned by user anna');
  expect(sender.row()).toMatchObject({ state: 'paused', pausedUntil: null });
  const login = mailbox();
  login.refused('535 5.7.8 Username and Password not accepted');
  expect(login.row()?.state).toBe('needs_login');
  const wait = mailbox();
  wait.store.transaction((tx) =>
    wait.trouble.connectFailed(tx, wait.id, new ConnectError('login', 'no', { code: 454, enhanced: '4.7.0', text: 'Too many login attempts, please try again later' })),
  );
  expect(wait.row()).toMatchObject({ state: 'untested', failures: 1 });
});

test('a refusal that is about a recipient leaves the mailbox alone', () => {
  const { refused, row } = mailbox();
  for (const answer of ['550 5.1.1 User unknown', '552 5.2.2 Mailbox full', '451 4.7.1 Greylisted', '552 5.3.4 Message size exceeds limit']) refused(answer);
  expect(row()).toMatchObject({ failures: 0, backoffUntil: 0, state: 'untested' });
});
