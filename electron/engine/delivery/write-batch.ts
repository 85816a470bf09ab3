import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';

/**
 * Groups small writes into one transaction, so that many connections share a commit: what comes in one turn of the event
 * loop, or while the disk is busy with the group before. A result resolves only after the commit. Where a job throws, the
 * group is rolled back and done again with each behind a savepoint, so that it rejects alone: a job may run twice.
 */
export interface WriteBatch {
  /** On the disk before it resolves: the `sending` mark, which no power failure may take back once the body leaves. */
  runSynced<T>(job: (tx: Tx) => T): Promise<T>;
  /**
   * Survives a crash of the program; on the disk with the next synced group, a moment later at the latest. For claims
   * and outcomes: a power failure leaves at worst a `sending` row, which is unknown at the next start and reconciled.
   */
  run<T>(job: (tx: Tx) => T): Promise<T>;
  /**
   * Like `run`, but waits a moment for company: what many mails of one connection change then shares its pages. For the
   * outcome of an accepted mail, which the mark of the next mail on the same connection proves already.
   */
  runSoon<T>(job: (tx: Tx) => T): Promise<T>;
  /** Commits what waits, now. */
  flush(): void;
}

/** Outcomes are on the disk this soon after the last mail of a run. */
const syncWithinMs = 200;
/** An outcome waits so long for others, and for so many. */
const companyWithinMs = 20;
const companyMost = 50;

interface Pending {
  readonly job: (tx: Tx) => unknown;
  readonly synced: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Result = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

export function createWriteBatch({ store, clock, log }: { store: Store; clock: Clock; log: Logger }): WriteBatch {
  let pending: Pending[] = [];
  let later: Pending[] = [];
  let cancelLater: (() => void) | null = null;
  let syncing = false;
  let cancelSync: (() => void) | null = null;

  function sync(): Promise<void> {
    cancelSync?.();
    cancelSync = null;
    return store.synced();
  }

  function syncSoon(): void {
    cancelSync ??= clock.after(syncWithinMs, () => {
      sync().catch((error: unknown) => log.error({ err: error }, 'the database could not be brought to the disk'));
    });
  }

  function commitTogether(jobs: readonly Pending[]): Result[] {
    let thrown = false;
    try {
      return store.transactionUnsynced((tx) =>
        jobs.map(({ job }) => {
          try {
            return { ok: true, value: job(tx) };
          } catch (error) {
            thrown = true;
            throw error;
          }
        }),
      );
    } catch (error) {
      // Where it is the disk that failed, one by one would fail as well.
      if (!thrown || jobs.length === 1) throw error;
      return store.transactionUnsynced(() => jobs.map(({ job }) => attempt(store, job)));
    }
  }

  function commit(): void {
    const jobs = pending;
    if (jobs.length === 0) return;
    pending = [];
    let results: Result[];
    try {
      results = commitTogether(jobs);
    } catch (error) {
      for (const { reject } of jobs) reject(error);
      return;
    }
    const marks = jobs.filter((job) => job.synced);
    jobs.forEach((job, i) => {
      if (!job.synced) settle(job, results[i]);
    });
    if (marks.length === 0) {
      syncSoon();
      return;
    }
    syncing = true;
    sync()
      .then(
        () => jobs.forEach((job, i) => job.synced && settle(job, results[i])),
        (error: unknown) => marks.forEach(({ reject }) => reject(error)),
      )
      .finally(() => {
        syncing = false;
        if (pending.length > 0) setImmediate(commit);
      });
  }

  function enqueue(jobs: readonly Pending[]): void {
    if (pending.length === 0 && !syncing && jobs.length > 0) setImmediate(commit);
    pending.push(...jobs);
  }

  function add<T>(job: (tx: Tx) => T, synced: boolean): Promise<T> {
    return new Promise((resolve, reject) => enqueue([{ job, synced, resolve: resolve as (value: never) => void, reject }]));
  }

  /** What waited for company has waited long enough. */
  function joinLater(): void {
    cancelLater?.();
    cancelLater = null;
    const jobs = later;
    later = [];
    enqueue(jobs);
  }

  return {
    run: (job) => add(job, false),
    runSynced: (job) => add(job, true),
    runSoon(job) {
      return new Promise((resolve, reject) => {
        later.push({ job, synced: false, resolve: resolve as (value: never) => void, reject });
        if (later.length >= companyMost) joinLater();
        else cancelLater ??= clock.after(companyWithinMs, joinLater);
      });
    },
    flush() {
      joinLater();
      commit();
      cancelSync?.();
      cancelSync = null;
    },
  };
}

function attempt(store: Store, job: Pending['job']): Result {
  try {
    return { ok: true, value: store.transaction(job) };
  } catch (error) {
    return { ok: false, error };
  }
}

function settle({ resolve, reject }: Pending, result: Result | undefined): void {
  if (result?.ok === true) resolve(result.value as never);
  else reject(result?.error);
}
