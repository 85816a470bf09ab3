import { Button, Group, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ContactSelect } from '../../../components/contact-select.tsx';
import { ErrorAlert } from '../../../components/error-alert.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { t } from '../../../lib/messages/index.ts';
import { listMembers, useCampaignActions, useLists } from '../api.ts';

/** Adds everybody on a list, or one person, to a campaign that was launched. */
export function EnrolDialog({ campaignId, onClose }: { readonly campaignId: string; readonly onClose: () => void }) {
  const lists = useLists();
  const { enrol } = useCampaignActions();
  const [from, setFrom] = useState<'list' | 'person'>('list');
  const [listId, setListId] = useState<string | null>(null);
  const [contactId, setContactId] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ready = from === 'list' ? listId !== null : contactId !== null;
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const contactIds = from === 'person' ? (contactId === null ? [] : [contactId]) : listId === null ? [] : await listMembers(listId);
      const result = contactIds.length === 0 ? { enrolled: 0, leftOut: 0 } : await enrol.mutateAsync({ id: campaignId, contactIds });
      notifyDone(t('campaigns.enrolled', result));
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t('campaigns.enrolTitle')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <Text c="dimmed">{t('campaigns.enrolText')}</Text>
          <SegmentedControl
            aria-label={t('campaigns.enrolFrom')}
            size="sm"
            value={from}
            data={[
              { value: 'list', label: t('campaigns.enrolFrom.list') },
              { value: 'person', label: t('campaigns.enrolFrom.person') },
            ]}
            onChange={(value) => setFrom(value as 'list' | 'person')}
          />
          {from === 'list' ? (
            <Select
              label={t('campaigns.audience.chooseLists')}
              data={(lists.data?.items ?? []).map((list) => ({ value: list.id, label: t('campaigns.audience.listOption', { name: list.name, count: list.contacts }) }))}
              value={listId}
              searchable
              onChange={setListId}
            />
          ) : (
            <ContactSelect label={t('campaigns.enrolPerson')} emptyLabel={t('campaigns.enrolChoosePerson')} value={contactId} onChange={setContactId} />
          )}
          {error !== null && <ErrorAlert error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={!ready}>
              {t('campaigns.enrolConfirm')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
