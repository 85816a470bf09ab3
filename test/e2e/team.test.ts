import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../electron/engine/engine.ts';
import { chromiumPath } from '../support/app.ts';
import { realPorts } from '../support/engine.ts';
import { look, openServed } from '../support/served.ts';
import { temporaryDir } from '../support/store.ts';

describe.skipIf(chromiumPath === null)('two people on one host', () => {
  it('the owner adds a viewer, who sees who they are and what they may not do, and is out at once when removed', async () => {
    const engine = await createEngine(realPorts(join(temporaryDir(), 'data')));
    const { browser, page, problems } = await openServed(engine);
    const base = page.url().split('#')[0] ?? '';
    await page.goto(`${base}#/settings`);
    const team = page.getByRole('region', { name: 'Team' });
    await team.getByLabel('Name').fill('Vera Vogel');
    await team.getByRole('combobox', { name: 'Role', exact: true }).click();
    await page.getByRole('option', { name: 'Viewer' }).click();
    await team.getByRole('button', { name: 'Add person' }).click();
    const link = await team.getByRole('status').locator('code').innerText();
    await team.getByRole('table').getByText('Vera Vogel').waitFor();
    await team.scrollIntoViewIfNeeded();
    await look(page, 'team', 'owner');

    const other = await (await browser.newContext()).newPage();
    await other.goto(link);
    await other.getByText('Vera Vogel · Viewer').waitFor();
    await other.goto(`${base}#/settings`);
    await other.getByText('Your role is Viewer. This needs Manager.').waitFor();
    expect(await other.getByLabel('Postal address').isDisabled()).toBe(true);
    await other.getByText('Your role is Viewer. This needs Owner.').waitFor();
    await look(other, 'team', 'viewer');

    await team.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await team.getByText('Vera Vogel').waitFor({ state: 'detached' });
    await other.reload();
    await other.getByText('Vera Vogel · Viewer').waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });
});
