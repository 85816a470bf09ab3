import { createServer as createTcp, type AddressInfo } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { discoverServers } from '../../electron/engine/mailboxes/autoconfig.ts';
import { createNetwork, isPrivateAddress } from '../../electron/engine/mailboxes/network.ts';
import type { Network } from '../../electron/engine/ports.ts';
import { until } from '../support/engine.ts';
import { startDnsServer, type Zone } from '../support/dns-server.ts';
import { makeCertificate, startHttpsServer, type Certificate } from '../support/https-server.ts';

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate(['example.com', '*.example.com']);
});

const settings = (smtpHost = 'smtp.host.example.org', more = '') => `<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="example.com"><domain>example.com</domain><displayName>Example &amp; Sons</displayName>
<incomingServer type="pop3"><hostname>pop.host.example.org</hostname><port>995</port><socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username></incomingServer>
<outgoingServer type="smtp"><hostname>plain.host.example.org</hostname><port>25</port><socketType>plain</socketType></outgoingServer>
<outgoingServer type="smtp"><hostname>${smtpHost}</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username></outgoingServer>${more}
</emailProvider></clientConfig>`;

/** The network as the app has it, on a DNS and an HTTPS server of our own. */
async function standIn(zone: Zone, pages: Record<string, string | { status: number; location?: string; body?: string }> = {}) {
  const dns = await startDnsServer(zone);
  const requests: string[] = [];
  const httpsPort = await startHttpsServer(certificate, (request, response) => {
    const where = `${request.headers.host?.split(':')[0] ?? ''}${request.url ?? ''}`;
    requests.push(where);
    const page = pages[where.split('?')[0] ?? ''];
    if (page === undefined) return void response.writeHead(404).end();
    if (page === 'SILENT') return;
    if (typeof page === 'string') return void response.writeHead(200, { 'content-type': 'text/xml' }).end(page);
    response.writeHead(page.status, page.location === undefined ? {} : { location: page.location }).end(page.body ?? '');
  });
  const network = createNetwork({ dnsServers: () => [dns.address], standIn: { httpsPort, ca: certificate.cert } });
  return { dns, requests, network };
}

const here = { A: ['127.0.0.1'] };

test('a known domain is answered from the table, without any look-up', async () => {
  const { dns, network } = await standIn({});
  const { candidates } = await discoverServers(network, 'Mara@GMail.com');
  expect(candidates).toMatchObject([
    { source: 'preset', provider: 'gmail', smtp: { host: 'smtp.gmail.com', port: 465, security: 'tls', user: 'mara@gmail.com' }, imap: { host: 'imap.gmail.com' } },
  ]);
  expect(dns.asked).toEqual([]);
});

test('a domain of your own is known by its MX hosts, before what its settings document says', async () => {
  const { network } = await standIn(
    { 'example.com': { MX: ['20 alt1.aspmx.l.google.com', '10 aspmx.l.google.com'] }, 'autoconfig.example.com': here },
    { 'autoconfig.example.com/mail/config-v1.1.xml': settings() },
  );
  const { candidates } = await discoverServers(network, 'mara@example.com');
  expect(candidates.map(({ source, provider, foundAt }) => [source, provider, foundAt])).toEqual([
    ['mx', 'gmail', 'aspmx.l.google.com'],
    ['autoconfig', null, 'https://autoconfig.example.com'],
  ]);
});

describe('the settings document of the domain', () => {
  test('is read at autoconfig., with its placeholders filled in; servers without encryption are passed over', async () => {
    const { network, requests } = await standIn({ 'autoconfig.example.com': here }, { 'autoconfig.example.com/mail/config-v1.1.xml': settings() });
    const { candidates } = await discoverServers(network, 'mara+x@example.com');
    expect(candidates).toEqual([
      {
        ...{ source: 'autoconfig', foundAt: 'https://autoconfig.example.com', provider: null, name: 'Example & Sons' },
        smtp: { host: 'smtp.host.example.org', port: 587, security: 'starttls', user: 'mara+x@example.com' },
        imap: { host: 'imap.example.com', port: 993, security: 'tls', user: 'mara+x' },
      },
    ]);
    expect(requests).toContain('autoconfig.example.com/mail/config-v1.1.xml?emailaddress=mara%2Bx%40example.com');
  });

  test('is read at the well-known place, following a redirect to another HTTPS address', async () => {
    const { network } = await standIn(
      { 'example.com': here, 'settings.example.com': here },
      {
        'example.com/.well-known/autoconfig/mail/config-v1.1.xml': { status: 302, location: 'https://settings.example.com/mail.xml' },
        'settings.example.com/mail.xml': settings('smtp.fastmail.com'),
      },
    );
    expect((await discoverServers(network, 'mara@example.com')).candidates).toMatchObject([{ source: 'autoconfig', provider: 'fastmail', smtp: { host: 'smtp.fastmail.com' } }]);
  });

  test.each([
    ['leads away from HTTPS', { status: 302, location: 'http://example.com/mail.xml' }],
    ['leads to a file', { status: 302, location: 'file:///etc/passwd' }],
    ['leads to another port', { status: 302, location: 'https://example.com:8443/mail.xml' }],
    ['leads in a circle', { status: 302, location: '/.well-known/autoconfig/mail/config-v1.1.xml' }],
    ['is far too large', { status: 200, body: `${settings()}<!--${'x'.repeat(300_000)}-->` }],
    ['is nested without end', { status: 200, body: '<a>'.repeat(60_000) }],
    ['is no XML', { status: 200, body: '{"not": "xml"}' }],
    ['brings entities of its own', { status: 200, body: settings().replace('<clientConfig', '<!DOCTYPE x [<!ENTITY a "smtp.evil.example.org">]><clientConfig') }],
    ['names a server that is none', { status: 200, body: settings('localhost:25/x') }],
    ['is an error page', { status: 500, body: settings() }],
  ])('counts as absent when it %s', async (_why, page) => {
    const { network } = await standIn({ 'example.com': here }, { 'example.com/.well-known/autoconfig/mail/config-v1.1.xml': page });
    expect((await discoverServers(network, 'mara@example.com')).candidates.filter(({ source }) => source === 'autoconfig')).toEqual([]);
  });

  test('is not asked for at a private address, whatever the name says', async () => {
    const { dns } = await standIn({ 'example.com': here, 'autoconfig.example.com': { A: ['10.0.0.7'], AAAA: ['::1'] } });
    const network = createNetwork({ dnsServers: () => [dns.address] });
    expect(await network.getDocument('https://autoconfig.example.com/mail/config-v1.1.xml')).toBeNull();
    expect(await network.getDocument('https://127.0.0.1/')).toBeNull();
    expect(await network.greets('example.com', 465, 'tls', false)).toBe(false);
  });
});

test('SRV records say where to submit and to read (RFC 6186, RFC 8314); a dot means not offered', async () => {
  const { network } = await standIn({
    '_submissions._tcp.example.com': { SRV: ['0 0 0 .'] },
    '_submission._tcp.example.com': { SRV: ['20 1 587 late.example.org', '10 1 587 smtp.example.org'] },
    '_imaps._tcp.example.com': { SRV: ['0 1 993 imap.example.org'] },
    '_imap._tcp.example.com': { SRV: ['0 1 143 old.example.org'] },
  });
  expect((await discoverServers(network, 'mara@example.com')).candidates).toEqual([
    {
      ...{ source: 'srv', foundAt: '_submission._tcp.example.com', provider: null, name: '' },
      smtp: { host: 'smtp.example.org', port: 587, security: 'starttls', user: 'mara@example.com' },
      imap: { host: 'imap.example.org', port: 993, security: 'tls', user: 'mara@example.com' },
    },
  ]);
});

describe('when the sources disagree', () => {
  const srv = { SRV: ['0 1 465 smtp.srv.example.org'] };
  const page = { 'example.com/.well-known/autoconfig/mail/config-v1.1.xml': settings('smtp.well-known.example.org') };
  const told = async (zone: Zone, address = 'mara@example.com') => {
    const { network } = await standIn(zone, page);
    return (await discoverServers(network, address)).candidates.map(({ source, foundAt, smtp }) => [source, foundAt, smtp.host]);
  };

  test('the settings document wins over SRV records; the other one is told with where it was found', async () => {
    expect(await told({ 'example.com': here, '_submissions._tcp.example.com': srv })).toEqual([
      ['autoconfig', 'https://example.com', 'smtp.well-known.example.org'],
      ['srv', '_submissions._tcp.example.com', 'smtp.srv.example.org'],
    ]);
  });

  test('the provider that takes the mail of the domain wins over both', async () => {
    expect(await told({ 'example.com': { ...here, MX: ['10 in1-smtp.messagingengine.com'] }, '_submissions._tcp.example.com': srv })).toEqual([
      ['mx', 'in1-smtp.messagingengine.com', 'smtp.fastmail.com'],
      ['autoconfig', 'https://example.com', 'smtp.well-known.example.org'],
      ['srv', '_submissions._tcp.example.com', 'smtp.srv.example.org'],
    ]);
  });

  test('a known domain is asked nothing, whatever it would say', async () => {
    expect(await told({ 'gmx.net': here, '_submissions._tcp.gmx.net': srv }, 'mara@gmx.net')).toEqual([['preset', 'gmx.net', 'mail.gmx.net']]);
  });

  test('autoconfig. of the domain wins over its well-known place, and what is the same is told once', async () => {
    const zone = {
      'example.com': here,
      'autoconfig.example.com': here,
      '_submission._tcp.example.com': { SRV: ['0 1 587 smtp.first.example.org'] },
      '_imaps._tcp.example.com': { SRV: ['0 1 993 imap.example.com'] },
    };
    const { network } = await standIn(zone, { ...page, 'autoconfig.example.com/mail/config-v1.1.xml': settings('smtp.first.example.org') });
    expect((await discoverServers(network, 'mara@example.com')).candidates).toMatchObject([{ source: 'autoconfig', foundAt: 'https://autoconfig.example.com' }]);
  });
});

describe('given up by who asked', () => {
  const gaveUp = { code: 'cancelled' };

  test.each([
    ['a name server that does not answer', { 'example.com': 'SILENT' }],
    ['a web server that does not answer', { 'autoconfig.example.com': here }],
    ['a mail server that does not greet', { 'mail.example.com': here }],
  ] as const)('it waits no longer for %s', async (_what, zone: Zone) => {
    const { dns, network, requests } = await standIn(zone, { 'autoconfig.example.com/mail/config-v1.1.xml': 'SILENT' });
    const silent = createTcp((socket) => void socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    let probes = 0;
    const greets: Network['greets'] = (host, _port, _security, near, signal) => {
      probes += 1;
      return network.greets(host, port, 'starttls', near, signal);
    };
    const [mine, others] = [new AbortController(), new AbortController()];
    const search = (signal: AbortSignal) => discoverServers({ ...network, greets }, 'mara@example.com', signal);
    const gaveUpFirst = search(mine.signal).catch((error: unknown) => error);
    const waiting = search(others.signal).catch(() => 'the one that goes on');
    await until(() => (zone['example.com'] === 'SILENT' ? dns.asked.length > 1 : requests.length + probes > 1), 'both wait for an answer');
    mine.abort();
    expect(await Promise.race([gaveUpFirst, waiting])).toMatchObject(gaveUp);
    others.abort();
    await waiting;
  });

  test('it asks nothing when it was given up before', async () => {
    const { dns, network } = await standIn({});
    await expect(discoverServers(network, 'mara@example.com', AbortSignal.abort())).rejects.toMatchObject(gaveUp);
    expect(dns.asked).toEqual([]);
  });
});

test('when nobody knows, the usual names that answer are tried, the better encryption first', async () => {
  const { network } = await standIn({ 'mail.example.com': here });
  const answering = new Set(['smtp.example.com:587:starttls', 'mail.example.com:465:tls', 'mail.example.com:587:starttls', 'mail.example.com:143:starttls']);
  const tried: string[] = [];
  const greets: Network['greets'] = (host, port, security, near) => {
    tried.push(`${host}:${port}:${security}`);
    expect(near).toBe(false);
    return Promise.resolve(answering.has(`${host}:${port}:${security}`));
  };
  const { candidates } = await discoverServers({ ...network, greets }, 'mara@example.com');
  expect(candidates).toMatchObject([
    { source: 'guess', foundAt: 'smtp.example.com', smtp: { host: 'smtp.example.com', port: 587 }, imap: { host: 'mail.example.com', port: 143, security: 'starttls' } },
  ]);
  expect(new Set(tried).size).toBe(tried.length);
});

test('nothing found is an empty answer; an address that is none is an error that names its field', async () => {
  const { network } = await standIn({});
  expect(await discoverServers(network, 'mara@example.com')).toEqual({ address: 'mara@example.com', candidates: [] });
  await expect(discoverServers(network, 'mara')).rejects.toMatchObject({ code: 'validation', data: { fields: { address: expect.any(String) as string } } });
});

test('a probe wants a valid certificate for TLS, and a greeting before STARTTLS', async () => {
  const { network } = await standIn({ 'mail.example.com': here, 'mail.example.net': here });
  const tlsPort = await startHttpsServer(certificate, () => undefined);
  expect(await network.greets('mail.example.com', tlsPort, 'tls', false)).toBe(true);
  expect(await network.greets('mail.example.net', tlsPort, 'tls', false)).toBe(false);
  for (const [greeting, expected] of [
    ['220 mail.example.com ESMTP\r\n', true],
    ['* OK ready\r\n', true],
    ['SSH-2.0-nothing\r\n', false],
  ] as const) {
    const server = createTcp((socket) => void socket.on('error', () => undefined).end(greeting));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    expect(await network.greets('mail.example.com', (server.address() as AddressInfo).port, 'starttls', false)).toBe(expected);
  }
});

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.20.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '::1',
  '::',
  'fd00::1',
  'fe80::1',
  '::ffff:10.0.0.1',
  'nonsense',
])('%s is no public address', (address) => expect(isPrivateAddress(address)).toBe(true));
test.each(['93.184.216.34', '2606:2800:220:1::1', '::ffff:93.184.216.34'])('%s is public', (address) => expect(isPrivateAddress(address)).toBe(false));

test('no answer is not "nothing there"', async () => {
  const { network } = await standIn({ 'broken.example.com': 'SERVFAIL', 'example.com': { TXT: [`v=spf1 ${'a'.repeat(300)}`] } });
  expect(await network.dns.txt('broken.example.com')).toMatchObject({ kind: 'unknown' });
  expect(await network.dns.txt('absent.example.com')).toEqual({ kind: 'none' });
  expect(await network.dns.mx('example.com')).toEqual({ kind: 'none' });
  expect(await network.dns.txt('example.com')).toEqual({ kind: 'found', records: [`v=spf1 ${'a'.repeat(300)}`] });
});
