import type { GraphIssue, SequenceGraph, Step, StepType } from '../../../shared/schemas/sequence.ts';

type NewIssue = Omit<GraphIssue, 'stepId' | 'variantId' | 'field'> & Partial<Pick<GraphIssue, 'stepId' | 'variantId' | 'field'>>;

export function issue(input: NewIssue): GraphIssue {
  return { stepId: null, variantId: null, field: null, ...input };
}

const kinds: Record<StepType, string> = {
  email: 'e-mail',
  wait: 'wait',
  wait_time: 'wait for a time',
  wait_date: 'wait for a date',
  condition: 'condition',
  wait_for: 'wait until',
  switch: 'switch',
  split: 'random split',
  task: 'task',
  action: 'action',
  exit: 'exit',
};

/** What a step is called in a sentence: `Step 3 (condition)`, by its place in the list. */
export function stepName(graph: SequenceGraph, step: Step): string {
  return `Step ${graph.steps.indexOf(step) + 1} (${kinds[step.type]})`;
}

export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
