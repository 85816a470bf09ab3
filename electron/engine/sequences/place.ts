import { edgesOf } from '../../../shared/graph.ts';
import type { SequenceGraph } from '../../../shared/schemas/sequence.ts';

/**
 * Where somebody who stands at a step of one version goes on in another: at the same step where it is still there with
 * its kind, else at the nearest step behind it that is; null = nothing behind it is left, so they finish. Pure.
 */
export function placeInVersion(from: SequenceGraph, to: SequenceGraph, stepId: string | null): string | null {
  const kept = new Map(to.steps.map(({ id, type }) => [id, type]));
  const byId = new Map(from.steps.map((step) => [step.id, step]));
  const seen = new Set<string>();
  // Breadth first, the way of everybody else before the branches: the nearest step that most people would have come to.
  let front = stepId === null ? [] : [stepId];
  while (front.length > 0) {
    const next: string[] = [];
    for (const id of front) {
      const step = byId.get(id);
      if (step === undefined || seen.has(id)) continue;
      seen.add(id);
      if (kept.get(id) === step.type) return id;
      for (const { to: target } of edgesOf(from, step).reverse()) if (target !== null) next.push(target);
    }
    front = next;
  }
  return null;
}
