import { Group, NumberInput, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { triesOf } from '../../../shared/backoff.ts';
import { retryPolicySchema, type RetryPolicy } from '../../../shared/schemas/settings.ts';
import { t } from '../../lib/messages/index.ts';
import classes from './settings.module.css';

const growths = ['exponential', 'linear', 'fibonacci'] as const;
/** More tries than this would be a bar code. */
const mostDrawn = 60;

/** When a mail that met a temporary answer is tried again, with a picture of the tries that follow. */
export function RetryChoices({ policy, onSave }: { policy: RetryPolicy; onSave: (policy: RetryPolicy) => void }) {
  const [draft, setDraft] = useState(policy);
  const save = useDebouncedCallback(onSave, 500);
  const change = (patch: Partial<RetryPolicy>) => {
    const next = { ...draft, ...patch };
    setDraft(next);
    if (retryPolicySchema.safeParse(next).success) save(next);
  };
  const number = (field: 'firstMinutes' | 'capMinutes' | 'maxAgeHours', max: number) => ({
    label: t(`settings.retry.${field}`),
    value: draft[field],
    min: 1,
    max,
    clampBehavior: 'blur' as const,
    allowDecimal: false,
    onChange: (value: string | number) => {
      if (typeof value === 'number') change({ [field]: value });
    },
  });
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed" maw={720}>
        {t('settings.retry.text')}
      </Text>
      <SegmentedControl
        aria-label={t('settings.retry.growth')}
        size="sm"
        style={{ alignSelf: 'flex-start' }}
        data={growths.map((value) => ({ value, label: t(`settings.retry.${value}`) }))}
        value={draft.growth}
        onChange={(value) => change({ growth: value as RetryPolicy['growth'] })}
      />
      <Group grow gap="md" align="flex-start" maw={720}>
        <NumberInput {...number('firstMinutes', 1440)} suffix={t('settings.retry.minutes')} />
        <NumberInput {...number('capMinutes', 10_080)} suffix={t('settings.retry.minutes')} />
        <NumberInput {...number('maxAgeHours', 720)} suffix={t('settings.retry.hours')} />
      </Group>
      <Tries policy={draft} />
    </Stack>
  );
}

/** A line from the first try to the age at which a mail is given up, with a mark per try. */
function Tries({ policy }: { policy: RetryPolicy }) {
  const tries = triesOf(policy, mostDrawn);
  const end = policy.maxAgeHours * 60;
  const words = t('settings.retry.tries', { count: tries.length, times: tries.slice(0, 5).map(duration).join(', '), end: duration(end) });
  return (
    <figure className={classes['tries']}>
      <svg viewBox="0 0 1000 34" preserveAspectRatio="none" aria-hidden="true">
        <line x1="0" x2="1000" y1="17" y2="17" className={classes['axis']} />
        {[0, ...tries].map((at) => (
          <line key={at} x1={2 + (996 * at) / end} x2={2 + (996 * at) / end} y1={at === 0 ? 3 : 8} y2={at === 0 ? 31 : 26} className={classes['try']} />
        ))}
      </svg>
      <div className={classes['ends']}>
        <span>{t('settings.retry.first')}</span>
        <span>{t('settings.retry.end', { end: duration(end) })}</span>
      </div>
      <figcaption>{words}</figcaption>
    </figure>
  );
}

function duration(minutes: number): string {
  if (minutes < 60) return t('settings.retry.inMinutes', { n: Math.round(minutes) });
  if (minutes < 48 * 60) return t('settings.retry.inHours', { n: Math.round(minutes / 6) / 10 });
  return t('settings.retry.inDays', { n: Math.round(minutes / 144) / 10 });
}
