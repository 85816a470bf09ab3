import type { SequenceGraph, Step } from './schemas/sequence.ts';

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
