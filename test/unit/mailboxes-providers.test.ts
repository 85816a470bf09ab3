import { describe, expect, test } from 'vitest';
import { presetOfMx, providerById, providerOfDomain, providerOfHost, providerOfMx, providers } from '../../shared/providers.ts';
import { serverInputSchema } from '../../shared/schemas/mailbox.ts';

test('every preset is complete, and no name or ending belongs to two', () => {
  for (const provider of providers) {
    expect(serverInputSchema.safeParse(provider.smtp).success, provider.id).toBe(true);
    expect(serverInputSchema.safeParse(provider.imap).success, provider.id).toBe(true);
    expect(provider.hosts.length, provider.id).toBeGreaterThan(0);
    expect(provider.help, provider.id).toMatch(/^https:\/\//);
    if (provider.family !== undefined) expect(providerById(provider.family), provider.id).not.toBeNull();
    // The own servers lead back to it, unless they run on this computer.
    if (provider.smtp.host !== '127.0.0.1') expect(providerOfHost(provider.smtp.host), provider.id).toBe(provider.family ?? provider.id);
    for (const { security } of [provider.smtp, provider.imap]) expect(security, provider.id).not.toBe('none');
  }
  for (const field of ['domains', 'mx', 'hosts'] as const) {
    const names = providers.flatMap((provider) => provider[field]);
    expect(new Set(names).size, field).toBe(names.length);
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
  }
  expect(new Set(providers.map(({ id }) => id)).size).toBe(providers.length);
});

test.each(['gmail.com', 'icloud.com', 'yahoo.com', 'aol.com', 'fastmail.com', 'zoho.com', 'zohomail.eu', 'yandex.ru', 'mail.ru'])(
  '%s wants an app password, and the preset says how and where it is made',
  (domain) => {
    const provider = providerOfDomain(domain);
    expect(provider).toMatchObject({ password: 'app', hint: expect.stringMatching(/password/) as string, passwordPage: expect.stringMatching(/^https:\/\//) as string });
  },
);

describe('who runs it', () => {
  test.each([
    [['ASPMX.L.GOOGLE.COM.', 'alt1.aspmx.l.google.com'], 'gmail'],
    [['example-com.mail.protection.outlook.com'], 'microsoft'],
    [['example-com.q-v1.mx.microsoft'], 'microsoft'],
    [['hotmail-com.olc.protection.outlook.com'], 'microsoft'],
    [['mta5.am0.yahoodns.net'], 'yahoo'],
    [['mx00.kundenserver.de'], 'ionos'],
    [['mx.zoho.eu'], 'zoho'],
    [['in1-smtp.messagingengine.com'], 'fastmail'],
    // A filter in front hides who is behind it; the first known host counts.
    [['mx1.filter.example.com', 'mx1.mail.ovh.net'], 'ovh'],
    [['mx.example.com'], null],
    [['notgoogle.com', 'l.google.com.example.org'], null],
    [[], null],
  ])('MX %j is %j', (hosts, id) => {
    expect(providerOfMx(hosts)).toBe(id);
  });

  test('a server host and a domain', () => {
    expect(providerOfHost('smtp-mail.outlook.com')).toBe('microsoft');
    expect(providerOfHost('imap.example.org')).toBeNull();
    expect(providerOfDomain('GMail.com')?.id).toBe('gmail');
    expect(presetOfMx(['mx00.ionos.de'])?.smtp.host).toBe('smtp.ionos.de');
  });
});
