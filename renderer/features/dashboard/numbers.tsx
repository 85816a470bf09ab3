import { Text } from '@mantine/core';
import type { Dashboard } from '../../../shared/contract/workspace.ts';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import styles from './dashboard.module.css';

/** Four counts with their denominators: shares are of people mailed, never of opens or of replies. */
export function Numbers({ data }: { data: Dashboard }) {
  const { totals, today } = data;
  const share = (count: number) =>
    totals.mailed === 0 ? t('dashboard.share.none') : t('dashboard.share.note', { share: formatShare(count, totals.mailed), whole: totals.mailed });
  return (
    <>
      <Count name={t('dashboard.sent')} total={totals.sent} today={today.sent} note={t('dashboard.sent.note', { mailed: totals.mailed })} />
      <Count name={t('dashboard.replied')} total={totals.replied} today={today.replied} note={share(totals.replied)} />
      <Count name={t('dashboard.bounced')} total={totals.bounced} today={today.bounced} note={share(totals.bounced)} />
      <Count name={t('dashboard.unsubscribed')} total={totals.unsubscribed} today={today.unsubscribed} note={share(totals.unsubscribed)} />
    </>
  );
}

function Count({ name, total, today, note }: { name: string; total: number; today: number; note: string }) {
  return (
    <section className={styles['panel']} style={{ gridColumn: 'span 3', alignSelf: 'stretch' }} aria-label={name}>
      <Text size="sm" fw={560} c="dimmed">
        {name}
      </Text>
      <div style={{ display: 'flex', alignItems: 'baseline', gap: 10 }}>
        <span className={`${styles['number']} h-num`}>{formatNumber(total)}</span>
        <Text component="span" size="sm" fw={560} c={today > 0 ? 'var(--mantine-color-anchor)' : 'dimmed'} className="h-num">
          {t('dashboard.todayCount', { count: today })}
        </Text>
      </div>
      <Text size="sm" c="dimmed">
        {note}
      </Text>
    </section>
  );
}
