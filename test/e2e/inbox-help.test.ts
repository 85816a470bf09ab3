import { describe, expect, it, onTestFinished } from 'vitest';
import { providerInputSchema } from '../../shared/schemas/assist.ts';
import { chromiumPath } from '../support/app.ts';
import { emailStep, launchCampaign, realPorts, startEngine, testMailbox, until } from '../support/engine.ts';
import { startOllama } from '../support/ollama-server.ts';
import { memoryMailbox } from '../support/receiving.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { look, openServed } from '../support/served.ts';
import { temporaryDir } from '../support/store.ts';

const long = `Hello Tess, I have shown it to the others. ${'Our people drive all over the north and the routes change every morning. '.repeat(8)}`;

/** The inbox with one answer of a person in it. */
async function open(answer: string, model: boolean) {
  const smtp = await startRecordingSmtp({ keepSource: true });
  const host = await startOllama();
  const mailbox = memoryMailbox(Date.now);
  const engine = await startEngine(realPorts(temporaryDir(), { transports: { openInbox: mailbox.transports.openInbox } }));
  onTestFinished(async () => void (await Promise.all([smtp.close(), host.close()])));
  if (model) engine.services.assist.providers.create(providerInputSchema.parse({ name: 'Stand-in', url: host.url, models: ['llama3.2:3b'] }));
  const mailboxId = engine.services.mailboxes.create(testMailbox(smtp.port, { imapPort: 143, password: 'x', fromName: 'Tess Ter' })).id;
  const steps = [emailStep('one', 'Routes', 'Hello {{ first_name }}, how do you plan your routes?')];
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [mailboxId], steps, contact: () => ({ firstName: 'Anna', lastName: 'Berg', company: 'Nordwind' }) });
  await until(() => engine.services.deliveries.list({ limit: 1, state: 'sent' }).total === 1, 'the mail left');
  const head = ['From: Anna Berg <anna@example.com>', 'To: tess@test.example.com', `Date: ${new Date().toUTCString()}`, 'Message-ID: <a1@example.com>', 'Subject: Re: Routes'];
  mailbox.deliver([...head, `In-Reply-To: ${smtp.messages()[0]?.messageId ?? ''}`], answer);
  await engine.services.inbox.refresh(mailboxId);
  const [reply] = engine.services.inbox.list({ limit: 1 }).items;
  const served = await openServed(engine);
  await served.page.goto(`${served.page.url().split('#')[0] ?? ''}#/inbox?reply=${reply?.id ?? ''}`);
  const { page } = served;
  return { ...served, smtp, host, engine, brief: page.getByRole('region', { name: 'What is next' }), box: page.getByRole('textbox', { name: 'Your answer' }) };
}

describe.skipIf(chromiumPath === null)('a conversation is answered with help', () => {
  it('a summary and a draft by a model; a person changes it, and only their press sends it', async () => {
    const { page, problems, smtp, host, brief, box } = await open(`${long}Can it plan the routes of vans, too?`, true);
    host.says(({ system }) =>
      system.includes('"summary"')
        ? JSON.stringify({
            summary: 'She has shown it to the others. The routes change every morning.',
            action: 'answer_questions',
            reason: 'She asks whether it plans the routes of vans.',
          })
        : JSON.stringify({ text: 'I am glad that the others have seen it.\n\nOn the routes of vans: […]' }),
    );
    await page.reload();
    await brief.getByText('Answer what they ask').waitFor();
    await brief.getByText('She has shown it to the others.').waitFor();
    await page.getByRole('button', { name: 'Suggest an answer' }).press('Enter');
    await page.getByText('Drafted by llama3.2:3b. Read it: it leaves only when you press Send.').waitFor();
    expect(await box.inputValue()).toBe('Hi Anna,\n\nI am glad that the others have seen it.\n\nOn the routes of vans: […]\n\nBest wishes,\nTess Ter');
    await look(page, 'inbox-help', 'draft');
    expect(smtp.messages()).toHaveLength(1);

    // A gap is noticed before it leaves.
    await page.getByRole('button', { name: 'Send', exact: true }).press('Enter');
    await page.getByRole('dialog', { name: 'Send it with […] in it?' }).getByRole('button', { name: 'Cancel' }).press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await box.fill('Hi Anna,\n\nyes, it plans the routes of vans.\n\nTess');
    await page.getByText('Drafted by').waitFor({ state: 'hidden' });
    // What was typed is not lost to a press of the button.
    await page.getByRole('button', { name: 'Suggest an answer' }).press('Enter');
    await page.getByRole('dialog', { name: 'Replace what you have written?' }).getByRole('button', { name: 'Cancel' }).press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await box.press('Control+Enter');
    await page.getByText('Your answer leaves in a moment').waitFor();
    await until(() => smtp.messages().length === 2, 'the answer left', 30_000);
    expect(smtp.messages()[1]?.source).toContain('yes, it plans the routes of vans.');
    expect(problems).toEqual([]);
  }, 90_000);

  it('without a model, the rules say what is next and ready-made words begin the answer', async () => {
    const { page, problems, smtp, brief, box } = await open('Sounds good. What does it cost, and when could we begin?', false);
    await brief.getByText('“What does it cost, and when could we begin?”').waitFor();
    await page.getByRole('button', { name: 'Suggest an answer' }).press('Enter');
    await page.getByText('Drafted from ready-made words.').waitFor();
    expect(await box.inputValue()).toContain('“What does it cost, and when could we begin?”\n[…]');
    await look(page, 'inbox-help', 'rules');
    expect(smtp.messages()).toHaveLength(1);
    expect(problems).toEqual([]);
  }, 60_000);

  it('drafting is stopped, and a refusal needs nothing more', async () => {
    const { page, problems, host, brief } = await open('No thanks, we are not interested.', true);
    await brief.getByText('Nothing to do').waitFor();
    host.fail('/api/chat', { kind: 'stalls' });
    await page.getByRole('button', { name: 'Suggest an answer' }).press('Enter');
    await page.getByText('An answer is being drafted …').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Suggest an answer' }).waitFor();
    await brief.getByRole('button', { name: 'Done' }).press('Enter');
    await brief.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  }, 60_000);
});
