import type { Rate } from '../../shared/schemas/analytics.ts';
import styles from './components.module.css';

/** The 95 % range of a rate and the rate in it, drawn on a scale that ends at `most`. Says nothing that stands not beside it in words. */
export function RateScale({ rate, most }: { readonly rate: Rate; readonly most: number }) {
  if (rate.rate === null || rate.low === null || rate.high === null) return null;
  const at = (value: number) => `${Math.min(100, (value / most) * 100)}%`;
  return (
    <span className={styles['scale']} aria-hidden>
      <span className={styles['interval']} style={{ insetInlineStart: at(rate.low), insetInlineEnd: `calc(100% - ${at(rate.high)})` }} />
      <span className={styles['point']} style={{ insetInlineStart: at(rate.rate) }} />
    </span>
  );
}

/** The upper end of a scale on which all these rates find room. */
export function scaleOf(rates: readonly Rate[]): number {
  return Math.max(0.01, ...rates.map(({ high }) => high ?? 0));
}
