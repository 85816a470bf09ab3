import { Group, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import type { AnalyticsQuery, AnalyticsTable } from '../../../shared/schemas/analytics.ts';
import { DownloadButton } from '../../components/download-button.tsx';
import { client } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './analytics.module.css';

interface PanelProps {
  readonly title: string;
  readonly text: string;
  readonly table: AnalyticsTable;
  readonly query: AnalyticsQuery;
  readonly children: ReactNode;
}

/** A titled block of the screen whose numbers can be saved as CSV. */
export function Panel({ title, text, table, query, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles['panel']} aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="sm">
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        </div>
        <SaveTable name={title} table={table} query={query} />
      </Group>
      {children}
    </section>
  );
}

export function SaveTable({ name, table, query }: { readonly name: string; readonly table: AnalyticsTable; readonly query: AnalyticsQuery }) {
  return (
    <DownloadButton
      variant="subtle"
      size="compact-sm"
      style={{ flex: 'none' }}
      aria-label={t('analytics.csv.title', { table: name })}
      fileName={`${table}.csv`}
      load={() => client.analytics.table({ ...query, table })}
    >
      {t('analytics.csv')}
    </DownloadButton>
  );
}
