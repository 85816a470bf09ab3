import { describe, expect, it } from 'vitest';
import { contactInputSchema } from '../../shared/schemas/contact.ts';
import { chromiumPath } from '../support/app.ts';
import { emailStep, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { look, openServed } from '../support/served.ts';
import { temporaryDir } from '../support/store.ts';

describe.skipIf(chromiumPath === null)('duplicates', () => {
  it('are compared, told apart and merged; what was mailed to either stays, and nobody is mailed twice', { timeout: 120_000 }, async () => {
    const smtp = await startRecordingSmtp();
    const engine = await startEngine(realPorts(temporaryDir()));
    const { contacts, mailboxes } = engine.services;
    const { page, problems } = await openServed(engine);
    const mailboxId = mailboxes.create(testMailbox(smtp.port)).id;
    const known: Record<string, object> = {
      'anna@example.com': { firstName: 'Anna', lastName: 'Alm', company: 'Nordwind', title: 'Harbour master', phone: '+49 421 1234567', tags: ['fair'] },
      'anna+news@example.com': {
        firstName: 'Anna',
        lastName: 'Alm-Berg',
        company: 'Nordwind',
        city: 'Bremen',
        custom: { plan: 'a very long plan that goes on and on' },
        tags: ['web'],
      },
    };
    await launchCampaign(engine, {
      recipients: Object.keys(known),
      mailboxIds: [mailboxId],
      steps: [emailStep('a', 'A question', 'Hi'), waitStep('w', 'P3D'), emailStep('b', '', 'Again')],
      contact: (email) => known[email] ?? {},
    });
    await until(() => smtp.messages().length === 2, 'both first mails left');
    const twin = { firstName: 'Ben', lastName: 'Cohen', company: 'Acme' };
    for (const email of ['ben@acme.example', 'b.cohen@acme.example']) contacts.create(contactInputSchema.parse({ email, ...twin }));

    const base = page.url().split('#')[0] ?? '';
    await page.goto(`${base}#/contacts`);
    await page.getByRole('link', { name: 'Find duplicates' }).press('Enter');
    await page.getByText('Pair 1 of 2 · the same mailbox in two spellings').waitFor();
    await page.getByText('Both are in “Test campaign”', { exact: false }).waitFor();
    await look(page, 'contacts', 'duplicates');
    await page.getByRole('radio', { name: 'Last name: Alm-Berg' }).check();
    await page.getByRole('button', { name: 'Merge', exact: true }).press('Enter');

    await page.getByText('Pair 1 of 1 · the same name at one company').waitFor();
    const anna = contacts.findByAddress('anna@example.com');
    expect(anna).toMatchObject({
      firstName: 'Anna',
      lastName: 'Alm-Berg',
      city: 'Bremen',
      phone: '+49 421 1234567',
      custom: { plan: expect.stringContaining('long plan') as string },
      tags: ['fair', 'web'],
    });
    expect(contacts.findByAddress('anna+news@example.com')).toBeNull();
    const { items } = engine.enrolmentList.list({ limit: 10 });
    expect(items.map(({ contactId }) => contactId)).toEqual([anna?.id, anna?.id]);
    expect(items.map(({ state, reason }) => `${state} ${reason ?? ''}`).sort()).toEqual(['active ', 'stopped merged']);

    await page.getByRole('button', { name: 'Not the same person' }).press('Enter');
    await page.getByText('No duplicates found').waitFor();
    await look(page, 'contacts', 'duplicates-none');
    await page.goto(`${base}#/contacts/${anna?.id ?? ''}`);
    await page.getByText('anna+news@example.com', { exact: true }).first().waitFor();
    await page.getByRole('region', { name: 'History' }).getByText('Merged with another contact').waitFor();
    expect(problems).toEqual([]);
    await smtp.close();
  });
});
