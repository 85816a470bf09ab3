import { Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { TroubleAlert } from '../../../components/error-alert.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { describeError, type Trouble } from '../../../lib/errors.ts';
import { t } from '../../../lib/messages/index.ts';
import { useContactActions } from '../api.ts';

/** Says what erasing does, and asks for a typed word: it cannot be taken back. */
export function EraseDialog({ ids, onClose, onErased }: { readonly ids: readonly string[]; readonly onClose: () => void; readonly onErased: () => void }) {
  const { erase } = useContactActions();
  const [typed, setTyped] = useState('');
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const count = ids.length;
  const word = t('erase.word');
  const sure = typed.trim().toLowerCase() === word.toLowerCase();
  const submit = () =>
    erase.mutate(
      { ids: [...ids] },
      {
        onSuccess: ({ erased }) => {
          notifyDone(t('erase.done', { count: erased }));
          onErased();
        },
        onError: (error) => setTrouble(describeError(error)),
      },
    );
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('common.close') }} title={t('erase.title', { count })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (sure) submit();
        }}
      >
        <Stack>
          {trouble && <TroubleAlert trouble={trouble} />}
          <Text fw={600}>{t('erase.forGood')}</Text>
          <List size="sm" spacing={6}>
            <List.Item>{t('erase.goes')}</List.Item>
            <List.Item>{t('erase.nameless')}</List.Item>
            <List.Item>{t('erase.cancelled')}</List.Item>
            <List.Item>{t('erase.suppressed')}</List.Item>
            <List.Item>{t('erase.backups')}</List.Item>
          </List>
          <TextInput label={t('erase.type', { word })} value={typed} data-autofocus autoComplete="off" onChange={(event) => setTyped(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!sure} loading={erase.isPending}>
              {t('erase.confirm', { count })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
