import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { emailStep, fastClock, launchCampaign, until, waitStep } from '../../support/engine.ts';
import { customerDomain, homeDomain, mailServersMissing, startMailServers, type MailServers } from '../../support/postfix.ts';
import { openAccount, writeAs } from '../../support/real-servers.ts';

const steps = [emailStep('a', 'Hello', 'Hi {{ first_name }}'), waitStep('w', 'P3D'), emailStep('b', '', 'Still there?')];
const anna = `anna@${customerDomain}`;

/** A line to a server that breaks while a mail is under way: as soon as enough bytes went up, nothing comes back any more. */
async function startBreakingLine(port: number, breaks: { times: number; letThrough: boolean }): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let body = false;
    client.on('error', () => undefined);
    upstream.on('error', () => undefined);
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (data) => {
      if (breaks.times > 0 && body) {
        breaks.times -= 1;
        client.destroy();
        return;
      }
      body = /^354 /m.test(data.toString());
      client.write(data);
    });
    client.on('data', (data) => {
      if (breaks.times > 0 && body && !breaks.letThrough) {
        breaks.times -= 1;
        client.destroy();
        upstream.destroy();
        return;
      }
      upstream.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.skipIf(mailServersMissing !== null)(`replies and outcomes with Postfix and Dovecot ${mailServersMissing ?? ''}`, () => {
  let servers: MailServers;
  beforeAll(async () => {
    servers = await startMailServers({ users: ['tess', 'tom', 'filer', 'filer2', 'filer3', 'anna'] });
  });
  afterAll(() => servers.remove());
  const linePort = async (breaks: { times: number; letThrough: boolean }): Promise<number> => {
    const server = await startBreakingLine(servers.plainPort, breaks);
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  };

  test('a reply heard by IDLE stops the person, and a new UIDVALIDITY counts nothing twice', async () => {
    const { engine, mailboxId, events, deliveries } = await openAccount(servers, { user: 'tess' });
    await launchCampaign(engine, { recipients: [anna], mailboxIds: [mailboxId], steps });
    await until(() => deliveries()[0]?.state === 'sent', 'the first mail left');
    await writeAs(
      servers,
      'anna',
      anna,
      `tess@${homeDomain}`,
      ['Subject: Re: Hello', 'Message-ID: <reply1@customers.example.org>', `In-Reply-To: ${deliveries()[0]?.messageId ?? ''}`],
      'Sounds good.',
    );
    await until(() => events('replied').length === 1, 'the reply was seen');
    expect(events('stopped')).toHaveLength(1);
    expect(servers.dovecot.flags('tess').every((flags) => !flags.includes('S'))).toBe(true);
    // UIDVALIDITY is the second in which Dovecot numbers a folder.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    servers.dovecot.renumber('tess');
    engine.services.inbox.poke();
    await writeAs(servers, 'anna', anna, `tess@${homeDomain}`, ['Subject: Re: Hello', 'Message-ID: <reply2@customers.example.org>'], 'One more thing.');
    await until(() => engine.services.inbox.list({ limit: 10 }).total === 2, 'the second reply was seen');
    await engine.services.inbox.refresh(mailboxId);
    expect(events('replied')).toHaveLength(2);
  });

  test('a provider that gives mails a Message-ID of its own: replies are matched by it, and a follow-up answers to it', async () => {
    const { engine, mailboxId, events, deliveries } = await openAccount(servers, { user: 'filer2', smtpPort: servers.rewritingPort });
    await launchCampaign(engine, {
      recipients: [anna],
      mailboxIds: [mailboxId],
      steps: [emailStep('a', 'Rewritten', 'Hi'), waitStep('w', 'PT3S'), emailStep('b', '', 'Still there?')],
    });
    await until(() => events('sent').length === 1, 'the first mail left');
    await until(() => servers.dovecot.messages('filer2', 'Sent').some((mail) => mail.includes('Subject: Rewritten')), 'the provider filed its copy');
    engine.services.inbox.poke();
    await until(() => events('message_id_learnt').length === 1, 'the Message-ID was learnt');
    const wire = String(events('message_id_learnt')[0]?.data?.['messageId']);
    expect(servers.dovecot.messages('anna').find((mail) => mail.includes('Subject: Rewritten'))).toContain(wire);
    await until(() => servers.dovecot.messages('anna').some((mail) => mail.includes('Subject: Re: Rewritten')), 'the follow-up arrived');
    expect(servers.dovecot.messages('anna').find((mail) => mail.includes('Subject: Re: Rewritten'))).toContain(`In-Reply-To: ${wire}`);
    // From another address: only the thread shows whose answer it is.
    await writeAs(
      servers,
      'tom',
      `tom@${customerDomain}`,
      `filer2@${homeDomain}`,
      ['Subject: Re: Rewritten', 'Message-ID: <other@customers.example.org>', `In-Reply-To: ${wire}`],
      'Anna asked me to answer.',
    );
    await until(() => engine.services.inbox.list({ limit: 10 }).items.some(({ matchedBy }) => matchedBy === 'in_reply_to'), 'the reply was matched');
    expect(deliveries()[0]?.messageId).not.toBe(wire);
  });

  test('an unknown outcome is settled by the copy in Sent', async () => {
    const breaks = { times: 0, letThrough: true };
    const { engine, mailboxId, events, deliveries } = await openAccount(servers, { user: 'filer', smtpPort: await linePort(breaks), smtpSecurity: 'none' });
    breaks.times = 1;
    await launchCampaign(engine, { recipients: [anna], mailboxIds: [mailboxId], steps });
    await until(() => events('unknown').length === 1, 'the line broke after the body');
    engine.poke();
    await until(() => deliveries()[0]?.state === 'sent', 'the copy settled it');
    expect(events('resolved').map(({ reason }) => reason)).toEqual(['found_sent_folder']);
    expect(servers.dovecot.messages('filer', 'Sent').filter((mail) => mail.includes('Subject: Hello'))).toHaveLength(1);
  });

  test('a mail that is proven absent after the grace period is sent again; without the proof it waits for a person', async () => {
    const breaks = { times: 0, letThrough: false };
    const port = await linePort(breaks);
    const clock = fastClock(1000);
    const proven = await openAccount(servers, { user: 'filer3', smtpPort: port, smtpSecurity: 'none', clock });
    const unproven = await openAccount(servers, { user: 'tom', smtpPort: port, smtpSecurity: 'none', clock });
    breaks.times = 2;
    for (const [index, { engine, mailboxId }] of [proven, unproven].entries()) {
      await launchCampaign(engine, { recipients: [anna], mailboxIds: [mailboxId], steps: [emailStep('a', `Lost ${index}`, 'Hi')] });
    }
    await until(() => proven.events('unknown').length + unproven.events('unknown').length === 2, 'both lines broke');
    await until(() => proven.deliveries()[0]?.state === 'sent', 'it was sent again');
    expect(proven.events('resolved').map(({ reason }) => reason)).toEqual(['absent_from_sent']);
    const waited = proven.events('resolved')[0]?.at ?? 0;
    expect(waited - (proven.events('unknown')[0]?.at ?? 0)).toBeGreaterThan(15 * 60_000);
    expect(unproven.deliveries()[0]?.state).toBe('unknown');
    await until(() => servers.dovecot.messages('anna').some((mail) => mail.includes('Subject: Lost 0')), 'it arrived');
    expect(servers.dovecot.messages('anna').filter((mail) => mail.includes('Subject: Lost'))).toHaveLength(1);
  });
});
