import { describe, expect, test } from 'vitest';
import { mailboxInputSchema, mailboxPatchSchema, type MailboxInput } from '../../shared/schemas/mailbox.ts';
import { createMailboxes, type MailboxesDeps } from '../../electron/engine/mailboxes/index.ts';
import { startOfLocalDay } from '../../electron/engine/lib/zone.ts';
import { adviseConnect } from '../../electron/engine/mailboxes/advice.ts';
import { ConnectError, type MailTransports } from '../../electron/engine/ports.ts';
import { plainSecrets } from '../support/secrets.ts';
import { openTestBase } from '../support/store.ts';

const noTransports: MailTransports = {
  openSmtp: () => Promise.reject(new ConnectError('login', 'Invalid login', { code: 535, enhanced: '5.7.8', text: 'Bad credentials' })),
  openInbox: () => Promise.reject(new ConnectError('connect', 'connect ECONNREFUSED 127.0.0.1:1', null, { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })),
};

function open(more: Partial<MailboxesDeps> = {}) {
  const base = openTestBase();
  const vault = plainSecrets(base.store);
  return { ...base, vault, mailboxes: createMailboxes({ ...base, vault, transports: noTransports, ...more }) };
}

function input(more: Record<string, unknown> = {}): MailboxInput {
  return mailboxInputSchema.parse({
    name: 'Sales',
    address: 'sales@example.com',
    smtp: { host: 'smtp.example.com', port: 465, security: 'tls', user: 'sales', password: 'one' },
    imap: { host: 'imap.example.com', port: 993, security: 'tls', user: 'sales', password: 'two' },
    calendar: { zone: 'Europe/Berlin', windows: [] },
    ...more,
  });
}

const thrown = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
};

describe('settings', () => {
  test.each([
    ['smtp.gmail.com', 'abcd efgh ijkl mnop', 'abcdefghijklmnop'],
    ['smtp.mail.yahoo.com', ' abcd efgh ijkl mnop\u00a0', 'abcdefghijklmnop'],
    ['smtp.zoho.com', 'my dear old password', 'my dear old password'],
    ['smtp.example.com', 'abcd efgh ijkl mnop', 'abcd efgh ijkl mnop'],
  ])('an app password may be pasted as the provider shows it, in groups: %s', (host, pasted, kept) => {
    const { mailboxes } = open();
    const { id } = mailboxes.create(input({ smtp: { host, port: 465, security: 'tls', user: 'sales', password: pasted } }));
    expect(mailboxes.access(id, 'smtp')?.password).toBe(kept);
  });

  test('passwords stay in the vault; an absent password keeps the stored one', () => {
    const { mailboxes, vault } = open();
    const made = mailboxes.create(input());
    expect(made).toMatchObject({ state: 'untested', sentCopy: 'unknown', sentToday: 0, smtp: { hasPassword: true }, imap: { hasPassword: true } });
    expect(JSON.stringify(made)).not.toContain('"one"');
    mailboxes.update({ id: made.id, smtp: { host: 'mail.example.com', port: 587, security: 'starttls', user: 'sales', auth: 'password', allowSelfSigned: false } });
    expect(mailboxes.access(made.id, 'smtp')).toEqual({ host: 'mail.example.com', port: 587, security: 'starttls', user: 'sales', password: 'one', allowSelfSigned: false });
    mailboxes.update({ id: made.id, imap: null });
    expect(mailboxes.access(made.id, 'imap')).toBeNull();
    expect(vault.get(`mailbox:${made.id}:imap`)).toBeNull();
    expect(mailboxes.get(made.id).name).toBe('Sales');
  });

  test('limits that a change does not name stay as they are', () => {
    const { mailboxes } = open();
    const made = mailboxes.create(input({ limits: { perDay: 500, perHour: 50, minGapSeconds: 1, maxGapSeconds: 2, connections: 3 } }));
    const patch = mailboxPatchSchema.parse({ limits: { perDay: 400 } });
    expect(mailboxes.update({ id: made.id, ...patch }).limits).toEqual({ ...made.limits, perDay: 400 });
    expect(thrown(() => mailboxes.update({ id: made.id, limits: { minGapSeconds: 60 } }))).toMatchObject({
      data: { fields: { 'limits.maxGapSeconds': expect.any(String) as string } },
    });
  });

  test('resuming ends a back-off as well, and tells whoever sends', () => {
    const { mailboxes, store, clock } = open();
    const { id } = mailboxes.create(input());
    store.transaction((tx) => tx.prepare(`update mailboxes set failures = 3, backoff_until = ?, state_reason = 'no answer' where id = ?`).run(clock.now() + 60_000, id));
    const heard: string[] = [];
    mailboxes.onChange((mailboxId, change) => heard.push(`${mailboxId} ${change}`));
    expect(mailboxes.resume(id)).toMatchObject({ state: 'untested', stateReason: null });
    expect(mailboxes.row(id)).toMatchObject({ failures: 0, backoffUntil: 0 });
    mailboxes.resume(id);
    expect(heard).toEqual([`${id} changed`]);
  });

  test.each(['e30', 'bm9wZQ', '', 'LTE'])('%j is no cursor', (cursor) => {
    expect(thrown(() => open().mailboxes.list({ limit: 50, cursor }))).toMatchObject({ code: 'bad_request' });
  });

  test('the same address twice is a conflict that names the field', () => {
    const { mailboxes } = open();
    mailboxes.create(input());
    expect(thrown(() => mailboxes.create(input({ name: 'Again', address: 'SALES@example.com' })))).toMatchObject({
      code: 'conflict',
      data: { fields: { address: expect.any(String) as string } },
    });
    expect(mailboxes.list({ limit: 50 }).total).toBe(1);
  });

  test.each([
    [{ address: 'not an address' }, 'address'],
    [{ address: 'a@example.com\r\nBcc: b@example.com' }, 'address'],
    [{ fromName: 'Anna\nBcc: b@example.com' }, 'fromName'],
    [{ replyTo: 'nobody' }, 'replyTo'],
    [{ smtp: { host: 'smtp.example.com', port: 25, security: 'none', user: 'sales', password: 'x' } }, 'smtp.security'],
    [{ smtp: { host: 'https://example.com', port: 465, security: 'tls' } }, 'smtp.host'],
    [{ limits: { minGapSeconds: 100, maxGapSeconds: 10 } }, 'limits.maxGapSeconds'],
  ])('refuses %j', (more, field) => {
    const { mailboxes, store } = open();
    expect(thrown(() => mailboxes.create(input(more)))).toMatchObject({ code: 'validation', data: { fields: { [field]: expect.any(String) as string } } });
    expect(store.prepareRead('select count(*) as n from secrets').get()).toEqual({ n: 0 });
  });

  test('new connection settings make it untested again and forget what was learnt', () => {
    const { mailboxes, store } = open();
    const { id } = mailboxes.create(input());
    store.transaction((tx) => tx.prepare(`update mailboxes set state = 'ready', sent_copy = 'provider', failures = 3`).run());
    expect(mailboxes.update({ id, name: 'Other' })).toMatchObject({ state: 'ready', sentCopy: 'provider' });
    expect(mailboxes.update({ id, smtp: { ...input().smtp, password: 'new' } })).toMatchObject({ state: 'untested', sentCopy: 'unknown' });
    expect(mailboxes.row(id)?.failures).toBe(0);
  });

  test('lists by page, search and sort', () => {
    const { mailboxes } = open();
    for (const name of ['c', 'a', 'b_d']) mailboxes.create(input({ name, address: `${name}@example.com` }));
    const first = mailboxes.list({ limit: 2, sort: '-name' });
    expect([first.items.map((item) => item.name), first.total]).toEqual([['c', 'b_d'], 3]);
    expect(mailboxes.list({ limit: 2, sort: '-name', cursor: first.nextCursor ?? '' }).items.map((item) => item.name)).toEqual(['a']);
    expect(mailboxes.list({ limit: 9, q: '_' }).items.map((item) => item.name)).toEqual(['b_d']);
    expect(thrown(() => mailboxes.list({ limit: 9, sort: 'password' }))).toMatchObject({ code: 'bad_request' });
  });

  test('is not deleted while a running campaign uses it', () => {
    const removed: string[] = [];
    const { mailboxes, store, vault } = open({ onRemoved: (_tx, id) => removed.push(id) });
    const { id } = mailboxes.create(input());
    store.transaction((tx) => {
      tx.prepare(`insert into sequences (id, name, description, draft, created_at, updated_at) values ('s', 's', '', '{}', 0, 0)`).run();
      tx.prepare(
        `insert into campaigns (id, name, sequence_id, status, audience, mailbox_ids, rules, created_at, updated_at) values ('c', 'Spring', 's', 'running', '{}', ?, '{}', 0, 0)`,
      ).run(JSON.stringify([id]));
    });
    expect(thrown(() => mailboxes.remove(id))).toMatchObject({ code: 'in_use', message: expect.stringContaining('Spring') as string });
    store.transaction((tx) => tx.prepare(`update campaigns set status = 'finished'`).run());
    expect(mailboxes.remove(id)).toEqual({ id, deleted: true });
    expect([removed, vault.get(`mailbox:${id}:smtp`)]).toEqual([[id], null]);
    expect(thrown(() => mailboxes.get(id))).toMatchObject({ code: 'not_found' });
  });

  test('counts what left on the local day of the mailbox', () => {
    const { mailboxes, store, clock } = open();
    clock.set(Date.UTC(2026, 2, 1, 23, 30)); // 00:30 on 2 March in Berlin
    const { id } = mailboxes.create(input());
    const sent = (key: string, at: number) =>
      store.transaction((tx) =>
        tx
          .prepare(
            `insert into deliveries (id, kind, unique_key, state, priority, mailbox_id, recipient, recipient_domain, slot_at, why, message_id, sent_at, created_at, updated_at) values (?, 'test', ?, 'sent', 0, ?, 'a@example.com', 'example.com', 0, 'slot', ?, ?, 0, 0)`,
          )
          .run(key, key, id, key, at),
      );
    sent('before', Date.UTC(2026, 2, 1, 22, 59, 59));
    sent('after', Date.UTC(2026, 2, 1, 23, 0));
    expect(mailboxes.get(id).sentToday).toBe(1);
    // 29 March 2026: the clock goes forward in Berlin.
    expect(startOfLocalDay('Europe/Berlin', Date.UTC(2026, 2, 29, 12))).toBe(Date.UTC(2026, 2, 28, 23));
    expect(startOfLocalDay('Europe/Berlin', Date.UTC(2026, 2, 30, 12))).toBe(Date.UTC(2026, 2, 29, 22));
  });
});

describe('state', () => {
  test('pause until a moment, resume by time or by hand', () => {
    const { mailboxes, clock, events } = open();
    const { id } = mailboxes.create(input());
    expect(mailboxes.pause(id, clock.now() + 1000)).toMatchObject({ state: 'paused' });
    expect(mailboxes.resumeDue()).toBe(0);
    clock.advance(1000);
    expect(mailboxes.resumeDue()).toBe(1);
    expect(mailboxes.get(id)).toMatchObject({ state: 'untested', pausedUntil: null });
    mailboxes.pause(id, null);
    expect(mailboxes.resume(id).state).toBe('untested');
    expect(thrown(() => mailboxes.pause(id, clock.now()))).toMatchObject({ code: 'validation' });
    expect(events.after(0, 99).map((event) => event.type)).toEqual(['mailbox_created', 'mailbox_paused', 'mailbox_resumed', 'mailbox_paused', 'mailbox_resumed']);
  });

  test('trouble is told once and never overrides a pause by a person', () => {
    const { mailboxes, store, events } = open();
    const { id } = mailboxes.create(input());
    const trouble = () => store.transaction((tx) => mailboxes.setTrouble(tx, id, 'needs_login', 'login refused'));
    trouble();
    trouble();
    expect(mailboxes.get(id)).toMatchObject({ state: 'needs_login', stateReason: 'login refused' });
    store.transaction((tx) => mailboxes.setRecovered(tx, id));
    expect(mailboxes.get(id)).toMatchObject({ state: 'ready', stateReason: null });
    mailboxes.pause(id, null);
    trouble();
    expect(mailboxes.get(id).state).toBe('paused');
    expect(events.after(0, 99).filter((event) => event.type === 'mailbox_trouble')).toHaveLength(1);
  });

  test('a failed test names both sides, what to do, and changes the state', async () => {
    const { mailboxes } = open();
    const { id } = mailboxes.create(input({ smtp: { host: 'smtp.gmail.com', port: 465, security: 'tls', user: 'sales@example.com', password: 'x' } }));
    const result = await mailboxes.test(id, true);
    expect(result).toMatchObject({ ok: false, smtp: { ok: false, stage: 'login' }, imap: { ok: false, stage: 'connect' }, roundTrip: { ok: false, stage: 'skipped' } });
    expect(result.smtp.message).toContain('535 5.7.8 Bad credentials');
    expect(result.smtp.message).toContain('app password');
    expect(result.imap.message).toContain('refused');
    expect(mailboxes.get(id)).toMatchObject({ state: 'needs_login', stateReason: result.smtp.message });
  });
});

test.each([
  ['tls', 'self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
  ['tls', 'write EPROTO wrong version number', 'EPROTO', 'Choose STARTTLS'],
  ['tls', 'Server does not support STARTTLS', '', 'does not offer STARTTLS'],
  ['tls', 'certificate has expired', 'CERT_HAS_EXPIRED', 'expired'],
  ['tls', "Hostname/IP does not match certificate's altnames", 'ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
  ['resolve', 'getaddrinfo ENOTFOUND mail.example.com', 'ENOTFOUND', 'not known'],
  ['resolve', 'getaddrinfo EAI_AGAIN mail.example.com', 'EAI_AGAIN', 'internet connection'],
  ['connect', 'Connection timeout', 'ETIMEDOUT', 'did not answer'],
] as const)('%s: %s gives advice', (stage, message, code, part) => {
  const error = new ConnectError(stage, message, null, { cause: Object.assign(new Error(message), { code }) });
  expect(
    adviseConnect(error, { side: 'SMTP', host: 'mail.example.com', port: 587, security: 'starttls', user: 'a', speaksTls: false, timedOut: false, signedIn: false }),
  ).toContain(part);
});
