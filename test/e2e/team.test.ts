import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { campaignInputSchema } from '../../shared/schemas/campaign.ts';
import { contactInputSchema } from '../../shared/schemas/contact.ts';
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

  it('gives contacts an owner, takes it back, and shows a sender what is theirs and what is out of reach', { timeout: 60_000 }, async () => {
    const engine = await createEngine(realPorts(join(temporaryDir(), 'data')));
    const { contacts, campaigns, sequences, team } = engine.services;
    const anna = team.add({ name: 'Anna Alm', role: 'sender' });
    const ben = team.add({ name: 'Ben Berg', role: 'sender' });
    for (const email of ['first@example.com', 'second@example.com']) contacts.create(contactInputSchema.parse({ email }));
    const sequence = sequences.create({ name: 'Hello', description: '', graph: { steps: [] } });
    const input = campaignInputSchema.parse({ name: 'Spring fair', sequenceId: sequence.id, audience: { everyone: true }, mailboxIds: [] });
    campaigns.create(input, anna.profile.id);
    campaigns.create({ ...input, name: 'Autumn fair' }, ben.profile.id);
    const { browser, page, problems } = await openServed(engine);
    page.setDefaultTimeout(5000);
    const base = page.url().split('#')[0] ?? '';

    await page.goto(`${base}#/contacts`);
    await page.getByRole('row').filter({ hasText: 'first@example.com' }).getByRole('checkbox').check();
    await page.getByRole('toolbar').getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Set the owner…' }).click();
    await page.getByRole('dialog').getByRole('combobox', { name: 'Owner' }).click();
    await page.getByRole('option', { name: 'Anna Alm' }).click();
    await look(page, 'team', 'set-owner');
    await page.getByRole('button', { name: 'Apply to 1 person' }).click();
    await page.getByText('1 person changed owner').waitFor();
    const owners = () => contacts.list({ limit: 10 }).items.map(({ ownerId }) => ownerId);
    expect(owners()).toContain(anna.profile.id);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Taken back').waitFor();
    expect(owners()).toEqual([null, null]);
    await page.goto(`${base}#/campaigns`);
    await page.getByRole('columnheader', { name: 'Owner' }).waitFor();
    await page.getByRole('row').filter({ hasText: 'Autumn fair' }).getByText('Ben Berg').waitFor();
    await look(page, 'team', 'campaigns');

    const other = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await other.goto(`${base}#token=${anna.token}`);
    await other.getByText('Anna Alm · Sender').waitFor();
    await other.goto(`${base}#/campaigns`);
    await other.getByRole('combobox', { name: 'Owner' }).click();
    await other.getByRole('option', { name: 'Mine' }).click();
    await other.getByRole('row').filter({ hasText: 'Autumn fair' }).waitFor({ state: 'detached' });
    await other.getByRole('row').filter({ hasText: 'Spring fair' }).waitFor();
    await other.getByRole('combobox', { name: 'Owner' }).press('Backspace');
    await other.goto(`${base}#/campaigns/${campaigns.list({ limit: 10, ownerId: ben.profile.id }).items[0]?.id}`);
    const launch = other.getByRole('button', { name: 'Launch' });
    await launch.focus();
    await other.getByRole('tooltip').getByText('This campaign belongs to somebody else').waitFor();
    await look(other, 'team', 'not-yours');
    expect(problems).toEqual([]);
  });
});
