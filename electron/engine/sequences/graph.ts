import { edgesOf, nextStepId } from '../../../shared/graph.ts';
import type { EmailStep, SequenceGraph, Step, Variant, WaitStep } from '../../../shared/schemas/sequence.ts';
import { seededRandom, seedFrom } from '../lib/random.ts';

/**
 * Writes every edge out: a step without `next` goes on to the step after it in the array, the last one to the end
 * (null). Stored graphs are normalised, so that moving a step in the array never changes the way of a stored version.
 */
export function normaliseGraph(graph: SequenceGraph): SequenceGraph {
  return {
    steps: graph.steps.map((step) => (step.type === 'exit' || step.type === 'split' ? step : { ...step, next: nextStepId(graph, step) })),
  };
}

export interface MailOnTheWay {
  readonly step: EmailStep;
  /** The waits of a fixed length before it, in order. */
  readonly waits: readonly WaitStep[];
}

/**
 * The e-mails on the way from a step on (null = from the start) of somebody who does nothing and of whom nothing is
 * known: no branch takes them, they pass a wait-until after its longest window, and draws go to the heaviest arm. What
 * a forecast follows. Ends at a step that comes again.
 */
export function likelyMails(graph: SequenceGraph, fromStepId: string | null = null): MailOnTheWay[] {
  const byId = stepsById(graph);
  const visited = new Set<string>();
  const mails: MailOnTheWay[] = [];
  let waits: WaitStep[] = [];
  let step = fromStepId === null ? graph.steps[0] : byId.get(fromStepId);
  while (step !== undefined && !visited.has(step.id)) {
    visited.add(step.id);
    if (step.type === 'email') {
      mails.push({ step, waits });
      waits = [];
    } else if (step.type === 'wait') waits.push(step);
    else if (step.type === 'wait_for') waits.push(...longestWindow(step));
    const next = likelyNext(graph, step);
    step = next === null ? undefined : byId.get(next);
  }
  return mails;
}

/** Where somebody goes of whom nothing is known. */
function likelyNext(graph: SequenceGraph, step: Step): string | null {
  if (step.type === 'split')
    return step.arms.reduce<(typeof step.arms)[number] | null>((best, arm) => (best === null || arm.weight > best.weight ? arm : best), null)?.next ?? null;
  return nextStepId(graph, step);
}

function longestWindow({ branches }: Extract<Step, { type: 'wait_for' }>): WaitStep[] {
  const hours = (duration: string) => {
    const part = (unit: string) => Number(new RegExp(`(\\d+)${unit}`).exec(duration)?.[1] ?? 0);
    return part('W') * 168 + part('D') * 24 + part('H') + part('(?<=T.*)M') / 60;
  };
  const longest = branches.reduce<string | null>((best, { within }) => (best === null || hours(within) > hours(best) ? within : best), null);
  return longest === null ? [] : [{ id: 'window', type: 'wait', duration: longest, businessDays: false }];
}

/** The e-mail steps on the likely way, in order. */
export function emailSteps(graph: SequenceGraph): EmailStep[] {
  return likelyMails(graph).map(({ step }) => step);
}

/** Every e-mail step that some way leads to. */
export function reachableEmails(graph: SequenceGraph): EmailStep[] {
  const seen = new Set<string>();
  const found: EmailStep[] = [];
  walkFrom(graph, graph.steps[0]?.id ?? null, (step) => {
    if (seen.has(step.id)) return false;
    seen.add(step.id);
    if (step.type === 'email') found.push(step);
    return true;
  });
  return found;
}

/** Ids of the e-mail steps that can be somebody's first mail: no other mail stands before them on some way. */
export function firstEmails(graph: SequenceGraph): Set<string> {
  const seen = new Set<string>();
  const first = new Set<string>();
  walkFrom(graph, graph.steps[0]?.id ?? null, (step) => {
    if (seen.has(step.id)) return false;
    seen.add(step.id);
    if (step.type === 'email') first.add(step.id);
    return step.type !== 'email';
  });
  return first;
}

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

/** Visits what follows, depth first, in the order of the ways; `visit` says whether to go on from a step. */
function walkFrom(graph: SequenceGraph, stepId: string | null, visit: (step: Step) => boolean): void {
  const byId = stepsById(graph);
  const open = stepId === null ? [] : [stepId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = byId.get(id);
    if (step === undefined || !visit(step)) continue;
    for (const { to } of edgesOf(graph, step).reverse()) if (to !== null) open.push(to);
  }
}

/** The first step of an id wins, as it does when somebody is walked. */
function stepsById(graph: SequenceGraph): Map<string, Step> {
  const byId = new Map<string, Step>();
  for (const step of graph.steps) if (!byId.has(step.id)) byId.set(step.id, step);
  return byId;
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
