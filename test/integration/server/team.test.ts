import Database from 'better-sqlite3';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createEngine } from '../../../electron/engine/engine.ts';
import { startHttpServer } from '../../../electron/server/index.ts';
import { contract } from '../../../shared/contract/index.ts';
import { may } from '../../../shared/roles.ts';
import { roles, type ProfileWithToken, type Role } from '../../../shared/schemas/team.ts';
import { realPorts, until } from '../../support/engine.ts';
import { silentLog } from '../../support/silent-log.ts';
import { temporaryDir } from '../../support/store.ts';

const launchToken = 'T'.repeat(43);
const paths = Object.entries(contract).flatMap(([area, procedures]) => Object.keys(procedures).map((name) => [area, name] as const));

/** A real engine that does nothing by itself, behind a real server. */
async function serve() {
  const dataDir = temporaryDir();
  const engine = await createEngine(realPorts(dataDir));
  const nowhere = join(import.meta.dirname, 'nowhere');
  const server = await startHttpServer({
    ...{ router: engine.router, context: { log: silentLog }, people: engine.people },
    ...{ host: '127.0.0.1', port: 0, token: launchToken, version: '0', uiDir: nowhere, swaggerDir: nowhere },
  });
  onTestFinished(async () => {
    await server.close();
    await engine.stop();
  });

  async function call(token: string, path: readonly string[], input: object = {}) {
    const ending = new AbortController();
    const response = await fetch(`${server.url}/rpc/${path.join('/')}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ json: input }),
      signal: ending.signal,
    });
    if (/event-stream/.test(response.headers.get('content-type') ?? '')) {
      ending.abort();
      return { status: response.status, body: null };
    }
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as { json: never }).json : null };
  }
  async function add(name: string, role: Role): Promise<ProfileWithToken> {
    const { status, body } = await call(launchToken, ['team', 'add'], { name, role });
    expect(status).toBe(200);
    return body as unknown as ProfileWithToken;
  }
  return { dataDir, server, call, add };
}

test('each role may call exactly what the table says, and a refused call changes nothing', async () => {
  const { dataDir, call, add } = await serve();
  const database = new Database(join(dataDir, 'homing.db'), { readonly: true });
  onTestFinished(() => void database.close());
  const version = () => database.pragma('data_version', { simple: true });
  for (const role of roles) {
    const { token } = await add(role, role);
    for (const path of paths) {
      const before = version();
      const { status, body } = await call(token, path);
      const what = `${role} ${path.join('.')}`;
      if (may(role, path)) expect([401, 403], what).not.toContain(status);
      else {
        expect(status, what).toBe(403);
        expect(body, what).toMatchObject({ code: 'forbidden', message: expect.stringContaining(`Your role is ${role}`) });
        expect(version(), what).toBe(before);
      }
    }
  }
});

test('nobody but an owner changes the team, a viewer changes nothing, and senders do not touch mailboxes or settings', () => {
  for (const name of ['add', 'update', 'renewToken', 'remove'])
    expect(
      roles.filter((role) => may(role, ['team', name])),
      name,
    ).toEqual(['owner']);
  const changing = /^(create|update|remove|add|launch|enrol|import(?!s)|upload|respond|send|stop|pause|resume|setPassphrase|approve|drop|retry|edit)/;
  for (const path of paths) if (changing.test(path[1])) expect(may('viewer', path), path.join('.')).toBe(false);
  for (const path of [
    ['mailboxes', 'create'],
    ['settings', 'update'],
    ['suppressions', 'remove'],
    ['workspace', 'setPassphrase'],
  ])
    expect(may('sender', path), path.join('.')).toBe(false);
  expect(may('manager', ['no', 'suchThing'])).toBe(false);
});

test('a sender launches and changes only their own campaigns; a manager any', async () => {
  const { call, add } = await serve();
  const [anna, ben, mona] = [await add('Anna', 'sender'), await add('Ben', 'sender'), await add('Mona', 'manager')];
  const sequence = (await call(launchToken, ['sequences', 'create'], { name: 'Hello', graph: { steps: [] } })).body as unknown as { id: string };
  const input = { name: 'Spring', sequenceId: sequence.id, audience: { listIds: [], contactIds: [], everyone: true }, mailboxIds: [] };
  const created = await call(anna.token, ['campaigns', 'create'], input);
  expect(created).toMatchObject({ status: 200, body: { ownerId: anna.profile.id } });
  const { id } = created.body as unknown as { id: string };

  for (const name of ['update', 'pause', 'stop', 'launch', 'remove']) {
    expect(await call(ben.token, ['campaigns', name], { id, name: 'Mine now' }), name).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  }
  expect(await call(ben.token, ['campaigns', 'get'], { id })).toMatchObject({ status: 200, body: { name: 'Spring' } });
  expect(await call(anna.token, ['campaigns', 'update'], { id, name: 'Early spring' })).toMatchObject({ status: 200 });
  expect(await call(mona.token, ['campaigns', 'update'], { id, name: 'Spring fair' })).toMatchObject({ status: 200 });
  expect(await call(launchToken, ['team', 'remove'], { id: anna.profile.id })).toMatchObject({ status: 200 });
  expect(await call(launchToken, ['campaigns', 'get'], { id })).toMatchObject({ body: { name: 'Spring fair', ownerId: null } });
});

test('the holder of the launch token stays the owner, and a changed role counts at the next call', async () => {
  const { call, add } = await serve();
  for (const [name, input] of [
    ['remove', {}],
    ['update', { role: 'viewer' }],
    ['renewToken', {}],
  ] as const)
    expect(await call(launchToken, ['team', name], { id: 'owner', ...input }), name).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  const other = await add('Olga', 'owner');
  expect(await call(other.token, ['team', 'remove'], { id: 'owner' })).toMatchObject({ status: 409 });
  expect(await call(launchToken, ['team', 'update'], { id: other.profile.id, role: 'viewer' })).toMatchObject({ status: 200 });
  expect(await call(other.token, ['team', 'me'])).toMatchObject({ body: { name: 'Olga', role: 'viewer' } });
  expect(await call(other.token, ['lists', 'create'], { name: 'People' })).toMatchObject({ status: 403 });
  expect(await call(launchToken, ['team', 'me'])).toMatchObject({ body: { id: 'owner', role: 'owner' } });
});

test('a personal token is kept only as a hash, and a revoked one is refused at once, also on what is open', async () => {
  const { dataDir, server, call, add } = await serve();
  const { profile, token } = await add('Vera', 'viewer');
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, ['homing', `token.${token}`]);
  await once(socket, 'open');
  const stream = await fetch(`${server.url}/api/v1/events/live`, { headers: { authorization: `Bearer ${token}` } });
  expect(stream.status).toBe(200);
  const streamEnded = stream.text().then(
    () => true,
    () => true,
  );

  const socketClosed = once(socket, 'close');
  const renewed = await call(launchToken, ['team', 'renewToken'], { id: profile.id });
  expect((await socketClosed)[0]).toBe(4401);
  expect(await streamEnded).toBe(true);
  expect((await call(token, ['lists', 'list'])).status).toBe(401);
  const again = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, ['homing', `token.${token}`]);
  expect(String((await once(again, 'error'))[0])).toContain('401');
  const { token: fresh } = renewed.body as unknown as ProfileWithToken;
  expect((await call(fresh, ['lists', 'list'])).status).toBe(200);

  for (const file of ['homing.db', 'homing.db-wal']) {
    const bytes = readFileSync(join(dataDir, file));
    for (const secret of [token, fresh]) expect(bytes.includes(secret), file).toBe(false);
  }
});

test('a contact with an owner is left out of the campaigns of other senders, and nobody takes it from them but a manager', async () => {
  const { call, add } = await serve();
  const [anna, ben, mona] = [await add('Anna', 'sender'), await add('Ben', 'sender'), await add('Mona', 'manager')];
  const contact = async (email: string) => (await call(mona.token, ['subscribers', 'create'], { email })).body as unknown as { id: string };
  const [first, second] = [await contact('first@example.com'), await contact('second@example.com')];
  const give = (token: string, id: string, ownerId: string | null) => call(token, ['subscribers', 'update'], { id, ownerId });

  expect(await give(anna.token, first.id, anna.profile.id)).toMatchObject({ status: 200, body: { ownerId: anna.profile.id } });
  expect(await give(ben.token, first.id, ben.profile.id)).toMatchObject({ status: 403 });
  expect(await give(ben.token, first.id, null)).toMatchObject({ status: 403 });
  expect(await give(ben.token, second.id, anna.profile.id)).toMatchObject({ status: 403 });
  expect(await give(mona.token, second.id, 'nobody')).toMatchObject({ status: 422, body: { data: { fields: { ownerId: 'No such person' } } } });

  const sequence = (await call(launchToken, ['sequences', 'create'], { name: 'Hello', graph: { steps: [] } })).body as unknown as { id: string };
  const input = { name: 'Spring', sequenceId: sequence.id, audience: { listIds: [], contactIds: [], everyone: true }, mailboxIds: [] };
  const people = async (token: string) => {
    const { id } = (await call(token, ['campaigns', 'create'], input)).body as unknown as { id: string };
    return { id, ...((await call(token, ['campaigns', 'preflight'], { id })).body as unknown as { people: number; leftOut: unknown[] }) };
  };
  expect(await people(anna.token)).toMatchObject({ people: 2 });
  expect(await people(mona.token)).toMatchObject({ people: 2 });
  const bens = await people(ben.token);
  expect(bens.people).toBe(1);
  expect(bens.leftOut).toContainEqual({ reason: 'owned_by_others', count: 1 });

  expect(await call(ben.token, ['campaigns', 'update'], { id: bens.id, ownerId: anna.profile.id })).toMatchObject({ status: 403 });
  expect(await call(mona.token, ['campaigns', 'update'], { id: bens.id, ownerId: anna.profile.id })).toMatchObject({ status: 200, body: { ownerId: anna.profile.id } });
  expect(await call(mona.token, ['campaigns', 'list'], { ownerId: anna.profile.id, limit: 10 })).toMatchObject({ body: { total: 2 } });
  expect(await call(mona.token, ['campaigns', 'list'], { ownerId: 'owner', limit: 10 })).toMatchObject({ body: { total: 0 } });
  expect(await call(mona.token, ['subscribers', 'list'], { ownerId: anna.profile.id, limit: 10 })).toMatchObject({ body: { total: 1 } });

  await call(launchToken, ['team', 'remove'], { id: anna.profile.id });
  expect(await call(ben.token, ['campaigns', 'preflight'], { id: bens.id })).toMatchObject({ body: { people: 2 } });
});

test('facts name the person of the team who did it, also where the work goes on after the answer', async () => {
  const { call, add } = await serve();
  const mona = await add('Mona', 'manager');
  const { id } = (await call(mona.token, ['subscribers', 'create'], { email: 'first@example.com' })).body as unknown as { id: string };
  const bulk = (await call(mona.token, ['subscribers', 'bulk'], { target: { ids: [id] }, action: { kind: 'add_tags', tags: ['fair'] } })).body as unknown as { id: string };
  await until(async () => {
    const { body } = await call(mona.token, ['subscribers', 'getBulk'], { id: bulk.id });
    return (body as unknown as { state: string }).state === 'finished';
  }, 'the change has ended');
  await call(launchToken, ['subscribers', 'update'], { id, company: 'Nordwind' });
  const { items } = (await call(launchToken, ['events', 'list'], { contactId: id, limit: 10 })).body as unknown as { items: { type: string; profileId: string | null }[] };
  expect(items.map(({ type, profileId }) => [type, profileId])).toEqual([
    ['contact_updated', null],
    ['contact_updated', mona.profile.id],
    ['contact_created', mona.profile.id],
  ]);
});

test('no answer that a viewer can get holds a stored secret', async () => {
  const { call, add } = await serve();
  const viewer = await add('Vera', 'viewer');
  const secret = 'correct horse battery staple';
  const server = { host: '127.0.0.1', port: 1, security: 'none', user: 'tess', password: secret };
  const made = await call(launchToken, ['mailboxes', 'create'], { name: 'Tess', fromName: 'Tess', address: 'tess@example.com', smtp: server, imap: server });
  expect(made.status).toBe(200);
  const { id } = made.body as unknown as { id: string };
  for (const path of paths.filter((path) => may('viewer', path))) {
    const { body } = await call(viewer.token, path, { id, limit: 10 });
    for (const hidden of [secret, viewer.token, launchToken]) expect(JSON.stringify(body), path.join('.')).not.toContain(hidden);
  }
  expect(await call(viewer.token, ['replies', 'brief'], { id: 'none', think: true })).toMatchObject({ status: 403 });
});
