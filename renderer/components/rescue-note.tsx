import { Alert, Button, Group, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { formatDateTime } from '../lib/format.ts';
import { t } from '../lib/messages/index.ts';

/** Offers edits that a closed window left behind. */
export function RescueNote({ at, onTake, onDrop }: { readonly at: number; readonly onTake: () => void; readonly onDrop: () => void }) {
  return (
    <Alert color="amber" variant="light" icon={<IconHistory size={18} />} title={t('save.rescueTitle')} mb="md">
      <Text size="sm">{t('save.rescued', { when: formatDateTime(at) })}</Text>
      <Group mt="sm" gap="sm">
        <Button size="xs" onClick={onTake}>
          {t('save.restore')}
        </Button>
        <Button size="xs" variant="default" onClick={onDrop}>
          {t('save.discard')}
        </Button>
      </Group>
    </Alert>
  );
}
