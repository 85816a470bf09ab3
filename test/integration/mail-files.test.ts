import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '@orpc/server';
import PostalMime from 'postal-mime';
import { expect, onTestFinished, test } from 'vitest';
import { mailboxInputSchema } from '../../shared/schemas/mailbox.ts';
import type { Attachment, Step } from '../../shared/schemas/sequence.ts';
import { emailStep, launchCampaign, realPorts, startEngine, testMailbox, until } from '../support/engine.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

async function open() {
  const smtp = await startRecordingSmtp({ keepSource: true });
  const engine = await startEngine(realPorts(temporaryDir()));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const raw = (to: string) => Buffer.from(smtp.messages().find((message) => message.to === to)?.source ?? '', 'latin1');
  return { smtp, engine, raw };
}

function withFiles(step: Step, attachments: Attachment[]): Step {
  return step.type === 'email' ? { ...step, attachments } : step;
}

const names = async (raw: Buffer) => (await PostalMime.parse(raw)).attachments.map(({ filename, content }) => [filename, Buffer.from(content as ArrayBuffer).toString()]);

test('a stored file goes to everybody, a personal one to its person; who lacks it is held, and leaves once it is there', async () => {
  const { smtp, engine, raw } = await open();
  const folder = join(temporaryDir(), 'offers');
  mkdirSync(folder);
  writeFileSync(join(folder, 'anna.pdf'), 'for anna');
  engine.services.settings.update({ attachmentsFolder: folder });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  const terms = await engine.services.files.store(new File(['the terms'], 'Terms.txt', { type: 'text/plain' }));
  await launchCampaign(engine, {
    recipients: ['anna@example.com', 'bert@example.com'],
    mailboxIds: [id],
    steps: [
      withFiles(emailStep('a', 'Offer', 'Hi {{ first_name }}'), [
        { kind: 'file', fileId: terms.id },
        { kind: 'path', path: '{{ first_name }}.pdf' },
      ]),
    ],
  });
  const held = () => engine.services.deliveries.list({ limit: 10, state: 'held' }).items[0];
  await until(() => smtp.messages().length === 1 && held() !== undefined, 'one left and one is held');
  expect(await names(raw('anna@example.com'))).toEqual([
    ['Terms.txt', 'the terms'],
    ['anna.pdf', 'for anna'],
  ]);
  expect(held()?.why).toMatchObject({ code: 'missing_attachment', detail: expect.stringContaining('bert.pdf') as string });
  writeFileSync(join(folder, 'bert.pdf'), 'for bert');
  engine.services.deliveries.retry(held()?.id ?? '');
  await until(() => smtp.messages().length === 2, 'the held one left');
  expect((await names(raw('bert@example.com')))[1]).toEqual(['bert.pdf', 'for bert']);
});

test('an alias stands in From, its name too; the mail is signed with the own key and offers one click', async () => {
  const { smtp, engine, raw } = await open();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  engine.services.settings.update({ unsubscribeUrl: 'https://mail.example.org/' });
  const mailbox = testMailbox(smtp.port, { aliases: [{ address: 'sales@test.example.com', name: 'Sales' }], sendAs: 'sales@test.example.com' });
  const signing = { dkim: { domain: 'test.example.com', selector: 's1' }, dkimKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
  expect(() => engine.services.mailboxes.create({ ...mailbox, ...signing, dkimKey: 'nonsense' })).toThrow('not a private key');
  const { id } = engine.services.mailboxes.create(mailboxInputSchema.parse({ ...mailbox, ...signing }));
  expect(engine.services.mailboxes.dkimRecord(id)).toMatchObject({
    type: 'TXT',
    name: 's1._domainkey.test.example.com',
    value: expect.stringMatching(/^v=DKIM1; k=rsa; p=/) as string,
  });
  const broken = { id, dkim: { domain: 'test.example.com\r\nX-Evil: 1', selector: 's1' } };
  expect(() => engine.services.mailboxes.update(broken)).toThrow('Write a domain');
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => smtp.messages().length === 1, 'it left');
  const head = raw('anna@example.com')
    .toString('latin1')
    .replace(/\r\n[ \t]/g, ' ');
  expect(head).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed\/relaxed; d=test\.example\.com; s=s1; h=from:/);
  expect(head).toContain('From: Sales <sales@test.example.com>');
  expect(smtp.messages()[0]?.from).toBe('sales@test.example.com');
  expect(head).toMatch(/List-Unsubscribe: <https:\/\/mail\.example\.org\/u\/[^>]+>, <mailto:sales@test\.example\.com\?subject=unsubscribe-/);
  const token = /\/u\/([^>]+)>/.exec(head)?.[1] ?? '';
  expect(engine.optOut(token)).toBe(true);
  expect(engine.services.contacts.suppressions.list({ limit: 10 }).items).toMatchObject([{ value: 'anna@example.com', reason: 'unsubscribed' }]);
});

test('a campaign may send its first mails, or all, without HTML', async () => {
  const { smtp, engine, raw } = await open();
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  await launchCampaign(engine, { recipients: ['anna@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')], rules: { plainText: 'first_mail' } });
  await until(() => smtp.messages().length === 1, 'it left');
  const mail = await PostalMime.parse(raw('anna@example.com'));
  expect([mail.html, mail.text?.trim()]).toEqual([undefined, 'Hi']);
});

test('a test carries what the person would get, and is refused while a file is missing', async () => {
  const { smtp, engine, raw } = await open();
  const folder = join(temporaryDir(), 'offers');
  mkdirSync(folder);
  engine.services.settings.update({ attachmentsFolder: folder });
  const { id } = engine.services.mailboxes.create(testMailbox(smtp.port));
  const picture = await engine.services.files.store(new File(['picture'], 'logo.png', { type: 'image/png' }));
  const input = {
    variant: { id: 'A', weight: 1, active: true, subject: 'Offer', html: `<p>Hi <img src="cid:${picture.id}"></p>`, text: '' },
    attachments: [{ kind: 'path' as const, path: '{{ first_name }}.pdf' }],
    ...{ contactId: null, mailboxId: id, to: 'me@example.com', requestId: 'r1' },
  };
  const send = () => call(engine.router.sequences.testSend, input, { context: engine.context });
  await expect(send()).rejects.toThrow('Ada.pdf was not found');
  writeFileSync(join(folder, 'Ada.pdf'), 'for ada');
  await send();
  await until(() => smtp.messages().length === 1, 'the test left');
  expect(await names(raw('me@example.com'))).toEqual([
    ['logo.png', 'picture'],
    ['Ada.pdf', 'for ada'],
  ]);
});
