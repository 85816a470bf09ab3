import { nextStepId, stepsById, type MailOnTheWay } from '../../../shared/graph.ts';
import type { EmailStep, SequenceGraph, Variant, WaitStep } from '../../../shared/schemas/sequence.ts';
import { seededRandom, seedFrom } from '../lib/random.ts';

/**
 * The first mail of a person where nothing but fixed waits and draws stands before it, so that its slot can be chosen
 * at the launch; null where the person must be walked there.
 */
export function leadToMail(graph: SequenceGraph, enrolmentId: string): MailOnTheWay | null {
  const byId = stepsById(graph);
  const waits: WaitStep[] = [];
  let step = graph.steps[0];
  for (let passed = 0; step !== undefined && passed <= graph.steps.length; passed += 1) {
    if (step.type === 'email') return { step, waits };
    if (step.type === 'wait') waits.push(step);
    else if (step.type !== 'split') return null;
    const next: string | null = step.type === 'split' ? (drawArm(step.arms, enrolmentId, step.id)?.next ?? null) : nextStepId(graph, step);
    step = next === null ? undefined : byId.get(next);
  }
  return null;
}

/** The arm of a person: drawn by weight, and the same whenever it is asked again for the same enrolment and step. */
export function drawArm<Arm extends { readonly weight: number }>(arms: readonly Arm[], enrolmentId: string, stepId: string): Arm | undefined {
  const open = arms.filter(({ weight }) => weight > 0);
  if (open.length <= 1) return open[0];
  const total = open.reduce((sum, { weight }) => sum + weight, 0);
  let draw = seededRandom(seedFrom(`${enrolmentId}:${stepId}`))() * total;
  for (const arm of open) {
    draw -= arm.weight;
    if (draw < 0) return arm;
  }
  return open.at(-1);
}

/**
 * The variant of a person: drawn by weight among the active arms, so that a retry keeps its text. Undefined when no arm
 * is active with a weight above zero.
 */
export function chooseVariant(step: EmailStep, enrolmentId: string): Variant | undefined {
  return drawArm(
    step.variants.filter(({ active }) => active),
    enrolmentId,
    step.id,
  );
}
