/** A mailbox and the connections that it would use now. */
export interface ConnectionWish {
  readonly mailboxId: string;
  /** Host of its mail server: providers count connections per address, whosever they are. */
  readonly host: string;
  /** Connections that are open, busy and idle. */
  readonly open: number;
  readonly idle: number;
  /** More workers that have mail due, within the mailbox's own limit. */
  readonly wanted: number;
}

/** The bulkhead: one provider, or a hundred mailboxes, cannot take all sockets and memory. */
export const connectionCaps = { perHost: 20, total: 60 };

/**
 * Hands out connections one by one in turn, beginning at `turn`, so that a mailbox with much mail does not keep the others
 * out. An idle connection costs nothing. `short` = somebody went without. Pure.
 */
export function allotConnections(wishes: readonly ConnectionWish[], caps: typeof connectionCaps, turn: number): { granted: Map<string, number>; short: boolean } {
  const perHost = new Map<string, number>();
  for (const { host, open } of wishes) perHost.set(host, (perHost.get(host) ?? 0) + open);
  let total = wishes.reduce((sum, { open }) => sum + open, 0);
  const granted = new Map<string, number>();
  let short = false;
  let queue = wishes.map((_, index) => wishes[(index + turn) % wishes.length]).filter((wish) => wish !== undefined && wish.wanted > 0) as ConnectionWish[];
  while (queue.length > 0) {
    queue = queue.filter((wish) => {
      const has = granted.get(wish.mailboxId) ?? 0;
      if (has >= wish.wanted) return false;
      if (has >= wish.idle) {
        const atHost = perHost.get(wish.host) ?? 0;
        if (atHost >= caps.perHost || total >= caps.total) {
          short = true;
          return false;
        }
        perHost.set(wish.host, atHost + 1);
        total += 1;
      }
      granted.set(wish.mailboxId, has + 1);
      return true;
    });
  }
  return { granted, short };
}
