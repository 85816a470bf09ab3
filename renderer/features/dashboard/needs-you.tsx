import { Button, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import {
  IconAlertTriangle,
  IconAt,
  IconChartDots,
  IconChecklist,
  IconEyeCheck,
  IconHandStop,
  IconHelp,
  IconMessageReply,
  IconPlayerPause,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { LinkButton } from '../../components/links.tsx';
import type { NeedsYouItem } from '../../../shared/schemas/settings.ts';
import { QueryState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { UnknownOutcomeChoice } from '../../components/unknown-outcome.tsx';
import { api, client } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import styles from './dashboard.module.css';

const icons: Record<NeedsYouItem['kind'], Icon> = {
  unknown_outcome: IconHelp,
  held: IconHandStop,
  failed: IconAlertTriangle,
  mailbox: IconAt,
  campaign: IconChartDots,
  reply: IconMessageReply,
  task: IconChecklist,
  review: IconEyeCheck,
  webhook: IconWebhook,
  sending_paused: IconPlayerPause,
};

/** What waits for a person, each with the way to settle it. */
export function NeedsYou({ items }: { items: readonly NeedsYouItem[] }) {
  const section = useRef<HTMLElement>(null);
  const hash = useRouterState({ select: (state) => state.location.hash });
  useEffect(() => {
    if (hash === 'needs-you') section.current?.focus();
  }, [hash]);
  return (
    <section ref={section} tabIndex={-1} className={styles['panel']} aria-label={t('dashboard.needs')}>
      <Title order={2} mb={4}>
        {t('dashboard.needs')}
      </Title>
      {items.length === 0 ? (
        <Text c="dimmed" size="sm">
          {t('dashboard.needs.empty')}
        </Text>
      ) : (
        items.map((item) => <NeedsYouRow key={item.id} item={item} />)
      )}
    </section>
  );
}

function NeedsYouRow({ item }: { item: NeedsYouItem }) {
  const ItemIcon = icons[item.kind];
  const [open, setOpen] = useState(false);
  const decidesHere = item.kind === 'unknown_outcome' && item.deliveryId !== null;
  const row = (
    <div className={styles['row']} style={open ? { borderBottom: 0 } : undefined}>
      <ItemIcon size={18} aria-hidden style={{ flex: 'none', color: 'var(--homing-warn)' }} />
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" fw={560} lineClamp={2} title={item.title}>
          {item.title}
        </Text>
        <Text size="xs" c="dimmed" truncate title={item.detail}>
          <TimeText at={item.at} /> · {item.detail}
        </Text>
      </div>
      {decidesHere ? (
        <Button size="compact-sm" variant="light" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('dashboard.needs.action.unknown_outcome')}
        </Button>
      ) : (
        <Settle item={item} />
      )}
    </div>
  );
  if (!open || item.deliveryId === null) return row;
  return (
    <>
      {row}
      <Decide deliveryId={item.deliveryId} />
    </>
  );
}

/** What is known of a mail with unknown outcome, with the choices. */
function Decide({ deliveryId }: { deliveryId: string }) {
  const query = useQuery(api.deliveries.get.queryOptions({ input: { id: deliveryId } }));
  return (
    <div style={{ padding: '0 0 14px 30px', borderBottom: '1px solid var(--homing-line)' }}>
      <QueryState query={query}>{(delivery) => <UnknownOutcomeChoice delivery={delivery} />}</QueryState>
    </div>
  );
}

function Settle({ item }: { item: NeedsYouItem }) {
  const queryClient = useQueryClient();
  const resume = useMutation(api.workspace.resumeSending.mutationOptions({ onSettled: () => refresh(queryClient, api.workspace.key()) }));
  const callAgain = useMutation({
    mutationFn: async () => {
      const { items } = await client.webhooks.failed({});
      await Promise.all(items.map(({ id }) => client.webhooks.retry({ id })));
    },
    onSettled: () => refresh(queryClient, api.workspace.key()),
  });
  const text = t(`dashboard.needs.action.${item.kind}`);
  if (item.kind === 'sending_paused') {
    return (
      <Button size="compact-sm" variant="light" loading={resume.isPending} onClick={() => resume.mutate({})}>
        {text}
      </Button>
    );
  }
  if (item.kind === 'webhook') {
    return (
      <Button size="compact-sm" variant="light" loading={callAgain.isPending} onClick={() => callAgain.mutate()}>
        {text}
      </Button>
    );
  }
  if (item.kind === 'review') {
    return (
      <LinkButton size="compact-sm" variant="light" to="/review" search={item.campaignId === null ? {} : { campaign: item.campaignId }}>
        {text}
      </LinkButton>
    );
  }
  if (item.kind === 'task') {
    return (
      <LinkButton size="compact-sm" variant="light" to="/tasks" search={{ tab: 'due' }}>
        {text}
      </LinkButton>
    );
  }
  if (item.kind === 'mailbox') {
    return (
      <LinkButton size="compact-sm" variant="light" to="/mailboxes" search={item.mailboxId === null ? {} : { edit: item.mailboxId }}>
        {text}
      </LinkButton>
    );
  }
  if (item.kind === 'campaign' && item.campaignId !== null) {
    return (
      <LinkButton size="compact-sm" variant="light" to="/campaigns/$campaignId" params={{ campaignId: item.campaignId }}>
        {text}
      </LinkButton>
    );
  }
  if (item.kind === 'reply') {
    return (
      <LinkButton size="compact-sm" variant="light" to="/inbox" search={item.replyId === null ? {} : { reply: item.replyId }}>
        {text}
      </LinkButton>
    );
  }
  return (
    <LinkButton
      size="compact-sm"
      variant="light"
      to="/activity"
      search={{ show: 'attention', ...(item.deliveryId === null ? {} : { delivery: item.deliveryId }), ...(item.campaignId === null ? {} : { campaignId: item.campaignId }) }}
    >
      {text}
    </LinkButton>
  );
}
