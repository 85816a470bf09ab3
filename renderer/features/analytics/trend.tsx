import { lazy } from 'react';
import type { AnalyticsQuery, AnalyticsTrend } from '../../../shared/schemas/analytics.ts';
import { ChartFrame } from '../../components/chart-frame.tsx';
import { t } from '../../lib/messages/index.ts';
import styles from './analytics.module.css';
import { SaveTable } from './panel.tsx';

const ActivityChart = lazy(async () => ({ default: (await import('../../components/activity-chart.tsx')).ActivityChart }));

export function Trend({ data, query }: { readonly data: AnalyticsTrend; readonly query: AnalyticsQuery }) {
  return (
    <div className={styles['panel']}>
      <ChartFrame
        title={t('analytics.trend')}
        description={t(`analytics.trend.${data.unit}`, { zone: data.zone })}
        actions={<SaveTable name={t('analytics.trend')} table="series" query={query} />}
        rows={data.series}
        columns={[
          { key: 'day', header: t(`analytics.from.${data.unit}`), value: (row) => row.day },
          { key: 'sent', header: t('analytics.sent'), value: (row) => row.sent },
          { key: 'replied', header: t('analytics.replied'), value: (row) => row.replied },
          { key: 'bounced', header: t('analytics.bounced'), value: (row) => row.bounced },
          { key: 'unsubscribed', header: t('analytics.unsubscribed'), value: (row) => row.unsubscribed },
        ]}
      >
        <ActivityChart series={data.series} />
      </ChartFrame>
    </div>
  );
}
