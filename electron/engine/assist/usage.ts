import type { AssistUsage } from '../../../shared/schemas/assist.ts';
import { day, type Clock } from '../lib/clock.ts';
import type { Store } from '../store/index.ts';

/** Minor units of a currency for a million tokens. */
export interface Price {
  readonly currency: string;
  readonly priceInput: number;
  readonly priceOutput: number;
}

/** Millionths of a minor unit. Pure. */
export function costOf({ priceInput, priceOutput }: Price, inputTokens: number, outputTokens: number): number {
  return Math.round(inputTokens * priceInput + outputTokens * priceOutput);
}

export interface Call {
  readonly feature: string;
  readonly provider: string;
  readonly model: string;
  /** `memory`, `store` = out of the cache; `none` = no model answered, and rules did. */
  readonly outcome: 'answer' | 'memory' | 'store' | 'failed' | 'cancelled' | 'none';
  readonly reason?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly tookMs?: number;
  /** What the host asks; absent = nothing. */
  readonly price?: Price;
}

const keptMs = 180 * day;
const pruneEvery = 500;

export type Usage = ReturnType<typeof createUsage>;

/** What models were asked, how long they took and how many tokens went by: a row per question, without any of its words. */
export function createUsage({ store, clock }: { store: Store; clock: Clock }) {
  let written = 0;

  return {
    note(call: Call): void {
      const { feature, provider, model, outcome, reason = null, inputTokens = 0, outputTokens = 0, tookMs = 0, price } = call;
      const cost = price === undefined ? 0 : costOf(price, inputTokens, outputTokens);
      store.transactionUnsynced((tx) => {
        tx.prepare(
          'insert into assist_calls (at, feature, provider, model, outcome, reason, input_tokens, output_tokens, took_ms, cost_micro, currency) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ).run(clock.now(), feature, provider, model, outcome, reason, inputTokens, outputTokens, Math.round(tookMs), cost, price?.currency ?? 'USD');
        if (written % pruneEvery === 0) tx.prepare('delete from assist_calls where at < ?').run(clock.now() - keptMs);
      });
      written += 1;
    },
    /** Sums of the last days, most used first. */
    sums(days: number): Pick<AssistUsage, 'days' | 'rows' | 'withoutModel'> & { hits: { memoryHits: number; storeHits: number; misses: number } } {
      const since = clock.now() - days * day;
      const rows = store
        .prepareRead(
          `with ranked as (
             select *, cume_dist() over (partition by feature, provider, model, outcome order by took_ms) as rank from assist_calls where at >= ?
           )
           select feature, provider, model,
             sum(outcome = 'answer') as answers, sum(outcome in ('memory', 'store')) as cached, sum(outcome = 'failed') as failed,
             sum(input_tokens) as inputTokens, sum(output_tokens) as outputTokens, sum(cost_micro) as costMicro, currency,
             round(avg(case when outcome = 'answer' then took_ms end)) as meanMs,
             min(case when outcome = 'answer' and rank >= 0.95 then took_ms end) as slowestMs
           from ranked where outcome <> 'none' group by feature, provider, model, currency order by answers + cached + failed desc`,
        )
        .all(since) as AssistUsage['rows'];
      const none = store.prepareRead(`select feature, count(*) as n from assist_calls where at >= ? and outcome = 'none' group by feature`).all(since) as {
        feature: string;
        n: number;
      }[];
      const hits = store
        .prepareRead(
          `select coalesce(sum(outcome = 'memory'), 0) as memoryHits, coalesce(sum(outcome = 'store'), 0) as storeHits, coalesce(sum(outcome = 'answer'), 0) as misses
           from assist_calls where at >= ? and feature <> 'test'`,
        )
        .get(since) as { memoryHits: number; storeHits: number; misses: number };
      return { days, rows, withoutModel: Object.fromEntries(none.map(({ feature, n }) => [feature, n])), hits };
    },
  };
}
