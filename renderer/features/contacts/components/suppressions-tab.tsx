import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput, Textarea, Tooltip } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBan, IconLockOpen, IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { Suppression } from '../../../../shared/schemas/contact.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { TroubleAlert } from '../../../components/error-alert.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { cursorRows } from '../../../components/row-source.ts';
import { EmptyState } from '../../../components/states.tsx';
import { TimeText } from '../../../components/time-text.tsx';
import type { Trouble } from '../../../lib/errors.ts';
import { showFieldErrors } from '../../../lib/forms.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions, useSuppressions } from '../api.ts';
import classes from './contacts.module.css';

/** Addresses and domains that are never mailed. */
export function SuppressionsTab() {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [adding, setAdding] = useState(false);
  const query = useSuppressions(q);
  return (
    <>
      <Text c="dimmed" mb="md" maw={760}>
        {t('contacts.suppressionsIntro')}
      </Text>
      <div className={classes['filters']}>
        <TextInput
          aria-label={t('contacts.suppressionSearch')}
          placeholder={t('contacts.suppressionSearch')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          maxLength={200}
          className={classes['searchField'] ?? ''}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          {t('contacts.suppressionAdd')}
        </Button>
      </div>
      <DataTable
        label={t('contacts.tab.suppressions')}
        columns={columns}
        rows={cursorRows(query)}
        rowId={(row) => row.id}
        empty={
          q === '' ? (
            <EmptyState title={t('contacts.suppressionEmpty')} icon={<IconBan size={26} stroke={1.6} />}>
              {t('contacts.suppressionEmptyText')}
            </EmptyState>
          ) : (
            <EmptyState title={t('contacts.nobodyTitle')} icon={<IconSearch size={26} stroke={1.6} />} />
          )
        }
      />
      {adding && <SuppressDialog onClose={() => setAdding(false)} />}
    </>
  );
}

/** Of an erased person only a hash is kept, which says nothing to anybody. */
function shownValue({ kind, value }: Suppression): string {
  return kind === 'erased' ? t('contacts.suppressionErased') : value;
}

const columns: Column<Suppression>[] = [
  { id: 'value', header: t('contacts.suppressionValue'), grow: 2, cell: shownValue },
  { id: 'kind', header: t('contacts.suppressionKind'), width: 130, cell: (row) => t(`contacts.suppressionKind.${row.kind}`) },
  { id: 'reason', header: t('contacts.suppressionReason'), width: 190, cell: (row) => t(`suppression.${row.reason}`) },
  { id: 'note', header: t('contacts.suppressionNote'), grow: 2, cell: (row) => row.note },
  { id: 'since', header: t('contacts.suppressionSince'), width: 140, cell: (row) => <TimeText at={row.createdAt} /> },
  { id: 'lift', header: '', width: 60, align: 'right', cell: (row) => <LiftButton suppression={row} /> },
];

function LiftButton({ suppression }: { readonly suppression: Suppression }) {
  const { lift } = useContactActions();
  const value = shownValue(suppression);
  const onLift = async () => {
    const text =
      suppression.kind === 'erased'
        ? t('contacts.suppressionRemoveErased')
        : suppression.reason === 'unsubscribed' || suppression.reason === 'complaint'
          ? t('contacts.suppressionRemoveOptOut')
          : t('contacts.suppressionRemoveText');
    if (!(await confirmDialog({ title: t('contacts.suppressionRemoveTitle', { value }), children: text, confirm: t('contacts.suppressionRemove'), danger: true }))) return;
    lift.mutate({ id: suppression.id }, { onSuccess: () => notifyDone(t('contacts.suppressionRemoved', { value })) });
  };
  return (
    <Tooltip label={t('contacts.suppressionRemove')}>
      <ActionIcon color="gray" aria-label={`${t('contacts.suppressionRemove')}: ${value}`} loading={lift.isPending} onClick={() => void onLift()}>
        <IconLockOpen size={17} />
      </ActionIcon>
    </Tooltip>
  );
}

function SuppressDialog({ onClose }: { readonly onClose: () => void }) {
  const { suppress } = useContactActions();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const form = useForm({ initialValues: { value: '', note: '' }, validate: { value: (value) => (value.trim().length < 3 ? t('contacts.suppressionValueHint') : null) } });
  const submit = form.onSubmit(async ({ value, note }) => {
    setTrouble(null);
    try {
      const made = await suppress.mutateAsync({ value: value.trim(), note });
      notifyDone(t('contacts.suppressionAdded', { value: made.value }));
      onClose();
    } catch (error) {
      setTrouble(showFieldErrors(form, error));
    }
  });
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t('contacts.suppressionAddTitle')}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {trouble && <TroubleAlert trouble={trouble} />}
          <TextInput
            label={t('contacts.suppressionValue')}
            description={t('contacts.suppressionValueHint')}
            required
            maxLength={320}
            data-autofocus
            {...form.getInputProps('value')}
          />
          <Textarea label={t('contacts.suppressionNote')} description={t('contacts.suppressionNoteHint')} maxLength={500} autosize minRows={2} {...form.getInputProps('note')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="red" loading={suppress.isPending}>
              {t('contacts.suppressionConfirm')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
