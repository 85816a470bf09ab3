import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emailStep, fastClock, launchCampaign, until, waitStep } from '../../support/engine.ts';
import { customerDomain, mailServersMissing, slowDomain, startMailServers, type MailServers } from '../../support/postfix.ts';
import { openAccount } from '../../support/real-servers.ts';

const steps = [emailStep('a', 'Hello', 'Hi {{ first_name }}'), waitStep('w', 'P3D'), emailStep('b', '', 'Still there?')];

describe.skipIf(mailServersMissing !== null)(`sending through Postfix ${mailServersMissing ?? ''}`, () => {
  let servers: MailServers;
  beforeAll(async () => {
    servers = await startMailServers({ users: ['tess', 'tom', 'tina', 'ted', 'anna', 'full'], full: ['full'] });
  });
  afterAll(() => servers.remove());

  test('a report of Postfix about an unknown user suppresses that address, once', async () => {
    const { engine, mailboxId, events, deliveries } = await openAccount(servers, { user: 'tess' });
    const gone = `gone@${customerDomain}`;
    await launchCampaign(engine, { recipients: [gone, `anna@${customerDomain}`], mailboxIds: [mailboxId], steps });
    await until(() => engine.services.contacts.isSuppressed(null, gone) !== null, 'the report suppressed the address');
    expect(engine.services.contacts.isSuppressed(null, gone)).toBe('hard_bounce');
    expect(engine.services.contacts.isSuppressed(null, `anna@${customerDomain}`)).toBeNull();
    expect(deliveries().filter(({ recipient, state }) => recipient === gone && state === 'planned')).toEqual([]);
    await engine.services.inbox.refresh(mailboxId);
    expect(events('bounced')).toHaveLength(1);
    expect(events('suppressed')).toHaveLength(1);
  });

  test('a full mailbox is a soft bounce: counted, and nobody is suppressed', async () => {
    const { engine, mailboxId, events } = await openAccount(servers, { user: 'tom' });
    const full = `full@${customerDomain}`;
    await launchCampaign(engine, { recipients: [full], mailboxIds: [mailboxId], steps });
    await until(() => events('bounced').length === 1, 'the report came');
    expect(events('bounced')[0]?.data).toMatchObject({ kind: 'soft' });
    expect(engine.services.contacts.isSuppressed(null, full)).toBeNull();
  });

  test('a mail that stays in the queue of Postfix is told as delayed and changes nothing final', async () => {
    const { engine, mailboxId, events, deliveries } = await openAccount(servers, { user: 'tina' });
    await launchCampaign(engine, { recipients: [`sam@${slowDomain}`], mailboxIds: [mailboxId], steps });
    await until(() => events('delayed').length === 1, 'the notice came', 25_000);
    expect(events('bounced', 'stopped', 'suppressed')).toEqual([]);
    expect(deliveries().map(({ state }) => state)).toEqual(['sent', 'planned']);
  });

  test('a greylisted mail is put off, tried again, and arrives once', async () => {
    const { engine, mailboxId, events, deliveries } = await openAccount(servers, { user: 'ted', smtpPort: servers.greylistPort, imap: false, clock: fastClock(2000) });
    await launchCampaign(engine, { recipients: [`anna@${customerDomain}`], mailboxIds: [mailboxId], steps: [emailStep('a', 'Greylisted', 'Hi')] });
    await until(() => deliveries()[0]?.state === 'sent', 'it was sent');
    expect(servers.greylisted).toEqual([`anna@${customerDomain}`]);
    expect(events('deferred').map(({ reason }) => reason)).toEqual(['greylist']);
    const arrived = () => servers.dovecot.messages('anna').filter((mail) => mail.includes('Subject: Greylisted'));
    await until(() => arrived().length > 0, 'it arrived');
    expect(arrived()).toHaveLength(1);
  });

  test('the copy in Sent is marked as read, is the mail that left, and counts as no reply', async () => {
    const { engine, mailboxId, events, deliveries } = await openAccount(servers, { user: 'ted' });
    await launchCampaign(engine, { recipients: [`anna@${customerDomain}`], mailboxIds: [mailboxId], steps });
    await until(() => servers.dovecot.flags('ted', 'Sent').length > 0, 'the copy was stored');
    expect(servers.dovecot.flags('ted', 'Sent')).toEqual(['S']);
    expect(servers.dovecot.messages('ted', 'Sent')[0]).toContain(`Message-ID: ${deliveries()[0]?.messageId ?? 'none'}`);
    await engine.services.inbox.refresh(mailboxId);
    expect(events('replied', 'stopped', 'sent_copy_failed')).toEqual([]);
    expect(deliveries().map(({ state }) => state)).toEqual(['sent', 'planned']);
  });
});
