import { Group, Text, Title } from '@mantine/core';
import { LinkAnchor } from '../../components/links.tsx';
import type { Dashboard } from '../../../shared/contract/workspace.ts';
import { TimeText } from '../../components/time-text.tsx';
import { WhyText } from '../../components/why-text.tsx';
import { t } from '../../lib/messages/index.ts';
import styles from './dashboard.module.css';

/** The next mails to leave, each with what decides its time. */
export function NextSends({ data }: { data: Dashboard }) {
  return (
    <section className={styles['panel']} aria-label={t('dashboard.next')}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2}>{t('dashboard.next')}</Title>
        <LinkAnchor to="/activity" size="sm">
          {t('dashboard.next.all')}
        </LinkAnchor>
      </Group>
      <Text size="sm" c="dimmed" mb={4}>
        {summary(data)}
      </Text>
      {data.nextSends.map((delivery) => (
        <div key={delivery.id} className={styles['row']}>
          <div style={{ flex: 1, minWidth: 0 }}>
            <LinkAnchor to="/activity" search={{ delivery: delivery.id }} size="sm" fw={560} c="inherit" className="h-ellipsis" display="block" title={delivery.recipient}>
              {delivery.contactName || delivery.recipient}
            </LinkAnchor>
            <Text size="xs" c="dimmed" component="div">
              <WhyText why={delivery.why} />
            </Text>
          </div>
          <Text size="sm" fw={560} style={{ whiteSpace: 'nowrap' }}>
            <TimeText at={delivery.slotAt} />
          </Text>
        </div>
      ))}
    </section>
  );
}

/** What is planned, as one sentence. */
function summary({ waiting, runningCampaigns: campaigns }: Dashboard): string {
  if (waiting === 0) return campaigns === 0 ? t('dashboard.next.idle') : t('dashboard.next.quiet', { campaigns });
  return campaigns === 0 ? t('dashboard.next.answers', { waiting }) : t('dashboard.next.text', { waiting, campaigns });
}
