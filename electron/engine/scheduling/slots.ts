import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { MailboxLimits, RampState } from '../../../shared/schemas/mailbox.ts';
import type { Random } from '../lib/random.ts';
import { hour } from '../lib/clock.ts';
import { localDay, startOfLocalDay, startOfNextLocalDay } from '../lib/zone.ts';
import { nextAllowed, type OpenTimes } from './calendar.ts';
import { humanDayBlock } from './human-day.ts';
import { todayOf, type DayMailbox } from './mailbox-day.ts';
import { allowanceOf, type Today } from './pacing.ts';

/** A person as the limits of a campaign see them; '' = nothing limits it. */
export interface Recipient {
  readonly domain: string;
  readonly companyKey: string;
}

/** The room for first mails that a campaign's own limits leave on each day, over all its mailboxes. */
export interface CampaignRoom {
  /** The first instant at or after `at` whose day has room for this person. */
  freeFrom(person: Recipient, at: number): number;
  take(person: Recipient, at: number): void;
}

/** The capacity of one mailbox as the planner fills it: how many slots are given per day and hour. */
export interface Allocation {
  /** The next slot for a person whose calendars are these, at or after `notBefore`; null = no allowed time within a year. */
  take(calendars: readonly OpenTimes[], notBefore: number, person?: Recipient): number | null;
  /** Where the next slot would be, at the earliest. */
  readonly cursor: number;
}

/** Draws the gap to the next mail, ms. */
export function drawGapMs(limits: MailboxLimits, random: Random): number {
  const low = Math.min(limits.minGapSeconds, limits.maxGapSeconds);
  const high = Math.max(limits.minGapSeconds, limits.maxGapSeconds);
  return high === low ? low * 1000 : Math.round((low + random() * (high - low)) * 1000);
}

/** Counts first mails by day of the campaign's zone and finds days with room. Pure but for its own counters. */
export function createCampaignRoom(rules: CampaignRules): CampaignRoom {
  const { zone } = rules.calendar;
  const taken = new Map<string, number>();
  /** Days before are known to be full: a small limit would otherwise be walked from the start for each person. */
  const fullBefore = new Map<string, number>();
  const limits: [number | null, (person: Recipient) => string][] = [
    [rules.maxPerDay === null ? rules.maxNewPerDay : Math.min(rules.maxPerDay, rules.maxNewPerDay ?? Infinity), () => 'campaign'],
    [rules.maxPerDomainPerDay, (person) => (person.domain === '' ? '' : `domain ${person.domain}`)],
    [rules.maxPerCompanyPerDay, (person) => (person.companyKey === '' ? '' : `company ${person.companyKey}`)],
  ];
  const active = limits.flatMap(([most, keyOf]) => (most === null ? [] : [{ most, keyOf }]));

  return {
    freeFrom(person, from) {
      let at = from;
      for (let moved = true; moved;) {
        moved = false;
        for (const { most, keyOf } of active) {
          const key = keyOf(person);
          if (key === '') continue;
          const before = at;
          at = Math.max(at, fullBefore.get(key) ?? at);
          while ((taken.get(`${key} ${startOfLocalDay(zone, at)}`) ?? 0) >= most) {
            at = startOfNextLocalDay(zone, at);
            fullBefore.set(key, at);
          }
          moved ||= at !== before;
        }
      }
      return at;
    },
    take(person, at) {
      for (const { keyOf } of active) {
        const key = keyOf(person);
        if (key === '') continue;
        const ofDay = `${key} ${startOfLocalDay(zone, at)}`;
        taken.set(ofDay, (taken.get(ofDay) ?? 0) + 1);
      }
    },
  };
}

/**
 * Hands out slots of one mailbox, spread by drawn gaps, inside the calendars, the hour and day limits, the ramp-up as it
 * would grow from `ramp`, the human days that would be drawn, and what the campaign's own limits leave (`room`).
 * `sharedBy` is the number of running campaigns that use the mailbox: each plans with its share, so that none starves.
 * Pure but for its own counters; the dispatcher holds every limit again when a slot is due.
 */
export function createAllocation(options: {
  mailbox: DayMailbox;
  ramp: RampState | null;
  startAt: number;
  sharedBy: number;
  random: Random;
  room?: CampaignRoom | undefined;
}): Allocation {
  const { mailbox, ramp, random, room } = options;
  const { limits } = mailbox;
  const { zone } = mailbox.calendar;
  const share = Math.max(1, options.sharedBy);
  const perHour = Math.max(1, Math.floor(limits.perHour / share));
  const days = new Map<string, { taken: number; readonly perDay: number; readonly today: Today }>();
  const hours = new Map<number, number>();
  // Recipients of other time zones and countries fill other hours and days: each has its own place in the day.
  const cursors = new Map<string, number>();
  let cursor = options.startAt;

  function dayOf(at: number): { taken: number; readonly perDay: number; readonly today: Today } {
    const date = localDay(zone, at);
    let day = days.get(date);
    if (day === undefined) {
      const sendingDays = limits.rampUp === null ? 0 : [...days].filter(([earlier, { taken }]) => earlier < date && taken > 0).length;
      const today = todayOf(mailbox, ramp, sendingDays, date);
      day = { taken: 0, perDay: Math.max(1, Math.floor(allowanceOf(limits, today) / share)), today };
      days.set(date, day);
    }
    return day;
  }

  function firstFree(calendars: readonly OpenTimes[], person: Recipient | undefined, from: number): number | null {
    let at: number | null = from;
    for (let tries = 0; tries < 1000; tries += 1) {
      at = nextAllowed(calendars, at);
      if (at === null) return null;
      const allowed: number = at;
      const day = dayOf(allowed);
      const away = day.today.plan === null ? null : humanDayBlock(day.today.plan, zone, allowed);
      if (day.taken >= day.perDay) at = startOfNextLocalDay(zone, allowed);
      else if ((hours.get(Math.floor(allowed / hour)) ?? 0) >= perHour) at = (Math.floor(allowed / hour) + 1) * hour;
      else if (away !== null && away.until !== null) at = away.until;
      else if (room !== undefined && person !== undefined) {
        at = room.freeFrom(person, allowed);
        if (at === allowed) return at;
      } else return at;
    }
    return at;
  }

  return {
    take(calendars, notBefore, person) {
      const key = calendars.map(({ zone: read, country }) => `${read} ${country ?? ''}`).join('|');
      const from = Math.max(notBefore, cursors.get(key) ?? options.startAt);
      const at = firstFree(calendars, person, from);
      if (at === null) return null;
      dayOf(at).taken += 1;
      hours.set(Math.floor(at / hour), (hours.get(Math.floor(at / hour)) ?? 0) + 1);
      if (room !== undefined && person !== undefined) room.take(person, at);
      // Whoever a limit of domain or company sends to another day does not hold up the others.
      const turn = person === undefined || (person.domain === '' && person.companyKey === '') ? at : Math.min(at, firstFree(calendars, undefined, from) ?? at);
      cursors.set(key, turn + drawGapMs(limits, random) * share);
      cursor = Math.max(...cursors.values());
      return at;
    },
    get cursor() {
      return cursor;
    },
  };
}
