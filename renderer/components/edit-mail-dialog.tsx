import { Alert, Button, Group, Modal, Stack, Tabs, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Delivery, DeliveryText } from '../../shared/schemas/delivery.ts';
import { TroubleAlert } from './error-alert.tsx';
import { notifyDone } from './notify.tsx';
import { QueryState } from './states.tsx';
import { api } from '../lib/client.ts';
import type { Trouble } from '../lib/errors.ts';
import { showFieldErrors } from '../lib/forms.ts';
import { t } from '../lib/messages/index.ts';
import { refresh } from '../lib/query.ts';

/** Lets a person write one mail anew, then plans it again. The sequence keeps its text. */
export function EditMailDialog({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  // The text is read once: a refetch must not take away what was typed.
  const query = useQuery(api.deliveries.text.queryOptions({ input: { id: delivery.id }, staleTime: Infinity, gcTime: 0 }));
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('activity.edit.title', { recipient: delivery.contactName || delivery.recipient })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <QueryState query={query}>{(text) => <EditForm delivery={delivery} initial={text} onClose={onClose} />}</QueryState>
    </Modal>
  );
}

function EditForm({ delivery, initial, onClose }: { delivery: Delivery; initial: DeliveryText; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const form = useForm({ initialValues: initial });
  const edit = useMutation(
    api.deliveries.edit.mutationOptions({
      meta: { ownError: true },
      onSuccess: () => {
        notifyDone(t('activity.edit.done'));
        onClose();
      },
      onError: (error) => setTrouble(showFieldErrors(form, error)),
      onSettled: () => refresh(queryClient, api.deliveries.key(), api.enrolments.key(), api.events.key(), api.workspace.key()),
    }),
  );
  const formatted = form.values.html !== '';
  const area = { autosize: true, minRows: 10, maxRows: 22 };
  return (
    <form onSubmit={form.onSubmit((values) => edit.mutate({ id: delivery.id, ...values }))}>
      <Stack gap="md">
        {delivery.answer !== null && (
          <Alert variant="default" title={t('activity.detail.answer')}>
            <Text size="sm" style={{ overflowWrap: 'anywhere', maxHeight: 120, overflowY: 'auto' }} tabIndex={0}>
              {delivery.answer}
            </Text>
          </Alert>
        )}
        <TextInput label={t('activity.detail.recipient')} type="email" required data-autofocus {...form.getInputProps('recipient')} />
        <TextInput label={t('activity.detail.subject')} maxLength={998} {...form.getInputProps('subject')} />
        {formatted ? (
          <Tabs defaultValue="html">
            <Tabs.List mb="sm">
              <Tabs.Tab value="html">{t('activity.edit.html')}</Tabs.Tab>
              <Tabs.Tab value="text">{t('activity.edit.text')}</Tabs.Tab>
              <Button ms="auto" size="compact-sm" variant="subtle" onClick={() => form.setFieldValue('html', '')}>
                {t('activity.edit.plainOnly')}
              </Button>
            </Tabs.List>
            <Tabs.Panel value="html">
              <Textarea aria-label={t('activity.edit.html')} {...area} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} {...form.getInputProps('html')} />
            </Tabs.Panel>
            <Tabs.Panel value="text">
              <Textarea aria-label={t('activity.edit.text')} {...area} {...form.getInputProps('text')} />
            </Tabs.Panel>
          </Tabs>
        ) : (
          <Textarea label={t('activity.edit.text')} {...area} {...form.getInputProps('text')} />
        )}
        <Text size="xs" c="dimmed">
          {t(formatted ? 'activity.edit.hintHtml' : 'activity.edit.hint')}
        </Text>
        {trouble && <TroubleAlert trouble={trouble} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={edit.isPending}>
            {t('activity.edit.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
