import type { Dashboard } from '../../../shared/contract/workspace.ts';
import type { CampaignCounts } from '../../../shared/schemas/campaign.ts';
import type { Recommendations } from '../../../shared/schemas/recommendation.ts';
import type { SequenceGraph, VariantNumbers } from '../../../shared/schemas/sequence.ts';
import type { NeedsYouItem } from '../../../shared/schemas/settings.ts';
import type { Deliveries } from '../delivery/index.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger, TimeLapse } from '../ports.ts';
import { startOfLocalDay } from '../lib/zone.ts';
import type { Store } from '../store/index.ts';
import type { SettingsService } from '../workspace/index.ts';
import { createFeed, type Feed } from './feed.ts';
import { localDay, ownZone } from './local-time.ts';
import { createInsight, type Insight } from './insight.ts';
import { needsYou } from './needs-you.ts';
import { campaignCounts, countsIn, readOutcomes, totals, waitingMails } from './numbers.ts';
import { recommend } from './recommendations.ts';
import { createPastWork, type PastWorkDeps } from './past-work.ts';
import { createReports, type Reports } from './reports.ts';
import { createRollup } from './rollup.ts';
import { readAnswers, withOptOuts } from './sequence-facts.ts';
import { createStepNumbers } from './step-numbers.ts';

export type { EventQuery, Feed } from './feed.ts';
export type { Insight } from './insight.ts';
export { adviseCopy } from './copy-advice.ts';
export { rankWorked } from './worked-before.ts';
export { createComparisons, type Comparisons } from './comparison.ts';
export type { Reports } from './reports.ts';

/** Days of the dashboard's series. */
const seriesDays = 30;
/** Items of a kind that the dashboard shows. */
const shown = 8;

export interface AnalyticsDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Logger;
  readonly deliveries: Pick<Deliveries, 'next'>;
  readonly settings: Pick<SettingsService, 'get'>;
  /** Until when all sending is paused, and why. */
  readonly pausedUntil: () => number | null;
  readonly pausedReason?: () => string | null;
  readonly timeLapse?: TimeLapse | null;
  /** Vectors of texts by a language model, where there is one. */
  readonly embed?: PastWorkDeps['embed'];
  /** The viewer's zone: days begin at its midnight. The computer's own when absent. */
  readonly zone?: string;
}

export interface Analytics {
  dashboard(): Dashboard;
  /** Everything that waits for a person, most urgent kind first. */
  needsYou(): NeedsYouItem[];
  /** Counts of several campaigns; every id asked for has an entry. */
  campaignCounts(campaignIds: readonly string[]): Map<string, CampaignCounts>;
  /** What each e-mail step and variant of a sequence did, with intervals. */
  stepNumbers(sequenceId: string): Promise<VariantNumbers[]>;
  /** Changes that the figures of a sequence speak for, of a graph of it: its draft, as a rule. */
  recommendations(sequenceId: string, graph: SequenceGraph): Promise<Recommendations>;
  /** What of one's own worked before, near to a mail that is being written. */
  workedBefore: ReturnType<typeof createPastWork>;
  readonly insight: Insight;
  readonly reports: Reports;
  /** The change feed. */
  readonly feed: Feed;
  /** Keeps the totals up to date in the background; every figure is exact without it, only slower. */
  start(): void;
  stop(): void;
}

/** What happened, what comes next and what needs a person; CSV reports; the change feed. */
export function createAnalytics(deps: AnalyticsDeps): Analytics {
  const { store, events, clock, deliveries, settings } = deps;
  const zone = deps.zone ?? ownZone();
  const rollup = createRollup(deps);
  const pausedReason = deps.pausedReason ?? (() => null);
  const listNeedsYou = () => needsYou({ store, clock, pausedUntil: deps.pausedUntil, pausedReason });
  const stepNumbers = createStepNumbers({ store, cursor: events.cursor });
  const one = (sql: string) => (store.prepareRead(sql).get() as { n: number }).n;

  return {
    campaignCounts: (campaignIds) => campaignCounts(store, rollup, campaignIds),
    needsYou: listNeedsYou,
    dashboard() {
      const days = daysBack(zone, clock.now(), seriesDays);
      const outcomes = readOutcomes(store);
      const counts = countsIn(store, outcomes, days);
      const series = days.map(({ day }, index) => ({ day, sent: 0, replied: 0, bounced: 0, unsubscribed: 0, ...counts[index] }));
      const { sent = 0, replied = 0, bounced = 0, unsubscribed = 0 } = series.at(-1) ?? {};
      return {
        today: { sent, replied, bounced, unsubscribed },
        totals: totals(store, rollup, outcomes),
        series,
        zone,
        nextSends: deliveries.next(shown),
        waiting: waitingMails(store),
        runningCampaigns: one(`select count(*) as n from campaigns where status = 'running'`),
        needsYou: listNeedsYou().slice(0, shown),
      };
    },
    insight: createInsight({ store, clock, zone, cursor: events.cursor, daysBack: (count) => daysBack(zone, clock.now(), count), withBom: () => settings.get().csvBom }),
    reports: createReports({ store, clock, zone, withBom: () => settings.get().csvBom }),
    stepNumbers,
    workedBefore: createPastWork({
      ...{ store, stepNumbers, isOff: () => settings.get().assistOff.includes('worked_before') },
      ...(deps.embed === undefined ? {} : { embed: deps.embed }),
    }),
    recommendations: async (sequenceId, graph) => recommend(graph, withOptOuts(store, sequenceId, await stepNumbers(sequenceId)), readAnswers(store, sequenceId)),
    feed: createFeed({ store, events, clock, timeLapse: deps.timeLapse ?? null }),
    start: rollup.start,
    stop: rollup.stop,
  };
}

/** The last `count` local days up to the one around `now`, oldest first; each from its first instant to the next day's. */
export function daysBack(zone: string, now: number, count: number): { day: string; from: number; to: number }[] {
  const days: { day: string; from: number; to: number }[] = [];
  let to = Number.MAX_SAFE_INTEGER;
  let from = startOfLocalDay(zone, now);
  while (days.length < count) {
    days.unshift({ day: localDay(zone, from), from, to });
    to = from;
    from = startOfLocalDay(zone, from - 1);
  }
  return days;
}
