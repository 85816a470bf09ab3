import { ActionIcon, Button, Group, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import { useQueries, useQuery } from '@tanstack/react-query';
import { IconFolderOpen, IconPaperclip, IconUserPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { maxFileBytes } from '../../../../shared/schemas/file.ts';
import type { Attachment } from '../../../../shared/schemas/sequence.ts';
import { FileIcon, FilesDialog } from '../../../components/files-dialog.tsx';
import { LinkAnchor } from '../../../components/links.tsx';
import { UploadList } from '../../../components/upload-list.tsx';
import { api } from '../../../lib/client.ts';
import { formatBytes } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { useUploads } from '../../../lib/use-uploads.ts';
import classes from './attachments.module.css';
import { TaggedField } from '../../../components/mail-editor/tagged-field.tsx';

type Attachments = readonly Attachment[];

interface Props {
  readonly attachments: Attachments;
  readonly onChange: (change: (before: Attachments) => Attachment[]) => void;
}

const mostAttachments = 20;
/** Encoded, this is what most servers still take. */
const largeTotal = 15 * 1024 * 1024;

/** The files that a mail carries: stored ones for everybody, and each person's own by a path. */
export function AttachmentsField({ attachments, onChange }: Props) {
  const [choosing, setChoosing] = useState(false);
  const attach = (attachment: Attachment) => onChange((before) => (before.length >= mostAttachments ? [...before] : [...before, attachment]));
  const { uploads, add, cancel, refuse } = useUploads(({ id }) => attach({ kind: 'file', fileId: id }));
  const remove = (at: number) => onChange((before) => before.filter((_, index) => index !== at));
  const drop = (files: File[]) => (attachments.length + files.length > mostAttachments ? refuse(t('files.tooMany', { max: mostAttachments })) : add(files));
  const full = attachments.length >= mostAttachments;
  return (
    <section aria-label={t('files.attachments')}>
      <Group justify="space-between" mb={6} gap="sm">
        <Text size="sm" fw={500}>
          {t('files.attachments')}
        </Text>
        <Group gap={4}>
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<IconFolderOpen size={14} aria-hidden />}
            disabled={full}
            onClick={() => setChoosing(true)}
            data-field="attachments"
          >
            {t('files.stored')}
          </Button>
          <Button variant="subtle" size="compact-xs" leftSection={<IconUserPlus size={14} aria-hidden />} disabled={full} onClick={() => attach({ kind: 'path', path: '' })}>
            {t('files.personal')}
          </Button>
        </Group>
      </Group>
      <StoredAttachments attachments={attachments} onRemove={remove} />
      {attachments.map((attachment, index) =>
        attachment.kind === 'path' ? (
          <PersonalFile
            key={index}
            path={attachment.path}
            onChange={(path) => onChange((before) => before.map((old, at) => (at === index ? { kind: 'path', path } : old)))}
            onRemove={() => remove(index)}
          />
        ) : null,
      )}
      {!full && (
        <Dropzone onDrop={drop} classNames={{ root: classes['drop'] ?? '' }} inputProps={{ 'aria-label': t('files.drop') }}>
          <IconPaperclip size={16} stroke={1.7} aria-hidden />
          <span>{t('files.drop')}</span>
          <Text component="span" size="xs" c="dimmed">
            {t('files.limit', { size: formatBytes(maxFileBytes) })}
          </Text>
        </Dropzone>
      )}
      <UploadList uploads={uploads} onCancel={cancel} />
      {choosing && (
        <FilesDialog
          kind="any"
          onClose={() => setChoosing(false)}
          onChoose={({ id }) => {
            setChoosing(false);
            attach({ kind: 'file', fileId: id });
          }}
        />
      )}
    </section>
  );
}

function StoredAttachments({ attachments, onRemove }: { readonly attachments: Attachments; readonly onRemove: (index: number) => void }) {
  const entries = attachments.flatMap((attachment, index) => (attachment.kind === 'file' ? [{ id: attachment.fileId, index }] : []));
  const files = useQueries({ queries: entries.map(({ id }) => ({ ...api.files.get.queryOptions({ input: { id } }), staleTime: Infinity })) });
  if (entries.length === 0) return null;
  const total = files.reduce((sum, { data }) => sum + (data?.size ?? 0), 0);
  return (
    <>
      <ul className={classes['list']}>
        {entries.map(({ id, index }, at) => {
          const file = files[at];
          const name = file?.data?.name ?? (file?.isError ? t('files.gone') : t('common.loading'));
          return (
            <li key={`${id} ${index}`} className={classes['row']}>
              <FileIcon mediaType={file?.data?.mediaType ?? ''} />
              <Text component="span" size="sm" className="h-ellipsis" {...(file?.isError ? { c: 'var(--homing-bad)' } : {})} title={name}>
                {name}
              </Text>
              {file?.data && (
                <Text component="span" size="xs" c="dimmed" className="h-num" style={{ flex: 'none' }}>
                  {formatBytes(file.data.size)}
                </Text>
              )}
              <ActionIcon size="sm" color="gray" ms="auto" aria-label={t('files.remove', { name })} onClick={() => onRemove(index)}>
                <IconX size={15} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      {(entries.length > 1 || total > largeTotal) && (
        <Text size="xs" c={total > largeTotal ? 'var(--homing-warn)' : 'dimmed'} mb={6}>
          {t('files.total', { count: entries.length, size: formatBytes(total) })} {total > largeTotal && t('files.totalLarge')}
        </Text>
      )}
    </>
  );
}

function PersonalFile({ path, onChange, onRemove }: { readonly path: string; readonly onChange: (path: string) => void; readonly onRemove: () => void }) {
  const settings = useQuery(api.settings.get.queryOptions({ input: {} }));
  const folder = settings.data?.attachmentsFolder ?? '';
  return (
    <div className={classes['personal']}>
      <div style={{ flex: 1, minWidth: 0 }}>
        <TaggedField
          label={t('files.personal.path')}
          name="attachments"
          value={path}
          maxLength={1000}
          placeholder={t('files.personal.placeholder', { tag: '{{ company }}' })}
          hint={
            folder !== '' ? (
              t('files.personal.hint', { folder })
            ) : (
              <>
                {t('files.personal.noFolder')} <LinkAnchor to="/settings">{t('files.personal.settings')}</LinkAnchor>
              </>
            )
          }
          onChange={onChange}
        />
      </div>
      <ActionIcon size="sm" color="gray" mt={32} aria-label={t('files.removePersonal')} onClick={onRemove}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  );
}
