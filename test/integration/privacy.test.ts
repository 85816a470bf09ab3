import Database from 'better-sqlite3';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../electron/engine/engine.ts';
import { contactInputSchema } from '../../shared/schemas/contact.ts';
import { importEnd } from '../support/contacts.ts';
import { anyTime, emailStep, launchCampaign, realPorts, startEngine, testMailbox, until, waitStep } from '../support/engine.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

const anna = 'anna.quittenbaum@example.com';
const alias = 'a.quittenbaum@private.example.net';
/** Words that only ever stand for Anna. */
const words = ['quittenbaum', 'Zwetschgenallee', 'secret-plum-garden'];

async function open() {
  const dataDir = temporaryDir();
  const smtp = await startRecordingSmtp();
  const engine = await startEngine(realPorts(dataDir));
  onTestFinished(async () => {
    await engine.stop();
    await smtp.close();
  });
  const { id: mailboxId } = engine.services.mailboxes.create(testMailbox(smtp.port));
  return { dataDir, smtp, engine, mailboxId };
}

/** Runs SQL on a connection of its own, as what other parts of the engine write. */
function onFile<T>(dataDir: string, work: (db: Database.Database) => T): T {
  const db = new Database(join(dataDir, 'homing.db'), { timeout: 5000 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Files of the workspace in which a word stands. */
function filesWith(dataDir: string, word: string): string[] {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).toString('latin1').toLowerCase().includes(word.toLowerCase()));
}

/** Anna and Ben have got a first mail and wait for the next one; Anna has answered. */
async function withHistory() {
  const world = await open();
  const { dataDir, engine, mailboxId, smtp } = world;
  const { contacts } = engine.services;
  const { id: importId } = await contacts.import({
    file: new File([`Email,Name\nbad address,${anna}\n`], 'broken.csv'),
    mapping: { 0: 'email', 1: 'last_name' },
    mode: 'skip',
    dryRun: false,
  });
  await importEnd(contacts, importId);
  const campaignId = await launchCampaign(engine, {
    recipients: [anna, 'ben@example.com'],
    mailboxIds: [mailboxId],
    steps: [emailStep('a', 'For {{ last_name }}', 'Hi {{ last_name }} of {{ custom.street }}'), waitStep('w', 'P3D'), emailStep('b', '', 'Again, {{ last_name }}')],
    contact: (email) =>
      email === anna ? { firstName: 'Anna', lastName: 'Quittenbaum', custom: { street: 'Zwetschgenallee' }, tags: ['vip'] } : { lastName: 'Ben', custom: { street: 'Here' } },
  });
  await until(() => smtp.messages().length === 2, 'both first mails were sent');
  await until(() => engine.services.deliveries.list({ limit: 10 }).items.filter(({ state }) => state === 'planned').length === 2, 'both follow-ups are planned');
  const id = contacts.findByAddress(anna)?.id ?? '';
  const { id: listId } = await contacts.lists.create({ name: 'Fair', contactIds: [id] });
  onFile(dataDir, (db) => {
    db.prepare('insert into contact_aliases (email, contact_id, created_at) values (?, ?, 1)').run(alias, id);
    db.prepare(
      `insert into replies (id, mailbox_id, folder, uid, uid_validity, message_id, "references", contact_id, campaign_id, from_address, from_name, to_address, subject, text, reply_text, class, confidence_permille, source, matched_by, unread, received_at, created_at)
       values ('r1', ?, 'INBOX', 1, '1', '<1@quittenbaum.example>', '[]', ?, ?, ?, 'Anna Quittenbaum', 'tess@test.example.com', 'Re: For Quittenbaum', 'secret-plum-garden', 'secret-plum-garden', 'human', 900, 'rules', 'thread', 1, 1, 1)`,
    ).run(mailboxId, id, campaignId, alias);
    db.prepare(
      `insert into events (at, type, actor, reason, contact_id, campaign_id, data) values (1, 'replied', 'contact', 'Anna Quittenbaum wrote', ?, ?, '{"from":"${anna}"}')`,
    ).run(id, campaignId);
    db.prepare(`insert into assist_cache (key, feature, contact_id, value, compressed, created_at, used_at) values ('k', 'thread', ?, ?, 0, 1, 1)`).run(
      id,
      Buffer.from('secret-plum-garden'),
    );
  });
  return { ...world, contacts, campaignId, id, listId };
}

const counts = (engine: Engine, campaignId: string) => {
  const { people, mailed, sent } = engine.services.campaigns.get(campaignId).counts;
  return { people, mailed, sent };
};

test('a person can be given everything on file about them as one file', async () => {
  const { contacts, id } = await withHistory();
  const file = contacts.privacy.exportPerson({ id });
  expect(file.name).toBe(`${anna}.json`);
  const content = JSON.parse(await file.text()) as Record<string, unknown>;
  expect(content['about']).toContain(anna);
  expect(content).toMatchObject({
    contact: { email: anna, lastName: 'Quittenbaum', custom: { street: 'Zwetschgenallee' }, tags: ['vip'] },
    otherAddresses: [alias],
    lists: [{ name: 'Fair' }],
    suppressions: [],
    enrolments: [{ campaign: 'Test campaign', state: 'active' }],
    replies: [{ fromAddress: alias, replyText: 'secret-plum-garden' }],
    modelAnswers: [{ value: 'secret-plum-garden' }],
  });
  expect(content['mails']).toMatchObject([
    { state: 'sent', recipient: anna, subject: 'For Quittenbaum', sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string },
    { state: 'planned' },
  ]);
  expect((content['events'] as { type: string }[]).map(({ type }) => type)).toEqual(expect.arrayContaining(['contact_created', 'enrolled', 'sent', 'replied']));
});

test('an erased person leaves no word in the workspace, while the statistics and the others stay', async () => {
  const { dataDir, engine, contacts, campaignId, id, smtp } = await withHistory();
  for (const word of words) expect(filesWith(dataDir, word)).not.toEqual([]);
  const before = counts(engine, campaignId);

  expect(await contacts.privacy.erase({ ids: [id] })).toEqual({ erased: 1 });
  await until(() => words.every((word) => filesWith(dataDir, word).length === 0), 'every word was gone from every file');

  expect(contacts.findByAddress(anna)).toBeNull();
  expect(counts(engine, campaignId)).toEqual(before);
  const mails = engine.services.deliveries.list({ limit: 10 }).items.map(({ state, recipient }) => `${recipient} ${state}`);
  expect(mails.sort()).toEqual(['ben@example.com planned', 'ben@example.com sent', 'erased cancelled', 'erased sent']);
  expect(engine.services.inbox.list({ limit: 5 }).items).toMatchObject([{ fromAddress: '', fromName: 'erased', subject: '' }]);
  expect(smtp.messages()).toHaveLength(2);
});

test('the address of an erased person is refused wherever it comes again, in any spelling, and can be let in on purpose', async () => {
  const { dataDir, engine, contacts, id, mailboxId, smtp } = await withHistory();
  contacts.suppressions.create({ value: anna, reason: 'unsubscribed', note: 'by phone' });
  await contacts.privacy.erase({ ids: [id] });

  const { id: importId } = await contacts.import({
    file: new File([`Email,Name\n${anna.toUpperCase()},Anna\n${alias},Anna\ncara@example.com,Cara\n`], 'again.csv'),
    mode: 'overwrite',
    dryRun: false,
  });
  const run = await importEnd(contacts, importId);
  const reason = 'This person was erased on request and must not be stored again';
  expect(run).toMatchObject({
    created: 1,
    rejected: 2,
    rejectedSample: [
      { line: 2, reason, text: '' },
      { line: 3, reason, text: '' },
    ],
  });
  expect(await (await contacts.rejectedRows({ id: importId })).text()).not.toContain('uittenbaum');
  const cara = contacts.findByAddress('cara@example.com');
  expect(() => contacts.create(contactInputSchema.parse({ email: anna }))).toThrow(/erased on request/);
  expect(() => contacts.update({ id: cara?.id ?? '', email: anna })).toThrow(/erased on request/);
  expect(contacts.isSuppressed(null, ` ${anna.toUpperCase()}`)).toBe('unsubscribed');
  expect(contacts.isSuppressed(null, alias)).toBe('erased');

  // However a row has come back, for example out of an older copy: neither a launch nor the sender lets it pass.
  onFile(dataDir, (db) => db.prepare(`update contacts set email = ?, search = '' where id = ?`).run(anna, cara?.id));
  const sequence = engine.services.sequences.create({ name: 'Second', description: '', graph: { steps: [emailStep('a', 'Hello', 'Hi')] } });
  engine.services.sequences.activate(sequence.id);
  const campaign = engine.services.campaigns.create({
    name: 'Second',
    sequenceId: sequence.id,
    audience: { listIds: [], contactIds: [cara?.id ?? '', contacts.findByAddress('ben@example.com')?.id ?? ''], everyone: false },
    mailboxIds: [mailboxId],
    rules: anyTime,
  });
  await engine.services.campaigns.launch(campaign.id);
  await until(() => smtp.messages().length === 3, 'the other one got the mail');
  expect(engine.services.campaigns.get(campaign.id).counts.people).toBe(1);
  expect(smtp.messages().at(-1)?.to).toBe('ben@example.com');
  contacts.remove({ id: cara?.id ?? '' });

  const listed = contacts.suppressions.list({ limit: 10, q: anna }).items;
  expect(listed).toMatchObject([{ kind: 'erased', reason: 'unsubscribed', note: '' }]);
  contacts.suppressions.remove({ id: listed[0]?.id ?? '' });
  expect(contacts.create(contactInputSchema.parse({ email: anna })).status).toBe('active');
});

test('whoever is not there cannot be erased', async () => {
  const { engine } = await open();
  await expect(engine.services.contacts.privacy.erase({ ids: ['none'] })).rejects.toMatchObject({ code: 'not_found' });
});
