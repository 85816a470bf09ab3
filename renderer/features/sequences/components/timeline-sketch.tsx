import { Text, Tooltip } from '@mantine/core';
import { t } from '../../../lib/messages/index.ts';
import type { TimelinePoint } from '../model/graph.ts';
import { pointName } from '../words.ts';
import classes from './sequences.module.css';

/** Day 0, day 3, …: when each mail leaves, counted from the first. A point opens its mail. */
export function TimelineSketch({
  points,
  current,
  onOpen,
}: {
  readonly points: readonly TimelinePoint[];
  readonly current: string | null;
  readonly onOpen: (stepId: string) => void;
}) {
  if (points.length < 2) return null;
  return (
    <Tooltip label={t('sequences.timelineHint')} position="bottom">
      <ol className={classes['timeline']} aria-label={t('sequences.timeline')}>
        {points.map((point) => (
          <li key={point.stepId} className={classes['point']}>
            <button
              type="button"
              className={classes['dot']}
              data-current={point.stepId === current}
              aria-label={`${t('sequences.mailStep', { number: point.number })}, ${pointName(point)}`}
              onClick={() => onOpen(point.stepId)}
            >
              {point.number}
            </button>
            <Text size="xs" c="dimmed" className="h-num" aria-hidden>
              {pointName(point)}
            </Text>
          </li>
        ))}
      </ol>
    </Tooltip>
  );
}
