import { Divider, Group, NumberInput, Radio, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { CampaignRules } from '../../../../shared/schemas/campaign.ts';
import { CalendarEditor } from '../../../components/calendar-editor.tsx';
import { t } from '../../../lib/messages/index.ts';
import { fromLocalInput, toLocalInput } from '../model/campaign-form.ts';

interface Props {
  readonly rules: CampaignRules;
  readonly onChange: (change: Partial<CampaignRules>) => void;
}

const usualWaking = { start: '07:00', end: '21:00' };

/** When mails of a campaign may leave, how many, and what happens in special cases. */
export function RulesForm({ rules, onChange }: Props) {
  const waking = rules.wakingHours;
  return (
    <Stack gap="lg">
      <Stack gap="sm">
        <CalendarEditor value={rules.calendar} zoneHint={t('campaigns.rules.zoneHint')} onChange={(calendar) => onChange({ calendar })} />
        <Switch label={t('campaigns.rules.useContactZone')} checked={rules.useContactZone} onChange={(event) => onChange({ useContactZone: event.currentTarget.checked })} />
        <Group gap="md" mih={34}>
          <Switch label={t('campaigns.rules.waking')} checked={waking !== null} onChange={(event) => onChange({ wakingHours: event.currentTarget.checked ? usualWaking : null })} />
          {waking && (
            <Group gap={6} wrap="nowrap">
              <TextInput
                type="time"
                size="xs"
                aria-label={t('campaigns.rules.wakingFrom')}
                value={waking.start}
                onChange={(event) => event.currentTarget.value && onChange({ wakingHours: { ...waking, start: event.currentTarget.value } })}
              />
              <span aria-hidden>–</span>
              <TextInput
                type="time"
                size="xs"
                aria-label={t('campaigns.rules.wakingTo')}
                value={waking.end === '24:00' ? '00:00' : waking.end}
                onChange={(event) =>
                  event.currentTarget.value && onChange({ wakingHours: { ...waking, end: event.currentTarget.value === '00:00' ? '24:00' : event.currentTarget.value } })
                }
              />
            </Group>
          )}
        </Group>
      </Stack>
      <Divider label={t('campaigns.rules.limits')} labelPosition="left" />
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
        <StartField startAt={rules.startAt} onChange={(startAt) => onChange({ startAt })} />
        <LimitField label={t('campaigns.rules.maxPerDay')} value={rules.maxPerDay} onChange={(maxPerDay) => onChange({ maxPerDay })} />
        <LimitField label={t('campaigns.rules.maxNewPerDay')} value={rules.maxNewPerDay} onChange={(maxNewPerDay) => onChange({ maxNewPerDay })} />
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt={-10}>
        {t('campaigns.rules.limitHint')}
      </Text>
      <Divider label={t('campaigns.rules.special')} labelPosition="left" />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <Radio.Group label={t('campaigns.rules.missing')} value={rules.onMissingValue} onChange={(value) => onChange({ onMissingValue: value as CampaignRules['onMissingValue'] })}>
          <Stack gap={6} mt={6}>
            <Radio value="hold" label={t('campaigns.rules.missing.hold')} />
            <Radio value="blank" label={t('campaigns.rules.missing.blank')} />
          </Stack>
        </Radio.Group>
        <Radio.Group label={t('campaigns.rules.reEnrol')} value={rules.reEnrol} onChange={(value) => onChange({ reEnrol: value as CampaignRules['reEnrol'] })}>
          <Stack gap={6} mt={6}>
            <Radio value="never" label={t('campaigns.rules.reEnrol.never')} />
            <Radio value="when_finished" label={t('campaigns.rules.reEnrol.when_finished')} />
          </Stack>
        </Radio.Group>
      </SimpleGrid>
      <StaleField hours={rules.staleAfterHours} onChange={(staleAfterHours) => onChange({ staleAfterHours })} />
    </Stack>
  );
}

/** A date field keeps what is half typed; only a whole moment, or nothing, is a value. */
function StartField({ startAt, onChange }: { readonly startAt: number | null; readonly onChange: (startAt: number | null) => void }) {
  return (
    <TextInput
      type="datetime-local"
      label={t('campaigns.rules.startAt')}
      value={toLocalInput(startAt)}
      onChange={(event) => {
        const { value, validity } = event.currentTarget;
        if (!validity.badInput) onChange(fromLocalInput(value));
      }}
    />
  );
}

function LimitField({ label, value, onChange }: { readonly label: string; readonly value: number | null; readonly onChange: (value: number | null) => void }) {
  return (
    <NumberInput
      label={label}
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

function StaleField({ hours, onChange }: { readonly hours: number; readonly onChange: (hours: number) => void }) {
  const [typed, setTyped] = useState<number | string>(hours);
  return (
    <Group gap="sm" align="center">
      <Text size="sm" component="label" htmlFor="stale-hours">
        {t('campaigns.rules.stale')}
      </Text>
      <NumberInput
        id="stale-hours"
        w={110}
        value={typed}
        min={1}
        max={8760}
        suffix=" h"
        allowNegative={false}
        onChange={(value) => {
          setTyped(value);
          if (typeof value === 'number' && value >= 1 && value <= 8760) onChange(value);
        }}
        onBlur={() => setTyped(hours)}
      />
    </Group>
  );
}
