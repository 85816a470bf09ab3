import { promises as dns } from 'node:dns';
import { request } from 'node:https';
import { BlockList, connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { isLoopbackUrl } from '../lib/loopback.ts';
import type { DnsAnswer, DnsResolver, Network } from '../ports.ts';

/** Real time, ms. */
const dnsTimeoutMs = 2500;
const fetchLimitMs = 8000;
const probeLimitMs = 4000;
const maxDocumentBytes = 256 * 1024;
const maxRedirects = 3;

export interface NetworkOptions {
  /** Addresses of resolvers, with or without a port; empty = those of the system. */
  readonly dnsServers: () => readonly string[];
  /** Test stand-ins only: loopback counts as public, HTTPS goes to this port and trusts this authority. */
  readonly standIn?: { readonly httpsPort: number; readonly ca: string };
}

const notPublic = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  notPublic.addSubnet(net, prefix, 'ipv6');

/** Whether an address is one of this computer, its network or no single host at all (RFC 6890). */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address);
  return version === 0 || notPublic.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** The real network: DNS by the configured resolvers, HTTPS and probes that never reach into a private network by a name from outside. */
export function createNetwork(options: NetworkOptions): Network {
  const resolver = createDnsResolver(options.dnsServers);
  const { standIn } = options;

  async function publicAddresses(host: string, allowPrivate: boolean, signal?: AbortSignal): Promise<string[]> {
    if (isIP(host) !== 0) return allowPrivate || !isPrivateAddress(host) ? [host] : [];
    const found = await resolver.addresses(host, signal);
    if (found.kind !== 'found') return [];
    return found.records.filter((address) => allowPrivate || standIn !== undefined || !isPrivateAddress(address));
  }

  async function getDocument(url: URL, redirects: number, signal: AbortSignal): Promise<string | null> {
    if (url.protocol !== 'https:' || url.username !== '' || (url.port !== '' && url.port !== '443')) return null;
    const addresses = await publicAddresses(url.hostname, false, signal);
    if (addresses.length === 0) return null;
    const answer = await getOnce(url, addresses, signal);
    if (answer === null || !('location' in answer)) return answer?.body ?? null;
    if (redirects === 0 || !URL.canParse(answer.location, url.href)) return null;
    return getDocument(new URL(answer.location, url), redirects - 1, signal);
  }

  function getOnce(url: URL, addresses: readonly string[], signal: AbortSignal): Promise<{ body: string } | { location: string } | null> {
    // The address that was checked is the one connected to: a second look-up could answer otherwise.
    const lookup: LookupFunction = (_host, { all }, callback) => {
      const [first = ''] = addresses;
      if (all === true) callback(null, [{ address: first, family: isIP(first) }]);
      else callback(null, first, isIP(first));
    };
    return new Promise((resolve) => {
      const call = request(
        url,
        {
          lookup,
          signal,
          agent: false,
          headers: { accept: 'application/xml, text/xml', 'user-agent': 'Homing' },
          ...(standIn === undefined ? {} : { port: standIn.httpsPort, ca: standIn.ca }),
        },
        (response) => {
          const { statusCode = 0, headers } = response;
          if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
            response.destroy();
            resolve({ location: headers.location });
            return;
          }
          if (statusCode !== 200) {
            response.destroy();
            resolve(null);
            return;
          }
          const parts: Buffer[] = [];
          let size = 0;
          response.on('data', (part: Buffer) => {
            size += part.length;
            parts.push(part);
            if (size <= maxDocumentBytes) return;
            response.destroy();
            resolve(null);
          });
          response.on('end', () => resolve({ body: Buffer.concat(parts).toString('utf8') }));
          response.on('error', () => resolve(null));
        },
      );
      call.on('error', () => resolve(null));
      call.end();
    });
  }

  return {
    dns: resolver,
    fetch,
    modelFetch: fetch,
    getDocument: (url, signal) =>
      URL.canParse(url) ? getDocument(new URL(url), maxRedirects, AbortSignal.any([...given(signal), AbortSignal.timeout(fetchLimitMs)])) : Promise.resolve(null),
    async greets(host, port, security, allowPrivate, signal) {
      const [address] = await publicAddresses(host, allowPrivate, signal);
      if (address === undefined || signal?.aborted === true) return false;
      return security === 'tls' ? speaksTls(host, address, port, standIn?.ca, signal) : saysHello(address, port, signal);
    },
  };
}

function given(signal: AbortSignal | undefined): AbortSignal[] {
  return signal === undefined ? [] : [signal];
}

function within(socket: Socket, signal: AbortSignal | undefined, ready: (done: (ok: boolean) => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const giveUp = (): void => done(false);
    const done = (ok: boolean): void => {
      signal?.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(ok);
    };
    signal?.addEventListener('abort', giveUp);
    socket.setTimeout(probeLimitMs, giveUp);
    socket.once('error', giveUp);
    socket.once('close', giveUp);
    ready(done);
  });
}

function speaksTls(host: string, address: string, port: number, ca: string | undefined, signal: AbortSignal | undefined): Promise<boolean> {
  const socket = tlsConnect({ host: address, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...(ca === undefined ? {} : { ca }) });
  return within(socket, signal, (done) => socket.once('secureConnect', () => done(true)));
}

/** An SMTP (RFC 5321 section 3.1) or IMAP (RFC 3501 section 7.1) greeting. */
function saysHello(address: string, port: number, signal: AbortSignal | undefined): Promise<boolean> {
  const socket = connect({ host: address, port });
  return within(socket, signal, (done) => socket.once('data', (data) => done(/^(220[ -]|\* (OK|PREAUTH)\b)/.test(data.toString('latin1')))));
}

/** "No such name" and "no such record" are answers; everything else leaves the question open. */
function createDnsResolver(servers: () => readonly string[]): DnsResolver {
  async function ask<T>(query: (resolver: dns.Resolver) => Promise<T[]>, signal: AbortSignal | undefined): Promise<DnsAnswer<T>> {
    const resolver = new dns.Resolver({ timeout: dnsTimeoutMs, tries: 2 });
    const cancel = (): void => resolver.cancel();
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', cancel);
      const chosen = servers();
      if (chosen.length > 0) resolver.setServers([...chosen]);
      const records = await query(resolver);
      return records.length === 0 ? { kind: 'none' } : { kind: 'found', records };
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'ENODATA' || code === 'ENOTFOUND') return { kind: 'none' };
      return { kind: 'unknown', cause: code ?? String(error) };
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
  return {
    async mx(name, signal) {
      const answer = await ask((resolver) => resolver.resolveMx(name), signal);
      if (answer.kind !== 'found') return answer;
      const sorted = answer.records.toSorted((a, b) => a.priority - b.priority || a.exchange.localeCompare(b.exchange));
      return { kind: 'found', records: sorted.map(({ exchange, priority }) => ({ host: exchange.toLowerCase(), priority })) };
    },
    // Strings of one record belong together without a blank (RFC 7208 section 3.3, RFC 6376 section 3.6.2.2).
    txt: (name, signal) => ask(async (resolver) => (await resolver.resolveTxt(name)).map((parts) => parts.join('')), signal),
    async srv(name, signal) {
      const answer = await ask((resolver) => resolver.resolveSrv(name), signal);
      if (answer.kind !== 'found') return answer;
      const sorted = answer.records.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight);
      return { kind: 'found', records: sorted.map(({ name: host, port }) => ({ host: host.toLowerCase(), port })) };
    },
    async addresses(name, signal) {
      const [v4, v6] = await Promise.all([ask((resolver) => resolver.resolve4(name), signal), ask((resolver) => resolver.resolve6(name), signal)]);
      const records = [v4, v6].flatMap((answer) => (answer.kind === 'found' ? answer.records : []));
      if (records.length > 0) return { kind: 'found', records };
      return v4.kind === 'unknown' ? v4 : v6.kind === 'unknown' ? v6 : { kind: 'none' };
    },
  };
}

const nothingLeaves = 'Nothing leaves this workspace';

/** For a workspace from which nothing leaves: every question stays open. */
export const noNetwork: Network = {
  dns: {
    mx: () => Promise.resolve({ kind: 'unknown', cause: 'offline' }),
    txt: () => Promise.resolve({ kind: 'unknown', cause: 'offline' }),
    srv: () => Promise.resolve({ kind: 'unknown', cause: 'offline' }),
    addresses: () => Promise.resolve({ kind: 'unknown', cause: 'offline' }),
  },
  fetch: () => Promise.reject(new Error(nothingLeaves)),
  modelFetch: (url, options) => (isLoopbackUrl(url) ? fetch(url, options) : Promise.reject(new Error(nothingLeaves))),
  getDocument: () => Promise.resolve(null),
  greets: () => Promise.resolve(false),
};
