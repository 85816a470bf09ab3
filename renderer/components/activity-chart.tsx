import { BarChart } from '@mantine/charts';
import '@mantine/charts/styles.css';
import type { PeriodPoint } from '../../shared/schemas/analytics.ts';
import { locale } from '../lib/locale.ts';
import { t } from '../lib/messages/index.ts';

const shortDay = new Intl.DateTimeFormat(locale.tag, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** About this many labels fit under the bars. */
const labels = 6;

/** Bars per day or week. The numbers stand in the table twin as well. */
export function ActivityChart({ series }: { readonly series: readonly PeriodPoint[] }) {
  const every = Math.ceil(series.length / labels);
  // Counted back from the newest, which always has its label.
  const ticks = series.filter((_, index) => (series.length - 1 - index) % every === 0).map((row) => shortDay.format(Date.parse(row.day)));
  const data = series.map((row) => ({ ...row, label: shortDay.format(Date.parse(row.day)) }));
  return (
    <BarChart
      h="100%"
      data={data}
      dataKey="label"
      withLegend
      gridAxis="x"
      tickLine="none"
      maxBarWidth={14}
      barProps={{ isAnimationActive: false, radius: 2 }}
      barChartProps={{ accessibilityLayer: false, barGap: 1 }}
      legendProps={{ verticalAlign: 'bottom', height: 32, itemSorter: null }}
      xAxisProps={{ ticks, interval: 0 }}
      yAxisProps={{ allowDecimals: false }}
      series={[
        { name: 'sent', label: t('dashboard.sent'), color: 'var(--homing-series-1)' },
        { name: 'replied', label: t('dashboard.replied'), color: 'var(--homing-series-2)' },
        { name: 'bounced', label: t('dashboard.bounced'), color: 'var(--homing-series-3)' },
      ]}
    />
  );
}
