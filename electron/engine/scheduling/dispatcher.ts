import type { HoldReason } from '../../../shared/schemas/delivery.ts';
import { minute, second } from '../lib/clock.ts';
import { ConnectError, type SmtpSession } from '../ports.ts';
import type { Tx } from '../store/index.ts';
import { startOfLocalDay, startOfNextLocalDay } from '../lib/zone.ts';
import { campaignView, countedMail, mailboxView, rowBlock, sentRows, type DispatchRow } from './claim-rules.ts';
import type { Dispatcher, DispatcherDeps } from './dispatch-ports.ts';
import { inboxGate, mailboxGate, type MailboxView } from './gates.ts';
import { createMailboxDays } from './mailbox-day.ts';
import { allowanceOf, followUpsHaveHadTheirShare, inTurn, type Block } from './pacing.ts';
import { createSendBooks } from './send-log.ts';
import { drawGapMs } from './slots.ts';

interface Lane {
  readonly mailboxId: string;
  readonly idle: SmtpSession[];
  readonly abort: AbortController;
  workers: number;
  inFlight: number;
  /** Round-robin between campaigns, per priority. */
  readonly served: Map<number, string[]>;
  /** How many rows a full day has moved on, and to when: one day more for each day's worth. */
  overflow: { until: number; at: number; moved: number };
  refreshing: boolean;
  inboxFailedUntil: number;
  /** A check has just succeeded: the next claim counts it as fresh, however fast the clock of the workspace runs. */
  justChecked: boolean;
  wakeAt: number;
}

/** `left` tells the books when it left, or null when it did not. */
type Claim<Claimed> = { claimed: Claimed; left: (at: number | null) => void } | { wakeAt: number } | { refresh: true } | { again: true };

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
  const books = createSendBooks(sentRows((sql) => store.prepareRead(sql)));
  const days = createMailboxDays(deps);
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
        served: new Map(),
        overflow: { until: 0, at: 0, moved: 0 },
        refreshing: false,
        inboxFailedUntil: 0,
        justChecked: false,
        wakeAt: 0,
      };
      lanes.set(mailboxId, lane);
    }
    return lane;
  }

  function firstMailDue(mailboxId: string, now: number): boolean {
    const due = store.prepareRead(
      `select 1 from deliveries indexed by deliveries_due where mailbox_id = +? and priority = 2 and slot_at <= +? and state in ('planned','deferred') limit 1`,
    );
    return due.get(mailboxId, now) !== undefined;
  }

  /** Campaigns in the order in which they are served: whoever was served last comes last. */
  function campaignsInTurn(lane: Lane, tx: Tx, priority: number): string[] {
    const active = (tx.prepare(`select id from campaigns where status = 'running' order by id`).all() as { id: string }[]).map((row) => row.id);
    return inTurn(active, lane.served.get(priority) ?? []);
  }

  function tryClaim(lane: Lane, tx: Tx): Claim<Claimed> {
    const now = clock.now();
    const checked = lane.justChecked;
    lane.justChecked = false;
    const paused = deps.pausedUntil();
    if (paused !== null && paused > now) return { wakeAt: paused };
    if (deps.secretsLocked()) return { wakeAt: Infinity };
    const mailbox = mailboxView(tx.prepare, lane.mailboxId, (view) => days.begin(tx, view, now));
    if (mailbox === undefined) return { wakeAt: Infinity };
    const sent = books.mailbox(lane.mailboxId, now);
    let wakeAt = Infinity;

    const personal = outbox.due(tx, lane.mailboxId, 0, null, now);
    if (personal !== undefined) {
      const block = mailboxGate(mailbox, sent, 0, now);
      if (block === null) return take(lane, tx, personal, mailbox, now);
      return { wakeAt: block.until ?? Infinity };
    }
    const gate = mailboxGate(mailbox, sent, 1, now);
    if (gate !== null) {
      if (endsTheDay(gate, mailbox, now)) moveOverdue(lane, tx, gate, mailbox, now);
      return { wakeAt: gate.until ?? Infinity };
    }
    let looked = 0;
    /** Follow-ups that have had their share: they come after the first mails that are due. */
    const afterFirstMails: string[] = [];
    const queues: [number, () => string[]][] = [
      [1, () => campaignsInTurn(lane, tx, 1)],
      [2, () => campaignsInTurn(lane, tx, 2)],
      [1, () => afterFirstMails.splice(0)],
    ];
    for (const [position, [priority, campaigns]] of queues.entries()) {
      for (const campaignId of campaigns()) {
        for (;;) {
          const row = outbox.due(tx, lane.mailboxId, priority, campaignId, now);
          if (row === undefined) break;
          const campaign = campaignView(tx.prepare, campaignId);
          if (position === 0 && hadShare(campaign?.rules.followUpShare, mailbox, now)) {
            afterFirstMails.push(campaignId);
            break;
          }
          const stale = checked && mailbox.hasInbox ? null : inboxGate(mailbox, priority, now);
          if (stale?.code === 'inbox_check') {
            if (lane.inboxFailedUntil <= now) return { refresh: true };
            wakeAt = Math.min(wakeAt, lane.inboxFailedUntil);
            break;
          }
          const block = stale ?? rowBlock(tx.prepare, row, campaign, mailbox, books, now);
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

  function hadShare(share: number | undefined, mailbox: MailboxView, now: number): boolean {
    if (share === undefined || share === 100) return false;
    const since = startOfLocalDay(mailbox.calendar.zone, now);
    return followUpsHaveHadTheirShare(share, books.mailboxFollowUps(mailbox.id, now).countSince(since), books.mailboxCampaigns(mailbox.id, now).countSince(since));
  }

  /** A day is full: what is due moves to the days that come, a day's worth to each, with its reason. */
  function moveOverdue(lane: Lane, tx: Tx, gate: Block, mailbox: MailboxView, now: number): void {
    if (gate.until === null) return;
    const { overflow } = lane;
    if (overflow.until !== gate.until) Object.assign(overflow, { until: gate.until, at: gate.until, moved: 0 });
    for (const priority of [1, 2]) {
      for (const campaignId of campaignsInTurn(lane, tx, priority)) {
        for (let moved = 0; moved < lookBatch; moved += 1) {
          const row = outbox.due(tx, lane.mailboxId, priority, campaignId, now);
          if (row === undefined) break;
          outbox.moveSlot(tx, row, { ...gate, until: overflow.at });
          overflow.moved += 1;
          if (overflow.moved % allowanceOf(mailbox.limits, mailbox.today) === 0) overflow.at = startOfNextLocalDay(mailbox.calendar.zone, overflow.at);
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
    const left = books.reserve(countedMail(tx.prepare, row, books), now);
    tx.afterCommit(
      () => undefined,
      () => {
        lane.inFlight -= 1;
        left(null);
      },
    );
    return { claimed, left };
  }

  async function work(lane: Lane): Promise<void> {
    lane.workers += 1;
    let session: SmtpSession | null = null;
    try {
      let claim = await outbox.write((tx) => tryClaim(lane, tx));
      while (running || 'claimed' in claim) {
        if ('claimed' in claim) {
          const { claimed, left } = claim;
          session = await sessionFor(lane, session);
          if (session === null) {
            lane.inFlight -= 1;
            left(null);
            await settled((tx) => outbox.release(tx, claimed.row, 'The mail server could not be reached'));
            return;
          }
          const attempt = await outbox.send(session, claimed);
          // From here on the attempt is a fact, whatever becomes of the write.
          lane.inFlight -= 1;
          left(attempt.kind === 'accepted' || attempt.kind === 'unknown' ? clock.now() : null);
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
      const mailbox = mailboxView(prepare, row.mailboxId, (view) => days.look(prepare, view, now));
      if (mailbox === undefined) return { code: 'mailbox_gone', until: null };
      const lane = laneOf(row.mailboxId);
      const gate = mailboxGate(mailbox, books.mailbox(row.mailboxId, now), row.priority, now);
      const campaign = row.campaignId === null ? undefined : campaignView(prepare, row.campaignId);
      const own = rowBlock(prepare, row, campaign, mailbox, books, now);
      // What waits longest is the answer: a paused campaign says more than a gap of two minutes.
      if (own !== null && (own.until === null || gate === null || (gate.until !== null && own.until > gate.until))) return own;
      if (gate !== null) return gate;
      const inbox = inboxGate(mailbox, row.priority, now);
      if (inbox?.code === 'inbox_check' && lane.inboxFailedUntil > now) return { code: 'stale_inbox', until: lane.inboxFailedUntil };
      if (inbox === null && row.priority === 1 && hadShare(campaign?.rules.followUpShare, mailbox, now) && firstMailDue(row.mailboxId, now))
        return { code: 'follow_up_share', until: startOfNextLocalDay(mailbox.calendar.zone, now), detail: String(campaign?.rules.followUpShare) };
      return inbox ?? (lane.inFlight > 0 ? { code: 'connection_busy', until: null } : null);
    },
    get ratePerMinute() {
      const since = clock.monotonic() - 60_000;
      return sentTimes.filter((at) => at > since).length;
    },
  };
}

/** Nothing more leaves on this local day, or for a rolling one: what is due gets slots that can be kept. */
function endsTheDay({ code, until }: Block, mailbox: MailboxView, now: number): boolean {
  if (code === 'mailbox_day' || code === 'mailbox_24h' || code === 'mailbox_ramp') return true;
  return code === 'mailbox_human_day' && until === startOfNextLocalDay(mailbox.calendar.zone, now);
}

function isHold(code: Block['code']): code is HoldReason {
  return code === 'stale_slot' || code === 'no_allowed_time';
}
