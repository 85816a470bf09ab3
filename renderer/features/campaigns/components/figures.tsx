import { Text } from '@mantine/core';
import type { Campaign } from '../../../../shared/schemas/campaign.ts';
import { formatNumber, formatShare } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { funnel, type Share } from '../model/numbers.ts';
import classes from './campaigns.module.css';
import { ProgressBar } from './progress-bar.tsx';

/** The funnel of a campaign: every count with the people it is a part of. */
export function Figures({ campaign }: { readonly campaign: Campaign }) {
  const { counts } = campaign;
  const { mailed, replied, bounced, unsubscribed, done } = funnel(counts);
  return (
    <section aria-label={t('campaigns.funnel')}>
      <dl className={classes['figures']}>
        <div className={classes['figure']}>
          <dt>{t('campaigns.count.people')}</dt>
          <dd className="h-num">{formatNumber(counts.people)}</dd>
          <dd className="h-num">{t('campaigns.of.enrolled', { count: counts.sent })}</dd>
        </div>
        <Figure name="mailed" part={mailed} of="people" />
        <Figure name="replied" part={replied} of="mailed" hint={t('campaigns.count.hint.replied')} />
        <Figure name="bounced" part={bounced} of="mailed" hint={t('campaigns.count.hint.bounced')} />
        <Figure name="unsubscribed" part={unsubscribed} of="mailed" />
        <Figure name="done" part={done} of="people" />
      </dl>
      <Text component="div" mt="md">
        <ProgressBar counts={counts} legend aside={t('campaigns.mailsLine', { sent: counts.sent, waiting: counts.waiting, failed: counts.failed })} />
      </Text>
    </section>
  );
}

function Figure({
  name,
  part,
  of,
  hint,
}: {
  readonly name: 'mailed' | 'replied' | 'bounced' | 'unsubscribed' | 'done';
  readonly part: Share;
  readonly of: 'people' | 'mailed';
  readonly hint?: string;
}) {
  return (
    <div className={classes['figure']} title={hint}>
      <dt>{t(`campaigns.count.${name}`)}</dt>
      <dd className="h-num">{formatNumber(part.count)}</dd>
      <dd className="h-num">{t(`campaigns.of.${of}`, { share: formatShare(part.count, part.of), count: part.of })}</dd>
    </div>
  );
}
