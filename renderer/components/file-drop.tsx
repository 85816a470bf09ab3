import { Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import '@mantine/dropzone/styles.css';
import { IconFileUpload } from '@tabler/icons-react';
import { t } from '../lib/messages/index.ts';
import { notifyError } from './notify.tsx';
import styles from './components.module.css';

/** One file by drop, click or keyboard. `accept` maps MIME types to endings; some systems give CSV odd types, so endings count. */
export function FileDrop({
  onFile,
  accept,
  maxSize,
  label,
  loading = false,
}: {
  onFile: (file: File) => void;
  accept: Record<string, string[]>;
  maxSize?: number;
  label?: string;
  loading?: boolean;
}) {
  return (
    <Dropzone
      onDrop={(files) => {
        const file = files[0];
        if (file) onFile(file);
      }}
      onReject={(rejections) => notifyError(new Error(rejections[0]?.errors[0]?.message ?? t('file.reject')))}
      accept={accept}
      multiple={false}
      loading={loading}
      classNames={{ root: styles['drop'] ?? '' }}
      inputProps={{ 'aria-label': label ?? t('file.drop') }}
      {...(maxSize === undefined ? {} : { maxSize })}
    >
      <IconFileUpload size={30} stroke={1.5} aria-hidden style={{ color: 'var(--mantine-color-anchor)' }} />
      <Text fw={600}>{label ?? t('file.drop')}</Text>
    </Dropzone>
  );
}
