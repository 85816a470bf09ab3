import type { Calendar } from '../../../shared/schemas/common.ts';
import type { MailboxLimits } from '../../../shared/schemas/mailbox.ts';
import type { Random } from '../lib/random.ts';
import { hour } from '../lib/clock.ts';
import { localDay, startOfNextLocalDay } from '../lib/zone.ts';
import { nextAllowed } from './calendar.ts';

/** The capacity of one mailbox as the planner fills it: how many slots are given per day and hour. */
export interface Allocation {
  /** The next slot for a person whose calendars are these, at or after `notBefore`; null = no allowed time within a year. */
  take(calendars: readonly Calendar[], notBefore: number): number | null;
  /** Where the next slot would be, at the earliest. */
  readonly cursor: number;
}

/** Draws the gap to the next mail, ms. */
export function drawGapMs(limits: MailboxLimits, random: Random): number {
  const low = Math.min(limits.minGapSeconds, limits.maxGapSeconds);
  const high = Math.max(limits.minGapSeconds, limits.maxGapSeconds);
  return Math.round((low + random() * (high - low)) * 1000);
}

/**
 * Hands out slots of one mailbox, spread by drawn gaps, inside the calendars and the hour and day limits. `sharedBy` is
 * the number of running campaigns that use the mailbox: each plans with its share, so that none starves. Pure but for
 * its own counters; the dispatcher holds every limit again when a slot is due.
 */
export function createAllocation(options: { limits: MailboxLimits; zone: string; startAt: number; sharedBy: number; random: Random }): Allocation {
  const { limits, zone, random } = options;
  const share = Math.max(1, options.sharedBy);
  const perDay = Math.max(1, Math.floor(limits.perDay / share));
  const perHour = Math.max(1, Math.floor(limits.perHour / share));
  const days = new Map<string, number>();
  const hours = new Map<number, number>();
  // Recipients of other time zones fill other hours: each zone has its own place in the day.
  const cursors = new Map<string, number>();
  let cursor = options.startAt;

  function firstFree(calendars: readonly Calendar[], from: number): number | null {
    let at: number | null = from;
    for (let tries = 0; tries < 1000; tries += 1) {
      at = nextAllowed(calendars, at);
      if (at === null) return null;
      if ((days.get(localDay(zone, at)) ?? 0) >= perDay) at = startOfNextLocalDay(zone, at);
      else if ((hours.get(Math.floor(at / hour)) ?? 0) >= perHour) at = (Math.floor(at / hour) + 1) * hour;
      else return at;
    }
    return at;
  }

  return {
    take(calendars, notBefore) {
      const key = calendars.map((calendar) => calendar.zone).join('|');
      const at = firstFree(calendars, Math.max(notBefore, cursors.get(key) ?? options.startAt));
      if (at === null) return null;
      const day = localDay(zone, at);
      days.set(day, (days.get(day) ?? 0) + 1);
      hours.set(Math.floor(at / hour), (hours.get(Math.floor(at / hour)) ?? 0) + 1);
      cursors.set(key, at + drawGapMs(limits, random) * share);
      cursor = Math.max(...cursors.values());
      return at;
    },
    get cursor() {
      return cursor;
    },
  };
}
