import { Autocomplete, Button, FileButton, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { notifyDone } from '../../components/notify.tsx';
import { api } from '../../lib/client.ts';
import { describeError } from '../../lib/errors.ts';
import { t } from '../../lib/messages/index.ts';

interface Props {
  readonly names: readonly string[];
  readonly initialName: string;
  readonly onClose: () => void;
  readonly onAdded: (competitor: string) => void;
}

/** Takes a pasted mail, or message files as a mail program saves them. */
export function AddMailDialog({ names, initialName, onClose, onAdded }: Props) {
  const queryClient = useQueryClient();
  const add = useMutation(api.comparison.add.mutationOptions({ meta: { ownError: true }, onSettled: () => queryClient.invalidateQueries({ queryKey: api.comparison.key() }) }));
  const [competitor, setCompetitor] = useState(initialName);
  const [source, setSource] = useState('');
  const keep = async (sources: readonly string[]) => {
    let last = '';
    for (const one of sources) last = (await add.mutateAsync({ competitor: competitor.trim(), source: one })).competitor;
    notifyDone(t('comparison.kept', { count: sources.length }));
    onAdded(last);
    onClose();
  };
  const trouble = add.error === null ? null : describeError(add.error);
  return (
    <Modal opened onClose={onClose} title={t('comparison.addTitle')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (source.trim() !== '') void keep([source]).catch(() => undefined);
        }}
      >
        <Stack gap="md">
          <Autocomplete
            label={t('comparison.name')}
            description={t('comparison.nameHint')}
            data={[...names]}
            value={competitor}
            maxLength={100}
            error={trouble?.fields['competitor']}
            onChange={setCompetitor}
          />
          <Textarea
            label={t('comparison.source')}
            placeholder={t('comparison.sourcePlaceholder')}
            data-autofocus
            autosize
            minRows={8}
            maxRows={18}
            value={source}
            error={trouble !== null && trouble.fields['competitor'] === undefined ? trouble.sentence : undefined}
            onChange={(event) => setSource(event.currentTarget.value)}
          />
          <Group justify="space-between">
            <FileButton
              accept=".eml,message/rfc822,text/plain"
              multiple
              onChange={(files) => void Promise.all(files.map((file) => file.text())).then((texts) => (texts.length === 0 ? undefined : keep(texts).catch(() => undefined)))}
            >
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconUpload size={16} />}>
                  {t('comparison.choose')}
                </Button>
              )}
            </FileButton>
            <Button type="submit" loading={add.isPending} disabled={source.trim() === ''}>
              {t('comparison.keep')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
