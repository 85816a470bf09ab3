import { SegmentedControl, Select, Stack } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconChartBar } from '@tabler/icons-react';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './analytics.module.css';
import { CampaignTable, MailboxTable, ProviderTable, StepTable } from './outcome-tables.tsx';
import { periods, type PeriodDays } from './periods.ts';
import { ReplyHours } from './reply-hours.tsx';
import { Totals } from './totals.tsx';
import { Trend } from './trend.tsx';

/** What became of the mails of a period: over time, by campaign, step, mailbox and provider. */
export function AnalyticsScreen() {
  const { days = '30', campaignId } = useSearch({ from: '/analytics' });
  const navigate = useNavigate({ from: '/analytics' });
  const input = { days: Number(days), ...(campaignId === undefined ? {} : { campaignId }) };
  const campaigns = useQuery(api.campaigns.list.queryOptions({ input: { limit: 200 } }));
  const trend = useQuery(api.analytics.trend.queryOptions({ input, placeholderData: keepPreviousData }));
  const breakdown = useQuery(api.analytics.breakdown.queryOptions({ input, placeholderData: keepPreviousData }));
  return (
    <Page>
      <PageHeader title={t('nav.analytics')} description={t('analytics.description')} />
      <div className={styles['controls']}>
        <SegmentedControl
          aria-label={t('analytics.period')}
          data={periods.map((value) => ({ value, label: t(`analytics.days.${value}`) }))}
          value={days}
          onChange={(value) => void navigate({ search: (old) => ({ ...old, days: value as PeriodDays }), replace: true })}
        />
        <Select
          aria-label={t('analytics.campaign')}
          placeholder={t('analytics.allCampaigns')}
          clearable
          searchable
          w={280}
          data={(campaigns.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={campaignId ?? null}
          onChange={(value) => void navigate({ search: ({ campaignId: _, ...old }) => (value === null ? old : { ...old, campaignId: value }), replace: true })}
        />
      </div>
      <QueryState query={breakdown}>
        {(data) =>
          data.totals.sent === 0 && data.totals.bounced.of === 0 ? (
            <EmptyState title={t('analytics.empty.title')} icon={<IconChartBar size={26} stroke={1.6} />}>
              {t('analytics.empty.text')}
            </EmptyState>
          ) : (
            <Stack gap="lg" aria-busy={breakdown.isPlaceholderData || trend.isPlaceholderData}>
              <Totals data={data} />
              <div className={styles['twin']}>
                {trend.data && <Trend data={trend.data} query={input} />}
                {trend.data && <ReplyHours hours={trend.data.replyHours} query={input} />}
              </div>
              <CampaignTable lines={data.campaigns} query={input} />
              {data.steps.length > 0 && <StepTable lines={data.steps} query={input} />}
              <div className={styles['twin']}>
                <MailboxTable lines={data.mailboxes} query={input} />
                <ProviderTable lines={data.providers} query={input} />
              </div>
            </Stack>
          )
        }
      </QueryState>
    </Page>
  );
}
