import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sequence, Template } from '../../shared/schemas/sequence.ts';
import { chromiumPath, openBrowser, startApp, until, type App } from '../support/app.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'homing-autosave-'));

describe.skipIf(chromiumPath === null)('what is typed survives', () => {
  let app: App;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    app = await startApp({ dataDir });
    ({ browser } = await openBrowser(app));
    // Pages of one person's browser: they share its storage.
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
    await openPage();
  }, 60_000);

  afterEach(async () => {
    await context.setOffline(false);
  });

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** A sequence with one mail, open in the editor. */
  async function openNew(): Promise<{ id: string; body: () => ReturnType<Page['getByLabel']>; stored: () => Promise<string> }> {
    const { id } = await app.api<Sequence>('POST', '/email-sequences', {
      name: 'Kept',
      graph: { steps: [{ id: 'a', type: 'email', variants: [{ id: 'A', weight: 1, active: true, subject: 'Lunch', html: '<p>Hi,</p>', text: '' }] }] },
    });
    await openEditor(id);
    return {
      id,
      body: () => page.getByRole('article', { name: 'Mail 1', exact: true }).getByLabel('Text of the mail', { exact: true }),
      stored: async () => {
        const [step] = (await app.api<Sequence>('GET', `/email-sequences/${id}`)).draft.steps;
        return step?.type === 'email' ? (step.variants[0]?.html ?? '') : '';
      },
    };
  }

  async function openEditor(id: string): Promise<void> {
    await page.goto(`${app.url}/#/sequences/${id}`);
    const toggle = page.getByRole('article', { name: 'Mail 1', exact: true }).locator('[data-step-toggle]');
    await toggle.waitFor();
    if ((await toggle.getAttribute('aria-expanded')) !== 'true') await toggle.click();
    await page.getByLabel('Text of the mail', { exact: true }).waitFor();
  }

  /** Ends the process behind the page, as running out of memory would, and opens another one of the same browser. */
  async function crashPage(): Promise<void> {
    const gone = new Promise((resolve) => page.once('crash', resolve));
    await Promise.all([gone, page.goto('chrome://crash').catch(() => undefined)]);
    await page.close();
    await context.setOffline(false);
    await openPage();
  }

  async function openPage(): Promise<void> {
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${app.url}/#token=${app.token}`);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  }

  it('a page that dies before anything could be sent: the next one offers it, and stores it', async () => {
    const { id, body, stored } = await openNew();
    await body().click();
    await page.keyboard.press('Control+End');
    await context.setOffline(true);
    await page.keyboard.type(' every word that I typed');
    await crashPage();
    expect(await stored()).toBe('<p>Hi,</p>');
    await openEditor(id);
    await page.getByText('Unsaved changes were found').waitFor();
    await page.getByRole('button', { name: 'Restore them' }).click();
    await until('the engine has it', stored, (html) => html.includes('Hi, every word that I typed'), 10_000);
    await page.getByText('Saved', { exact: true }).waitFor();
    // Taken once, it is not offered again.
    await page.reload();
    await page.getByRole('article', { name: 'Mail 1', exact: true }).waitFor();
    expect(await page.getByText('Unsaved changes were found').count()).toBe(0);
  }, 60_000);

  it('a page that dies in the middle of a template', async () => {
    const { id } = await app.api<Template>('POST', '/templates', { name: 'Kept', subject: 'Thanks' });
    await page.goto(`${app.url}/#/templates/${id}`);
    await page.getByLabel('Text of the mail', { exact: true }).click();
    await context.setOffline(true);
    await page.keyboard.type('Half a sent');
    await crashPage();
    await page.goto(`${app.url}/#/templates/${id}`);
    await page.getByRole('button', { name: 'Restore them' }).click();
    await until(
      'the engine has it',
      () => app.api<Template>('GET', `/templates/${id}`),
      ({ html }) => html.includes('Half a sent'),
      10_000,
    );
  }, 60_000);

  it('a host that is killed before a save: the page keeps the text, says so, and sends it when the host is back', async () => {
    const { body, stored } = await openNew();
    await body().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' saved');
    await until('the first words are stored', stored, (html) => html.includes('Hi, saved'), 10_000);
    await page.keyboard.type(' and not saved');
    await app.kill();
    await page.keyboard.type(', and typed without a host');
    await page.getByText('Not saved', { exact: true }).waitFor();
    app = await startApp({ dataDir, port: Number(new URL(app.url).port) });
    await until('the engine has all of it', stored, (html) => html.includes('Hi, saved and not saved, and typed without a host'), 30_000);
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(await body().innerText()).toContain('typed without a host');
  }, 90_000);

  it('a host and a page that die together: what was called saved is there, the rest is offered', async () => {
    const { id, body, stored } = await openNew();
    await body().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' saved');
    await page.getByText('Not saved yet', { exact: true }).waitFor();
    await page.getByText('Saved', { exact: true }).waitFor();
    const port = Number(new URL(app.url).port);
    const typing = page.keyboard.type(' rest');
    await Promise.all([typing, app.kill()]);
    await page.getByText('Not saved', { exact: true }).waitFor();
    app = await startApp({ dataDir, port });
    const crashed = crashPage();
    expect(await stored()).toContain('Hi, saved');
    await crashed;
    await openEditor(id);
    const whole = (html: string) => html.includes('Hi, saved rest');
    // The page may have come to send it before it died.
    if (!whole(await stored())) await page.getByRole('button', { name: 'Restore them' }).click();
    await until('the engine has all of it', stored, whole, 10_000);
  }, 90_000);
});
