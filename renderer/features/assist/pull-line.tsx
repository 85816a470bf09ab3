import { Button, Group, Progress, Text } from '@mantine/core';
import type { Pull } from '../../../shared/schemas/assist.ts';
import { formatBytes } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import { usePullActions } from './api.ts';

/** A download: how far it is, or why it failed. */
export function PullLine({ pull }: { pull: Pull }) {
  const { start, cancel } = usePullActions();
  const { id, providerId, model, state, doneBytes, totalBytes } = pull;
  if (state === 'failed')
    return (
      <Group gap="sm" role="alert" wrap="nowrap" align="flex-start">
        <Text size="sm" c="var(--homing-bad)" style={{ flex: 1, overflowWrap: 'anywhere' }}>
          {t('assist.pull.failed', { model })}. {pull.detail}
        </Text>
        <Button size="compact-sm" variant="default" loading={start.isPending} onClick={() => start.mutate({ id: providerId, model })}>
          {t('assist.pull.again')}
        </Button>
      </Group>
    );
  const percent = totalBytes === 0 ? 0 : (100 * doneBytes) / totalBytes;
  const name = t('assist.pull.of', { model });
  return (
    <Group gap="md" wrap="nowrap" maw={640}>
      <div style={{ flex: 1, minWidth: 0 }}>
        <Group justify="space-between" gap="sm">
          <Text size="sm" fw={560}>
            {name}
          </Text>
          <Text size="sm" c="dimmed" className="h-num">
            {totalBytes === 0 ? t('assist.pull.starting') : t('assist.pull.progress', { done: formatBytes(doneBytes), total: formatBytes(totalBytes) })}
          </Text>
        </Group>
        <Progress value={percent} size="sm" mt={4} aria-label={name} animated={totalBytes === 0} />
      </div>
      <Button size="compact-sm" variant="default" loading={cancel.isPending} aria-label={t('assist.pull.cancelOf', { model })} onClick={() => cancel.mutate({ id })}>
        {t('assist.pull.cancel')}
      </Button>
    </Group>
  );
}
