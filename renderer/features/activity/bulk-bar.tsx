import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconListCheck, IconRefresh, IconTrash } from '@tabler/icons-react';
import type { BulkOutcome, DeliverySelection } from '../../../shared/schemas/delivery.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone, notifyError } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import classes from './activity.module.css';

interface Props {
  readonly selected: ReadonlySet<string>;
  /** How many match the filter, and whether all of them are meant instead of the selected ones. */
  readonly total: number;
  readonly all: boolean;
  readonly filter: Extract<DeliverySelection, { filter: unknown }>['filter'];
  readonly onAll: () => void;
  readonly onClear: () => void;
}

/** What can be done with several mails at once. */
export function BulkBar({ selected, total, all, filter, onAll, onClear }: Props) {
  const queryClient = useQueryClient();
  const count = all ? total : selected.size;
  const selection: DeliverySelection = all ? { filter } : { ids: [...selected] };
  const after = {
    onSuccess(outcome: BulkOutcome) {
      const [first] = outcome.reasons;
      if (outcome.left > 0 && first !== undefined) notifyError(new Error(t('activity.bulk.left', { done: outcome.done, left: outcome.left, reason: first.reason })));
      else notifyDone(t('activity.bulk.done', { count: outcome.done }));
      onClear();
    },
    onSettled: () => refresh(queryClient, api.deliveries.key(), api.enrolments.key(), api.events.key(), api.workspace.key()),
  };
  const retry = useMutation(api.deliveries.retryMany.mutationOptions(after));
  const drop = useMutation(api.deliveries.dropMany.mutationOptions(after));
  const busy = retry.isPending || drop.isPending;
  const ask = async (action: 'retry' | 'drop') => {
    const words = { title: t(`activity.bulk.${action}.title`, { count }), children: t(`activity.bulk.${action}.text`), confirm: t(`activity.bulk.${action}`) };
    if (!(await confirmDialog({ ...words, danger: action === 'drop' }))) return;
    if (action === 'retry') retry.mutate(selection);
    else drop.mutate(selection);
  };
  return (
    <div className={classes['bulk']} role="toolbar" aria-label={t('activity.bulk.selected', { count })}>
      <Text size="sm" fw={600} role="status">
        {t('activity.bulk.selected', { count })}
      </Text>
      {!all && selected.size < total && (
        <Button size="compact-sm" variant="subtle" leftSection={<IconListCheck size={15} />} disabled={busy} onClick={onAll}>
          {t('activity.bulk.all', { count: total })}
        </Button>
      )}
      <span style={{ flex: 1 }} />
      <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={15} />} loading={retry.isPending} disabled={busy} onClick={() => void ask('retry')}>
        {t('activity.bulk.retry')}
      </Button>
      <Button size="compact-sm" variant="light" color="red" leftSection={<IconTrash size={15} />} loading={drop.isPending} disabled={busy} onClick={() => void ask('drop')}>
        {t('activity.bulk.drop')}
      </Button>
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        {t('activity.bulk.clear')}
      </Button>
    </div>
  );
}
