import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { EmptyState, QueryState } from '../../../components/states.tsx';
import { formatDate } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { useWorkspaceNow } from '../../../lib/clock.ts';
import { useCampaignActions, useMailboxes, useSequences } from '../api.ts';

/** Name and sequence: enough for a draft. The rest is filled in on its page. */
export function NewCampaignDialog({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const sequences = useSequences();
  const mailboxes = useMailboxes();
  const { create } = useCampaignActions();
  const now = useWorkspaceNow();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const submit = async (sequenceId: string, fallback: string) => {
    // With a single mailbox there is nothing to choose.
    const items = mailboxes.data?.items ?? [];
    const only = items.length === 1 && items[0] ? [items[0].id] : [];
    const made = await create.mutateAsync({ name: name.trim() || fallback, sequenceId, mailboxIds: only });
    onClose();
    await navigate({ to: '/campaigns/$campaignId', params: { campaignId: made.id } });
  };
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t('campaigns.newTitle')}>
      <QueryState query={sequences}>
        {({ items }) => {
          const best = items.find((sequence) => sequence.status === 'active') ?? items[0];
          const sequence = items.find((found) => found.id === chosen) ?? best;
          if (!sequence) {
            return (
              <EmptyState title={t('campaigns.noSequenceTitle')} action={<Button renderRoot={(props) => <Link to="/sequences" {...props} />}>{t('campaigns.toSequences')}</Button>}>
                {t('campaigns.noSequenceText')}
              </EmptyState>
            );
          }
          const fallback = t('campaigns.defaultName', { sequence: sequence.name, date: formatDate(now()) });
          return (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                submit(sequence.id, fallback).catch(() => undefined);
              }}
            >
              <Stack>
                <TextInput
                  label={t('campaigns.newName')}
                  placeholder={fallback}
                  value={name}
                  maxLength={200}
                  data-autofocus
                  onChange={(event) => setName(event.currentTarget.value)}
                />
                <Select
                  label={t('campaigns.sequence')}
                  data={items.map((found) => ({ value: found.id, label: found.name }))}
                  value={sequence.id}
                  allowDeselect={false}
                  searchable
                  onChange={setChosen}
                />
                <Text size="sm" c="dimmed">
                  {t('campaigns.createHint')}
                </Text>
                <Group justify="flex-end">
                  <Button variant="default" onClick={onClose}>
                    {t('common.cancel')}
                  </Button>
                  <Button type="submit" loading={create.isPending}>
                    {t('campaigns.create')}
                  </Button>
                </Group>
              </Stack>
            </form>
          );
        }}
      </QueryState>
    </Modal>
  );
}
