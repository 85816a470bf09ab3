import { describe, expect, test } from 'vitest';
import { createMailboxes, createNetwork } from '../../electron/engine/mailboxes/index.ts';
import { learnKeyNames } from '../../electron/engine/mailboxes/domain-checks.ts';
import { mailboxInputSchema } from '../../shared/schemas/mailbox.ts';
import type { DomainCheck } from '../../shared/schemas/domain-health.ts';
import { startDnsServer, type Zone } from '../support/dns-server.ts';
import { plainSecrets } from '../support/secrets.ts';
import { openTestBase } from '../support/store.ts';

const noServers = () => Promise.reject(new Error('not asked'));

/** A mailbox whose domain is looked up at a DNS server of our own. */
async function open(zone: Zone, more: { address?: string; host?: string } = {}) {
  const dns = await startDnsServer(zone);
  const base = openTestBase();
  const network = createNetwork({ dnsServers: () => [dns.address] });
  const mailboxes = createMailboxes({ ...base, vault: plainSecrets(base.store), transports: { openSmtp: noServers, openInbox: noServers }, network });
  const { id } = mailboxes.create(
    mailboxInputSchema.parse({
      name: 'Sales',
      address: more.address ?? 'sales@example.com',
      smtp: { host: more.host ?? 'smtp.example.com', port: 465, security: 'tls' },
      calendar: { zone: 'UTC', windows: [] },
    }),
  );
  const checks = async () => Object.fromEntries((await mailboxes.health.check(id)).checks.map((each) => [each.check, each])) as Record<DomainCheck['check'], DomainCheck>;
  return { ...base, dns, mailboxes, id, checks };
}

describe('SPF (RFC 7208)', () => {
  const google = '_spf.google.com';
  const spf = async (records: string[], more: Zone = {}, host = 'smtp.gmail.com') =>
    (await (await open({ 'example.com': { TXT: ['site-verification=1', ...records] }, [google]: { TXT: ['v=spf1 ip4:192.0.2.0/24 ~all'] }, ...more }, { host })).checks()).spf;
  const suggested = (check: DomainCheck) => check.suggested.map(({ type, name, value }) => `${type} ${name} ${value}`);

  test('one record that names the provider and ends in ~all or -all is fine', async () => {
    expect(await spf([`v=spf1 include:${google} ~all`])).toMatchObject({ state: 'ok', todo: null, found: [`v=spf1 include:${google} ~all`] });
    expect(await spf([`v=spf1 mx include:${google} -all`])).toMatchObject({ state: 'ok' });
    expect(await spf([`v=spf1 redirect=${google}`])).toMatchObject({ state: 'ok' });
  });

  test('none: the record of the provider is suggested', async () => {
    const check = await spf([]);
    expect(check.state).toBe('problem');
    expect(suggested(check)).toEqual([`TXT example.com v=spf1 include:${google} ~all`]);
  });

  test('two are an error for receivers: one that holds both is suggested', async () => {
    const check = await spf([`v=spf1 include:${google} ~all`, 'v=spf1 ip4:198.51.100.1 -all']);
    expect(check.state).toBe('problem');
    expect(suggested(check)).toEqual([`TXT example.com v=spf1 include:${google} ip4:198.51.100.1 ~all`]);
  });

  test('the provider is missing: the include is added to the record as it stands', async () => {
    const check = await spf(['v=spf1 a mx -all']);
    expect(check.state).toBe('problem');
    expect(suggested(check)).toEqual([`TXT example.com v=spf1 include:${google} a mx -all`]);
  });

  test('the provider may stand behind another include', async () => {
    expect(await spf(['v=spf1 include:all.example.org ~all'], { 'all.example.org': { TXT: [`v=spf1 include:${google} -all`] } })).toMatchObject({ state: 'ok' });
  });

  test('more than ten look-ups are too many, those of includes counted', async () => {
    const many = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`s${i}.example.org`, { TXT: ['v=spf1 a mx ~all'] }]));
    const check = await spf(
      [
        `v=spf1 ${Object.keys(many)
          .map((name) => `include:${name}`)
          .join(' ')} include:${google} ~all`,
      ],
      many,
    );
    expect(check).toMatchObject({ state: 'problem', summary: expect.stringContaining('16 DNS look-ups') as string });
  });

  test('a record that includes itself ends', async () => {
    expect(await spf([`v=spf1 include:${google} include:example.com ~all`])).toMatchObject({ state: 'problem' });
  });

  test.each([`v=spf1 include:${google}`, `v=spf1 include:${google} ?all`, `v=spf1 include:${google} +all`, `v=spf1 include:${google} all`])(
    '%j leaves other servers allowed',
    async (record) => {
      const check = await spf([record]);
      expect(check.state).toBe('problem');
      expect(suggested(check)).toEqual([`TXT example.com v=spf1 include:${google} ~all`]);
    },
  );

  test('an include without a record is an error; one that was not answered leaves the question open', async () => {
    expect(await spf([`v=spf1 include:${google} include:gone.example.org ~all`])).toMatchObject({
      state: 'problem',
      summary: expect.stringContaining('gone.example.org') as string,
    });
    expect(await spf([`v=spf1 include:down.example.org ~all`], { 'down.example.org': 'SERVFAIL' })).toMatchObject({ state: 'unknown' });
  });

  test('with servers that nobody knows, a good record is good and its limits are said', async () => {
    expect(await spf(['v=spf1 ip4:192.0.2.1 -all'], {}, 'smtp.example.com')).toMatchObject({ state: 'ok', summary: expect.stringContaining('cannot be told') as string });
  });

  test('who takes the mail of the domain need not be who sends it: that is only suggested', async () => {
    const MX = ['1 aspmx.l.google.com'];
    const own = await open({ 'example.com': { MX, TXT: ['v=spf1 ip4:192.0.2.1 -all'] } });
    expect((await own.checks()).spf).toMatchObject({ state: 'ok', suggested: [] });
    const none = await open({ 'example.com': { MX } });
    expect((await none.checks()).spf).toMatchObject({ state: 'problem', suggested: [{ value: `v=spf1 include:${google} ~all` }] });
  });

  test('a subdomain has none of its own: that of the parent does not count', async () => {
    const { checks } = await open({ 'example.com': { TXT: ['v=spf1 -all'] }, 'news.example.com': { MX: ['10 mx.example.com'] } }, { address: 'a@news.example.com' });
    expect((await checks()).spf.state).toBe('problem');
  });
});

describe('DMARC (RFC 7489)', () => {
  const dmarc = async (zone: Zone, address = 'a@example.com') => (await (await open({ 'example.com': {}, ...zone }, { address })).checks()).dmarc;

  test('a policy is fine, "none" as well', async () => {
    expect(await dmarc({ '_dmarc.example.com': { TXT: ['v=DMARC1; p=reject'] } })).toMatchObject({ state: 'ok', summary: expect.stringContaining('refused') as string });
    expect(await dmarc({ '_dmarc.example.com': { TXT: ['v=DMARC1;p=none;rua=mailto:x@example.com'] } })).toMatchObject({
      state: 'ok',
      summary: expect.stringContaining('only reported') as string,
    });
  });

  test('a subdomain falls back to its organisational domain, and takes its sp', async () => {
    const zone: Zone = { 'mail.example.co.uk': {}, '_dmarc.example.co.uk': { TXT: ['v=DMARC1; p=none; sp=quarantine'] } };
    expect(await dmarc(zone, 'a@mail.example.co.uk')).toMatchObject({ state: 'ok', summary: expect.stringMatching(/quarantine.*example\.co\.uk/) as string });
  });

  test('none: a record that changes nothing is suggested, at the organisational domain', async () => {
    const check = await dmarc({ 'mail.example.com': {} }, 'a@mail.example.com');
    expect(check).toMatchObject({ state: 'problem', suggested: [{ type: 'TXT', name: '_dmarc.example.com', value: expect.stringMatching(/^v=DMARC1; p=none;/) as string }] });
  });

  test.each([[['v=DMARC1; p=none', 'v=DMARC1; p=reject']], [['v=DMARC1; rua=mailto:x@example.com']], [['v=DMARC1; p=maybe']]])('%j is a problem', async (TXT) => {
    expect((await dmarc({ '_dmarc.example.com': { TXT } })).state).toBe('problem');
  });

  test('no answer is unknown', async () => {
    expect(await dmarc({ '_dmarc.example.com': 'SERVFAIL' })).toMatchObject({ state: 'unknown', todo: null });
  });
});

describe('DKIM (RFC 6376)', () => {
  const key = 'v=DKIM1; k=rsa; p=MIGf';
  const signed = (d: string, s: string) =>
    `Received: by mx.example.net\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n\td=${d}; s=${s};\r\n h=from:to; bh=x=; b=y\r\nFrom: Sales <Sales@example.com>\r\n\r\nDKIM-Signature: v=1; d=example.com; s=inbody\r\n`;

  test('without a mail of our own nothing is claimed, a key that stands there is only a hint', async () => {
    expect((await (await open({ 'example.com': {} })).checks()).dkim).toMatchObject({ state: 'unknown', found: [] });
    expect((await (await open({ 'selector1._domainkey.example.com': { TXT: [key] } })).checks()).dkim).toMatchObject({
      state: 'unknown',
      found: [expect.stringContaining('selector1') as string],
    });
  });

  test('the selector is learnt from a mail that came back, and kept', async () => {
    const { mailboxes, id, checks, dns } = await open({ 'abc._domainkey.example.com': { TXT: [key] } });
    await mailboxes.health.learn(id, [Buffer.from(signed('example.com', 'abc'))]);
    expect((await checks()).dkim).toMatchObject({ state: 'ok', found: [expect.stringContaining('abc._domainkey.example.com') as string] });
    expect(dns.asked.filter((question) => question.includes('_domainkey'))).toEqual(['TXT abc._domainkey.example.com']);
  });

  test('a missing or withdrawn key of a known selector is a problem, no answer is not', async () => {
    for (const [zone, state] of [
      [{}, 'problem'],
      [{ 'abc._domainkey.example.com': { TXT: ['v=DKIM1; p='] } }, 'problem'],
      [{ 'abc._domainkey.example.com': 'SERVFAIL' }, 'unknown'],
    ] as const) {
      const { mailboxes, id, checks } = await open({ 'example.com': {}, ...zone });
      await mailboxes.health.learn(id, [signed('example.com', 'abc')]);
      expect((await checks()).dkim.state).toBe(state);
    }
  });

  test('only signatures of the domain or its organisation count, and only in the head of own mail', () => {
    const messages = [
      signed('mail.example.com', 'one'),
      signed('example.com', 'TWO'),
      signed('sendgrid.example.net', 'three'),
      signed('example.com', 'a b'),
      signed('example.com', 'two'),
    ];
    expect(learnKeyNames(messages, 'example.com')).toEqual(['one._domainkey.mail.example.com', 'two._domainkey.example.com', 'a._domainkey.example.com']);
    expect(learnKeyNames([signed('example.com', 'abc').replace('From: Sales <Sales@example.com>', 'From: a@example.org')], 'example.com')).toEqual([]);
  });
});

describe('MX', () => {
  const mx = async (zone: Zone) => (await (await open(zone)).checks()).mx;
  test('lists who takes the mail; none, or the null MX, means no replies', async () => {
    expect(await mx({ 'example.com': { MX: ['20 b.example.net', '10 a.example.net'] } })).toMatchObject({ state: 'ok', found: ['10 a.example.net', '20 b.example.net'] });
    expect(await mx({ 'example.com': {} })).toMatchObject({ state: 'problem' });
    expect(await mx({ 'example.com': { MX: ['0 .'] } })).toMatchObject({ state: 'problem', summary: expect.stringContaining('takes no mail') as string });
    expect(await mx({ 'example.com': 'SERVFAIL' })).toMatchObject({ state: 'unknown' });
  });
});

describe('the report', () => {
  test('is kept for a day, tells the provider of the mailbox, and leaves an event', async () => {
    const { mailboxes, id, clock, store } = await open({ 'example.com': { MX: ['1 example-com.mail.protection.outlook.com'], TXT: ['v=spf1 -all'] } });
    expect(mailboxes.health.get(id)).toEqual({ domain: 'example.com', checkedAt: null, stale: true, managed: false, checks: [] });
    expect(mailboxes.get(id).provider).toBeNull();
    const report = await mailboxes.health.check(id);
    expect(report).toMatchObject({ checkedAt: clock.now(), stale: false });
    expect(mailboxes.health.get(id)).toEqual(report);
    expect(mailboxes.get(id).provider).toBe('microsoft');
    clock.advance(25 * 3_600_000);
    expect(mailboxes.health.get(id).stale).toBe(true);
    expect(store.prepareRead(`select data from events where type = 'domain_checked'`).all()).toEqual([
      { data: JSON.stringify({ domain: 'example.com', spf: 'problem', dkim: 'unknown', dmarc: 'problem', mx: 'ok' }) },
    ]);
  });

  test('when no resolver answers, everything is unknown and nothing is a problem', async () => {
    const base = openTestBase();
    const network = createNetwork({ dnsServers: () => ['not an address'] });
    const mailboxes = createMailboxes({ ...base, vault: plainSecrets(base.store), transports: { openSmtp: noServers, openInbox: noServers }, network });
    const { id } = mailboxes.create(mailboxInputSchema.parse({ name: 'a', address: 'a@example.com', smtp: { host: 'smtp.gmail.com', port: 465, security: 'tls' } }));
    expect((await mailboxes.health.check(id)).checks.map(({ state }) => state)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  test('a domain of the provider is not the business of its user', async () => {
    const { mailboxes, id } = await open({}, { address: 'mara@gmail.com', host: 'smtp.gmail.com' });
    expect(mailboxes.health.get(id)).toMatchObject({ managed: true });
    expect(mailboxes.get(id).provider).toBe('gmail');
  });
});
