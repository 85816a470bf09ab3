import type { AddressVerdict } from '../../../shared/schemas/address-check.ts';
import { day } from '../lib/clock.ts';
import { isFreeMail } from '../lib/free-mail.ts';
import type { DnsResolver } from '../ports.ts';
import type { Tx } from '../store/index.ts';
import { checkAddress, type MailAnswer } from './address-check.ts';
import type { ContactsDeps } from './deps.ts';
import { checkColumns } from './rows.ts';

/** A domain that takes mail goes on to; one that takes none may be new tomorrow. */
const keptMs = { ok: 14 * day, problem: day } as const;
const atOnce = 20;
/** Failures in a row after which the resolver counts as out of reach. */
const givesUpAfter = 5;

export type AddressChecks = ReturnType<typeof createAddressChecks>;

/** Checks stored addresses: what they say themselves, and whether DNS knows who takes mail for their domain. No mail server is ever asked. */
export function createAddressChecks({ store, clock, dns }: Pick<ContactsDeps, 'store' | 'clock' | 'dns'>) {
  let failed = 0;
  let trusted = true;

  // RFC 5321 section 5.1: without MX the address record takes the mail; RFC 7505: an MX of "." says that nobody does.
  async function ask(resolver: Pick<DnsResolver, 'mx' | 'addresses'>, domain: string, signal: AbortSignal): Promise<MailAnswer> {
    const mx = await resolver.mx(domain, signal).catch(() => ({ kind: 'unknown' as const }));
    if (mx.kind === 'found') return mx.records.some(({ host }) => host !== '' && host !== '.') ? 'ok' : 'problem';
    if (mx.kind === 'unknown') return 'unknown';
    const addresses = await resolver.addresses(domain, signal).catch(() => ({ kind: 'unknown' as const }));
    return addresses.kind === 'found' ? 'ok' : addresses.kind === 'none' ? 'problem' : 'unknown';
  }

  function stored(domains: readonly string[]): Map<string, MailAnswer> {
    const rows = store
      .prepareRead('select domain, takes_mail as takesMail, checked_at as checkedAt from mail_domains where domain in (select value from json_each(?))')
      .all(JSON.stringify(domains)) as { domain: string; takesMail: number; checkedAt: number }[];
    const known = rows.map((row) => ({ ...row, answer: row.takesMail === 1 ? ('ok' as const) : ('problem' as const) }));
    return new Map(known.filter(({ answer, checkedAt }) => clock.now() - checkedAt < keptMs[answer]).map(({ domain, answer }) => [domain, answer]));
  }

  /** What DNS says of each domain, from what is remembered where it can. A resolver that does not answer is not asked on. */
  async function answersOf(domains: readonly string[], signal: AbortSignal): Promise<Map<string, MailAnswer>> {
    const known = stored(domains);
    const queue = domains.filter((domain) => !known.has(domain));
    const fresh = new Map<string, MailAnswer>();
    const worker = async (): Promise<void> => {
      for (let domain = queue.pop(); dns !== undefined && domain !== undefined && trusted && failed < givesUpAfter && !signal.aborted; domain = queue.pop()) {
        const answer = await ask(dns, domain, signal);
        // A network that knows no mail server of a free-mail provider answers for nobody (a captive portal, a filter).
        if (answer === 'problem' && isFreeMail(domain)) trusted = false;
        failed = answer === 'unknown' ? failed + 1 : 0;
        if (answer !== 'unknown') fresh.set(domain, answer);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker));
    if (!trusted) fresh.clear();
    if (fresh.size > 0)
      store.transaction((tx) => {
        for (const [domain, answer] of fresh)
          tx.prepare(
            'insert into mail_domains (domain, takes_mail, checked_at) values (?, ?, ?) on conflict (domain) do update set takes_mail = excluded.takes_mail, checked_at = excluded.checked_at',
          ).run(domain, answer === 'ok' ? 1 : 0, clock.now());
      });
    return new Map([...known, ...fresh]);
  }

  return {
    /** Before a run: a resolver that was out of reach is asked again. */
    begin() {
      failed = 0;
      trusted = true;
    },
    /** Checks these people and stores what was found. Returns how many look risky or undeliverable, `write` having the last word in the same transaction. */
    async check(contactIds: readonly string[], signal: AbortSignal, write: (tx: Tx, troubled: number) => void): Promise<void> {
      const people = store
        .prepareRead(`select id, email, domain, verdict, address_check ->> '$.checkedAt' as checkedAt from contacts where id in (select value from json_each(?))`)
        .all(JSON.stringify(contactIds)) as { id: string; email: string; domain: string; verdict: AddressVerdict | null; checkedAt: number | null }[];
      const answers = await answersOf([...new Set(people.map(({ domain }) => domain))], signal);
      store.transaction((tx) => {
        let troubled = 0;
        for (const { id, email, domain, verdict: before, checkedAt } of people) {
          const answer = answers.get(domain);
          // No answer takes nothing away from an earlier one.
          if (answer === undefined && checkedAt !== null) {
            if (isTrouble(before)) troubled += 1;
            continue;
          }
          const found = checkAddress(email, answer, answer === undefined ? null : clock.now());
          if (isTrouble(found.verdict)) troubled += 1;
          const { verdict, addressCheck } = checkColumns(found);
          // Only while the address is the one that was looked at.
          tx.prepare('update contacts set verdict = ?, address_check = ? where id = ? and email = ?').run(verdict, addressCheck, id, email);
        }
        write(tx, troubled);
      });
    },
  };
}

function isTrouble(verdict: AddressVerdict | null): boolean {
  return verdict === 'risky' || verdict === 'undeliverable';
}
