import type { EmailStep, SequenceGraph, Step, WaitStep } from './schemas/sequence.ts';

/** A way out of a step. `null` as target = the end of the sequence. */
export interface Edge {
  /** `next`, `missing`, `skipped`, or the id of a branch: unique inside a step. */
  readonly id: string;
  readonly to: string | null;
}

/** All ways out of a step, in the order in which they are tried; `next`, the way of everybody else, comes last. */
export function edgesOf(graph: SequenceGraph, step: Step): Edge[] {
  switch (step.type) {
    case 'exit':
      return [];
    case 'split':
      return step.arms.map(toEdge);
    case 'condition':
    case 'wait_for':
      return [...step.branches.map(toEdge), follow(graph, step)];
    case 'switch':
      return [...step.cases.map(toEdge), follow(graph, step)];
    case 'wait_date':
      return [{ id: 'missing', to: step.missing }, follow(graph, step)];
    case 'task':
      return step.skipped === undefined ? [follow(graph, step)] : [{ id: 'skipped', to: step.skipped }, follow(graph, step)];
    default:
      return [follow(graph, step)];
  }
}

/** The id of the step that `next` leads to, null at the end. Works on graphs whose edges are not written out, too. */
export function nextStepId(graph: SequenceGraph, step: Step): string | null {
  if (step.type === 'exit' || step.type === 'split') return null;
  if (step.next !== undefined) return step.next;
  return graph.steps[graph.steps.indexOf(step) + 1]?.id ?? null;
}

/** The same step with one of its ways led elsewhere; an unknown way changes nothing. */
export function withEdge(step: Step, edgeId: string, to: string | null): Step {
  const lead = <T extends { readonly id: string; next: string | null }>(list: readonly T[]): T[] => list.map((one) => (one.id === edgeId ? { ...one, next: to } : one));
  if (step.type === 'exit') return step;
  if (step.type === 'split') return { ...step, arms: lead(step.arms) };
  if (edgeId === 'next') return { ...step, next: to };
  if (step.type === 'condition') return { ...step, branches: lead(step.branches) };
  if (step.type === 'wait_for') return { ...step, branches: lead(step.branches) };
  if (step.type === 'switch') return { ...step, cases: lead(step.cases) };
  if (step.type === 'wait_date' && edgeId === 'missing') return { ...step, missing: to };
  if (step.type === 'task' && edgeId === 'skipped') return { ...step, skipped: to };
  return step;
}

/** Every step that a way from the first one leads to, in the order of the graph. */
export function reachable(graph: SequenceGraph): Set<string> {
  const byId = new Map(graph.steps.map((step) => [step.id, step]));
  const seen = new Set<string>();
  const open = graph.steps[0] === undefined ? [] : [graph.steps[0].id];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = byId.get(id);
    if (step === undefined || seen.has(id)) continue;
    seen.add(id);
    for (const { to } of edgesOf(graph, step)) if (to !== null) open.push(to);
  }
  return seen;
}

function toEdge({ id, next }: { readonly id: string; readonly next: string | null }): Edge {
  return { id, to: next };
}

function follow(graph: SequenceGraph, step: Step): Edge {
  return { id: 'next', to: nextStepId(graph, step) };
}

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
export function stepsById(graph: SequenceGraph): Map<string, Step> {
  const byId = new Map<string, Step>();
  for (const step of graph.steps) if (!byId.has(step.id)) byId.set(step.id, step);
  return byId;
}
