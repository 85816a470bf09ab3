import { Text } from '@mantine/core';
import type { AnalyticsQuery } from '../../../shared/schemas/analytics.ts';
import { ChartFrame } from '../../components/chart-frame.tsx';
import { t, type MessageKey } from '../../lib/messages/index.ts';
import styles from './analytics.module.css';
import { SaveTable } from './panel.tsx';

/** Below this a picture would show chance. */
const enough = 10;

const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
const weekday = (index: number) => t(`analytics.weekday.${index}` as MessageKey);

/** Human replies by weekday and hour: the darker, the more. */
export function ReplyHours({ hours, query }: { readonly hours: readonly (readonly number[])[]; readonly query: AnalyticsQuery }) {
  const most = Math.max(1, ...hours.flat());
  const total = hours.flat().reduce((sum, count) => sum + count, 0);
  return (
    <div className={styles['panel']}>
      <ChartFrame
        title={t('analytics.hours')}
        description={t('analytics.hours.text')}
        actions={<SaveTable name={t('analytics.hours')} table="replyHours" query={query} />}
        rows={hours.map((counts, index) => ({ index, counts }))}
        columns={[
          { key: 'weekday', header: t('analytics.weekday'), value: ({ index }) => weekday(index) },
          { key: 'total', header: t('analytics.total'), value: ({ counts }) => counts.reduce((sum, count) => sum + count, 0) },
          ...Array.from({ length: 24 }, (_, hour) => ({ key: String(hour), header: clock(hour), value: ({ counts }: { counts: readonly number[] }) => counts[hour] ?? 0 })),
        ]}
      >
        <div className={styles['heat']}>
          {hours.map((counts, day) => (
            <div key={day} className={styles['heatRow']}>
              <span className={styles['heatDay']}>{weekday(day)}</span>
              {counts.map((count, hour) => (
                <span
                  key={hour}
                  className={styles['heatCell']}
                  style={{ '--share': `${(count / most) * 100}%` } as React.CSSProperties}
                  title={t('analytics.hours.cell', { day: weekday(day), hour: clock(hour), count })}
                />
              ))}
            </div>
          ))}
          <div className={styles['heatRow']}>
            <span />
            {Array.from({ length: 8 }, (_, index) => (
              <span key={index} className={styles['heatHour']}>
                {String(index * 3).padStart(2, '0')}
              </span>
            ))}
          </div>
          <Text size="xs" c="dimmed" mt={8}>
            {total < enough ? t('analytics.hours.few') : t('analytics.hours.scale', { most })}
          </Text>
        </div>
      </ChartFrame>
    </div>
  );
}
