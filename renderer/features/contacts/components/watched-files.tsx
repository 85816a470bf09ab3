import { ActionIcon, Button, Group, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core';
import { IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { WatchedFile } from '../../../../shared/schemas/contact.ts';
import { notifyDone, notifyError } from '../../../components/notify.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import { useRefusal } from '../../../lib/may.ts';
import { t } from '../../../lib/messages/index.ts';
import { useWatchActions, useWatchedFiles } from '../api.ts';
import classes from './contacts.module.css';

/** Files of this computer that are imported again when they change, and the way to one more. */
export function WatchedFiles({ busy, onPath }: { readonly busy: boolean; readonly onPath: (path: string) => void }) {
  const { data } = useWatchedFiles();
  const refusal = useRefusal('subscribers', 'watchFile');
  const [path, setPath] = useState('');
  const files = data?.items ?? [];
  return (
    <div className={classes['panel']} style={{ marginTop: 'var(--mantine-spacing-lg)' }}>
      <Title order={2}>{t('watch.title')}</Title>
      <Text c="dimmed" mb="md" maw={760}>
        {t('watch.text')}
      </Text>
      <Stack gap="md">
        {files.map((file) => (
          <FileRow key={file.id} file={file} />
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (path.trim() !== '') onPath(path.trim());
          }}
        >
          <Group align="flex-end" gap="sm">
            <TextInput
              label={t('watch.path')}
              description={refusal ?? t('watch.pathHint')}
              placeholder={t('watch.pathExample')}
              disabled={refusal !== null}
              value={path}
              maxLength={1000}
              style={{ flex: 1, maxWidth: 620 }}
              onChange={(event) => setPath(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={refusal !== null || path.trim() === ''} loading={busy}>
              {t('watch.use')}
            </Button>
          </Group>
        </form>
      </Stack>
    </div>
  );
}

function FileRow({ file }: { readonly file: WatchedFile }) {
  const { run, unwatch } = useWatchActions();
  const { lastRun } = file;
  const trouble = file.problem ?? (lastRun?.state === 'failed' ? lastRun.error : null);
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <div style={{ minWidth: 0 }}>
        <Text fw={600} className="h-ellipsis" title={file.path}>
          {file.path}
        </Text>
        <Text size="sm" c="dimmed">
          {lastRun === null ? t('watch.never') : t(`watch.run.${lastRun.state}`, { created: lastRun.created, updated: lastRun.updated, rejected: lastRun.rejected })}{' '}
          {lastRun !== null && <TimeText at={lastRun.startedAt} />}
        </Text>
        {trouble !== null && (
          <Text size="sm" c="red" role="alert">
            {file.paused && `${t('watch.paused')} `}
            {trouble}
          </Text>
        )}
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlay size={15} />}
          loading={run.isPending || lastRun?.state === 'running'}
          onClick={() => run.mutate({ id: file.id })}
        >
          {t('watch.now')}
        </Button>
        <Tooltip label={t('watch.stop')}>
          <ActionIcon
            color="gray"
            aria-label={t('watch.stopFile', { path: file.path })}
            loading={unwatch.isPending}
            onClick={() => unwatch.mutate({ id: file.id }, { onSuccess: () => notifyDone(t('watch.stopped')), onError: notifyError })}
          >
            <IconX size={17} />
          </ActionIcon>
        </Tooltip>
      </Group>
    </Group>
  );
}

/** Offers to have the file of a finished import watched from now on. */
export function WatchButton({ request }: { readonly request: Parameters<ReturnType<typeof useWatchActions>['watch']['mutate']>[0] }) {
  const { watch } = useWatchActions();
  return (
    <Button variant="default" loading={watch.isPending} disabled={watch.isSuccess} onClick={() => watch.mutate(request, { onSuccess: () => notifyDone(t('watch.begun')) })}>
      {watch.isSuccess ? t('watch.begun') : t('watch.begin')}
    </Button>
  );
}
