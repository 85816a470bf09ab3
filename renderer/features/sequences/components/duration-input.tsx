import { Group, NumberInput, Select } from '@mantine/core';
import { t } from '../../../lib/messages/index.ts';
import { fromWaitForm, maxAmount, toWaitForm, type WaitUnit } from '../model/duration.ts';

const units = ['minutes', 'hours', 'days', 'weeks'] as const satisfies readonly WaitUnit[];

/** A length of time as amount and unit. One that no single unit expresses is shown as text until it is changed. */
export function DurationInput({ label, value, onChange }: { readonly label: string; readonly value: string; readonly onChange: (duration: string) => void }) {
  const form = toWaitForm(value, false);
  const unit = form.unit === 'other' || form.unit === 'workdays' ? 'days' : form.unit;
  const set = (amount: number, next: (typeof units)[number]) => onChange(fromWaitForm({ ...form, amount, unit: next, businessDays: false }).duration);
  return (
    <Group gap="xs" align="flex-end">
      <NumberInput
        label={label}
        w={100}
        min={0}
        max={maxAmount[unit]}
        allowDecimal={false}
        allowNegative={false}
        {...(form.unit === 'other' ? { placeholder: value } : {})}
        value={form.unit === 'other' ? '' : form.amount}
        onChange={(amount) => typeof amount === 'number' && set(amount, unit)}
      />
      <Select
        aria-label={`${label}: ${t('sequences.unit')}`}
        w={120}
        allowDeselect={false}
        data={units.map((one) => ({ value: one, label: t(`sequences.unit.${one}`) }))}
        value={unit}
        onChange={(next) => set(Math.max(form.amount, 0), next as (typeof units)[number])}
      />
    </Group>
  );
}
