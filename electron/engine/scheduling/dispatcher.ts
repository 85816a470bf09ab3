import type { HoldReason } from '../../../shared/schemas/delivery.ts';
import { minute } from '../lib/clock.ts';
import type { Tx } from '../store/index.ts';
import { startOfLocalDay, startOfNextLocalDay } from '../lib/zone.ts';
import { allotConnections, connectionCaps } from './bulkhead.ts';
import { campaignView, countedMail, mailboxView, rowBlock, sentRows, type CampaignView, type DispatchRow } from './claim-rules.ts';
import type { Dispatcher, DispatcherDeps, SomeAttempt } from './dispatch-ports.ts';
import { inboxGate, mailboxGate, probeGate, type MailboxView } from './gates.ts';
import { newLane, type Claim, type Lane } from './lane.ts';
import { createMailboxDays } from './mailbox-day.ts';
import { allowanceOf, followUpsHaveHadTheirShare, inTurn, type Block } from './pacing.ts';
import { createRateMeter } from './rate-meter.ts';
import { createSendBooks } from './send-log.ts';
import { drawGapMs } from './slots.ts';
import { createWorker } from './worker.ts';

const lookBatch = 25;

/** What a claim looks at beside the rows: read once for all workers that are served together. */
interface Look {
  readonly now: number;
  readonly mailbox: MailboxView | undefined;
  readonly running: readonly string[];
  campaign(id: string): CampaignView | undefined;
  /** Queues (priority and campaign) without a due row. */
  readonly nothingDue: Set<string>;
}

/**
 * The sending loop. One lane a mailbox; a lane has as many workers as its connections. Each worker claims under all
 * rules, sends, and settles together with its next claim. It looks at rows and the wall clock whenever it is woken, so
 * sleep, restarts and clock changes need no special case.
 */
export function createDispatcher<Row extends DispatchRow, Claimed extends { readonly row: Row }, Attempt extends SomeAttempt>(
  deps: DispatcherDeps<Row, Claimed, Attempt>,
): Dispatcher {
  const { store, clock, random, log, outbox } = deps;
  const books = createSendBooks(sentRows((sql) => store.prepareRead(sql)));
  const days = createMailboxDays(deps);
  const lanes = new Map<string, Lane>();
  let running = false;
  /** At the last look some mailbox had mail and got no connection. */
  let crowded = false;
  let turn = 0;
  /** When the queue was last looked at as a whole. */
  let lookedAt = 0;
  let cancelTimer: (() => void) | null = null;
  const accepted = createRateMeter(clock.monotonic);
  let onDrained: (() => void) | null = null;

  function laneOf(mailboxId: string): Lane {
    let lane = lanes.get(mailboxId);
    if (lane === undefined) {
      lane = newLane(mailboxId);
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
  function campaignsInTurn(lane: Lane, look: Look, priority: number): string[] {
    return inTurn(look.running, lane.served.get(priority) ?? []);
  }

  function lookAt(lane: Lane, tx: Tx, now: number): Look {
    const campaigns = new Map<string, CampaignView | undefined>();
    return {
      now,
      mailbox: mailboxView(tx.prepare, lane.mailboxId, (view) => days.begin(tx, view, now)),
      running: (tx.prepare(`select id from campaigns where status = 'running' order by id`).all() as { id: string }[]).map((row) => row.id),
      campaign(id) {
        if (!campaigns.has(id)) campaigns.set(id, campaignView(tx.prepare, id));
        return campaigns.get(id);
      },
      nothingDue: new Set(),
    };
  }

  function tryClaims(lane: Lane, tx: Tx, most: number): Claim<Claimed>[] {
    const now = clock.now();
    const checked = lane.justChecked;
    lane.justChecked = false;
    const paused = deps.pausedUntil();
    if (paused !== null && paused > now) return [{ wakeAt: paused }];
    if (deps.secretsLocked()) return [{ wakeAt: Infinity }];
    const claims: Claim<Claimed>[] = [];
    let look = lookAt(lane, tx, now);
    while (claims.length < most) {
      const { mailbox } = look;
      if (mailbox === undefined) return [...claims, { wakeAt: Infinity }];
      lane.failing = mailbox.failures > 0;
      const claim = tryClaim(lane, tx, look, mailbox, checked);
      claims.push(claim);
      if (!('claimed' in claim)) break;
      // A gap was drawn: it holds for the next one.
      if (mailbox.limits.maxGapSeconds > 0 || mailbox.limits.minGapSeconds > 0) look = lookAt(lane, tx, now);
    }
    return claims;
  }

  function dueRow(tx: Tx, look: Look, mailboxId: string, priority: number, campaignId: string | null): Row | undefined {
    const queue = `${priority} ${campaignId ?? ''}`;
    if (look.nothingDue.has(queue)) return undefined;
    const row = outbox.due(tx, mailboxId, priority, campaignId, look.now);
    if (row === undefined) look.nothingDue.add(queue);
    return row;
  }

  function tryClaim(lane: Lane, tx: Tx, look: Look, mailbox: MailboxView, checked: boolean): Claim<Claimed> {
    const { now } = look;
    if (probeGate(mailbox, lane.inFlight) !== null) return { wakeAt: Infinity };
    const sent = books.mailbox(lane.mailboxId, now);
    let wakeAt = Infinity;

    const personal = dueRow(tx, look, lane.mailboxId, 0, null);
    if (personal !== undefined) {
      const block = mailboxGate(mailbox, sent, 0, now);
      if (block === null) return take(lane, tx, personal, mailbox, now);
      return { wakeAt: block.until ?? Infinity };
    }
    const gate = mailboxGate(mailbox, sent, 1, now);
    if (gate !== null) {
      if (endsTheDay(gate, mailbox, now)) moveOverdue(lane, tx, gate, mailbox, look);
      return { wakeAt: gate.until ?? Infinity };
    }
    let looked = 0;
    /** Follow-ups that have had their share: they come after the first mails that are due. */
    const afterFirstMails: string[] = [];
    const queues: [number, () => string[]][] = [
      [1, () => campaignsInTurn(lane, look, 1)],
      [2, () => campaignsInTurn(lane, look, 2)],
      [1, () => afterFirstMails.splice(0)],
    ];
    for (const [position, [priority, campaigns]] of queues.entries()) {
      for (const campaignId of campaigns()) {
        for (;;) {
          const row = dueRow(tx, look, lane.mailboxId, priority, campaignId);
          if (row === undefined) break;
          const campaign = look.campaign(campaignId);
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
  function moveOverdue(lane: Lane, tx: Tx, gate: Block, mailbox: MailboxView, look: Look): void {
    if (gate.until === null) return;
    const { overflow } = lane;
    if (overflow.until !== gate.until) Object.assign(overflow, { until: gate.until, at: gate.until, moved: 0 });
    for (const priority of [1, 2]) {
      for (const campaignId of campaignsInTurn(lane, look, priority)) {
        for (let moved = 0; moved < lookBatch; moved += 1) {
          const row = outbox.due(tx, lane.mailboxId, priority, campaignId, look.now);
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

  /** After a refusal: what was claimed before it leaves only if the mailbox was not stopped by it. */
  function mayBegin(lane: Lane, tx: Tx): boolean {
    if (!lane.doubted) return true;
    const now = clock.now();
    const mailbox = mailboxView(tx.prepare, lane.mailboxId, (view) => days.begin(tx, view, now));
    if (mailbox === undefined || mailboxGate(mailbox, books.mailbox(lane.mailboxId, now), 0, now) !== null) return false;
    lane.doubted = false;
    return true;
  }

  const work = createWorker<Row, Claimed, Attempt>({
    ...deps,
    isRunning: () => running,
    tryClaims,
    mayBegin,
    refresh,
    onAccepted: accepted.note,
    isCrowded: () => crowded,
    onSettled(lane) {
      if (running && lane.workers === 0) soon();
    },
    onEnd(sent) {
      if (crowded && running && sent > 0) soon();
      else schedule();
      if (!running && totalInFlight() === 0 && allWorkers() === 0) onDrained?.();
    },
  });

  const totalInFlight = () => [...lanes.values()].reduce((sum, lane) => sum + lane.inFlight, 0);
  const allWorkers = () => [...lanes.values()].reduce((sum, lane) => sum + lane.workers, 0);

  function soon(): void {
    cancelTimer?.();
    cancelTimer = clock.after(0, look);
  }

  function look(): void {
    if (!running) return;
    lookedAt = clock.now();
    try {
      lookAround(lookedAt);
    } catch (error) {
      // A full disk or a busy file: nothing is lost, the next look tries again.
      log.error({ err: error }, 'the queue could not be looked at');
    }
    schedule();
  }

  function lookAround(now: number): void {
    store.transaction((tx) => deps.onTick(tx, now));
    const mailboxes = store.prepareRead(`select id, json_extract(limits, '$.connections') as connections, json_extract(smtp, '$.host') as host from mailboxes`).all() as {
      id: string;
      connections: number;
      host: string;
    }[];
    const wishes = mailboxes.map(({ id, connections, host }) => {
      const lane = laneOf(id);
      const due = store
        .prepareRead(
          `select count(*) as n from (select 1 from deliveries indexed by deliveries_due where mailbox_id = +? and priority in (0, 1, 2) and slot_at <= +? and state in ('planned','deferred') limit ?)`,
        )
        .get(id, now, connections) as { n: number };
      return { mailboxId: id, host, open: lane.workers + lane.idle.length, idle: lane.idle.length, wanted: Math.min(connections - lane.workers, due.n) };
    });
    const { granted, short } = allotConnections(wishes, connectionCaps, turn);
    turn += 1;
    crowded = short;
    for (const [id, workers] of granted) for (let started = 0; started < workers; started += 1) void work(laneOf(id));
  }

  /**
   * Sleeps until the next slot or the end of the nearest block, never past `maxSleepMs`. What came since the last look is
   * due at once: a timer may fire a moment before its slot, which then passes between the look and this.
   */
  function schedule(): void {
    if (!running) return;
    cancelTimer?.();
    const now = clock.now();
    const next =
      (
        store.prepareRead(`select min(slot_at) as at from deliveries indexed by deliveries_slot where slot_at > +? and state in ('planned','deferred')`).get(lookedAt) as {
          at: number | null;
        }
      ).at ?? Infinity;
    const wakes = [...lanes.values()].map((lane) => lane.wakeAt).filter((at) => at > lookedAt);
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
        // Ends only what is still being opened: a message under way goes on.
        lane.abort.abort();
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
      if (running) soon();
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
      const gate = mailboxGate(mailbox, books.mailbox(row.mailboxId, now), row.priority, now) ?? probeGate(mailbox, lane.inFlight);
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
      return accepted.perMinute;
    },
  };
}

/** Nothing more leaves on this local day, or for a rolling one: what is due gets slots that can be kept. */
function endsTheDay({ code, until }: Block, mailbox: MailboxView, now: number): boolean {
  if (code === 'mailbox_day' || code === 'mailbox_24h' || code === 'mailbox_ramp') return true;
  return code === 'mailbox_human_day' && until === startOfNextLocalDay(mailbox.calendar.zone, now);
}

function isHold(code: Block['code']): code is HoldReason {
  return code === 'stale_slot' || code === 'no_allowed_time' || code === 'approval';
}
