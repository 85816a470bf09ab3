/**
 * When a mailbox sent, over the last day and a bit: the limits are counted from these times. It is filled from
 * delivery rows at start and kept in step with them, so a restart never forgets a quota.
 */
export interface SendLog {
  add(at: number): void;
  /** How many were sent at or after `since`. */
  countSince(since: number): number;
  /** The time of the nth newest (1 = last), or null. */
  nthNewest(n: number): number | null;
  /** Forgets what is older than `from`, and what lies after `to`: a clock that was wrong and was mended. */
  keepBetween(from: number, to: number): void;
}

export function createSendLog(times: readonly number[]): SendLog {
  let log = [...times].sort((a, b) => a - b);

  function firstAtOrAfter(since: number): number {
    let low = 0;
    let high = log.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((log[middle] ?? 0) < since) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(at) {
      if (at >= (log.at(-1) ?? -Infinity)) log.push(at);
      else log.splice(firstAtOrAfter(at), 0, at);
    },
    countSince: (since) => log.length - firstAtOrAfter(since),
    nthNewest: (n) => log.at(-n) ?? null,
    keepBetween(from, to) {
      if ((log.at(-1) ?? 0) > to) log = log.slice(0, firstAtOrAfter(to + 1));
      const first = firstAtOrAfter(from);
      // Copying a large array on each claim would cost more than the memory it frees.
      if (first > 1000) log = log.slice(first);
    },
  };
}
