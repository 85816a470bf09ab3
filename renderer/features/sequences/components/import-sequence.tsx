import { Button, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconFileImport } from '@tabler/icons-react';
import { useState } from 'react';
import type { Sequence } from '../../../../shared/schemas/sequence.ts';
import { ErrorAlert } from '../../../components/error-alert.tsx';
import { FileDrop } from '../../../components/file-drop.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { api } from '../../../lib/client.ts';
import { t } from '../../../lib/messages/index.ts';
import { refresh } from '../../../lib/query.ts';

/** A button that makes a draft from an exported file. */
export function ImportSequence({ onImported }: { readonly onImported: (sequence: Sequence) => void }) {
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const read = useMutation(
    api.sequences.import.mutationOptions({
      meta: { ownError: true },
      onSuccess: (made) => {
        setOpen(false);
        notifyDone(t('exchange.imported', { name: made.name }));
        void refresh(queryClient, api.sequences.key());
        onImported(made);
      },
    }),
  );
  return (
    <>
      <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setOpen(true)}>
        {t('exchange.import')}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={t('exchange.importTitle')} closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Stack>
          <Text size="sm">{t('exchange.importText')}</Text>
          {read.error !== null && <ErrorAlert error={read.error} />}
          <FileDrop
            accept={{ 'application/yaml': ['.yaml', '.yml'], 'application/json': ['.json'] }}
            maxSize={5_000_000}
            loading={read.isPending}
            onFile={(file) => void file.text().then((text) => read.mutate({ text }))}
          />
        </Stack>
      </Modal>
    </>
  );
}
