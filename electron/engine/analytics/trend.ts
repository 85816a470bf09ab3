import type { AnalyticsTrend } from '../../../shared/schemas/analytics.ts';
import { ownZone, zoneOf } from '../lib/zone.ts';
import type { Store } from '../store/index.ts';
import { countsIn, readOutcomes, type Period } from './numbers.ts';

/** Beyond this many days the series counts weeks. */
const daysShownSingly = 92;

export interface Day extends Period {
  readonly day: string;
}

/** What happened in each of these local days (or weeks of them), and when people answered. */
export function trend(store: Store, zone: string, days: readonly Day[], campaignId?: string): AnalyticsTrend {
  const unit = days.length > daysShownSingly ? 'week' : 'day';
  const periods = unit === 'day' ? days : weeksOf(days);
  const counts = countsIn(store, readOutcomes(store, campaignId), periods, campaignId);
  return {
    zone,
    unit,
    series: periods.map(({ day }, index) => ({ day, sent: 0, replied: 0, bounced: 0, unsubscribed: 0, ...counts[index] })),
    replyHours: replyHours(store, days[0]?.from ?? 0, campaignId),
  };
}

/** Seven days each, counted back from the last one, so that the newest week is whole. */
function weeksOf(days: readonly Day[]): Day[] {
  const weeks: Day[] = [];
  for (let end = days.length; end > 0; end -= 7) {
    const week = days.slice(Math.max(0, end - 7), end);
    const [first, last] = [week[0], week.at(-1)];
    if (first !== undefined && last !== undefined) weeks.unshift({ day: first.day, from: first.from, to: last.to });
  }
  return weeks;
}

/** Human replies since `from` by weekday (Monday first) and hour, on the clock of the person who wrote; else on the computer's. */
function replyHours(store: Store, from: number, campaignId: string | undefined): number[][] {
  const hours = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  const rows = store
    .prepareRead(
      `select r.received_at as at, coalesce(c.time_zone, c.guessed_zone) as zone from replies r left join contacts c on c.id = r.contact_id
       where r.class = 'human' and r.received_at >= @from and (@campaignId is null or r.campaign_id = @campaignId)`,
    )
    .all({ from, campaignId: campaignId ?? null }) as { at: number; zone: string | null }[];
  const own = ownZone();
  for (const { at, zone } of rows) {
    const local = new Date(at + zoneOf(zone ?? own).offsetAt(at));
    const day = hours[(local.getUTCDay() + 6) % 7];
    if (day !== undefined) day[local.getUTCHours()] = (day[local.getUTCHours()] ?? 0) + 1;
  }
  return hours;
}
