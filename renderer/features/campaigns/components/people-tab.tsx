import { ActionIcon, Menu, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { IconDots, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconSearch, IconUser } from '@tabler/icons-react';
import { useState } from 'react';
import type { Campaign } from '../../../../shared/schemas/campaign.ts';
import { enrolmentStates, type Enrolment, type EnrolmentState } from '../../../../shared/schemas/enrolment.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { cursorRows } from '../../../components/row-source.ts';
import { StateBadge } from '../../../components/state-badge.tsx';
import { EmptyState } from '../../../components/states.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { t } from '../../../lib/messages/index.ts';
import { useCampaignActions, useEnrolments, useMailboxes, useSequence } from '../api.ts';
import { reasonText } from '../words.ts';
import classes from './campaigns.module.css';
import { NextTime } from './next-time.tsx';

/** Everybody in a campaign with state, reason and what comes next. */
export function PeopleTab({ campaign }: { readonly campaign: Campaign }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [state, setState] = useState<EnrolmentState | null>(null);
  const enrolments = useEnrolments(campaign.id, q, state);
  const sequence = useSequence(campaign.sequenceId);
  const mailboxes = useMailboxes();
  const mailIds = (sequence.data?.draft.steps ?? []).filter((step) => step.type === 'email').map((step) => step.id);
  const mailboxOf = (id: string | null) => mailboxes.data?.items.find((mailbox) => mailbox.id === id);
  /** Why the mailbox of somebody under way sends nothing; empty = it does. */
  const standstill = ({ state: at, mailboxId }: Enrolment): string => {
    if ((at !== 'active' && at !== 'pending') || mailboxId === null || mailboxes.data === undefined) return '';
    if (!campaign.mailboxIds.includes(mailboxId)) return t('why.mailbox_gone');
    const mailbox = mailboxOf(mailboxId)?.state;
    return mailbox === 'needs_login' || mailbox === 'paused' ? t(`why.mailbox_${mailbox}`) : mailbox === 'unreachable' ? t('campaigns.stranded.unreachable') : '';
  };
  const columns: Column<Enrolment>[] = [
    { id: 'person', header: t('campaigns.person'), grow: 2, cell: (person) => <Person person={person} /> },
    {
      id: 'state',
      header: t('campaigns.state'),
      width: 150,
      cell: (person) => <StateBadge kind="enrolment" state={person.state} detail={person.reason === null ? null : reasonText(person.reason)} />,
    },
    {
      id: 'reason',
      header: t('campaigns.reason'),
      grow: 1.4,
      cell: (person) => (person.pausedUntil === null ? person.reason === null ? standstill(person) : reasonText(person.reason) : <PausedUntil person={person} />),
    },
    { id: 'got', header: t('campaigns.lastStep'), width: 120, cell: (person) => mailsGot(person, mailIds) },
    { id: 'next', header: t('campaigns.nextMail'), width: 150, cell: (person) => <NextTime at={person.nextAt} /> },
    { id: 'mailbox', header: t('campaigns.mailbox'), grow: 0.9, cell: (person) => mailboxOf(person.mailboxId)?.name ?? '' },
    {
      id: 'actions',
      header: '',
      width: 56,
      align: 'right',
      cell: (person) => <PersonMenu person={person} living={campaign.status === 'running' || campaign.status === 'paused'} />,
    },
  ];
  return (
    <>
      <div className={classes['filters']}>
        <TextInput
          aria-label={t('campaigns.searchPeople')}
          placeholder={t('campaigns.searchPeople')}
          leftSection={<IconSearch size={16} aria-hidden />}
          w={300}
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select
          aria-label={t('campaigns.state')}
          placeholder={t('campaigns.anyState')}
          clearable
          w={170}
          data={enrolmentStates.map((value) => ({ value, label: t(`enrolment.${value}`) }))}
          value={state}
          onChange={(value) => setState(value as EnrolmentState | null)}
        />
      </div>
      <DataTable
        label={t('campaigns.tab.people')}
        columns={columns}
        rows={cursorRows(enrolments)}
        rowId={(person) => person.id}
        rowHeight={50}
        onOpen={(person) => void navigate({ to: '/contacts/$contactId', params: { contactId: person.contactId } })}
        empty={<EmptyState title={t('campaigns.noPeople')}>{t('campaigns.noPeopleText')}</EmptyState>}
      />
    </>
  );
}

/** How many mails a person got; nothing is said about a step that the sequence no longer has. */
function mailsGot(person: Enrolment, mailIds: readonly string[]): string {
  if (person.stepId === null) return t('campaigns.mailsGot', { count: 0 });
  const at = mailIds.indexOf(person.stepId);
  return at < 0 ? '' : t('campaigns.mailsGot', { count: at + 1 });
}

function Person({ person }: { readonly person: Enrolment }) {
  return (
    <div>
      <Text size="sm" fw={600} className="h-ellipsis" title={person.contactName}>
        {person.contactName || person.contactEmail}
      </Text>
      <Text size="xs" c="dimmed" className="h-ellipsis" title={person.contactEmail}>
        {person.contactEmail}
      </Text>
    </div>
  );
}

function PausedUntil({ person }: { readonly person: Enrolment }) {
  return (
    <Text size="sm" className="h-ellipsis">
      {person.reason === null ? '' : `${reasonText(person.reason)} · `}
      <TimeText at={person.pausedUntil} format="moment" />
    </Text>
  );
}

function PersonMenu({ person, living }: { readonly person: Enrolment; readonly living: boolean }) {
  const { stopPerson, pausePerson, resumePerson } = useCampaignActions();
  const navigate = useNavigate();
  const name = person.contactName || person.contactEmail;
  const moving = person.state === 'active' || person.state === 'pending';
  const waiting = person.state === 'paused' || person.state === 'held' || person.state === 'stopped';
  const onStop = async () => {
    if (!(await confirmDialog({ title: t('campaigns.personStopTitle', { name }), children: t('campaigns.personStopText'), confirm: t('campaigns.personStop'), danger: true })))
      return;
    stopPerson.mutate({ id: person.id }, { onSuccess: () => notifyDone(t('campaigns.personStopped', { name })) });
  };
  return (
    <span onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon color="gray" aria-label={t('campaigns.personActions', { name })}>
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconUser size={15} />} onClick={() => void navigate({ to: '/contacts/$contactId', params: { contactId: person.contactId } })}>
            {t('campaigns.openContact')}
          </Menu.Item>
          {living && moving && (
            <Menu.Item
              leftSection={<IconPlayerPause size={15} />}
              onClick={() => pausePerson.mutate({ id: person.id }, { onSuccess: () => notifyDone(t('campaigns.personPaused', { name })) })}
            >
              {t('campaigns.personPause')}
            </Menu.Item>
          )}
          {living && waiting && (
            <Menu.Item
              leftSection={<IconPlayerPlay size={15} />}
              onClick={() => resumePerson.mutate({ id: person.id }, { onSuccess: () => notifyDone(t('campaigns.personResumed', { name })) })}
            >
              {t('campaigns.personResume')}
            </Menu.Item>
          )}
          {living && (moving || person.state === 'paused' || person.state === 'held') && (
            <Menu.Item color="red" leftSection={<IconPlayerStop size={15} />} onClick={() => void onStop()}>
              {t('campaigns.personStop')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
