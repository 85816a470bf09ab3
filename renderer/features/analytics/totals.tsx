import { Text } from '@mantine/core';
import type { AnalyticsBreakdown, Rate } from '../../../shared/schemas/analytics.ts';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './analytics.module.css';

const shares = ['replied', 'positive', 'bounced', 'unsubscribed'] as const;

/** The period in five figures; shares are of people. */
export function Totals({ data }: { readonly data: AnalyticsBreakdown }) {
  return (
    <div className={styles['totals']}>
      <Figure name={t('analytics.sent')} value={formatNumber(data.totals.sent)} note={t('analytics.sent.note', { people: data.people })} />
      {shares.map((name) => (
        <Share key={name} name={t(`analytics.${name}`)} rate={data.totals[name]} />
      ))}
    </div>
  );
}

function Share({ name, rate }: { readonly name: string; readonly rate: Rate }) {
  if (rate.rate === null || rate.low === null || rate.high === null) return <Figure name={name} value="–" note={t('analytics.nobody')} />;
  return (
    <Figure
      name={name}
      value={formatShare(rate.rate, 1)}
      aside={t('analytics.range', { low: formatShare(rate.low, 1), high: formatShare(rate.high, 1) })}
      note={`${formatNumber(rate.count)} ${t('analytics.of.people', { of: rate.of })}`}
    />
  );
}

function Figure({ name, value, aside, note }: { readonly name: string; readonly value: string; readonly aside?: string; readonly note: string }) {
  return (
    <section className={styles['panel']} aria-label={name}>
      <Text size="sm" fw={560} c="dimmed">
        {name}
      </Text>
      <div className={styles['figure']}>
        <span className={`${styles['number'] ?? ''} h-num`}>{value}</span>
        {aside !== undefined && (
          <Text component="span" size="sm" c="dimmed" className="h-num">
            {aside}
          </Text>
        )}
      </div>
      <Text size="sm" c="dimmed">
        {note}
      </Text>
    </section>
  );
}
