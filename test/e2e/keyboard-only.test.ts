import type { FileChooser, Locator } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Campaign } from '../../shared/schemas/campaign.ts';
import { chromiumPath, openBrowser, startApp, until } from '../support/app.ts';
import { pages } from '../support/pages.ts';

const file = ['first_name,email,company', 'Sam,sam+silent@example.com,Acme', 'Rita,rita+replies@example.com,Nordwind', ''].join('\r\n');
/** Presses of Tab after which something counts as out of reach. */
const most = 150;

describe.skipIf(chromiumPath === null)('the way to a first sequence, by keyboard alone', () => {
  it('imports, writes, launches and sees the mail leave without touching the mouse', { timeout: 240_000 }, async () => {
    const app = await startApp({ practice: true });
    const { browser, page, problems, shot } = await openBrowser(app);
    onTestFinished(async () => {
      await browser.close();
      await app.stop();
    });
    const ui = pages(page);
    const keys = page.keyboard;
    /** Goes on with Tab until it stands on what is wanted. */
    const reach = async (wanted: Locator): Promise<void> => {
      await wanted.first().waitFor({ state: 'attached' });
      for (let presses = 0; presses < most; presses += 1) {
        const there = await wanted.first().evaluate((element) => element === document.activeElement || element.contains(document.activeElement));
        if (there) return;
        await keys.press('Tab');
      }
      throw new Error(`Tab does not reach ${String(wanted)}`);
    };
    const press = async (wanted: Locator, key = 'Enter'): Promise<void> => {
      await reach(wanted);
      await keys.press(key);
    };
    const button = (name: string | RegExp) => page.getByRole('button', { name });
    /** By the two keys of a place. */
    const go = async (key: string, heading: string): Promise<void> => {
      const there = page.getByRole('heading', { name: heading, level: 1 });
      // The two keys belong together for a moment only: on a busy machine they are pressed again.
      for (let tries = 0; tries < 10 && !(await there.isVisible()); tries += 1) {
        await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
        await keys.press('g');
        await keys.press(key);
        await there.waitFor({ timeout: 3000 }).catch(() => undefined);
      }
      await there.waitFor();
    };

    await ui.practiceBanner().waitFor();
    await go('p', 'Contacts');
    await press(page.getByRole('link', { name: 'Import contacts' }));
    await page.getByRole('heading', { name: 'Import contacts' }).waitFor();
    let chooser: FileChooser | null = null;
    // The browser opens it only while it counts the key as fresh: on a busy machine it is pressed again.
    for (let tries = 0; tries < 5 && chooser === null; tries += 1) {
      await reach(page.locator('[tabindex="0"]:has(input[type=file])'));
      const chosen = page.waitForEvent('filechooser', { timeout: 5000 }).catch(() => null);
      await keys.press('Enter');
      chooser = await chosen;
    }
    await chooser?.setFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
    await page.getByRole('heading', { name: 'What do the columns mean?' }).waitFor();
    await press(button('Next'));
    await press(button('Dry run'));
    await press(button('Import 2 people'));
    await page.getByRole('heading', { name: 'The import is finished' }).waitFor();
    await shot('keyboard-1-imported');

    await go('s', 'Sequences');
    await press(button('New sequence'));
    await page.getByRole('dialog').getByLabel('Name of the sequence').waitFor();
    await keys.type('First words');
    await press(page.getByRole('dialog').getByRole('button', { name: 'Create' }));
    await page.getByRole('list', { name: 'Steps of the sequence' }).waitFor();
    const card = page.getByRole('article', { name: 'Mail 1', exact: true });
    if ((await card.locator('[data-step-toggle]').getAttribute('aria-expanded')) !== 'true') await press(card.locator('[data-step-toggle]'));
    await reach(card.getByLabel('Subject', { exact: true }));
    await keys.type('A question');
    await reach(card.getByLabel('Text of the mail', { exact: true }));
    await keys.type('Hello, is this of interest?');
    await ui.sequences.previewText().getByText('Hello, is this of interest?').waitFor();
    await shot('keyboard-2-written');
    // Backwards, as somebody would whose way it is.
    for (let presses = 0; presses < most; presses += 1) {
      if (await page.getByRole('button', { name: 'Activate', exact: true }).evaluate((element) => element === document.activeElement)) break;
      await keys.press('Shift+Tab');
    }
    await keys.press('Enter');
    await page.getByText('Active · version 1').first().waitFor();

    await go('c', 'Campaigns');
    await press(button('New campaign'));
    const dialog = page.getByRole('dialog');
    await reach(dialog.getByLabel('Name of the campaign'));
    await keys.type('Spring');
    await press(dialog.getByRole('combobox', { name: 'Sequence' }).or(dialog.getByRole('textbox', { name: 'Sequence' })), 'ArrowDown');
    await page.getByRole('option', { name: 'First words' }).waitFor();
    for (let presses = 0; presses < 20; presses += 1) {
      if ((await page.getByRole('option', { name: 'First words' }).getAttribute('data-combobox-selected')) === 'true') break;
      await keys.press('ArrowDown');
    }
    await keys.press('Enter');
    await press(dialog.getByRole('button', { name: 'Create' }));
    await page.getByRole('heading', { name: 'Before the launch' }).waitFor();
    await reach(page.getByRole('radio', { name: 'Lists and segments' }));
    await keys.press('ArrowRight');
    await page.getByText(/^\d+ people would be enrolled$/).waitFor();
    await shot('keyboard-3-checklist');
    await press(page.getByRole('button', { name: 'Launch', exact: true }));
    await press(button(/^Launch, mail \d+ people$/));
    await ui.campaigns.runningBadge().waitFor();
    await until(
      'the mails leave',
      () => app.api<{ items: Campaign[] }>('GET', '/campaigns'),
      ({ items }) => (items.find(({ name }) => name === 'Spring')?.counts.sent ?? 0) > 1,
      60_000,
    );
    await shot('keyboard-4-running');
    expect(problems).toEqual([]);
  });
});
