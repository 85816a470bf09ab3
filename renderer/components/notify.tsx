import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { describeError } from '../lib/errors.ts';

/** A short confirmation in the corner. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'pine', icon: <IconCheck size={16} />, autoClose: 3500 });
}

/** A failed action: the sentence and what to do. Stays until it is read. */
export function notifyError(error: unknown): void {
  const trouble = describeError(error);
  notifications.show({
    id: `error-${trouble.code}`,
    title: trouble.title,
    message: trouble.sentence === trouble.title ? trouble.advice : `${trouble.sentence} ${trouble.advice}`,
    color: 'red',
    icon: <IconAlertTriangle size={16} />,
    autoClose: 10_000,
  });
}
