import { describe, expect, it, onTestFinished } from 'vitest';
import { chromiumPath } from '../support/app.ts';
import { emailStep, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { look, openServed } from '../support/served.ts';
import { temporaryDir } from '../support/store.ts';

describe.skipIf(chromiumPath === null)('a mailbox of a running campaign breaks', () => {
  it('the campaign says who waits for it; they are moved with the keyboard, and back', async () => {
    const [maras, leos] = await Promise.all([startRecordingSmtp(), startRecordingSmtp()]);
    const engine = await startEngine(realPorts(temporaryDir()));
    onTestFinished(async () => void (await Promise.all([maras.close(), leos.close()])));
    const { mailboxes, deliveries } = engine.services;
    const mara = mailboxes.create(testMailbox(maras.port, { name: 'Mara', fromName: 'Mara Muster', address: 'mara@example.com' })).id;
    const leo = mailboxes.create(testMailbox(leos.port, { name: 'Leo', fromName: 'Leo Legat', address: 'leo@example.com' })).id;
    const campaignId = await launchCampaign(engine, {
      recipients: Array.from({ length: 6 }, (_, index) => `p${index}@example.org`),
      mailboxIds: [mara, leo],
      steps: [emailStep('one', 'Hello', 'Hi'), waitStep('w', 'P3D'), emailStep('two', '', 'Still there?')],
      rules: { rotation: 'round_robin' },
    });
    const of = (mailboxId: string) => deliveries.list({ limit: 100, state: 'planned', mailboxId }).items.filter(({ stepNumber }) => stepNumber === 2).length;
    await until(() => of(mara) === 3 && of(leo) === 3, 'everybody has had the first mail');
    mailboxes.pause(mara, null);

    const { page, problems } = await openServed(engine);
    await page.goto(`${page.url().split('#')[0] ?? ''}#/campaigns/${campaignId}`);
    await page.getByText('3 people wait for a mailbox that sends nothing').waitFor();
    await look(page, 'stranded', 'banner');
    await page.getByRole('button', { name: 'Move them to another mailbox' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Move people to another mailbox' });
    await dialog.waitFor();
    await look(page, 'stranded', 'dialog');
    await dialog
      .getByRole('combobox', { name: 'To' })
      .or(dialog.getByRole('textbox', { name: 'To' }))
      .first()
      .click();
    await page.getByRole('option', { name: 'Leo' }).click();
    await dialog.getByText('comes from Leo Legat <leo@example.com>').waitFor();
    await dialog.getByRole('button', { name: 'Move 3 people' }).press('Enter');
    await page.getByText('3 people have moved').waitFor();
    expect(of(leo)).toBe(6);
    await page.getByText('wait for a mailbox that sends nothing').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByText('3 people are back').waitFor();
    expect(of(leo)).toBe(3);
    await page.getByText('3 people wait for a mailbox that sends nothing').waitFor();
    expect(problems).toEqual([]);
  }, 90_000);
});
