import type { SmtpSession } from '../ports.ts';

/** What the dispatcher remembers of a mailbox between two claims. */
export interface Lane {
  readonly mailboxId: string;
  /** Connections that wait for the next message. */
  readonly idle: SmtpSession[];
  readonly abort: AbortController;
  workers: number;
  /** Claimed and not settled. */
  inFlight: number;
  /** Round-robin between campaigns, per priority. */
  readonly served: Map<number, string[]>;
  /** How many rows a full day has moved on, and to when: one day more for each day's worth. */
  overflow: { until: number; at: number; moved: number };
  refreshing: boolean;
  inboxFailedUntil: number;
  /** Workers that wait for their next message: one look at the queue serves them all. */
  asking: ((claim: Claim<unknown>) => void)[];
  /** The mailbox counts failures, as far as is known: a success is to be noted. */
  failing: boolean;
  /** The last outcome could be written: those that follow may wait for company. */
  writable: boolean;
  /** A message was not accepted; whether the mailbox still works is looked at before the next body. */
  doubted: boolean;
  /** A check has just succeeded: the next claim counts it as fresh, however fast the clock of the workspace runs. */
  justChecked: boolean;
  wakeAt: number;
}

/** A claimed message. `left` tells the books when it left, or null when it did not. */
export interface Taken<Claimed> {
  readonly claimed: Claimed;
  readonly left: (at: number | null) => void;
}

/** Why nothing was claimed. */
export type Idle = { wakeAt: number } | { refresh: true } | { again: true };
export type Claim<Claimed> = Taken<Claimed> | Idle;

export function newLane(mailboxId: string): Lane {
  return {
    mailboxId,
    idle: [],
    abort: new AbortController(),
    workers: 0,
    inFlight: 0,
    served: new Map(),
    overflow: { until: 0, at: 0, moved: 0 },
    refreshing: false,
    inboxFailedUntil: 0,
    asking: [],
    failing: true,
    writable: false,
    doubted: false,
    justChecked: false,
    wakeAt: 0,
  };
}
