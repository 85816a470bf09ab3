import { Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { WaitStep } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import { fromWaitForm, maxAmount, parseDuration, toWaitForm, waitUnits, type WaitForm as Form, type WaitUnit } from '../model/duration.ts';
import { waitSentence } from '../words.ts';

/** Edits a wait as amount and unit, and says in a sentence what it means. What cannot be stored stays in the field. */
export function WaitForm({
  step,
  error,
  onChange,
}: {
  readonly step: WaitStep;
  readonly error: string | null;
  readonly onChange: (change: Pick<WaitStep, 'duration' | 'businessDays'>) => void;
}) {
  const stored = toWaitForm(step.duration, step.businessDays);
  const [typed, setTyped] = useState<Form | null>(null);
  const form = typed ?? stored;
  const problem = form.unit === 'other' ? isoProblem(form) : null;

  const change = (next: Form) => {
    const meant = fromWaitForm(next);
    const valid = next.unit !== 'other' || isoProblem(next) === null;
    if (valid) onChange(meant);
    // An unfinished duration, an empty number or the unit `other` exist only here until they mean something.
    setTyped(next.unit === 'other' || Number.isNaN(next.amount) ? next : null);
  };

  return (
    <Stack gap="sm">
      <Group align="flex-start" gap="sm">
        {form.unit === 'other' ? (
          <TextInput
            label={t('sequences.isoField')}
            value={form.iso}
            maxLength={40}
            w={160}
            error={problem}
            onChange={(event) => change({ ...form, iso: event.currentTarget.value })}
            data-field="duration"
            spellCheck={false}
          />
        ) : (
          <NumberInput
            label={t('sequences.amount')}
            value={Number.isNaN(form.amount) ? '' : form.amount}
            min={0}
            max={maxAmount[form.unit]}
            allowDecimal={false}
            allowNegative={false}
            clampBehavior="strict"
            hideControls={false}
            w={120}
            onChange={(value) => change({ ...form, amount: typeof value === 'number' ? value : Number.NaN })}
            onBlur={() => setTyped(null)}
            data-field="duration"
          />
        )}
        <Select
          label={t('sequences.unit')}
          w={190}
          allowDeselect={false}
          data={waitUnits.map((unit) => ({ value: unit, label: t(`sequences.unit.${unit}`) }))}
          value={form.unit}
          onChange={(value) => {
            const unit = value as WaitUnit;
            change(
              unit === 'other'
                ? { ...form, unit, iso: step.duration, businessDays: step.businessDays }
                : { ...form, unit, amount: form.unit === 'other' ? Math.max(1, form.amount) : form.amount },
            );
          }}
        />
      </Group>
      <Text size="sm" c={error ? 'var(--mantine-color-error)' : 'dimmed'}>
        {error ?? waitSentence(step.duration, step.businessDays)}
      </Text>
    </Stack>
  );
}

function isoProblem(form: Form): string | null {
  const parts = parseDuration(form.iso.trim().toUpperCase());
  if (!parts) return t('sequences.isoInvalid');
  return form.businessDays && parts.hours + parts.minutes + parts.seconds > 0 ? t('sequences.isoWorkdays') : null;
}
