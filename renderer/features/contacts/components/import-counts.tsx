import { Alert, Checkbox, Group, List, Stack, Table, Text, Title } from '@mantine/core';
import type { ImportRun } from '../../../../shared/schemas/contact.ts';
import { DownloadButton } from '../../../components/download-button.tsx';
import { client } from '../../../lib/client.ts';
import { formatNumber } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import classes from './contacts.module.css';

const kinds = ['rows', 'created', 'updated', 'unchanged', 'duplicates', 'rejected', 'suppressed'] as const;
const always: ReadonlySet<string> = new Set(['rows', 'created', 'rejected']);

/** The figures of an import run; what is zero and says nothing is left out. */
export function ImportCounts({ run }: { readonly run: ImportRun }) {
  return (
    <dl className={classes['counts']}>
      {kinds
        .filter((kind) => always.has(kind) || run[kind] > 0)
        .map((kind) => (
          <div key={kind} className={classes['count']} data-tone={kind === 'rejected' && run[kind] > 0 ? 'bad' : kind === 'created' && run[kind] > 0 ? 'good' : undefined}>
            <dt>{t(`import.count.${kind}`)}</dt>
            <dd className="h-num">{formatNumber(run[kind])}</dd>
          </div>
        ))}
    </dl>
  );
}

interface AddressesProps {
  readonly run: ImportRun;
  readonly corrections: Readonly<Record<string, string>>;
  readonly onCorrect: (domain: string, meant: string | null) => void;
}

/** How the addresses look, with the domains that can be put right. */
export function ImportAddresses({ run: { addresses }, corrections, onCorrect }: AddressesProps) {
  if (addresses === null || addresses.role + addresses.disposable + addresses.freeMail + addresses.typo === 0) return null;
  const { slips, ...counts } = addresses;
  return (
    <div>
      <Title order={3}>{t('import.addresses')}</Title>
      <Text size="sm" c="dimmed">
        {t('import.addressCounts', counts)}
      </Text>
      {slips.length > 0 && (
        <Stack gap={6} mt="sm" role="group" aria-label={t('import.slips')}>
          <Text size="sm">{t('import.slips')}</Text>
          {slips.map(({ domain, meant, people }) => (
            <Checkbox
              key={domain}
              size="sm"
              label={t('import.slip', { domain, meant, people })}
              checked={corrections[domain] !== undefined}
              onChange={(event) => onCorrect(domain, event.currentTarget.checked ? meant : null)}
            />
          ))}
        </Stack>
      )}
    </div>
  );
}

/** What was left out of rows that were imported all the same. */
export function ImportNotes({ run }: { readonly run: ImportRun }) {
  if (run.notes.length === 0) return null;
  return (
    <Alert color="amber" variant="light" title={t('import.notes')}>
      <List size="sm">
        {run.notes.map((note) => (
          <List.Item key={note}>{note}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** The first rejected rows, and all of them as a download. */
export function RejectedRows({ run }: { readonly run: ImportRun }) {
  if (run.rejected === 0) return null;
  return (
    <div>
      <Group justify="space-between" mb="xs">
        <Title order={3}>{t('import.rejectedTitle')}</Title>
        <DownloadButton size="xs" load={() => client.subscribers.rejectedRows({ id: run.id })} fileName={`rejected-${run.fileName}`}>
          {t('import.downloadRejected')}
        </DownloadButton>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t('import.rejectedText', { shown: run.rejectedSample.length, count: run.rejected })}
      </Text>
      <Table.ScrollContainer minWidth={560} maxHeight={320}>
        <Table verticalSpacing={4} fz="sm" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={70}>{t('import.line')}</Table.Th>
              <Table.Th>{t('import.reason')}</Table.Th>
              <Table.Th>{t('import.row')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {run.rejectedSample.map((row) => (
              <Table.Tr key={row.line}>
                <Table.Td className="h-num">{formatNumber(row.line)}</Table.Td>
                <Table.Td>{row.reason}</Table.Td>
                <Table.Td>
                  <div className={classes['samples']} title={row.text}>
                    {row.text}
                  </div>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}
