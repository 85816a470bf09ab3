import { Text } from '@mantine/core';
import type { Why } from '../../shared/schemas/delivery.ts';
import { useTicking } from '../lib/clock.ts';
import { formatFullDateTime, formatMoment, formatRelative } from '../lib/format.ts';
import { t } from '../lib/messages/index.ts';

// These name the moment itself, not the end of an obstacle.
const atCodes: ReadonlySet<Why['code']> = new Set(['slot', 'retry']);

/** Why a row does not move and until when: "Waits for its slot at 14:05 · in 3 minutes". */
export function WhyText({ why, clamp = true }: { why: Why | null; clamp?: boolean }) {
  const now = useTicking(10_000);
  if (!why) return null;
  const rule = t(`why.${why.code}`);
  const sentence = why.until === null ? rule : t(atCodes.has(why.code) ? 'why.at' : 'why.until', { why: rule, time: formatMoment(why.until, now) });
  const title = [sentence, why.until === null ? null : `${formatRelative(why.until, now)} · ${formatFullDateTime(why.until)}`, why.detail].filter(Boolean).join('\n');
  return (
    <Text component="span" size="sm" title={title} {...(clamp ? { className: 'h-ellipsis', display: 'block' } : {})}>
      {sentence}
      {!clamp && why.detail && (
        <Text component="span" size="sm" c="dimmed" display="block">
          {why.detail}
        </Text>
      )}
    </Text>
  );
}
