import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { loadToken, startHttpServer, type HttpServer, type HttpServerOptions } from '../../../electron/server/index.ts';
import { fakeEngine, type FakeEngine } from '../../support/fake-router.ts';
import { temporaryDir } from '../../support/store.ts';

const root = join(import.meta.dirname, '../../..');
const token = 'T'.repeat(43);
const auth = { authorization: `Bearer ${token}` };
const json = { ...auth, 'content-type': 'application/json' };

async function serve(options: Partial<HttpServerOptions> = {}): Promise<{ engine: FakeEngine; server: HttpServer; api: string }> {
  const engine = fakeEngine();
  const uiDir = temporaryDir();
  mkdirSync(join(uiDir, 'assets'));
  writeFileSync(join(uiDir, 'index.html'), '<!doctype html><title>Homing</title>');
  writeFileSync(join(uiDir, 'assets', 'index-Ab3dEf9h.js'), 'export {};');
  const server = await startHttpServer({
    ...engine,
    host: '127.0.0.1',
    port: 0,
    token,
    version: '1.2.3',
    uiDir,
    swaggerDir: join(root, 'node_modules/swagger-ui-dist'),
    ...options,
  });
  onTestFinished(() => server.close());
  return { engine, server, api: `${server.url}/api/v1` };
}

/** A raw request, for headers that `fetch` sets by itself. */
function raw(url: string, headers: Record<string, string>, method = 'GET'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => (body += String(chunk)));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    outgoing.on('error', reject).end();
  });
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ type: `urn:homing:problem:${String(body['code'])}`, title: expect.any(String), status: response.status, detail: expect.any(String) });
  return body;
}

describe('who may talk to the server', () => {
  test('the API needs the token; static files and /health do not', async () => {
    const { server, api, engine } = await serve();
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: `Basic ${token}` }, { authorization: `Bearer ${token.slice(1)}` }]) {
      const response = await fetch(`${api}/settings`, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await problemOf(response)).toMatchObject({ code: 'unauthorized' });
    }
    for (const path of ['/api/v1/openapi.json', '/api/v1/events/live', '/rpc/settings/get', '/api/v1/nothing']) expect((await fetch(server.url + path)).status).toBe(401);
    expect((await fetch(`${api}/settings?token=${token}`)).status).toBe(401);
    expect(engine.calls).toEqual([]);
    expect((await fetch(`${api}/settings`, { headers: auth })).status).toBe(200);
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(server.url)).text()).toContain('<title>Homing</title>');
    expect((await fetch(`${server.url}/docs`)).status).toBe(200);
  });

  test('an address written another way needs the token as well', async () => {
    const { server, engine } = await serve();
    for (const path of ['/%61pi/v1/openapi.json', '/api/v1%2fopenapi.json', '/%61pi/v1/settings', '/rp%63/settings/get', '/%72pc/settings/get']) {
      const answer = await raw(server.url + path, {});
      expect([401, 404], path).toContain(answer.status);
      expect(answer.body, path).not.toContain('"openapi"');
    }
    expect((await raw(`${server.url}/%61pi/v1/openapi.json`, {})).status).toBe(401);
    expect(engine.calls).toEqual([]);
  });

  test('an address that cannot be read is a problem as well', async () => {
    const { api } = await serve();
    const response = await fetch(`${api}/mailboxes/%zz`, { headers: auth });
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({ code: 'bad_request' });
  });

  test('failed tokens are limited, and the right one still passes', async () => {
    const { api } = await serve();
    const answers = [];
    for (let i = 0; i < 12; i += 1) answers.push(await fetch(`${api}/settings`, { headers: { authorization: 'Bearer guess' } }));
    expect(answers.map((answer) => answer.status)).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const last = answers.at(-1) as Response;
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await problemOf(last)).toMatchObject({ code: 'rate_limited' });
    expect((await fetch(`${api}/settings`, { headers: auth })).status).toBe(200);
  });

  test.each(['evil.example', 'localhost', '127.0.0.1:1', 'localhost.evil.example:80'])('the host "%s" is refused everywhere', async (host) => {
    const { server } = await serve();
    for (const path of ['/', '/health', '/api/v1/settings']) expect((await raw(server.url + path, { ...auth, host })).status).toBe(403);
  });

  test('the loopback names with our port are ours; a proxy’s name only when it was given', async () => {
    const { server } = await serve({ allowHosts: ['homing.example.com'] });
    for (const host of [`localhost:${server.port}`, `127.0.0.1:${server.port}`, `[::1]:${server.port}`, 'homing.example.com', 'homing.example.com:8443']) {
      expect((await raw(`${server.url}/health`, { host })).status).toBe(200);
    }
    expect((await raw(`${server.url}/health`, { host: 'homing.example.com', origin: 'https://homing.example.com' })).status).toBe(200);
    expect((await raw(`${server.url}/health`, { host: `localhost:${server.port}`, origin: `https://localhost:${server.port}` })).status).toBe(403);
  });

  test.each(['https://evil.example', 'null', 'http://localhost', 'file://'])('the origin %s is refused, also with the token', async (origin) => {
    const { api, server, engine } = await serve();
    expect((await raw(`${api}/settings`, { ...auth, origin })).status).toBe(403);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, ['homing', `token.${token}`], { origin });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toMatch(/403/);
    expect(engine.calls).toEqual([]);
  });

  test('our own origin passes', async () => {
    const { api, server } = await serve();
    expect((await raw(`${api}/settings`, { ...auth, origin: server.url })).status).toBe(200);
  });

  test('a WebSocket without the token, or with it in the address, is refused before anything is served', async () => {
    const { server, engine } = await serve();
    const base = server.url.replace('http', 'ws');
    for (const [url, protocols] of [
      [`${base}/ws`, ['homing']],
      [`${base}/ws`, ['homing', 'token.wrong']],
      [`${base}/ws?token=${token}`, ['homing']],
    ] as const) {
      const [error] = (await once(new WebSocket(url, [...protocols]), 'error')) as [Error];
      expect(error.message).toMatch(/401/);
    }
    const socket = new WebSocket(`${base}/ws`, ['homing'], { headers: auth });
    await once(socket, 'open');
    expect(socket.protocol).toBe('homing');
    socket.close();
    expect(engine.calls).toEqual([]);
  });

  test('every answer carries the security headers', async () => {
    const { server } = await serve();
    const { headers } = await fetch(server.url);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('REST', () => {
  test('query strings become numbers, booleans and lists; a wrong one is named', async () => {
    const { api, engine } = await serve();
    await fetch(`${api}/lists?limit=7&q=12`, { headers: auth });
    expect(engine.calls.at(-1)).toMatchObject({ path: 'lists.list', input: { limit: 7, q: '12' } });
    await fetch(`${api}/replies?unread=true`, { headers: auth });
    expect(engine.calls.at(-1)?.input).toMatchObject({ unread: true });
    await fetch(`${api}/deliveries?state=held&state=failed`, { headers: auth });
    expect(engine.calls.at(-1)?.input).toMatchObject({ state: ['held', 'failed'] });
    await fetch(`${api}/deliveries?state=held`, { headers: auth });
    expect(engine.calls.at(-1)?.input).toMatchObject({ state: 'held' });
    const bad = await fetch(`${api}/lists?limit=many`, { headers: auth });
    expect(bad.status).toBe(422);
    expect(await problemOf(bad)).toMatchObject({ code: 'validation', fields: { limit: expect.any(String) } });
  });

  test('created, read, changed by PUT or PATCH', async () => {
    const { api } = await serve();
    const created = await fetch(`${api}/lists`, { method: 'POST', headers: json, body: '{"name":"Leads"}' });
    expect(created.status).toBe(201);
    expect(await created.json()).toMatchObject({ id: 'l1', name: 'Leads' });
    for (const [method, theme] of [
      ['PUT', 'dark'],
      ['PATCH', 'light'],
    ] as const) {
      const changed = await fetch(`${api}/settings`, { method, headers: json, body: JSON.stringify({ theme }) });
      expect(await changed.json()).toMatchObject({ theme, csvBom: true });
    }
  });

  test('errors are problem details with code, status and fields', async () => {
    const { api } = await serve();
    const missing = await fetch(`${api}/lists`, { method: 'POST', headers: json, body: '{}' });
    expect(missing.status).toBe(422);
    expect(await problemOf(missing)).toMatchObject({ code: 'validation', fields: { name: 'This is required.' } });
    const nested = await fetch(`${api}/lists`, { method: 'POST', headers: json, body: '{"name":"x","contactIds":["a",7]}' });
    expect(Object.keys((await problemOf(nested))['fields'] as object)).toEqual(['contactIds.1']);
    const inUse = await fetch(`${api}/lists/l1`, { method: 'DELETE', headers: auth });
    expect(await problemOf(inUse)).toMatchObject({ status: 409, code: 'in_use', fields: { id: 'Two campaigns use this list.' }, campaigns: 2 });
    const notFound = await fetch(`${api}/lists/none`, { headers: auth });
    expect(await problemOf(notFound)).toMatchObject({ status: 404, code: 'not_found', detail: 'There is no list none.' });
    const broken = await fetch(`${api}/lists/broken`, { headers: auth });
    expect(JSON.stringify(await problemOf(broken))).not.toContain('secret detail');
    const empty = await fetch(`${api}/lists`, { method: 'POST', headers: auth });
    expect(empty.status).toBe(422);
  });

  test('malformed JSON, a wrong path and a wrong method', async () => {
    const { api } = await serve();
    const malformed = await fetch(`${api}/lists`, { method: 'POST', headers: json, body: '{"name":' });
    expect(await problemOf(malformed)).toMatchObject({ status: 400, code: 'bad_request' });
    const notUtf8 = await fetch(`${api}/lists`, { method: 'POST', headers: json, body: new Uint8Array([0x22, 0xff, 0x22]) });
    expect((await problemOf(notUtf8))['status']).toBe(400);
    const path = await fetch(`${api}/lists/l1/nothing/here`, { headers: auth });
    expect(await problemOf(path)).toMatchObject({ status: 404, code: 'not_found' });
    const method = await fetch(`${api}/settings`, { method: 'DELETE', headers: auth });
    expect(method.headers.get('allow')).toBe('GET, PUT, PATCH');
    expect((await problemOf(method))['status']).toBe(405);
  });

  test('a body beyond the limit is refused; an upload may be larger', async () => {
    const { api, engine } = await serve();
    const big = Buffer.alloc(9 * 1024 * 1024, 0x20);
    const refused = await fetch(`${api}/lists`, { method: 'POST', headers: json, body: big });
    expect(await problemOf(refused)).toMatchObject({ status: 413, code: 'payload_too_large' });
    const form = new FormData();
    form.set('file', new File([big], 'big.csv', { type: 'text/csv' }));
    const taken = await fetch(`${api}/subscribers/import/inspect`, { method: 'POST', headers: auth, body: form });
    expect(await taken.json()).toMatchObject({ bytes: big.length });
    expect(engine.calls.map((call) => call.path)).toEqual(['subscribers.inspectImport']);
  });

  test('an import is a form, whose fields may be JSON, or simply the file with its options in the query', async () => {
    const { api, engine } = await serve();
    const form = new FormData();
    form.set('file', new File(['email\na@example.com\n'], 'people.csv', { type: 'text/csv' }));
    form.set('mapping', '{"0":"email"}');
    form.set('dryRun', 'true');
    form.append('tags', 'a');
    form.append('tags', 'b');
    const refused = await fetch(`${api}/subscribers/import`, { method: 'POST', headers: auth, body: form });
    expect(await problemOf(refused)).toMatchObject({ status: 422, code: 'csv_unreadable' });
    expect(engine.calls.at(-1)?.input).toMatchObject({ mapping: { '0': 'email' }, dryRun: true, tags: ['a', 'b'], mode: 'skip', file: expect.any(File) });
    await fetch(`${api}/subscribers/import?dryRun=true&mode=overwrite`, { method: 'POST', headers: { ...auth, 'content-type': 'text/csv' }, body: 'email\na@example.com\n' });
    expect(engine.calls.at(-1)?.input).toMatchObject({ dryRun: true, mode: 'overwrite', file: expect.any(File) });
  });

  test('a report downloads as a file', async () => {
    const { api } = await serve();
    const response = await fetch(`${api}/reports/deliveries.csv`, { headers: auth });
    expect(response.headers.get('content-type')).toBe('text/csv');
    expect(response.headers.get('content-disposition')).toContain('deliveries.csv');
    expect(new Uint8Array(await response.arrayBuffer()).subarray(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
  });

  test('live events are Server-Sent Events, and a closing server ends them', async () => {
    const { api, engine, server } = await serve();
    const response = await fetch(`${api}/events/live?after=3`, { headers: auth });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('"kind":"progress"')) text += new TextDecoder().decode((await reader.read()).value);
    expect(text).toMatch(/event: message\ndata: \{"kind":"heartbeat"/);
    expect(engine.calls.at(-1)).toMatchObject({ path: 'events.live', input: { after: 3 } });
    await Promise.all([server.close(), reader.read().catch(() => undefined)]);
    await vi.waitFor(() => expect(engine.streams).toBe(0));
  });
});

describe('the opt-out page', () => {
  test('asks at a GET, acts at a POST, needs no token, and says when a link is not ours', async () => {
    const seen: string[] = [];
    const { server } = await serve({ optOut: (token) => seen.push(token) > 0 && token === 'good' });
    const page = await fetch(`${server.url}/u/good`);
    expect([page.status, (await page.text()).includes('<form method="post">'), page.headers.get('content-security-policy')?.includes("form-action 'self'")]).toEqual([
      200,
      true,
      true,
    ]);
    expect(seen).toEqual([]);
    const done = await fetch(`${server.url}/u/good`, { method: 'POST', body: 'List-Unsubscribe=One-Click', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect([done.status, seen]).toEqual([200, ['good']]);
    expect((await fetch(`${server.url}/u/bad`, { method: 'POST' })).status).toBe(404);
  });
});

describe('documents and files', () => {
  test('the OpenAPI document stays as it was reviewed', async () => {
    const { api } = await serve();
    const document = (await (await fetch(`${api}/openapi.json`, { headers: auth })).json()) as Record<string, unknown>;
    expect(document['openapi']).toMatch(/^3\.1/);
    const golden = join(root, 'test/fixtures/golden/openapi.json');
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    expect(text === readFileSync(golden, 'utf8'), 'The API changed. Review the change, then re-record with UPDATE_GOLDEN=1').toBe(true);
  });

  test('every reference of the document leads somewhere, and every path of the issue is there', async () => {
    const { api } = await serve();
    const document = (await (await fetch(`${api}/openapi.json`, { headers: auth })).json()) as { paths: Record<string, object> };
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
    for (const reference of new Set(references)) {
      expect(
        reference.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document),
        reference,
      ).toBeDefined();
    }
    expect(document.paths).toHaveProperty(['/subscribers/import', 'post', 'requestBody', 'content', 'text/csv']);
    for (const area of ['mailboxes', 'subscribers', 'lists', 'templates', 'email-sequences', 'campaigns', 'enrolments', 'deliveries', 'replies', 'events', 'settings'])
      expect(document.paths).toHaveProperty([`/${area}`]);
  });

  test('the documentation page needs nothing from elsewhere', async () => {
    const { server } = await serve();
    const page = await (await fetch(`${server.url}/docs`)).text();
    const own = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(own).toHaveLength(3);
    for (const path of own) {
      const response = await fetch(server.url + path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/(css|javascript)/);
    }
    expect((await fetch(`${server.url}/docs/package.json`)).headers.get('content-type')).toMatch(/json/);
    expect((await fetch(`${server.url}/docs/..%2f..%2fpackage.json`)).status).toBe(404);
  });

  test('hashed assets are cached, the page is not, and nothing outside of the folder is served', async () => {
    const { server } = await serve();
    expect((await fetch(`${server.url}/assets/index-Ab3dEf9h.js`)).headers.get('cache-control')).toContain('immutable');
    expect((await fetch(server.url)).headers.get('cache-control')).toBe('no-cache');
    for (const path of ['/../package.json', '/%2e%2e/%2e%2e/etc/passwd', '/assets', '/nothing']) expect((await raw(server.url + path, {})).status).toBe(404);
  });
});

describe('the token', () => {
  test('is made once per data directory and readable by its user only', () => {
    const dir = temporaryDir();
    const made = loadToken(dir);
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(loadToken(dir)).toBe(made);
    expect(statSync(join(dir, 'token')).mode & 0o777).toBe(0o600);
    expect(loadToken(temporaryDir())).not.toBe(made);
    writeFileSync(join(dir, 'token'), 'damaged');
    expect(loadToken(dir)).toMatch(/^[\w-]{43}$/);
  });
});

test('a port in use is a plain error', async () => {
  const { server } = await serve();
  await expect(serve({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
