import { Alert, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconInfoCircle } from '@tabler/icons-react';
import { lazy } from 'react';
import type { Dashboard } from '../../../shared/contract/workspace.ts';
import { ChartFrame } from '../../components/chart-frame.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { useWorkspace } from '../../lib/clock.ts';
import { t } from '../../lib/messages/index.ts';
import { FirstSteps, useFirstSteps } from './first-steps.tsx';
import styles from './dashboard.module.css';
import { NeedsYou } from './needs-you.tsx';
import { NextSends } from './next-sends.tsx';
import { Numbers } from './numbers.tsx';
import { Welcome } from './welcome.tsx';

const ActivityChart = lazy(() => import('../../components/activity-chart.tsx').then((module) => ({ default: module.ActivityChart })));

/** The first screen: welcome on the very first start, else today, the last weeks, what is next and what needs a person. */
export function DashboardScreen() {
  const query = useQuery(api.workspace.dashboard.queryOptions({ input: {} }));
  const settings = useQuery(api.settings.get.queryOptions({ input: {} }));
  const steps = useFirstSteps();
  const fresh = settings.data?.firstRunDone === false && steps.data !== null && steps.data.every((step) => !step.done);
  if (fresh) {
    return (
      <Page>
        <Welcome />
      </Page>
    );
  }
  return (
    <Page>
      <PageHeader title={t('nav.dashboard')} description={t('dashboard.description')} />
      <QueryState query={query} loading={<DashboardSkeleton />}>
        {(data) => <Content data={data} showSteps={settings.data?.firstRunDone === false} />}
      </QueryState>
    </Page>
  );
}

function DashboardSkeleton() {
  return (
    <div className={styles['grid']} role="status" aria-label={t('common.loading')}>
      {[3, 3, 3, 3].map((span, index) => (
        <Skeleton key={index} height={112} style={{ gridColumn: `span ${span}` }} />
      ))}
      <Skeleton height={340} style={{ gridColumn: 'span 8' }} />
      <Skeleton height={340} style={{ gridColumn: 'span 4' }} />
    </div>
  );
}

function Content({ data, showSteps }: { data: Dashboard; showSteps: boolean }) {
  const { data: workspace } = useWorkspace();
  // The key file is told of in Settings, where something can be done about it.
  const warnings = (workspace?.warnings ?? []).filter((warning) => warning !== 'secrets_key_file');
  return (
    <Stack gap="lg">
      {warnings.length > 0 && (
        <Alert color="amber" variant="light" icon={<IconInfoCircle size={18} />} title={t('dashboard.warnings')}>
          {warnings.map((warning) => (
            <div key={warning}>{warning}</div>
          ))}
        </Alert>
      )}
      {showSteps && <FirstSteps />}
      <div className={styles['grid']}>
        <Numbers data={data} />
        <Stack gap="lg" style={{ gridColumn: 'span 8' }}>
          <div className={styles['panel']}>
            <ChartFrame
              title={t('dashboard.chart')}
              description={t('dashboard.chart.text', { zone: data.zone })}
              rows={data.series}
              columns={[
                { key: 'day', header: t('dashboard.chart.day'), value: (row) => row.day },
                { key: 'sent', header: t('dashboard.sent'), value: (row) => row.sent },
                { key: 'replied', header: t('dashboard.replied'), value: (row) => row.replied },
                { key: 'bounced', header: t('dashboard.bounced'), value: (row) => row.bounced },
                { key: 'unsubscribed', header: t('dashboard.unsubscribed'), value: (row) => row.unsubscribed },
              ]}
            >
              <ActivityChart series={data.series} />
            </ChartFrame>
          </div>
          <NextSends data={data} />
        </Stack>
        <div style={{ gridColumn: 'span 4' }}>
          <NeedsYou items={data.needsYou} />
        </div>
      </div>
    </Stack>
  );
}
