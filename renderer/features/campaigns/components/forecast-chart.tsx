import { BarChart } from '@mantine/charts';
import '@mantine/charts/styles.css';
import { t } from '../../../lib/messages/index.ts';
import type { Bucket } from '../model/forecast.ts';
import { stretchWords } from '../words.ts';
import type { ForecastUnit } from '../model/forecast.ts';

/** Bars of first mails and follow-ups. The numbers stand in the table twin as well. */
export function ForecastChart({ buckets, unit }: { readonly buckets: readonly Bucket[]; readonly unit: ForecastUnit }) {
  return (
    <BarChart
      h="100%"
      type="stacked"
      data={buckets.map(({ from, first, followUps }) => ({ label: stretchWords(from, unit), first, followUps }))}
      dataKey="label"
      withLegend
      gridAxis="x"
      tickLine="none"
      maxBarWidth={28}
      barProps={{ isAnimationActive: false }}
      barChartProps={{ accessibilityLayer: false }}
      legendProps={{ verticalAlign: 'bottom', height: 32, itemSorter: null }}
      yAxisProps={{ allowDecimals: false }}
      series={[
        { name: 'first', label: t('campaigns.forecast.first'), color: 'var(--homing-series-1)' },
        { name: 'followUps', label: t('campaigns.forecast.followUps'), color: 'var(--homing-series-2)' },
      ]}
    />
  );
}
