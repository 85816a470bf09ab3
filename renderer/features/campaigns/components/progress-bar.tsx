import type { CampaignCounts } from '../../../../shared/schemas/campaign.ts';
import { formatNumber } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { doneCount, segments } from '../model/numbers.ts';
import classes from './campaigns.module.css';

/** The people of a campaign as one bar; the same in words for everybody who does not see colours. */
export function ProgressBar({ counts, legend = false, aside }: { readonly counts: CampaignCounts; readonly legend?: boolean; readonly aside?: string }) {
  const parts = segments(counts);
  const words = parts.map(({ segment, count }) => `${formatNumber(count)} ${t(`campaigns.segment.${segment}`)}`);
  const label = t('campaigns.progressLabel', { done: doneCount(counts), people: counts.people, parts: words.join(', ') });
  return (
    <>
      <div className={classes['bar']} role="img" aria-label={label} title={words.join('\n')}>
        {parts.map(({ segment, count }) => (
          <span key={segment} data-segment={segment} style={{ flex: `${count} 1 0` }} />
        ))}
      </div>
      {legend && (
        <div className={classes['legendRow']}>
          <ul className={classes['legend']} aria-hidden>
            {parts.map(({ segment }, index) => (
              <li key={segment}>
                <span className={classes['bar']} style={{ width: 10, height: 10 }}>
                  <span data-segment={segment} style={{ flex: 1 }} />
                </span>
                <span className="h-num">{words[index]}</span>
              </li>
            ))}
          </ul>
          {aside !== undefined && <span className="h-num">{aside}</span>}
        </div>
      )}
    </>
  );
}
