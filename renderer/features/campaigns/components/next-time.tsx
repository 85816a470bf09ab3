import { TimeText } from '../../../components/time-text.tsx';
import { useTicking } from '../../../lib/clock.ts';
import { t } from '../../../lib/messages/index.ts';

/** When the next mail leaves; a slot that has passed is due, whatever rule still holds it. */
export function NextTime({ at, format = 'relative' }: { readonly at: number | null; readonly format?: 'relative' | 'moment' }) {
  const now = useTicking(10_000);
  if (at !== null && at <= now) return <span>{t('campaigns.due')}</span>;
  return <TimeText at={at} format={format} never={t('campaigns.nothingNext')} />;
}
