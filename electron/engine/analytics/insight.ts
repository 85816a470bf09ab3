import type { AnalyticsBreakdown, AnalyticsQuery, AnalyticsTable, AnalyticsTrend, OutcomeRates, Rate } from '../../../shared/schemas/analytics.ts';
import type { Clock } from '../lib/clock.ts';
import { writeCsv, type CsvValue } from '../lib/csv.ts';
import { localDay } from '../lib/zone.ts';
import type { Store } from '../store/index.ts';
import { breakdown } from './breakdown.ts';
import { trend, type Day } from './trend.ts';

/** The analytics screen: what happened when, and what became of the mails of a period. */
export interface Insight {
  trend(query: AnalyticsQuery): AnalyticsTrend;
  breakdown(query: AnalyticsQuery): Promise<AnalyticsBreakdown>;
  /** A table of either as CSV (RFC 4180, guarded against formulas). */
  table(table: AnalyticsTable, query: AnalyticsQuery): Promise<File>;
}

/** A breakdown reads every mail of its period: while mail leaves it is counted anew at most this often, in ms. */
const keptMs = 15_000;
/** Breakdowns kept: the few that one person looks at. */
const keptCount = 8;

interface Kept {
  readonly at: number;
  readonly cursor: number;
  readonly result: Promise<AnalyticsBreakdown>;
}

export function createInsight(deps: { store: Store; clock: Clock; zone: string; cursor: () => number; daysBack: (count: number) => Day[]; withBom: () => boolean }): Insight {
  const { store, clock, zone } = deps;
  const kept = new Map<string, Kept>();

  async function breakdownOf(query: AnalyticsQuery): Promise<AnalyticsBreakdown> {
    const days = deps.daysBack(query.days);
    const key = JSON.stringify([days[0]?.from, query.campaignId]);
    const cursor = deps.cursor();
    const known = kept.get(key);
    if (known !== undefined && (known.cursor === cursor || clock.now() - known.at < keptMs)) return known.result;
    const result = breakdown(store, { from: days[0]?.from ?? 0, to: Number.MAX_SAFE_INTEGER, campaignId: query.campaignId });
    kept.delete(key);
    kept.set(key, { at: clock.now(), cursor, result });
    for (const oldest of kept.keys()) {
      if (kept.size <= keptCount) break;
      kept.delete(oldest);
    }
    // A failure is not kept.
    result.catch(() => kept.delete(key));
    return result;
  }
  const trendOf = (query: AnalyticsQuery) => trend(store, zone, deps.daysBack(query.days), query.campaignId);

  return {
    trend: trendOf,
    breakdown: breakdownOf,
    async table(table, query) {
      const [header, rows] = table === 'series' || table === 'replyHours' ? trendTable(table, trendOf(query)) : breakdownTable(table, await breakdownOf(query));
      return new File([writeCsv(header, rows, { bom: deps.withBom() })], `homing-${table.toLowerCase()}-${localDay(zone, clock.now())}.csv`, { type: 'text/csv;charset=utf-8' });
    },
  };
}

type Table = [header: string[], rows: CsvValue[][]];

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function trendTable(table: 'series' | 'replyHours', { unit, zone, series, replyHours }: AnalyticsTrend): Table {
  if (table === 'replyHours')
    return [['Weekday', ...Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)], replyHours.map((row, index) => [weekdays[index], ...row])];
  return [
    [`${unit === 'day' ? 'Day' : 'Week from'} (${zone})`, 'Sent', 'Replied', 'Bounced', 'Opted out'],
    series.map(({ day, sent, replied, bounced, unsubscribed }) => [day, sent, replied, bounced, unsubscribed]),
  ];
}

function breakdownTable(table: 'campaigns' | 'steps' | 'mailboxes' | 'providers', result: AnalyticsBreakdown): Table {
  const rates = (of: string) => ['Replied', 'Positive', 'Bounced', 'Opted out'].flatMap((name) => [name, `Of ${of}`, 'Rate', '95 % from', '95 % to']);
  switch (table) {
    case 'campaigns':
      return [
        ['Campaign', 'Status', 'Enrolled', 'Mailed', 'Mails', ...rates('people')],
        result.campaigns.map((line) => [line.name, line.status, line.enrolled, line.mailed, line.sent, ...cells(line)]),
      ];
    case 'steps':
      return [
        ['Mail', 'Step', 'Variant', 'Subject', 'Mails', ...rates('mails')],
        result.steps.map((line) => [line.number, line.stepId, line.variantId, line.subject, line.sent, ...cells(line)]),
      ];
    case 'mailboxes':
      return [['Mailbox', 'Mails', ...rates('mails')], result.mailboxes.map((line) => [line.name, line.sent, ...cells(line)])];
    case 'providers':
      return [['Provider', 'Mails', ...rates('mails')], result.providers.map((line) => [line.name || 'Others', line.sent, ...cells(line)])];
  }
}

function cells({ replied, positive, bounced, unsubscribed }: OutcomeRates): CsvValue[] {
  const cell = ({ count, of, rate, low, high }: Rate): CsvValue[] => [count, of, rounded(rate), rounded(low), rounded(high)];
  return [replied, positive, bounced, unsubscribed].flatMap(cell);
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10_000) / 10_000);
