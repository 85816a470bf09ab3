import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { t } from '../../../lib/messages/index.ts';

/** Asks for a name. */
export function NameDialog({
  title,
  label,
  confirm,
  initial,
  busy,
  onSave,
  onClose,
}: {
  readonly title: string;
  readonly label: string;
  readonly confirm: string;
  readonly initial: string;
  readonly busy: boolean;
  readonly onSave: (name: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(initial);
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={title} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // A failure is told by the notice of the mutation; the dialog stays open.
          if (name.trim() !== '') onSave(name.trim()).catch(() => undefined);
        }}
      >
        <Stack>
          <TextInput label={label} value={name} maxLength={200} required data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={name.trim() === ''}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
