import { createORPCClient, ORPCError, type ClientLink } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Contract } from '../../shared/contract/index.ts';
import { createPortServer, startHttpServer, type HttpServer } from '../../electron/server/index.ts';
import { csvText, fakeEngine, type FakeEngine } from '../support/fake-router.ts';

type Client = ContractRouterClient<Contract>;
type Open = (engine: FakeEngine) => Promise<Client>;
const token = 'a'.repeat(43);

async function serve(engine: FakeEngine): Promise<HttpServer> {
  const server = await startHttpServer({
    ...engine,
    host: '127.0.0.1',
    port: 0,
    token,
    version: '0.0.0',
    uiDir: join(import.meta.dirname, 'nowhere'),
    swaggerDir: join(import.meta.dirname, 'nowhere'),
  });
  onTestFinished(() => server.close());
  return server;
}

const over = (link: ClientLink<Record<never, never>>): Client => createORPCClient(link);

const transports: [string, Open][] = [
  ['in process', (engine) => Promise.resolve(createRouterClient(engine.router, { context: engine.context }) as unknown as Client)],
  [
    'MessagePort',
    (engine) => {
      const { port1, port2 } = new MessageChannel();
      onTestFinished(() => port1.close());
      createPortServer(engine)(port1);
      port2.start();
      return Promise.resolve(over(new PortLink({ port: port2 })));
    },
  ],
  [
    'WebSocket',
    async (engine) => {
      const { url } = await serve(engine);
      const websocket = new WebSocket(`${url.replace('http', 'ws')}/ws`, ['homing', `token.${token}`]);
      await new Promise((resolve, reject) => websocket.once('open', resolve).once('error', reject));
      return over(new SocketLink({ websocket: websocket as never }));
    },
  ],
  [
    'HTTP',
    async (engine) => {
      const { url } = await serve(engine);
      return over(new HttpLink({ url: `${url}/rpc`, headers: { authorization: `Bearer ${token}` } }));
    },
  ],
];

/** The same promises, whatever carries them. */
describe.each(transports)('the contract over %s', (_name, open) => {
  test('carries input and output', async () => {
    const engine = fakeEngine();
    const client = await open(engine);
    expect(await client.settings.get({})).toEqual(engine.settings);
    expect((await client.settings.update({ theme: 'dark' })).theme).toBe('dark');
    expect(await client.lists.list({ limit: 33 })).toMatchObject({ total: 33 });
    expect(engine.calls.at(-1)).toMatchObject({ path: 'lists.list', input: { limit: 33 } });
  });

  test('an error keeps its code, status, sentence and fields', async () => {
    const client = await open(fakeEngine());
    const error = await client.lists.remove({ id: 'l1' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ORPCError);
    expect(error).toMatchObject({
      code: 'in_use',
      status: 409,
      defined: true,
      message: 'Two campaigns use this list.',
      data: { fields: { id: 'Two campaigns use this list.' }, campaigns: 2 },
    });
  });

  test('bad input is refused with a sentence per field, before the service is called', async () => {
    const engine = fakeEngine();
    const client = await open(engine);
    const error = await client.lists.create({ name: '', contactIds: ['ok', ''] }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'validation', status: 422, data: { fields: { name: expect.any(String), 'contactIds.1': expect.any(String) } } });
    expect(engine.calls).toEqual([]);
  });

  test('an unexpected failure becomes "internal" and tells nothing', async () => {
    const client = await open(fakeEngine());
    const error = await client.lists.get({ id: 'broken' }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'internal', status: 500 });
    expect(JSON.stringify(error)).not.toContain('secret detail');
  });

  test('files go both ways', async () => {
    const client = await open(fakeEngine());
    const inspection = await client.subscribers.inspectImport({ file: new File(['email,name\na@example.com,A\n'], 'people.csv', { type: 'text/csv' }) });
    expect(inspection).toMatchObject({ fileName: 'people.csv', columns: [{ name: 'email' }, { name: 'name' }] });
    const report = await client.reports.deliveries({});
    expect(report.name).toBe('deliveries.csv');
    expect(Buffer.from(await report.arrayBuffer()).toString()).toBe(csvText);
  });

  test('a call that the client gives up ends in the engine', async () => {
    const engine = fakeEngine();
    const client = await open(engine);
    const stop = new AbortController();
    const call = client.mailboxes.discover({ address: 'mara@example.com' }, { signal: stop.signal }).catch(() => 'given up');
    await vi.waitFor(() => expect(engine.searches).toBe(1));
    stop.abort();
    expect(await call).toBe('given up');
    await vi.waitFor(() => expect(engine.searches).toBe(0));
  });

  test('the live stream delivers, and ends in the engine when the client stops', async () => {
    const engine = fakeEngine();
    const client = await open(engine);
    const stop = new AbortController();
    const stream = await client.events.live({}, { signal: stop.signal });
    const kinds: string[] = [];
    for await (const message of stream) {
      kinds.push(message.kind);
      if (kinds.length === 2) break;
    }
    expect(kinds).toEqual(['heartbeat', 'progress']);
    stop.abort();
    await vi.waitFor(() => expect(engine.streams).toBe(0));
  });
});
