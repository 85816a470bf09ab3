import type { DomainCheck } from '../../../shared/schemas/domain-health.ts';
import type { Provider } from '../../../shared/providers.ts';
import type { DnsResolver } from '../ports.ts';

/** RFC 7208 section 4.6.4: more look-ups than this are a permanent error. */
const maxLookups = 10;
/** Where counting stops: a record that leads in a circle never ends. */
const stopAt = 40;

interface Walk {
  lookups: number;
  readonly visited: Set<string>;
  /** Names that were not answered. */
  readonly open: string[];
  /** Included names without exactly one SPF record: a permanent error (section 5.2). */
  readonly broken: string[];
}

const isSpf = (record: string): boolean => /^v=spf1( |$)/i.test(record);

/**
 * Checks the SPF record of a domain (RFC 7208). SPF is not inherited: only the domain itself counts. `provider` runs the
 * sending server and must be named; where it is not known, `likely` only serves to suggest a record where there is none.
 */
export async function checkSpf(dns: DnsResolver, domain: string, provider: Provider | null, likely: Provider | null = null): Promise<DomainCheck> {
  const answer = await dns.txt(domain);
  const check = (state: DomainCheck['state'], summary: string, more: Partial<DomainCheck> = {}): DomainCheck => ({
    check: 'spf',
    state,
    summary,
    todo: null,
    found: [],
    suggested: [],
    ...more,
  });
  if (answer.kind === 'unknown') return check('unknown', `The records of ${domain} could not be looked up (${answer.cause}).`);
  const found = answer.kind === 'found' ? answer.records.filter(isSpf) : [];
  const include = (provider ?? likely)?.spf[0];
  const suggest = (value: string): DomainCheck['suggested'] => [{ type: 'TXT', name: domain, value }];
  const [record] = found;
  if (record === undefined) {
    return check('problem', `${domain} has no SPF record, so receivers cannot tell which servers may send for it.`, {
      todo: 'Add one TXT record.',
      suggested: suggest(include === undefined ? 'v=spf1 mx ~all' : `v=spf1 include:${include} ~all`),
    });
  }
  if (found.length > 1) {
    return check('problem', `${domain} has ${found.length} SPF records. Receivers then ignore them all.`, {
      todo: 'Replace them by one.',
      found,
      suggested: suggest(merged(found)),
    });
  }

  if (/^v=spf1\s+-all$/i.test(record.trim())) {
    return check('problem', 'The SPF record says that no server at all may send for this domain.', {
      todo: 'Name your sending servers in it.',
      found,
      suggested: suggest(include === undefined ? 'v=spf1 mx ~all' : `v=spf1 include:${include} ~all`),
    });
  }
  const walk: Walk = { lookups: 0, visited: new Set([domain]), open: [], broken: [] };
  const all = await follow(dns, record, walk);
  const covered = provider === null || provider.spf.length === 0 || provider.spf.some((name) => walk.visited.has(name));
  if (!covered && walk.open.length === 0 && include !== undefined) {
    return check('problem', `The SPF record does not name ${provider?.name ?? 'the provider'}, which sends the mail of this mailbox.`, {
      todo: 'Add the include to the record.',
      found,
      suggested: suggest(withInclude(record, include)),
    });
  }
  if (walk.lookups > maxLookups) {
    return check('problem', `The SPF record needs ${walk.lookups >= stopAt ? `more than ${stopAt}` : walk.lookups} DNS look-ups, and receivers stop at ${maxLookups}.`, {
      todo: 'Remove includes of services that no longer send for you.',
      found,
    });
  }
  if (walk.broken.length > 0) {
    return check('problem', `The SPF record refers to ${walk.broken.join(', ')}, where there is no single SPF record. Receivers take that for an error.`, {
      todo: 'Remove or correct these includes.',
      found,
    });
  }
  if (walk.open.length > 0) return check('unknown', `The SPF record refers to ${walk.open.join(', ')}, which could not be looked up.`, { found });
  if (all !== '~' && all !== '-') {
    return check('problem', all === '+' ? 'The SPF record lets every server send for this domain.' : 'The SPF record does not say what to do with other servers.', {
      todo: 'End it with ~all.',
      found,
      suggested: suggest(`${record.replace(/\s+[+?]?all\b.*$/i, '').trim()} ~all`),
    });
  }
  if (provider === null || provider.spf.length === 0)
    return check('ok', `There is one SPF record, with ${walk.lookups} of ${maxLookups} look-ups. Whether it names your sending server cannot be told from here.`, { found });
  return check('ok', `The SPF record names ${provider.name} and needs ${walk.lookups} of ${maxLookups} look-ups.`, { found });
}

/** Follows includes and redirects; returns the qualifier of the `all` that decides, null = there is none. */
async function follow(dns: DnsResolver, record: string, walk: Walk): Promise<string | null> {
  const terms = record.toLowerCase().split(/\s+/).slice(1);
  let all: string | null = null;
  for (const term of terms) {
    const [, qualifier = '', name = '', value = ''] = /^([+~?-]?)([a-z0-9]+)(?:[:=/](.*))?$/.exec(term) ?? [];
    if (name === 'all') all ??= qualifier === '' ? '+' : qualifier;
    if (['a', 'mx', 'ptr', 'exists'].includes(name)) walk.lookups += 1;
    if (name === 'include') await enter(dns, value, walk);
  }
  const target = /(?:^|\s)redirect=(\S+)/i.exec(record)?.[1];
  // A redirect counts only where no `all` stands (section 6.1).
  return all === null && target !== undefined ? enter(dns, target.toLowerCase(), walk) : all;
}

async function enter(dns: DnsResolver, name: string, walk: Walk): Promise<string | null> {
  walk.lookups += 1;
  if (walk.lookups >= stopAt) return null;
  // A macro depends on the mail itself.
  if (name.includes('%')) return null;
  walk.visited.add(name);
  const answer = await dns.txt(name);
  if (answer.kind === 'unknown') walk.open.push(name);
  const records = answer.kind === 'found' ? answer.records.filter(isSpf) : [];
  const [record] = records;
  if (answer.kind !== 'unknown' && (record === undefined || records.length > 1)) walk.broken.push(name);
  return record === undefined ? null : follow(dns, record, walk);
}

function merged(records: readonly string[]): string {
  const terms = records.flatMap((record) => record.split(/\s+/).slice(1)).filter((term) => !/^[+~?-]?all$/i.test(term));
  return ['v=spf1', ...new Set(terms), '~all'].join(' ');
}

function withInclude(record: string, include: string): string {
  const [version = 'v=spf1', ...terms] = record.split(/\s+/);
  return [version, `include:${include}`, ...terms].join(' ');
}
