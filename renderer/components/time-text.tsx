import { formatFullDateTime, formatMoment, formatRelative } from '../lib/format.ts';
import { useTicking } from '../lib/clock.ts';
import { t } from '../lib/messages/index.ts';

/**
 * A moment of the workspace's clock. `relative`: 'in 3 hours'; `moment`: '14:05' or 'Tue 3 Mar, 14:05'. The title has the
 * full date with the zone.
 */
export function TimeText({ at, format = 'relative', never }: { at: number | null; format?: 'relative' | 'moment'; never?: string }) {
  const now = useTicking(10_000);
  if (at === null) return <span>{never ?? t('common.never')}</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={`${formatFullDateTime(at)} · ${formatRelative(at, now)}`} className="h-num">
      {format === 'relative' ? formatRelative(at, now) : formatMoment(at, now)}
    </time>
  );
}
