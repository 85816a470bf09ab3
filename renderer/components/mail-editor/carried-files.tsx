import { Alert } from '@mantine/core';
import { IconHandStop, IconPaperclip } from '@tabler/icons-react';
import type { Preview } from '../../../shared/schemas/sequence.ts';
import { formatBytes } from '../../lib/format.ts';
import { t } from '../../lib/messages/index.ts';
import classes from './preview.module.css';

/** The attachments of a previewed mail, and why it would be held where one is missing. */
export function CarriedFiles({ files }: { readonly files: Preview['attachments'] }) {
  if (files.length === 0) return null;
  const problem = files.find((file) => file.problem !== null)?.problem ?? null;
  return (
    <>
      {problem !== null && (
        <Alert color="amber" variant="light" icon={<IconHandStop size={18} />} mb="sm">
          {t('sequences.fileMissing', { problem })}
        </Alert>
      )}
      <ul className={classes['carried']} aria-label={t('files.attachments')}>
        {files.map((file, index) => (
          <li key={index} className={classes['file']} data-missing={file.problem !== null}>
            <IconPaperclip size={13} aria-hidden style={{ flex: 'none' }} />
            <span className="h-ellipsis">{file.name ?? '–'}</span>
            {file.size !== null && <span className="h-num">{formatBytes(file.size)}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
