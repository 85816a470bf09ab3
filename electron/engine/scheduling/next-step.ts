import { nextStepId } from '../../../shared/graph.ts';
import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { EmailStep, SequenceGraph, Step, StepOf } from '../../../shared/schemas/sequence.ts';
import { zoneOf } from '../lib/zone.ts';
import { caseOf, drawArm, holds, waitsForNothing, type Facts } from '../sequences/index.ts';
import { weekdayOf } from './calendar.ts';
import { addDuration } from './duration.ts';
import { campaignCalendar, type RecipientPlace } from './gates.ts';

/** Where a person stands. */
export interface Position {
  /** Null = at the end. */
  readonly stepId: string | null;
  /** The moment from which the step counts (UTC ms): the real send, the end of a wait, the task being done. May lie ahead. */
  readonly at: number;
  /** When a wait-until was looked at last: windows that were over by then are decided. */
  readonly lookedAt?: number | null;
}

export interface Traveller {
  readonly enrolmentId: string;
  readonly rules: CampaignRules;
  readonly recipient: RecipientPlace;
}

/** A branch that somebody took, for the record. */
export interface Taken {
  readonly stepId: string;
  readonly edge: string;
}

/** What comes next for a person. */
export type Move =
  | { readonly kind: 'end' }
  /** A mail is due at `dueAt`; calendars and limits come on top. */
  | { readonly kind: 'mail'; readonly step: EmailStep; readonly dueAt: number }
  /** Nothing until then; look again. */
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'task'; readonly step: StepOf<'task'>; readonly at: number }
  | { readonly kind: 'act'; readonly step: StepOf<'action'>; readonly at: number };

export interface Advance {
  /** Where the person stands with this move. */
  readonly position: Position;
  readonly move: Move;
  /** The branches taken on the way there. */
  readonly taken: readonly Taken[];
}

const dayMs = 86_400_000;

/**
 * Walks a person from a position to the next thing to do. Pure. Waits of a fixed length and draws are passed ahead of
 * time, so that a mail behind them is planned at once; what looks at a person, or acts, is done at its time and not
 * before. Ends where a step is missing. A way that loops, which validation refuses, ends after as many steps as the graph has.
 */
export function nextStep(graph: SequenceGraph, from: Position, person: Traveller, facts: Facts, now: number): Advance {
  const taken: Taken[] = [];
  let position = from;
  for (let passed = 0; passed <= graph.steps.length; passed += 1) {
    const step = graph.steps.find(({ id }) => id === position.stepId);
    if (step === undefined) break;
    const found = pass(graph, step, position, person, facts, now);
    if ('move' in found) return { position, move: found.move, taken };
    if (found.edge !== null) taken.push({ stepId: step.id, edge: found.edge });
    position = { stepId: found.to, at: found.at };
  }
  return { position: { stepId: null, at: position.at }, move: { kind: 'end' }, taken };
}

type Passed = { readonly move: Move } | { readonly to: string | null; readonly at: number; readonly edge: string | null };

function pass(graph: SequenceGraph, step: Step, position: Position, person: Traveller, facts: Facts, now: number): Passed {
  const { at } = position;
  const next = nextStepId(graph, step);
  const go = (to: string | null, edge: string | null, when = at): Passed => ({ to, at: when, edge });
  switch (step.type) {
    case 'exit':
      return { move: { kind: 'end' } };
    case 'email':
      return { move: { kind: 'mail', step, dueAt: at } };
    case 'wait':
      return go(next, null, after(at, step.duration, step.businessDays, person));
    case 'wait_time':
      return go(next, null, nextWallTime(at, step, zoneNameOf(person)));
    case 'split': {
      const arm = drawArm(step.arms, person.enrolmentId, step.id);
      return go(arm?.next ?? null, arm?.id ?? null);
    }
    default:
      break;
  }
  // What follows looks at the person or acts: not before its time.
  if (at > now) return { move: { kind: 'wait', until: at } };
  switch (step.type) {
    case 'wait_date': {
      const moment = momentOf(step, facts.field(step.field), zoneNameOf(person));
      return moment === null ? go(step.missing, 'missing', now) : go(next, null, Math.max(at, moment));
    }
    case 'condition': {
      const branch = step.branches.find(({ when }) => holds(when, facts, now));
      return branch === undefined ? go(next, 'next', now) : go(branch.next, branch.id, now);
    }
    case 'switch': {
      const found = caseOf(step, facts);
      return found === undefined ? go(next, 'next', now) : go(found.next, found.id, now);
    }
    case 'wait_for':
      return passWaitFor(step, next, position, person, facts, now);
    case 'task':
      return { move: { kind: 'task', step, at } };
    case 'action':
      return { move: { kind: 'act', step, at } };
  }
}

function passWaitFor(step: StepOf<'wait_for'>, next: string | null, position: Position, person: Traveller, facts: Facts, now: number): Passed {
  const lookedAt = position.lookedAt ?? -Infinity;
  let until = Infinity;
  for (const branch of step.branches) {
    const end = after(position.at, branch.within, false, person);
    // Looked at when its window was over: it did not take the person.
    if (lookedAt >= end) continue;
    const over = now >= end;
    if (!over) until = Math.min(until, end);
    if ((over || !waitsForNothing(branch.when)) && holds(branch.when, facts, Math.min(now, end))) return { to: branch.next, at: now, edge: branch.id };
  }
  return until === Infinity ? { to: next, at: now, edge: 'next' } : { move: { kind: 'wait', until } };
}

function after(at: number, duration: string, businessDays: boolean, { rules, recipient }: Traveller): number {
  const calendar = campaignCalendar(rules, recipient);
  return addDuration(at, duration, { businessDays, zone: calendar.zone, calendar });
}

function zoneNameOf({ rules, recipient }: Traveller): string {
  return recipient.zone ?? rules.calendar.zone;
}

/** The first instant at or after `at` at which a clock of the zone shows the step's time on one of its weekdays; `at` without weekdays. */
function nextWallTime(at: number, { time, days }: StepOf<'wait_time'>, zoneName: string): number {
  const zone = zoneOf(zoneName);
  const today = Math.floor((at + zone.offsetAt(at)) / dayMs);
  for (let day = today; day <= today + 8; day += 1) {
    if (!days.includes(weekdayOf(day))) continue;
    const instant = zone.instantOf(day * dayMs + wallMs(time));
    if (instant >= at) return instant;
  }
  return at;
}

/** When a step's date comes, or null when the field holds none. Reads the date at the start of the text: YYYY-MM-DD. */
function momentOf({ offsetDays, time }: StepOf<'wait_date'>, text: string, zoneName: string): number | null {
  const date = /^\s*(\d{4})-(\d{2})-(\d{2})(?!\d)/.exec(text)?.[0].trim();
  const midnight = date === undefined ? Number.NaN : Date.parse(`${date}T00:00:00Z`);
  // 31 February is no date, though it can be read as one.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return null;
  return zoneOf(zoneName).instantOf(midnight + offsetDays * dayMs + wallMs(time));
}

function wallMs(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60_000;
}
