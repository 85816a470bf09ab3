import { Alert, Text } from '@mantine/core';
import { FileDrop } from '../../../components/file-drop.tsx';
import { t } from '../../../lib/messages/index.ts';

const accept = {
  'text/csv': ['.csv', '.tsv', '.txt'],
  'text/plain': ['.csv', '.tsv', '.txt'],
  'text/tab-separated-values': ['.tsv', '.tab'],
  'application/vnd.ms-excel': ['.csv'],
  'application/csv': ['.csv'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx', '.xlsm'],
};
const maxBytes = 200 * 1024 * 1024;

/** Chooses the file. */
export function FileStep({ busy, error, onFile }: { readonly busy: boolean; readonly error: string | null; readonly onFile: (file: File) => void }) {
  return (
    <>
      {error !== null && (
        <Alert color="red" variant="light" mb="md" role="alert">
          {error}
        </Alert>
      )}
      <FileDrop accept={accept} maxSize={maxBytes} label={busy ? t('import.inspecting') : t('import.drop')} loading={busy} onFile={onFile} />
      <Text size="sm" c="dimmed" mt="sm">
        {t('import.dropHint')}
      </Text>
    </>
  );
}
