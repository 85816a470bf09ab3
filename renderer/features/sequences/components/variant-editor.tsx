import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import type { GraphIssue, Variant } from '../../../../shared/schemas/sequence.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { t } from '../../../lib/messages/index.ts';
import { countWords, htmlToText, textToHtml } from '../model/merge-tags.ts';
import { TaggedField } from './tagged-field.tsx';

interface Props {
  readonly variant: Variant;
  readonly isFirst: boolean;
  readonly previousSubject: string | null;
  readonly issues: readonly GraphIssue[];
  readonly onChange: (change: Partial<Variant>) => void;
}

const subjectMax = 998;
const bodyMax = 500_000;
const sampleTag = '{{ first_name | default: "there" }}';

/** Subject and body of one arm of a mail. Text and HTML are two ways of writing it; the other part is derived. */
export function VariantEditor({ variant, isFirst, previousSubject, issues, onChange }: Props) {
  const [html, setHtml] = useState(variant.html.trim() !== '');
  const issue = (blocking: boolean, ...fields: readonly string[]) =>
    issues.find((found) => found.blocking === blocking && found.field !== null && fields.includes(found.field))?.message ?? null;
  const bodyFields = html ? ['html', 'body'] : ['text', 'body'];
  const words = countWords(html ? variant.html : variant.text);

  const toHtml = () => {
    setHtml(true);
    if (variant.html.trim() === '') onChange({ html: textToHtml(variant.text), text: '' });
  };
  const toText = async () => {
    const sure =
      variant.html.trim() === '' || (await confirmDialog({ title: t('sequences.toTextTitle'), children: t('sequences.toTextText'), confirm: t('sequences.toTextConfirm') }));
    if (!sure) return;
    setHtml(false);
    onChange({ text: variant.text.trim() === '' ? htmlToText(variant.html) : variant.text, html: '' });
  };

  return (
    <Stack gap="md">
      <TaggedField
        label={t('sequences.subject')}
        name="subject"
        value={variant.subject}
        maxLength={subjectMax}
        placeholder={isFirst ? t('sequences.subjectFirst', { tag: '{{ company }}' }) : t('sequences.subjectFollowUp')}
        hint={isFirst ? undefined : previousSubject === null ? t('sequences.subjectFollowUpHintUnknown') : t('sequences.subjectFollowUpHint', { subject: previousSubject })}
        error={issue(true, 'subject')}
        advice={issue(false, 'subject')}
        onChange={(subject) => onChange({ subject })}
      />
      <TaggedField
        key={html ? 'html' : 'text'}
        multiline
        code={html}
        pictures={html}
        label={t('sequences.body')}
        name={html ? 'html' : 'text'}
        value={html ? variant.html : variant.text}
        maxLength={bodyMax}
        placeholder={html ? '<p>…</p>' : t('sequences.bodyPlaceholder', { tag: sampleTag })}
        error={issue(true, ...bodyFields)}
        advice={issue(false, ...bodyFields)}
        hint={`${t('sequences.words', { count: words })}${html ? '' : ` · ${t('sequences.textModeHint')}`}`}
        onChange={(body) => onChange(html ? { html: body } : { text: body })}
        aside={
          <SegmentedControl
            aria-label={t('sequences.mode')}
            value={html ? 'html' : 'text'}
            data={[
              { value: 'text', label: t('sequences.mode.text') },
              { value: 'html', label: t('sequences.mode.html') },
            ]}
            onChange={(mode) => {
              if (mode === 'html') toHtml();
              else void toText();
            }}
          />
        }
      />
      {html && (
        <TaggedField
          multiline
          minRows={2}
          label={t('sequences.textTwin')}
          name="text"
          value={variant.text}
          maxLength={bodyMax}
          hint={t('sequences.textTwinHint')}
          error={issue(true, 'text')}
          advice={issue(false, 'text')}
          onChange={(text) => onChange({ text })}
        />
      )}
    </Stack>
  );
}
