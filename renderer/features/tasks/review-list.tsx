import { Button, Group, Text } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconCheck, IconEyeCheck, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import type { Delivery } from '../../../shared/schemas/delivery.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { EditMailDialog } from '../../components/edit-mail-dialog.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { EmptyState, QueryState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import classes from './tasks.module.css';

const shown = 50;

/** Mails that wait until a person has read them. Approving keeps their time. */
export function ReviewList() {
  const query = useQuery(api.deliveries.list.queryOptions({ input: { limit: shown, state: 'held', heldFor: 'approval', sort: 'slotAt' }, placeholderData: keepPreviousData }));
  return (
    <QueryState query={query}>
      {({ items, total }) =>
        items.length === 0 ? (
          <EmptyState title={t('tasks.emptyReview')} icon={<IconEyeCheck size={26} stroke={1.6} />}>
            {t('tasks.emptyReviewText')}
          </EmptyState>
        ) : (
          <>
            {total > 1 && <ApproveAll total={total} />}
            <ul className={classes['list']} aria-label={t('tasks.tab.review')}>
              {items.map((delivery) => (
                <ReviewRow key={delivery.id} delivery={delivery} />
              ))}
            </ul>
          </>
        )
      }
    </QueryState>
  );
}

function useSettled() {
  const queryClient = useQueryClient();
  return () => refresh(queryClient, api.deliveries.key(), api.enrolments.key(), api.workspace.key());
}

function ApproveAll({ total }: { readonly total: number }) {
  const onSettled = useSettled();
  const approve = useMutation(api.deliveries.retryMany.mutationOptions({ onSuccess: ({ done }) => notifyDone(t('tasks.approvedMany', { count: done })), onSettled }));
  const ask = async () => {
    if (await confirmDialog({ title: t('tasks.approveAllTitle', { count: total }), children: t('tasks.approveAllText'), confirm: t('tasks.approveAll', { count: total }) }))
      approve.mutate({ filter: { state: 'held', heldFor: 'approval' } });
  };
  return (
    <Group justify="flex-end" mb="sm">
      <Button variant="default" loading={approve.isPending} onClick={() => void ask()}>
        {t('tasks.approveAll', { count: total })}
      </Button>
    </Group>
  );
}

function ReviewRow({ delivery }: { readonly delivery: Delivery }) {
  const [editing, setEditing] = useState(false);
  const onSettled = useSettled();
  const approve = useMutation(api.deliveries.retry.mutationOptions({ onSuccess: () => notifyDone(t('tasks.approved')), onSettled }));
  const text = useQuery(api.deliveries.text.queryOptions({ input: { id: delivery.id } }));
  const person = delivery.contactName || delivery.recipient;
  return (
    <li className={classes['row']}>
      <div className={classes['what']}>
        <Text fw={600}>{text.data?.subject || delivery.subject || t('tasks.noSubject')}</Text>
        <Text size="sm">
          {t('tasks.to', { person })} · {delivery.recipient}
        </Text>
        {text.data !== undefined && (
          <Text size="sm" mt={6} className={classes['mail'] ?? ''} tabIndex={0}>
            {text.data.text}
          </Text>
        )}
        <Text size="xs" c="dimmed" mt={4}>
          {t('tasks.leavesAt')} <TimeText at={delivery.slotAt} format="moment" /> · {delivery.campaignName}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="compact-md"
          leftSection={<IconCheck size={16} />}
          loading={approve.isPending}
          aria-label={`${t('tasks.approve')}: ${person}`}
          onClick={() => approve.mutate({ id: delivery.id })}
        >
          {t('tasks.approve')}
        </Button>
        <Button size="compact-md" variant="default" leftSection={<IconPencil size={16} />} aria-label={`${t('tasks.edit')}: ${person}`} onClick={() => setEditing(true)}>
          {t('tasks.edit')}
        </Button>
      </Group>
      {editing && <EditMailDialog delivery={delivery} onClose={() => setEditing(false)} />}
    </li>
  );
}
