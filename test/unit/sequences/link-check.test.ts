import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLinks } from '../../../electron/engine/sequences/link-check.ts';

let server: Server;
let base: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [, what] = (request.url ?? '').split('/');
    if (what === 'moved') response.writeHead(301, { location: '/fine' });
    else if (what === 'round') response.writeHead(302, { location: '/round' });
    else if (what === 'get-only') response.writeHead(request.method === 'HEAD' ? 405 : 200);
    else if (what === 'away') response.writeHead(302, { location: 'ftp://example.com/' });
    else response.writeHead(what === 'fine' ? 200 : what === 'login' ? 401 : what === 'broken' ? 500 : 404);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test('says of each address what a reader would come to, in order and each once', async () => {
  const urls = ['fine', 'moved', 'gone', 'get-only', 'login', 'broken', 'round', 'away', 'fine'].map((path) => `${base}/${path}`);
  const answers = await checkLinks(urls, fetch);
  expect(answers).toEqual([
    { url: `${base}/fine`, to: null, problem: null },
    { url: `${base}/moved`, to: `${base}/fine`, problem: null },
    { url: `${base}/gone`, to: null, problem: 'There is nothing at this address (404).' },
    { url: `${base}/get-only`, to: null, problem: null },
    { url: `${base}/login`, to: null, problem: null },
    { url: `${base}/broken`, to: null, problem: 'The server answers with an error (500).' },
    { url: `${base}/round`, to: `${base}/round`, problem: 'It leads on and on without an end.' },
    { url: `${base}/away`, to: 'ftp://example.com/', problem: 'It leads to something that is no web page.' },
  ]);
  expect(asked.filter((one) => one === 'HEAD /fine')).toHaveLength(2);
});

test('tells a server that is not there from one that refuses', async () => {
  const failing = (code: string) => () => Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }));
  expect((await checkLinks(['https://example.com'], failing('ENOTFOUND')))[0]?.problem).toBe('There is no such server.');
  expect((await checkLinks(['https://example.com'], failing('ECONNREFUSED')))[0]?.problem).toBe('The server refuses the connection.');
});
