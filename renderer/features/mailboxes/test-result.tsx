import { Group, Paper, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react';
import type { MailboxTest } from '../../../shared/schemas/mailbox.ts';
import { t } from '../../lib/messages/index.ts';

type Side = MailboxTest['smtp'];

/** What a test found, side by side: how far each came and what to do. */
export function TestResult({ result }: { result: MailboxTest }) {
  return (
    <Paper p="md" role="status" bg="var(--homing-surface-2)">
      <Stack gap="sm">
        <SideLine name={t('mailboxes.result.smtp')} side={result.smtp} />
        <SideLine name={t('mailboxes.result.imap')} side={result.imap} />
        {result.roundTrip && <SideLine name={t('mailboxes.result.roundTrip')} side={result.roundTrip} />}
        {result.ok && (
          <Text size="xs" c="dimmed">
            {t(`mailboxes.sentCopy.${result.sentCopy}`)}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function SideLine({ name, side }: { name: string; side: Side }) {
  const skipped = side.stage === 'skipped';
  const outcome = skipped ? t('mailboxes.result.skipped') : side.ok ? t('mailboxes.result.ok') : t('mailboxes.result.failed', { stage: t(`mailboxes.stage.${side.stage}`) });
  const SideIcon = skipped ? IconCircleDashed : side.ok ? IconCircleCheck : IconCircleX;
  return (
    <Group gap="sm" align="flex-start" wrap="nowrap">
      <SideIcon size={20} aria-hidden style={{ flex: 'none', color: skipped ? 'var(--homing-quiet)' : side.ok ? 'var(--homing-good)' : 'var(--homing-bad)' }} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={600}>
          {name}: {outcome}{' '}
          {!skipped && (
            <Text component="span" size="xs" c="dimmed" className="h-num">
              {t('mailboxes.result.ms', { ms: Math.round(side.durationMs) })}
            </Text>
          )}
        </Text>
        {side.message !== '' && (
          <Text size="sm" c={side.ok ? 'dimmed' : 'inherit'} style={{ overflowWrap: 'anywhere' }}>
            {side.message}
          </Text>
        )}
      </div>
    </Group>
  );
}
