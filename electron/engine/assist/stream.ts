/** What a streamed answer yields: the latest state of it while it is written, then the whole. */
export type Streamed<P, R> = { readonly kind: 'partial'; readonly value: P } | { readonly kind: 'done'; readonly value: R };

/**
 * Runs `work` and yields what it reports, the latest only where the consumer is slower, then its result. A consumer that
 * leaves, or whose signal is aborted, aborts the work.
 */
export async function* streamLatest<P, R>(signal: AbortSignal | undefined, work: (report: (value: P) => void, signal: AbortSignal) => Promise<R>): AsyncGenerator<Streamed<P, R>> {
  const abort = new AbortController();
  const within = signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]);
  let latest: { value: P } | null = null;
  let ended = false;
  let wake: () => void = () => undefined;
  const result = work((value) => {
    latest = { value };
    wake();
  }, within).finally(() => {
    ended = true;
    wake();
  });
  // Whoever leaves early does not wait for it.
  result.catch(() => undefined);
  const take = (): { value: P } | null => {
    const taken = latest;
    latest = null;
    return taken;
  };
  try {
    for (;;) {
      const taken = take();
      if (taken !== null) yield { kind: 'partial', value: taken.value };
      else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    yield { kind: 'done', value: await result };
  } finally {
    abort.abort();
  }
}
