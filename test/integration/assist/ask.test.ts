import { describe, expect, test } from 'vitest';
import type { Completion } from '../../../electron/engine/assist/index.ts';
import type { Fault } from '../../support/ollama-server.ts';
import { colourQuestion, openAssist } from '../../support/assist.ts';
import { until } from '../../support/engine.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const green = '{"colour":"green","sure":0.9}';
const reasons = (completion: Completion<unknown>) => (completion.kind === 'none' ? [completion.reason, ...completion.tried.map(({ reason }) => reason)] : ['answer']);

describe('an answer', () => {
  test('comes in the shape that was asked for, is told while it is written, and is counted', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(green);
    bench.add(host.url);
    const seen: string[] = [];
    const completion = await bench.assist.complete({ ...colourQuestion(), onText: (soFar) => seen.push(soFar) });
    expect(completion).toMatchObject({ kind: 'answer', value: { colour: 'green', sure: 0.9 }, model: 'llama3.2:3b', cached: false });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toBe(green);
    expect(host.chats()[0]?.body).toMatchObject({ format: { type: 'object', required: ['colour', 'sure'] }, stream: true, think: false, keep_alive: '5m' });
    expect(bench.assist.usage(1).rows).toMatchObject([{ feature: 'reply_class', answers: 1, cached: 0, failed: 0, inputTokens: 40, outputTokens: seen.length }]);
  });

  test('comes out of memory for an equal question, out of the database after a restart, and not under another prompt', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(green);
    bench.add(host.url);
    await bench.assist.complete(colourQuestion());
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ kind: 'answer', cached: true });
    expect(await bench.reopen().complete(colourQuestion())).toMatchObject({ kind: 'answer', value: { colour: 'green' }, cached: true });
    expect(host.chats()).toHaveLength(1);
    await bench.assist.complete({ ...colourQuestion(), promptVersion: 'colour.v2' });
    await bench.assist.complete(colourQuestion('What colour is blood?'));
    expect(host.chats()).toHaveLength(3);
    expect(bench.assist.usage(1).cache).toMatchObject({ entries: 3, memoryHits: 1, storeHits: 1, misses: 3 });
    bench.assist.clearCache();
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ cached: false });
  });

  test('that is cached goes with the person it is about', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(green);
    bench.add(host.url);
    await bench.assist.complete({ ...colourQuestion(), contactId: 'c1' });
    await bench.assist.complete({ ...colourQuestion('Another?'), contactId: 'c2' });
    bench.store.transaction((tx) => bench.assist.forget(tx, ['c1']));
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ cached: false });
    expect(await bench.assist.complete(colourQuestion('Another?'))).toMatchObject({ cached: true });
  });

  test('survives a code fence, thoughts and words around it', async () => {
    const bench = openAssist();
    const host = await bench.host();
    bench.add(host.url);
    for (const [index, text] of [`<think>{"colour":"red"}</think>\n${green}`, `\`\`\`json\n${green}\n\`\`\``, `Gladly: ${green} Anything else?`].entries()) {
      host.says(text);
      expect(await bench.assist.complete(colourQuestion(`Question ${index}`))).toMatchObject({ kind: 'answer', value: { colour: 'green' } });
    }
  });

  test('of a host that must not see addresses and names has them again', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(({ user }) => JSON.stringify({ colour: 'red', sure: user.includes('[mail 1]') && user.includes('[name 1]') && !/ada|lovelace|\d{4}/i.test(user) ? 1 : 0 }));
    bench.add(host.url, { redact: true });
    const question = { ...colourQuestion('Ada Lovelace <ada@example.com>, +44 20 7946 0018, asks about Ada Lovelace'), names: ['Ada Lovelace', 'Ada'] };
    expect(await bench.assist.complete(question)).toMatchObject({ value: { sure: 1 } });
  });
});

describe('faults', () => {
  const cases: [string, Fault[], string][] = [
    ['an error of the server', [{ kind: 'status', status: 500, error: 'out of memory' }], 'server'],
    ['an error inside of the stream', [{ kind: 'stream_error', error: 'llama runner process has terminated' }], 'server'],
    ['a stream that is cut off', [{ kind: 'truncated' }], 'garbled'],
    ['a connection that breaks', [{ kind: 'dropped' }], 'unreachable'],
    ['a page of a proxy', [{ kind: 'garbage' }], 'garbled'],
    ['a refused key', [{ kind: 'status', status: 401, error: 'unauthorized' }], 'login'],
    ['a request for patience', [{ kind: 'status', status: 429, error: 'slow down', headers: { 'retry-after': '120' } }], 'rate_limited'],
    ['a redirect to another host', [{ kind: 'redirect', to: 'http://203.0.113.7/api/chat' }], 'refused'],
  ];
  test.each(cases)('%s leads to the next host, and without one to no answer', async (_name, faults, reason) => {
    const bench = openAssist();
    const [first, second] = [await bench.host(), await bench.host()];
    first.fail('/api/chat', ...faults);
    second.says(green);
    const broken = bench.add(first.url, { name: 'First' });
    expect(reasons(await bench.assist.complete(colourQuestion()))).toEqual(['failed', reason]);
    first.fail('/api/chat', ...faults);
    bench.clock.advance(600_000);
    bench.add(second.url, { name: 'Second' });
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ kind: 'answer', provider: 'Second' });
    expect(bench.provider(broken.id).health.state).toBe(reason === 'refused' ? 'unknown' : 'resting');
    expect(bench.assist.usage(1).withoutModel).toEqual({ reply_class: 1 });
  });

  test('a host that is not there rests with growing pauses, is tried by one question, and comes back', async () => {
    const bench = openAssist();
    const host = await bench.host();
    await host.close();
    const { id } = bench.add(host.url);
    expect(reasons(await bench.assist.complete(colourQuestion()))).toEqual(['failed', 'unreachable']);
    expect(reasons(await bench.assist.complete(colourQuestion()))).toEqual(['failed', 'resting']);
    const { restingUntil } = bench.provider(id).health;
    expect(restingUntil).toBeGreaterThan(bench.clock.now());
    bench.clock.set(restingUntil ?? 0);
    const both = await Promise.all([bench.assist.complete(colourQuestion('One?')), bench.assist.complete(colourQuestion('Two?'))]);
    expect(both.map(reasons).toSorted()).toEqual([
      ['failed', 'resting'],
      ['failed', 'unreachable'],
    ]);
    const alive = await bench.host();
    alive.says(green);
    // A new address is a new chance at once.
    bench.assist.providers.update(id, { url: alive.url });
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ kind: 'answer' });
  });

  test('the breaker survives a restart', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.fail('/api/chat', { kind: 'status', status: 503, error: 'loading' });
    bench.add(host.url);
    await bench.assist.complete(colourQuestion());
    expect(reasons(await bench.reopen().complete(colourQuestion()))).toEqual(['failed', 'resting']);
    expect(host.chats()).toHaveLength(1);
  });

  test.each([
    ['never answers', 'silent', 60_000],
    ['stops in the middle', 'stalls', 60_000],
  ] as const)('a model that %s is given up', async (_name, kind, afterMs) => {
    const realTime = fakeClock();
    const bench = openAssist({ realTime });
    const host = await bench.host();
    host.fail('/api/chat', { kind });
    bench.add(host.url, { timeoutSeconds: 3600 });
    const pieces: string[] = [];
    const work = bench.assist.complete({ ...colourQuestion(), onText: (soFar) => pieces.push(soFar) });
    await until(() => (kind === 'silent' ? host.chats().length === 1 : pieces.length === 1), 'the question');
    realTime.advance(afterMs);
    expect(reasons(await work)).toEqual(['failed', 'timeout']);
    await until(() => host.cutOff() === 1, 'the connection is closed');
  });

  test('an answer out of shape is asked for once more, then the next model is asked', async () => {
    const bench = openAssist();
    const host = await bench.host({ models: { 'llama3.2:3b': { size: 1, capabilities: ['completion'] }, 'gemma3:4b': { size: 1, capabilities: ['completion'] } } });
    host.says(({ model }) => (model === 'gemma3:4b' ? green : '{"colour":"blue","sure":1}'));
    const { id } = bench.add(host.url, { models: ['missing:1b', 'llama3.2:3b', 'gemma3:4b'] });
    expect(await bench.assist.complete(colourQuestion())).toMatchObject({ kind: 'answer', model: 'gemma3:4b' });
    expect(host.chats().map(({ body }) => body['model'])).toEqual(['missing:1b', 'llama3.2:3b', 'llama3.2:3b', 'gemma3:4b']);
    host.says('{"colour":"gre');
    expect(reasons(await bench.assist.complete(colourQuestion('Again?')))).toEqual(['failed', 'no_model', 'invalid', 'invalid']);
    // What the model says is no trouble of the host.
    expect(bench.provider(id).health.state).toBe('unknown');
  });

  test('a caller may give up; the host hears of it and does not rest for it', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.fail('/api/chat', { kind: 'stalls' });
    const { id } = bench.add(host.url);
    const abort = new AbortController();
    const work = bench.assist.complete({ ...colourQuestion(), signal: abort.signal, onText: () => abort.abort() });
    expect(reasons(await work)).toEqual(['cancelled', 'cancelled']);
    await until(() => host.cutOff() === 1, 'the connection is closed');
    expect(bench.provider(id).health.state).toBe('unknown');
  });

  test('whoever waits too long for a busy host goes to the next one, and the host does not rest for it', async () => {
    const realTime = fakeClock();
    const bench = openAssist({ realTime });
    const host = await bench.host();
    host.fail('/api/chat', { kind: 'stalls' });
    const { id } = bench.add(host.url, { timeoutSeconds: 3600 });
    const abort = new AbortController();
    const first = bench.assist.complete({ ...colourQuestion(), signal: abort.signal });
    await until(() => host.chats().length === 1, 'the first question');
    const second = bench.assist.complete(colourQuestion('Second?'));
    await new Promise((resolve) => setImmediate(resolve));
    realTime.advance(45_000);
    expect(reasons(await second)).toEqual(['failed', 'busy']);
    expect(bench.provider(id).health.state).toBe('unknown');
    abort.abort();
    expect(reasons(await first)).toEqual(['cancelled', 'cancelled']);
  });

  test('a host that is removed while another one is asked is passed over', async () => {
    const bench = openAssist();
    const [first, second] = [await bench.host(), await bench.host()];
    first.fail('/api/chat', { kind: 'truncated' });
    bench.add(first.url);
    const { id } = bench.add(second.url);
    const work = bench.assist.complete(colourQuestion());
    await bench.assist.providers.remove(id);
    expect(reasons(await work)).toEqual(['failed', 'garbled']);
  });

  test('no more questions at once than the host takes', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(green);
    bench.add(host.url, { parallel: 2 });
    const all = await Promise.all(Array.from({ length: 8 }, (_, index) => bench.assist.complete(colourQuestion(`Question ${index}`))));
    expect(all.every(({ kind }) => kind === 'answer')).toBe(true);
    expect(host.mostAtOnce()).toBe(2);
  });
});

describe('safety', () => {
  test('nothing goes to a host that is not this computer before a person agreed, and a new host asks again', async () => {
    const sent: string[] = [];
    const bench = openAssist({
      fetch: (url) => {
        sent.push(url);
        return Promise.resolve(new Response('{"models":[]}', { headers: { 'content-type': 'application/json' } }));
      },
    });
    const far = bench.add('http://192.0.2.10:11434', { name: 'Far', models: [] });
    expect(far).toMatchObject({ local: false, health: { state: 'needs_consent' } });
    expect(reasons(await bench.assist.complete(colourQuestion()))).toEqual(['failed', 'no_consent']);
    for (const work of [
      () => bench.assist.providers.check(far.id),
      () => bench.assist.models(far.id),
      () => bench.assist.providers.speed(far.id, undefined),
      () => bench.assist.pulls.start(far.id, 'llama3.2:3b'),
    ])
      await expect(work()).rejects.toMatchObject({ code: 'consent_required' });
    expect(sent).toEqual([]);
    expect(() => bench.assist.providers.consent(far.id, 'http://192.0.2.99:11434', true)).toThrow(/changed meanwhile/);
    expect(bench.assist.providers.consent(far.id, far.url, true).consentAt).toBe(bench.clock.now());
    expect((await bench.assist.providers.check(far.id)).health.state).toBe('no_model');
    expect(sent.length).toBeGreaterThan(0);
    expect(bench.assist.providers.update(far.id, { url: 'http://192.0.2.11:11434' })).toMatchObject({ consentAt: null, health: { state: 'needs_consent' } });
  });

  test('a key goes to the host it was given for, is never shown, and does not follow to another one', async () => {
    const bench = openAssist();
    const [first, second] = [await bench.host(), await bench.host()];
    first.says(green);
    second.says(green);
    const { id } = bench.add(first.url, { key: 'secret-key' });
    await bench.assist.complete(colourQuestion());
    expect(first.chats()[0]?.headers.authorization).toBe('Bearer secret-key');
    expect(JSON.stringify(bench.assist.providers.list())).not.toContain('secret-key');
    expect(bench.provider(id).hasKey).toBe(true);
    bench.assist.providers.update(id, { url: second.url });
    await bench.assist.complete(colourQuestion('Another?'));
    expect(second.chats()[0]?.headers.authorization).toBeUndefined();
  });

  test('a feature that is off asks nobody; neither does a host that is off or whose key is locked', async () => {
    let locked = false;
    const bench = openAssist({ locked: () => locked });
    const host = await bench.host();
    host.says(green);
    const { id } = bench.add(host.url, { key: 'k' });
    bench.settings.update({ assistOff: ['reply_class'] });
    expect(reasons(await bench.assist.complete(colourQuestion()))).toEqual(['off']);
    bench.settings.update({ assistOff: [] });
    locked = true;
    expect(reasons(await bench.assist.complete(colourQuestion()))).toEqual(['failed', 'locked']);
    locked = false;
    bench.assist.providers.update(id, { enabled: false });
    expect(reasons(await bench.assist.complete(colourQuestion()))).toEqual(['no_provider']);
    expect(host.asked).toEqual([]);
  });
});
