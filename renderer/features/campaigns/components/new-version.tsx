import { Alert, Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconVersions } from '@tabler/icons-react';
import { useState } from 'react';
import type { VersionMove } from '../../../../shared/schemas/campaign.ts';
import { notifyDone } from '../../../components/notify.tsx';
import { api } from '../../../lib/client.ts';
import { t } from '../../../lib/messages/index.ts';
import { refresh } from '../../../lib/query.ts';

/** Offers to move people to the active version of the sequence, with a preview of who goes where. Nothing when all are on it. */
export function NewVersion({ campaignId }: { readonly campaignId: string }) {
  const { data } = useQuery(api.campaigns.migration.queryOptions({ input: { id: campaignId } }));
  const [open, setOpen] = useState(false);
  if (data === undefined || data.people === 0) return null;
  return (
    <Alert variant="light" icon={<IconVersions size={18} />} title={t('campaigns.version.title', { version: data.toVersion })} mb="md" py="sm">
      <Group justify="space-between" gap="md">
        <Text size="sm">{t('campaigns.version.text', { count: data.people })}</Text>
        <Button size="compact-md" variant="default" onClick={() => setOpen(true)}>
          {t('campaigns.version.look')}
        </Button>
      </Group>
      {open && <MoveDialog campaignId={campaignId} move={data} onClose={() => setOpen(false)} />}
    </Alert>
  );
}

function MoveDialog({ campaignId, move, onClose }: { readonly campaignId: string; readonly move: VersionMove; readonly onClose: () => void }) {
  const queryClient = useQueryClient();
  const migrate = useMutation(
    api.campaigns.migrate.mutationOptions({
      onSuccess: (done) => {
        notifyDone(t('campaigns.version.moved', { count: done.people - done.busy, version: done.toVersion }));
        onClose();
      },
      onSettled: () => refresh(queryClient, api.campaigns.key(), api.enrolments.key(), api.deliveries.key(), api.tasks.key(), api.sequences.key()),
    }),
  );
  return (
    <Modal opened onClose={onClose} size="lg" title={t('campaigns.version.dialog', { version: move.toVersion })} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <Text size="sm">{t('campaigns.version.explain')}</Text>
        <Table aria-label={t('campaigns.version.preview')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('campaigns.version.from')}</Table.Th>
              <Table.Th>{t('campaigns.version.to')}</Table.Th>
              <Table.Th ta="end">{t('campaigns.version.people')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {move.groups.map((group) => (
              <Table.Tr key={`${group.fromVersion} ${group.fromStepId ?? ''} ${group.toStepId ?? ''}`}>
                <Table.Td>
                  {group.fromStep === null
                    ? t('campaigns.version.atEnd', { version: group.fromVersion })
                    : t('campaigns.version.at', { version: group.fromVersion, step: group.fromStep })}
                </Table.Td>
                <Table.Td>{group.toStep === null ? t('campaigns.version.finish') : t('campaigns.version.step', { step: group.toStep })}</Table.Td>
                <Table.Td ta="end" className="h-num">
                  {group.people}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {move.busy > 0 && (
          <Text size="sm" c="dimmed">
            {t('campaigns.version.busy', { count: move.busy })}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={migrate.isPending} onClick={() => migrate.mutate({ id: campaignId })}>
            {t('campaigns.version.move', { version: move.toVersion })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
