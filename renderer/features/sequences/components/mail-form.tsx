import { Checkbox, Group, Stack, Text } from '@mantine/core';
import { IconArrowsJoin, IconGitBranch, IconMailPlus, IconMessages } from '@tabler/icons-react';
import { useState } from 'react';
import { copyFigures } from '../../../../shared/copy-lint.ts';
import type { EmailStep, GraphIssue, SequenceGraph, Template } from '../../../../shared/schemas/sequence.ts';
import { ToneBadge } from '../../../components/state-badge.tsx';
import { t } from '../../../lib/messages/index.ts';
import { previousSubject, threadState, updateAttachments, updateVariant } from '../model/graph.ts';
import { AttachmentsField } from './attachments-field.tsx';
import { AssistPanel } from '../../../components/mail-editor/assist/assist-panel.tsx';
import { MailEditor } from '../../../components/mail-editor/mail-editor.tsx';
import { useTemplateActions } from '../../../components/mail-editor/api.ts';
import { TemplateMenu } from '../../../components/mail-editor/template-menu.tsx';
import { notifyDone } from '../../../components/notify.tsx';
import { PersonalField } from './personal-field.tsx';
import { VariantNumbersLine } from './variant-numbers.tsx';
import { VariantTabs } from './variant-tabs.tsx';

/** What the card of a mail says: its name and its subject, or the one that it answers. */
export function mailTitle(graph: SequenceGraph, step: EmailStep, name: string): string {
  const own = (step.variants.find((variant) => variant.active) ?? step.variants[0])?.subject.trim() ?? '';
  if (own !== '') return `${name} · ${own}`;
  if (threadState(graph, step.id) === 'first') return `${name} · ${t('sequences.noSubject')}`;
  const subject = previousSubject(graph, step.id);
  return `${name} · ${subject === null ? t('sequences.replyUnknown') : t('sequences.replySubject', { subject })}`;
}

/** The beginning of its text. */
export function mailDetail(step: EmailStep): string {
  const variant = step.variants.find((found) => found.active) ?? step.variants[0];
  const body = (variant?.text.trim() || (variant?.html ?? '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
  if (body === '') return t('sequences.noBody');
  const parts = [t('sequences.words', { count: copyFigures({ html: variant?.html ?? '', text: variant?.text ?? '' }).words })];
  if (step.variants.length > 1) parts.push(t('sequences.variantCount', { count: step.variants.length }));
  if (step.attachments !== undefined) parts.push(t('sequences.fileCount', { count: step.attachments.length }));
  return `${parts.join(' · ')} · ${body.slice(0, 160)}`;
}

export const threadIcons = { first: IconMailPlus, continues: IconArrowsJoin, new: IconMessages, mixed: IconGitBranch } as const;

/** Whether a mail goes on in the thread of the one before. */
export function ThreadBadge({ graph, step }: { readonly graph: SequenceGraph; readonly step: EmailStep }) {
  const thread = threadState(graph, step.id);
  return (
    <span style={{ flex: 'none' }}>
      <ToneBadge tone={thread === 'mixed' ? 'warn' : thread === 'continues' ? 'info' : 'quiet'} icon={threadIcons[thread]} title={t(`sequences.threadHint.${thread}`)}>
        {t(`sequences.thread.${thread}`)}
      </ToneBadge>
    </span>
  );
}

interface Props {
  readonly sequenceId: string;
  readonly step: EmailStep;
  readonly graph: SequenceGraph;
  readonly issues: readonly GraphIssue[];
  readonly variantId: string;
  readonly onVariant: (variantId: string) => void;
  readonly onChange: (change: (step: EmailStep) => EmailStep) => void;
}

/** Edits a mail: its variants, their texts, and whether a person reads each of them first. */
export function MailForm({ sequenceId, step, graph, issues, variantId, onVariant, onChange }: Props) {
  const variant = step.variants.find((found) => found.id === variantId) ?? step.variants[0];
  const { create } = useTemplateActions();
  /** What was put into the text from outside may be written in another way: the editor begins anew. */
  const [inserted, setInserted] = useState(0);
  if (!variant) return null;
  const insert = ({ name, subject, html, text }: Template) => {
    onChange((before) => updateVariant(before, variant.id, { html, text, ...(subject === '' ? {} : { subject }) }));
    setInserted((count) => count + 1);
    notifyDone(t('editor.inserted', { name }));
  };
  const keep = (name: string) => {
    const { subject, html, text } = variant;
    create.mutate({ name, subject, html, text }, { onSuccess: () => notifyDone(t('editor.kept', { name })) });
  };
  const general = issues.filter((issue) => issue.field === null || !['subject', 'html', 'text', 'body', 'personal'].includes(issue.field));
  return (
    <div>
      <Group mb="md" justify="space-between">
        <div style={{ flex: 1 }}>
          <VariantTabs sequenceId={sequenceId} step={step} current={variant.id} onChoose={onVariant} onChange={(next) => onChange(() => next)} />
          <VariantNumbersLine sequenceId={sequenceId} stepId={step.id} variantId={variant.id} />
        </div>
        <TemplateMenu kind="mail" field={t('sequences.body')} onInsert={insert} onKeep={keep} />
      </Group>
      {general.map((issue) => (
        <Text key={`${issue.code}-${issue.message}`} size="sm" mb="sm" c={issue.blocking ? 'var(--mantine-color-error)' : 'dimmed'}>
          {issue.message}
        </Text>
      ))}
      <Stack gap="md">
        <MailEditor
          key={`${variant.id}-${inserted}`}
          variant={variant}
          isFirst={threadState(graph, step.id) === 'first'}
          previousSubject={previousSubject(graph, step.id)}
          issues={issues.filter((issue) => issue.variantId === null || issue.variantId === variant.id)}
          onChange={(change) => onChange((before) => updateVariant(before, variant.id, change))}
        />
        <AssistPanel
          key={`assist-${variant.id}`}
          mail={variant}
          place={{ sequenceId, stepId: step.id }}
          onChange={(change) => onChange((before) => updateVariant(before, variant.id, change))}
        />
        <AttachmentsField attachments={step.attachments ?? []} onChange={(change) => onChange((before) => updateAttachments(before, change))} />
        <PersonalField
          step={step}
          issues={issues}
          onChange={(change, texts) => {
            onChange(change);
            if (texts) setInserted((count) => count + 1);
          }}
        />
        <Checkbox
          label={t('steps.review')}
          description={t('steps.reviewHint')}
          checked={step.review === true}
          onChange={(event) => {
            const review = event.currentTarget.checked;
            onChange(({ review: _review, ...before }) => (review ? { ...before, review } : before));
          }}
        />
      </Stack>
    </div>
  );
}
