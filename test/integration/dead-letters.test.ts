import { expect, onTestFinished, test } from 'vitest';
import { emailStep, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { startRecordingSmtp, type RecordingSmtpOptions } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

async function open(smtpOptions: RecordingSmtpOptions, recipients: string[]) {
  const smtp = await startRecordingSmtp({ keepSource: true, ...smtpOptions });
  const engine = await startEngine(realPorts(temporaryDir()));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const { mailboxes, deliveries } = engine.services;
  const { id } = mailboxes.create(testMailbox(smtp.port, { signatureHtml: '<p>Tess</p>' }));
  const campaignId = await launchCampaign(engine, {
    recipients,
    mailboxIds: [id],
    steps: [emailStep('a', 'Hello {{ first_name }}', 'Dear {{ first_name }}, hi.'), waitStep('w', 'P3D'), emailStep('b', '', 'Again')],
  });
  const failed = () => deliveries.list({ limit: 50, state: 'failed' }).items;
  return { engine, smtp, campaignId, failed, ...engine.services };
}

test('a failed mail is edited by a person: it leaves once, in their words, to their address, and the sequence goes on', async () => {
  const { smtp, failed, deadLetters, deliveries } = await open({ scripts: [{ phase: 'body', times: 1, answer: { code: 554, text: '5.6.0 Message malformed' } }] }, [
    'anna@example.com',
  ]);
  await until(() => failed().length === 1, 'the mail failed');
  const letter = failed()[0];
  const id = letter?.id ?? '';
  expect(letter?.answer).toContain('Message malformed');
  const text = deadLetters.text(id);
  expect(text).toMatchObject({ recipient: 'anna@example.com', subject: 'Hello anna' });
  expect(text.text).toContain('Dear anna, hi.');
  deadLetters.edit(id, { recipient: 'Anna.Berg@example.org', subject: 'Hello {{ not a tag }}', text: 'My own words.', html: '' });
  await until(() => smtp.messages().length === 1, 'the edited mail left');
  const [message] = smtp.messages();
  expect(message).toMatchObject({ to: 'anna.berg@example.org', subject: 'Hello {{ not a tag }}' });
  expect(message?.source).toContain('My own words.');
  expect(message?.source).not.toContain('Dear anna');
  expect(message?.source?.match(/Tess(?! Ter)/g) ?? []).toHaveLength(0);
  expect(message?.source).toContain('List-Unsubscribe');
  await until(() => deliveries.list({ limit: 10, state: 'planned' }).total === 1, 'the follow-up is planned');
  expect(deliveries.list({ limit: 10, state: 'planned' }).items[0]?.recipient).toBe('anna@example.com');
});

test('an edit needs an address and a text, and what was sent cannot be edited', async () => {
  const { deadLetters, deliveries } = await open({}, ['anna@example.com']);
  await until(() => deliveries.list({ limit: 1, state: 'sent' }).total === 1, 'it left');
  const id = deliveries.list({ limit: 1, state: 'sent' }).items[0]?.id ?? '';
  const text = { recipient: 'anna@example.com', subject: 'S', text: 'T', html: '' };
  expect(() => deadLetters.edit(id, { ...text, recipient: 'anna' })).toThrow(expect.objectContaining({ code: 'validation' }) as Error);
  expect(() => deadLetters.edit(id, { ...text, text: ' ' })).toThrow(expect.objectContaining({ code: 'validation' }) as Error);
  expect(() => deadLetters.edit(id, text)).toThrow(expect.objectContaining({ code: 'wrong_state' }) as Error);
});

test('dead letters are retried and dropped in bulk, by ids and by a filter, and what cannot be is counted with its reason', async () => {
  const recipients = Array.from({ length: 60 }, (_, i) => `p${i}@example.com`);
  const { smtp, failed, deadLetters, campaignId, campaigns, deliveries } = await open(
    { scripts: [{ phase: 'body', times: 60, answer: { code: 554, text: '5.6.0 Message malformed' } }] },
    recipients,
  );
  await until(() => deliveries.list({ limit: 1, state: 'failed' }).total === 60, 'all failed', 30_000);
  const three = failed()
    .slice(0, 3)
    .map(({ id }) => id);
  expect(await deadLetters.dropMany({ ids: [...three, 'nobody'] })).toEqual({ done: 3, left: 1, reasons: [{ reason: 'There is no such delivery.', count: 1 }] });
  expect(await deadLetters.retryMany({ filter: { state: 'failed', campaignId, q: 'p' } })).toEqual({ done: 57, left: 0, reasons: [] });
  await until(() => smtp.messages().length === 57, 'those retried left', 30_000);
  await campaigns.stop(campaignId);
  const dropped = await deadLetters.retryMany({ ids: three });
  expect(dropped).toMatchObject({ done: 0, left: 3 });
  expect(dropped.reasons[0]?.reason).toMatch(/campaign was stopped/);
});
