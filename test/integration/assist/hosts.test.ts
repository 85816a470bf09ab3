import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createOllamaHost } from '../../../electron/engine/assist/ollama-host.ts';
import { colourQuestion, openAssist } from '../../support/assist.ts';
import { until } from '../../support/engine.ts';
import type { Progress } from '../../../electron/engine/events/index.ts';

const green = '{"colour":"green","sure":0.9}';
const chat = { size: 2, capabilities: ['completion'] };

describe('Ollama', () => {
  test('a look tells version, models and what they can', async () => {
    const bench = openAssist();
    const host = await bench.host({
      models: { 'llama3.2:3b': { size: 2_000_000_000, capabilities: ['completion', 'tools'] }, 'nomic-embed-text:latest': { size: 274, capabilities: ['embedding'] } },
    });
    const { id } = bench.add(host.url, { models: [] });
    expect((await bench.assist.providers.check(id)).health).toMatchObject({ state: 'ready', version: '0.12.3', checkedAt: bench.clock.now() });
    expect(await bench.assist.models(id)).toMatchObject([
      { name: 'llama3.2:3b', bytes: 2_000_000_000, parameters: '3.2B', quantization: 'Q4_K_M', capabilities: ['completion', 'tools'] },
      { name: 'nomic-embed-text:latest', capabilities: ['embedding'] },
    ]);
  });

  test.each([
    ['nothing', {}, []],
    ['only a model that cannot write', { 'nomic-embed-text:latest': { size: 1, capabilities: ['embedding'] } }, []],
    ['none of the chosen ones', { 'gemma3:4b': chat }, ['llama3.2:3b']],
  ])('with %s it has no model', async (_name, models, chosen) => {
    const bench = openAssist();
    const host = await bench.host({ models });
    const { id } = bench.add(host.url, { models: chosen });
    expect((await bench.assist.providers.check(id)).health.state).toBe('no_model');
  });

  test('without a choice the largest model that suits this computer answers', async () => {
    const bench = openAssist({ memoryBytes: 8 * 1024 ** 3 });
    const host = await bench.host({ models: { 'aya:8b': chat, 'qwen3:8b': chat, 'qwen3:0.6b': chat, 'llama3.2:3b': chat } });
    host.says(green);
    bench.add(host.url, { models: [] });
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ model: 'llama3.2:3b' });
  });

  test('the test measures, and says in words why it cannot', async () => {
    const bench = openAssist();
    const host = await bench.host();
    const { id } = bench.add(host.url);
    expect(await bench.assist.providers.speed(id, undefined)).toMatchObject({ ok: true, model: 'llama3.2:3b', tokensPerSecond: 50, structured: true, detail: '' });
    expect(await bench.assist.providers.speed(id, 'missing:1b')).toMatchObject({ ok: false, model: 'missing:1b', detail: expect.stringMatching(/not found/) as string });
    host.says('no shape at all');
    expect(await bench.assist.providers.speed(id, undefined)).toMatchObject({ ok: true, structured: false });
  });

  test('embeds texts', async () => {
    const bench = openAssist();
    const { url } = await bench.host();
    const host = createOllamaHost({ url, key: null, keepAliveMinutes: 5, fetch });
    const [first, again, other] = await host.embed('nomic-embed-text', ['one harbour', 'one harbour', 'two crates'], AbortSignal.any([]));
    expect(first?.length).toBeGreaterThan(0);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('an unknown page is not a model server', async () => {
    const server = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const bench = openAssist();
    const { id } = bench.add(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect((await bench.assist.providers.check(id)).health).toMatchObject({ state: 'unreachable', detail: expect.stringMatching(/no answer/) as string });
    await expect(bench.assist.models(id)).rejects.toMatchObject({ code: 'model_failed' });
  });
});

describe('downloads', () => {
  test('tell their progress over all layers, and the model is there afterwards', async () => {
    const bench = openAssist();
    const host = await bench.host({ models: {} });
    const heard: Progress[] = [];
    bench.events.subscribeProgress((progress) => heard.push(progress));
    const { id } = bench.add(host.url, { models: [] });
    host.holdPulls();
    const pull = await bench.assist.pulls.start(id, 'llama3.2:3b');
    expect(pull).toMatchObject({ state: 'running', model: 'llama3.2:3b' });
    // Twice asked for is once downloaded.
    expect((await bench.assist.pulls.start(id, 'llama3.2:3b')).id).toBe(pull.id);
    await until(() => bench.assist.pulls.list()[0]?.totalBytes === 1000, 'the first layer');
    host.releasePulls();
    await until(() => bench.assist.pulls.list()[0]?.state === 'done', 'the download');
    expect(bench.assist.pulls.list()).toMatchObject([{ doneBytes: 1500, totalBytes: 1500 }]);
    expect(heard.at(-1)).toEqual({ task: 'model_pull', id: pull.id, done: 1500, total: 1500, state: 'finished' });
    expect((await bench.assist.providers.check(id)).health.state).toBe('ready');
    expect(await bench.assist.removeModel(id, 'llama3.2:3b')).toEqual([]);
    await expect(bench.assist.removeModel(id, 'llama3.2:3b')).rejects.toMatchObject({ code: 'model_failed', message: expect.stringMatching(/not found/) as string });
  });

  test('can be given up, by hand and with their host', async () => {
    const bench = openAssist();
    const host = await bench.host({ models: {} });
    const { id } = bench.add(host.url);
    host.fail('/api/pull', { kind: 'stalls' }, { kind: 'stalls' });
    const first = await bench.assist.pulls.start(id, 'a:1b');
    await until(() => host.asked.length === 1, 'the first');
    expect(await bench.assist.pulls.cancel(first.id)).toMatchObject({ state: 'cancelled' });
    await bench.assist.pulls.start(id, 'b:1b');
    await until(() => host.asked.length === 2, 'the second');
    await bench.assist.providers.remove(id);
    expect(bench.assist.pulls.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    await until(() => host.cutOff() === 2, 'both connections are closed');
    expect(bench.assist.providers.list()).toEqual([]);
  });

  test.each([
    ['of a name that nobody knows', 'no-such:1b', [], /does not exist/],
    ['whose stream breaks', 'a:1b', [{ kind: 'dropped' }], /did not answer/],
    ['that ends too early', 'a:1b', [{ kind: 'truncated' }], /broke off/],
  ] as const)('%s fail with a reason', async (_name, model, faults, says) => {
    const bench = openAssist();
    const host = await bench.host();
    const { id } = bench.add(host.url);
    host.fail('/api/pull', ...faults);
    await bench.assist.pulls.start(id, model);
    await until(() => bench.assist.pulls.list()[0]?.state === 'failed', 'the failure');
    expect(bench.assist.pulls.list()[0]?.detail).toMatch(says);
  });
});

/** A server with OpenAI's protocol; `answer` writes the response of a chat. */
async function startOpenAi(chatAnswer: (body: Record<string, unknown>, request: IncomingMessage) => { status?: number; text: string }) {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let raw = '';
      for await (const chunk of request) raw += String(chunk);
      if (request.url === '/v1/models')
        return response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[{"id":"local-model","object":"model"}]}');
      const body = JSON.parse(raw) as Record<string, unknown>;
      bodies.push(body);
      if (request.url === '/v1/embeddings') return response.writeHead(200).end('{"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1]}]}');
      const { status = 200, text } = chatAnswer(body, request);
      return response.writeHead(status, { 'content-type': status === 200 ? 'text/event-stream' : 'application/json' }).end(text);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, bodies };
}

function events(
  text: string,
  end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\ndata: [DONE]\n\n',
): string {
  const pieces = (text.match(/[\s\S]{1,5}/g) ?? []).map((content) => `: keep-alive\r\n\r\ndata: ${JSON.stringify({ choices: [{ delta: { content } }] })}\r\n\r\n`);
  return `data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n${pieces.join('')}${end}`;
}

describe('the protocol of OpenAI', () => {
  test('streams, keeps to the schema, counts tokens and lists models', async () => {
    const bench = openAssist();
    const host = await startOpenAi(() => ({ text: events(green) }));
    const { id } = bench.add(host.url, { kind: 'openai', models: [], currency: 'EUR', priceInput: 15, priceOutput: 60 });
    const seen: string[] = [];
    expect(await bench.assist.complete({ ...colourQuestion(), onText: (soFar) => seen.push(soFar) })).toMatchObject({
      kind: 'answer',
      value: { colour: 'green' },
      model: 'local-model',
    });
    expect(seen.at(-1)).toBe(green);
    expect(host.bodies[0]).toMatchObject({ stream: true, response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } } });
    expect(bench.assist.usage(1).rows).toMatchObject([{ inputTokens: 7, outputTokens: 3, costMicro: 7 * 15 + 3 * 60, currency: 'EUR' }]);
    await expect(bench.assist.pulls.start(id, 'a:1b')).rejects.toMatchObject({ code: 'wrong_state' });
  });

  test('a server that refuses a setting is asked without it, then and later', async () => {
    const bench = openAssist();
    const host = await startOpenAi((body) => {
      for (const name of ['max_tokens', 'temperature'])
        if (name in body)
          return { status: 400, text: `{"error":{"message":"Unsupported parameter: '${name}' is not supported with this model. Use 'max_completion_tokens' instead."}}` };
      return { text: events(green) };
    });
    bench.add(host.url, { kind: 'openai' });
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ kind: 'answer', value: { colour: 'green' } });
    expect(host.bodies.at(-1)).toMatchObject({ max_completion_tokens: 50, response_format: { type: 'json_schema' } });
    expect(await bench.assist.complete(colourQuestion('Another?'))).toMatchObject({ kind: 'answer' });
    expect(host.bodies).toHaveLength(4);
  });

  test('a server that knows no schemas is asked for JSON, then for words', async () => {
    const bench = openAssist();
    const host = await startOpenAi((body) => {
      if (body['response_format'] !== undefined) return { status: 400, text: '{"error":{"message":"response_format is not supported"}}' };
      return { text: events(`Here it is: ${green}`) };
    });
    bench.add(host.url, { kind: 'openai' });
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ kind: 'answer', value: { colour: 'green' } });
    expect(JSON.stringify(host.bodies.at(-1)?.['messages'])).toContain('JSON of this schema');
    await bench.assist.complete(colourQuestion('Another?'));
    expect(host.bodies).toHaveLength(4);
  });

  test.each([
    ['an error inside of the stream', { text: events('{"co', 'data: {"error":{"message":"CUDA out of memory"}}\n\n') }, 'server'],
    ['a stream that is cut off', { text: events('{"co', '') }, 'garbled'],
    ['something that is no event', { text: 'data: <html>\n\n' }, 'garbled'],
    ['a refused key that it repeats', { status: 401, text: '{"error":{"message":"Incorrect API key provided: my-secret"}}' }, 'login'],
  ])('%s is told apart', async (_name, answer, reason) => {
    const bench = openAssist();
    const host = await startOpenAi(() => answer);
    const { id } = bench.add(host.url, { kind: 'openai', key: 'my-secret' });
    const completion = await bench.assist.complete(colourQuestion());
    expect(completion).toMatchObject({ kind: 'none', tried: [{ reason }] });
    expect(JSON.stringify([completion, bench.provider(id), bench.store.prepareRead('select last_error from assist_providers').all()])).not.toContain('my-secret');
  });
});

test('the order of preference is the order in which hosts are asked', async () => {
  const bench = openAssist();
  const [one, two] = [await bench.host(), await bench.host()];
  one.says(green);
  two.says(green);
  const first = bench.add(one.url, { name: 'One' });
  const second = bench.add(two.url, { name: 'Two' });
  expect(bench.assist.providers.reorder([second.id, first.id]).map(({ name }) => name)).toEqual(['Two', 'One']);
  expect(await bench.assist.complete(colourQuestion())).toMatchObject({ provider: 'Two' });
  expect(() => bench.assist.providers.reorder([first.id])).toThrow(/changed meanwhile/);
});
