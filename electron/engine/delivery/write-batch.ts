import type { Clock } from '../lib/clock.ts';
import type { Store, Tx } from '../store/index.ts';

/**
 * Groups small writes of one turn of the event loop into one transaction, so that many connections share a commit. A
 * result resolves only after the commit. Each job stands behind a savepoint: one that throws rejects alone.
 */
export interface WriteBatch {
  /** On the disk before it resolves: the `sending` mark, which no power failure may take back once the body leaves. */
  runSynced<T>(job: (tx: Tx) => T): Promise<T>;
  /**
   * Survives a crash of the program; on the disk with the next synced commit, a moment later at the latest. For claims
   * and outcomes: a power failure leaves at worst a `sending` row, which is unknown at the next start and reconciled.
   */
  run<T>(job: (tx: Tx) => T): Promise<T>;
  /** Commits what waits, now. */
  flush(): void;
}

/** Outcomes are on the disk this soon after the last mail of a run. */
const syncWithinMs = 200;

interface Pending {
  readonly job: (tx: Tx) => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

export function createWriteBatch(store: Store, clock: Clock): WriteBatch {
  let pending: Pending[] = [];
  let synced = false;
  let cancelSync: (() => void) | null = null;

  function flush(): void {
    const jobs = pending;
    if (jobs.length === 0) return;
    pending = [];
    const transaction = synced ? store.transaction : store.transactionUnsynced;
    if (synced) {
      cancelSync?.();
      cancelSync = null;
    } else {
      cancelSync ??= clock.after(syncWithinMs, () => {
        cancelSync = null;
        store.sync();
      });
    }
    synced = false;
    const results: ({ ok: true; value: unknown } | { ok: false; error: unknown })[] = [];
    try {
      transaction((tx) => {
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

  function run<T>(job: (tx: Tx) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (pending.length === 0) setImmediate(flush);
      pending.push({ job, resolve: resolve as (value: never) => void, reject });
    });
  }

  return {
    run,
    runSynced(job) {
      synced = true;
      return run(job);
    },
    flush() {
      flush();
      cancelSync?.();
      cancelSync = null;
    },
  };
}
