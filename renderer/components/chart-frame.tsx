import { Button, Group, ScrollArea, Table, Text, Title } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { Suspense, useId, useState, type ReactNode } from 'react';
import { t } from '../lib/messages/index.ts';
import { LoadingState } from './states.tsx';

export interface TwinColumn<Row> {
  readonly key: string;
  readonly header: string;
  readonly value: (row: Row) => string | number;
}

interface ChartFrameProps<Row> {
  readonly title: string;
  readonly description?: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TwinColumn<Row>[];
  readonly height?: number;
  /** Beside the switch between chart and table. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A chart with its table twin: the same numbers for screen readers, the keyboard and everybody who wants them exact. */
export function ChartFrame<Row>({ title, description, rows, columns, height = 260, actions, children }: ChartFrameProps<Row>) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" mb="sm" wrap="nowrap">
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {description !== undefined && (
            <Text size="sm" c="dimmed">
              {description}
            </Text>
          )}
        </div>
        <Group gap={4} wrap="nowrap">
          {actions}
          <Button
            variant="subtle"
            size="compact-sm"
            style={{ flex: 'none' }}
            leftSection={asTable ? <IconChartBar size={15} /> : <IconTable size={15} />}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? t('chart.asChart') : t('chart.asTable')}
          </Button>
        </Group>
      </Group>
      {asTable ? (
        <ScrollArea.Autosize mah={height} type="auto">
          <Table stickyHeader verticalSpacing={4} fz="sm" className="h-num">
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column.key}>{column.header}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row, index) => (
                <Table.Tr key={index}>
                  {columns.map((column) => (
                    <Table.Td key={column.key}>{column.value(row)}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      ) : (
        <div style={{ height }} aria-hidden>
          <Suspense fallback={<LoadingState rows={4} height={height / 6} />}>{children}</Suspense>
        </div>
      )}
    </section>
  );
}
