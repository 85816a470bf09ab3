import { ActionIcon, Group, Progress, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { formatBytes } from '../lib/format.ts';
import { t } from '../lib/messages/index.ts';
import type { Upload } from '../lib/use-uploads.ts';

/** Files that are being stored, and those that could not be. */
export function UploadList({ uploads, onCancel }: { uploads: readonly Upload[]; onCancel: (id: string) => void }) {
  return uploads.map(({ id, name, size, error }) => (
    <Group key={id} gap="sm" wrap="nowrap" mt="xs">
      {error === null ? (
        <div style={{ flex: 1, minWidth: 0 }} role="status">
          <Text size="sm" truncate>
            {t('files.uploading', { name })} <span className="h-num">({formatBytes(size)})</span>
          </Text>
          <Progress value={100} animated size="xs" mt={4} aria-label={t('files.uploading', { name })} />
        </div>
      ) : (
        <Text size="sm" c="var(--homing-bad)" role="alert" style={{ flex: 1, overflowWrap: 'anywhere' }}>
          {error}
        </Text>
      )}
      <ActionIcon size="sm" color="gray" aria-label={error === null ? t('files.cancel', { name }) : t('files.dismiss')} onClick={() => onCancel(id)}>
        <IconX size={15} />
      </ActionIcon>
    </Group>
  ));
}
