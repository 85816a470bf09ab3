import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page as List } from '../../shared/schemas/common.ts';
import type { Sequence, Template, Variant } from '../../shared/schemas/sequence.ts';
import { chromiumPath, openBrowser, startApp, until, type App } from '../support/app.ts';
import { findings } from '../support/axe.ts';

describe.skipIf(chromiumPath === null)('the mail editor', () => {
  let app: App;
  let browser: Browser;
  let page: Page;
  let problems: string[];
  let shot: (name: string) => Promise<void>;

  beforeAll(async () => {
    app = await startApp();
    ({ browser, page, problems, shot } = await openBrowser(app));
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  const templates = async (kind: string) => (await app.api<List<Template>>('GET', `/templates?kind=${kind}`)).items;

  it('writes a snippet and a template, inserts them into a step by name and by menu, and keeps a mail as a template', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Templates' }).click();
    await page.getByText('Snippets', { exact: true }).click();
    await page.getByRole('button', { name: 'New snippet' }).first().click();
    await page.keyboard.type('two-times');
    await page.keyboard.press('Enter');
    await page.getByLabel('Text of the mail', { exact: true }).fill('Does {Tuesday|Wednesday} at ten suit you?');
    await until(
      'the snippet is stored',
      () => templates('snippet'),
      (items) => items[0]?.html.includes('Tuesday') === true,
      10_000,
    );
    expect(await findings(page)).toEqual([]);
    await shot('snippet-editor');

    const sequence = await app.api<Sequence>('POST', '/email-sequences', {
      name: 'With snippets',
      graph: { steps: [{ id: 'a', type: 'email', variants: [{ id: 'A', weight: 1, active: true, subject: 'Lunch', html: '<p>Hi,</p>', text: '' }] }] },
    });
    const variant = async (): Promise<Variant | undefined> => {
      const [step] = (await app.api<Sequence>('GET', `/email-sequences/${sequence.id}`)).draft.steps;
      return step?.type === 'email' ? step.variants[0] : undefined;
    };
    await page.goto(`${app.url}/#/sequences/${sequence.id}`);
    const card = page.getByRole('article', { name: 'Mail 1', exact: true });
    const toggle = card.locator('[data-step-toggle]');
    await toggle.waitFor();
    if ((await toggle.getAttribute('aria-expanded')) !== 'true') await toggle.click();
    const body = card.getByLabel('Text of the mail', { exact: true });
    await body.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' /two');
    await page.getByRole('option', { name: /two-times/ }).waitFor();
    await shot('snippet-offer');
    await page.keyboard.press('Enter');
    await until('the snippet stands in the text', variant, (found) => found?.html.includes('Hi, Does {Tuesday|Wednesday} at ten suit you?') === true, 10_000);

    await card.getByRole('button', { name: 'Snippets for: Text of the mail' }).click();
    await page.getByRole('textbox', { name: 'Find a snippet' }).fill('two');
    await page.keyboard.press('Enter');
    await until('it stands there twice', variant, (found) => found?.html.split('ten suit').length === 3, 10_000);

    await card.getByRole('button', { name: 'Templates for: Text of the mail' }).click();
    await page.getByRole('textbox', { name: 'Find a template' }).fill('Lunch mail');
    await page.getByRole('button', { name: 'Keep this mail as “Lunch mail”' }).click();
    await until(
      'it is a template',
      () => templates('mail'),
      (items) => items[0]?.name === 'Lunch mail' && items[0].subject === 'Lunch',
      10_000,
    );

    await body.fill('Something else');
    await card.getByRole('button', { name: 'Templates for: Text of the mail' }).click();
    await page.getByRole('button', { name: /^Lunch mail/ }).click();
    await until('the template stands in the step', variant, (found) => found?.html.includes('ten suit') === true, 10_000);
    expect(problems).toEqual([]);
  }, 90_000);
});
