import type { Insight } from '../analytics/index.ts';
import { os } from './base.ts';

export function analyticsRouter(insight: Insight) {
  return {
    trend: os.analytics.trend.handler(({ input }) => insight.trend(input)),
    breakdown: os.analytics.breakdown.handler(({ input }) => insight.breakdown(input)),
    table: os.analytics.table.handler(({ input: { table, ...query } }) => insight.table(table, query)),
  };
}
