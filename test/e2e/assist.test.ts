import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEngine } from '../../electron/engine/engine.ts';
import { providerInputSchema } from '../../shared/schemas/assist.ts';
import { chromiumPath } from '../support/app.ts';
import { realPorts } from '../support/engine.ts';
import { startOllama } from '../support/ollama-server.ts';
import { look, openServed } from '../support/served.ts';
import { temporaryDir } from '../support/store.ts';

const mail = (text: string, subject = '') => ({ subject, text: `Hi {{ first_name | default: "" }},\n\n${text}\n\n{{ sender.name | default: "" }}`, waitDays: 4 });

async function open(said: string | null) {
  const engine = await createEngine(realPorts(join(temporaryDir(), 'data')));
  if (said !== null) {
    const host = await startOllama();
    onTestFinished(() => host.close());
    host.says(said);
    engine.services.assist.providers.create(providerInputSchema.parse({ name: 'Stand-in', url: host.url, models: ['llama3.2:3b'] }));
  }
  const served = await openServed(engine);
  return { engine, ...served, base: served.page.url().split('#')[0] ?? '' };
}

describe.skipIf(chromiumPath === null)('a sequence from a brief', () => {
  it('is drafted by rules without a model, is looked at, and opens as a draft', { timeout: 60_000 }, async () => {
    const { engine, page, base, problems } = await open(null);
    await page.goto(`${base}#/sequences`);
    await page.getByRole('button', { name: 'New sequence' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('From a brief').click();
    expect(await dialog.getByRole('button', { name: 'Write a draft' }).isDisabled()).toBe(true);
    await dialog.getByLabel('What is it about?').fill('Printed ferry timetables for small harbours');
    await dialog.getByLabel('To whom, and why to them?').fill('Harbour masters whose timetable changed this spring');
    await dialog.getByLabel('What do you ask them to do?').fill('Send me the new timetable');
    await look(page, 'assist', 'brief');
    await dialog.getByRole('button', { name: 'Write a draft' }).click();
    await dialog.getByText('there is no language model').waitFor();
    await dialog.getByText('Harbour masters whose timetable changed this spring.').waitFor();
    await look(page, 'assist', 'draft-by-rules');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL(/#\/sequences\/[\w-]+/);
    const [made] = engine.services.sequences.list({ limit: 10 }).items;
    expect(made).toMatchObject({ activeVersion: null, description: 'Printed ferry timetables for small harbours' });
    expect(made?.draft.steps.filter(({ type }) => type === 'email')).toHaveLength(3);
    expect(problems).toEqual([]);
  });

  it('shows what a model wrote with what the brief does not say, and a person goes back to the brief', { timeout: 60_000 }, async () => {
    const said = JSON.stringify({
      name: 'Ferry timetables',
      mails: [mail('Who sends me the timetable?', 'Your timetable'), mail('We print for 400 harbours.'), mail('I leave it at this.')],
    });
    const { page, base, problems } = await open(said);
    await page.goto(`${base}#/sequences`);
    await page.getByRole('button', { name: 'New sequence' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('From a brief').click();
    await dialog.getByLabel('What is it about?').fill('Printed ferry timetables');
    await dialog.getByLabel('What do you ask them to do?').fill('Send me the new timetable');
    await dialog.getByRole('button', { name: 'Write a draft' }).click();
    await dialog.getByText('Written by llama3.2:3b').waitFor();
    await dialog.getByText('A number that is not on file: 400').waitFor();
    await look(page, 'assist', 'draft-by-model');
    await dialog.getByRole('button', { name: 'Back to the brief' }).click();
    expect(await dialog.getByLabel('What is it about?').inputValue()).toBe('Printed ferry timetables');
    expect(problems).toEqual([]);
  });
});
