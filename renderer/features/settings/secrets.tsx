import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconLock, IconLockOpen } from '@tabler/icons-react';
import { useState } from 'react';
import type { Workspace } from '../../../shared/schemas/settings.ts';
import { TroubleAlert } from '../../components/error-alert.tsx';
import { notifyDone } from '../../components/notify.tsx';
import { ToneBadge } from '../../components/state-badge.tsx';
import { api } from '../../lib/client.ts';
import type { Trouble } from '../../lib/errors.ts';
import { showFieldErrors } from '../../lib/forms.ts';
import { t } from '../../lib/messages/index.ts';

/** State of the stored passwords: unlock them, or put them under a passphrase. */
export function Secrets({ workspace }: { workspace: Workspace }) {
  const locked = workspace.secrets === 'locked';
  return (
    <Stack gap="md">
      <Group gap="sm">
        <ToneBadge tone={locked ? 'bad' : 'good'} icon={locked ? IconLock : IconLockOpen}>
          {t(`settings.secrets.${workspace.secrets}`)}
        </ToneBadge>
        <Text size="sm">{t(`settings.keptBy.${workspace.secretsKeptBy}`)}</Text>
      </Group>
      {locked ? <Unlock /> : <SetPassphrase />}
    </Stack>
  );
}

function usePutWorkspace() {
  const queryClient = useQueryClient();
  return (workspace: Workspace) => queryClient.setQueryData(api.workspace.get.queryKey({ input: {} }), workspace);
}

function Unlock() {
  const put = usePutWorkspace();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const form = useForm({ initialValues: { passphrase: '' } });
  const unlock = useMutation(
    api.workspace.unlock.mutationOptions({
      meta: { ownError: true },
      onSuccess: (workspace) => {
        put(workspace);
        notifyDone(t('settings.passphrase.unlocked'));
      },
      onError: (error) => setTrouble(showFieldErrors(form, error)),
    }),
  );
  return (
    <form onSubmit={form.onSubmit((values) => unlock.mutate(values))}>
      <Stack gap="sm" maw={420}>
        <PasswordInput label={t('settings.passphrase')} autoComplete="current-password" {...form.getInputProps('passphrase')} />
        {trouble && <TroubleAlert trouble={trouble} />}
        <Button type="submit" loading={unlock.isPending} disabled={form.values.passphrase === ''} style={{ alignSelf: 'flex-start' }}>
          {t('settings.passphrase.unlock')}
        </Button>
      </Stack>
    </form>
  );
}

function SetPassphrase() {
  const put = usePutWorkspace();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const form = useForm({
    initialValues: { passphrase: '', repeat: '' },
    validate: {
      passphrase: (value) => (value.length < 12 ? t('settings.passphrase.short') : null),
      repeat: (value, values) => (value === values.passphrase ? null : t('settings.passphrase.differs')),
    },
  });
  const set = useMutation(
    api.workspace.setPassphrase.mutationOptions({
      meta: { ownError: true },
      onSuccess: (workspace) => {
        put(workspace);
        form.reset();
        notifyDone(t('settings.passphrase.stored'));
      },
      onError: (error) => setTrouble(showFieldErrors(form, error)),
    }),
  );
  return (
    <form onSubmit={form.onSubmit(({ passphrase }) => set.mutate({ passphrase }))}>
      <Stack gap="sm" maw={560}>
        <Group grow align="flex-start" gap="sm">
          <PasswordInput label={t('settings.passphrase.new')} autoComplete="new-password" {...form.getInputProps('passphrase')} />
          <PasswordInput label={t('settings.passphrase.repeat')} autoComplete="new-password" {...form.getInputProps('repeat')} />
        </Group>
        <Text size="xs" c="dimmed">
          {t('settings.passphrase.hint')}
        </Text>
        {trouble && <TroubleAlert trouble={trouble} />}
        <Button type="submit" variant="default" loading={set.isPending} disabled={form.values.passphrase === ''} style={{ alignSelf: 'flex-start' }}>
          {t('settings.passphrase.set')}
        </Button>
      </Stack>
    </form>
  );
}
