import { describe, expect, it } from 'vitest';
import { stepSchema } from '../../shared/schemas/sequence.ts';
import { chromiumPath } from '../support/app.ts';
import { until } from '../support/engine.ts';
import { fallbackOf, mail, openPersonal, passage } from '../support/personal.ts';
import { look, openServed } from '../support/served.ts';

const html =
  '<p>Hello {{ first_name }},</p><p>{{ personal.block }}</p><p>We help people who run fleets to plan their routes in the morning, before the phone rings. Would you like to hear how others do it?</p><p>Best wishes</p>';
const fleets: Record<string, string> = { anna: '40 electric vans', ben: '12 tram lines', cleo: 'cargo bikes in the old town', dora: '7 school buses' };

async function open(options: Parameters<typeof openPersonal>[0] = {}) {
  const run = await openPersonal({
    recipients: Object.keys(fleets).map((name) => `${name}@example.com`),
    steps: mail({ variants: [{ subject: 'Routes for {{ company }}', html }] }),
    contact: (email) => ({ company: 'Nordwind', title: 'Head of operations', city: 'Kiel', tags: ['fleet'], custom: { fleet: fleets[email.split('@')[0] ?? ''] ?? '' } }),
    says: ({ user }) => passage(`How do you plan the routes of your ${Object.values(fleets).find((fleet) => user.includes(fleet)) ?? 'vehicles'}?`, ['custom.fleet']),
    ...options,
  });
  const served = await openServed(run.engine);
  const base = served.page.url().split('#')[0] ?? '';
  return { run, ...served, base };
}

describe.skipIf(chromiumPath === null)('mails are reviewed before they leave', () => {
  it('with the keyboard alone: read, written anew, edited, rejected, approved, and what left is what was read', async () => {
    const { run, page, problems, base } = await open();
    await run.written(4);
    await page.goto(`${base}#/`);
    await page.getByRole('navigation', { name: 'Main' }).getByText('4 mails wait for your approval').waitFor({ state: 'attached' });
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: 'Review', level: 1 }).waitFor();
    const shown = page.getByRole('article', { name: 'Mail' });
    await shown.getByText('How do you plan the routes of your 40 electric vans?').waitFor();
    const facts = page.getByRole('complementary', { name: 'Personal passage' });
    await facts.getByText('40 electric vans').waitFor();
    await look(page, 'review', 'queue');

    // Nothing is approved by the second key of a way to another screen.
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor();
    expect(run.left()).toEqual([]);
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await shown.getByText('your 40 electric vans').waitFor();

    run.host.says(passage('Who looks after the routes of your 40 electric vans?', ['custom.fleet']));
    await page.keyboard.press('r');
    await shown.getByText('Who looks after the routes').waitFor();
    await facts.getByText('What changed').waitFor();
    await look(page, 'review', 'what-changed');
    await page.keyboard.press('e');
    const field = page.getByRole('textbox', { name: 'Text of the passage' });
    await field.fill('Are your 40 vans on the road since 2019?');
    await field.press('Control+Enter');
    await facts.getByText('A number that is not on file: 2019').waitFor();
    await look(page, 'review', 'findings');
    await page.keyboard.press('e');
    await field.fill('Are your 40 vans on the road all day?');
    await field.press('Control+Enter');
    await shown.getByText('on the road all day').waitFor();
    await facts.getByText('A number that is not on file').waitFor({ state: 'hidden' });
    await page.keyboard.press('a');
    await page.getByText('Approved: the mail to anna leaves at its time').waitFor();
    await shown.getByText('your 12 tram lines').waitFor();
    await page.keyboard.press('f');
    await page.getByText('The mail to ben leaves with the fallback text').waitFor();
    await shown.getByText('cargo bikes in the old town').waitFor();
    await page.keyboard.press('j');
    await shown.getByText('your 7 school buses').waitFor();

    await page.getByRole('button', { name: /^Approve all/ }).press('Enter');
    await page.getByRole('dialog', { name: 'Approve 2 mails?' }).getByRole('button', { name: 'Approve all' }).press('Enter');
    await page.getByText('No mail waits for you').waitFor();
    await look(page, 'review', 'empty');
    await until(() => run.left().length === 4, 'all four left');
    const left = run.left().join('\n');
    for (const text of ['Are your 40 vans on the road all day?', fallbackOf('Nordwind'), 'routes of your cargo bikes in the old town?', 'routes of your 7 school buses?'])
      expect(left).toContain(text);
    for (const text of ['2019', 'Who looks after', 'tram lines']) expect(left).not.toContain(text);
    expect(problems).toEqual([]);
  }, 120_000);

  it('without a model: the screen says so, and all leave with their fallback text', async () => {
    const { run, page, problems, base } = await open({ model: false });
    await page.goto(`${base}#/review`);
    await page.getByText('No language model is connected').first().waitFor();
    await page.getByRole('article', { name: 'Mail' }).getByText(fallbackOf('Nordwind')).waitFor();
    await look(page, 'review', 'no-model');
    await page.getByRole('button', { name: 'Approve 4 with fallback text' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve with fallback text' }).press('Enter');
    await page.getByText('No mail waits for you').waitFor();
    await until(() => run.left().length === 4, 'all four left');
    expect(problems).toEqual([]);
  }, 90_000);

  it('writing shows how far it is and is stopped', async () => {
    const { run, page, problems, base } = await open({ model: false });
    run.services.settings.update({ personalAheadHours: 0 });
    let asked = 0;
    run.host.says(({ user }) => {
      asked += 1;
      if (asked === 2) run.host.fail('/api/chat', { kind: 'stalls' });
      return passage(user.includes('fleet') ? 'How do you plan your routes?' : '');
    });
    run.addModel();
    await page.goto(`${base}#/review`);
    await page.getByText('4 passages are not written yet.').waitFor();
    await page.getByRole('button', { name: 'Write now', exact: true }).press('Enter');
    await page.getByText('Writing passages: 2 of 4').waitFor();
    await look(page, 'review', 'writing');
    await page.getByRole('button', { name: 'Stop writing' }).press('Enter');
    await page.getByText('2 passages are not written yet.').waitFor();
    // A model that does not answer is told.
    const broken = { kind: 'status', status: 500, error: 'out of memory' } as const;
    run.host.fail('/api/chat', ...Array.from({ length: 8 }, () => broken));
    await page.getByRole('button', { name: 'Write now', exact: true }).press('Enter');
    await page.getByText('No language model answered').waitFor();
    expect(problems).toEqual([]);
  }, 90_000);

  it('a step asks for a passage: its tag goes into the text, its brief and fallback beside it', async () => {
    const { run, page, problems, base } = await open({ model: false });
    const step = stepSchema.parse({ id: 'm', type: 'email', variants: [{ subject: 'Hello', html: '<p>Hello,</p><p>shall we talk?</p>' }], next: null });
    const sequence = run.services.sequences.create({ name: 'Fresh', description: '', graph: { steps: [step] } });
    const draft = () => JSON.stringify(run.services.sequences.get(sequence.id).draft);
    await page.goto(`${base}#/sequences/${sequence.id}`);
    const card = page.getByRole('article', { name: 'Mail 1', exact: true });
    const toggle = card.locator('[data-step-toggle]');
    if ((await toggle.getAttribute('aria-expanded')) !== 'true') await toggle.click();
    const ask = card.getByRole('checkbox', { name: 'A personal passage for each person' });
    await ask.press('Space');
    await card.getByLabel('What to write', { exact: true }).fill('One sentence about {{ custom.fleet }}');
    await card.getByLabel('Fallback text', { exact: true }).fill('I would like to know more about {{ company }}.');
    await until(() => draft().includes('<p>Hello,</p><p>{{ personal.block }}</p><p>shall we talk?</p>') && draft().includes('know more about'), 'the draft is saved');
    await page.frameLocator('iframe[title="The mail as it is displayed"]').getByText('I would like to know more about').waitFor();
    await ask.scrollIntoViewIfNeeded();
    await look(page, 'review', 'step-editor');
    await ask.press('Space');
    await until(() => !draft().includes('personal'), 'the tag is gone');
    expect(problems).toEqual([]);
  }, 90_000);
});
