import { ActionIcon, Group, Menu, Stack, Text } from '@mantine/core';
import { IconChecks, IconDots } from '@tabler/icons-react';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { MayButton } from '../../components/may-button.tsx';
import { useRefusal } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';
import { useApproveAll, type Scope } from './api.ts';

/** Approves everything that the screen shows; asks before. */
export function ApproveAll({ scope, total, waiting }: { readonly scope: Scope; readonly total: number; readonly waiting: number }) {
  const approve = useApproveAll();
  const refusal = useRefusal('reviews', 'approveAll');
  const written = total - waiting;
  const askAll = async () => {
    const sure = await confirmDialog({
      title: t('reviews.approveAllTitle', { count: written }),
      children: (
        <Stack gap="sm">
          <Text>{t('reviews.approveAllText')}</Text>
          {waiting > 0 && <Text>{t('reviews.approveAllWaiting', { count: waiting })}</Text>}
        </Stack>
      ),
      confirm: t('reviews.approveAllConfirm'),
    });
    if (sure) approve.mutate({ ...scope, unwritten: 'wait' });
  };
  const askUnwritten = async () => {
    const sure = await confirmDialog({
      title: t('reviews.unwrittenTitle', { count: waiting }),
      children: t('reviews.unwrittenText'),
      confirm: t('reviews.unwrittenConfirm'),
    });
    if (sure) approve.mutate({ ...scope, unwritten: 'fallback' });
  };
  if (written === 0)
    return (
      <MayButton refusal={refusal} variant="default" leftSection={<IconChecks size={16} />} loading={approve.isPending} onClick={() => void askUnwritten()}>
        {t('reviews.unwritten', { count: waiting })}
      </MayButton>
    );
  return (
    <Group gap={6}>
      <MayButton refusal={refusal} variant="default" leftSection={<IconChecks size={16} />} loading={approve.isPending} onClick={() => void askAll()}>
        {t('reviews.approveAll')} ({written})
      </MayButton>
      {waiting > 0 && refusal === null && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size="lg" variant="default" aria-label={t('reviews.more')}>
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void askUnwritten()}>{t('reviews.unwritten', { count: waiting })}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}
