import { Group, NumberInput, SegmentedControl, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { draftLanguages, draftTones, type SequenceBrief } from '../../../../shared/schemas/sequence-draft.ts';
import { languageName } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';

export const emptyBrief: SequenceBrief = { offer: '', audience: '', goal: '', facts: '', tone: 'plain', language: 'en', mails: 3 };

interface Props {
  readonly brief: SequenceBrief;
  readonly disabled: boolean;
  readonly onChange: (change: Partial<SequenceBrief>) => void;
}

/** What a sequence is to be about. Its mails may say nothing else. */
export function BriefFields({ brief, disabled, onChange }: Props) {
  return (
    <fieldset disabled={disabled} aria-label={t('brief.title')} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('brief.text')}
        </Text>
        <TextInput
          label={t('brief.offer')}
          placeholder={t('brief.offerExample')}
          withAsterisk
          maxLength={600}
          value={brief.offer}
          onChange={(event) => onChange({ offer: event.currentTarget.value })}
        />
        <TextInput
          label={t('brief.audience')}
          placeholder={t('brief.audienceExample')}
          maxLength={300}
          value={brief.audience}
          onChange={(event) => onChange({ audience: event.currentTarget.value })}
        />
        <TextInput
          label={t('brief.goal')}
          placeholder={t('brief.goalExample')}
          withAsterisk
          maxLength={200}
          value={brief.goal}
          onChange={(event) => onChange({ goal: event.currentTarget.value })}
        />
        <Textarea
          label={t('brief.facts')}
          description={t('brief.factsHint')}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={3000}
          value={brief.facts}
          onChange={(event) => onChange({ facts: event.currentTarget.value })}
        />
        <Group gap="lg" align="flex-end">
          <div>
            <Text size="sm" fw={600} mb={2} id="brief-tone">
              {t('brief.tone')}
            </Text>
            <SegmentedControl
              aria-labelledby="brief-tone"
              disabled={disabled}
              value={brief.tone}
              data={draftTones.map((value) => ({ value, label: t(`brief.tone.${value}`) }))}
              onChange={(tone) => onChange({ tone })}
            />
          </div>
          <Select
            label={t('brief.language')}
            w={150}
            allowDeselect={false}
            data={draftLanguages.map((value) => ({ value, label: languageName(value) }))}
            value={brief.language}
            onChange={(language) => language !== null && onChange({ language })}
          />
          <NumberInput
            label={t('brief.mails')}
            w={96}
            min={1}
            max={7}
            clampBehavior="strict"
            allowDecimal={false}
            value={brief.mails}
            onChange={(mails) => typeof mails === 'number' && mails >= 1 && onChange({ mails })}
          />
        </Group>
      </Stack>
    </fieldset>
  );
}
