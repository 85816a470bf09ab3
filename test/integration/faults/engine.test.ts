import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hour } from '../../../electron/engine/lib/clock.ts';
import type { DeliveryState } from '../../../shared/schemas/delivery.ts';
import type { EventType } from '../../../shared/schemas/event.ts';
import { emailStep, launchCampaign, realPorts, startEngine, steeredClock, testMailbox, timeOf, until, waitStep, type ClockSetting } from '../../support/engine.ts';
import { startImapStandIn, type ImapPeer } from '../../support/imap-stand-in.ts';
import { startRecordingSmtp, type RecordingSmtpOptions } from '../../support/recording-smtp.ts';
import { temporaryDir } from '../../support/store.ts';

/** A whole engine between a recording SMTP server and a scripted inbox, whose clock the test moves. */
async function open(options: { smtp?: RecordingSmtpOptions; badInbox?: (peer: ImapPeer) => boolean; factor?: number } = {}) {
  const dataDir = temporaryDir();
  let setting: ClockSetting = { base: Date.now(), at: Date.now(), factor: options.factor ?? 1 };
  const clock = steeredClock(setting);
  const imap = await startImapStandIn({ now: clock.now, ...(options.badInbox === undefined ? {} : { instead: options.badInbox }) });
  const smtp = await startRecordingSmtp(options.smtp);
  const engine = await startEngine(realPorts(dataDir, { clock }));
  const db = new Database(join(dataDir, 'homing.db'));
  onTestFinished(async () => {
    db.close();
    await engine.stop();
    await smtp.close();
    await imap.close();
  });
  const { mailboxes, deliveries, events } = engine.services;
  return {
    ...{ engine, imap, smtp, clock, db, mailboxes, deliveries },
    mailbox: (withInbox = true) => mailboxes.create(testMailbox(smtp.port, withInbox ? { imapPort: imap.port, password: 'secret' } : {})).id,
    inState: (...states: DeliveryState[]) => deliveries.list({ limit: 200 }).items.filter(({ state }) => states.includes(state)),
    events: (...types: EventType[]) => events.after(0, 10_000).filter(({ type }) => types.includes(type)),
    /** The clock jumps; `woken` as the host tells after sleep. */
    jump(byMs: number, woken: boolean) {
      setting = { base: Math.round(timeOf(setting) + byMs), at: Date.now(), factor: setting.factor };
      clock.set(setting);
      if (woken) engine.poke();
    },
  };
}

const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);
const once = (recipients: readonly string[]) => recipients.toSorted();

/** Whatever writes this outcome fails, as on a full disk, until `drop trigger full`. */
const fullDisk = (state: DeliveryState) =>
  `create trigger full before update of state on deliveries when new.state = '${state}' begin select raise(abort, 'database or disk is full'); end`;

test('a disk that is full when mails were accepted: their outcome is kept until it can be written, and nobody gets a second mail', async () => {
  const { engine, smtp, db, mailbox, inState } = await open();
  const id = mailbox(false);
  db.exec(fullDisk('sent'));
  const recipients = people(6);
  await launchCampaign(engine, { recipients, mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => smtp.messages().length > 0, 'one was accepted');
  await new Promise((resolve) => setTimeout(resolve, 300));
  // Nothing more begins while what happened cannot be written.
  expect(smtp.messages().length).toBeLessThanOrEqual(2);
  expect(inState('sent')).toEqual([]);
  db.exec('drop trigger full');
  await until(() => inState('sent').length === 6, 'all are sent');
  expect(once(smtp.messages().map(({ to }) => to))).toEqual(recipients);
  expect(inState('unknown', 'failed')).toEqual([]);
});

test('a disk that is full before a body: the mail does not leave, and leaves once when there is room', async () => {
  const { engine, smtp, db, mailbox, inState } = await open({ factor: 60 });
  const id = mailbox(false);
  db.exec(fullDisk('sending'));
  const recipients = people(4);
  await launchCampaign(engine, { recipients, mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(smtp.messages()).toEqual([]);
  expect(inState('sending', 'sent', 'unknown')).toEqual([]);
  db.exec('drop trigger full');
  await until(() => inState('sent').length === 4, 'all are sent');
  expect(once(smtp.messages().map(({ to }) => to))).toEqual(recipients);
});

test('a disk that is full when a mail is claimed: it is looked at again, nothing is lost', async () => {
  const { engine, smtp, db, mailbox, inState } = await open({ factor: 60 });
  const id = mailbox(false);
  db.exec(fullDisk('claimed'));
  await launchCampaign(engine, { recipients: people(3), mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(inState('planned')).toHaveLength(3);
  db.exec('drop trigger full');
  await until(() => inState('sent').length === 3, 'all are sent');
  expect(smtp.messages()).toHaveLength(3);
});

test('a computer that sleeps in the middle of a body: what the server said in time counts, what broke is unknown, and nothing leaves twice', async () => {
  const { engine, smtp, mailbox, inState, jump } = await open({
    smtp: {
      scripts: [
        { phase: 'body', times: 1, delayMs: 300 },
        { phase: 'body', times: 1, delayMs: 300, drop: 'kept' },
      ],
    },
  });
  const id = mailbox(false);
  const recipients = people(3);
  await launchCampaign(engine, { recipients, mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => smtp.openBodies() > 0, 'a body is with the server');
  jump(9 * hour, true);
  await until(() => smtp.messages().length === 1 && smtp.openBodies() > 0, 'the next body is with the server');
  jump(9 * hour, true);
  await until(() => inState('sent').length === 2 && inState('unknown').length === 1, 'each has its outcome');
  expect(once(smtp.messages().map(({ to }) => to))).toEqual(recipients);
});

test('a follow-up that came due in the sleep waits for a look at the inbox: the reply that came meanwhile stops it', async () => {
  const { engine, smtp, imap, mailbox, inState, jump, events } = await open();
  const id = mailbox();
  const recipients = people(4);
  await launchCampaign(engine, { recipients, mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'PT5H'), emailStep('b', '', 'Again')] });
  await until(() => inState('sent').length === 4, 'all first mails left');
  const [first] = smtp.messages();
  imap.cutAll();
  imap.deliver('tess', `From: ${first?.to ?? ''}\r\nTo: tess@test.example.com\r\nMessage-ID: <r@example.com>\r\nIn-Reply-To: ${first?.messageId ?? ''}\r\n\r\nYes, please.\r\n`);
  jump(6 * hour, true);
  await until(() => inState('sent').length === 7, 'the follow-ups of the others left');
  expect(events('replied')).toHaveLength(1);
  expect(smtp.messages().filter(({ to, inReplyTo }) => to === first?.to && inReplyTo !== '')).toEqual([]);
});

test('a clock that is set back by a day and forth again: nothing leaves twice, and what was due goes on', async () => {
  const { engine, smtp, mailbox, inState, jump } = await open({ smtp: { scripts: [{ phase: 'body', delayMs: 20 }] } });
  const id = mailbox(false);
  const recipients = people(30);
  await launchCampaign(engine, { recipients, mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi')] });
  await until(() => smtp.messages().length >= 5, 'some left');
  jump(-24 * hour, false);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(inState('planned').every(({ why }) => why !== null)).toBe(true);
  jump(24 * hour, true);
  await until(() => inState('sent').length === 30, 'all are sent');
  expect(once(smtp.messages().map(({ to }) => to))).toEqual(once(recipients));
});

test('with the inbox out of reach first mails go on for twelve hours and follow-ups wait, each with its reason; when it is back, replies come first', async () => {
  let down = false;
  const { engine, smtp, imap, mailbox, mailboxes, inState, jump, events } = await open({
    badInbox(peer) {
      if (!down) return false;
      peer.cut();
      return true;
    },
  });
  const id = mailbox();
  await launchCampaign(engine, { recipients: people(2), mailboxIds: [id], steps: [emailStep('a', 'Hello', 'Hi'), waitStep('w', 'PT1H'), emailStep('b', '', 'Again')] });
  await until(() => inState('sent').length === 2 && mailboxes.get(id).inboxCheckedAt !== null, 'both first mails left');
  const answered = smtp.messages()[0];
  down = true;
  imap.cutAll();
  jump(2 * hour, true);
  await launchCampaign(engine, { recipients: ['late@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Later', 'Hi')] });
  await until(() => smtp.messages().some(({ to }) => to === 'late@example.com'), 'a first mail goes on');
  await until(() => inState('planned').every(({ why }) => why?.code === 'stale_inbox' || why?.code === 'inbox_check'), 'the follow-ups say why they wait');
  expect(smtp.messages()).toHaveLength(3);
  jump(11 * hour, true);
  await launchCampaign(engine, { recipients: ['too-late@example.com'], mailboxIds: [id], steps: [emailStep('a', 'Later', 'Hi')] });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(smtp.messages().map(({ to }) => to)).not.toContain('too-late@example.com');
  expect(inState('planned')).toHaveLength(3);
  imap.deliver(
    'tess',
    `From: ${answered?.to ?? ''}\r\nTo: tess@test.example.com\r\nMessage-ID: <r@example.com>\r\nIn-Reply-To: ${answered?.messageId ?? ''}\r\n\r\nYes, please.\r\n`,
  );
  down = false;
  mailboxes.update({ id, name: 'Back again' });
  engine.poke();
  await until(() => inState('sent').length === 5, 'the rest left', 20_000);
  expect(events('replied')).toHaveLength(1);
  expect(
    smtp
      .messages()
      .filter(({ inReplyTo }) => inReplyTo !== '')
      .map(({ to }) => to),
  ).toEqual(people(2).filter((each) => each !== answered?.to));
}, 60_000);
