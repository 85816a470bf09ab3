import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { describeError } from '../lib/errors.ts';
import { t } from '../lib/messages/index.ts';

const closable = { closeButtonProps: { 'aria-label': t('common.close') } };

/** A short confirmation at the top. */
export function notifyDone(message: string): void {
  notifications.show({ ...closable, message, color: 'pine', icon: <IconCheck size={16} />, autoClose: 3500 });
}

/** A confirmation that can be taken back while it shows. */
export function notifyUndo(message: string, undo: () => Promise<void>, showMs: number): void {
  const id = notifications.show({
    ...closable,
    color: 'pine',
    icon: <IconCheck size={16} />,
    autoClose: showMs,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <span>{message}</span>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            undo().catch(notifyError);
          }}
        >
          {t('common.undo')}
        </Button>
      </Group>
    ),
  });
}

/** Something that cannot be done, and why. */
export function notifyRefused(message: string): void {
  notifications.show({ id: `refused-${message}`, message, color: 'amber', icon: <IconAlertTriangle size={16} />, autoClose: 8000 });
}

/** A failed action: the sentence and what to do. Stays until it is read. */
export function notifyError(error: unknown): void {
  const trouble = describeError(error);
  notifications.show({
    ...closable,
    id: `error-${trouble.code}`,
    title: trouble.title,
    message: trouble.sentence === trouble.title ? trouble.advice : `${trouble.sentence} ${trouble.advice}`,
    color: 'red',
    icon: <IconAlertTriangle size={16} />,
    autoClose: 10_000,
  });
}
