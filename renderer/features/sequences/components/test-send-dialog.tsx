import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import type { Mailbox } from '../../../../shared/schemas/mailbox.ts';
import type { Attachment, Variant } from '../../../../shared/schemas/sequence.ts';
import { ErrorAlert } from '../../../components/error-alert.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { newId } from '../../../lib/ids.ts';
import { t } from '../../../lib/messages/index.ts';
import { useTestSend } from '../api.ts';

interface Props {
  readonly variant: Variant;
  readonly attachments: readonly Attachment[];
  readonly contactId: string | null;
  readonly mailboxId: string | null;
  readonly mailboxes: readonly Mailbox[];
  readonly onClose: () => void;
}

/** Sends the open mail once to an address of the user's own. Pressing the button twice sends it once. */
export function TestSendDialog({ variant, attachments, contactId, mailboxId, mailboxes, onClose }: Props) {
  const [requestId] = useState(newId);
  const send = useTestSend();
  const chosen = mailboxes.find((mailbox) => mailbox.id === mailboxId) ?? mailboxes[0];
  const form = useForm({
    initialValues: { mailboxId: chosen?.id ?? '', to: chosen?.address ?? '' },
    validate: {
      to: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t('sequences.testToMissing')),
      mailboxId: (value) => (value === '' ? t('sequences.testMailboxMissing') : null),
    },
  });
  const submit = form.onSubmit(async ({ mailboxId: from, to }) => {
    try {
      await send.mutateAsync({ variant, attachments: [...attachments], contactId, mailboxId: from, to: to.trim(), requestId });
      notifyDone(`${t('sequences.testSent', { to: to.trim() })}. ${t('sequences.testSentHint')}`);
      onClose();
    } catch {
      // Shown in the dialog, which stays open with what was typed.
    }
  });
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t('sequences.testTitle')}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Text c="dimmed">{t('sequences.testText')}</Text>
          <Select
            label={t('sequences.testMailbox')}
            data={mailboxes.map((mailbox) => ({ value: mailbox.id, label: `${mailbox.name} · ${mailbox.address}` }))}
            allowDeselect={false}
            {...form.getInputProps('mailboxId')}
          />
          <TextInput label={t('sequences.testTo')} placeholder={t('sequences.testToPlaceholder')} type="email" required data-autofocus {...form.getInputProps('to')} />
          {send.error && <ErrorAlert error={send.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={send.isPending}>
              {t('sequences.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
