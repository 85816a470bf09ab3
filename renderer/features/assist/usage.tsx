import { Button, Group, Paper, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { AssistUsage } from '../../../shared/schemas/assist.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { QueryState } from '../../components/states.tsx';
import { api } from '../../lib/client.ts';
import { formatBytes, formatNumber } from '../../lib/format.ts';
import { locale } from '../../lib/locale.ts';
import { has, t } from '../../lib/messages/index.ts';
import { useAssistRefresh } from './api.ts';

const seconds = (ms: number | null): number => Math.round((ms ?? 0) / 100) / 10;

/** What models were asked, how long they took, and how much the cache saved. */
export function UsageSection() {
  const usage = useQuery(api.assist.usage.queryOptions({ input: {} }));
  return (
    <Paper p="lg" component="section" aria-labelledby="assist-usage">
      <Title order={2} id="assist-usage" mb="md">
        {t('assist.usage')}
      </Title>
      <QueryState query={usage}>{(data) => (data.rows.length === 0 ? <Text c="dimmed">{t('assist.usage.none')}</Text> : <Sums usage={data} />)}</QueryState>
    </Paper>
  );
}

function Sums({ usage }: { usage: AssistUsage }) {
  const done = useAssistRefresh();
  const clear = useMutation(api.assist.clearCache.mutationOptions({ onSuccess: () => notifyDone(t('assist.usage.cleared')), onSettled: done }));
  const { cache, withoutModel } = usage;
  const columns = [...(['answers', 'cached', 'failed', 'time', 'tokens'] as const), ...(usage.rows.some(({ costMicro }) => costMicro > 0) ? (['cost'] as const) : [])];
  const hits = cache.memoryHits + cache.storeHits;
  const asked = hits + cache.misses;
  const byRules = Object.values(withoutModel).reduce((sum, count) => sum + count, 0);
  const askClear = async () => {
    if (await confirmDialog({ title: t('assist.usage.clear.title'), children: t('assist.usage.clear.text'), confirm: t('assist.usage.clear') })) clear.mutate({});
  };
  return (
    <>
      <Table.ScrollContainer minWidth={680}>
        <Table verticalSpacing={6} aria-labelledby="assist-usage">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('assist.usage.feature')}</Table.Th>
              <Table.Th>{t('assist.usage.model')}</Table.Th>
              {columns.map((column) => (
                <Table.Th key={column} ta="end">
                  {t(`assist.usage.${column}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {usage.rows.map((row) => (
              <Table.Tr key={`${row.feature} ${row.provider} ${row.model} ${row.currency}`}>
                <Table.Td>{featureName(row.feature)}</Table.Td>
                <Table.Td>
                  {row.model}{' '}
                  <Text component="span" size="sm" c="dimmed">
                    {row.provider}
                  </Text>
                </Table.Td>
                {[row.answers, row.cached, row.failed].map((count, index) => (
                  <Table.Td key={index} ta="end" className="h-num">
                    {formatNumber(count)}
                  </Table.Td>
                ))}
                <Table.Td ta="end" className="h-num">
                  {row.meanMs === null ? '–' : t('assist.usage.seconds', { mean: seconds(row.meanMs), slow: seconds(row.slowestMs) })}
                </Table.Td>
                <Table.Td ta="end" className="h-num">
                  {formatNumber(row.inputTokens)} / {formatNumber(row.outputTokens)}
                </Table.Td>
                {columns.includes('cost') && (
                  <Table.Td ta="end" className="h-num">
                    {money(row.costMicro, row.currency)}
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="space-between" align="flex-end" mt="md" gap="lg" wrap="nowrap">
        <div>
          {byRules > 0 && <Text size="sm">{t('assist.usage.withoutModel', { count: byRules })}</Text>}
          <Text size="sm" c="dimmed">
            {t('assist.usage.cache', { entries: cache.entries, size: formatBytes(cache.bytes), percent: asked === 0 ? 0 : Math.round((100 * hits) / asked) })}
          </Text>
        </div>
        <Button variant="default" size="sm" style={{ flex: 'none' }} disabled={cache.entries === 0} loading={clear.isPending} onClick={() => void askClear()}>
          {t('assist.usage.clear')}
        </Button>
      </Group>
    </>
  );
}

function featureName(feature: string): string {
  const key = `assist.feature.${feature}`;
  if (feature === 'test') return t('assist.usage.test');
  return has(key) ? t(key) : feature;
}

function money(micro: number, currency: string): string {
  return new Intl.NumberFormat(locale.tag, { style: 'currency', currency, maximumSignificantDigits: 3 }).format(micro / 1e8);
}
