import { Alert, Button, Drawer, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconHelp, IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { LinkButton } from '../../components/links.tsx';
import type { Delivery } from '../../../shared/schemas/delivery.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { EditMailDialog } from '../../components/edit-mail-dialog.tsx';
import { EventTimeline } from '../../components/event-timeline.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { QueryState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { UnknownOutcomeChoice } from '../../components/unknown-outcome.tsx';
import { WhyText } from '../../components/why-text.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';

import { canDrop, canRetry } from './filters.ts';
import { outcomeWords } from './words.ts';

/** One delivery: what it is, why it waits, what happened so far, and what a person can do. */
export function DeliveryDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  return (
    <Drawer opened={id !== null} onClose={onClose} size={520} title={<DrawerTitle id={id} />} closeButtonProps={{ 'aria-label': t('common.close') }}>
      {id !== null && <Detail id={id} />}
    </Drawer>
  );
}

function DrawerTitle({ id }: { id: string | null }) {
  const { data } = useQuery(api.deliveries.get.queryOptions({ input: { id: id ?? '' }, enabled: id !== null }));
  return <>{data ? t('activity.detail', { recipient: data.contactName || data.recipient }) : t('common.loading')}</>;
}

function Detail({ id }: { id: string }) {
  const query = useQuery(api.deliveries.get.queryOptions({ input: { id } }));
  return (
    <QueryState query={query}>
      {(delivery) => (
        <Stack gap="lg">
          <Group gap="sm">
            <StateBadge kind="delivery" state={delivery.state} />
            <Text size="sm" c="dimmed">
              {t(`kind.${delivery.kind}`)}
              {delivery.stepNumber === null ? '' : ` · ${t('activity.step', { n: delivery.stepNumber })}`}
            </Text>
          </Group>
          {delivery.state === 'unknown' ? (
            <Alert color="amber" variant="light" icon={<IconHelp size={18} />} title={t('unknown.title')}>
              <UnknownOutcomeChoice delivery={delivery} />
            </Alert>
          ) : (
            <Actions delivery={delivery} />
          )}
          <Facts delivery={delivery} />
          <div>
            <Title order={3} mb="sm">
              {t('activity.timeline')}
            </Title>
            <EventTimeline filter={{ deliveryId: id }} empty={t('activity.timeline.empty')} />
          </div>
        </Stack>
      )}
    </QueryState>
  );
}

function Facts({ delivery }: { delivery: Delivery }) {
  const rows: (readonly [string, ReactNode])[] = [];
  const add = (name: string, value: ReactNode) => {
    if (value !== null && value !== '') rows.push([name, value]);
  };
  if (delivery.why) add(t('activity.detail.why'), <WhyText why={delivery.why} clamp={false} />);
  else if (delivery.state !== 'claimed' && delivery.state !== 'sending') add(t('activity.detail.outcome'), outcomeWords(delivery));
  add(t('activity.detail.subject'), delivery.subject);
  add(t('activity.detail.recipient'), delivery.recipient);
  add(t('activity.detail.campaign'), delivery.campaignName);
  add(t('activity.detail.mailbox'), delivery.mailboxName);
  add(t('activity.detail.slot'), <TimeText at={delivery.slotAt} format="moment" />);
  if (delivery.sentAt !== null) add(t('activity.detail.sent'), <TimeText at={delivery.sentAt} format="moment" />);
  if (delivery.attempts > 0) add(t('activity.detail.attempts'), delivery.attempts);
  if (delivery.variantId !== null && delivery.variantId !== 'A') add(t('activity.detail.variant'), delivery.variantId);
  if (delivery.answer !== null) add(t('activity.detail.answer'), delivery.answer);
  add(t('activity.detail.messageId'), delivery.messageId);
  return (
    <Table variant="vertical" layout="fixed" verticalSpacing={6} fz="sm">
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th w={130} style={{ background: 'transparent', fontWeight: 500, color: 'var(--mantine-color-dimmed)' }}>
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function useDone(message: string) {
  const queryClient = useQueryClient();
  return {
    onSuccess: () => notifyDone(message),
    onSettled: () => refresh(queryClient, api.deliveries.key(), api.enrolments.key(), api.events.key(), api.workspace.key()),
  };
}

function Actions({ delivery }: { delivery: Delivery }) {
  const [editing, setEditing] = useState(false);
  const retry = useMutation(api.deliveries.retry.mutationOptions(useDone(t('activity.retried'))));
  const drop = useMutation(api.deliveries.drop.mutationOptions(useDone(t('activity.dropped'))));
  const askDrop = async () => {
    if (await confirmDialog({ title: t('activity.drop.title'), children: t('activity.drop.text'), confirm: t('activity.drop'), danger: true })) drop.mutate({ id: delivery.id });
  };
  if (!canRetry(delivery.state) && !canDrop(delivery.state)) return null;
  return (
    <Group gap="sm">
      {canRetry(delivery.state) && (
        <Button leftSection={<IconRefresh size={16} />} loading={retry.isPending} onClick={() => retry.mutate({ id: delivery.id })}>
          {t('activity.retry')}
        </Button>
      )}
      {canRetry(delivery.state) && (
        <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)}>
          {t('activity.edit')}
        </Button>
      )}
      {canDrop(delivery.state) && (
        <Button variant="default" leftSection={<IconTrash size={16} />} loading={drop.isPending} onClick={() => void askDrop()}>
          {t('activity.drop')}
        </Button>
      )}
      {delivery.why?.code === 'mailbox_needs_login' && (
        <LinkButton variant="subtle" to="/mailboxes">
          {t('nav.mailboxes')}
        </LinkButton>
      )}
      {editing && <EditMailDialog delivery={delivery} onClose={() => setEditing(false)} />}
    </Group>
  );
}
