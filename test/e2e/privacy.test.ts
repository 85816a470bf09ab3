import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/engine.ts';
import { chromiumPath } from '../support/app.ts';
import { realPorts } from '../support/engine.ts';
import { pages } from '../support/pages.ts';
import { look, openServed } from '../support/served.ts';
import { temporaryDir } from '../support/store.ts';
import { workbook } from '../support/xlsx.ts';

describe.skipIf(chromiumPath === null)('people out of a workbook', () => {
  it('come in with the source of their consent, are given what is on file, and go for good', { timeout: 60_000 }, async () => {
    const engine = await createEngine(realPorts(join(temporaryDir(), 'data')));
    const { page, problems } = await openServed(engine);
    await page.setViewportSize({ width: 1280, height: 860 });
    const base = page.url().split('#')[0] ?? '';
    const ui = pages(page);
    const row = (cells: readonly string[]) => `<row>${cells.map((cell) => `<c t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`;
    const people = [
      ['Email', 'First name', 'Last name', 'Plan'],
      ['anna@example.com', 'Anna', 'Alm', 'pro'],
      ['ben@example.com', 'Ben', 'Berg', 'free'],
    ];

    await page.goto(`${base}#/contacts/import`);
    await page.getByText('Drop a CSV or Excel file here').waitFor();
    await look(page, 'privacy', 'import-file');
    await page.locator('input[type=file]').setInputFiles({
      name: 'fair.xlsx',
      mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      buffer: workbook({ sheets: { Notes: row(['Read me first']), People: people.map(row).join('') } }),
    });
    await page.getByLabel('Sheet').first().click();
    await page.getByRole('option', { name: 'People' }).click();
    await page.getByText('sheet “People”').waitFor();
    expect(await ui.contacts.mapping('First name')).toBe('First name');
    await look(page, 'privacy', 'import-sheet');
    await ui.contacts.next();
    await page.getByLabel('Where did they agree to hear from you?').fill('Fair 2026, form on website');
    await page.getByLabel('When').fill('2026-05-05');
    await look(page, 'privacy', 'import-consent');
    await ui.contacts.dryRun();
    await ui.contacts.runImport(2);

    await page.goto(`${base}#/contacts`);
    expect(engine.services.contacts.findByAddress('anna@example.com')).toMatchObject({ consentSource: 'Fair 2026, form on website', custom: { plan: 'pro' } });
    await ui.contacts.row('anna@example.com').getByRole('checkbox').check();
    const more = page.getByRole('toolbar').getByRole('button', { name: 'More' });
    await more.click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export everything on file' }).click()]);
    expect(download.suggestedFilename()).toBe('anna@example.com.json');
    await more.click();
    await page.getByRole('menuitem', { name: 'Erase for good…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This cannot be undone.').waitFor();
    await look(page, 'privacy', 'erase');
    await dialog.getByRole('textbox').fill('erase');
    await dialog.getByRole('textbox').press('Enter');
    await page.getByText('The person was erased').waitFor();
    await ui.contacts.row('anna@example.com').waitFor({ state: 'detached' });
    expect(engine.services.contacts.isSuppressed(null, 'anna@example.com')).toBe('erased');
    await page.goto(`${base}#/contacts?tab=suppressions`);
    await page.getByText('Address not kept').waitFor();
    await look(page, 'privacy', 'suppressions');
    expect(problems).toEqual([]);
  });

  it('come again by themselves when a file of this computer changes', { timeout: 60_000 }, async () => {
    const engine = await createEngine(realPorts(join(temporaryDir(), 'data')));
    const { page, problems } = await openServed(engine);
    const base = page.url().split('#')[0] ?? '';
    const ui = pages(page);
    const path = join(temporaryDir(), 'shop.csv');
    writeFileSync(path, 'Email,Plan\nanna@example.com,free\n');
    await page.goto(`${base}#/contacts/import`);
    await page.getByLabel('Path of the file').fill(path);
    await page.getByRole('button', { name: 'Look at the file' }).click();
    await page.getByRole('heading', { name: 'What do the columns mean?' }).waitFor();
    await ui.contacts.next();
    await ui.contacts.dryRun();
    await page.getByRole('button', { name: 'Import 1 person' }).click();
    await page.getByRole('button', { name: 'Import again whenever the file changes' }).click();
    await page.getByRole('button', { name: 'The file is watched' }).waitFor();
    await look(page, 'privacy', 'watch-begun');
    await page.getByRole('button', { name: 'Import another file' }).click();
    writeFileSync(path, 'Email,Plan\nanna@example.com,free\nben@example.com,pro\n');
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByText('1 person new').waitFor();
    expect(engine.services.contacts.findByAddress('ben@example.com')).not.toBeNull();
    writeFileSync(path, 'Plan,Email\nfree,anna@example.com\n');
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByText('The columns of the file have changed').waitFor();
    await look(page, 'privacy', 'watch-paused');
    await page.getByRole('button', { name: /^Stop watching/ }).click();
    await page.getByText('shop.csv').waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });
});
