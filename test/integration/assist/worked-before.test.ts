import { expect, test } from 'vitest';
import { createAnalytics } from '../../../electron/engine/analytics/index.ts';
import { settingsSchema } from '../../../shared/schemas/settings.ts';
import { workedBeforeInputSchema } from '../../../shared/schemas/worked-before.ts';
import { writeRows } from '../../support/analytics-rows.ts';
import { openAssist } from '../../support/assist.ts';
import { until } from '../../support/engine.ts';
import { pastTexts as texts, writePastWork } from '../../support/past-work.ts';

const input = workedBeforeInputSchema.parse({ subject: 'Ferry timetables', text: 'Who sends me the new timetable of your harbour?' });
const embedding = { 'llama3.2:3b': { size: 1, capabilities: ['completion'] }, 'nomic-embed-text': { size: 1, capabilities: ['embedding'] } };

function open() {
  const bench = openAssist();
  const rows = writeRows(bench);
  const analytics = createAnalytics({
    ...{ ...bench, deliveries: { next: () => [] }, settings: { get: () => settingsSchema.parse({ assistOff: bench.settings.get().assistOff }) } },
    ...{ pausedUntil: () => null, zone: 'UTC', embed: bench.assist.embed },
  });
  writePastWork(rows);
  return { ...bench, rows, analytics };
}

test('without a model, mails with words in common are found, with their figures and the reason', async () => {
  const { analytics } = open();
  const { items, mails, model, note } = await analytics.workedBefore(input);
  expect({ mails, model, note }).toEqual({ mails: 2, model: null, note: 'no_model' });
  expect(items).toMatchObject([
    { subject: 'Subject A', text: texts.A, stepNumber: 1, replied: { count: 6, of: 30 }, similar: null, shared: expect.arrayContaining(['timetable', 'harbour']) as string[] },
  ]);
});

test('the mail that is being written is not proposed to itself, and a snippet did what the mails did that hold it', async () => {
  const { analytics, rows } = open();
  rows.run(`insert into templates (id, kind, name, subject, html, text, created_at, updated_at) values ('t', 'snippet', 'timetable', '', '', @text, 0, 0)`, { text: texts.A });
  const all = (await analytics.workedBefore(input)).items;
  expect(all.map(({ kind, replied }) => [kind, replied.of])).toEqual(
    expect.arrayContaining([
      ['mail', 30],
      ['snippet', 30],
    ]),
  );
  const id = all.find(({ kind }) => kind === 'mail')?.id.split(' ')[0] ?? '';
  const { items } = await analytics.workedBefore({ ...input, not: { sequenceId: id, stepId: 'first' } });
  expect(items.map(({ kind }) => kind)).toEqual(['snippet']);
});

test('for a reader like others, the answers of those count', async () => {
  const { analytics, rows } = open();
  const pilot = rows.contact('new@example.com');
  rows.run(`update contacts set title = 'Pilot' where id = @pilot`, { pilot });
  const { items } = await analytics.workedBefore({ subject: '', text: 'May I send two crates for your harbour?', contactId: pilot });
  expect(items.find(({ text }) => text === texts.B)?.similar).toMatchObject({ count: 12, of: 30 });
  expect(items.find(({ text }) => text === texts.A)?.similar ?? null).toBeNull();
});

test('a model that makes vectors decides what is near; they are made once; no person is in what it sees', async () => {
  const { analytics, host, add } = open();
  const ollama = await host({ models: embedding });
  add(ollama.url);
  const first = await analytics.workedBefore(input);
  expect(first).toMatchObject({ model: 'nomic-embed-text', note: null });
  const nearness = (text: string) => first.items.find((item) => item.text === text)?.nearness ?? 0;
  expect(nearness(texts.A)).toBeGreaterThan(nearness(texts.B));
  const asked = () => ollama.asked.filter(({ path }) => path === '/api/embed');
  expect(asked()).toHaveLength(1);
  expect(JSON.stringify(asked()[0]?.body)).not.toContain('@example.com');
  await analytics.workedBefore(input);
  expect(asked()).toHaveLength(1);
  await analytics.workedBefore({ ...input, text: 'Another text of mine about harbours' });
  expect((asked()[1]?.body['input'] as string[]).length).toBe(1);
});

test('for a reader of a company that was written to, the answers of its people count', async () => {
  const { analytics, rows } = open();
  const contactId = rows.contact('other@example.com', { company: 'nordhafen' });
  const { items } = await analytics.workedBefore({ subject: '', text: 'May I send two crates for your harbour?', contactId });
  expect(items.find(({ text }) => text === texts.B)?.similar).toMatchObject({ count: 12, of: 30 });
});

test('vectors of two models are never compared, and those of a model that was replaced under its name are made anew', async () => {
  const { analytics, assist, host, add } = open();
  const ollama = await host({ models: embedding });
  const provider = add(ollama.url);
  const asked = () => ollama.asked.filter(({ path }) => path === '/api/embed').map(({ body }) => [body['model'], (body['input'] as string[]).length]);
  await analytics.workedBefore(input);
  ollama.dimensions(48);
  const other = { ...input, text: 'Who prints the timetable of the harbour now?' };
  const again = await analytics.workedBefore(other);
  expect(again.model).toBe('nomic-embed-text');
  expect(again.items[0]?.text).toBe(texts.A);
  // The new text by itself, then all of them.
  expect(asked().slice(1)).toEqual([
    ['nomic-embed-text', 1],
    ['nomic-embed-text', 3],
  ]);
  await analytics.workedBefore(other);
  expect(asked()).toHaveLength(3);
  ollama.models.delete('nomic-embed-text');
  ollama.models.set('bge-m3', { size: 1, capabilities: ['embedding'] });
  await assist.models(provider.id);
  expect((await analytics.workedBefore(other)).model).toBe('bge-m3');
  expect(asked().at(-1)).toEqual(['bge-m3', 3]);
});

test('a question that is taken back lets the model go, and words answer nobody', async () => {
  const { analytics, host, add } = open();
  const ollama = await host({ models: embedding });
  add(ollama.url);
  ollama.fail('/api/embed', { kind: 'silent' });
  const cancel = new AbortController();
  const running = analytics.workedBefore(input, cancel.signal).catch(() => null);
  await until(() => ollama.asked.some(({ path }) => path === '/api/embed'), 'vectors are asked for');
  cancel.abort();
  await running;
  await until(() => ollama.cutOff() === 1, 'the question is taken back');
});

test.each([
  ['a status', { kind: 'status', status: 500, error: 'out of memory' }],
  ['a dropped connection', { kind: 'silent' }],
] as const)('a host that answers with %s, is switched off, or needs consent leaves it to the words', async (_name, fault) => {
  const { analytics, host, add, settings, assist } = open();
  const ollama = await host({ models: embedding });
  const provider = add(ollama.url, { timeoutSeconds: 1 });
  ollama.fail('/api/embed', fault);
  expect(await analytics.workedBefore(input)).toMatchObject({ model: null, note: 'no_model', items: [{ text: texts.A }] });
  settings.update({ assistOff: ['worked_before'] });
  expect(await analytics.workedBefore(input)).toMatchObject({ model: null, note: 'off' });
  settings.update({ assistOff: [] });
  assist.providers.update(provider.id, { url: 'http://models.example.com' });
  expect(await analytics.workedBefore(input)).toMatchObject({ model: null, items: [{ text: texts.A }] });
});
