import { expect, onTestFinished, test } from 'vitest';
import { minute, hour, day } from '../../electron/engine/lib/clock.ts';
import type { Delivery } from '../../shared/schemas/delivery.ts';
import { mailboxLimitsSchema } from '../../shared/schemas/mailbox.ts';
import { emailStep, launchCampaign, realPorts, startEngine, steeredClock, testMailbox, until, waitStep } from '../support/engine.ts';
import { startImapStandIn, type ImapPeer } from '../support/imap-stand-in.ts';
import { startRecordingSmtp } from '../support/recording-smtp.ts';
import { temporaryDir } from '../support/store.ts';

const refusesLogin = { phase: 'mail', answer: { code: 530, text: '5.7.0 Authentication required' } } as const;

/** A campaign from two mailboxes with servers of their own: `a` and `c` belong to Mara's, `b` to Leo's, which is paused by a person. */
async function open() {
  let readable = true;
  const instead = ({ cut }: ImapPeer): boolean => {
    if (!readable) cut();
    return !readable;
  };
  const [maras, leos, imap] = await Promise.all([startRecordingSmtp({ keepSource: true }), startRecordingSmtp({ keepSource: true }), startImapStandIn({ instead })]);
  const clock = steeredClock({ base: Date.UTC(2026, 5, 1, 9), at: Date.now(), factor: 1 });
  const engine = await startEngine(realPorts(temporaryDir(), { clock }));
  onTestFinished(async () => {
    await engine.stop();
    await Promise.all([maras.close(), leos.close(), imap.close()]);
  });
  const { mailboxes, deliveries, campaigns, stranded } = engine.services;
  const slowly = mailboxLimitsSchema.parse({ minGapSeconds: 600, maxGapSeconds: 600, perDay: 100, perHour: 100, connections: 1 });
  const mara = mailboxes.create(
    testMailbox(maras.port, { name: 'Mara', fromName: 'Mara Muster', address: 'mara@test.example.com', imapPort: imap.port, password: 'hush', limits: slowly }),
  ).id;
  const leo = mailboxes.create(testMailbox(leos.port, { name: 'Leo', fromName: 'Leo Legat', address: 'leo@test.example.com', imapPort: imap.port, password: 'hush' })).id;
  mailboxes.pause(leo, null);
  const campaignId = await launchCampaign(engine, {
    recipients: ['a@example.com', 'b@example.com', 'c@example.com'],
    mailboxIds: [mara, leo],
    steps: [
      emailStep('one', 'Hello', 'Hi'),
      waitStep('w', 'P1D'),
      emailStep('two', '', 'Still there?{% if sender.former_name %} I write for {{ sender.former_name }}.{% endif %}'),
    ],
    rules: { rotation: 'round_robin' },
  });
  const to = (name: string): Delivery => {
    const found = deliveries.list({ limit: 100, sort: 'createdAt' }).items.findLast(({ recipient }) => recipient === `${name}@example.com`);
    if (found === undefined) throw new Error(`nothing for ${name}`);
    return found;
  };
  const jump = (ms: number): void => {
    clock.set({ base: clock.now() + ms, at: Date.now(), factor: 1 });
    engine.poke();
  };
  const canRead = (can: boolean): void => {
    readable = can;
    imap.cutAll();
  };
  await until(() => maras.messages().length === 1, 'the first mail has left');
  const [first] = maras.messages();
  const mailed = first?.to === 'a@example.com' ? 'a' : 'c';
  await until(() => to(mailed).stepNumber === 2, 'its follow-up is planned');
  expect(to('b')).toMatchObject({ mailboxId: leo, stepNumber: 1 });
  return { ...{ engine, mailboxes, campaigns, stranded, campaignId, mara, leo, maras, leos, to, jump, canRead }, mailed, unmailed: mailed === 'a' ? 'c' : 'a' };
}

/** Mara's server wants a login that nobody can give. */
async function breakMara({ maras, mailboxes, mara, jump }: Awaited<ReturnType<typeof open>>): Promise<void> {
  await maras.setScripts([refusesLogin]);
  jump(11 * minute);
  await until(() => mailboxes.get(mara).state === 'needs_login', 'the mailbox needs a login');
}

test('whoever was not mailed goes to another mailbox when the own one has needed a login for an hour; whoever was stays, and says why', async () => {
  const world = await open();
  const { mailboxes, mara, leo, leos, to, jump, mailed, unmailed } = world;
  await breakMara(world);
  mailboxes.resume(leo);
  await until(() => leos.messages().length === 1, 'the other mailbox sends');
  jump(40 * minute);
  expect(to(unmailed)).toMatchObject({ mailboxId: mara, why: { code: 'mailbox_needs_login' } });
  jump(21 * minute);
  await until(() => to(unmailed).stepNumber === 2, 'the person without mail has got it from the other mailbox');
  expect(leos.messages().map((message) => message.to)).toContain(`${unmailed}@example.com`);
  expect(to(mailed)).toMatchObject({ mailboxId: mara, stepNumber: 2 });
  jump(day);
  await until(() => to(mailed).why?.code === 'mailbox_needs_login', 'the follow-up says why it waits');
  expect(to(mailed).state).not.toBe('sent');
});

test('with the rule to move, people with a thread go too, as long as their answers are seen', async () => {
  const world = await open();
  const { mailboxes, campaigns, campaignId, mara, leo, to, jump, canRead, mailed, unmailed } = world;
  await breakMara(world);
  mailboxes.resume(leo);
  campaigns.update(campaignId, { rules: { lostMailbox: 'move' } });
  canRead(false);
  jump(61 * minute);
  await until(() => to(unmailed).mailboxId === leo, 'the person without mail has moved');
  // Both are moved in one transaction, or one of them is not.
  expect(to(mailed).mailboxId).toBe(mara);
  canRead(true);
  const read = () =>
    world.engine.services.inbox.refresh(mara).then(
      () => true,
      () => false,
    );
  await until(read, 'its inbox is read again');
  jump(2 * minute);
  await until(() => to(mailed).mailboxId === leo, 'the person with a thread has moved');
});

test('a move by hand: told before, taken back while nothing has left, and then a follow-up in the same thread from whoever writes now', async () => {
  const world = await open();
  const { mailboxes, stranded, campaignId, mara, leo, maras, leos, to, jump, mailed, unmailed } = world;
  expect(stranded.preview(campaignId)).toMatchObject({ mailboxes: [{ mailboxId: leo, reason: 'paused', firstMails: 1, followUps: 0 }], targets: [{ mailboxId: mara }] });
  await breakMara(world);
  await expect(stranded.move(campaignId, [mara], null)).rejects.toMatchObject({ code: 'validation', message: expect.stringContaining('No other mailbox') as string });
  mailboxes.resume(leo);
  await until(() => leos.messages().length === 1, 'the other mailbox sends');
  expect(stranded.preview(campaignId)).toMatchObject({
    mailboxes: [{ mailboxId: mara, name: 'Mara', reason: 'needs_login', detail: expect.stringContaining('Authentication required') as string, firstMails: 1, followUps: 1 }],
    targets: [{ mailboxId: leo, sender: 'Leo Legat <leo@test.example.com>' }],
    busy: 0,
  });
  await expect(stranded.move(campaignId, [mara], mara)).rejects.toMatchObject({ code: 'validation' });

  const due = to(mailed).slotAt;
  // Nothing leaves meanwhile.
  mailboxes.pause(leo, null);
  const first = await stranded.move(campaignId, [mara], leo);
  expect(first).toMatchObject({ people: 2, stayed: 0 });
  expect([to(mailed).mailboxId, to(unmailed).mailboxId]).toEqual([leo, leo]);
  expect(await stranded.undo(campaignId, first.moveId)).toEqual({ people: 2, stayed: 0 });
  expect([to(mailed).mailboxId, to(unmailed).mailboxId]).toEqual([mara, mara]);
  expect(to(mailed).slotAt).toBe(due);

  mailboxes.resume(leo);
  const second = await stranded.move(campaignId, [mara], null);
  expect(second.people).toBe(2);
  expect(stranded.preview(campaignId).mailboxes).toEqual([]);
  jump(day + hour);
  const followUp = () => leos.messages().find((message) => message.to === `${mailed}@example.com`);
  await until(() => followUp() !== undefined, 'the follow-up has left from the other mailbox');
  const { messageId = '', source = '' } = { ...maras.messages()[0], source: followUp()?.source };
  const head = source.slice(0, source.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
  expect(head).toContain('From: Leo Legat <leo@test.example.com>');
  expect(head).toContain('Subject: Re: Hello');
  expect(head).toContain(`In-Reply-To: ${messageId}`);
  expect(head).toContain(`References: ${messageId}`);
  expect(source).toContain('I write for Mara Muster.');
  await until(() => leos.messages().filter((message) => message.subject === 'Re: Hello').length >= 2, 'the follow-up to somebody whom the other mailbox wrote to has left, too');
  expect(leos.messages().filter((message) => message.source?.includes('I write for') === true)).toHaveLength(1);
  await until(() => to(mailed).state === 'sent', 'it is written down');
  expect(await stranded.undo(campaignId, second.moveId)).toEqual({ people: 0, stayed: 2 });
  await expect(stranded.undo(campaignId, 'no-such-move')).rejects.toMatchObject({ code: 'not_found' });
});

test('people of a mailbox that left the campaign are found, moved by hand, and held again when that is taken back', async () => {
  const { campaigns, mailboxes, stranded, campaignId, mara, leo, to, mailed } = await open();
  campaigns.update(campaignId, { mailboxIds: [leo] });
  await until(() => to(mailed).why?.code === 'mailbox_gone', 'the follow-up is held');
  mailboxes.resume(leo);
  expect(stranded.preview(campaignId).mailboxes).toEqual([
    { mailboxId: mara, name: 'Mara', reason: 'gone', detail: null, since: null, firstMails: 0, followUps: 1, repliesSeen: true, repliesReadAt: expect.any(Number) as number },
  ]);
  const { moveId } = await stranded.move(campaignId, [mara], null);
  expect(to(mailed)).toMatchObject({ mailboxId: leo, state: 'planned' });
  await stranded.undo(campaignId, moveId);
  expect(to(mailed)).toMatchObject({ state: 'held', why: { code: 'mailbox_gone' } });
  // In a campaign that is over nobody is stranded, and nobody moves.
  await campaigns.stop(campaignId);
  expect(stranded.preview(campaignId)).toEqual({ mailboxes: [], targets: [], busy: 0 });
  await expect(stranded.move(campaignId, [mara], null)).rejects.toMatchObject({ code: 'wrong_state' });
});
