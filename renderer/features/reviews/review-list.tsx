import { IconAlertTriangle, IconArrowBackUp, IconHourglass, IconPencil, IconSparkles } from '@tabler/icons-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { Review } from '../../../shared/schemas/review.ts';
import { ToneBadge } from '../../components/state-badge.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { t } from '../../lib/messages/index.ts';
import classes from './reviews.module.css';

interface Props {
  readonly items: readonly Review[];
  readonly currentId: string | null;
  readonly onOpen: (id: string) => void;
  readonly onStep: (step: number) => void;
}

/** Who waits, soonest first. Arrow keys move. */
export function ReviewList({ items, currentId, onOpen, onStep }: Props) {
  const scroll = useRef<HTMLDivElement>(null);
  useEffect(() => {
    scroll.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [currentId]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    onStep(step);
  };
  return (
    <div ref={scroll} className={classes['scroll']} onKeyDown={onKeyDown}>
      <ul className={classes['items']}>
        {items.map(({ delivery, personal, subject, text, changed }) => (
          <li key={delivery.id}>
            <button type="button" className={classes['item']} aria-current={delivery.id === currentId} onClick={() => onOpen(delivery.id)}>
              <span className={classes['itemTop']}>
                <span className={`h-ellipsis ${classes['name']}`} title={delivery.recipient}>
                  {delivery.contactName || delivery.recipient}
                </span>
                <span className={classes['itemTime']}>
                  <TimeText at={delivery.slotAt} format="moment" />
                </span>
              </span>
              <span className={classes['snippet']}>{personal?.text || subject || text}</span>
              <Mark personal={personal} changed={changed} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const sources = { model: ['info', IconSparkles], person: ['good', IconPencil], fallback: ['quiet', IconArrowBackUp] } as const;

/** Where its passage comes from, or that it needs a look. */
function Mark({ personal, changed }: Pick<Review, 'personal' | 'changed'>) {
  if (changed || (personal !== null && personal.findings.length > 0))
    return (
      <ToneBadge tone="warn" icon={IconAlertTriangle}>
        {t('reviews.tag.findings')}
      </ToneBadge>
    );
  if (personal === null) return null;
  if (personal.state === 'waiting')
    return (
      <ToneBadge tone="quiet" icon={IconHourglass}>
        {t('reviews.tag.waiting')}
      </ToneBadge>
    );
  const [tone, icon] = sources[personal.source];
  return (
    <ToneBadge tone={tone} icon={icon}>
      {t(`reviews.tag.${personal.source}`)}
    </ToneBadge>
  );
}
