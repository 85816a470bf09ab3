import type { FailedCall } from '../../../shared/schemas/task.ts';
import type { Events } from '../events/index.ts';
import { backoffMs } from '../lib/backoff.ts';
import { hour, minute, second, type Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Random } from '../lib/random.ts';
import type { Logger, Network } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';

/** A call that a fact causes. The body is written with the fact and never changes. */
export interface WebhookCall {
  /** The same key never makes a second call. */
  readonly uniqueKey: string;
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly campaignId: string;
  readonly enrolmentId: string;
  readonly contactId: string;
  readonly stepId: string;
}

export interface Webhooks {
  /** Writes the call into the transaction of the fact that causes it; it is made soon after the commit. */
  queue(tx: Tx, call: WebhookCall): void;
  /** Makes the calls that are due, a few at a time. Never throws. */
  run(): Promise<void>;
  /** Calls that were given up, newest first. */
  failed(): FailedCall[];
  /** A call that was given up is tried again. Returns false when there is none. */
  retry(id: string): boolean;
  /** Ends a call under way; it is made again after the next start. */
  stop(): void;
}

interface Row {
  readonly id: string;
  readonly url: string;
  readonly body: string;
  readonly attempts: number;
  readonly campaignId: string | null;
  readonly enrolmentId: string | null;
  readonly contactId: string | null;
  readonly stepId: string | null;
}

const timeLimitMs = 10 * second;
const atOnce = 4;
/** About a day and a half with this back-off. */
const tries = 12;
const backoff = { firstMs: minute, capMs: 6 * hour };

/**
 * Outgoing webhooks as rows of their own: POST with a JSON body and an `Idempotency-Key`, at least once. An answer of
 * 2xx ends it; anything else, and no answer within ten seconds, is tried again with back-off and then given up, which
 * "Needs you" tells. Redirects are not followed: the address is the one that a person wrote.
 */
export function createWebhooks(deps: { store: Store; events: Events; clock: Clock; ids: Ids; random: Random; log: Logger; fetch: Network['fetch'] }): Webhooks {
  const { store, events, clock, ids, random, log } = deps;
  const abort = new AbortController();
  let running = false;

  async function attempt({ id, url, body }: Row): Promise<{ ok: boolean; answer: string }> {
    try {
      const response = await deps.fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', 'idempotency-key': id, 'user-agent': 'Homing' },
        body,
        signal: AbortSignal.any([abort.signal, AbortSignal.timeout(timeLimitMs)]),
      });
      await response.body?.cancel();
      return { ok: response.ok, answer: `${response.status} ${response.statusText}`.trim() };
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      return { ok: false, answer: timedOut ? 'No answer within ten seconds' : reasonOf(error) };
    }
  }

  function settle(row: Row, { ok, answer }: { ok: boolean; answer: string }): void {
    const now = clock.now();
    const attempts = row.attempts + 1;
    const given = !ok && attempts >= tries;
    store.transaction((tx) => {
      const nextAt = ok || given ? now : now + backoffMs(backoff, attempts, random);
      tx.prepare(`update webhook_calls set state = ?, attempts = ?, next_at = ?, answer = ?, updated_at = ? where id = ? and state = 'planned'`).run(
        ok ? 'sent' : given ? 'failed' : 'planned',
        attempts,
        nextAt,
        answer.slice(0, 300),
        now,
        row.id,
      );
      if (!given) return;
      const { campaignId, enrolmentId, contactId, stepId } = row;
      events.append(tx, { type: 'webhook_failed', actor: 'server', reason: answer.slice(0, 300), campaignId, enrolmentId, contactId, stepId });
    });
  }

  async function makeDueCalls(): Promise<void> {
    while (!abort.signal.aborted) {
      const due = store
        .prepareRead(
          `select id, url, body, attempts, campaign_id as campaignId, enrolment_id as enrolmentId, contact_id as contactId, step_id as stepId
           from webhook_calls where state = 'planned' and next_at <= +? order by next_at limit ${atOnce}`,
        )
        .all(clock.now()) as Row[];
      if (due.length === 0) return;
      await Promise.all(
        due.map(async (row) => {
          const outcome = await attempt(row);
          if (!abort.signal.aborted) settle(row, outcome);
        }),
      );
    }
  }

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    try {
      await makeDueCalls();
    } catch (error) {
      log.error({ err: error }, 'webhooks could not be sent; the next look tries again');
    } finally {
      running = false;
    }
  }

  return {
    queue(tx, { uniqueKey, url, body, campaignId, enrolmentId, contactId, stepId }) {
      const now = clock.now();
      tx.prepare(
        `insert or ignore into webhook_calls (id, unique_key, url, body, state, next_at, campaign_id, enrolment_id, contact_id, step_id, created_at, updated_at)
         values (?, ?, ?, ?, 'planned', ?, ?, ?, ?, ?, ?, ?)`,
      ).run(ids.next(), uniqueKey, url, JSON.stringify(body), now, campaignId, enrolmentId, contactId, stepId, now, now);
      tx.afterCommit(() => void run());
    },
    run,
    failed: () =>
      store
        .prepareRead(
          `select id, url, answer, attempts, campaign_id as campaignId, contact_id as contactId, updated_at as failedAt from webhook_calls where state = 'failed' order by updated_at desc limit 200`,
        )
        .all() as FailedCall[],
    retry(id) {
      const again = store.transaction((tx) =>
        tx.prepare(`update webhook_calls set state = 'planned', attempts = 0, next_at = ?, updated_at = ? where id = ? and state = 'failed'`).run(clock.now(), clock.now(), id),
      );
      if (again.changes > 0) void run();
      return again.changes > 0;
    },
    stop: () => abort.abort(),
  };
}

/** `fetch failed` says nothing; what lies beneath does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
