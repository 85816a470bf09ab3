import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { t } from '../../../lib/messages/index.ts';

export function ImportButton({ listId, variant = 'filled' }: { readonly listId: string | null; readonly variant?: 'filled' | 'default' }) {
  return (
    <Button
      variant={variant}
      leftSection={<IconFileImport size={16} />}
      renderRoot={(props) => <Link to="/contacts/import" search={listId === null ? {} : { list: listId }} {...props} />}
    >
      {t('contacts.import')}
    </Button>
  );
}
