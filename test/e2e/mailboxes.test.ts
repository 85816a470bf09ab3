import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createNetwork, openImapSession, openSmtpSession } from '../../electron/engine/mailboxes/index.ts';
import type { ServerAccess } from '../../electron/engine/ports.ts';
import { chromiumPath } from '../support/app.ts';
import { startAuthorizationServer, type AuthorizationServer } from '../support/authorization-server.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { realPorts, startEngine } from '../support/engine.ts';
import { makeCertificate, startHttpsServer } from '../support/https-server.ts';
import { startImapStandIn } from '../support/imap-stand-in.ts';
import { pages } from '../support/pages.ts';
import { look, openServed } from '../support/served.ts';
import { temporaryDir } from '../support/store.ts';

const address = 'mara@example.com';
const password = 'the-right-one';

/** A provider of our own for example.com: DNS, settings document, SMTP, IMAP, authorization server. */
async function startProvider() {
  const certificate = makeCertificate(['*.example.com', 'example.com']);
  const imap = await startImapStandIn({ capabilities: ['IMAP4rev1', 'IDLE', 'SPECIAL-USE', 'SASL-IR', 'AUTH=XOAUTH2'] });
  const login = await startAuthorizationServer();
  const smtp = new SMTPServer({
    authMethods: ['PLAIN', 'XOAUTH2'],
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth(auth, _session, callback) {
      if (auth.accessToken === undefined ? auth.password === password : login.accepted.has(auth.accessToken)) callback(null, { user: auth.username });
      else callback(Object.assign(new Error('5.7.8 Username and password not accepted'), { responseCode: 535 }));
    },
    onData(stream, session, callback) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        for (const { address: to } of session.envelope.rcptTo) imap.deliver(to, Buffer.concat(parts).toString('latin1'));
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const smtpPort = (smtp.server.address() as AddressInfo).port;
  const server = (type: string, host: string, port: number) =>
    `<${type}><hostname>${host}</hostname><port>${port}</port><socketType>SSL</socketType><username>%EMAILADDRESS%</username></${type.split(' ')[0] ?? ''}>`;
  const document = `<clientConfig version="1.1"><emailProvider id="example.com"><domain>example.com</domain><displayName>Example Mail</displayName>${server('incomingServer type="imap"', 'imap.example.com', imap.port)}${server('outgoingServer type="smtp"', 'smtp.example.com', smtpPort)}</emailProvider></clientConfig>`;
  const httpsPort = await startHttpsServer(certificate, (_request, response) => void response.end(document));
  const dns = await startDnsServer({
    'autoconfig.example.com': { A: ['127.0.0.1'] },
    'example.com': { MX: ['10 mx.example.com'], TXT: ['v=spf1 include:_spf.example.org +all'] },
    'mx.example.com': { A: ['127.0.0.1'] },
    '_submission._tcp.example.com': { SRV: ['0 1 587 old.example.net'] },
    '_dmarc.example.com': { TXT: ['v=DMARC1; p=none'] },
    '_domainkey.example.com': 'SERVFAIL',
    'default._domainkey.example.com': 'SERVFAIL',
  });
  onTestFinished(async () => {
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
    await imap.close();
  });
  return { dns, httpsPort, ca: certificate.cert, login, ports: { smtp: smtpPort, imap: imap.port } };
}

/** The app on this provider, whose servers the names of example.com lead to. */
async function startOn({ dns, httpsPort, ca, ports }: Awaited<ReturnType<typeof startProvider>>) {
  const here = (server: ServerAccess): ServerAccess => ({ ...server, host: '127.0.0.1', security: 'none' });
  const base = realPorts(temporaryDir(), {
    transports: {
      openSmtp: (server, signal) => openSmtpSession({ ...here(server), port: ports.smtp }, signal),
      openInbox: (server, signal) => openImapSession({ ...here(server), port: ports.imap }, signal),
    },
  });
  const engine = await startEngine({ ...base, network: createNetwork({ dnsServers: () => [dns.address], standIn: { httpsPort, ca } }) });
  return { ...(await openServed(engine)), engine };
}

describe.skipIf(chromiumPath === null)('a mailbox is added', () => {
  it('by its address alone, with the keyboard: found, tested, saved, sent to itself, and its domain checked', async () => {
    const { page, problems } = await startOn(await startProvider());
    const { mailboxes, go } = pages(page);
    await go('Mailboxes');
    await page.getByRole('button', { name: 'Add a mailbox' }).focus();
    await page.keyboard.press('Enter');
    await mailboxes.form().waitFor();
    // The focus is there when the drawer has come in.
    await expect
      .poll(() =>
        mailboxes
          .form()
          .getByLabel('E-mail address')
          .evaluate((field) => field === field.ownerDocument.activeElement),
      )
      .toBe(true);
    await page.keyboard.type(address);
    await page.keyboard.press('Tab');
    await mailboxes.form().getByText('Found in your provider’s own settings (https://autoconfig.example.com)').waitFor();
    // What another source says is offered beside it.
    expect(await mailboxes.form().getByRole('button', { name: 'Use old.example.net instead (from DNS)' }).isVisible()).toBe(true);
    expect(await mailboxes.server('Sending (SMTP)')).toBe('smtp.example.com');
    expect(await mailboxes.server('Inbox (IMAP)')).toBe('imap.example.com');
    await look(page, 'mailboxes', 'found');

    await mailboxes.form().getByRole('textbox', { name: 'Password' }).fill('a wrong one');
    await mailboxes.form().getByRole('button', { name: 'Test', exact: true }).press('Enter');
    const refused = mailboxes.form().getByText('Sending (SMTP): failed while: logging in');
    await refused.waitFor();
    expect(await refused.evaluate((element) => element.getBoundingClientRect().bottom <= innerHeight)).toBe(true);
    await look(page, 'mailboxes', 'refused');
    await mailboxes.form().getByRole('textbox', { name: 'Password' }).fill(password);
    await mailboxes.form().getByRole('button', { name: 'Test', exact: true }).press('Enter');
    await mailboxes.form().getByText('Sending (SMTP): works').waitFor();
    await mailboxes.form().getByText('Inbox (IMAP): works').waitFor();
    await mailboxes.form().getByRole('button', { name: 'Save' }).press('Enter');
    await mailboxes.card(address).waitFor();
    await mailboxes.form().waitFor({ state: 'hidden' });

    await mailboxes.action(address, 'Test with a mail to itself');
    const result = page.getByRole('dialog', { name: `Test of ${address}` });
    await result.getByText('Mail to itself: works').waitFor();
    await page.keyboard.press('Escape');
    await mailboxes.card(address).getByText('Ready').waitFor();
    await mailboxes.card(address).getByText('Homing files the Sent copy').waitFor();

    await mailboxes.action(address, 'Check the domain');
    const domain = page.getByRole('dialog', { name: `Domain of ${address}` });
    await domain.getByRole('region', { name: 'SPF: who may send' }).waitFor();
    await look(page, 'mailboxes', 'domain');
    for (const state of ['fine', 'needs a change', 'not known']) expect(await domain.getByText(`: ${state}`).count(), state).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await look(page, 'mailboxes', 'list');
    expect(problems).toEqual([]);
  }, 120_000);

  it('at a known provider: where an app password is made stands beside its field', async () => {
    const { page, problems } = await startOn(await startProvider());
    const { mailboxes, go } = pages(page);
    await go('Mailboxes');
    await page.getByRole('button', { name: 'Add a mailbox' }).click();
    for (const [mail, make] of [
      ['mara@gmail.com', 'https://myaccount.google.com/apppasswords'],
      ['mara@icloud.com', 'https://account.apple.com/account/manage'],
    ] as const) {
      await mailboxes.form().getByLabel('Server').first().fill('');
      await mailboxes.form().getByLabel('E-mail address').fill(mail);
      await page.keyboard.press('Tab');
      const link = mailboxes.form().getByRole('link', { name: 'Make an app password' });
      await expect.poll(async () => ((await link.count()) === 0 ? null : link.getAttribute('href'))).toBe(make);
      expect(await mailboxes.form().getByRole('textbox', { name: 'App password' }).isVisible()).toBe(true);
    }
    await look(page, 'mailboxes', 'app-password');
    expect(problems).toEqual([]);
  }, 90_000);

  const signIns: [string, (page: Page, login: AuthorizationServer) => Promise<void>][] = [
    [
      'In this browser',
      async (page) => {
        const popup = page.context().waitForEvent('page');
        await page.getByRole('button', { name: 'Sign in with your provider' }).click();
        await (await popup).getByText('You are signed in.').waitFor();
        await (await popup).close();
      },
    ],
    [
      'With a code, on any device',
      async (page, login) => {
        const popup = page.context().waitForEvent('page');
        await page.getByRole('button', { name: 'Sign in with your provider' }).click();
        await (await popup).close();
        await page.getByText('WDJB-MJHT').waitFor();
        login.approveDevice();
      },
    ],
  ];
  it.each(signIns)(
    'by signing in with a client id of one’s own: %s',
    async (way, agree) => {
      const provider = await startProvider();
      const { page, engine } = await startOn(provider);
      const { mailboxes, go } = pages(page);
      await go('Mailboxes');
      await page.getByRole('button', { name: 'Add a mailbox' }).click();
      const form = mailboxes.form();
      await form.getByLabel('E-mail address').fill(address);
      await page.keyboard.press('Tab');
      await form.getByText('Found in your provider’s own settings').waitFor();
      await form.getByText('Sign in with your provider').click();
      const { endpoints } = provider.login;
      await form.getByLabel('Authorization address').fill(endpoints.authorization);
      await form.getByLabel('Token address').fill(endpoints.token);
      await form.getByLabel('Device code address').fill(endpoints.device);
      await form.getByLabel('Revocation address').fill(endpoints.revocation ?? '');
      await form.getByLabel('Scope').fill(endpoints.scope);
      await form.getByLabel('Client id').fill('client-1');
      await form.getByLabel(way).check();
      if (way === 'In this browser') await look(page, 'mailboxes', 'sign-in');
      await agree(page, provider.login);
      await form.getByText(`Signed in as ${address}. Save to keep it.`).waitFor();
      await form.getByRole('button', { name: 'Test', exact: true }).click();
      await form.getByText('Sending (SMTP): works').waitFor();
      await form.getByRole('button', { name: 'Save' }).click();
      await mailboxes.card(address).waitFor();
      expect(engine.services.mailboxes.list({ limit: 10, sort: 'name' }).items).toMatchObject([{ address, oauth: { provider: 'custom', account: address } }]);
      expect(provider.login.revoked).toEqual([]);

      // Signed in anew and left without saving: the consent goes back, the one in use stays.
      await page.getByRole('button', { name: 'Add a mailbox' }).click();
      await form.getByLabel('E-mail address').fill('other@example.com');
      await page.keyboard.press('Tab');
      await form.getByText('Found in your provider’s own settings').waitFor();
      await form.getByText('Sign in with your provider').click();
      expect(await form.getByLabel('Token address').inputValue()).toBe(endpoints.token);
      await form.getByLabel(way).check();
      await agree(page, provider.login);
      await form.getByText('Signed in as other@example.com. Save to keep it.').waitFor();
      await form.getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(() => provider.login.revoked.length).toBe(1);
    },
    120_000,
  );
});
