import { Button, Collapse, NumberInput, Radio, Stack } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import type { CampaignRules } from '../../../../../shared/schemas/campaign.ts';
import { t } from '../../../../lib/messages/index.ts';

/** What each part of the rules gets. */
export interface RulesProps {
  readonly rules: CampaignRules;
  readonly onChange: (change: Partial<CampaignRules>) => void;
}

/** A limit that may be left empty. */
export function LimitField({
  label,
  hint,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}) {
  return (
    <NumberInput
      label={label}
      description={hint}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      placeholder={t('campaigns.rules.noLimit')}
      value={value ?? ''}
      min={1}
      max={1_000_000}
      allowDecimal={false}
      allowNegative={false}
      onChange={(next) => onChange(typeof next === 'number' && next >= 1 ? next : null)}
    />
  );
}

interface NumberRuleProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly suffix?: string;
  readonly decimals?: number;
  readonly onChange: (value: number) => void;
}

/** A number that is always needed: what is typed stays, only a value in its range is a rule; leaving the field shows what holds. */
export function NumberRule({ label, value, min, max, suffix, decimals = 0, onChange }: NumberRuleProps) {
  const [typed, setTyped] = useState<number | string | null>(null);
  const bad = typed !== null && (typeof typed !== 'number' || typed < min || typed > max);
  return (
    <NumberInput
      label={label}
      value={typed ?? value}
      allowNegative={false}
      allowDecimal={decimals > 0}
      decimalScale={decimals}
      clampBehavior="none"
      error={bad ? t('campaigns.rules.range', { min, max }) : undefined}
      {...(suffix === undefined ? {} : { suffix })}
      onChange={(next) => {
        setTyped(next);
        if (typeof next === 'number' && next >= min && next <= max) onChange(next);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

/** One of a few, all of them visible. */
export function Choice<Value extends string>({
  label,
  hint,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
}) {
  return (
    <Radio.Group label={label} description={hint} value={value} onChange={(next) => onChange(next as Value)}>
      <Stack gap={6} mt={6}>
        {options.map(([option, words]) => (
          <Radio key={option} value={option} label={words} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** Settings that most people never need, folded away unless one of them is in use. */
export function Advanced({ used, children }: { readonly used: boolean; readonly children: ReactNode }) {
  const [opened, setOpened] = useState(used);
  const id = useId();
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        ms={-8}
        aria-expanded={opened}
        aria-controls={id}
        leftSection={opened ? <IconChevronDown size={15} /> : <IconChevronRight size={15} />}
        onClick={() => setOpened(!opened)}
      >
        {t('campaigns.rules.advanced')}
      </Button>
      <Collapse expanded={opened} id={id}>
        <Stack gap="md" pt="sm">
          {children}
        </Stack>
      </Collapse>
    </div>
  );
}
