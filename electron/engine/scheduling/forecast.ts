import type { CampaignRules, Forecast, ForecastDay } from '../../../shared/schemas/campaign.ts';
import type { WhyCode } from '../../../shared/schemas/delivery.ts';
import type { RampState } from '../../../shared/schemas/mailbox.ts';
import type { SequenceGraph, WaitStep } from '../../../shared/schemas/sequence.ts';
import { day as dayMs } from '../lib/clock.ts';
import { seededRandom, type Random } from '../lib/random.ts';
import { localDay, startOfLocalDay, startOfNextLocalDay } from '../lib/zone.ts';
import { firstEmails, likelyMails, type MailOnTheWay } from '../sequences/index.ts';
import { nextAllowed, windowEnd } from './calendar.ts';
import { calendarsFor, type MailboxHours, type RecipientPlace, type RuleCalendar } from './gates.ts';
import { todayOf, type DayMailbox } from './mailbox-day.ts';
import { followUpsHaveHadTheirShare, mailboxPace, mailPace, plainDay, type Today } from './pacing.ts';
import { dueAfter } from './planner.ts';
import { createSendBooks, type CountedMail, type SentMail } from './send-log.ts';
import { createSlotQueue, type SlotQueue } from './slot-queue.ts';
import { drawGapMs } from './slots.ts';

export interface ForecastMailbox extends DayMailbox, MailboxHours {
  readonly nextSendAt: number;
  readonly ramp: RampState | null;
  /** Follow-ups need an inbox: without one they are held. */
  readonly hasInbox: boolean;
  /** When it sends again; null = when a person has seen to it. */
  readonly availableFrom: number | null;
  /** Running campaigns that use it, this one among them: each gets an equal share. */
  readonly sharedBy: number;
}

export interface ForecastPerson {
  readonly recipient: RecipientPlace;
  /** '' for free mail. */
  readonly domain: string;
  readonly companyKey: string;
  /** The mailbox that writes to this person; null = not chosen yet. */
  readonly mailboxId: string | null;
  /** The step where the person stands: a mail that is planned, or what is waited for; null = before the first. */
  readonly nextStepId: string | null;
  /** When that mail may leave at the earliest; null = as soon as the sequence lets it. */
  readonly slotAt: number | null;
}

export interface ForecastInput {
  readonly now: number;
  readonly campaignId: string;
  readonly rules: CampaignRules;
  readonly graph: SequenceGraph;
  readonly mailboxes: readonly ForecastMailbox[];
  readonly people: readonly ForecastPerson[];
  /** What left in the last two days, of the mailboxes: it counts in today's limits. */
  readonly sent: readonly SentMail[];
  /** People who wait for a person or an event, and for which. */
  readonly stuck?: readonly { readonly code: WhyCode; readonly people: number }[];
  readonly seed: number;
}

/** A forecast under way. */
export interface ForecastRun {
  /** Simulates on as long as `goesOn` says so; true once nothing is left to do. */
  run(goesOn: () => boolean): boolean;
  /** What has been found so far; whole once `run` returned true. */
  result(): Forecast;
}

type Kind = 'followUp' | 'first';

/** People of one zone and country, in the order in which a mailbox would serve them. */
interface Line {
  readonly queue: SlotQueue;
  readonly hours: OpenHours;
}

interface Lane {
  readonly mailbox: ForecastMailbox;
  readonly share: number;
  readonly lines: Record<Kind, Map<string, Line>>;
  readonly paced: { limits: ForecastMailbox['limits']; calendar: ForecastMailbox['calendar']; today: Today; nextSendAt: number };
  at: number;
  dayEnd: number;
  sendingDays: number;
  today: Mutable<ForecastDay> | null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How far a forecast looks ahead. */
const horizonMs = 3 * 366 * dayMs;
/** Looked at between two questions whether to go on. */
const stepsAtOnce = 32;
const placedAtOnce = 1000;
/** The limits that end a day, and those that only spread its mails; a day names the strongest that held it. */
const spreading: ReadonlySet<WhyCode> = new Set(['mailbox_gap', 'mailbox_hour', 'domain_day', 'company_day']);

/**
 * The future of a campaign: the rules of sending (calendars, waits, limits, shares) run on a virtual clock from `now`,
 * with drawn gaps from `seed`, as if nobody replied. Pure: it reads nothing and changes nothing but its own counters.
 */
export function createForecast(input: ForecastInput): ForecastRun {
  const { rules, graph, campaignId, people } = input;
  const random: Random = seededRandom(input.seed);
  const startAt = Math.max(input.now, rules.startAt ?? 0);
  const endAt = startAt + horizonMs;
  const { nodes, entry, indexFrom } = nodesOf(graph);
  const stepOf = new Int32Array(people.length);
  const pools = new Map<string, SlotQueue>();
  const stuck = new Map<WhyCode, number>(input.stuck?.map(({ code, people: count }) => [code, count]));
  const days: Mutable<ForecastDay>[] = [];
  const blockedUntil: Record<Kind, number> = { first: 0, followUp: 0 };
  const hasMailLimits = [rules.maxPerDay, rules.maxNewPerDay, rules.maxPerDomainPerDay, rules.maxPerCompanyPerDay].some((limit) => limit !== null);
  let lastAt: number | null = null;
  let complete = true;

  const books = createSendBooks({
    ofMailbox: (id, since) => input.sent.filter((mail) => mail.mailboxId === id && mail.at >= since),
    ofCampaign: (id, since) => input.sent.filter((mail) => mail.campaignId === id && mail.at >= since),
    ofAll: (since) => input.sent.filter((mail) => mail.campaignId !== null && mail.at >= since),
  });
  const lanes = input.mailboxes.filter(({ availableFrom }) => availableFrom !== null).map((mailbox) => openLane(mailbox, startAt));
  const laneOf = new Map(lanes.map((lane) => [lane.mailbox.id, lane]));
  const firstDue = new Map<string, number>();
  let placed = 0;

  /** Puts a person into the line in which the next mail waits. */
  function place(index: number): void {
    const person = people[index];
    const from = person === undefined ? null : person.nextStepId === null ? entry : indexFrom(person.nextStepId);
    const step = from === null ? undefined : nodes[from.index];
    if (person === undefined || from === null || step === undefined) return;
    stepOf[index] = from.index;
    const key = keyOf(person.recipient);
    const slot = person.slotAt === null ? dueAtFirst(key, person.recipient) : dueAfter(person.slotAt, from.waits, rules, person.recipient);
    if (lanes.length === 0) return strand('mailbox_paused');
    const mailboxId = person.mailboxId ?? (rules.rotation === 'round_robin' ? (lanes[index % lanes.length]?.mailbox.id ?? null) : null);
    if (mailboxId === null) {
      poolOf(key, person.recipient).push(slot, index);
      return;
    }
    const lane = laneOf.get(mailboxId);
    if (lane === undefined) strand('mailbox_paused');
    else enqueue(lane, index, slot);
  }

  function dueAtFirst(key: string, recipient: RecipientPlace): number {
    let due = firstDue.get(key);
    if (due === undefined) firstDue.set(key, (due = dueAfter(startAt, entry?.waits ?? [], rules, recipient)));
    return due;
  }

  /** People of a place whose mailbox is not chosen yet: whichever is free first takes the next one. */
  function poolOf(key: string, recipient: RecipientPlace): SlotQueue {
    let pool = pools.get(key);
    if (pool === undefined) {
      pools.set(key, (pool = createSlotQueue()));
      for (const lane of lanes) lane.lines.first.set(`pool ${key}`, { queue: pool, hours: openHours(calendarsFor(rules, lane.mailbox, recipient, true)) });
    }
    return pool;
  }

  function strand(code: WhyCode): void {
    stuck.set(code, (stuck.get(code) ?? 0) + 1);
  }

  function enqueue(lane: Lane, index: number, slot: number): void {
    const person = people[index];
    if (person === undefined) return;
    const kind: Kind = nodes[stepOf[index] ?? 0]?.first === true ? 'first' : 'followUp';
    if (kind === 'followUp' && !lane.mailbox.hasInbox) return strand('no_inbox');
    const lines = lane.lines[kind];
    const key = keyOf(person.recipient);
    let line = lines.get(key);
    if (line === undefined) lines.set(key, (line = { queue: createSlotQueue(), hours: openHours(calendarsFor(rules, lane.mailbox, person.recipient, kind === 'first')) }));
    line.queue.push(slot, index);
  }

  /** The line whose mail comes next, and when one opens if none is open now. */
  function look(lane: Lane, kind: Kind, now: number): { line: Line | null; wakeAt: number } {
    let line: Line | null = null;
    let wakeAt = Infinity;
    for (const one of lane.lines[kind].values()) {
      const { slot } = one.queue;
      if (slot > now) wakeAt = Math.min(wakeAt, slot);
      else if (line === null || slot < line.queue.slot) {
        const opensAt = one.hours.opens(now);
        if (opensAt === now) line = one;
        else wakeAt = Math.min(wakeAt, opensAt);
      }
    }
    return blockedUntil[kind] > now && line !== null ? { line: null, wakeAt: Math.min(wakeAt, blockedUntil[kind]) } : { line, wakeAt };
  }

  function waits(lane: Lane, now: number): boolean {
    return look(lane, 'followUp', now).line !== null || look(lane, 'first', now).line !== null;
  }

  /** One look of a mailbox at its lines at `lane.at`: a mail leaves, or the lane sleeps until something may change. */
  function advance(lane: Lane): void {
    const now = lane.at;
    beginDay(lane, now);
    const times = books.mailbox(lane.mailbox.id, now);
    const block = mailboxPace(lane.paced, times, now);
    if (block !== null) {
      if (waits(lane, now)) note(lane, now, block.code);
      lane.at = block.until ?? Infinity;
      return;
    }
    const followUps = look(lane, 'followUp', now);
    const firsts = look(lane, 'first', now);
    const shared = followUps.line !== null && firsts.line !== null && shareIsUsed(lane, now);
    const order: [Kind, Line | null][] = shared
      ? [
          ['first', firsts.line],
          ['followUp', followUps.line],
        ]
      : [
          ['followUp', followUps.line],
          ['first', firsts.line],
        ];
    for (const [kind, line] of order) {
      if (line !== null && leave(lane, kind, line, now)) return;
      // Its limit of the day is used up, or this person's: look again.
      if (line !== null) return;
    }
    lane.at = Math.min(followUps.wakeAt, firsts.wakeAt);
  }

  function shareIsUsed(lane: Lane, now: number): boolean {
    if (rules.followUpShare >= 100) return false;
    const since = startOfLocalDay(lane.mailbox.calendar.zone, now);
    const { id } = lane.mailbox;
    return followUpsHaveHadTheirShare(rules.followUpShare, books.mailboxFollowUps(id, now).countSince(since), books.mailboxCampaigns(id, now).countSince(since));
  }

  function leave(lane: Lane, kind: Kind, line: Line, now: number): boolean {
    const slot = line.queue.slot;
    const index = line.queue.pop();
    const person = people[index];
    if (person === undefined) return false;
    const mail: CountedMail = { mailboxId: lane.mailbox.id, campaignId, priority: kind === 'first' ? 2 : 1, domain: person.domain, companyKey: person.companyKey };
    const block = hasMailLimits ? mailPace(rules, mail, books, now) : null;
    if (block !== null) {
      note(lane, now, block.code);
      const until = block.until ?? Infinity;
      if (block.code === 'campaign_day') blockedUntil.first = blockedUntil.followUp = until;
      if (block.code === 'campaign_new_day') blockedUntil.first = until;
      line.queue.push(block.code === 'campaign_day' || block.code === 'campaign_new_day' ? slot : until, index);
      return false;
    }
    if (lane.paced.limits.maxGapSeconds > 0 && lane.paced.nextSendAt > slot && lane.today !== null && lane.today.limitedBy === null) note(lane, now, 'mailbox_gap');
    books.reserve(mail, now)(now);
    count(lane, kind, now);
    lane.paced.nextSendAt = now + drawGapMs(lane.paced.limits, random);
    lane.at = Math.max(now, lane.paced.nextSendAt);
    const next = nodes[stepOf[index] ?? 0]?.next ?? null;
    if (next === null) return true;
    stepOf[index] = next.index;
    enqueue(lane, index, dueAfter(now, next.waits, rules, person.recipient));
    return true;
  }

  function beginDay(lane: Lane, now: number): void {
    if (now < lane.dayEnd) return;
    const { mailbox, share } = lane;
    const { zone } = mailbox.calendar;
    if (lane.today !== null && lane.today.first + lane.today.followUps > 0) lane.sendingDays += 1;
    lane.dayEnd = startOfNextLocalDay(zone, now);
    lane.today = null;
    if (mailbox.limits.rampUp === null && !mailbox.limits.humanDay) return;
    const today = todayOf(mailbox, mailbox.ramp, lane.sendingDays, localDay(zone, now));
    lane.paced.today = {
      rampPerDay: today.rampPerDay === null ? null : Math.max(1, Math.floor(today.rampPerDay / share)),
      plan: today.plan === null ? null : { ...today.plan, target: Math.max(1, Math.floor(today.plan.target / share)) },
    };
  }

  function dayOf(lane: Lane, now: number): Mutable<ForecastDay> {
    if (lane.today === null) {
      lane.today = { mailboxId: lane.mailbox.id, day: localDay(lane.mailbox.calendar.zone, now), first: 0, followUps: 0, limitedBy: null };
      days.push(lane.today);
    }
    return lane.today;
  }

  /** A limit holds mail that could leave otherwise. */
  function note(lane: Lane, now: number, code: WhyCode): void {
    const day = dayOf(lane, now);
    if (day.limitedBy === null || (spreading.has(day.limitedBy) && !spreading.has(code)) || (day.limitedBy === 'mailbox_gap' && code !== 'mailbox_gap')) day.limitedBy = code;
  }

  function count(lane: Lane, kind: Kind, now: number): void {
    const day = dayOf(lane, now);
    if (kind === 'first') day.first += 1;
    else day.followUps += 1;
    lastAt = Math.max(lastAt ?? now, now);
  }

  return {
    run(goesOn) {
      for (; placed < people.length; placed += 1) {
        if (placed % placedAtOnce === placedAtOnce - 1 && !goesOn()) return false;
        place(placed);
      }
      for (;;) {
        for (let step = 0; step < stepsAtOnce; step += 1) {
          let next: Lane | null = null;
          for (const lane of lanes) if (next === null || lane.at < next.at) next = lane;
          if (next === null || next.at === Infinity) return true;
          if (next.at > endAt) {
            complete = false;
            return true;
          }
          advance(next);
        }
        if (!goesOn()) return false;
      }
    },
    result() {
      // A pool stands in the lines of all mailboxes: the set counts it once.
      const queues = new Set(lanes.flatMap(({ lines }) => [...lines.first.values(), ...lines.followUp.values()].map(({ queue }) => queue)));
      const left = [...queues].reduce((sum, { size }) => sum + size, 0);
      const reasons = new Map<WhyCode, number>();
      for (const { limitedBy } of days) if (limitedBy !== null) reasons.set(limitedBy, (reasons.get(limitedBy) ?? 0) + 1);
      const limits = [...reasons].map(([code, held]) => ({ code, days: held })).sort((a, b) => b.days - a.days);
      const waiting = [...stuck].map(([code, count]) => ({ code, people: count }));
      if (complete && left > 0) waiting.push({ code: 'no_allowed_time', people: left });
      const sending = days.filter((one) => one.first + one.followUps > 0).sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.mailboxId < b.mailboxId ? -1 : 1));
      return {
        people: people.length + (input.stuck ?? []).reduce((sum, one) => sum + one.people, 0),
        first: sending.reduce((sum, one) => sum + one.first, 0),
        followUps: sending.reduce((sum, one) => sum + one.followUps, 0),
        lastAt,
        days: sending,
        limits,
        stuck: waiting,
        complete,
      };
    },
  };
}

function keyOf({ zone, country }: RecipientPlace): string {
  return `${zone ?? ''}|${country ?? ''}`;
}

/** The way to a mail: its node, and the waits before it. */
interface WayToNode {
  readonly index: number;
  readonly waits: readonly WaitStep[];
}

interface MailNode {
  /** Nobody has had a mail before it. */
  readonly first: boolean;
  readonly next: WayToNode | null;
}

/** Every mail of a graph with the one that likely follows it, so that people on any branch find their way. */
function nodesOf(graph: SequenceGraph): { nodes: readonly MailNode[]; entry: WayToNode | null; indexFrom: (stepId: string) => WayToNode | null } {
  const emails = graph.steps.filter((step) => step.type === 'email');
  const indexOf = new Map(emails.map(({ id }, index) => [id, index]));
  const firsts = firstEmails(graph);
  const wayTo = (mail: MailOnTheWay | undefined): WayToNode | null => {
    const index = mail === undefined ? undefined : indexOf.get(mail.step.id);
    return mail === undefined || index === undefined ? null : { index, waits: mail.waits };
  };
  const known = new Map<string, WayToNode | null>();
  return {
    nodes: emails.map(({ id }) => ({ first: firsts.has(id), next: wayTo(likelyMails(graph, id)[1]) })),
    entry: wayTo(likelyMails(graph)[0]),
    indexFrom(stepId) {
      let way = known.get(stepId);
      if (way === undefined) known.set(stepId, (way = wayTo(likelyMails(graph, stepId)[0])));
      return way;
    },
  };
}

function openLane(mailbox: ForecastMailbox, startAt: number): Lane {
  const share = Math.max(1, mailbox.sharedBy);
  const part = (limit: number) => Math.max(1, Math.floor(limit / share));
  const limits = {
    ...mailbox.limits,
    perDay: part(mailbox.limits.perDay),
    perHour: part(mailbox.limits.perHour),
    per24Hours: mailbox.limits.per24Hours === null ? null : part(mailbox.limits.per24Hours),
    minGapSeconds: mailbox.limits.minGapSeconds * share,
    maxGapSeconds: mailbox.limits.maxGapSeconds * share,
  };
  return {
    mailbox,
    share,
    lines: { first: new Map(), followUp: new Map() },
    paced: { limits, calendar: mailbox.calendar, today: plainDay, nextSendAt: mailbox.nextSendAt },
    at: Math.max(startAt, mailbox.availableFrom ?? startAt),
    dayEnd: 0,
    sendingDays: 0,
    today: null,
  };
}

interface OpenHours {
  /** The first open instant at or after `at`, Infinity when there is none within a year. `at` never goes back. */
  opens(at: number): number;
}

/** Calendars asked again and again by a clock that goes forward: one open stretch is remembered. */
function openHours(calendars: readonly RuleCalendar[]): OpenHours {
  let from = -Infinity;
  let to = -Infinity;
  return {
    opens(at) {
      if (at >= to) {
        from = nextAllowed(calendars, at) ?? Infinity;
        to = from === Infinity ? Infinity : (windowEnd(calendars, from) ?? from + 1);
      }
      return Math.max(at, from);
    },
  };
}
