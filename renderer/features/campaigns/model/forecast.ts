import type { Forecast, ForecastDay } from '../../../../shared/schemas/campaign.ts';
import type { WhyCode } from '../../../../shared/schemas/delivery.ts';

export type ForecastUnit = 'day' | 'week' | 'month';

/** What leaves in one day, week or month, of one mailbox or of all. */
export interface Bucket {
  /** First date of the stretch, `YYYY-MM-DD`. */
  readonly from: string;
  readonly first: number;
  readonly followUps: number;
  /** The limit that held mail back on most of its days. */
  readonly limitedBy: WhyCode | null;
}

export interface ForecastTable {
  readonly unit: ForecastUnit;
  /** All mailboxes together, every stretch from the first to the last, also those without mail. */
  readonly totals: readonly Bucket[];
  readonly mailboxes: readonly { readonly mailboxId: string; readonly buckets: readonly Bucket[] }[];
  /** The most that one mailbox sends in one stretch. */
  readonly most: number;
}

const dayMs = 86_400_000;
const manyDays = 45;
const manyWeeks = 60;

/** Lays a forecast out by day; long ones by week or month, so that a picture stays readable. */
export function tableOf(forecast: Pick<Forecast, 'days'>): ForecastTable {
  const { days } = forecast;
  const first = days[0]?.day;
  const last = days.at(-1)?.day;
  if (first === undefined || last === undefined) return { unit: 'day', totals: [], mailboxes: [], most: 0 };
  const span = (Date.parse(last) - Date.parse(first)) / dayMs + 1;
  const unit: ForecastUnit = span <= manyDays ? 'day' : span <= manyWeeks * 7 ? 'week' : 'month';
  const stretches: string[] = [];
  for (let at = startOf(first, unit); at <= last; at = next(at, unit)) stretches.push(at);
  const bucketsOf = (list: readonly ForecastDay[]): Bucket[] => {
    const by = Map.groupBy(list, (one) => startOf(one.day, unit));
    return stretches.map((from) => bucket(from, by.get(from) ?? []));
  };
  const mailboxes = [...Map.groupBy(days, (one) => one.mailboxId)].map(([mailboxId, list]) => ({ mailboxId, buckets: bucketsOf(list) }));
  return { unit, totals: bucketsOf(days), mailboxes, most: Math.max(...mailboxes.flatMap(({ buckets }) => buckets.map((one) => one.first + one.followUps))) };
}

function bucket(from: string, days: readonly ForecastDay[]): Bucket {
  const reasons = new Map<WhyCode, number>();
  for (const { limitedBy } of days) if (limitedBy !== null) reasons.set(limitedBy, (reasons.get(limitedBy) ?? 0) + 1);
  const limitedBy = [...reasons].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  return { from, first: days.reduce((sum, one) => sum + one.first, 0), followUps: days.reduce((sum, one) => sum + one.followUps, 0), limitedBy };
}

function startOf(day: string, unit: ForecastUnit): string {
  if (unit === 'day') return day;
  if (unit === 'month') return `${day.slice(0, 7)}-01`;
  const at = Date.parse(day);
  return iso(at - ((new Date(at).getUTCDay() + 6) % 7) * dayMs);
}

function next(day: string, unit: ForecastUnit): string {
  const at = new Date(day);
  if (unit === 'month') return iso(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1));
  return iso(at.getTime() + (unit === 'week' ? 7 : 1) * dayMs);
}

function iso(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
