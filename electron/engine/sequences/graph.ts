import type { EmailStep, SequenceGraph, Step, Variant, WaitStep } from '../../../shared/schemas/sequence.ts';
import { seededRandom, seedFrom } from '../lib/random.ts';

/**
 * Writes every edge out: a step without `next` goes on to the step after it in the array, the last one to the end
 * (null). Stored graphs are normalised, so that moving a step in the array never changes the way of a stored version.
 */
export function normaliseGraph(graph: SequenceGraph): SequenceGraph {
  return {
    steps: graph.steps.map((step, index) => (step.type === 'exit' ? step : { ...step, next: step.next === undefined ? (graph.steps[index + 1]?.id ?? null) : step.next })),
  };
}

/** The id of the step that follows, null at the end. Works on graphs that are not normalised, too. */
export function nextStepId(graph: SequenceGraph, step: Step): string | null {
  if (step.type === 'exit') return null;
  if (step.next !== undefined) return step.next;
  return graph.steps[graph.steps.indexOf(step) + 1]?.id ?? null;
}

export interface NextEmail {
  readonly step: EmailStep;
  /** 1 for the first e-mail on the way, counted along the path from the start. */
  readonly stepNumber: number;
  /** The waits passed on the way, in order. */
  readonly waits: readonly WaitStep[];
}

/**
 * The e-mail step that follows `afterStepId` (null = from the start), with the waits passed on the way. Null when the
 * way ends before one, when the step is not in the graph, or when the way loops.
 */
export function nextEmail(graph: SequenceGraph, afterStepId: string | null): NextEmail | null {
  const byId = new Map(graph.steps.map((step) => [step.id, step]));
  const visited = new Set<string>();
  let emails = 0;
  let passed = afterStepId === null;
  let waits: WaitStep[] = [];
  let step = graph.steps[0];
  while (step !== undefined && step.type !== 'exit' && !visited.has(step.id)) {
    visited.add(step.id);
    if (step.type === 'email') emails += 1;
    if (passed) {
      if (step.type === 'email') return { step, stepNumber: emails, waits };
      waits.push(step);
    } else if (step.id === afterStepId) {
      passed = true;
      waits = [];
    }
    const next = nextStepId(graph, step);
    step = next === null ? undefined : byId.get(next);
  }
  return null;
}

/** The e-mail steps in the order in which they are sent. */
export function emailSteps(graph: SequenceGraph): EmailStep[] {
  const steps: EmailStep[] = [];
  for (let found = nextEmail(graph, null); found !== null; found = nextEmail(graph, found.step.id)) steps.push(found.step);
  return steps;
}

/**
 * The variant of a person: drawn by weight among the active arms, and the same whenever it is asked again for the same
 * enrolment and step, so that a retry keeps its text. Undefined when no arm is active with a weight above zero.
 */
export function chooseVariant(step: EmailStep, enrolmentId: string): Variant | undefined {
  const arms = step.variants.filter((variant) => variant.active && variant.weight > 0);
  if (arms.length <= 1) return arms[0];
  const total = arms.reduce((sum, variant) => sum + variant.weight, 0);
  let draw = seededRandom(seedFrom(`${enrolmentId}:${step.id}`))() * total;
  for (const variant of arms) {
    draw -= variant.weight;
    if (draw < 0) return variant;
  }
  return arms.at(-1);
}
