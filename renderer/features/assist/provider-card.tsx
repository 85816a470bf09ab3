import { ActionIcon, Button, Collapse, Group, Menu, Paper, Stack, Text, UnstyledButton } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import {
  IconAlertTriangle,
  IconArrowDown,
  IconArrowUp,
  IconCheck,
  IconChevronDown,
  IconCircleDashed,
  IconClock,
  IconDots,
  IconHandStop,
  IconLock,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnectedX,
  IconRefresh,
  IconTrash,
  type Icon,
} from '@tabler/icons-react';
import { useState, type ComponentProps } from 'react';
import type { Provider, ProviderHealth } from '../../../shared/schemas/assist.ts';
import { confirmDialog } from '../../components/confirm-dialog.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { ToneBadge } from '../../components/state-badge.tsx';
import { api } from '../../lib/client.ts';
import { formatDate, formatMoment } from '../../lib/format.ts';
import { useTicking } from '../../lib/clock.ts';
import { t } from '../../lib/messages/index.ts';
import { mayLook, useAssistRefresh, useLook } from './api.ts';
import { askConsent } from './consent.tsx';
import { ModelList } from './model-list.tsx';
import { SpeedResult } from './speed-result.tsx';

type Tone = ComponentProps<typeof ToneBadge>['tone'];

const looks: Record<ProviderHealth['state'], { tone: Tone; icon: Icon }> = {
  unknown: { tone: 'quiet', icon: IconCircleDashed },
  ready: { tone: 'good', icon: IconCheck },
  no_model: { tone: 'warn', icon: IconAlertTriangle },
  needs_consent: { tone: 'warn', icon: IconHandStop },
  resting: { tone: 'warn', icon: IconClock },
  unreachable: { tone: 'bad', icon: IconPlugConnectedX },
  login: { tone: 'bad', icon: IconLock },
  off: { tone: 'quiet', icon: IconPlayerPause },
  locked: { tone: 'warn', icon: IconLock },
};

interface CardProps {
  provider: Provider;
  onEdit: () => void;
  /** Null = it is the first. */
  onUp: (() => void) | null;
  onDown: (() => void) | null;
  openModels: boolean;
}

/** One model server: whether it answers, with what, and what can be done with it. */
export function ProviderCard({ provider: stored, onEdit, onUp, onDown, openModels }: CardProps) {
  const { provider, again } = useLook(stored);
  const { id, name, health } = provider;
  const done = useAssistRefresh();
  const now = useTicking(10_000);
  const [shown, setShown] = useState(openModels);
  const test = useMutation(api.assist.testProvider.mutationOptions({ onSettled: done }));
  const update = useMutation(api.assist.updateProvider.mutationOptions({ onSettled: done }));
  const consent = useMutation(api.assist.consent.mutationOptions({ onSettled: done }));
  const remove = useMutation(api.assist.removeProvider.mutationOptions({ onSuccess: () => notifyDone(t('assist.removed')), onSettled: done }));
  const { tone, icon } = looks[health.state];
  const askRemove = async () => {
    if (await confirmDialog({ title: t('assist.remove.title', { name }), children: t('assist.remove.text'), confirm: t('assist.remove'), danger: true })) remove.mutate({ id });
  };
  const agree = async () => {
    if (await askConsent(provider)) consent.mutate({ id, url: provider.url, agreed: true });
  };
  const host = new URL(provider.url).host;
  const usable = mayLook(provider);
  return (
    <Paper p="lg" component="article" aria-label={name}>
      <Group gap="md" wrap="nowrap" align="flex-start">
        {(onUp !== null || onDown !== null) && (
          <Stack gap={2}>
            <ActionIcon size="sm" variant="transparent" color="gray" disabled={onUp === null} aria-label={t('assist.up', { name })} onClick={() => onUp?.()}>
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon size="sm" variant="transparent" color="gray" disabled={onDown === null} aria-label={t('assist.down', { name })} onClick={() => onDown?.()}>
              <IconArrowDown size={16} />
            </ActionIcon>
          </Stack>
        )}
        <div style={{ flex: 1, minWidth: 0 }}>
          <Group gap="sm" wrap="nowrap">
            <UnstyledButton onClick={onEdit} className="h-ellipsis" title={name} style={{ fontWeight: 620, fontSize: 'var(--mantine-font-size-lg)', borderRadius: 4 }}>
              {name}
            </UnstyledButton>
            <ToneBadge tone={tone} icon={icon} title={health.detail}>
              {t(`assist.state.${health.state}`)}
            </ToneBadge>
          </Group>
          <Text size="sm" c="dimmed" truncate title={provider.url}>
            {[
              host,
              t(provider.local ? 'assist.local' : 'assist.remote'),
              provider.kind === 'ollama' && health.version !== null ? t('assist.version', { version: health.version }) : t(`assist.kind.${provider.kind}`),
              ...(provider.redact ? [t('assist.redacts')] : []),
            ].join(' · ')}
          </Text>
          <Text size="sm">{provider.models.length === 0 ? t('assist.automatic') : t('assist.chosen', { models: provider.models.join(', ') })}</Text>
          {health.detail !== '' && health.state !== 'ready' && health.state !== 'off' && (
            <Text size="sm" mt={4} c="var(--homing-bad)" style={{ overflowWrap: 'anywhere' }}>
              {health.detail}
            </Text>
          )}
          {health.restingUntil !== null && health.state === 'resting' && (
            <Text size="sm" c="dimmed">
              {t('assist.resting', { time: formatMoment(health.restingUntil, now) })}
            </Text>
          )}
          {!provider.local && (
            <Text size="sm" c={provider.consentAt === null ? 'var(--homing-warn)' : 'dimmed'}>
              {provider.consentAt === null ? t('assist.consent.needed', { host }) : t('assist.consent.since', { date: formatDate(provider.consentAt) })}
            </Text>
          )}
        </div>
        <Group gap="sm" wrap="nowrap">
          {!provider.local && provider.consentAt === null ? (
            <Button size="sm" loading={consent.isPending} onClick={() => void agree()}>
              {t('assist.consent.give')}
            </Button>
          ) : (
            <>
              <Button size="sm" variant="subtle" disabled={!usable} aria-expanded={shown && usable} rightSection={<IconChevronDown size={14} />} onClick={() => setShown(!shown)}>
                {t('assist.models.show')}
              </Button>
              <Button size="sm" variant="default" disabled={!usable} loading={test.isPending} aria-label={t('assist.testOf', { name })} onClick={() => test.mutate({ id })}>
                {t('assist.test')}
              </Button>
            </>
          )}
          <Menu position="bottom-end" width={210}>
            <Menu.Target>
              <ActionIcon size="lg" aria-label={t('assist.actions', { name })} loading={remove.isPending || update.isPending}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={onEdit}>
                {t('assist.edit')}
              </Menu.Item>
              {usable && (
                <Menu.Item leftSection={<IconRefresh size={16} />} onClick={again}>
                  {t('assist.check')}
                </Menu.Item>
              )}
              <Menu.Item
                leftSection={provider.enabled ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
                onClick={() => update.mutate({ id, enabled: !provider.enabled })}
              >
                {t(provider.enabled ? 'assist.switchOff' : 'assist.switchOn')}
              </Menu.Item>
              {provider.consentAt !== null && (
                <Menu.Item leftSection={<IconHandStop size={16} />} onClick={() => consent.mutate({ id, url: provider.url, agreed: false })}>
                  {t('assist.consent.withdraw')}
                </Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => void askRemove()}>
                {t('assist.remove')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {(test.isPending || test.data) && <SpeedResult running={test.isPending} result={test.data ?? null} />}
      <Collapse expanded={shown && usable}>{shown && usable && <ModelList provider={provider} />}</Collapse>
    </Paper>
  );
}
