import { Text, Timeline } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../lib/client.ts';
import { t } from '../lib/messages/index.ts';
import { reasonWords } from '../lib/reasons.ts';
import { QueryState } from './states.tsx';
import { TimeText } from './time-text.tsx';

type EventFilter = { deliveryId: string } | { contactId: string } | { campaignId: string } | { mailboxId: string };

/** The recorded facts about one thing, newest first: what, who, when, and the reason given. */
export function EventTimeline({ filter, empty, limit = 100 }: { filter: EventFilter; empty: string; limit?: number }) {
  const query = useQuery(api.events.list.queryOptions({ input: { limit, ...filter } }));
  return (
    <QueryState query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed" size="sm">
            {empty}
          </Text>
        ) : (
          <Timeline bulletSize={14} lineWidth={2} active={-1}>
            {items.map((event) => (
              <Timeline.Item
                key={event.id}
                title={
                  <Text size="sm" fw={560}>
                    {t(`event.${event.type}`)}
                  </Text>
                }
              >
                <Text size="xs" c="dimmed">
                  <TimeText at={event.at} format="moment" /> · {t(`actor.${event.actor}`)}
                </Text>
                {event.reason !== null && (
                  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                    {reasonWords(event.reason)}
                  </Text>
                )}
              </Timeline.Item>
            ))}
          </Timeline>
        )
      }
    </QueryState>
  );
}
