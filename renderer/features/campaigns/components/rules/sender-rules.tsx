import { SimpleGrid, Stack } from '@mantine/core';
import { t } from '../../../../lib/messages/index.ts';
import { Advanced, Choice, type RulesProps } from './fields.tsx';

/** Which mailbox writes to whom. */
export function SenderRules({ rules, onChange }: RulesProps) {
  return (
    <Stack gap="md">
      <Choice
        label={t('campaigns.rules.rotation')}
        value={rules.rotation}
        options={(['longest_idle', 'round_robin', 'health'] as const).map((value) => [value, t(`campaigns.rules.rotation.${value}`)] as const)}
        onChange={(rotation) => onChange({ rotation })}
      />
      <Advanced used={rules.providerMatching !== 'off' || rules.lostMailbox !== 'hold'}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
          <Choice
            label={t('campaigns.rules.provider')}
            value={rules.providerMatching}
            options={(['off', 'prefer', 'strict'] as const).map((value) => [value, t(`campaigns.rules.provider.${value}`)] as const)}
            onChange={(providerMatching) => onChange({ providerMatching })}
          />
          <Choice
            label={t('campaigns.rules.lost')}
            value={rules.lostMailbox}
            options={(['hold', 'move'] as const).map((value) => [value, t(`campaigns.rules.lost.${value}`)] as const)}
            onChange={(lostMailbox) => onChange({ lostMailbox })}
          />
        </SimpleGrid>
      </Advanced>
    </Stack>
  );
}
