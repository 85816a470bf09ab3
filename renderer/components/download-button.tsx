import { Button, type ButtonProps } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { saveFile } from '../lib/download.ts';
import { t } from '../lib/messages/index.ts';
import { notifyError } from './notify.tsx';

/** Fetches a report from the engine and saves it. */
export function DownloadButton({ load, fileName, children, ...props }: { load: () => Promise<File | Blob>; fileName: string; children?: string } & Omit<ButtonProps, 'children'>) {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      saveFile(await load(), fileName);
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button variant="default" leftSection={<IconDownload size={16} />} loading={busy} onClick={() => void run()} {...props}>
      {children ?? t('common.download')}
    </Button>
  );
}
