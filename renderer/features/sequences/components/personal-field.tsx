import { Checkbox, Radio, Stack } from '@mantine/core';
import type { EmailStep, GraphIssue, PersonalBlock } from '../../../../shared/schemas/sequence.ts';
import { TaggedField } from '../../../components/mail-editor/tagged-field.tsx';
import { t } from '../../../lib/messages/index.ts';
import { withoutPersonal, withPersonal } from '../model/personal.ts';

interface Props {
  readonly step: EmailStep;
  readonly issues: readonly GraphIssue[];
  /** `texts` = the texts of the mail changed, too. */
  readonly onChange: (change: (step: EmailStep) => EmailStep, texts: boolean) => void;
}

/** Whether the mail has a passage for each person, what it should say, and what stands there without one. */
export function PersonalField({ step, issues, onChange }: Props) {
  const { personal } = step;
  const set = (change: Partial<PersonalBlock>) =>
    onChange((before) => (before.personal === undefined ? before : { ...before, personal: { ...before.personal, ...change } }), false);
  const blocking = issues.find((issue) => issue.field === 'personal' && issue.blocking)?.message ?? null;
  return (
    <section aria-label={t('steps.personal')}>
      <Checkbox
        label={t('steps.personal')}
        description={t('steps.personalHint', { tag: '{{ personal.block }}' })}
        checked={personal !== undefined}
        data-field="personal"
        onChange={(event) => onChange(event.currentTarget.checked ? withPersonal : withoutPersonal, true)}
      />
      {personal !== undefined && (
        <Stack gap="md" mt="md" ms={28}>
          <TaggedField
            multiline
            minRows={2}
            label={t('steps.personal.instruction')}
            name="personalInstruction"
            value={personal.instruction}
            maxLength={2000}
            placeholder={t('steps.personal.instructionPlaceholder', { tag: '{{ company }}' })}
            hint={t('steps.personal.instructionHint')}
            onChange={(instruction) => set({ instruction })}
          />
          <TaggedField
            multiline
            minRows={2}
            label={t('steps.personal.fallback')}
            name="personalFallback"
            value={personal.fallback}
            maxLength={1000}
            placeholder={t('steps.personal.fallbackPlaceholder', { tag: '{{ company }}' })}
            hint={t('steps.personal.fallbackHint')}
            error={blocking}
            onChange={(fallback) => set({ fallback })}
          />
          <Radio.Group
            label={t('steps.personal.unapproved')}
            value={step.review === true ? 'hold' : personal.unapproved}
            onChange={(value) => set({ unapproved: value === 'fallback' ? 'fallback' : 'hold' })}
          >
            <Stack gap={6} mt={6}>
              <Radio value="hold" label={t('steps.personal.hold')} />
              <Radio value="fallback" label={t('steps.personal.leave')} disabled={step.review === true} />
            </Stack>
          </Radio.Group>
        </Stack>
      )}
    </section>
  );
}
