import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createNetwork } from '../../../electron/engine/mailboxes/index.ts';
import { startHttpServer } from '../../../electron/server/index.ts';
import { contactInputSchema } from '../../../shared/schemas/contact.ts';
import { providerInputSchema, rewriteInputSchema, type Rewritten, type RewriteInput } from '../../../shared/schemas/assist.ts';
import { openAssist } from '../../support/assist.ts';
import { realPorts, startEngine, until } from '../../support/engine.ts';
import { startOllama } from '../../support/ollama-server.ts';
import { silentLog, temporaryDir } from '../../support/store.ts';

const text = 'Hi {{ first_name }},\n\nI am writing to you today in order to ask about the ferry timetable. Shall I send 3 samples?';
const better = 'Hi {{ first_name }},\n\nShall I send 3 samples of the ferry timetable?';
const answer = (value: string) => JSON.stringify({ text: value });

type Bench = ReturnType<typeof openAssist>;
async function rewrite(bench: Bench, input: RewriteInput = { text, how: 'shorter' }, signal?: AbortSignal): Promise<{ partials: string[]; done: Rewritten | null }> {
  const partials: string[] = [];
  let done: Rewritten | null = null;
  for await (const part of bench.assist.rewrite(input, signal)) {
    if (part.kind === 'partial') partials.push(part.value);
    else done = part.value;
  }
  return { partials, done };
}

describe('rewriting', () => {
  test('streams the text of the model, without its form', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(answer(better));
    bench.add(host.url);
    const { partials, done } = await rewrite(bench);
    expect(done).toEqual({ text: better, source: 'model', model: 'llama3.2:3b', note: null });
    expect(partials.length).toBeGreaterThan(2);
    for (const partial of partials) expect(better.startsWith(partial)).toBe(true);
  });

  test('says into which language it is to be translated', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(answer(better));
    bench.add(host.url);
    await rewrite(bench, { text, how: 'translate', language: 'pt-BR' });
    expect(JSON.stringify(host.chats()[0]?.body)).toContain('translate to Brazilian Portuguese');
    expect(rewriteInputSchema.safeParse({ text, how: 'translate' }).success).toBe(false);
  });

  test.each([
    ['that loses a merge tag', answer('Hi Ada, shall I send 3 samples?'), 'invalid'],
    ['that invents a number', answer('Hi {{ first_name }}, 500 people love it. 3 samples?'), 'invalid'],
    ['that is no answer', 'Sure!', 'invalid'],
  ])('a text %s is not shown; rules answer and say so', async (_name, said, note) => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(said);
    bench.add(host.url);
    const { done } = await rewrite(bench);
    expect(done).toEqual({ text: 'Hi {{ first_name }},\n\nI would like to ask about the ferry timetable. Shall I send 3 samples?', source: 'rules', model: null, note });
  });

  test('without a model, or switched off, rules answer; a translation needs a model', async () => {
    const bench = openAssist();
    expect((await rewrite(bench)).done).toMatchObject({ source: 'rules', note: 'no_model' });
    expect((await rewrite(bench, { text, how: 'translate', language: 'de' })).done).toEqual({ text, source: 'rules', model: null, note: 'no_model' });
    bench.settings.update({ assistOff: ['rewrite'] });
    expect((await rewrite(bench)).done).toMatchObject({ source: 'rules', note: 'off' });
  });

  test('a model that fails in the middle is followed by the next one, from the beginning', async () => {
    const bench = openAssist();
    const [first, second] = [await bench.host(), await bench.host()];
    first.says(answer('Something quite different that is never finished'));
    first.fail('/api/chat', { kind: 'truncated' });
    second.says(answer(better));
    bench.add(first.url);
    bench.add(second.url);
    expect((await rewrite(bench)).done).toMatchObject({ text: better, source: 'model' });
  });

  test('whoever leaves stops the model', async () => {
    const bench = openAssist();
    const host = await bench.host();
    host.says(answer(better));
    host.fail('/api/chat', { kind: 'stalls' });
    bench.add(host.url);
    for await (const _part of bench.assist.rewrite({ text, how: 'warmer' })) break;
    await until(() => host.cutOff() === 1, 'the connection is closed');
  });
});

describe('subject ideas', () => {
  test('are cleaned, checked, freed of doubles and filled up by rules', async () => {
    const bench = openAssist();
    const host = await bench.host();
    const ideas = [
      { subject: '"Ferry timetable for May"', reason: 'The topic' },
      { subject: 'Ferry Timetable for May!!', reason: 'Again' },
      { subject: '{{ first_name }}, 3 samples?', reason: 'Personal' },
      { subject: 'Save 70 % now', reason: 'Invented' },
      { subject: 'For {{ company }}', reason: 'A tag that is not there' },
    ];
    host.says(JSON.stringify({ ideas }));
    bench.add(host.url);
    const found = await bench.assist.subjectIdeas({ text, count: 4 });
    expect(found.ideas.map(({ subject, source }) => [subject, source])).toEqual([
      ['Ferry timetable for May', 'model'],
      ['{{ first_name }}, 3 samples?', 'model'],
      ['Shall I send 3 samples?', 'rules'],
      ['A question about ferry timetable', 'rules'],
    ]);
    expect(found).toMatchObject({ model: 'llama3.2:3b', note: null });
  });

  test('come from rules alone without a model', async () => {
    const found = await openAssist().assist.subjectIdeas({ text, count: 3 });
    expect(found.ideas).toHaveLength(3);
    expect(found).toMatchObject({ model: null, note: 'no_model', ideas: [{ source: 'rules' }, { source: 'rules' }, { source: 'rules' }] });
  });
});

test('over HTTP a rewrite comes as events, and errors of the input name their field', async () => {
  const dataDir = temporaryDir();
  const host = await startOllama();
  host.says(answer(better));
  const engine = await startEngine({ ...realPorts(dataDir), network: createNetwork({ dnsServers: () => ['127.0.0.1:1'] }) });
  const token = 'T'.repeat(43);
  const server = await startHttpServer({
    router: engine.router,
    context: { log: silentLog },
    host: '127.0.0.1',
    port: 0,
    token,
    version: '0',
    uiDir: dataDir,
    swaggerDir: dataDir,
  });
  onTestFinished(async () => {
    await server.close();
    await engine.stop();
    await host.close();
  });
  const post = (path: string, body: object) =>
    fetch(`${server.url}/api/v1${path}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect((await post('/assist/providers', { name: 'Here', url: host.url })).status).toBe(201);
  const response = await post('/assist/rewrite', { text, how: 'plainer' });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events = (await response.text()).split('\n').filter((line) => line.startsWith('data: ') && line.includes('kind'));
  expect(JSON.parse(events.at(-1)?.slice(6) ?? '')).toEqual({ kind: 'done', value: { text: better, source: 'model', model: 'llama3.2:3b', note: null } });
  const refused = await post('/assist/rewrite', { text, how: 'translate' });
  expect([refused.status, await refused.json()]).toEqual([422, expect.objectContaining({ fields: { language: 'Say into which language.' } })]);
});

test('what a model said of a person is forgotten with the person', async () => {
  const engine = await startEngine(realPorts(temporaryDir()));
  onTestFinished(() => engine.stop());
  const host = await startOllama();
  onTestFinished(() => host.close());
  host.says(answer(better));
  const { assist, contacts } = engine.services;
  assist.providers.create(providerInputSchema.parse({ name: 'Here', url: host.url, models: ['llama3.2:3b'] }));
  const person = contacts.create(contactInputSchema.parse({ email: 'anna@example.org' }));
  const about = { feature: 'rewrite', promptVersion: 'x.v1', system: 's', input: 'i', schema: z.object({ text: z.string() }), maxTokens: 9, contactId: person.id } as const;
  await assist.complete(about);
  expect(await assist.complete(about)).toMatchObject({ cached: true });
  contacts.remove({ id: person.id });
  expect(assist.usage(1).cache.entries).toBe(0);
  expect(await assist.complete(about)).toMatchObject({ cached: false });
});

test.each(['rewrite.v1', 'subject-ideas.v1'])('the prompt %s stays as it was reviewed', async (version) => {
  const bench = openAssist();
  const host = await bench.host();
  bench.add(host.url);
  if (version === 'rewrite.v1') await rewrite(bench);
  else await bench.assist.subjectIdeas({ text, count: 5 });
  const golden = readFileSync(join(import.meta.dirname, `../../fixtures/golden/prompt-${version}.txt`), 'utf8');
  const messages = host.chats()[0]?.body['messages'] as { role: string; content: string }[];
  expect(`${messages.map(({ role, content }) => `== ${role}\n${content}`).join('\n')}\n`, 'A changed prompt gets a new version: answers are cached by it').toBe(golden);
});
