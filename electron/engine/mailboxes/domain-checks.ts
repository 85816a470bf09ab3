import { getDomain } from 'tldts';
import type { DomainCheck } from '../../../shared/schemas/domain-health.ts';
import type { Provider } from '../../../shared/providers.ts';
import type { DnsResolver } from '../ports.ts';

/** Selectors that many set-ups use; a key there is a hint, its absence proves nothing. */
const usualSelectors = ['default', 'dkim', 'mail', 'k1', 's1', 's2', 'selector1', 'google'];

/** The domain below a public suffix (RFC 7489 section 3.2): `mail.example.co.uk` → `example.co.uk`. */
export function organisationalDomain(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}

/** Checks where mail for the domain goes (RFC 5321 section 5.1): without it no reply arrives. */
export async function checkMx(dns: DnsResolver, domain: string): Promise<DomainCheck> {
  const check = (state: DomainCheck['state'], summary: string, more: Partial<DomainCheck> = {}): DomainCheck => ({
    check: 'mx',
    state,
    summary,
    todo: null,
    found: [],
    suggested: [],
    ...more,
  });
  const answer = await dns.mx(domain);
  if (answer.kind === 'unknown') return check('unknown', `The MX records of ${domain} could not be looked up (${answer.cause}).`);
  if (answer.kind === 'none') return check('problem', `${domain} has no MX record: replies may not arrive.`, { todo: 'Add the MX records that your provider states.' });
  const found = answer.records.map(({ host, priority }) => `${priority} ${host === '' ? '.' : host}`);
  // A null MX (RFC 7505).
  if (answer.records.every(({ host }) => host === '' || host === '.'))
    return check('problem', `${domain} says that it takes no mail: replies cannot arrive, and many receivers refuse its mail.`, {
      todo: 'Replace the null MX by the MX records of your provider.',
      found,
    });
  return check('ok', 'Mail for this domain is taken by the hosts below.', { found });
}

/** Checks the DMARC policy (RFC 7489): a subdomain without one falls back to its organisational domain. */
export async function checkDmarc(dns: DnsResolver, domain: string): Promise<DomainCheck> {
  const check = (state: DomainCheck['state'], summary: string, more: Partial<DomainCheck> = {}): DomainCheck => ({
    check: 'dmarc',
    state,
    summary,
    todo: null,
    found: [],
    suggested: [],
    ...more,
  });
  const organisation = organisationalDomain(domain);
  for (const name of new Set([domain, organisation])) {
    const answer = await dns.txt(`_dmarc.${name}`);
    if (answer.kind === 'unknown') return check('unknown', `The DMARC record at _dmarc.${name} could not be looked up (${answer.cause}).`);
    const found = answer.kind === 'found' ? answer.records.filter((record) => /^v=DMARC1\s*(;|$)/i.test(record)) : [];
    const [record] = found;
    if (record === undefined) continue;
    if (found.length > 1)
      return check('problem', `There are ${found.length} DMARC records at _dmarc.${name}. Receivers then ignore them all.`, { todo: 'Keep one of them.', found });
    const tags = new Map(record.split(';').map((tag) => tag.split('=').map((part) => part.trim().toLowerCase()) as [string, string | undefined]));
    const policy = (name === domain ? undefined : tags.get('sp')) ?? tags.get('p');
    if (policy === undefined || !['none', 'quarantine', 'reject'].includes(policy)) {
      return check('problem', 'The DMARC record states no valid policy.', {
        todo: 'Give it p=none, p=quarantine or p=reject.',
        found,
        suggested: [{ type: 'TXT', name: `_dmarc.${name}`, value: `v=DMARC1; p=none; rua=mailto:dmarc-reports@${name}` }],
      });
    }
    const from = name === domain ? '' : ` It is that of ${name}.`;
    if (policy === 'none') return check('ok', `The DMARC policy is "none": mail that fails the checks is only reported.${from} Large receivers ask for at least this.`, { found });
    return check('ok', `The DMARC policy is "${policy}": mail that fails both SPF and DKIM is ${policy === 'reject' ? 'refused' : 'put into spam'}.${from}`, { found });
  }
  return check('problem', `${organisation} has no DMARC policy, which large receivers ask senders for.`, {
    todo: 'Add one TXT record. It changes nothing for your mail and asks receivers for reports; strengthen it later. The address for the reports must exist.',
    suggested: [{ type: 'TXT', name: `_dmarc.${organisation}`, value: `v=DMARC1; p=none; rua=mailto:dmarc-reports@${organisation}` }],
  });
}

/**
 * Checks the DKIM keys of a domain (RFC 6376 section 3.6). Selectors cannot be listed, so only `keyNames` learnt from
 * own mail (`selector._domainkey.domain`) prove anything; without any, keys under usual selectors are a hint.
 */
export async function checkDkim(dns: DnsResolver, domain: string, keyNames: readonly string[], provider: Provider | null): Promise<DomainCheck> {
  const check = (state: DomainCheck['state'], summary: string, more: Partial<DomainCheck> = {}): DomainCheck => ({
    check: 'dkim',
    state,
    summary,
    todo: null,
    found: [],
    suggested: [],
    ...more,
  });
  const learnt = keyNames.length > 0;
  const names = learnt ? keyNames : [...new Set([...(provider?.dkim ?? []), ...usualSelectors])].map((selector) => `${selector}._domainkey.${domain}`);
  const keys = await Promise.all(names.map(async (name) => ({ name, answer: await dns.txt(name) })));
  const found: string[] = [];
  const wanting: string[] = [];
  const open: string[] = [];
  for (const { name, answer } of keys) {
    const record = answer.kind === 'found' ? answer.records.find((text) => /(^|;)\s*p\s*=/i.test(text)) : undefined;
    if (answer.kind === 'unknown') open.push(name);
    // An empty p= says that the key was withdrawn (section 3.6.1).
    else if (record === undefined || /(^|;)\s*p\s*=\s*(;|$)/i.test(record)) wanting.push(name);
    else found.push(`${name}  ${record}`);
  }
  if (!learnt) {
    const unsure = 'Whether your mail is signed is not known yet: Homing learns it from a mail of yours that came back; "Test with a mail to itself" sends one.';
    return found.length > 0 ? check('unknown', `${unsure} A key stands in DNS, so signing is probably set up.`, { found }) : check('unknown', unsure);
  }
  if (found.length > 0 && wanting.length === 0) return check('ok', 'Your mail is signed, and the key stands in DNS.', { found });
  if (found.length > 0) return check('ok', `Your mail is signed, and a key stands in DNS. An older one is gone: ${wanting.join(', ')}.`, { found });
  if (open.length > 0) return check('unknown', `The key at ${open.join(', ')} could not be looked up.`);
  return check('problem', `Your mail is signed, but the key to check it is missing or withdrawn: ${wanting.join(', ')}.`, {
    todo: 'Add the DKIM record that your provider shows in its settings for the domain, under exactly this name.',
  });
}

/**
 * The names of the keys that signed these own messages for `domain` or its organisational domain (the alignment that
 * DMARC asks for, RFC 7489 section 3.1.1), as they stand in DNS. Messages whose From is another domain are not looked at.
 */
export function learnKeyNames(messages: Iterable<Uint8Array | string>, domain: string): string[] {
  const organisation = organisationalDomain(domain);
  const names = new Set<string>();
  for (const message of messages) {
    const text = typeof message === 'string' ? message : Buffer.from(message.buffer, message.byteOffset, Math.min(message.byteLength, headLimit)).toString('latin1');
    const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
    const fields = text
      .slice(0, end)
      .replace(/\r?\n[ \t]+/g, ' ')
      .split(/\r?\n/);
    const from = fields.find((field) => /^from:/i.test(field)) ?? '';
    if (!from.toLowerCase().includes(`@${domain}`)) continue;
    for (const field of fields) {
      if (!/^dkim-signature\s*:/i.test(field)) continue;
      const tag = (name: string): string => new RegExp(`[:;]\\s*${name}\\s*=\\s*([^;\\s]+)`, 'i').exec(field)?.[1]?.toLowerCase() ?? '';
      const [signer, selector] = [tag('d'), tag('s')];
      if (/^[a-z0-9._-]{1,63}$/.test(selector) && /^[a-z0-9.-]{1,253}$/.test(signer) && organisationalDomain(signer) === organisation)
        names.add(`${selector}._domainkey.${signer}`);
    }
  }
  return [...names];
}

/** Header fields stand at the start; what comes later is not looked at. */
const headLimit = 64 * 1024;
