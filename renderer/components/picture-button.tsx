import { Button } from '@mantine/core';
import { IconPhotoPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { pictureElement } from '../lib/inline-pictures.ts';
import { t } from '../lib/messages/index.ts';
import { FilesDialog } from './files-dialog.tsx';

/** Opens the stored pictures and inserts the element that shows the chosen one. For HTML. */
export function PictureButton({ field, onInsert }: { field: string; onInsert: (html: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="subtle"
        size="compact-xs"
        leftSection={<IconPhotoPlus size={14} aria-hidden />}
        aria-label={t('files.picture.insertInto', { field })}
        onClick={() => setOpen(true)}
      >
        {t('files.picture')}
      </Button>
      {open && (
        <FilesDialog
          kind="picture"
          onClose={() => setOpen(false)}
          onChoose={(file) => {
            setOpen(false);
            void pictureElement(file).then(onInsert);
          }}
        />
      )}
    </>
  );
}
