import { Text } from '@mantine/core';
import { t, type MessageKey } from '../lib/messages/index.ts';
import type { Stretch } from '../lib/week.ts';
import styles from './components.module.css';

export interface WeekLayer {
  readonly key: string;
  readonly label: string;
  readonly week: readonly (readonly Stretch[])[];
}

const dayMinutes = 24 * 60;
const ticks = [0, 6, 12, 18, 24];

/** Open hours of a week as bars on a grid of days and hours; one row of bars a layer. The words stand beside it for screen readers. */
export function WeekPicture({ title, layers }: { readonly title: string; readonly layers: readonly WeekLayer[] }) {
  return (
    <figure className={styles['week']} aria-label={title}>
      <figcaption className={styles['weekHead']}>
        <Text size="sm" fw={500} span>
          {title}
        </Text>
        {layers.map(({ key, label }, index) => (
          <span key={key} className={styles['weekKey']}>
            <i data-layer={index} aria-hidden />
            {label}
          </span>
        ))}
      </figcaption>
      <div className={styles['weekDays']} role="list">
        {[1, 2, 3, 4, 5, 6, 7].map((day) => (
          <div key={day} className={styles['weekDay']} role="listitem" aria-label={sentence(day, layers)}>
            <span aria-hidden>{t(`day.${day}` as MessageKey).slice(0, 3)}</span>
            <div className={styles['weekTrack']} aria-hidden>
              {layers.map(({ key, week }, index) => (
                <div key={key} className={styles['weekLayer']}>
                  {(week[day - 1] ?? []).map(([from, to]) => (
                    <i key={from} data-layer={index} style={{ insetInlineStart: `${(from / dayMinutes) * 100}%`, width: `${((to - from) / dayMinutes) * 100}%` }} />
                  ))}
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
      <div className={styles['weekHours']} aria-hidden>
        {ticks.map((hour) => (
          <span key={hour} style={{ insetInlineStart: `${(hour / 24) * 100}%` }}>
            {String(hour).padStart(2, '0')}
          </span>
        ))}
      </div>
    </figure>
  );
}

function sentence(day: number, layers: readonly WeekLayer[]): string {
  const parts = layers.map(({ label, week }) => {
    const hours = (week[day - 1] ?? []).map(([from, to]) => `${clock(from)}–${clock(to)}`).join(', ');
    return `${label}: ${hours === '' ? t('calendar.closed') : hours}`;
  });
  return `${t(`day.${day}` as MessageKey)}, ${parts.join('; ')}`;
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
