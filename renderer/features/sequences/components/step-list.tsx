import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowsJoin, IconClockPlus, IconGitBranch, IconMailPlus, IconMessages } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { EmailStep, GraphIssue, SequenceGraph, Step } from '../../../../shared/schemas/sequence.ts';
import { ToneBadge } from '../../../components/state-badge.tsx';
import { t } from '../../../lib/messages/index.ts';
import {
  appendEmail,
  canMove,
  duplicateStep,
  insertStep,
  linearise,
  mailNumber,
  moveStep,
  newWaitStep,
  previousSubject,
  removeStep,
  restoreStep,
  suggestedWait,
  threadState,
  updateAttachments,
  updateStep,
  updateVariant,
} from '../model/graph.ts';
import { countWords } from '../model/merge-tags.ts';
import { waitName, waitSentence } from '../words.ts';
import { AttachmentsField } from './attachments-field.tsx';
import { StepCard } from './step-card.tsx';
import classes from './sequences.module.css';
import { VariantEditor } from './variant-editor.tsx';
import { VariantTabs } from './variant-tabs.tsx';
import { WaitForm } from './wait-form.tsx';

/** What is open in the editor: a step and, for mails, an arm. */
export interface Place {
  readonly stepId: string;
  readonly variantId: string;
}

interface Props {
  readonly graph: SequenceGraph;
  readonly issues: readonly GraphIssue[];
  readonly place: Place | null;
  readonly onPlace: (place: Place | null) => void;
  readonly onChange: (change: (graph: SequenceGraph) => SequenceGraph) => void;
}

/** The steps as a vertical list, complete by keyboard: every action is a button, and Alt with an arrow moves the step. */
export function StepList({ graph, issues, place, onPlace, onChange }: Props) {
  const steps = linearise(graph).steps;
  const list = useRef<HTMLOListElement>(null);
  const [focus, setFocus] = useState<string | null>(null);
  const [spoken, setSpoken] = useState('');

  // A moved or new step keeps the keyboard.
  useEffect(() => {
    if (focus === null) return;
    const item = list.current?.querySelector<HTMLElement>(`[data-step='${focus}']`);
    item?.querySelector<HTMLElement>('[data-step-toggle], button')?.focus();
    item?.scrollIntoView({ block: 'nearest' });
    setFocus(null);
  }, [focus]);

  const open = (stepId: string) => onPlace({ stepId, variantId: firstVariant(steps.find((step) => step.id === stepId)) });
  const nameOf = (step: Step) =>
    step.type === 'email' ? t('sequences.mailStep', { number: mailNumber(graph, step.id) ?? 0 }) : step.type === 'wait' ? t('sequences.waitStep') : t('sequences.exitStep');
  const move = (step: Step, by: number) => {
    if (!canMove(graph, step.id, by)) return;
    onChange((before) => moveStep(before, step.id, by));
    setFocus(step.id);
    setSpoken(t('sequences.moved', { name: nameOf(step), place: steps.indexOf(step) + by + 1, of: steps.length }));
  };
  const remove = (step: Step) => {
    const { removed } = removeStep(graph, step.id);
    if (!removed) return;
    const name = nameOf(step);
    onChange((before) => removeStep(before, step.id).graph);
    if (place?.stepId === step.id) onPlace(null);
    setFocus(steps[removed.index + 1]?.id ?? steps[removed.index - 1]?.id ?? null);
    const id = `removed-${step.id}`;
    notifications.show({
      id,
      autoClose: 10_000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{t('sequences.stepRemoved', { name })}</Text>
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              onChange((before) => restoreStep(before, removed));
              setFocus(step.id);
              notifications.hide(id);
            }}
          >
            {t('sequences.undo')}
          </Button>
        </Group>
      ),
    });
  };
  const duplicate = (step: Step) => {
    const copy = duplicateStep(graph, step.id);
    if (copy.stepId === null) return;
    onChange(() => copy.graph);
    onPlace({ stepId: copy.stepId, variantId: firstVariant(step) });
    setFocus(copy.stepId);
  };
  const addMail = () => {
    const added = appendEmail(graph);
    onChange(() => added.graph);
    onPlace({ stepId: added.stepId, variantId: 'A' });
    setFocus(added.stepId);
  };
  const addWait = () => {
    const wait = newWaitStep(undefined, suggestedWait(graph));
    const end = steps.at(-1)?.type === 'exit' ? steps.length - 1 : steps.length;
    onChange((before) => insertStep(before, end, wait));
    onPlace({ stepId: wait.id, variantId: 'A' });
    setFocus(wait.id);
  };

  return (
    <>
      <ol className={classes['list']} aria-label={t('sequences.stepsLabel')} ref={list}>
        {steps.map((step) => {
          const found = issues.filter((issue) => issue.stepId === step.id);
          const isOpen = place?.stepId === step.id;
          const common = {
            kind: step.type,
            stepId: step.id,
            name: nameOf(step),
            open: isOpen,
            issues: found,
            canUp: canMove(graph, step.id, -1),
            canDown: canMove(graph, step.id, 1),
            onToggle: () => (isOpen ? onPlace(null) : open(step.id)),
            onMove: (by: number) => move(step, by),
            onDuplicate: () => duplicate(step),
            onRemove: () => remove(step),
          };
          const stepError = found.find((issue) => issue.field === null || issue.field === 'duration' || issue.field === 'variants')?.message ?? null;
          if (step.type === 'exit') return <StepCard key={step.id} {...common} title={t('sequences.exitStep')} detail={t('sequences.exitText')} />;
          if (step.type === 'wait') {
            return (
              <StepCard
                key={step.id}
                {...common}
                title={`${t('sequences.waitStep')} ${waitName(step.duration, step.businessDays)}`}
                detail={isOpen ? null : (stepError ?? waitSentence(step.duration, step.businessDays))}
              >
                <WaitForm
                  step={step}
                  error={stepError}
                  onChange={(change) => onChange((before) => updateStep(before, step.id, (old) => (old.type === 'wait' ? { ...old, ...change } : old)))}
                />
              </StepCard>
            );
          }
          if (step.type !== 'email') return null;
          return (
            <StepCard key={step.id} {...common} title={mailTitle(graph, step, common.name)} detail={mailDetail(step)} badges={<ThreadBadge graph={graph} step={step} />}>
              <MailEditor
                step={step}
                graph={graph}
                issues={found}
                variantId={isOpen ? place.variantId : firstVariant(step)}
                onVariant={(variantId) => onPlace({ stepId: step.id, variantId })}
                onChange={(change) => onChange((before) => updateStep(before, step.id, (old) => (old.type === 'email' ? change(old) : old)))}
              />
            </StepCard>
          );
        })}
      </ol>
      <Group gap="sm" mt="xs" ml={16}>
        <Button variant="light" leftSection={<IconMailPlus size={16} />} onClick={addMail}>
          {steps.some((step) => step.type === 'email') ? t('sequences.addMail') : t('sequences.firstMail')}
        </Button>
        <Button variant="default" leftSection={<IconClockPlus size={16} />} onClick={addWait}>
          {t('sequences.addWait')}
        </Button>
      </Group>
      <div className="h-visually-hidden" role="status" aria-live="polite">
        {spoken}
      </div>
    </>
  );
}

function firstVariant(step: Step | undefined): string {
  return step?.type === 'email' ? (step.variants[0]?.id ?? 'A') : 'A';
}

function mailTitle(graph: SequenceGraph, step: EmailStep, name: string): string {
  const own = (step.variants.find((variant) => variant.active) ?? step.variants[0])?.subject.trim() ?? '';
  if (own !== '') return `${name} · ${own}`;
  if (threadState(graph, step.id) === 'first') return `${name} · ${t('sequences.noSubject')}`;
  const subject = previousSubject(graph, step.id);
  return `${name} · ${subject === null ? t('sequences.replyUnknown') : t('sequences.replySubject', { subject })}`;
}

function mailDetail(step: EmailStep): string {
  const variant = step.variants.find((found) => found.active) ?? step.variants[0];
  const body = (variant?.text.trim() || (variant?.html ?? '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
  if (body === '') return t('sequences.noBody');
  const parts = [t('sequences.words', { count: countWords(body) })];
  if (step.variants.length > 1) parts.push(t('sequences.variantCount', { count: step.variants.length }));
  if (step.attachments !== undefined) parts.push(t('sequences.fileCount', { count: step.attachments.length }));
  return `${parts.join(' · ')} · ${body.slice(0, 160)}`;
}

const threadIcons = { first: IconMailPlus, continues: IconArrowsJoin, new: IconMessages, mixed: IconGitBranch } as const;

function ThreadBadge({ graph, step }: { readonly graph: SequenceGraph; readonly step: EmailStep }) {
  const thread = threadState(graph, step.id);
  return (
    <span style={{ flex: 'none' }}>
      <ToneBadge tone={thread === 'mixed' ? 'warn' : thread === 'continues' ? 'info' : 'quiet'} icon={threadIcons[thread]} title={t(`sequences.threadHint.${thread}`)}>
        {t(`sequences.thread.${thread}`)}
      </ToneBadge>
    </span>
  );
}

interface MailEditorProps {
  readonly step: EmailStep;
  readonly graph: SequenceGraph;
  readonly issues: readonly GraphIssue[];
  readonly variantId: string;
  readonly onVariant: (variantId: string) => void;
  readonly onChange: (change: (step: EmailStep) => EmailStep) => void;
}

function MailEditor({ step, graph, issues, variantId, onVariant, onChange }: MailEditorProps) {
  const variant = step.variants.find((found) => found.id === variantId) ?? step.variants[0];
  if (!variant) return null;
  const general = issues.filter((issue) => issue.field === null || !['subject', 'html', 'text', 'body'].includes(issue.field));
  return (
    <div>
      <Group mb="md" justify="space-between">
        <div style={{ flex: 1 }}>
          <VariantTabs step={step} current={variant.id} onChoose={onVariant} onChange={(next) => onChange(() => next)} />
        </div>
      </Group>
      {general.map((issue) => (
        <Text key={`${issue.code}-${issue.message}`} size="sm" mb="sm" c={issue.blocking ? 'var(--mantine-color-error)' : 'dimmed'}>
          {issue.message}
        </Text>
      ))}
      <Stack gap="md">
        <VariantEditor
          key={variant.id}
          variant={variant}
          isFirst={mailNumber(graph, step.id) === 1}
          previousSubject={previousSubject(graph, step.id)}
          issues={issues.filter((issue) => issue.variantId === null || issue.variantId === variant.id)}
          onChange={(change) => onChange((before) => updateVariant(before, variant.id, change))}
        />
        <AttachmentsField attachments={step.attachments ?? []} onChange={(change) => onChange((before) => updateAttachments(before, change))} />
      </Stack>
    </div>
  );
}
