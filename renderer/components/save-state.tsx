import { Button, Group, Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCloudUp, IconPointFilled } from '@tabler/icons-react';
import type { SaveStatus } from '../lib/autosave.ts';
import { t } from '../lib/messages/index.ts';

const icons = { saved: IconCheck, unsaved: IconPointFilled, saving: IconCloudUp, failed: IconAlertTriangle } as const;

/** Says whether what is on the screen is stored, and offers to try again where it is not. */
export function SaveState({ status, error, onSave }: { readonly status: SaveStatus; readonly error: string | null; readonly onSave: () => void }) {
  const StatusIcon = icons[status];
  return (
    <Group gap={6} wrap="nowrap" role="status" aria-live="polite">
      <Tooltip label={t('save.failedHint', { message: error ?? '' })} disabled={status !== 'failed'}>
        <Text
          size="sm"
          c={status === 'failed' ? 'var(--homing-bad)' : 'dimmed'}
          component="span"
          style={{ display: 'inline-flex', alignItems: 'center', gap: 4, whiteSpace: 'nowrap' }}
        >
          <StatusIcon size={15} aria-hidden />
          {t(`save.${status}`)}
        </Text>
      </Tooltip>
      {status === 'failed' && (
        <Button size="compact-xs" variant="light" color="red" onClick={onSave}>
          {t('save.now')}
        </Button>
      )}
    </Group>
  );
}
