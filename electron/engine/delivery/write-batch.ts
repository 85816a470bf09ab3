import type { Store, Tx } from '../store/index.ts';

/**
 * Groups small writes of one turn of the event loop into one durable transaction. A result resolves only after the
 * commit, so the `sending` mark is on disk before the first body byte, and the marks and results of many
 * connections share one flush. Each job stands behind a savepoint: one that throws rejects alone.
 */
export interface WriteBatch {
  run<T>(job: (tx: Tx) => T): Promise<T>;
  /** Commits what waits, now. */
  flush(): void;
}

interface Pending {
  readonly job: (tx: Tx) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export function createWriteBatch(store: Store): WriteBatch {
  let pending: Pending[] = [];

  function flush(): void {
    const jobs = pending;
    if (jobs.length === 0) return;
    pending = [];
    const results: ({ ok: true; value: unknown } | { ok: false; error: unknown })[] = [];
    try {
      store.transaction((tx) => {
        for (const { job } of jobs) {
          try {
            results.push({ ok: true, value: jobs.length === 1 ? job(tx) : store.transaction(job) });
          } catch (error) {
            if (jobs.length === 1) throw error;
            results.push({ ok: false, error });
          }
        }
      });
    } catch (error) {
      for (const { reject } of jobs) reject(error);
      return;
    }
    jobs.forEach(({ resolve, reject }, i) => {
      const result = results[i];
      if (result?.ok === true) resolve(result.value as never);
      else reject(result?.error);
    });
  }

  return {
    run(job) {
      return new Promise((resolve, reject) => {
        if (pending.length === 0) setImmediate(flush);
        pending.push({ job, resolve: resolve as (value: never) => void, reject });
      });
    },
    flush,
  };
}
