import { Alert, Button, Group, Loader, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconCircleCheck, IconMailX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Delivery } from '../../../shared/schemas/delivery.ts';
import type { Mailbox } from '../../../shared/schemas/mailbox.ts';
import type { Attachment, Variant } from '../../../shared/schemas/sequence.ts';
import { ErrorAlert } from '../error-alert.tsx';
import { WhyText } from '../why-text.tsx';
import { formatDateTime } from '../../lib/format.ts';
import { newId } from '../../lib/ids.ts';
import { t } from '../../lib/messages/index.ts';
import { useTestDelivery, useTestSend } from './api.ts';

interface Props {
  readonly variant: Variant;
  readonly stepId: string | null;
  readonly attachments: readonly Attachment[];
  readonly contactId: string | null;
  readonly mailboxId: string | null;
  readonly mailboxes: readonly Mailbox[];
  readonly onClose: () => void;
}

/** Sends the open mail once to an address of the user's own, and says what became of it. Pressing the button twice sends it once. */
export function TestSendDialog({ variant, stepId, attachments, contactId, mailboxId, mailboxes, onClose }: Props) {
  const [requestId, setRequestId] = useState(newId);
  const send = useTestSend();
  const chosen = mailboxes.find((mailbox) => mailbox.id === mailboxId) ?? mailboxes[0];
  const form = useForm({
    initialValues: { mailboxId: chosen?.id ?? '', to: chosen?.address ?? '' },
    validate: {
      to: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t('sequences.testToMissing')),
      mailboxId: (value) => (value === '' ? t('sequences.testMailboxMissing') : null),
    },
  });
  const submit = form.onSubmit(({ mailboxId: from, to }) => send.mutate({ variant, stepId, attachments: [...attachments], contactId, mailboxId: from, to: to.trim(), requestId }));
  const again = () => {
    setRequestId(newId());
    send.reset();
  };
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t('sequences.testTitle')}>
      {send.data ? (
        <Outcome deliveryId={send.data.deliveryId} to={form.values.to.trim()} onAgain={again} onClose={onClose} />
      ) : (
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
      )}
    </Modal>
  );
}

function Outcome({ deliveryId, to, onAgain, onClose }: { readonly deliveryId: string; readonly to: string; readonly onAgain: () => void; readonly onClose: () => void }) {
  const delivery = useTestDelivery(deliveryId);
  return (
    <Stack>
      <div role="status">{delivery.data ? <OutcomeOf delivery={delivery.data} to={to} /> : delivery.error ? <ErrorAlert error={delivery.error} /> : <Loader size="sm" />}</div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onAgain}>
          {t('sequences.testAgain')}
        </Button>
        <Button data-autofocus onClick={onClose}>
          {t('common.close')}
        </Button>
      </Group>
    </Stack>
  );
}

function OutcomeOf({ delivery, to }: { readonly delivery: Delivery; readonly to: string }) {
  const { state, sentAt, answer, finalReason, why } = delivery;
  if (state === 'sent') {
    const when = formatDateTime(sentAt ?? delivery.updatedAt);
    return (
      <Alert color="green" variant="light" icon={<IconCircleCheck size={18} />} title={t('sequences.testDone', { to })}>
        {answer === null ? t('sequences.testDoneShort', { when }) : t('sequences.testDoneAt', { when, answer })}
      </Alert>
    );
  }
  if (state === 'failed' || state === 'cancelled' || state === 'skipped') {
    return (
      <Alert color="red" variant="light" icon={<IconMailX size={18} />} title={t('sequences.testFailed', { to })}>
        {answer ?? finalReason}
      </Alert>
    );
  }
  return (
    <Alert color="gray" variant="light" icon={<Loader size={16} />} title={t('sequences.testWaiting', { to })}>
      <WhyText why={why} clamp={false} />
      {answer !== null && <Text size="sm">{answer}</Text>}
    </Alert>
  );
}
