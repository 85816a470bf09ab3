import { Alert, Anchor, Button, Checkbox, Group, Modal, Select, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconAlertTriangle, IconMailPause } from '@tabler/icons-react';
import { useState } from 'react';
import type { Stranded, StrandedMailbox } from '../../../../shared/schemas/campaign.ts';
import { ErrorAlert } from '../../../components/error-alert.tsx';
import { notifyDone, notifyUndo } from '../../../components/notify.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { api, client } from '../../../lib/client.ts';
import { t } from '../../../lib/messages/index.ts';
import { refresh } from '../../../lib/query.ts';

const undoMs = 20_000;
/** The choice that leaves it to the rotation of the campaign. */
const anyMailbox = '';

const nameOf = ({ name }: StrandedMailbox): string => name ?? t('campaigns.stranded.deleted');
const peopleOf = ({ firstMails, followUps }: StrandedMailbox): number => firstMails + followUps;
const count = (mailboxes: readonly StrandedMailbox[]): number => mailboxes.reduce((sum, mailbox) => sum + peopleOf(mailbox), 0);

/** Says whose mailbox sends nothing, and offers to move them to another one. Nothing while all can be written to. */
export function StrandedPeople({ campaignId }: { readonly campaignId: string }) {
  const { data } = useQuery(api.campaigns.stranded.queryOptions({ input: { id: campaignId } }));
  const [open, setOpen] = useState(false);
  if (data === undefined || count(data.mailboxes) === 0) return null;
  return (
    <Alert variant="light" color="amber" icon={<IconMailPause size={18} />} title={t('campaigns.stranded.title', { count: count(data.mailboxes) })} mb="md" py="sm">
      <Group justify="space-between" gap="md">
        <Text size="sm">
          {data.mailboxes.map((mailbox) => t('campaigns.stranded.line', { name: nameOf(mailbox), reason: mailbox.reason, count: peopleOf(mailbox) })).join(' ')}{' '}
          <Anchor size="sm" underline="always" renderRoot={(props) => <Link to="/mailboxes" {...props} />}>
            {t('campaigns.stranded.repair')}
          </Anchor>
        </Text>
        <Button size="compact-md" variant="default" onClick={() => setOpen(true)}>
          {t('campaigns.stranded.open')}
        </Button>
      </Group>
      {open && <MoveDialog campaignId={campaignId} stranded={data} onClose={() => setOpen(false)} />}
    </Alert>
  );
}

interface MoveDialogProps {
  readonly campaignId: string;
  readonly stranded: Stranded;
  readonly onClose: () => void;
}

function MoveDialog({ campaignId, stranded, onClose }: MoveDialogProps) {
  const { mailboxes, targets, busy } = stranded;
  const queryClient = useQueryClient();
  const changed = () => refresh(queryClient, api.campaigns.key(), api.enrolments.key(), api.deliveries.key());
  const [left, setLeft] = useState<readonly string[]>([]);
  const [onlyTarget] = targets.length === 1 ? targets : [];
  const [to, setTo] = useState(onlyTarget?.mailboxId ?? anyMailbox);
  const chosen = mailboxes.filter(({ mailboxId }) => !left.includes(mailboxId));
  const takeBack = async (moveId: string) => {
    const { people, stayed } = await client.campaigns.undoMove({ id: campaignId, moveId });
    await changed();
    notifyDone(t('campaigns.stranded.undone', { count: people, stayed }));
  };
  const move = useMutation(
    api.campaigns.moveMailbox.mutationOptions({
      meta: { ownError: true },
      onSuccess({ moveId, people }) {
        notifyUndo(t('campaigns.stranded.moved', { count: people }), () => takeBack(moveId), undoMs);
        onClose();
      },
      onSettled: changed,
    }),
  );
  const blind = chosen.filter(({ followUps, repliesSeen }) => followUps > 0 && !repliesSeen);
  const sender = targets.find(({ mailboxId }) => mailboxId === to)?.sender;
  return (
    <Modal opened onClose={onClose} size="xl" title={t('campaigns.stranded.dialog')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <Table aria-label={t('campaigns.stranded.preview')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('campaigns.stranded.from')}</Table.Th>
              <Table.Th ta="end">{t('campaigns.stranded.firstMails')}</Table.Th>
              <Table.Th ta="end">{t('campaigns.stranded.followUps')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {mailboxes.map((mailbox) => (
              <Table.Tr key={mailbox.mailboxId}>
                <Table.Td>
                  <Checkbox
                    checked={chosen.includes(mailbox)}
                    onChange={(event) => setLeft(event.currentTarget.checked ? left.filter((id) => id !== mailbox.mailboxId) : [...left, mailbox.mailboxId])}
                    label={nameOf(mailbox)}
                    description={
                      <>
                        {t('campaigns.stranded.reason', { reason: mailbox.reason })}
                        {mailbox.since !== null && (
                          <>
                            {' · '}
                            {t('campaigns.stranded.since')} <TimeText at={mailbox.since} />
                          </>
                        )}
                        {mailbox.followUps > 0 && !mailbox.repliesSeen && (
                          <span style={{ display: 'block' }}>
                            {mailbox.repliesReadAt === null ? (
                              t('campaigns.stranded.repliesNever')
                            ) : (
                              <>
                                {t('campaigns.stranded.repliesRead')} <TimeText at={mailbox.repliesReadAt} />
                              </>
                            )}
                          </span>
                        )}
                        {mailbox.detail !== null && <span style={{ display: 'block', overflowWrap: 'anywhere' }}>{mailbox.detail}</span>}
                      </>
                    }
                  />
                </Table.Td>
                <Table.Td ta="end" className="h-num" style={{ verticalAlign: 'top' }}>
                  {mailbox.firstMails}
                </Table.Td>
                <Table.Td ta="end" className="h-num" style={{ verticalAlign: 'top' }}>
                  {mailbox.followUps}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {targets.length === 0 ? (
          <Text size="sm" c="var(--homing-warn)">
            {t('campaigns.stranded.noTarget')}
          </Text>
        ) : (
          <Select
            label={t('campaigns.stranded.to')}
            data={[
              { value: anyMailbox, label: t('campaigns.stranded.any', { count: targets.length }) },
              ...targets.map(({ mailboxId, name }) => ({ value: mailboxId, label: name })),
            ]}
            value={to}
            onChange={(id) => setTo(id ?? anyMailbox)}
            allowDeselect={false}
          />
        )}
        <Text size="sm">
          {sender === undefined ? t('campaigns.stranded.explainAny') : t('campaigns.stranded.explain', { sender })} {t('campaigns.stranded.thread')}
        </Text>
        <Text size="sm" c="dimmed">
          {t('campaigns.stranded.who', { tag: '{{ sender.name }}', former: '{{ sender.former_name }}' })}
        </Text>
        {blind.length > 0 && (
          <Alert variant="light" color="amber" icon={<IconAlertTriangle size={18} />}>
            {t('campaigns.stranded.blind', { count: blind.reduce((sum, { followUps }) => sum + followUps, 0) })}
          </Alert>
        )}
        {busy > 0 && (
          <Text size="sm" c="dimmed">
            {t('campaigns.stranded.busy', { count: busy })}
          </Text>
        )}
        {move.error && <ErrorAlert error={move.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            loading={move.isPending}
            disabled={chosen.length === 0 || targets.length === 0}
            onClick={() => move.mutate({ id: campaignId, from: chosen.map(({ mailboxId }) => mailboxId), to: to === anyMailbox ? null : to })}
          >
            {t('campaigns.stranded.move', { count: count(chosen) })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
