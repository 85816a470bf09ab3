import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerAuthentication } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { createFileLog } from '../../electron/engine/host/log.ts';
import { createNetwork } from '../../electron/engine/mailboxes/index.ts';
import { startHttpServer } from '../../electron/server/index.ts';
import type { Mailbox, MailboxTest } from '../../shared/schemas/mailbox.ts';
import type { SignIn } from '../../shared/schemas/sign-in.ts';
import { startAuthorizationServer } from '../support/authorization-server.ts';
import { anyTime, emailStep, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { startImapStandIn } from '../support/imap-stand-in.ts';
import { temporaryDir } from '../support/store.ts';

const password = (of: string): string => `${of}-Geheim+${of.length}/ß?&<`;

/** As a server, a log or an export could carry it. */
function formsOf(secret: string, user = ''): string[] {
  const sasl = [`\0${user}\0${secret}`, `user=${user}\u0001auth=Bearer ${secret}\u0001\u0001`];
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), ...[secret, ...sasl].map((text) => Buffer.from(text).toString('base64').replace(/=+$/, ''))];
}

/** An SMTP server that takes one password for each user, and says in its refusal what it was given. */
async function startSmtp(passwords: ReadonlyMap<string, string>, tokens: ReadonlySet<string>): Promise<number> {
  const given = ({ username, password: pass, accessToken }: SMTPServerAuthentication) => formsOf(pass ?? accessToken ?? '', username ?? '').join(' ');
  const server = new SMTPServer({
    authMethods: ['PLAIN', 'LOGIN', 'XOAUTH2'],
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth(auth, _session, callback) {
      const username = auth.username ?? '';
      if (auth.accessToken !== undefined ? tokens.has(auth.accessToken) : passwords.get(username) === auth.password) callback(null, { user: username });
      else callback(Object.assign(new Error(`5.7.8 Refused: ${given(auth)}`), { responseCode: 535 }));
    },
    onData(stream, _session, callback) {
      stream.resume().on('end', () => callback());
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile());
}

test('no password, token or key is in an answer of the API, an export, the log or a readable file, however it came in and whatever servers say', async () => {
  const dataDir = temporaryDir();
  const provider = await startAuthorizationServer('client-1', password('client'));
  const passwords = new Map([['tess', password('sending')]]);
  const smtp = { host: '127.0.0.1', port: await startSmtp(passwords, provider.accepted), security: 'none' as const };
  const imapServer = await startImapStandIn({
    instead({ tag, command, line, user, say }) {
      if (command !== 'LOGIN' || user === 'tess') return false;
      say(`${tag} NO [AUTHENTICATIONFAILED] refused: ${line}`);
      return true;
    },
  });
  const imap = { host: '127.0.0.1', port: imapServer.port, security: 'none' as const };
  const log = createFileLog(dataDir, { alsoToStderr: false });
  const engine = await startEngine({ ...realPorts(dataDir, { log }), network: createNetwork({ dnsServers: () => ['127.0.0.1:1'] }) });
  const token = 'T'.repeat(43);
  const server = await startHttpServer({ router: engine.router, context: { log }, host: '127.0.0.1', port: 0, token, version: '0', uiDir: dataDir, swaggerDir: dataDir });
  onTestFinished(async () => {
    await server.close();
    await engine.stop();
    await imapServer.close();
  });

  const seen: { where: string; text: string }[] = [];
  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    seen.push({ where: `${method} ${path} (${response.status})`, text });
    return (response.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : text) as T;
  }

  // Typed in: the two servers with different passwords, and a signing key.
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const typed = (of: string, user: string, address: string) => ({
    ...testMailbox(smtp.port, { name: of, address }),
    smtp: { ...smtp, user, password: password(`${of}-smtp`) },
    imap: { ...imap, user, password: password(`${of}-imap`) },
  });
  const good = await api<Mailbox>('POST', '/mailboxes', {
    ...typed('good', 'tess', 'tess@example.com'),
    smtp: { ...smtp, user: 'tess', password: passwords.get('tess') },
    dkim: { domain: 'example.com', selector: 'homing' },
    dkimKey: key,
  });
  expect(await api<MailboxTest>('POST', `/mailboxes/${good.id}/test`, { roundTrip: false })).toMatchObject({ ok: true });
  // Refused by servers that say what they were given; changed later; tested and never stored.
  const bad = await api<Mailbox>('POST', '/mailboxes', typed('bad', 'nobody', 'nobody@example.com'));
  expect(await api<MailboxTest>('POST', `/mailboxes/${bad.id}/test`, { roundTrip: false })).toMatchObject({ smtp: { stage: 'login' }, imap: { stage: 'login' } });
  await api('PUT', `/mailboxes/${bad.id}`, { smtp: { ...smtp, user: 'nobody', password: password('changed-smtp') } });
  await api('POST', `/mailboxes/${bad.id}/test`, { roundTrip: true });
  const { name: _name, ...unsaved } = typed('unsaved', 'ghost', 'ghost@example.com');
  await api('POST', '/mailboxes/test', unsaved);
  // Signed in, in the browser and by a code; refused by a provider that says what it was given.
  const signIn = { provider: 'custom', clientId: 'client-1', clientSecret: password('client'), endpoints: provider.endpoints };
  const byBrowser = await api<SignIn>('POST', '/mailbox-sign-ins', { ...signIn, account: 'browser@example.com' });
  await provider.consent(byBrowser.url);
  const signedIn = (of: string) => ({ ...testMailbox(smtp.port, { name: of, address: `${of}@example.com` }), smtp: { ...smtp, user: `${of}@example.com`, auth: 'oauth2' } });
  const oauth = await api<Mailbox>('POST', '/mailboxes', { ...signedIn('browser'), signIn: byBrowser.id });
  expect(await api<MailboxTest>('POST', `/mailboxes/${oauth.id}/test`, { roundTrip: false })).toMatchObject({ smtp: { ok: true } });
  const issued = [...provider.accepted];
  provider.accepted.clear();
  await api('POST', `/mailboxes/${oauth.id}/test`, { roundTrip: false });
  const wrong = password('wrong-client');
  const refused = await api<SignIn>('POST', '/mailbox-sign-ins', { ...signIn, clientSecret: wrong, account: 'refused@example.com' });
  provider.answers.push({ error: 'invalid_client', error_description: `Secret ${wrong} is unknown` });
  await provider.consent(refused.url);
  const byCode = await api<SignIn>('POST', '/mailbox-sign-ins', { ...signIn, account: 'code@example.com', flow: 'code' });
  provider.approveDevice();
  const passphrase = password('passphrase');
  await api('POST', '/workspace/passphrase', { passphrase });
  await api('POST', '/workspace/unlock', { passphrase: `${passphrase}x` });
  await until(async () => (await api<SignIn>('GET', `/mailbox-sign-ins/${byCode.id}`)).state === 'done', 'the code was used');
  const device = await api<Mailbox>('POST', '/mailboxes', { ...signedIn('code'), signIn: byCode.id });

  // A model server that refuses the key and repeats it.
  const models = createServer((request, response) => response.writeHead(401).end(`{"error":"unknown: ${request.headers.authorization}"}`));
  await new Promise<void>((resolve) => models.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void models.close());
  const { id: providerId } = await api<{ id: string }>('POST', '/assist/providers', {
    name: 'Models',
    url: `http://127.0.0.1:${(models.address() as AddressInfo).port}`,
    key: password('model'),
  });
  expect(await api('POST', `/assist/providers/${providerId}/check`)).toMatchObject({ health: { state: 'login' } });
  await api('POST', `/assist/providers/${providerId}/test`, { model: 'llama3.2:3b' });

  // Mail through all of them, so that events, deliveries and reports have something to tell.
  const { id: sequenceId } = await api<{ id: string }>('POST', '/email-sequences', {
    name: 'Offer',
    graph: { steps: [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'P1D'), emailStep('b', '', 'Still there?')] },
  });
  await api('POST', `/email-sequences/${sequenceId}/activate`);
  const contactIds: string[] = [];
  for (const name of ['anna', 'ben', 'cleo', 'dora']) contactIds.push((await api<{ id: string }>('POST', '/subscribers', { email: `${name}@example.org` })).id);
  const { id: campaignId } = await api<{ id: string }>('POST', '/campaigns', {
    name: 'Offer',
    sequenceId,
    audience: { contactIds },
    mailboxIds: [good.id, device.id],
    rules: anyTime,
  });
  await api('POST', `/campaigns/${campaignId}/launch`);
  const counts = () => engine.services.deliveries.list({ limit: 100 }).items.map(({ state }) => state);
  await until(() => counts().filter((state) => state === 'sent').length >= 2, 'mail left');

  const secrets = new Map([
    ...['bad-smtp', 'bad-imap', 'changed-smtp', 'unsaved-smtp', 'unsaved-imap', 'good-imap', 'client', 'wrong-client', 'model', 'passphrase', 'sending'].map(
      (of) => [of, password(of)] as const,
    ),
    ...[...issued, ...provider.accepted, ...provider.refreshTokens].map((each, index) => [`token ${index}`, each] as const),
    ['signing key', key.split('\n')[5] ?? ''],
    ['api token', token],
  ]);
  expect(secrets.size).toBeGreaterThan(14);

  const { paths } = await api<{ paths: Record<string, Record<string, unknown>> }>('GET', '/openapi.json');
  const known: Record<string, string[]> = { 'mailbox-sign-ins': [refused.id, byCode.id] };
  const walked: string[] = [];
  for (const path of Object.keys(paths).toSorted((a, b) => a.split('/').length - b.split('/').length || a.localeCompare(b))) {
    if (paths[path]?.['get'] === undefined || path === '/events/live') continue;
    const ids = path.includes('{id}') ? (known[path.split('/').find((_part, at, parts) => parts[at + 1] === '{id}') ?? ''] ?? []) : [''];
    for (const id of ids) {
      const answer = await api<{ items?: { id?: string }[] }>('GET', `${path.replace('{id}', id)}`);
      if (!path.includes('{id}')) known[path.slice(1)] = (answer.items ?? []).flatMap((item) => item.id ?? []);
      walked.push(path);
    }
  }
  expect(walked).toEqual(
    expect.arrayContaining(['/mailboxes/{id}', '/email-sequences/{id}/export', '/deliveries/{id}/text', '/reports/deliveries.csv', '/reports/campaigns/{id}/people.csv']),
  );
  const stop = new AbortController();
  const live = await fetch(`${server.url}/api/v1/events/live?after=0`, { headers: { authorization: `Bearer ${token}` }, signal: stop.signal });
  const reader = live.body?.getReader();
  for (let text = ''; !text.includes('mailbox_tested');) {
    text += new TextDecoder().decode((await reader?.read())?.value);
    if (text.includes('mailbox_tested')) seen.push({ where: 'live', text });
  }
  stop.abort();

  await engine.stop();
  for (const path of filesUnder(dataDir)) seen.push({ where: path, text: readFileSync(path, 'utf8') });
  expect(seen.some(({ where, text }) => where.endsWith('homing.log') && text.includes('mailbox tested'))).toBe(true);
  const users = ['', 'tess', 'nobody', 'ghost', 'browser@example.com', 'code@example.com'];
  const found = seen.flatMap(({ where, text }) =>
    [...secrets].filter(([, secret]) => users.some((user) => formsOf(secret, user).some((form) => text.includes(form)))).map(([of]) => `${of} in ${where}`),
  );
  expect(found).toEqual([]);
}, 60_000);
