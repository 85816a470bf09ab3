import { ActionIcon, Group, Modal, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconFile, IconFileUpload, IconPhoto, IconSearch, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { maxFileBytes, type MailFile } from '../../shared/schemas/file.ts';
import { api } from '../lib/client.ts';
import { formatBytes } from '../lib/format.ts';
import { t } from '../lib/messages/index.ts';
import { pictureTypes, useUploads } from '../lib/use-uploads.ts';
import styles from './components.module.css';
import { confirmDialog } from './confirm-dialog.tsx';
import { UploadList } from './upload-list.tsx';

interface Props {
  readonly kind: 'any' | 'picture';
  readonly onChoose: (file: MailFile) => void;
  readonly onClose: () => void;
}

/** Stores a new file, or takes one that is stored already. */
export function FilesDialog({ kind, onChoose, onClose }: Props) {
  const pictures = kind === 'picture';
  const { uploads, add, cancel } = useUploads(onChoose, pictures);
  return (
    <Modal opened onClose={onClose} size="lg" title={t(`files.dialog.${kind}`)} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack gap="md">
        {pictures && <Text c="dimmed">{t('files.dialog.pictureText')}</Text>}
        <div>
          <Dropzone
            onDrop={add}
            multiple={!pictures}
            classNames={{ root: styles['drop'] ?? '' }}
            p="md"
            inputProps={{ 'aria-label': t(pictures ? 'files.drop.picture' : 'files.drop'), ...(pictures ? { accept: pictureTypes.join(',') } : {}) }}
          >
            <IconFileUpload size={24} stroke={1.5} aria-hidden style={{ color: 'var(--mantine-color-anchor)' }} />
            <Text size="sm" fw={600}>
              {t(pictures ? 'files.drop.picture' : 'files.drop')}
            </Text>
            <Text size="xs" c="dimmed">
              {t(pictures ? 'files.limit.picture' : 'files.limit', { size: formatBytes(maxFileBytes) })}
            </Text>
          </Dropzone>
          <UploadList uploads={uploads} onCancel={cancel} />
        </div>
        <StoredFiles pictures={pictures} onChoose={onChoose} />
      </Stack>
    </Modal>
  );
}

const shownFiles = 50;

function StoredFiles({ pictures, onChoose }: { pictures: boolean; onChoose: (file: MailFile) => void }) {
  const queryClient = useQueryClient();
  const [q, setQ] = useState('');
  const [wanted] = useDebouncedValue(q.trim(), 200);
  const files = useQuery(api.files.list.queryOptions({ input: { limit: shownFiles, ...(wanted === '' ? {} : { q: wanted }) }, placeholderData: keepPreviousData }));
  const remove = useMutation(api.files.remove.mutationOptions({ onSettled: () => queryClient.invalidateQueries({ queryKey: api.files.key() }) }));
  const askRemove = async ({ id, name }: MailFile) => {
    if (await confirmDialog({ title: t('files.dialog.deleteTitle', { name }), children: t('files.dialog.deleteText'), confirm: t('files.dialog.deleteConfirm'), danger: true }))
      remove.mutate({ id });
  };
  if (!files.data) return null;
  const { items, total } = files.data;
  const shown = pictures ? items.filter(({ mediaType }) => pictureTypes.includes(mediaType)) : items;
  return (
    <div>
      <TextInput
        aria-label={t('files.dialog.search')}
        placeholder={t('files.dialog.search')}
        leftSection={<IconSearch size={15} aria-hidden />}
        value={q}
        mb="xs"
        onChange={(event) => setQ(event.currentTarget.value)}
      />
      <ScrollArea.Autosize mah={320} type="auto">
        <ul className={styles['files']} aria-label={t('files.dialog.list')}>
          {shown.map((file) => (
            <li key={file.id}>
              <UnstyledButton className={styles['fileButton']} aria-label={t('files.dialog.use', { name: file.name })} onClick={() => onChoose(file)}>
                <FileIcon mediaType={file.mediaType} />
                <span className="h-ellipsis">{file.name}</span>
                <Text component="span" size="xs" c="dimmed" className="h-num" style={{ flex: 'none', marginInlineStart: 'auto' }}>
                  {formatBytes(file.size)}
                </Text>
              </UnstyledButton>
              <ActionIcon size="sm" color="gray" aria-label={t('files.dialog.delete', { name: file.name })} onClick={() => void askRemove(file)}>
                <IconTrash size={15} />
              </ActionIcon>
            </li>
          ))}
        </ul>
        {shown.length === 0 && (
          <Text size="sm" c="dimmed" py="xs">
            {t(wanted === '' ? 'files.dialog.empty' : 'files.dialog.noneFound')}
          </Text>
        )}
        {total > items.length && (
          <Group>
            <Text size="xs" c="dimmed">
              {t('files.dialog.more', { count: total - items.length })}
            </Text>
          </Group>
        )}
      </ScrollArea.Autosize>
    </div>
  );
}

export function FileIcon({ mediaType }: { mediaType: string }) {
  const Icon = mediaType.startsWith('image/') ? IconPhoto : IconFile;
  return <Icon size={17} stroke={1.7} aria-hidden style={{ flex: 'none', color: 'var(--homing-quiet)' }} />;
}
