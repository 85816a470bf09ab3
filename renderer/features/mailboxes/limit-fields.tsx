import { Group, NumberInput, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { t } from '../../lib/messages/index.ts';
import type { MailboxFormApi } from './model.ts';

/** How much may leave from a mailbox: limits, gaps, ramp-up and human day. */
export function LimitFields({ form, providerNote, rampNow }: { form: MailboxFormApi; providerNote: string | null; rampNow: number | null }) {
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('mailboxes.limits.hint')} {providerNote}
      </Text>
      <SimpleGrid cols={2} spacing="md">
        <NumberInput label={t('mailboxes.limits.perDay')} min={1} max={100_000} allowDecimal={false} {...form.getInputProps('limits.perDay')} />
        <NumberInput label={t('mailboxes.limits.perHour')} min={1} max={100_000} allowDecimal={false} {...form.getInputProps('limits.perHour')} />
        <NumberInput
          label={t('mailboxes.limits.per24')}
          placeholder={t('mailboxes.limits.per24.hint')}
          min={1}
          max={100_000}
          allowDecimal={false}
          {...form.getInputProps('limits.per24Hours')}
        />
        <NumberInput label={t('mailboxes.limits.connections')} min={1} max={20} allowDecimal={false} {...form.getInputProps('limits.connections')} />
        <NumberInput label={t('mailboxes.limits.minGap')} min={0} max={86_400} {...form.getInputProps('limits.minGapSeconds')} />
        <NumberInput label={t('mailboxes.limits.maxGap')} min={0} max={86_400} {...form.getInputProps('limits.maxGapSeconds')} />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {t('mailboxes.limits.gap.hint')}
      </Text>
      <RampUp form={form} rampNow={rampNow} />
      <Switch label={t('mailboxes.limits.humanDay')} description={t('mailboxes.limits.humanDay.hint')} {...form.getInputProps('humanDay', { type: 'checkbox' })} />
    </Stack>
  );
}

function RampUp({ form, rampNow }: { form: MailboxFormApi; rampNow: number | null }) {
  const { rampUpOn, rampUp, limits } = form.values;
  const days =
    rampUp.startPerDay === '' || rampUp.stepPerDay === '' || limits.perDay === '' || rampUp.stepPerDay < 1
      ? null
      : Math.max(0, Math.ceil((limits.perDay - rampUp.startPerDay) / rampUp.stepPerDay));
  return (
    <Stack gap="sm">
      <Switch label={t('mailboxes.limits.rampUp')} description={t('mailboxes.limits.rampUp.hint')} {...form.getInputProps('rampUpOn', { type: 'checkbox' })} />
      {rampUpOn && (
        <>
          <Group grow align="flex-start">
            <NumberInput label={t('mailboxes.limits.rampUp.start')} min={1} max={10_000} allowDecimal={false} {...form.getInputProps('rampUp.startPerDay')} />
            <NumberInput label={t('mailboxes.limits.rampUp.step')} min={1} max={1000} allowDecimal={false} {...form.getInputProps('rampUp.stepPerDay')} />
          </Group>
          <Text size="xs" c="dimmed">
            {days !== null && t('mailboxes.limits.rampUp.full', { days, perDay: Number(limits.perDay) })}{' '}
            {rampNow !== null && t('mailboxes.limits.rampUp.now', { perDay: rampNow })}
          </Text>
        </>
      )}
    </Stack>
  );
}
