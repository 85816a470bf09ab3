import { familyOf, providerOfDomain, providerOfHost, providerOfMx } from '../../../shared/providers.ts';
import { day, type Clock } from '../lib/clock.ts';
import type { DnsResolver } from '../ports.ts';
import type { Store } from '../store/index.ts';

/** Who takes the mail of recipients' domains. */
export interface RecipientProviders {
  /** By domain; null = not known, or none of the providers that Homing knows. Never throws; a resolver that does not answer is not asked on. */
  of(domains: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
}

/** A domain moves seldom from one provider to another. */
const keptMs = 30 * day;
const atOnce = 20;
/** Failures in a row after which the resolver counts as out of reach. */
const givesUpAfter = 5;
/** Stored for a domain whose MX hosts belong to nobody that is known. */
const other = 'other';

/** Providers by domain as far as they are known without asking DNS. */
function storedProviders(store: Store, domains: readonly string[], checkedAfter: number): Map<string, string> {
  const rows = store
    .prepareRead('select domain, provider from domain_providers where domain in (select value from json_each(?)) and checked_at > ?')
    .all(JSON.stringify(domains), checkedAfter) as { domain: string; provider: string }[];
  return new Map(rows.map(({ domain, provider }) => [domain, provider]));
}

/** How many people are known to have their mail at a provider that none of the mailboxes is of: strict matching would hold them. Asks no DNS. */
export function peopleOfOtherProviders(
  store: Store,
  domains: readonly { readonly domain: string; readonly people: number }[],
  mailboxes: readonly { readonly provider: string | null; readonly smtpHost: string }[],
): number {
  const own = new Set(mailboxes.map(({ provider, smtpHost }) => provider ?? providerOfHost(smtpHost)));
  const known = storedProviders(
    store,
    domains.map(({ domain }) => domain),
    0,
  );
  return domains.reduce((sum, { domain, people }) => {
    const byName = providerOfDomain(domain);
    const provider = byName === null ? (known.get(domain) ?? other) : familyOf(byName);
    return provider === other || own.has(provider) ? sum : sum + people;
  }, 0);
}

export function createRecipientProviders(deps: { store: Store; clock: Clock; mx: DnsResolver['mx'] }): RecipientProviders {
  const { store, clock, mx } = deps;

  const stored = (domains: readonly string[]) => storedProviders(store, domains, clock.now() - keptMs);

  /** Asks for all domains, some at a time; those that got no answer are missing in what it returns. */
  async function lookUp(domains: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const queue = [...domains];
    let failed = 0;
    const ask = async (): Promise<void> => {
      for (let domain = queue.pop(); domain !== undefined && failed < givesUpAfter; domain = queue.pop()) {
        const answer = await mx(domain).catch(() => ({ kind: 'unknown' as const, cause: 'failed' }));
        failed = answer.kind === 'unknown' ? failed + 1 : 0;
        if (answer.kind === 'found') found.set(domain, providerOfMx(answer.records.map(({ host }) => host)) ?? other);
        else if (answer.kind === 'none') found.set(domain, other);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, ask));
    return found;
  }

  return {
    async of(domains) {
      const result = new Map<string, string | null>();
      const open = new Set<string>();
      for (const domain of domains) {
        const known = providerOfDomain(domain);
        if (known === null) open.add(domain);
        else result.set(domain, familyOf(known));
      }
      const cached = stored([...open]);
      const fresh = await lookUp([...open].filter((domain) => !cached.has(domain)));
      if (fresh.size > 0) {
        store.transaction((tx) => {
          for (const [domain, provider] of fresh)
            tx.prepare(
              'insert into domain_providers (domain, provider, checked_at) values (?, ?, ?) on conflict (domain) do update set provider = excluded.provider, checked_at = excluded.checked_at',
            ).run(domain, provider, clock.now());
        });
      }
      for (const domain of open) {
        const provider = fresh.get(domain) ?? cached.get(domain) ?? other;
        result.set(domain, provider === other ? null : provider);
      }
      return result;
    },
  };
}
