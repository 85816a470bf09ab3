import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconClock,
  IconFlag,
  IconHandStop,
  IconInfoCircle,
  IconMessageReply,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserOff,
  IconX,
  type Icon,
} from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import type { EventType } from '../../../../shared/schemas/event.ts';
import type { Tone } from '../../../components/state-badge.tsx';
import { ErrorState, LoadingState } from '../../../components/states.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { WhyText } from '../../../components/why-text.tsx';
import { formatDate } from '../../../lib/format.ts';
import { has, t } from '../../../lib/messages/index.ts';
import { historyMost, historyPage, useHistory } from '../api.ts';
import { contactTimeline, isOfKind, timelineKinds, type TimelineEntry, type TimelineKind } from '../model/timeline.ts';
import classes from './contacts.module.css';

interface Props {
  readonly contactId: string;
  /** With a choice of what is shown, and more of it on request. */
  readonly whole?: boolean;
  readonly title?: ReactNode;
}

/** Everything that happened to a person, newest first and day by day: facts, mails that wait, and what came in. */
export function ContactHistory({ contactId, whole = false, title = null }: Props) {
  const [limit, setLimit] = useState(historyPage);
  const [kind, setKind] = useState<TimelineKind>('all');
  const { events, deliveries, replies } = useHistory(contactId, limit);
  const failed = [events, deliveries, replies].find((query) => query.error && query.data === undefined);
  if (failed) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!events.data || !deliveries.data || !replies.data) return <LoadingState rows={4} />;
  const all = contactTimeline(events.data.items, deliveries.data.items, replies.data.items);
  const entries = all.filter((entry) => isOfKind(entry, kind));
  const cut = [events.data, deliveries.data, replies.data].some((page) => page.nextCursor !== null);
  const days = [...Map.groupBy(entries, ({ at }) => formatDate(at))];
  return (
    <>
      {(title !== null || whole) && (
        <Group justify="space-between" mb="md">
          {title}
          {whole && (
            <SegmentedControl
              size="xs"
              aria-label={t('contacts.historyKind')}
              value={kind}
              data={timelineKinds.map((value) => ({ value, label: t(`contacts.historyKind.${value}`) }))}
              onChange={setKind}
            />
          )}
        </Group>
      )}
      {entries.length === 0 && <Text c="dimmed">{t(all.length === 0 ? 'contacts.historyEmpty' : 'contacts.historyNone')}</Text>}
      {days.map(([day, those]) => (
        <div key={day}>
          <Text size="xs" fw={600} c="dimmed" mb={8} component="h3">
            {day}
          </Text>
          <ol className={classes['timeline']}>
            {those.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </ol>
        </div>
      ))}
      {cut && whole && limit < historyMost ? (
        <Button
          variant="default"
          size="compact-sm"
          loading={events.isFetching || deliveries.isFetching}
          onClick={() => setLimit((was) => Math.min(historyMost, was + 2 * historyPage))}
        >
          {t('contacts.historyShowMore')}
        </Button>
      ) : (
        cut && (
          <Text size="xs" c="dimmed">
            {t('contacts.historyMore', { count: limit })}
          </Text>
        )
      )}
    </>
  );
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  const { tone, icon: EntryIcon } = lookOf(entry);
  return (
    <li className={classes['entry']}>
      <span className={classes['entryIcon']} data-tone={tone} aria-hidden>
        <EntryIcon size={15} stroke={1.9} />
      </span>
      <EntryText entry={entry} />
      <Text size="xs" c="dimmed" component="span">
        <TimeText at={entry.at} />
      </Text>
    </li>
  );
}

function EntryText({ entry }: { readonly entry: TimelineEntry }) {
  switch (entry.kind) {
    case 'reply':
      return (
        <div>
          <Text size="sm" fw={600}>
            {t(`reply.${entry.reply.class}`)}
          </Text>
          <Text size="sm" c="dimmed" lineClamp={2}>
            {entry.reply.snippet || entry.reply.subject}
          </Text>
        </div>
      );
    case 'delivery':
      return (
        <div>
          <Text size="sm" fw={600}>
            {mailName(entry.delivery.stepNumber, t(`delivery.${entry.delivery.state}`))}
          </Text>
          <Text size="sm" c="dimmed">
            {[entry.delivery.subject, entry.delivery.campaignName && t('contacts.in', { campaign: entry.delivery.campaignName })].filter(Boolean).join(' · ')}
          </Text>
          <WhyText why={entry.delivery.why} clamp={false} />
        </div>
      );
    case 'event': {
      const { event, delivery } = entry;
      const reason = event.reason === null ? null : reasonText(event.reason);
      const about = [delivery?.subject, delivery?.campaignName && t('contacts.in', { campaign: delivery.campaignName }), reason].filter(Boolean).join(' · ');
      return (
        <div>
          <Text size="sm" fw={600}>
            {delivery ? mailName(delivery.stepNumber, t(`event.${event.type}`)) : t(`event.${event.type}`)}
          </Text>
          {about !== '' && (
            <Text size="sm" c="dimmed">
              {about}
            </Text>
          )}
        </div>
      );
    }
  }
}

function mailName(stepNumber: number | null, state: string): string {
  return stepNumber === null ? state : `${t('contacts.mailNumber', { number: stepNumber })} · ${state}`;
}

/** A reason is a code with words of its own, or a sentence already. */
function reasonText(reason: string): string {
  for (const prefix of ['stop', 'why', 'suppression', 'answer'] as const) {
    const key = `${prefix}.${reason}`;
    if (has(key)) return t(key);
  }
  return reason;
}

const eventLooks: Partial<Record<EventType, { tone: Tone; icon: Icon }>> = {
  sent: { tone: 'good', icon: IconCheck },
  finished: { tone: 'good', icon: IconFlag },
  bounced: { tone: 'bad', icon: IconX },
  failed: { tone: 'bad', icon: IconX },
  complained: { tone: 'bad', icon: IconAlertTriangle },
  unsubscribed: { tone: 'warn', icon: IconUserOff },
  suppressed: { tone: 'warn', icon: IconBan },
  held: { tone: 'warn', icon: IconHandStop },
  unknown: { tone: 'warn', icon: IconAlertTriangle },
  stopped: { tone: 'quiet', icon: IconHandStop },
  cancelled: { tone: 'quiet', icon: IconBan },
  paused: { tone: 'warn', icon: IconPlayerPause },
  resumed: { tone: 'quiet', icon: IconPlayerPlay },
  enrolled: { tone: 'quiet', icon: IconPlayerPlay },
  deferred: { tone: 'warn', icon: IconClock },
};

function lookOf(entry: TimelineEntry): { tone: Tone; icon: Icon } {
  if (entry.kind === 'reply') return { tone: entry.reply.class === 'human' ? 'good' : 'quiet', icon: IconMessageReply };
  if (entry.kind === 'delivery') return { tone: entry.delivery.why && entry.delivery.state !== 'planned' ? 'warn' : 'quiet', icon: IconClock };
  return eventLooks[entry.event.type] ?? { tone: 'quiet', icon: IconInfoCircle };
}
