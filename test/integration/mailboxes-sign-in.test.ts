import { SMTPServer } from 'smtp-server';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMailboxes, createNetwork, openImapSession, openSmtpSession, type Mailboxes } from '../../electron/engine/mailboxes/index.ts';
import type { Network } from '../../electron/engine/ports.ts';
import { mailboxInputSchema } from '../../shared/schemas/mailbox.ts';
import { signInInputSchema } from '../../shared/schemas/sign-in.ts';
import { startAuthorizationServer, type AuthorizationServer } from '../support/authorization-server.ts';
import { until } from '../support/engine.ts';
import { plainSecrets } from '../support/secrets.ts';
import { openTestBase } from '../support/store.ts';

const minute = 60_000;

/** Answers to `grant` stay under way until `release`. */
function holdAnswers(grant: string) {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  return {
    release,
    fetch: async (url: string, request?: RequestInit): Promise<Response> => {
      const answer = await fetch(url, request);
      if (new URLSearchParams(String(request?.body)).get('grant_type') === grant) await promise;
      return answer;
    },
  };
}

function open(provider: AuthorizationServer, smtpPort = 1, more: Partial<Network> = {}) {
  const logged: unknown[] = [];
  const note = (data: object, message: string) => void logged.push(data, message);
  const log = { debug: note, info: note, warn: note, error: note, child: () => log };
  const waits: number[] = [];
  const opened = openTestBase();
  const after = (delayMs: number, callback: () => void) => {
    waits.push(delayMs);
    return opened.clock.after(delayMs, callback);
  };
  const base = { ...opened, clock: { ...opened.clock, after }, log };
  const vault = plainSecrets(base.store);
  const mailboxes = createMailboxes({
    ...base,
    vault,
    transports: { openSmtp: openSmtpSession, openInbox: openImapSession },
    network: { ...createNetwork({ dnsServers: () => [] }), ...more },
  });
  onTestFinished(() => mailboxes.stop());
  const input = (more: Record<string, unknown> = {}) =>
    mailboxInputSchema.parse({
      name: 'Mara',
      address: 'mara@example.com',
      smtp: { host: '127.0.0.1', port: smtpPort, security: 'none', user: 'mara@example.com', auth: 'oauth2' },
      ...more,
    });
  const start = (more: Record<string, unknown> = {}) =>
    mailboxes.signIns.start(signInInputSchema.parse({ provider: 'custom', clientId: 'client-1', account: 'mara@example.com', endpoints: provider.endpoints, ...more }));
  /** A mailbox that somebody signed in. */
  const signedIn = async () => {
    const { id, url } = await start();
    await provider.consent(url);
    return mailboxes.create(input({ signIn: id })).id;
  };
  const token = (id: string, renew = false) => mailboxes.access(id, 'smtp')?.accessToken?.(renew) ?? Promise.reject(new Error('no token'));
  return { ...base, vault, mailboxes, input, start, signedIn, token, logged, waits };
}

describe('in the browser', () => {
  test('the code comes back to this computer and is exchanged with PKCE; the mailbox then takes the tokens', async () => {
    const provider = await startAuthorizationServer();
    const { mailboxes, start, input, token, vault, logged } = open(provider);
    const begun = await start();
    expect(begun).toMatchObject({ state: 'waiting', userCode: null });
    const page = new URL(begun.url);
    expect(Object.fromEntries(page.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'client-1',
      code_challenge_method: 'S256',
      login_hint: 'mara@example.com',
      scope: 'mail',
    });
    expect(page.searchParams.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(() => mailboxes.create(input({ signIn: begun.id }))).toThrow('not finished');

    expect(await provider.consent(begun.url)).toMatchObject({ status: 200, text: expect.stringContaining('go back to Homing') as string });
    expect(mailboxes.signIns.get(begun.id)).toMatchObject({ state: 'done' });
    const { id } = mailboxes.create(input({ signIn: begun.id }));
    const access = await token(id);
    expect(provider.accepted.has(access)).toBe(true);
    expect(mailboxes.get(id)).toMatchObject({ oauth: { provider: 'custom', account: 'mara@example.com' }, smtp: { auth: 'oauth2' } });
    // Nothing that opens the mailbox is shown or logged; the vault alone has it.
    const sealed = vault.get(`mailbox:${id}:oauth`) ?? '';
    for (const secret of [access, (JSON.parse(sealed) as { refresh: string }).refresh]) {
      expect(sealed).toContain(secret);
      expect(JSON.stringify([mailboxes.get(id), logged])).not.toContain(secret);
    }
    mailboxes.remove(id);
    expect(vault.get(`mailbox:${id}:oauth`)).toBeNull();
  });

  test('an answer with another state is ignored, and the right one still counts', async () => {
    const provider = await startAuthorizationServer();
    const { mailboxes, start } = open(provider);
    const { id, url } = await start();
    expect(await provider.consent(url, (redirect) => redirect.searchParams.set('state', 'forged'))).toMatchObject({ status: 400 });
    expect(await provider.consent(url, (redirect) => redirect.searchParams.delete('state'))).toMatchObject({ status: 400 });
    const elsewhere = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
    expect((await fetch(new URL('/other', elsewhere))).status).toBe(404);
    expect((await fetch(elsewhere, { method: 'POST' })).status).toBe(404);
    expect(mailboxes.signIns.get(id).state).toBe('waiting');
    expect(provider.asked).toEqual([]);
    await provider.consent(url);
    expect(mailboxes.signIns.get(id).state).toBe('done');
  });

  test.each([
    ['access_denied', 'allow the access'],
    ['server_error', 'server_error'],
  ])('%s at the provider becomes a sentence', async (error, words) => {
    const provider = await startAuthorizationServer();
    const { mailboxes, start } = open(provider);
    const { id, url } = await start();
    await provider.consent(url, (redirect) => {
      redirect.searchParams.delete('code');
      redirect.searchParams.set('error', error);
    });
    expect(mailboxes.signIns.get(id)).toMatchObject({ state: 'failed', message: expect.stringContaining(words) as string });
  });

  test('a wrong client id, and a secret where one is needed', async () => {
    const provider = await startAuthorizationServer('client-1', 'hush');
    const { mailboxes, start } = open(provider);
    const wrong = await start();
    await provider.consent(wrong.url);
    expect(mailboxes.signIns.get(wrong.id)).toMatchObject({ state: 'failed', message: expect.stringContaining('client id') as string });
    const right = await start({ clientSecret: 'hush' });
    await provider.consent(right.url);
    expect(mailboxes.signIns.get(right.id).state).toBe('done');
  });

  test('cancelled or forgotten, the door is closed', async () => {
    const provider = await startAuthorizationServer();
    const { mailboxes, start, clock } = open(provider);
    const cancelled = await start();
    expect(mailboxes.signIns.cancel(cancelled.id).state).toBe('cancelled');
    await expect(provider.consent(cancelled.url)).rejects.toThrow();
    const forgotten = await start();
    clock.advance(11 * minute);
    expect(mailboxes.signIns.get(forgotten.id)).toMatchObject({ state: 'failed', message: expect.stringContaining('ten minutes') as string });
    await expect(provider.consent(forgotten.url)).rejects.toThrow();
  });

  test.each([
    ['cancelled', 'is over', (signIns: Mailboxes['signIns'], id: string) => void signIns.cancel(id)],
    ['too late', 'failed', (_signIns: Mailboxes['signIns'], _id: string, advance: (ms: number) => void) => advance(11 * minute)],
  ])('%s while the code is exchanged: nobody is signed in, and the consent is taken back', async (_why, words, end) => {
    const provider = await startAuthorizationServer();
    const held = holdAnswers('authorization_code');
    const { mailboxes, start, input, clock } = open(provider, 1, held);
    const { id, url } = await start();
    const page = provider.consent(url);
    await until(() => provider.asked.length === 1, 'the code is exchanged');
    end(mailboxes.signIns, id, (ms) => clock.advance(ms));
    held.release();
    expect(await page).toMatchObject({ status: 400, text: expect.stringContaining(words) as string });
    expect(mailboxes.signIns.get(id).state).not.toBe('done');
    expect(() => mailboxes.create(input({ signIn: id }))).toThrow('is over');
    await until(() => provider.revoked.length === 1, 'the consent is taken back');
    expect(provider.accepted.size).toBe(0);
  });

  test('finished and then given up before a mailbox was saved, the consent is taken back', async () => {
    const provider = await startAuthorizationServer();
    const { mailboxes, start, input } = open(provider);
    const { id, url } = await start();
    await provider.consent(url);
    expect(mailboxes.signIns.cancel(id).state).toBe('cancelled');
    expect(() => mailboxes.create(input({ signIn: id }))).toThrow('is over');
    await until(() => provider.revoked.length === 1, 'the consent is taken back');
  });

  test('given up, it leaves alone the consent on which a mailbox of the same account lives; a provider without revocation is not asked', async () => {
    const provider = await startAuthorizationServer();
    const { mailboxes, start, signedIn, token } = open(provider);
    const living = await signedIn();
    const endpoints = { ...provider.endpoints, revocation: null };
    for (const more of [{ mailboxId: living }, { account: 'other@example.com', endpoints }]) {
      const { id, url } = await start(more);
      if ('account' in more) await provider.consent(url);
      mailboxes.signIns.cancel(id);
    }
    const spare = await start();
    await provider.consent(spare.url);
    mailboxes.signIns.cancel(spare.id);
    // A consent that is taken back after them has come: theirs would have come before.
    const alone = await start({ account: 'third@example.com' });
    await provider.consent(alone.url);
    mailboxes.signIns.cancel(alone.id);
    await until(() => provider.revoked.length > 0, 'the last one is taken back');
    expect(provider.revoked).toHaveLength(1);
    expect(provider.accepted.has(await token(living))).toBe(true);
  });

  test.each([
    ['the mailbox was deleted meanwhile', (mailboxes: Mailboxes, id: string) => void mailboxes.remove(id), /deleted meanwhile/],
    ['the database cannot be written', (_mailboxes: Mailboxes, _id: string, full: () => void) => full(), /could not keep the sign-in.*disk/],
  ])('when %s, it says so and does not blame the network; the consent goes back', async (_why, hinder, words) => {
    const provider = await startAuthorizationServer();
    const { mailboxes, start, signedIn, store } = open(provider);
    const id = await signedIn();
    const full = () =>
      store.transaction((tx) => void tx.prepare("create temp trigger full before update on mailboxes begin select raise(abort, 'database or disk is full'); end").run());
    const again = await start({ mailboxId: id, account: 'new@example.com' });
    hinder(mailboxes, id, full);
    expect(await provider.consent(again.url)).toMatchObject({ status: 400 });
    expect(mailboxes.signIns.get(again.id)).toMatchObject({ state: 'failed', message: expect.stringMatching(words) as string });
    await until(() => provider.accepted.size <= 1, 'the consent is taken back');
  });

  test('plain HTTP to another computer is refused', async () => {
    const provider = await startAuthorizationServer();
    const { start } = open(provider);
    await expect(start({ endpoints: { ...provider.endpoints, token: 'http://login.example.com/token' } })).rejects.toMatchObject({
      code: 'validation',
      data: { fields: { 'endpoints.token': expect.any(String) as string } },
    });
    await expect(start({ endpoints: undefined })).rejects.toMatchObject({ code: 'validation' });
  });

  test('Google and Microsoft are asked at their own addresses, with the loopback address as each wants it', async () => {
    const { start } = open(await startAuthorizationServer());
    const google = new URL((await start({ provider: 'google', endpoints: undefined })).url);
    expect(google.origin).toBe('https://accounts.google.com');
    expect(google.searchParams.get('access_type')).toBe('offline');
    const microsoft = new URL((await start({ provider: 'microsoft', tenant: 'contoso.example.com', endpoints: undefined })).url);
    expect(microsoft.href).toContain('https://login.microsoftonline.com/contoso.example.com/oauth2/v2.0/authorize');
    expect(microsoft.searchParams.get('redirect_uri')).toMatch(/^http:\/\/localhost:\d+\/$/);
    await expect(start({ provider: 'google', endpoints: undefined, flow: 'code' })).rejects.toMatchObject({ code: 'validation' });
  });
});

test('by a code: it waits, slows down when told so, survives a cut connection, and ends when the person agreed', async () => {
  const provider = await startAuthorizationServer();
  const { mailboxes, start, clock, waits } = open(provider);
  const begun = await start({ flow: 'code' });
  expect(begun).toMatchObject({ state: 'waiting', userCode: 'WDJB-MJHT', url: expect.stringContaining('/code') as string });
  /** Lets the wait pass and the answer arrive; returns the seconds of the wait that follows, null = it is over. */
  const nextWait = async (): Promise<number | null> => {
    const known = waits.length;
    clock.advance((waits.at(-1) ?? 0) - 1);
    expect(provider.asked).toHaveLength(known - 1);
    clock.advance(1);
    await until(() => waits.length > known || mailboxes.signIns.get(begun.id).state !== 'waiting', 'the server has answered');
    return waits.length > known ? (waits.at(-1) ?? 0) / 1000 : null;
  };
  expect(waits).toEqual([5000]);
  expect(await nextWait()).toBe(5);
  provider.answers.push({ error: 'slow_down' });
  expect(await nextWait()).toBe(10);
  provider.answers.push('hang up');
  expect(await nextWait()).toBe(20);
  provider.approveDevice();
  expect(await nextWait()).toBeNull();
  expect(mailboxes.signIns.get(begun.id).state).toBe('done');
  expect(provider.asked.at(-1)?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:device_code');
});

test('by a code: an unused code ends with a sentence', async () => {
  const provider = await startAuthorizationServer();
  const { mailboxes, start, clock } = open(provider);
  const { id } = await start({ flow: 'code' });
  provider.answers.push({ error: 'expired_token' });
  clock.advance(5000);
  await until(() => mailboxes.signIns.get(id).state === 'failed', 'the sign-in fails');
  expect(mailboxes.signIns.get(id).message).toContain('not used in time');
});

test('by a code: when the mailbox was deleted meanwhile, the used code is not asked for again', async () => {
  const provider = await startAuthorizationServer();
  const { mailboxes, start, signedIn, clock, waits } = open(provider);
  const id = await signedIn();
  const begun = await start({ flow: 'code', mailboxId: id });
  mailboxes.remove(id);
  provider.approveDevice();
  const known = waits.length;
  clock.advance(5000);
  await until(() => mailboxes.signIns.get(begun.id).state === 'failed', 'the sign-in ends');
  expect(mailboxes.signIns.get(begun.id).message).toContain('deleted meanwhile');
  expect(waits).toHaveLength(known);
  await until(() => provider.accepted.size === 0, 'both consents are taken back');
});

test('by a code: when the app ends while the server is asked, it neither signs in nor asks again', async () => {
  const provider = await startAuthorizationServer();
  const held = holdAnswers('urn:ietf:params:oauth:grant-type:device_code');
  const { mailboxes, start, signedIn, vault, clock, waits } = open(provider, 1, held);
  const id = await signedIn();
  const before = vault.get(`mailbox:${id}:oauth`);
  for (let count = 0; count < 2; count += 1) await start({ flow: 'code', mailboxId: id });
  const known = provider.asked.length;
  provider.answers.push({ error: 'authorization_pending' });
  provider.approveDevice();
  clock.advance(5000);
  await until(() => provider.asked.length === known + 2, 'both are asked for');
  mailboxes.stop();
  const timers = waits.length;
  held.release();
  // A whole sign-in later the answers have long arrived; it sets one timer of its own.
  await provider.consent((await start({ account: 'other@example.com' })).url);
  expect(waits).toHaveLength(timers + 1);
  expect(vault.get(`mailbox:${id}:oauth`)).toBe(before);
});

test('by a code: the end of the code is told when it comes, not when the next question is due', async () => {
  const provider = await startAuthorizationServer();
  const { mailboxes, start, clock, waits } = open(provider);
  const { id, expiresAt } = await start({ flow: 'code' });
  while (clock.now() + 2 * (waits.at(-1) ?? 0) < expiresAt) {
    const known = waits.length;
    provider.answers.push('hang up');
    clock.advance(waits.at(-1) ?? 0);
    await until(() => waits.length > known, 'it waits longer');
  }
  const known = waits.length;
  provider.answers.push('hang up');
  clock.advance(waits.at(-1) ?? 0);
  await until(() => waits.length > known, 'it waits for the end');
  clock.advance(expiresAt - clock.now());
  expect(mailboxes.signIns.get(id)).toMatchObject({ state: 'failed', message: expect.stringContaining('not used in time') as string });
});

describe('access tokens', () => {
  test('a refusal to renew a consent that was replaced meanwhile changes nothing', async () => {
    const provider = await startAuthorizationServer();
    const held = holdAnswers('refresh_token');
    const { mailboxes, signedIn, start, token, clock } = open(provider, 1, held);
    const id = await signedIn();
    clock.advance(60 * minute);
    const known = provider.asked.length;
    provider.answers.push({ error: 'invalid_grant' });
    const renewed = token(id);
    await until(() => provider.asked.length > known, 'the renewal is asked for');
    await provider.consent((await start({ mailboxId: id })).url);
    held.release();
    expect(provider.accepted.has(await renewed)).toBe(true);
    expect(mailboxes.get(id).state).not.toBe('needs_login');
  });

  test('are renewed ahead of their end, once for all who ask, and the new refresh token is kept', async () => {
    const provider = await startAuthorizationServer();
    const { signedIn, token, clock } = open(provider);
    const id = await signedIn();
    const first = await token(id);
    clock.advance(50 * minute);
    expect(await token(id)).toBe(first);
    clock.advance(6 * minute);
    const renewed = await Promise.all([token(id), token(id), token(id)]);
    expect(new Set(renewed).size).toBe(1);
    expect(renewed[0]).not.toBe(first);
    expect(provider.asked.filter((form) => form.get('grant_type') === 'refresh_token')).toHaveLength(1);
    // The rotated refresh token works again, the old one would not.
    clock.advance(60 * minute);
    expect(provider.accepted.has(await token(id))).toBe(true);
  });

  test('a refusal to renew makes the mailbox need a login, with a sentence; signing in again heals it', async () => {
    const provider = await startAuthorizationServer();
    const { mailboxes, signedIn, start, token, clock } = open(provider);
    const id = await signedIn();
    clock.advance(60 * minute);
    provider.answers.push({ error: 'invalid_grant', error_description: 'Token has been expired or revoked.' });
    await expect(token(id)).rejects.toMatchObject({ name: 'ConnectError', stage: 'login' });
    expect(mailboxes.get(id)).toMatchObject({
      state: 'needs_login',
      stateReason: expect.stringMatching(/no longer accepts the sign-in of mara@example\.com.*Sign in again/) as string,
    });
    const again = await start({ mailboxId: id });
    await provider.consent(again.url);
    expect(mailboxes.get(id)).toMatchObject({ state: 'untested', stateReason: null });
    expect(provider.accepted.has(await token(id))).toBe(true);
  });

  test.each([['hang up' as const], [{ error: 'temporarily_unavailable', status: 503 }]])('a provider in trouble (%j) is tried again later: no login is needed', async (answer) => {
    const provider = await startAuthorizationServer();
    const { mailboxes, signedIn, token, clock } = open(provider);
    const id = await signedIn();
    clock.advance(60 * minute);
    provider.answers.push(answer);
    await expect(token(id)).rejects.toMatchObject({ name: 'ConnectError', stage: 'connect' });
    expect(mailboxes.get(id).state).toBe('untested');
    expect(provider.accepted.has(await token(id))).toBe(true);
  });

  test.each(['signOut', 'remove'] as const)('%s forgets them and takes the consent back', async (end) => {
    const provider = await startAuthorizationServer();
    const { mailboxes, signedIn, vault } = open(provider);
    const id = await signedIn();
    mailboxes[end](id);
    if (end === 'signOut') expect(mailboxes.get(id)).toMatchObject({ oauth: null, state: 'needs_login', smtp: { auth: 'password' } });
    expect(vault.get(`mailbox:${id}:oauth`)).toBeNull();
    await until(() => provider.revoked.length === 1, 'the consent is taken back');
    expect(provider.accepted.size).toBe(0);
  });
});

describe('SASL XOAUTH2', () => {
  async function startSmtp(provider: AuthorizationServer): Promise<{ port: number; logins: (string | undefined)[] }> {
    const logins: (string | undefined)[] = [];
    const server = new SMTPServer({
      authMethods: ['XOAUTH2', 'PLAIN'],
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth(auth, _session, callback) {
        logins.push(auth.username);
        if (auth.method === 'XOAUTH2' && auth.username === 'mara@example.com' && provider.accepted.has(auth.accessToken ?? '')) callback(null, { user: auth.username });
        else callback(null, { data: { status: '401', schemes: 'bearer', scope: 'mail' } } as never);
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return { port: (server.server.address() as AddressInfo).port, logins };
  }

  test('a token that the server refuses before its time is renewed and tried once more', async () => {
    const provider = await startAuthorizationServer();
    const { port, logins } = await startSmtp(provider);
    const { mailboxes, input, start, clock } = open(provider, port);
    const { id: signIn, url } = await start();
    await provider.consent(url);
    // Before it is stored: the test of the form uses the sign-in as well.
    expect(await mailboxes.testSettings(input({ signIn }))).toMatchObject({ smtp: { ok: true, stage: 'done' } });
    const { id } = mailboxes.create(input({ signIn }));
    expect(await mailboxes.test(id, false)).toMatchObject({ smtp: { ok: true, stage: 'done' } });
    provider.accepted.clear();
    clock.advance(10 * minute);
    logins.length = 0;
    expect(await mailboxes.test(id, false)).toMatchObject({ smtp: { ok: true } });
    expect(logins).toHaveLength(2);
  });

  test('when renewing is refused, the test says so and the mailbox needs a login', async () => {
    const provider = await startAuthorizationServer();
    const { port } = await startSmtp(provider);
    const { mailboxes, input, start, clock } = open(provider, port);
    const { id: signIn, url } = await start();
    await provider.consent(url);
    const { id } = mailboxes.create(input({ signIn }));
    clock.advance(60 * minute);
    provider.answers.push({ error: 'invalid_grant' });
    const result = await mailboxes.test(id, false);
    expect(result.smtp).toMatchObject({ ok: false, stage: 'login', message: expect.stringMatching(/^127\.0\.0\.1 no longer accepts the sign-in/) as string });
    expect(mailboxes.get(id).state).toBe('needs_login');
  });

  test('IMAP logs in with the token, and once more with a new one after a refusal', async () => {
    const provider = await startAuthorizationServer();
    const seen: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\r\n');
      let buffered = '';
      socket.on('data', (data) => {
        buffered += data.toString('latin1');
        for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
          const line = buffered.slice(0, end);
          buffered = buffered.slice(end + 2);
          const [tag = '*', command = ''] = line.split(' ');
          if (line === '') socket.write('1 NO [AUTHENTICATIONFAILED] expired\r\n');
          else if (command === 'AUTHENTICATE') {
            const token = /auth=Bearer (\w+)/.exec(Buffer.from(line.split(' ')[3] ?? '', 'base64').toString())?.[1] ?? '';
            seen.push(token);
            socket.write(provider.accepted.has(token) ? `${tag} OK [CAPABILITY IMAP4rev1] done\r\n` : `${tag} NO [AUTHENTICATIONFAILED] expired\r\n`);
          } else if (command === 'NAMESPACE' || command === 'LIST') socket.write(`* LIST () "/" INBOX\r\n${tag} OK done\r\n`);
          else if (command === 'LOGOUT') socket.end(`* BYE\r\n${tag} OK done\r\n`);
          else socket.write(`${tag} OK done\r\n`);
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const imap = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, security: 'none', user: 'mara@example.com', auth: 'oauth2' };
    const { mailboxes, input, start, clock } = open(provider);
    const { id: signIn, url } = await start();
    await provider.consent(url);
    const { id } = mailboxes.create(input({ signIn, imap }));
    clock.advance(10 * minute);
    provider.accepted.clear();
    const access = mailboxes.access(id, 'imap');
    if (access === null) throw new Error('no IMAP');
    const session = await openImapSession(access);
    expect(session.usable).toBe(true);
    await session.close();
    expect(seen).toHaveLength(2);
    expect(seen[0]).not.toBe(seen[1]);
  });
});
