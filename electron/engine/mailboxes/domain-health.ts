import { AppError } from '../../../shared/errors.ts';
import { familyOf, presetOfHost, presetOfMx, providerOfDomain, type Provider } from '../../../shared/providers.ts';
import { domainHealthSchema, type DomainCheck, type DomainHealth } from '../../../shared/schemas/domain-health.ts';
import type { Events } from '../events/index.ts';
import { day, type Clock } from '../lib/clock.ts';
import type { Logger, Network } from '../ports.ts';
import type { Store } from '../store/index.ts';
import type { MailboxRow } from './rows.ts';
import { checkSpf } from './spf.ts';

/** Older key names make room: a domain that rotates its keys never gathers more. */
const maxKeyNames = 8;

interface StoredHealth {
  readonly checkedAt: number;
  readonly keyNames: string[];
  readonly checks: DomainCheck[];
}

// The list of public suffixes that the checks need is large: it is loaded with the first check.
const loadChecks = () => import('./domain-checks.ts');

export type DomainHealthService = ReturnType<typeof createDomainHealth>;

/** What DNS says about the domains that mail is sent from. Only DNS is asked: no block lists, no web services. */
export function createDomainHealth(deps: { store: Store; events: Events; clock: Clock; log: Logger; network: Network; find: (id: string) => MailboxRow | null }) {
  const { store, events, clock, log, network } = deps;
  const running = new Map<string, Promise<void>>();

  function need(id: string): { row: MailboxRow; domain: string } {
    const row = deps.find(id);
    if (row === null) throw new AppError('not_found', 'This mailbox does not exist any more.');
    const address = row.sendAs ?? row.address;
    return { row, domain: address.slice(address.lastIndexOf('@') + 1).toLowerCase() };
  }

  function stored(domain: string): StoredHealth | null {
    const found = store.prepareRead('select checked_at, selectors, report from domain_health where domain = ?').get(domain) as
      { checked_at: number; selectors: string; report: string } | undefined;
    if (found === undefined) return null;
    const checks = domainHealthSchema.shape.checks.safeParse((JSON.parse(found.report) as { checks?: unknown }).checks);
    return { checkedAt: found.checked_at, keyNames: JSON.parse(found.selectors) as string[], checks: checks.data ?? [] };
  }

  function get(id: string): DomainHealth {
    const { domain } = need(id);
    const known = stored(domain);
    const checkedAt = known === null || known.checkedAt === 0 ? null : known.checkedAt;
    return { domain, checkedAt, stale: checkedAt === null || clock.now() - checkedAt > day, managed: providerOfDomain(domain) !== null, checks: known?.checks ?? [] };
  }

  /** Keeps key names beside what is known; returns whether any was new. */
  function keep(domain: string, names: readonly string[]): boolean {
    const known = stored(domain)?.keyNames ?? [];
    const fresh = names.filter((name) => !known.includes(name));
    if (fresh.length === 0) return false;
    store.transaction((tx) =>
      tx
        .prepare(
          `insert into domain_health (domain, checked_at, selectors, report) values (?, 0, ?, '{}')
           on conflict (domain) do update set selectors = excluded.selectors`,
        )
        .run(domain, JSON.stringify([...fresh, ...known].slice(0, maxKeyNames))),
    );
    return true;
  }

  async function look(id: string): Promise<void> {
    const { row, domain } = need(id);
    const { dns } = network;
    const { checkDkim, checkDmarc, checkMx } = await loadChecks();
    const server = presetOfHost(row.smtp.host);
    const answer = await dns.mx(domain);
    const taker = answer.kind === 'found' ? presetOfMx(answer.records.map(({ host }) => host)) : null;
    const sender: Provider | null = server ?? taker;
    const own = row.dkim === null ? [] : [`${row.dkim.selector}._domainkey.${row.dkim.domain}`];
    const keyNames = [...new Set([...own, ...(stored(domain)?.keyNames ?? [])])];
    const checks = await Promise.all([checkSpf(dns, domain, server, taker), checkDkim(dns, domain, keyNames, sender), checkDmarc(dns, domain), checkMx(dns, domain)]);
    store.transaction((tx) => {
      tx.prepare(
        `insert into domain_health (domain, checked_at, report) values (?, ?, ?)
         on conflict (domain) do update set checked_at = excluded.checked_at, report = excluded.report`,
      ).run(domain, clock.now(), JSON.stringify({ checks }));
      if (sender !== null) tx.prepare('update mailboxes set provider = ? where id = ? and provider is null').run(familyOf(sender), id);
      const states = Object.fromEntries(checks.map(({ check, state }) => [check, state]));
      events.append(tx, { type: 'domain_checked', actor: 'engine', mailboxId: id, data: { domain, ...states } });
    });
  }

  /** Asks DNS now. Two callers at once share one look. */
  async function check(id: string): Promise<DomainHealth> {
    const { domain } = need(id);
    const begun = running.get(domain) ?? look(id).finally(() => running.delete(domain));
    running.set(domain, begun);
    await begun;
    return get(id);
  }

  return {
    get,
    check,
    /** In the background, for a mailbox that was just added. */
    checkLater(id: string): void {
      check(id).catch((error: unknown) => log.warn({ err: error, mailboxId: id }, 'the domain could not be checked'));
    },
    /** Learns from own mail, as it lies in Sent or came back, which DKIM keys sign for the domain of the mailbox. */
    async learn(id: string, messages: Iterable<Uint8Array | string>): Promise<void> {
      const { domain } = need(id);
      const { learnKeyNames } = await loadChecks();
      if (keep(domain, learnKeyNames(messages, domain)) && stored(domain)?.checkedAt !== 0) void check(id).catch(() => undefined);
    },
  };
}
