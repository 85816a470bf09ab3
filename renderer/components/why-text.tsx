import { Text } from '@mantine/core';
import type { Why } from '../../shared/schemas/delivery.ts';
import { useTicking } from '../lib/clock.ts';
import { formatFullDateTime, formatMoment, formatRelative } from '../lib/format.ts';
import { t } from '../lib/messages/index.ts';

/** Why a row does not move and until when: "Waits for its slot until 14:05 · in 3 minutes". */
export function WhyText({ why, clamp = true }: { why: Why | null; clamp?: boolean }) {
  const now = useTicking(10_000);
  if (!why) return null;
  const rule = t(`why.${why.code}`);
  const sentence = why.until === null ? rule : t('why.until', { why: rule, time: formatMoment(why.until, now) });
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
