import { ActionIcon, Group, Menu, Paper, Progress, Text, UnstyledButton } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconDots, IconMailCheck, IconMailSearch, IconPencil, IconPlayerPause, IconPlayerPlay, IconPlugConnected, IconTrash, IconWorldCheck } from '@tabler/icons-react';
import type { Mailbox, MailboxTest } from '../../../shared/schemas/mailbox.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import { DomainHealthLine, DomainHealthPanel } from './domain-health-panel.tsx';
import { TestResult } from './test-result.tsx';

/** One mailbox: who it is, how it is, how much of its day it used, and what can be done with it. */
export function MailboxCard({ mailbox, onEdit }: { mailbox: Mailbox; onEdit: () => void }) {
  const queryClient = useQueryClient();
  const done = () => refresh(queryClient, api.mailboxes.key(), api.workspace.key());
  const showTest = (result: MailboxTest) => {
    void done();
    modals.open({ title: t('mailboxes.result.title', { name: mailbox.name }), children: <TestResult result={result} />, closeButtonProps: { 'aria-label': t('common.close') } });
  };
  const test = useMutation(api.mailboxes.test.mutationOptions({ onSuccess: showTest }));
  const pause = useMutation(api.mailboxes.pause.mutationOptions({ onSuccess: done }));
  const resume = useMutation(api.mailboxes.resume.mutationOptions({ onSuccess: done }));
  const check = useMutation(api.mailboxes.checkInbox.mutationOptions({ onSuccess: ({ found }) => notifyDone(t('mailboxes.checked', { count: found })), onSettled: done }));
  const remove = useMutation(api.mailboxes.remove.mutationOptions({ onSuccess: () => notifyDone(t('mailboxes.deleted')), onSettled: done }));
  const busy = test.isPending || pause.isPending || resume.isPending || check.isPending || remove.isPending;
  const askRemove = async () => {
    if (
      await confirmDialog({
        title: t('mailboxes.delete.title', { name: mailbox.name }),
        children: t('mailboxes.delete.text'),
        confirm: t('mailboxes.delete.confirm'),
        danger: true,
      })
    )
      remove.mutate({ id: mailbox.id });
  };
  const showDomain = () =>
    modals.open({
      title: t('mailboxes.health.title', { name: mailbox.name }),
      size: 'lg',
      children: <DomainHealthPanel mailboxId={mailbox.id} />,
      closeButtonProps: { 'aria-label': t('common.close') },
    });
  const { limits } = mailbox;
  const stopped = mailbox.state === 'paused' || mailbox.state === 'needs_login' || mailbox.state === 'unreachable';
  return (
    <Paper p="lg" component="article" aria-label={mailbox.name}>
      <Group gap="xl" wrap="nowrap" align="flex-start">
        <div style={{ flex: '2 1 260px', minWidth: 0 }}>
          <Group gap="sm" wrap="nowrap">
            <UnstyledButton onClick={onEdit} className="h-ellipsis" title={mailbox.name} style={{ fontWeight: 620, fontSize: 'var(--mantine-font-size-lg)', borderRadius: 4 }}>
              {mailbox.name}
            </UnstyledButton>
            <StateBadge kind="mailboxState" state={mailbox.state} detail={mailbox.stateReason} />
          </Group>
          <Text size="sm" c="dimmed" truncate title={mailbox.address}>
            {mailbox.fromName === '' || mailbox.name === mailbox.fromName ? mailbox.address : `${mailbox.fromName} · ${mailbox.address}`}
          </Text>
          {mailbox.stateReason && (
            <Text size="sm" mt={4} c="var(--homing-bad)" style={{ overflowWrap: 'anywhere' }} lineClamp={2} title={mailbox.stateReason}>
              {mailbox.stateReason}
            </Text>
          )}
          {mailbox.state === 'paused' && (
            <Text size="sm" mt={4} c="dimmed">
              {mailbox.pausedUntil === null ? (
                t('mailboxes.pausedOpen')
              ) : (
                <>
                  {t('mailboxes.pausedUntil')} <TimeText at={mailbox.pausedUntil} format="moment" />
                </>
              )}
            </Text>
          )}
        </div>
        <div style={{ flex: '1 1 180px', minWidth: 150 }}>
          <Text size="sm" fw={560} className="h-num">
            {t('mailboxes.sentToday', { sent: mailbox.sentToday, limit: limits.perDay })}
          </Text>
          <Progress
            value={Math.min(100, (mailbox.sentToday / limits.perDay) * 100)}
            size="sm"
            my={6}
            color={mailbox.sentToday >= limits.perDay ? 'amber' : 'pine'}
            aria-label={t('mailboxes.sentTodayLabel', { name: mailbox.name })}
          />
          <Text size="xs" c="dimmed" className="h-num">
            {t('mailboxes.limits', { perHour: limits.perHour, minGap: limits.minGapSeconds, maxGap: limits.maxGapSeconds })}
          </Text>
        </div>
        <div style={{ flex: '1 1 200px', minWidth: 0 }}>
          {mailbox.imap ? (
            <Text size="sm">
              {t('mailboxes.inboxChecked')} <TimeText at={mailbox.inboxCheckedAt} />
            </Text>
          ) : (
            <Text size="sm" c="var(--homing-warn)">
              {t('mailboxes.noImap')}
            </Text>
          )}
          <Text size="xs" c="dimmed">
            {t(`mailboxes.sentCopy.${mailbox.sentCopy}`)}
          </Text>
          <DomainHealthLine mailboxId={mailbox.id} onOpen={showDomain} />
        </div>
        <Menu position="bottom-end" width={230}>
          <Menu.Target>
            <ActionIcon size="lg" aria-label={t('mailboxes.actions', { name: mailbox.name })} loading={busy}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
              {t('mailboxes.edit')}
            </Menu.Item>
            <Menu.Item leftSection={<IconPlugConnected size={16} />} onClick={() => test.mutate({ id: mailbox.id })}>
              {t('mailboxes.test')}
            </Menu.Item>
            {mailbox.imap && (
              <>
                <Menu.Item leftSection={<IconMailCheck size={16} />} onClick={() => test.mutate({ id: mailbox.id, roundTrip: true })}>
                  {t('mailboxes.roundTrip')}
                </Menu.Item>
                <Menu.Item leftSection={<IconMailSearch size={16} />} onClick={() => check.mutate({ id: mailbox.id })}>
                  {t('mailboxes.checkInbox')}
                </Menu.Item>
              </>
            )}
            <Menu.Item leftSection={<IconWorldCheck size={16} />} onClick={showDomain}>
              {t('mailboxes.health.open')}
            </Menu.Item>
            <Menu.Divider />
            {stopped ? (
              <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => resume.mutate({ id: mailbox.id })}>
                {t('mailboxes.resume')}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => pause.mutate({ id: mailbox.id })}>
                {t('mailboxes.pause')}
              </Menu.Item>
            )}
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void askRemove()}>
              {t('mailboxes.delete')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
    </Paper>
  );
}
