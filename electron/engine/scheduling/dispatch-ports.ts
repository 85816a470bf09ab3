import type { HoldReason } from '../../../shared/schemas/delivery.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { ConnectError, Logger, SmtpSession } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';
import type { DispatchRow } from './claim-rules.ts';
import type { Block } from './pacing.ts';

/** What the dispatcher looks at in an attempt. */
export interface SomeAttempt {
  readonly kind: string;
  /** The message was not looked at: it goes on over another connection. */
  readonly untried?: boolean;
  /** Something beside the rows follows from it, which no later mark can prove. */
  readonly copy?: unknown;
}

/** The outbox and the sender, as the dispatcher uses them (implemented by `delivery/`). */
export interface DispatchPorts<Row extends DispatchRow, Claimed extends { readonly row: Row }, Attempt extends SomeAttempt> {
  due(tx: Tx, mailboxId: string, priority: number, campaignId: string | null, now: number): Row | undefined;
  /** Claims the row and reads what its message is made of. */
  claim(tx: Tx, row: Row): Claimed;
  release(tx: Tx, row: Row, reason: string): void;
  moveSlot(tx: Tx, row: Row, block: Block): void;
  hold(tx: Tx, row: Row, reason: HoldReason, detail: string): void;
  /** Sends; never throws. `mayBegin` is asked once more in the transaction that writes the `sending` mark. */
  send(session: SmtpSession, claimed: Claimed, mayBegin: (tx: Tx) => boolean): Promise<Attempt>;
  /** Writes what became of it. */
  settle(tx: Tx, row: Row, attempt: Attempt): void;
  /** Runs a write in the next group commit. */
  write<T>(job: (tx: Tx) => T): Promise<T>;
  /** Runs a write that may wait a moment for others of its kind. */
  writeSoon<T>(job: (tx: Tx) => T): Promise<T>;
}

export interface DispatcherDeps<Row extends DispatchRow, Claimed extends { readonly row: Row }, Attempt extends SomeAttempt> {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly outbox: DispatchPorts<Row, Claimed, Attempt>;
  /** Opens a logged-in connection of the mailbox. */
  connect(mailboxId: string, signal: AbortSignal): Promise<SmtpSession>;
  /** Writes what a failed connection means for the mailbox (needs login, back-off). */
  connectFailed(tx: Tx, mailboxId: string, error: ConnectError): void;
  /** A message was accepted: the back-off of the mailbox is over. */
  connectProven(tx: Tx, mailboxId: string): void;
  /** Looks for new mail now; resolves when everything that arrived before has had its consequences. */
  refreshInbox(mailboxId: string): Promise<void>;
  /** Until when all sending is paused, or null. */
  pausedUntil(): number | null;
  /** Stored passwords cannot be read: no server can be reached, and that is not the servers' fault. */
  secretsLocked(): boolean;
  /** Work of the tick beside mail: resumes whose time has come. */
  onTick(tx: Tx, now: number): void;
  /** The longest sleep between two looks, ms of workspace time. */
  readonly maxSleepMs: number;
}

export interface Dispatcher {
  start(): void;
  /** Stops claiming, lets messages in flight finish (up to the deadline, real ms), closes connections. */
  stop(deadlineMs?: number): Promise<void>;
  /** Something changed: look at the queue now. */
  wake(): void;
  /** Messages being sent now. */
  readonly inFlight: number;
  /** What keeps this delivery from leaving now; null = nothing, it is about to be claimed. */
  explain(row: DispatchRow): Block | null;
  /** Accepted per minute of real time over the last minute, for the status line. */
  readonly ratePerMinute: number;
}
