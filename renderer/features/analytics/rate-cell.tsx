import type { Rate } from '../../../shared/schemas/analytics.ts';
import { RateScale } from '../../components/rate-scale.tsx';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './analytics.module.css';

/** A count with its rate, and the range of the rate as a bar on the scale of `most`. */
export function RateCell({ rate, of, most }: { readonly rate: Rate; readonly of: 'people' | 'mails'; readonly most: number }) {
  if (rate.rate === null || rate.low === null || rate.high === null) return <span className={styles['none']}>–</span>;
  const title = t('analytics.rateTitle', {
    count: formatNumber(rate.count),
    of: t(`analytics.of.${of}`, { of: rate.of }),
    rate: formatShare(rate.rate, 1),
    low: formatShare(rate.low, 1),
    high: formatShare(rate.high, 1),
  });
  return (
    <div className={styles['rate']} title={title}>
      <span className="h-num">
        <b>{formatNumber(rate.count)}</b> {formatShare(rate.rate, 1)}
      </span>
      <span className={`${styles['range'] ?? ''} h-num`}>{t('analytics.range', { low: formatShare(rate.low, 1), high: formatShare(rate.high, 1) })}</span>
      <span className={styles['rateScale']}>
        <RateScale rate={rate} most={most} />
      </span>
    </div>
  );
}
