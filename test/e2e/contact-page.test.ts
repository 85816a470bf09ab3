import { describe, expect, it } from 'vitest';
import { chromiumPath } from '../support/app.ts';
import { launchCampaign, realPorts, startEngine, testMailbox, emailStep, until, waitStep } from '../support/engine.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { look, openServed } from '../support/served.ts';
import { temporaryDir } from '../support/store.ts';

describe.skipIf(chromiumPath === null)('the page of a contact', () => {
  it('tells what is known, the campaigns, and everything that happened, mails apart from changes; by keyboard', { timeout: 90_000 }, async () => {
    const smtp = await startRecordingSmtp();
    const engine = await startEngine(realPorts(temporaryDir()));
    const { page, problems } = await openServed(engine);
    const mailboxId = engine.services.mailboxes.create(testMailbox(smtp.port)).id;
    await launchCampaign(engine, {
      recipients: ['anna@example.com'],
      mailboxIds: [mailboxId],
      steps: [emailStep('a', 'A question', 'Hi'), waitStep('w', 'P3D'), emailStep('b', '', 'Again')],
      contact: () => ({ firstName: 'Anna', lastName: 'Alm', company: 'Nordwind', title: 'Harbour master', city: 'Bremen', tags: ['fair'] }),
    });
    await until(() => smtp.messages().length === 1, 'the first mail left');
    const [contact] = engine.services.contacts.list({ limit: 1 }).items;
    engine.services.contacts.update({ id: contact?.id ?? '', phone: '+49 421 1234' });

    const base = page.url().split('#')[0] ?? '';
    await page.goto(`${base}#/contacts`);
    await page.getByRole('row').filter({ hasText: 'Anna Alm' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Open the page' }).press('Enter');
    await page.getByRole('heading', { name: 'Anna Alm', level: 1 }).waitFor();
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('Mail 1 · Sent').waitFor();
    await history.getByText('Mail 2 · Planned').waitFor();
    await page.getByRole('region', { name: 'Campaigns' }).getByText('Test campaign').waitFor();
    await look(page, 'contacts', 'page');
    const kind = history.getByRole('radiogroup', { name: 'What to show' });
    await kind.getByRole('radio', { name: 'Changes' }).focus();
    await kind.getByText('Changes').click();
    await history.getByText('Mail 1 · Sent').waitFor({ state: 'detached' });
    await history.getByText('Contact changed').first().waitFor();
    await kind.getByText('Answers').click();
    await history.getByText('Nothing of this kind happened.').waitFor();
    await page.getByRole('link', { name: 'Contacts' }).last().press('Enter');
    await page.getByRole('heading', { name: 'Contacts', level: 1 }).waitFor();
    expect(problems).toEqual([]);
    await smtp.close();
  });

  it('of somebody who is not there any more says so', { timeout: 60_000 }, async () => {
    const engine = await startEngine(realPorts(temporaryDir()));
    const { page } = await openServed(engine);
    await page.goto(`${page.url().split('#')[0] ?? ''}#/contacts/none`);
    await page.getByText('This contact does not exist any more.').waitFor();
    await look(page, 'contacts', 'page-missing');
  });
});
