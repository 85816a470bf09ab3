import { ActionIcon, Alert, Button, Group, Menu, Text, Tooltip } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconCheck, IconClockPause, IconMail, IconMailOpened, IconPlayerTrackNext, IconRotateClockwise, IconUserPlus } from '@tabler/icons-react';
import type { ReplyDetail } from '../../../shared/schemas/reply.ts';
import { notifyDone } from '../../components/notify.tsx';
import { api, client } from '../../lib/client.ts';
import { useWorkspaceNow } from '../../lib/clock.ts';
import { formatMoment } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { refresh } from '../../lib/query.ts';
import { useReplyActions } from './api.ts';
import { daysFrom, resumeDays, snoozeChoices } from './moments.ts';

/** Done, snooze, unread, and letting the sequence go on later. */
export function ConversationActions({ reply }: { reply: ReplyDetail }) {
  const { update, settled, snooze, resume } = useReplyActions(reply.id);
  const now = useWorkspaceNow();
  const snoozed = reply.snoozedUntil !== null && reply.snoozedUntil > now();
  const { enrolmentId } = reply;
  return (
    <Group gap={6} wrap="nowrap">
      {enrolmentId !== null && reply.class === 'human' && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Tooltip label={t('inbox.resume')}>
              <ActionIcon size="lg" variant="default" aria-label={t('inbox.resume')}>
                <IconPlayerTrackNext size={17} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{t('inbox.resume.label')}</Menu.Label>
            <Menu.Item onClick={() => resume.mutate({ id: enrolmentId })}>{t('inbox.resume.now')}</Menu.Item>
            {resumeDays.map((days) => (
              <Menu.Item key={days} onClick={() => resume.mutate({ id: enrolmentId, at: daysFrom(now(), days) })}>
                {t('inbox.resume.days', { days })}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {snoozed ? (
        <Tooltip label={t('inbox.snooze.end', { moment: formatMoment(reply.snoozedUntil ?? 0, now()) })}>
          <ActionIcon
            size="lg"
            variant="light"
            aria-label={t('inbox.snooze.end', { moment: formatMoment(reply.snoozedUntil ?? 0, now()) })}
            onClick={() => snooze.mutate({ id: reply.id, until: null })}
          >
            <IconRotateClockwise size={17} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Menu position="bottom-end">
          <Menu.Target>
            <Tooltip label={t('inbox.snooze')}>
              <ActionIcon size="lg" variant="default" aria-label={t('inbox.snooze')}>
                <IconClockPause size={17} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            {snoozeChoices(now()).map(({ key, label, at }) => (
              <Menu.Item
                key={key}
                onClick={() => snooze.mutate({ id: reply.id, until: at })}
                rightSection={
                  <Text size="xs" c="dimmed">
                    {formatMoment(at, now())}
                  </Text>
                }
              >
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Tooltip label={reply.unread ? t('inbox.markRead') : t('inbox.markUnread')}>
        <ActionIcon
          size="lg"
          variant="default"
          aria-label={reply.unread ? t('inbox.markRead') : t('inbox.markUnread')}
          onClick={() => update.mutate({ id: reply.id, unread: !reply.unread })}
        >
          {reply.unread ? <IconMailOpened size={17} /> : <IconMail size={17} />}
        </ActionIcon>
      </Tooltip>
      <Button
        variant={reply.done ? 'light' : 'default'}
        leftSection={<IconCheck size={16} />}
        aria-pressed={reply.done}
        onClick={() => settled.mutate({ id: reply.id, done: !reply.done })}
      >
        {reply.done ? t('inbox.undone') : t('inbox.done')}
      </Button>
    </Group>
  );
}

/** Somebody was named instead: one click makes them a contact, another mails them as well. */
export function DelegateOffer({ reply, delegate }: { reply: ReplyDetail; delegate: NonNullable<ReplyDetail['delegate']> }) {
  const queryClient = useQueryClient();
  const add = useMutation({
    mutationFn: async (enrol: boolean) => {
      const words = delegate.name
        .trim()
        .split(/\s+/)
        .filter((word) => word !== '');
      const company = reply.contactId === null ? '' : (await client.subscribers.get({ id: reply.contactId })).company;
      const made = await client.subscribers.create({ email: delegate.address, firstName: words[0] ?? '', lastName: words.slice(1).join(' '), company });
      if (enrol && reply.campaignId !== null) await client.campaigns.enrol({ id: reply.campaignId, contactIds: [made.id] });
    },
    onSuccess: (_, enrol) => notifyDone(t(enrol ? 'inbox.delegate.enrolled' : 'inbox.delegate.added', { name: delegate.name || delegate.address })),
    onSettled: () => refresh(queryClient, api.subscribers.key(), api.enrolments.key(), api.campaigns.key()),
  });
  return (
    <Alert color="pine" variant="light" icon={<IconUserPlus size={18} />} title={t('inbox.delegate.title', { name: delegate.name || delegate.address })}>
      <Text size="sm" mb="sm" style={{ overflowWrap: 'anywhere' }}>
        {delegate.address}
      </Text>
      <Group gap="sm">
        <Button size="compact-sm" variant="light" disabled={add.isPending || add.isSuccess} onClick={() => add.mutate(false)}>
          {t('inbox.delegate.add')}
        </Button>
        {reply.campaignId !== null && (
          <Button size="compact-sm" variant="subtle" disabled={add.isPending || add.isSuccess} onClick={() => add.mutate(true)}>
            {t('inbox.delegate.enrol', { campaign: reply.campaignName ?? '' })}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
