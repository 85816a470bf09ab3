import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCalendarStats, IconRefresh } from '@tabler/icons-react';
import { lazy } from 'react';
import type { Campaign, Forecast } from '../../../../shared/schemas/campaign.ts';
import { ChartFrame } from '../../../components/chart-frame.tsx';
import { EmptyState, LoadingState, QueryState } from '../../../components/states.tsx';
import { formatDate } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { useForecast, useMailboxes } from '../api.ts';
import { tableOf, type Bucket } from '../model/forecast.ts';
import { stretchWords } from '../words.ts';
import { ForecastHeat } from './forecast-heat.tsx';

const ForecastChart = lazy(() => import('./forecast-chart.tsx').then((module) => ({ default: module.ForecastChart })));

/** The whole future schedule: when the last mail leaves, what holds it back, a calendar by mailbox and a chart with its table. */
export function ForecastPanel({ campaign }: { readonly campaign: Campaign }) {
  const forecast = useForecast(campaign);
  const mailboxes = useMailboxes();
  const nameOf = (mailboxId: string) => mailboxes.data?.items.find((mailbox) => mailbox.id === mailboxId)?.name ?? mailboxId;
  return (
    <Stack gap="lg" aria-busy={forecast.isFetching}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {t('campaigns.forecast.description')}
        </Text>
        <Button
          variant="subtle"
          size="compact-sm"
          style={{ flex: 'none' }}
          leftSection={<IconRefresh size={15} />}
          loading={forecast.isFetching && forecast.data !== undefined}
          onClick={() => void forecast.refetch()}
        >
          {t('campaigns.forecast.again')}
        </Button>
      </Group>
      <QueryState
        query={forecast}
        loading={
          <div aria-live="polite">
            <Text size="sm">{t('campaigns.forecast.working')}</Text>
            <LoadingState rows={4} />
          </div>
        }
      >
        {(data) => <Schedule forecast={data} isDraft={campaign.status === 'draft'} nameOf={nameOf} />}
      </QueryState>
    </Stack>
  );
}

function Schedule({ forecast, isDraft, nameOf }: { readonly forecast: Forecast; readonly isDraft: boolean; readonly nameOf: (mailboxId: string) => string }) {
  const table = tableOf(forecast);
  const words = t(`campaigns.forecast.unit.${table.unit}`);
  return (
    <>
      {table.totals.length === 0 ? (
        <EmptyState title={t('campaigns.forecast.nothing')} icon={<IconCalendarStats size={26} stroke={1.6} />}>
          {t(isDraft ? 'campaigns.forecast.nothingText' : 'campaigns.forecast.nothingLeft')}
        </EmptyState>
      ) : (
        <Summary forecast={forecast} />
      )}
      {forecast.stuck.map(({ code, people }) => (
        <Alert key={code} variant="light" color="amber" py="xs">
          {t('campaigns.forecast.stuck', { people, why: t(`why.${code}`) })}
        </Alert>
      ))}
      {table.totals.length > 0 && (
        <>
          <ForecastHeat table={table} nameOf={nameOf} />
          <ChartFrame
            title={t('campaigns.forecast.chart', { unit: words })}
            rows={table.totals}
            columns={[
              { key: 'when', header: t('campaigns.forecast.when'), value: (row: Bucket) => stretchWords(row.from, table.unit) },
              { key: 'first', header: t('campaigns.forecast.first'), value: (row) => row.first },
              { key: 'followUps', header: t('campaigns.forecast.followUps'), value: (row) => row.followUps },
              { key: 'total', header: t('campaigns.forecast.total'), value: (row) => row.first + row.followUps },
              { key: 'held', header: t('campaigns.forecast.held'), value: (row) => (row.limitedBy === null ? '–' : t(`why.${row.limitedBy}`)) },
            ]}
          >
            <ForecastChart buckets={table.totals} unit={table.unit} />
          </ChartFrame>
        </>
      )}
    </>
  );
}

function Summary({ forecast }: { readonly forecast: Forecast }) {
  const mails = forecast.first + forecast.followUps;
  const waiting = forecast.stuck.reduce((sum, one) => sum + one.people, 0);
  const [limit] = forecast.limits;
  return (
    <div>
      <Text size="lg" fw={600}>
        {forecast.complete && forecast.lastAt !== null
          ? t('campaigns.forecast.summary', { mails, people: forecast.people - waiting, when: formatDate(forecast.lastAt) })
          : t('campaigns.forecast.beyond', { mails })}
      </Text>
      <Text size="sm" c="dimmed">
        {limit === undefined ? t('campaigns.forecast.notLimited') : t('campaigns.forecast.limitedBy', { why: t(`why.${limit.code}`), days: limit.days })}
      </Text>
    </div>
  );
}
