/** Lets everything else that waits have its turn: input, mail, other calls. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Does `work` on at most `size` items at a time, with a turn for the event loop in between. */
export async function inSlices<T>(items: readonly T[], size: number, work: (slice: readonly T[]) => void): Promise<void> {
  for (let at = 0; at < items.length; at += size) {
    if (at > 0) await breathe();
    work(items.slice(at, at + size));
  }
}
