import { Text } from '@mantine/core';
import type { GraphIssue, SequenceGraph, Step } from '../../../../shared/schemas/sequence.ts';
import type { Names } from '../use-names.ts';
import { MailForm } from './mail-form.tsx';
import { StepForm } from './step-form.tsx';

interface Props {
  readonly sequenceId: string;
  readonly graph: SequenceGraph;
  readonly step: Step;
  /** Those of this step. */
  readonly issues: readonly GraphIssue[];
  readonly names: Names;
  readonly variantId: string;
  readonly onVariant: (variantId: string) => void;
  readonly onChange: (change: (step: Step) => Step) => void;
}

/** Edits one step of any kind, the same in the list and beside the canvas. */
export function StepEditor({ sequenceId, graph, step, issues, names, variantId, onVariant, onChange }: Props) {
  if (step.type === 'email') {
    return (
      <MailForm
        sequenceId={sequenceId}
        step={step}
        graph={graph}
        issues={issues}
        variantId={variantId}
        onVariant={onVariant}
        onChange={(change) => onChange((old) => (old.type === 'email' ? change(old) : old))}
      />
    );
  }
  const error = stepIssue(issues);
  return (
    <>
      {error !== null && step.type !== 'wait' && (
        <Text size="sm" mb="sm" c={issues.some(({ blocking }) => blocking) ? 'var(--mantine-color-error)' : 'dimmed'}>
          {error}
        </Text>
      )}
      <StepForm step={step} graph={graph} names={names} error={error} onChange={(next) => onChange(() => next)} />
    </>
  );
}

/** What is said of a step as a whole, not of a text in it. */
export function stepIssue(issues: readonly GraphIssue[]): string | null {
  return issues.find((issue) => issue.field === null || !['subject', 'html', 'text', 'body'].includes(issue.field))?.message ?? null;
}
