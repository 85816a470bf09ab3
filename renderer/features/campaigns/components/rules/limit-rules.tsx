import { SimpleGrid, Slider, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { t } from '../../../../lib/messages/index.ts';
import { Advanced, LimitField, type RulesProps } from './fields.tsx';

/** How many mails of this campaign may leave. */
export function LimitRules({ rules, onChange }: RulesProps) {
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <LimitField label={t('campaigns.rules.maxPerDay')} value={rules.maxPerDay} onChange={(maxPerDay) => onChange({ maxPerDay })} />
        <LimitField label={t('campaigns.rules.maxNewPerDay')} value={rules.maxNewPerDay} onChange={(maxNewPerDay) => onChange({ maxNewPerDay })} />
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt={-4}>
        {t('campaigns.rules.limitHint')}
      </Text>
      <Advanced used={rules.maxPerDomainPerDay !== null || rules.maxPerCompanyPerDay !== null || rules.followUpShare < 100}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <LimitField
            label={t('campaigns.rules.maxPerDomain')}
            hint={t('campaigns.rules.maxPerDomain.hint')}
            value={rules.maxPerDomainPerDay}
            onChange={(maxPerDomainPerDay) => onChange({ maxPerDomainPerDay })}
          />
          <LimitField label={t('campaigns.rules.maxPerCompany')} value={rules.maxPerCompanyPerDay} onChange={(maxPerCompanyPerDay) => onChange({ maxPerCompanyPerDay })} />
        </SimpleGrid>
        <ShareField share={rules.followUpShare} onChange={(followUpShare) => onChange({ followUpShare })} />
      </Advanced>
    </Stack>
  );
}

function ShareField({ share, onChange }: { readonly share: number; readonly onChange: (share: number) => void }) {
  const [moving, setMoving] = useState<number | null>(null);
  const shown = moving ?? share;
  const words = shown === 100 ? t('campaigns.rules.share.first') : shown === 0 ? t('campaigns.rules.share.none') : t('campaigns.rules.share.part', { share: shown });
  return (
    <div>
      <Text size="sm" fw={500} id="follow-up-share">
        {t('campaigns.rules.share')}
      </Text>
      <Slider
        aria-labelledby="follow-up-share"
        thumbProps={{ 'aria-label': t('campaigns.rules.share'), 'aria-valuetext': words }}
        maw={420}
        my="xs"
        step={5}
        label={null}
        value={shown}
        onChange={setMoving}
        onChangeEnd={(next) => {
          setMoving(null);
          onChange(next);
        }}
      />
      <Text size="xs" c="dimmed">
        {words}
      </Text>
    </div>
  );
}
