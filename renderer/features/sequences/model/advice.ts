import type { Recommendation } from '../../../../shared/schemas/recommendation.ts';
import { nextStepId } from '../../../../shared/graph.ts';
import type { SequenceGraph } from '../../../../shared/schemas/sequence.ts';
import { removeStep, updateStep } from './graph.ts';

/** The draft with a recommendation taken over. What it speaks of may be gone by now: then nothing changes. */
export function applyRecommendation(graph: SequenceGraph, item: Recommendation): SequenceGraph {
  switch (item.kind) {
    case 'stop_variant':
      return updateStep(graph, item.stepId, (step) =>
        step.type === 'email' ? { ...step, variants: step.variants.map((variant) => (variant.id === item.variantId ? { ...variant, active: false } : variant)) } : step,
      );
    case 'losing_mail':
      return withoutMail(graph, item.stepId);
    case 'longer_wait':
    case 'shorter_wait':
      return updateStep(graph, item.stepId, (step) => (step.type === 'wait' ? { ...step, ...item.to } : step));
  }
}

/** Leaves out a mail, and the wait in front of it where nothing follows that it would hold back. */
function withoutMail(graph: SequenceGraph, stepId: string): SequenceGraph {
  const without = removeStep(graph, stepId).graph;
  const idle = graph.steps.find((step) => step.type === 'wait' && nextStepId(graph, step) === stepId);
  const left = without.steps.find(({ id }) => id === idle?.id);
  return left !== undefined && nextStepId(without, left) === null ? removeStep(without, left.id).graph : without;
}
