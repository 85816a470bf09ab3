import type { Rate } from '../../../shared/schemas/analytics.ts';
import { formatNumber } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './analytics.module.css';

/** A share as people read it: one decimal, none from 10 % on. */
export function percent(rate: number): string {
  const value = rate * 100;
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} %`;
}

/** A count with its rate, and the range of the rate as a bar on the scale of `most`. */
export function RateCell({ rate, of, most }: { readonly rate: Rate; readonly of: 'people' | 'mails'; readonly most: number }) {
  if (rate.rate === null || rate.low === null || rate.high === null) return <span className={styles['none']}>–</span>;
  const at = (value: number) => `${Math.min(100, (value / most) * 100)}%`;
  const title = t('analytics.rateTitle', {
    count: formatNumber(rate.count),
    of: t(`analytics.of.${of}`, { of: rate.of }),
    rate: percent(rate.rate),
    low: percent(rate.low),
    high: percent(rate.high),
  });
  return (
    <div className={styles['rate']} title={title}>
      <span className="h-num">
        <b>{formatNumber(rate.count)}</b> {percent(rate.rate)}
      </span>
      <span className={`${styles['range'] ?? ''} h-num`}>{t('analytics.range', { low: percent(rate.low), high: percent(rate.high) })}</span>
      <span className={styles['scale']} aria-hidden>
        <span className={styles['interval']} style={{ insetInlineStart: at(rate.low), insetInlineEnd: `calc(100% - ${at(rate.high)})` }} />
        <span className={styles['point']} style={{ insetInlineStart: at(rate.rate) }} />
      </span>
    </div>
  );
}

/** The upper end of the scale on which the rates of a column are drawn. */
export function scaleOf(rates: readonly Rate[]): number {
  return Math.max(0.01, ...rates.map(({ high }) => high ?? 0));
}
