import type { AnswerClass } from '../../../shared/schemas/delivery.ts';
import type { RetryPolicy } from '../../../shared/schemas/settings.ts';
import type { Events } from '../events/index.ts';
import { backoffMs, retryBackoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Tx } from '../store/index.ts';

/** What somebody's server said about a recipient domain: live, or in a delayed notice or a bounce. */
export interface RemoteTrouble {
  readonly domain: string;
  readonly class: AnswerClass;
  readonly answer: string;
  /** What the answer named, ms. */
  readonly retryAfterMs?: number | null;
}

/** The circuit breaker of a recipient domain: closed without a row, open until `until`, then half-open until a message is accepted. */
export interface DomainTrouble {
  /** Backs the domain off where the class is about it and not about a person or a message. Returns until when, or null. */
  note(tx: Tx, trouble: RemoteTrouble): number | null;
  /** A message was accepted: a half-open domain closes. */
  proven(tx: Tx, domain: string): void;
}

const aboutTheDomain: ReadonlySet<AnswerClass> = new Set(['greylist', 'temporary', 'rate_limit', 'policy_block', 'auth']);

export function createDomainTrouble(deps: { events: Events; clock: Clock; random: Random; retryPolicy: () => RetryPolicy }): DomainTrouble {
  const { events, clock, random } = deps;
  return {
    note(tx, { domain, class: name, answer, retryAfterMs }) {
      if (domain === '' || !aboutTheDomain.has(name)) return null;
      const now = clock.now();
      const row = tx.prepare('select until, failures from domain_backoffs where domain = ?').get(domain) as { until: number; failures: number } | undefined;
      const open = row !== undefined && row.until > now;
      // What was in flight together fails together: one failure.
      const failures = open ? row.failures : (row?.failures ?? 0) + 1;
      const until = Math.max(row?.until ?? 0, now + backoffMs(retryBackoff(deps.retryPolicy()), failures, random, retryAfterMs ?? 0));
      tx.prepare(
        `insert into domain_backoffs (domain, until, failures, reason, answer, updated_at) values (@domain, @until, @failures, @reason, @answer, @now)
         on conflict (domain) do update set until = @until, failures = @failures, reason = @reason, answer = @answer, updated_at = @now`,
      ).run({ domain, until, failures, reason: name, answer: answer.slice(0, 1000), now });
      if (!open) events.append(tx, { type: 'domain_backoff', actor: 'server', reason: name, data: { domain, until, failures, answer: answer.slice(0, 300) } });
      return until;
    },
    proven(tx, domain) {
      const closed = tx.prepare('delete from domain_backoffs where domain = ? and until <= ?').run(domain, clock.now());
      if (closed.changes > 0) events.append(tx, { type: 'domain_recovered', actor: 'server', data: { domain } });
    },
  };
}
