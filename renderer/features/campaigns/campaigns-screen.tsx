import { ActionIcon, Button, Menu, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { IconDots, IconPlus, IconSearch, IconSend, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { campaignStatusSchema, type Campaign, type CampaignStatus } from '../../../shared/schemas/campaign.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { MayButton } from '../../components/may-button.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { OwnerSelect } from '../../components/owner-select.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Page } from '../../components/page.tsx';
import { cursorRows } from '../../components/row-source.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { EmptyState } from '../../components/states.tsx';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { useCampaignRefusal, useRefusal, useTeam } from '../../lib/may.ts';
import { t } from '../../lib/messages/index.ts';
import { useCampaignActions, useCampaigns } from './api.ts';
import { NewCampaignDialog } from './components/new-campaign-dialog.tsx';
import { NextTime } from './components/next-time.tsx';
import { ProgressBar } from './components/progress-bar.tsx';
import { doneCount } from './model/numbers.ts';

/** All campaigns with their status and honest counts. */
export function CampaignsScreen() {
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [status, setStatus] = useState<CampaignStatus | null>(null);
  const [ownerId, setOwnerId] = useState<string | null>(null);
  const team = useTeam();
  const refusal = useRefusal('campaigns', 'create');
  const { dialog } = useSearch({ from: '/campaigns' });
  const setAdding = (open: boolean) => void navigate({ to: '/campaigns', search: open ? { dialog: 'new' } : {}, replace: true });
  const campaigns = useCampaigns(q, status, ownerId);
  const add = (
    <MayButton refusal={refusal} leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
      {t('campaigns.add')}
    </MayButton>
  );
  return (
    <Page fill>
      <PageHeader title={t('campaigns.title')} description={t('campaigns.subtitle')} actions={add} />
      <div style={{ display: 'flex', gap: 8, marginBottom: 12 }}>
        <TextInput
          aria-label={t('campaigns.search')}
          placeholder={t('campaigns.search')}
          type="search"
          leftSection={<IconSearch size={16} aria-hidden />}
          w={320}
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Select
          aria-label={t('campaigns.filterStatus')}
          placeholder={t('campaigns.anyStatus')}
          clearable
          w={150}
          data={campaignStatusSchema.options.map((value) => ({ value, label: t(`campaignStatus.${value}`) }))}
          value={status}
          onChange={(value) => setStatus(value as CampaignStatus | null)}
        />
        {team.shared && <OwnerSelect aria-label={t('team.owner')} placeholder={t('team.anybody')} clearable withLaunchOwner w={150} value={ownerId} onChange={setOwnerId} />}
      </div>
      <DataTable
        label={t('campaigns.title')}
        columns={team.shared ? [...columns.slice(0, -1), ownerColumn(team.nameOf), ...columns.slice(-1)] : columns}
        rows={cursorRows(campaigns)}
        rowId={(campaign) => campaign.id}
        rowHeight={58}
        onOpen={(campaign) => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } })}
        empty={
          q === '' && status === null && ownerId === null ? (
            <EmptyState title={t('campaigns.emptyTitle')} icon={<IconSend size={26} stroke={1.6} />} action={add}>
              {t('campaigns.emptyText')}
            </EmptyState>
          ) : (
            <EmptyState
              title={t('campaigns.nothingFoundTitle')}
              icon={<IconSearch size={26} stroke={1.6} />}
              action={
                <Button
                  variant="default"
                  onClick={() => {
                    setTyped('');
                    setStatus(null);
                    setOwnerId(null);
                  }}
                >
                  {t('campaigns.clearFilters')}
                </Button>
              }
            >
              {t('campaigns.nothingFound')}
            </EmptyState>
          )
        }
      />
      {dialog === 'new' && <NewCampaignDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

const columns: Column<Campaign>[] = [
  { id: 'name', header: t('campaigns.name'), grow: 2.4, cell: (campaign) => <NameCell campaign={campaign} /> },
  { id: 'status', header: t('campaigns.status'), width: 120, cell: (campaign) => <StateBadge kind="campaignStatus" state={campaign.status} detail={campaign.statusReason} /> },
  { id: 'progress', header: t('campaigns.progress'), grow: 1.3, cell: (campaign) => <ProgressCell campaign={campaign} /> },
  { id: 'mailed', header: t('campaigns.mailed'), width: 96, align: 'right', cell: (campaign) => (campaign.status === 'draft' ? '' : formatNumber(campaign.counts.mailed)) },
  {
    id: 'replied',
    header: t('campaigns.replied'),
    width: 116,
    align: 'right',
    cell: (campaign) =>
      campaign.status === 'draft' ? '' : t('campaigns.repliedOf', { count: campaign.counts.replied, share: formatShare(campaign.counts.replied, campaign.counts.mailed) }),
  },
  { id: 'next', header: t('campaigns.next'), width: 130, cell: (campaign) => <NextTime at={campaign.nextSlotAt} /> },
  { id: 'actions', header: '', width: 56, align: 'right', cell: (campaign) => <CampaignMenu campaign={campaign} /> },
];

function ownerColumn(nameOf: (profileId: string | null) => string): Column<Campaign> {
  return { id: 'owner', header: t('team.owner'), width: 130, cell: ({ ownerId }) => <Text size="sm">{ownerId === null ? '' : nameOf(ownerId)}</Text> };
}

function NameCell({ campaign }: { readonly campaign: Campaign }) {
  return (
    <div>
      <Text fw={600} size="sm" className="h-ellipsis" title={campaign.name}>
        {campaign.name}
      </Text>
      <Text size="xs" c="dimmed" className="h-ellipsis" title={campaign.sequenceName}>
        {campaign.sequenceName}
      </Text>
    </div>
  );
}

function ProgressCell({ campaign }: { readonly campaign: Campaign }) {
  const { counts } = campaign;
  if (campaign.launchedAt === null) {
    return (
      <Text size="sm" c="dimmed">
        {t('campaigns.notLaunched')}
      </Text>
    );
  }
  return (
    <div style={{ width: '100%' }}>
      <ProgressBar counts={counts} />
      <Text size="xs" c="dimmed" mt={4} className="h-num">
        {t('campaigns.progressOf', { done: doneCount(counts), people: counts.people })}
      </Text>
    </div>
  );
}

function CampaignMenu({ campaign }: { readonly campaign: Campaign }) {
  const { remove } = useCampaignActions();
  const { name } = campaign;
  const refusal = useCampaignRefusal(campaign, 'remove');
  if (campaign.status === 'running' || campaign.status === 'paused') return null;
  const onRemove = async () => {
    if (!(await confirmDialog({ title: t('campaigns.deleteTitle', { name }), children: t('campaigns.deleteText'), confirm: t('campaigns.delete'), danger: true }))) return;
    remove.mutate({ id: campaign.id }, { onSuccess: () => notifyDone(t('campaigns.deleted', { name })) });
  };
  return (
    <span onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon color="gray" aria-label={t('campaigns.actions', { name })}>
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} disabled={refusal !== null} title={refusal ?? undefined} onClick={() => void onRemove()}>
            {t('campaigns.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
