import { Anchor, Stack, Text, Title } from '@mantine/core';
import { modals } from '@mantine/modals';
import { useNavigate } from '@tanstack/react-router';
import { IconAlertTriangle, IconBulb, IconCircleCheck, IconCircleX, IconRocket } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { Campaign, Preflight } from '../../../../shared/schemas/campaign.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { MayButton } from '../../../components/may-button.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { QueryState } from '../../../components/states.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { api } from '../../../lib/client.ts';
import { useWorkspaceNow } from '../../../lib/clock.ts';
import { formatMoment, formatRelative } from '../../../lib/format.ts';
import { useCampaignRefusal } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useActivate, useCampaignActions, usePreflight, useSequence } from '../api.ts';
import { fixTarget, orderedItems, type FixTarget } from '../model/audience.ts';
import classes from './campaigns.module.css';
import { goToSection } from './section.tsx';

interface Props {
  readonly campaign: Campaign;
  readonly name: string;
  readonly saved: boolean;
  readonly save: () => Promise<boolean>;
}

/** The checklist before a launch, and the launch itself. */
export function PreflightPanel({ campaign, name, saved, save }: Props) {
  const preflight = usePreflight(campaign.id);
  const sequence = useSequence(campaign.sequenceId);
  const { launch } = useCampaignActions();
  const refusal = useCampaignRefusal(campaign, 'launch');
  const queryClient = useQueryClient();
  const now = useWorkspaceNow();
  const mails = sequence.data?.draft.steps.filter((step) => step.type === 'email').length ?? 1;

  // What was put right elsewhere (a mailbox, the sequence) counts as soon as this window is looked at again.
  useEffect(() => {
    const again = () => void queryClient.invalidateQueries({ queryKey: api.campaigns.preflight.key({ input: { id: campaign.id } }) });
    window.addEventListener('focus', again);
    return () => window.removeEventListener('focus', again);
  }, [queryClient, campaign.id]);

  const onLaunch = async () => {
    if (!(await save())) return;
    const fresh = (await preflight.refetch()).data;
    if (!fresh?.ok) return;
    const sure = await confirmDialog({
      title: t('campaigns.launchTitle', { name }),
      confirm: t('campaigns.launchConfirm', { count: fresh.people }),
      children: (
        <LaunchSummary
          preflight={fresh}
          mails={mails}
          when={fresh.firstSlotAt === null ? null : `${formatMoment(fresh.firstSlotAt, now())} (${formatRelative(fresh.firstSlotAt, now())})`}
        />
      ),
    });
    if (!sure) return;
    launch.mutate({ id: campaign.id }, { onSuccess: () => notifyDone(t('campaigns.launched', { name })), onError: () => void preflight.refetch() });
  };

  return (
    <section className={classes['section']} aria-labelledby="campaign-checklist-title">
      <Title order={2} id="campaign-checklist-title">
        {t('campaigns.checklist')}
      </Title>
      <QueryState query={preflight}>
        {(data) => (
          <>
            <ul className={classes['checks']} aria-busy={preflight.isFetching || !saved}>
              {orderedItems(data).map((item, index) => (
                <Item key={`${item.code}-${index}`} item={item} sequenceId={campaign.sequenceId} />
              ))}
            </ul>
            {data.firstSlotAt !== null && (
              <Text size="sm" c="dimmed" mb="md">
                {t('campaigns.firstSlot')} <TimeText at={data.firstSlotAt} format="moment" />
              </Text>
            )}
            <MayButton refusal={refusal} fullWidth size="md" leftSection={<IconRocket size={18} />} loading={launch.isPending} disabled={!data.ok} onClick={() => void onLaunch()}>
              {t('campaigns.launch')}
            </MayButton>
            {!data.ok && (
              <Text size="xs" c="dimmed" mt={6} ta="center">
                {t('campaigns.launchBlocked')}
              </Text>
            )}
          </>
        )}
      </QueryState>
    </section>
  );
}

function LaunchSummary({ preflight, mails, when }: { readonly preflight: Preflight; readonly mails: number; readonly when: string | null }) {
  const advice = preflight.items.filter((item) => !item.ok && !item.blocking);
  return (
    <Stack gap="sm">
      <Text fw={600}>{t('campaigns.launchPeople', { count: preflight.people, mails })}</Text>
      {when !== null && <Text>{t('campaigns.launchFirst', { when })}</Text>}
      {advice.map((item, index) => (
        <Text key={index} size="sm" c="var(--homing-warn)">
          {item.message}
        </Text>
      ))}
      <Text size="sm" c="dimmed">
        {t('campaigns.launchSafety')}
      </Text>
    </Stack>
  );
}

function Item({ item, sequenceId }: { readonly item: Preflight['items'][number]; readonly sequenceId: string }) {
  const navigate = useNavigate();
  const activate = useActivate();
  const target = item.ok ? null : fixTarget(item.code);
  const tone = item.ok ? 'ok' : item.blocking ? 'bad' : 'advice';
  const ItemIcon = item.ok ? IconCircleCheck : item.blocking ? IconCircleX : item.code === 'draft_changed' ? IconBulb : IconAlertTriangle;
  const go = (to: NonNullable<FixTarget>) => {
    modals.closeAll();
    if (to === 'activate') activate.mutate({ id: sequenceId }, { onSuccess: () => notifyDone(t('campaigns.activated')) });
    else if (to === 'mailbox') void navigate({ to: '/mailboxes', search: item.mailboxId === null ? {} : { edit: item.mailboxId } });
    else if (to === 'sequence') void navigate({ to: '/sequences/$sequenceId', params: { sequenceId } });
    else if (to === 'undeliverable') void navigate({ to: '/contacts', search: { verdict: 'undeliverable' } });
    else if (to === 'settings') void navigate({ to: '/settings' });
    else goToSection(to);
  };
  return (
    <li className={classes['check']} data-tone={tone}>
      <ItemIcon size={18} stroke={1.9} aria-label={t(item.ok ? 'campaigns.item.ok' : item.blocking ? 'campaigns.item.blocking' : 'campaigns.item.advice')} />
      <div>
        <Text size="sm" component="p" m={0} {...(item.ok ? { c: 'dimmed' } : {})}>
          {item.message}
        </Text>
        {target !== null && (
          <Anchor component="button" type="button" size="sm" onClick={() => go(target)}>
            {t(`campaigns.fix.${target}`)}
          </Anchor>
        )}
      </div>
    </li>
  );
}
