import { Alert, Anchor, Group, Progress, Tabs, Text, Title } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { Campaign } from '../../../../shared/schemas/campaign.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { DownloadButton } from '../../../components/download-button.tsx';
import { MayButton } from '../../../components/may-button.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { StateBadge } from '../../../components/state-badge.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { client } from '../../../lib/client.ts';
import { useCampaignRefusal, useTeam } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { isOver, useTasks } from '../../../lib/tasks.ts';
import { useCampaignActions } from '../api.ts';
import { campaignTabs, type CampaignTab } from '../model/tabs.ts';
import { CampaignSettings } from './campaign-settings.tsx';
import classes from './campaigns.module.css';
import { EnrolDialog } from './enrol-dialog.tsx';
import { Figures } from './figures.tsx';
import { ForecastPanel } from './forecast-panel.tsx';
import { MailsTab } from './mails-tab.tsx';
import { NewVersion } from './new-version.tsx';
import { NextTime } from './next-time.tsx';
import { PeopleTab } from './people-tab.tsx';
import { RepliesTab } from './replies-tab.tsx';
import { StrandedPeople } from './stranded-people.tsx';

/** A campaign that was launched: its figures, its people and mails, and the big buttons. */
export function LaunchedCampaign({ campaign }: { readonly campaign: Campaign }) {
  const { tab = 'people' } = useSearch({ from: '/campaigns/$campaignId' });
  const navigate = useNavigate();
  const show = (next: string | null) => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id }, search: { tab: (next ?? 'people') as CampaignTab } });
  return (
    <>
      <Header campaign={campaign} />
      <Launching campaignId={campaign.id} />
      {(campaign.status === 'running' || campaign.status === 'paused') && (
        <>
          <StrandedPeople campaignId={campaign.id} />
          <NewVersion campaignId={campaign.id} />
        </>
      )}
      <Figures campaign={campaign} />
      <Tabs value={tab} onChange={show} keepMounted={false} mt="md" classNames={{ root: classes['tabs'] ?? '', panel: classes['tabPanel'] ?? '' }}>
        <Tabs.List mb="md">
          {campaignTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`campaigns.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="people">
          <PeopleTab campaign={campaign} />
        </Tabs.Panel>
        <Tabs.Panel value="mails">
          <MailsTab campaignId={campaign.id} />
        </Tabs.Panel>
        <Tabs.Panel value="replies">
          <RepliesTab campaignId={campaign.id} />
        </Tabs.Panel>
        <Tabs.Panel value="forecast">
          <div className={classes['scrollPanel']}>
            <section className={classes['section']}>
              <ForecastPanel campaign={campaign} />
            </section>
          </div>
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <CampaignSettings campaign={campaign} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Header({ campaign }: { readonly campaign: Campaign }) {
  const { pause, resume, stop } = useCampaignActions();
  // Whoever may pause it may also do the others.
  const refusal = useCampaignRefusal(campaign, 'pause');
  const team = useTeam();
  const [enrolling, setEnrolling] = useState(false);
  const { id, name, status, counts } = campaign;
  const living = status === 'running' || status === 'paused';
  const onStop = async () => {
    const { pending, active, paused, held } = counts.enrolments;
    const text = t('campaigns.stopText', { count: counts.waiting, people: pending + active + paused + held });
    if (!(await confirmDialog({ title: t('campaigns.stopTitle', { name }), children: text, confirm: t('campaigns.stopConfirm', { count: counts.waiting }), danger: true }))) return;
    stop.mutate({ id }, { onSuccess: () => notifyDone(t('campaigns.stopped')) });
  };
  return (
    <header style={{ marginBottom: 14 }}>
      <Group justify="space-between" gap="lg">
        <Anchor size="sm" display="inline-block" py={4} renderRoot={(props) => <Link to="/campaigns" {...props} />}>
          {t('campaigns.back')}
        </Anchor>
        <Group gap="sm" justify="flex-end">
          <DownloadButton size="xs" load={() => client.reports.campaign({ id })} fileName={`${name}.csv`}>
            {t('campaigns.export')}
          </DownloadButton>
          {living && (
            <MayButton refusal={refusal} size="xs" variant="default" leftSection={<IconUserPlus size={16} />} onClick={() => setEnrolling(true)}>
              {t('campaigns.enrolMore')}
            </MayButton>
          )}
          {status === 'running' && (
            <MayButton
              refusal={refusal}
              size="xs"
              variant="light"
              leftSection={<IconPlayerPause size={16} />}
              loading={pause.isPending}
              onClick={() => pause.mutate({ id }, { onSuccess: () => notifyDone(t('campaigns.pausedDone')) })}
            >
              {t('campaigns.pause')}
            </MayButton>
          )}
          {status === 'paused' && (
            <MayButton
              refusal={refusal}
              size="xs"
              leftSection={<IconPlayerPlay size={16} />}
              loading={resume.isPending}
              onClick={() => resume.mutate({ id }, { onSuccess: () => notifyDone(t('campaigns.resumedDone')) })}
            >
              {t('campaigns.resume')}
            </MayButton>
          )}
          {living && (
            <MayButton refusal={refusal} size="xs" color="red" variant="light" leftSection={<IconPlayerStop size={16} />} loading={stop.isPending} onClick={() => void onStop()}>
              {t('campaigns.stop')}
            </MayButton>
          )}
        </Group>
      </Group>
      <Group gap="sm" wrap="nowrap" mt={4}>
        <Title order={1} className="h-ellipsis" title={name}>
          {name}
        </Title>
        <span style={{ flex: 'none' }}>
          <StateBadge kind="campaignStatus" state={status} detail={campaign.statusReason} />
        </span>
      </Group>
      <Text c="dimmed" size="sm" className="h-ellipsis">
        <Anchor size="sm" underline="always" renderRoot={(props) => <Link to="/sequences/$sequenceId" params={{ sequenceId: campaign.sequenceId }} {...props} />}>
          {campaign.sequenceName}
        </Anchor>
        {campaign.sequenceVersion !== null && ` · ${t('campaigns.versionPinned', { version: String(campaign.sequenceVersion) })}`}
        {' · '}
        {t('campaigns.launchedAt')} <TimeText at={campaign.launchedAt} format="moment" />
        {campaign.ownerId !== null && ` · ${team.nameOf(campaign.ownerId)}`}
        {campaign.nextSlotAt !== null && (
          <>
            {' · '}
            {t('campaigns.nextAt')} <NextTime at={campaign.nextSlotAt} format="moment" />
          </>
        )}
      </Text>
      {campaign.statusReason !== null && (
        <Text size="sm" c="var(--homing-warn)">
          {campaign.statusReason}
        </Text>
      )}
      {enrolling && <EnrolDialog campaignId={id} onClose={() => setEnrolling(false)} />}
    </header>
  );
}

/** A big audience is enrolled in slices: how far it has come. */
function Launching({ campaignId }: { readonly campaignId: string }) {
  const task = useTasks((state) => state.tasks[campaignId]);
  if (!task || isOver(task) || task.total === 0) return null;
  const label = t('campaigns.enrolling', { done: task.done, total: task.total });
  return (
    <Alert variant="light" mb="md" py="sm">
      <Text size="sm" mb={6} role="status">
        {label}
      </Text>
      <Progress value={(task.done / task.total) * 100} aria-label={label} />
    </Alert>
  );
}
