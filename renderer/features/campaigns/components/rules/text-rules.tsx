import { SimpleGrid } from '@mantine/core';
import { t } from '../../../../lib/messages/index.ts';
import { Choice, type RulesProps } from './fields.tsx';

/** How texts are sent, and who may come again. */
export function TextRules({ rules, onChange }: RulesProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <Choice
        label={t('campaigns.rules.missing')}
        value={rules.onMissingValue}
        options={(['hold', 'blank'] as const).map((value) => [value, t(`campaigns.rules.missing.${value}`)] as const)}
        onChange={(onMissingValue) => onChange({ onMissingValue })}
      />
      <Choice
        label={t('campaigns.rules.plainText')}
        value={rules.plainText}
        options={(['never', 'first_mail', 'always'] as const).map((value) => [value, t(`campaigns.rules.plainText.${value}`)] as const)}
        onChange={(plainText) => onChange({ plainText })}
      />
      <Choice
        label={t('campaigns.rules.reEnrol')}
        value={rules.reEnrol}
        options={(['never', 'when_finished'] as const).map((value) => [value, t(`campaigns.rules.reEnrol.${value}`)] as const)}
        onChange={(reEnrol) => onChange({ reEnrol })}
      />
    </SimpleGrid>
  );
}
