import { Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { ReactNode } from 'react';
import { t } from '../lib/messages/index.ts';

export interface ConfirmOptions {
  readonly title: string;
  readonly children: ReactNode;
  /** A verb: "Delete mailbox", never "OK". */
  readonly confirm: string;
  readonly danger?: boolean;
}

/** Asks before something that cannot be taken back. Resolves to the answer; Escape and a click outside mean no. */
export function confirmDialog({ title, children, confirm, danger = false }: ConfirmOptions): Promise<boolean> {
  return new Promise((resolve) => {
    let answered = false;
    const answer = (value: boolean) => {
      if (!answered) resolve(value);
      answered = true;
    };
    modals.openConfirmModal({
      title,
      children: typeof children === 'string' ? <Text>{children}</Text> : children,
      labels: { confirm, cancel: t('common.cancel') },
      confirmProps: danger ? { color: 'red' } : {},
      onConfirm: () => answer(true),
      onCancel: () => answer(false),
      onClose: () => answer(false),
    });
  });
}
