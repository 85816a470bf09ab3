import { expect, test } from 'vitest';
import { createAnalytics } from '../../../electron/engine/analytics/index.ts';
import { graphSchema } from '../../../shared/schemas/sequence.ts';
import { settingsSchema } from '../../../shared/schemas/settings.ts';
import { workedBeforeInputSchema } from '../../../shared/schemas/worked-before.ts';
import { writeRows } from '../../support/analytics-rows.ts';
import { openAssist } from '../../support/assist.ts';

const texts = { A: 'The timetable of the harbour changed. Who prints it for you?', B: 'Crates that do not break at their corners. May I send two?' };
const input = workedBeforeInputSchema.parse({ subject: 'Ferry timetables', text: 'Who sends me the new timetable of your harbour?' });
const embedding = { 'llama3.2:3b': { size: 1, capabilities: ['completion'] }, 'nomic-embed-text': { size: 1, capabilities: ['embedding'] } };

/** One step with two variants that 30 people each got; A was answered by 6, B by 12; the people of B are pilots. */
function open() {
  const bench = openAssist();
  const rows = writeRows(bench);
  const analytics = createAnalytics({
    ...{ ...bench, deliveries: { next: () => [] }, settings: { get: () => settingsSchema.parse({ assistOff: bench.settings.get().assistOff }) } },
    ...{ pausedUntil: () => null, zone: 'UTC', embed: bench.assist.embed },
  });
  const graph = graphSchema.parse({ steps: [{ id: 'first', type: 'email', variants: (['A', 'B'] as const).map((id) => ({ id, subject: `Subject ${id}`, text: texts[id] })) }] });
  rows.run('update sequence_versions set graph = @graph', { graph: JSON.stringify(graph) });
  const campaign = rows.campaign('One');
  rows.run('update campaigns set launched_at = 1 where id = @id', { id: campaign });
  for (let index = 0; index < 60; index += 1) {
    const variant = index % 2 === 0 ? 'A' : 'B';
    const contact = rows.contact(`p${index}@example.com`);
    if (variant === 'B') rows.run(`update contacts set title = 'Harbour pilot' where id = @contact`, { contact });
    rows.run('update contacts set last_sent_at = 1 where id = @contact', { contact });
    const delivery = rows.delivery('sent', { campaign, contact });
    rows.run(`update deliveries set step_id = 'first', variant_id = @variant, enrolment_id = @enrolment where id = @delivery`, {
      ...{ delivery, variant, enrolment: rows.enrolment(campaign, contact, 'active', 1) },
    });
    if (index >= (variant === 'A' ? 12 : 24)) continue;
    const reply = rows.reply('human', { campaign, contact });
    rows.run('update replies set delivery_id = @delivery where id = @reply', { delivery, reply });
  }
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
