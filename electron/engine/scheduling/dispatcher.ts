import type { HoldReason } from '../../../shared/schemas/delivery.ts';
import { day, minute, second } from '../lib/clock.ts';
import { ConnectError, type SmtpSession } from '../ports.ts';
import type { Tx } from '../store/index.ts';
import { mailboxView, rowBlock, type DispatchRow } from './claim-rules.ts';
import type { Dispatcher, DispatcherDeps } from './dispatch-ports.ts';
import { inboxGate, mailboxGate, type Block, type MailboxView } from './gates.ts';
import { createSendLog, type SendLog } from './send-log.ts';
import { drawGapMs } from './slots.ts';

interface Lane {
  readonly mailboxId: string;
  readonly idle: SmtpSession[];
  readonly abort: AbortController;
  workers: number;
  inFlight: number;
  log: SendLog | null;
  /** Round-robin between campaigns, per priority. */
  readonly served: Map<number, string[]>;
  refreshing: boolean;
  inboxFailedUntil: number;
  /** A check has just succeeded: the next claim counts it as fresh, however fast the clock of the workspace runs. */
  justChecked: boolean;
  wakeAt: number;
}

type Claim<Claimed> = { claimed: Claimed } | { wakeAt: number } | { refresh: true } | { again: true };

const lookBatch = 25;
const idleConnectionMs = 30_000;

/**
 * The sending loop. One lane a mailbox; a lane has as many workers as its connections. Each worker claims under all
 * rules, sends, and settles together with its next claim. It looks at rows and the wall clock whenever it is woken, so
 * sleep, restarts and clock changes need no special case.
 */
export function createDispatcher<Row extends DispatchRow, Claimed extends { readonly row: Row }, Attempt extends { kind: string }>(
  deps: DispatcherDeps<Row, Claimed, Attempt>,
): Dispatcher {
  const { store, clock, random, log, outbox } = deps;
  const lanes = new Map<string, Lane>();
  let running = false;
  let cancelTimer: (() => void) | null = null;
  let sentTimes: number[] = [];
  let onDrained: (() => void) | null = null;

  function laneOf(mailboxId: string): Lane {
    let lane = lanes.get(mailboxId);
    if (lane === undefined) {
      lane = {
        mailboxId,
        idle: [],
        abort: new AbortController(),
        workers: 0,
        inFlight: 0,
        log: null,
        served: new Map(),
        refreshing: false,
        inboxFailedUntil: 0,
        justChecked: false,
        wakeAt: 0,
      };
      lanes.set(mailboxId, lane);
    }
    return lane;
  }

  function logOf(lane: Lane, now: number): SendLog {
    if (lane.log === null) {
      const rows = store
        .prepareRead(
          `select coalesce(sent_at, sending_at) as at from deliveries where mailbox_id = @mailboxId and ((sent_at is not null and sent_at >= @since) or (state = 'unknown' and sending_at >= @since))`,
        )
        .all({ mailboxId: lane.mailboxId, since: now - 2 * day }) as { at: number }[];
      lane.log = createSendLog(rows.map((row) => row.at));
    }
    return lane.log;
  }

  /** Campaigns in the order in which they are served: whoever was served last comes last. */
  function campaignsInTurn(lane: Lane, tx: Tx, priority: number): string[] {
    const active = (tx.prepare(`select id from campaigns where status = 'running' order by id`).all() as { id: string }[]).map((row) => row.id);
    const order = (lane.served.get(priority) ?? []).filter((id) => active.includes(id));
    return [...active.filter((id) => !order.includes(id)), ...order];
  }

  function tryClaim(lane: Lane, tx: Tx): Claim<Claimed> {
    const now = clock.now();
    const checked = lane.justChecked;
    lane.justChecked = false;
    const paused = deps.pausedUntil();
    if (paused !== null && paused > now) return { wakeAt: paused };
    if (deps.secretsLocked()) return { wakeAt: Infinity };
    const mailbox = mailboxView(tx.prepare, lane.mailboxId);
    if (mailbox === undefined) return { wakeAt: Infinity };
    const sendLog = logOf(lane, now);
    sendLog.keepBetween(now - 2 * day, now);
    let wakeAt = Infinity;

    const personal = outbox.due(tx, lane.mailboxId, 0, null, now);
    if (personal !== undefined) {
      const block = mailboxGate(mailbox, sendLog, lane.inFlight, 0, now);
      if (block === null) return take(lane, tx, personal, mailbox, now);
      return { wakeAt: block.until ?? Infinity };
    }
    const gate = mailboxGate(mailbox, sendLog, lane.inFlight, 1, now);
    if (gate !== null) {
      if (gate.code === 'mailbox_day' || gate.code === 'mailbox_24h') moveOverdue(lane, tx, gate, now);
      return { wakeAt: gate.until ?? Infinity };
    }
    let looked = 0;
    for (const priority of [1, 2]) {
      for (const campaignId of campaignsInTurn(lane, tx, priority)) {
        for (;;) {
          const row = outbox.due(tx, lane.mailboxId, priority, campaignId, now);
          if (row === undefined) break;
          const stale = checked && mailbox.hasInbox ? null : inboxGate(mailbox, priority, now);
          if (stale?.code === 'inbox_check') {
            if (lane.inboxFailedUntil <= now) return { refresh: true };
            wakeAt = Math.min(wakeAt, lane.inboxFailedUntil);
            break;
          }
          const block = stale ?? rowBlock(tx.prepare, row, mailbox, now);
          if (block === null) {
            const served = (lane.served.get(priority) ?? []).filter((id) => id !== campaignId);
            lane.served.set(priority, [...served, campaignId]);
            return take(lane, tx, row, mailbox, now);
          }
          if (block.until !== null) outbox.moveSlot(tx, row, block);
          else if (isHold(block.code)) outbox.hold(tx, row, block.code, block.detail ?? '');
          else break; // the whole campaign waits for a person or the inbox
          looked += 1;
          if (looked >= lookBatch) return { again: true };
        }
      }
    }
    return { wakeAt };
  }

  /** A day is full: what is due moves to the next one, spread by the gaps, each with its reason. */
  function moveOverdue(lane: Lane, tx: Tx, gate: Block, now: number): void {
    if (gate.until === null) return;
    for (const priority of [1, 2]) {
      for (const campaignId of campaignsInTurn(lane, tx, priority)) {
        for (let moved = 0; moved < lookBatch; moved += 1) {
          const row = outbox.due(tx, lane.mailboxId, priority, campaignId, now);
          if (row === undefined) break;
          outbox.moveSlot(tx, row, gate);
        }
      }
    }
  }

  function take(lane: Lane, tx: Tx, row: Row, mailbox: MailboxView, now: number): Claim<Claimed> {
    const claimed = outbox.claim(tx, row);
    if (row.priority > 0) {
      const gap = drawGapMs(mailbox.limits, random);
      if (gap > 0) tx.prepare('update mailboxes set next_send_at = ? where id = ?').run(now + gap, lane.mailboxId);
    }
    lane.inFlight += 1;
    tx.afterCommit(
      () => undefined,
      () => (lane.inFlight -= 1),
    );
    return { claimed };
  }

  async function work(lane: Lane): Promise<void> {
    lane.workers += 1;
    let session: SmtpSession | null = null;
    try {
      let claim = await outbox.write((tx) => tryClaim(lane, tx));
      while (running || 'claimed' in claim) {
        if ('claimed' in claim) {
          const { claimed } = claim;
          session = await sessionFor(lane, session);
          if (session === null) {
            lane.inFlight -= 1;
            await settled((tx) => outbox.release(tx, claimed.row, 'The mail server could not be reached'));
            return;
          }
          const attempt = await outbox.send(session, claimed);
          // From here on the attempt is a fact, whatever becomes of the write.
          lane.inFlight -= 1;
          if (attempt.kind === 'accepted' || attempt.kind === 'unknown') lane.log?.add(clock.now());
          if (attempt.kind === 'accepted') noteSent();
          const written = settled((tx) => {
            outbox.settle(tx, claimed.row, attempt);
            if (attempt.kind === 'accepted') deps.connectProven(tx, lane.mailboxId);
          });
          // Both stand in the same commit, each behind its own savepoint.
          const next = running ? outbox.write((tx) => tryClaim(lane, tx)) : Promise.resolve<Claim<Claimed>>({ wakeAt: Infinity });
          // It may fail while the outcome is still being written; it is looked at below.
          next.catch(() => undefined);
          await written;
          claim = await next;
          if (!session.usable) session = null;
        } else if ('refresh' in claim) {
          if (!(await refresh(lane))) return;
          claim = await outbox.write((tx) => tryClaim(lane, tx));
        } else if ('again' in claim) {
          claim = await outbox.write((tx) => tryClaim(lane, tx));
        } else {
          lane.wakeAt = claim.wakeAt;
          return;
        }
      }
    } catch (error) {
      log.error({ err: error, mailboxId: lane.mailboxId }, 'sending loop failed; it looks again in a minute');
      lane.wakeAt = clock.now() + minute;
    } finally {
      if (session?.usable === true) park(lane, session);
      lane.workers -= 1;
      schedule();
      if (!running && totalInFlight() === 0 && allWorkers() === 0) onDrained?.();
    }
  }

  /** Writes what has happened already: a full disk or a busy file is waited for, the fact is not let go. */
  async function settled(job: (tx: Tx) => void): Promise<void> {
    for (let waitMs = second; ; waitMs = Math.min(minute, waitMs * 2)) {
      try {
        await outbox.write(job);
        return;
      } catch (error) {
        if (!running) throw error;
        log.error({ err: error, waitMs }, 'the outcome of a mail could not be written; it is tried again');
        await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
      }
    }
  }

  /** One check at a time a lane; the others wait for the next look. Returns whether the queue may be looked at again. */
  async function refresh(lane: Lane): Promise<boolean> {
    if (lane.refreshing) return false;
    lane.refreshing = true;
    try {
      await deps.refreshInbox(lane.mailboxId);
      lane.inboxFailedUntil = 0;
      lane.justChecked = true;
    } catch (error) {
      log.warn({ err: error, mailboxId: lane.mailboxId }, 'inbox check failed; what needs it waits');
      lane.inboxFailedUntil = clock.now() + minute;
    } finally {
      lane.refreshing = false;
    }
    return true;
  }

  async function sessionFor(lane: Lane, current: SmtpSession | null): Promise<SmtpSession | null> {
    if (current?.usable === true) return current;
    for (let parked = lane.idle.pop(); parked !== undefined; parked = lane.idle.pop()) if (parked.usable) return parked;
    try {
      return await deps.connect(lane.mailboxId, lane.abort.signal);
    } catch (error) {
      const failure = error instanceof ConnectError ? error : new ConnectError('connect', error instanceof Error ? error.message : String(error), null, { cause: error });
      log.warn({ stage: failure.stage, mailboxId: lane.mailboxId, cause: failure.message }, 'mail server not reached');
      await outbox.write((tx) => deps.connectFailed(tx, lane.mailboxId, failure));
      return null;
    }
  }

  function park(lane: Lane, session: SmtpSession): void {
    if (!running) {
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

  function noteSent(): void {
    const now = clock.monotonic();
    sentTimes.push(now);
    if (sentTimes.length > 2000) sentTimes = sentTimes.filter((at) => at > now - 60_000);
  }

  const totalInFlight = () => [...lanes.values()].reduce((sum, lane) => sum + lane.inFlight, 0);
  const allWorkers = () => [...lanes.values()].reduce((sum, lane) => sum + lane.workers, 0);

  function look(): void {
    if (!running) return;
    try {
      lookAround(clock.now());
    } catch (error) {
      // A full disk or a busy file: nothing is lost, the next look tries again.
      log.error({ err: error }, 'the queue could not be looked at');
    }
    schedule();
  }

  function lookAround(now: number): void {
    store.transaction((tx) => deps.onTick(tx, now));
    const mailboxes = store.prepareRead(`select id, json_extract(limits, '$.connections') as connections from mailboxes`).all() as { id: string; connections: number }[];
    for (const { id, connections } of mailboxes) {
      const lane = laneOf(id);
      const due = store
        .prepareRead(
          `select count(*) as n from (select 1 from deliveries indexed by deliveries_due where mailbox_id = +? and priority in (0, 1, 2) and slot_at <= +? and state in ('planned','deferred') limit ?)`,
        )
        .get(id, now, connections) as { n: number };
      for (let wanted = Math.min(connections - lane.workers, due.n); wanted > 0; wanted -= 1) void work(lane);
    }
  }

  /** Sleeps until the next slot or the end of the nearest block, never past `maxSleepMs`. */
  function schedule(): void {
    if (!running) return;
    cancelTimer?.();
    const now = clock.now();
    const next =
      (
        store.prepareRead(`select min(slot_at) as at from deliveries indexed by deliveries_slot where slot_at > +? and state in ('planned','deferred')`).get(now) as {
          at: number | null;
        }
      ).at ?? Infinity;
    const wakes = [...lanes.values()].map((lane) => lane.wakeAt).filter((at) => at > now);
    const at = Math.min(next, now + deps.maxSleepMs, ...wakes);
    cancelTimer = clock.after(Math.max(1, at - now), look);
  }

  return {
    start() {
      running = true;
      look();
    },
    stop(deadlineMs = 20_000) {
      running = false;
      cancelTimer?.();
      for (const lane of lanes.values()) {
        for (const session of lane.idle.splice(0)) session.close();
        if (lane.inFlight === 0) lane.abort.abort();
      }
      if (allWorkers() === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(deadlineMs, resolve);
        onDrained = () => {
          cancel();
          resolve();
        };
      });
    },
    wake() {
      if (!running) return;
      cancelTimer?.();
      cancelTimer = clock.after(0, look);
    },
    get inFlight() {
      return totalInFlight();
    },
    explain(row) {
      const now = clock.now();
      const paused = deps.pausedUntil();
      if (paused !== null && paused > now) return { code: 'sending_paused', until: paused };
      if (deps.secretsLocked()) return { code: 'mailbox_needs_login', until: null, detail: 'Stored passwords are locked. Unlock them in the settings.' };
      const prepare = (sql: string) => store.prepareRead(sql);
      const mailbox = mailboxView(prepare, row.mailboxId);
      if (mailbox === undefined) return { code: 'mailbox_gone', until: null };
      const lane = laneOf(row.mailboxId);
      const gate = mailboxGate(mailbox, logOf(lane, now), lane.inFlight, row.priority, now);
      const own = rowBlock(prepare, row, mailbox, now);
      // What waits longest is the answer: a paused campaign says more than a gap of two minutes.
      if (own !== null && (own.until === null || gate === null || (gate.until !== null && own.until > gate.until))) return own;
      if (gate !== null) return gate;
      const inbox = inboxGate(mailbox, row.priority, now);
      if (inbox?.code === 'inbox_check' && lane.inboxFailedUntil > now) return { code: 'stale_inbox', until: lane.inboxFailedUntil };
      return inbox ?? (lane.inFlight > 0 ? { code: 'connection_busy', until: null } : null);
    },
    get ratePerMinute() {
      const since = clock.monotonic() - 60_000;
      return sentTimes.filter((at) => at > since).length;
    },
  };
}

function isHold(code: Block['code']): code is HoldReason {
  return code === 'stale_slot' || code === 'no_allowed_time';
}
