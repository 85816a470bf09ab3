import { adviseCopy, type Analytics } from '../analytics/index.ts';
import { os } from './base.ts';

export function analyticsRouter({ insight, workedBefore }: Pick<Analytics, 'insight' | 'workedBefore'>) {
  return {
    trend: os.analytics.trend.handler(({ input }) => insight.trend(input)),
    breakdown: os.analytics.breakdown.handler(({ input }) => insight.breakdown(input)),
    copyAdvice: os.analytics.copyAdvice.handler(({ input }) => adviseCopy(input)),
    workedBefore: os.analytics.workedBefore.handler(({ input, signal }) => workedBefore(input, signal)),
    table: os.analytics.table.handler(({ input: { table, ...query } }) => insight.table(table, query)),
  };
}
