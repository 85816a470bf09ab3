import { XMLParser } from 'fast-xml-parser';
import { AppError } from '../../../shared/errors.ts';
import { presetOfHost, presetOfMx, providerOfDomain, type Provider } from '../../../shared/providers.ts';
import type { Discovery, ServerCandidate } from '../../../shared/schemas/discovery.ts';
import { parseAddress, type Address } from '../lib/address.ts';
import type { Network } from '../ports.ts';
import { isNear } from './input.ts';

type Server = ServerCandidate['smtp'];
type Security = 'tls' | 'starttls';
type Side = 'smtp' | 'imap';

const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

/**
 * Finds the servers of an address: known provider of its domain, else known provider of its MX hosts, the domain's own
 * settings document, SRV records (RFC 6186, RFC 8314), and only when none of these knows, usual names that answer.
 * Throws AppError validation when the address is none, and cancelled, at once, when `signal` is aborted.
 */
export async function discoverServers(reach: Network, text: string, signal?: AbortSignal): Promise<Discovery> {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new AppError('validation', `${parsed.error}.`, { fields: { address: parsed.error } });
  const address = parsed.value;
  const network = until(reach, signal);
  const known = providerOfDomain(address.domain);
  if (known !== null) return { address: address.email, candidates: [fromProvider(known, address, 'preset', address.domain)] };

  const mx = await network.dns.mx(address.domain);
  const mxHosts = mx.kind === 'found' ? mx.records.map(({ host }) => host) : [];
  refuseAborted(signal);
  const told = await Promise.all([Promise.resolve(byMx(mxHosts, address)), byAutoconfig(network, address), bySrv(network, address)]);
  refuseAborted(signal);
  const candidates = distinct(told.filter((candidate) => candidate !== null));
  if (candidates.length > 0) return { address: address.email, candidates };
  const guessed = await byGuess(network, address, mxHosts);
  refuseAborted(signal);
  return { address: address.email, candidates: guessed === null ? [] : [guessed] };
}

/** The same network, whose questions end with the signal. */
function until(network: Network, signal: AbortSignal | undefined): Network {
  const { dns } = network;
  return {
    ...network,
    dns: { ...dns, mx: (name) => dns.mx(name, signal), srv: (name) => dns.srv(name, signal) },
    getDocument: (url) => network.getDocument(url, signal),
    greets: (host, port, security, near) => network.greets(host, port, security, near, signal),
  };
}

/** What an aborted look-up did not find says nothing. */
function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('cancelled', 'The search for the servers was given up.');
}

function fromProvider(provider: Provider, address: Address, source: 'preset' | 'mx', foundAt: string): ServerCandidate {
  const user = provider.login === 'local' ? address.local : address.email;
  return { source, foundAt, provider: provider.id, name: provider.name, smtp: { ...provider.smtp, user }, imap: { ...provider.imap, user } };
}

function byMx(hosts: readonly string[], address: Address): ServerCandidate | null {
  const provider = presetOfMx(hosts);
  return provider === null ? null : fromProvider(provider, address, 'mx', hosts[0] ?? address.domain);
}

function distinct(candidates: readonly ServerCandidate[]): ServerCandidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ smtp, imap }) => {
    const key = JSON.stringify([smtp, imap].map((server) => server && [server.host, server.port]));
    return !seen.has(key) && seen.add(key);
  });
}

async function byAutoconfig(network: Network, address: Address): Promise<ServerCandidate | null> {
  const { domain, email } = address;
  const urls = [`https://autoconfig.${domain}/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(email)}`, `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`];
  const found = await Promise.all(urls.map(async (url) => ({ url, document: await network.getDocument(url) })));
  for (const { url, document } of found) {
    const config = document === null ? null : readAutoconfig(document, address);
    if (config === null) continue;
    return { source: 'autoconfig', foundAt: new URL(url).origin, provider: presetOfHost(config.smtp.host)?.id ?? null, ...config };
  }
  return null;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  isArray: (name) => name === 'incomingServer' || name === 'outgoingServer',
});

/**
 * Reads Mozilla's settings document (config-v1.1): the first encrypted SMTP and IMAP server each, placeholders filled
 * in. Null when it is none or names no encrypted SMTP server.
 */
export function readAutoconfig(document: string, address: Address): Pick<ServerCandidate, 'name' | 'smtp' | 'imap'> | null {
  // Own entities have no place in it, and expanding them is how a small document becomes a large one.
  if (/<!DOCTYPE/i.test(document)) return null;
  let root: unknown;
  try {
    root = parser.parse(document);
  } catch {
    return null;
  }
  const provider = child(child(root, 'clientConfig'), 'emailProvider');
  const smtp = firstServer(child(provider, 'outgoingServer'), 'smtp', address);
  if (smtp === null) return null;
  return { name: textOf(child(provider, 'displayName')).slice(0, 120), smtp, imap: firstServer(child(provider, 'incomingServer'), 'imap', address) };
}

function child(value: unknown, name: string): unknown {
  const node = Array.isArray(value) ? (value as unknown[])[0] : value;
  return typeof node === 'object' && node !== null && Object.hasOwn(node, name) ? (node as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  const inner = child(value, '#text');
  return typeof inner === 'string' ? inner.trim() : '';
}

function firstServer(list: unknown, type: Side, address: Address): Server | null {
  for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
    if (textOf(child(entry, '@type')).toLowerCase() !== type) continue;
    const host = filled(textOf(child(entry, 'hostname')), address).toLowerCase();
    const port = Number(textOf(child(entry, 'port')));
    const security = { SSL: 'tls', TLS: 'tls', STARTTLS: 'starttls' }[textOf(child(entry, 'socketType')).toUpperCase()] as Security | undefined;
    if (security === undefined || !hostName.test(host) || !Number.isInteger(port) || port < 1 || port > 65535) continue;
    // eslint-disable-next-line no-control-regex -- a line break in a user name is refused
    const user = filled(textOf(child(entry, 'username')), address).replace(/[\u0000-\u001f\u007f]/g, '');
    return { host, port, security, user: user === '' || user.length > 320 ? address.email : user };
  }
  return null;
}

function filled(text: string, { email, local, domain }: Address): string {
  return text
    .replaceAll('%EMAILADDRESS%', () => email)
    .replaceAll('%EMAILLOCALPART%', () => local)
    .replaceAll('%EMAILDOMAIN%', () => domain);
}

const services: Readonly<Record<Side, readonly (readonly [name: string, security: Security])[]>> = {
  smtp: [
    ['_submissions._tcp', 'tls'],
    ['_submission._tcp', 'starttls'],
  ],
  imap: [
    ['_imaps._tcp', 'tls'],
    ['_imap._tcp', 'starttls'],
  ],
};

async function bySrv(network: Network, address: Address): Promise<ServerCandidate | null> {
  const ask = async (side: Side): Promise<{ server: Server; foundAt: string } | null> => {
    const answers = await Promise.all(services[side].map(([name]) => network.dns.srv(`${name}.${address.domain}`)));
    for (const [index, [name, security]] of services[side].entries()) {
      const answer = answers[index];
      const record = answer?.kind === 'found' ? answer.records[0] : undefined;
      // A target of "." says that the service is not offered (RFC 6186 section 3.4).
      if (record === undefined || !hostName.test(record.host.replace(/\.$/, ''))) continue;
      return { server: { host: record.host.replace(/\.$/, ''), port: record.port, security, user: address.email }, foundAt: `${name}.${address.domain}` };
    }
    return null;
  };
  const [smtp, imap] = await Promise.all([ask('smtp'), ask('imap')]);
  if (smtp === null) return null;
  return { source: 'srv', foundAt: smtp.foundAt, provider: presetOfHost(smtp.server.host)?.id ?? null, name: '', smtp: smtp.server, imap: imap?.server ?? null };
}

/** Usual ports, the better encryption first. */
const usual: Readonly<Record<Side, readonly (readonly [port: number, security: Security])[]>> = {
  smtp: [
    [465, 'tls'],
    [587, 'starttls'],
  ],
  imap: [
    [993, 'tls'],
    [143, 'starttls'],
  ],
};

async function byGuess(network: Network, address: Address, mxHosts: readonly string[]): Promise<ServerCandidate | null> {
  const { domain, email } = address;
  const near = isNear(domain);
  const first = async (side: Side): Promise<Server | null> => {
    const hosts = [...new Set([`${side}.${domain}`, `mail.${domain}`, domain, ...mxHosts.slice(0, 1).filter((host) => hostName.test(host))])];
    const tries = hosts.flatMap((host) => usual[side].map(([port, security]) => ({ host, port, security, user: email })));
    const answers = await Promise.all(tries.map(({ host, port, security }) => network.greets(host, port, security, near)));
    return tries.find((_, index) => answers[index] === true) ?? null;
  };
  const [smtp, imap] = await Promise.all([first('smtp'), first('imap')]);
  if (smtp === null) return null;
  return { source: 'guess', foundAt: smtp.host, provider: presetOfHost(smtp.host)?.id ?? null, name: '', smtp, imap };
}
