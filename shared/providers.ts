import table from '../resources/providers.json' with { type: 'json' };

export interface ProviderServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
}

/** What is known of a mail provider. It drifts, so it suggests and never decides: `resources/providers.json` says what each field means. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly family?: string;
  readonly domains: readonly string[];
  readonly mx: readonly string[];
  readonly hosts: readonly string[];
  readonly smtp: ProviderServer;
  readonly imap: ProviderServer;
  readonly login: 'address' | 'local';
  readonly signIn?: 'google' | 'microsoft';
  readonly password: 'usual' | 'app' | 'admin' | 'none' | 'bridge';
  /** Where an app password is made; absent = `help` says it. */
  readonly passwordPage?: string;
  readonly filesSent: boolean | null;
  readonly perDay: number | null;
  readonly spf: readonly string[];
  readonly dkim: readonly string[];
  readonly hint: string;
  readonly help: string;
}

export const providers = table.providers as readonly Provider[];

const byId = new Map(providers.map((provider) => [provider.id, provider]));
const byDomain = new Map(providers.flatMap((provider) => provider.domains.map((domain) => [domain, provider] as const)));
const byMx = new Map(providers.flatMap((provider) => provider.mx.map((suffix) => [suffix, provider] as const)));
const byHost = new Map(providers.flatMap((provider) => provider.hosts.map((suffix) => [suffix, provider] as const)));

/** The longest known ending of a host name decides. */
function endingIn(known: ReadonlyMap<string, Provider>, host: string): Provider | null {
  for (let name = host.toLowerCase().replace(/\.$/, ''); name !== ''; name = name.includes('.') ? name.slice(name.indexOf('.') + 1) : '') {
    const found = known.get(name);
    if (found !== undefined) return found;
  }
  return null;
}

export function providerById(id: string): Provider | null {
  return byId.get(id) ?? null;
}

/** The provider that gives out addresses of this domain. */
export function providerOfDomain(domain: string): Provider | null {
  return byDomain.get(domain.trim().toLowerCase()) ?? null;
}

/** The provider whose entry knows the first of these MX hosts, best preference first, that is known at all. */
export function presetOfMx(hosts: readonly string[]): Provider | null {
  for (const host of hosts) {
    const found = endingIn(byMx, host);
    if (found !== null) return found;
  }
  return null;
}

/** The provider that runs a mail server. */
export function presetOfHost(host: string): Provider | null {
  return endingIn(byHost, host);
}

/** One key for all entries of the same company: `outlook` and `microsoft` are both `microsoft`. */
export function familyOf(provider: Provider): string {
  return provider.family ?? provider.id;
}

/** Who takes the mail of a domain with these MX hosts (best preference first), as `mailboxes.provider` names it; null = not known. */
export function providerOfMx(hosts: readonly string[]): string | null {
  const found = presetOfMx(hosts);
  return found === null ? null : familyOf(found);
}

/** Who runs a mail server, as `mailboxes.provider` names it; null = not known. */
export function providerOfHost(host: string): string | null {
  const found = presetOfHost(host);
  return found === null ? null : familyOf(found);
}
