import { Badge, Button, Code, CopyButton, Group, Loader, Paper, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconCircleCheck, IconCircleX, IconHelpCircle, IconRefresh, type Icon } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { DnsRecord, DomainCheck, HealthState } from '../../../shared/schemas/domain-health.ts';
import { ErrorAlert } from '../../components/error-alert.tsx';
import { LoadingState } from '../../components/states.tsx';
import { TimeText } from '../../components/time-text.tsx';
import { api } from '../../lib/client.ts';
import { t } from '../../lib/messages/index.ts';

const looks: Readonly<Record<HealthState, readonly [Icon, string]>> = {
  ok: [IconCircleCheck, 'var(--homing-good)'],
  problem: [IconCircleX, 'var(--homing-bad)'],
  unknown: [IconHelpCircle, 'var(--homing-quiet)'],
};

/** What DNS says about the sending domain of a mailbox, and which records would mend it. Checks anew when the last look is a day old. */
export function DomainHealthPanel({ mailboxId }: { mailboxId: string }) {
  const queryClient = useQueryClient();
  const options = api.mailboxes.health.queryOptions({ input: { id: mailboxId } });
  const query = useQuery(options);
  const check = useMutation(api.mailboxes.checkHealth.mutationOptions({ meta: { ownError: true }, onSuccess: (report) => queryClient.setQueryData(options.queryKey, report) }));
  const { mutate } = check;
  const stale = query.data?.stale ?? false;
  useEffect(() => {
    if (stale) mutate({ id: mailboxId });
  }, [stale, mailboxId, mutate]);

  const health = query.data;
  if (query.error) return <ErrorAlert error={query.error} />;
  if (!health || (health.checkedAt === null && check.isPending)) {
    return (
      <div role="status" aria-label={t('mailboxes.health.checking')}>
        <LoadingState rows={4} height={56} />
      </div>
    );
  }
  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {health.domain}
          </Text>
          <Text size="xs" c="dimmed">
            {t('mailboxes.health.checked')} <TimeText at={health.checkedAt} />
          </Text>
        </div>
        <Button
          variant="default"
          size="xs"
          leftSection={check.isPending ? <Loader size={14} /> : <IconRefresh size={15} />}
          disabled={check.isPending}
          onClick={() => check.mutate({ id: mailboxId })}
        >
          {t('mailboxes.health.again')}
        </Button>
      </Group>
      {health.managed && (
        <Text size="sm" c="dimmed">
          {t('mailboxes.health.managed')}
        </Text>
      )}
      {check.error && <ErrorAlert error={check.error} />}
      {health.checks.map((each) => (
        <CheckBlock key={each.check} check={each} managed={health.managed} />
      ))}
      <Text size="xs" c="dimmed">
        {t('mailboxes.health.note')}
      </Text>
    </Stack>
  );
}

function CheckBlock({ check, managed }: { check: DomainCheck; managed: boolean }) {
  const [StateIcon, color] = looks[check.state];
  return (
    <Paper p="md" bg="var(--homing-surface-2)" component="section" aria-label={t(`mailboxes.health.${check.check}`)}>
      <Group gap="sm" align="flex-start" wrap="nowrap">
        <StateIcon size={20} aria-hidden style={{ flex: 'none', color }} />
        <Stack gap={6} style={{ minWidth: 0, flex: 1 }}>
          <Text size="sm" fw={600}>
            {t(`mailboxes.health.${check.check}`)}: {t(`mailboxes.health.state.${check.state}`)}
          </Text>
          <Text size="sm">{check.summary}</Text>
          {check.found.map((record) => (
            <Code key={record} block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {record}
            </Code>
          ))}
          {!managed && check.todo && (
            <Text size="sm" fw={560}>
              {check.todo}
            </Text>
          )}
          {!managed && check.suggested.map((record) => <RecordToCopy key={record.value} record={record} />)}
        </Stack>
      </Group>
    </Paper>
  );
}

export function RecordToCopy({ record }: { record: DnsRecord }) {
  const rows = [
    ['type', record.type],
    ['name', record.name],
    ['value', record.value],
  ] as const;
  return (
    <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing="xs" aria-label={t('mailboxes.health.record')}>
      <Table.Tbody>
        {rows.map(([field, value]) => (
          <Table.Tr key={field}>
            <Table.Th scope="row" w={70} style={{ fontWeight: 500 }}>
              {t(`mailboxes.health.record.${field}`)}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Code>{value}</Code>
            </Table.Td>
            <Table.Td w={84} ta="end">
              {field !== 'type' && (
                <CopyButton value={value}>
                  {({ copied, copy }) => (
                    <Button size="compact-xs" variant="subtle" onClick={copy} aria-label={t('mailboxes.health.record.copy', { field: t(`mailboxes.health.record.${field}`) })}>
                      {copied ? t('common.copied') : t('common.copy')}
                    </Button>
                  )}
                </CopyButton>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** The last check in one line; nothing while there was none, or where the user cannot change the domain. */
export function DomainHealthLine({ mailboxId, onOpen }: { mailboxId: string; onOpen: () => void }) {
  const { data } = useQuery(api.mailboxes.health.queryOptions({ input: { id: mailboxId } }));
  if (!data || data.checkedAt === null || data.managed) return null;
  const problems = data.checks.filter(({ state }) => state === 'problem');
  const unknown = data.checks.filter(({ state }) => state === 'unknown');
  const names = (checks: readonly DomainCheck[]) => checks.map(({ check }) => t(`mailboxes.health.short.${check}`)).join(', ');
  const [text, color] =
    problems.length > 0
      ? [t('mailboxes.health.line.problem', { names: names(problems) }), 'red']
      : unknown.length > 0
        ? [t('mailboxes.health.line.unknown', { names: names(unknown) }), 'gray']
        : [t('mailboxes.health.line.ok'), 'pine'];
  return (
    <Badge component="button" type="button" variant="light" color={color} tt="none" fw={560} mt={6} onClick={onOpen} style={{ cursor: 'pointer' }}>
      {text}
    </Badge>
  );
}
