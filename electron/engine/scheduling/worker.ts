import { minute, second } from '../lib/clock.ts';
import { ConnectError, type SmtpSession } from '../ports.ts';
import type { Tx } from '../store/index.ts';
import type { DispatchRow } from './claim-rules.ts';
import type { DispatcherDeps, SomeAttempt } from './dispatch-ports.ts';
import type { Claim, Idle, Lane, Taken } from './lane.ts';

interface WorkerDeps<Row extends DispatchRow, Claimed extends { readonly row: Row }, Attempt extends SomeAttempt> extends Pick<
  DispatcherDeps<Row, Claimed, Attempt>,
  'clock' | 'log' | 'outbox' | 'connect' | 'connectFailed' | 'connectProven'
> {
  isRunning(): boolean;
  /** Claims at most so many; where it finds fewer, the last of what it returns says why. */
  tryClaims(lane: Lane, tx: Tx, most: number): Claim<Claimed>[];
  /** Whether a claimed message may still leave, as far as its mailbox is concerned. */
  mayBegin(lane: Lane, tx: Tx): boolean;
  /** Looks at the inbox; resolves whether the queue may be looked at again. */
  refresh(lane: Lane): Promise<boolean>;
  /** Some mailbox has mail and no connection: whoever sent a while makes room. */
  isCrowded(): boolean;
  onAccepted(): void;
  /** What follows an accepted mail is written: more may be due. */
  onSettled(lane: Lane): void;
  /** Told how many messages the worker gave to a connection. */
  onEnd(sent: number): void;
}

const idleConnectionMs = 30 * second;
/** With mailboxes that wait for a connection a worker makes room after so many mails. */
const roomAfter = 25;
/** A connection that lived this long proves that the server works (DESIGN section 6). */
const provenByLivingMs = 10 * minute;

/** Messages that one connection is given at a time. */
const depthOf = (session: SmtpSession | null) => (session?.usable === true && session.pipelining ? 2 : 1);

/**
 * One connection's worth of sending: claims, sends and settles until nothing is due. Where the server takes commands
 * behind a body, the next message is claimed while one is under way, so that each costs one round trip and one commit;
 * limits count both. The returned function never throws.
 */
export function createWorker<Row extends DispatchRow, Claimed extends { readonly row: Row }, Attempt extends SomeAttempt>(
  deps: WorkerDeps<Row, Claimed, Attempt>,
): (lane: Lane) => Promise<void> {
  const { clock, log, outbox, isRunning } = deps;
  const openedAt = new WeakMap<SmtpSession, number>();

  /** Never throws: what is under way must not be forgotten because nothing more can be claimed. */
  function claimNext(lane: Lane): Promise<Claim<Claimed>> {
    return new Promise((resolve) => {
      lane.asking.push(resolve as (claim: Claim<unknown>) => void);
      if (lane.asking.length === 1) void claimForAll(lane);
    });
  }

  async function claimForAll(lane: Lane): Promise<void> {
    while (lane.asking.length > 0) {
      let claims: Claim<Claimed>[];
      let served = lane.asking.length;
      try {
        claims = await outbox.write((tx) => deps.tryClaims(lane, tx, (served = lane.asking.length)));
      } catch (error) {
        log.error({ err: error, mailboxId: lane.mailboxId }, 'nothing could be claimed; it is tried again in a minute');
        claims = [{ wakeAt: clock.now() + minute }];
      }
      const last: Claim<Claimed> = claims.at(-1) ?? { again: true };
      lane.asking.splice(0, served).forEach((answer, index) => answer(claims[index] ?? last));
    }
  }

  /** The attempt is a fact, whatever becomes of the write. */
  function settle(lane: Lane, taken: Taken<Claimed>, attempt: Attempt, session: SmtpSession | null, followed: boolean): Promise<void> {
    if (attempt.untried === true) return giveBack(lane, taken);
    lane.inFlight -= 1;
    taken.left(attempt.kind === 'accepted' || attempt.kind === 'unknown' ? clock.now() : null);
    if (attempt.kind === 'accepted') deps.onAccepted();
    else lane.doubted = true;
    const job = (tx: Tx) => {
      // First, so that a refusal which is about the mailbox counts after it.
      if (attempt.kind === 'accepted' ? lane.failing : attempt.kind === 'refused' && livesLong(session)) deps.connectProven(tx, lane.mailboxId);
      if (attempt.kind !== 'accepted') lane.failing = true;
      outbox.settle(tx, taken.claimed.row, attempt);
    };
    if (!followed || !lane.writable || attempt.kind !== 'accepted' || lane.failing || attempt.copy !== undefined) return settled(lane, job);
    // Nobody waits for it: the mark of the mail behind it proves what the server said.
    settled(lane, job, outbox.writeSoon).then(
      () => deps.onSettled(lane),
      (error: unknown) => log.error({ err: error }, 'the outcome of a mail could not be written before the end'),
    );
    return Promise.resolve();
  }

  function livesLong(session: SmtpSession | null): boolean {
    const since = session === null ? undefined : openedAt.get(session);
    return since !== undefined && clock.now() - since >= provenByLivingMs;
  }

  function giveBack(lane: Lane, { claimed, left }: Taken<Claimed>): Promise<void> {
    lane.inFlight -= 1;
    left(null);
    return settled(lane, (tx) => outbox.release(tx, claimed.row, isRunning() ? 'The mail server could not be reached' : 'Sending was stopped'));
  }

  /** Writes what has happened already: a full disk or a busy file is waited for, the fact is not let go. */
  async function settled(lane: Lane, job: (tx: Tx) => void, write: (job: (tx: Tx) => void) => Promise<void> = outbox.write): Promise<void> {
    for (let waitMs = second; ; waitMs = Math.min(minute, waitMs * 2)) {
      try {
        await write(job);
        lane.writable = true;
        return;
      } catch (error) {
        lane.writable = false;
        if (!isRunning()) throw error;
        log.error({ err: error, waitMs }, 'the outcome of a mail could not be written; it is tried again');
        await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
      }
    }
  }

  async function sessionFor(lane: Lane, current: SmtpSession | null): Promise<SmtpSession | null> {
    if (current?.usable === true) return current;
    for (let parked = lane.idle.pop(); parked !== undefined; parked = lane.idle.pop()) if (parked.usable) return parked;
    try {
      const session = await deps.connect(lane.mailboxId, lane.abort.signal);
      openedAt.set(session, clock.now());
      return session;
    } catch (error) {
      // Given up by ourselves: that tells nothing of the server.
      if (lane.abort.signal.aborted) return null;
      const failure = error instanceof ConnectError ? error : new ConnectError('connect', error instanceof Error ? error.message : String(error), null, { cause: error });
      log.warn({ stage: failure.stage, mailboxId: lane.mailboxId, cause: failure.message }, 'mail server not reached');
      await settled(lane, (tx) => {
        lane.failing = true;
        deps.connectFailed(tx, lane.mailboxId, failure);
      });
      return null;
    }
  }

  function park(lane: Lane, session: SmtpSession): void {
    if (!isRunning()) {
      session.close();
      return;
    }
    lane.idle.push(session);
    clock.after(idleConnectionMs, () => {
      const at = lane.idle.indexOf(session);
      if (at === -1) return;
      lane.idle.splice(at, 1);
      session.close();
    });
  }

  return async function work(lane: Lane): Promise<void> {
    lane.workers += 1;
    let session: SmtpSession | null = null;
    let sent = 0;
    const mayClaim = () => isRunning() && !(deps.isCrowded() && sent >= roomAfter);
    /** Given to the connection, oldest first. */
    const under: { readonly taken: Taken<Claimed>; readonly attempt: Promise<Attempt> }[] = [];
    /** Claimed, and not with a connection. */
    const held: Taken<Claimed>[] = [];
    let idle: Idle = { wakeAt: 0 };
    const take = (claim: Claim<Claimed>) => {
      if ('claimed' in claim) held.push(claim);
      else idle = claim;
    };
    try {
      take(await claimNext(lane));
      for (;;) {
        const [first] = held;
        if (first !== undefined && (under.length === 0 || session?.usable === true)) {
          session = await sessionFor(lane, session);
          if (session === null) {
            for (const each of held.splice(0)) await giveBack(lane, each);
            if (!isRunning()) return;
            // Asks once more, so that the lane wakes when the back-off ends.
            take(await claimNext(lane));
            continue;
          }
          held.shift();
          sent += 1;
          under.push({ taken: first, attempt: outbox.send(session, first.claimed, (tx) => deps.mayBegin(lane, tx)) });
          if (mayClaim() && under.length + held.length < depthOf(session)) take(await claimNext(lane));
          continue;
        }
        const oldest = under.shift();
        if (oldest !== undefined) {
          const attempt = await oldest.attempt;
          if (attempt.untried === true && isRunning() && !lane.doubted) {
            held.unshift(oldest.taken);
            continue;
          }
          const written = settle(lane, oldest.taken, attempt, session, under.length > 0);
          // Both stand in the same commit.
          const next = mayClaim() && under.length + held.length < depthOf(session) ? claimNext(lane) : null;
          await written;
          if (next !== null) take(await next);
        } else if (isRunning() && ('again' in idle || ('refresh' in idle && (await deps.refresh(lane))))) take(await claimNext(lane));
        else {
          // Another worker may know of an earlier moment.
          if ('wakeAt' in idle) lane.wakeAt = lane.wakeAt > clock.now() ? Math.min(lane.wakeAt, idle.wakeAt) : idle.wakeAt;
          return;
        }
      }
    } catch (error) {
      log.error({ err: error, mailboxId: lane.mailboxId }, 'sending loop failed; it looks again in a minute');
      lane.wakeAt = clock.now() + minute;
    } finally {
      if (session?.usable === true && deps.isCrowded()) session.close();
      else if (session?.usable === true) park(lane, session);
      lane.workers -= 1;
      deps.onEnd(sent);
    }
  };
}
