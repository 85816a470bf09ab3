import { edgesOf, type Edge } from '../../../../shared/graph.ts';
import type { SequenceGraph, Step } from '../../../../shared/schemas/sequence.ts';

/** A step as the list shows it. */
export interface Item {
  readonly step: Step;
  /** Its place in the list, from 1. */
  readonly number: number;
  /** The ways of a step with several; empty for the others. */
  readonly lanes: readonly Lane[];
  /** Where its ways come together again, or where its only way leads; null = the end. */
  readonly exit: string | null;
}

/** One way out of a branching step, with the steps that only it leads to. */
export interface Lane {
  readonly edge: Edge;
  readonly items: readonly Item[];
  /** `joins` = goes on with what follows the branching step; `end`; `jump` = goes on at a step that stands elsewhere. */
  readonly ends: 'joins' | 'end' | 'jump';
  readonly target: string | null;
}

export interface Outline {
  readonly items: readonly Item[];
  /** All steps that the outline shows, by number. */
  readonly order: readonly Step[];
  readonly unreachable: readonly Step[];
}

const known = new WeakMap<SequenceGraph, Outline>();

/**
 * The graph as nested lists: a branching step holds a lane for each of its ways, and what follows where the lanes come
 * together stands behind it. A step that several lanes lead to is shown once; the others say where they go on.
 */
export function outlineOf(graph: SequenceGraph): Outline {
  const found = known.get(graph);
  if (found !== undefined) return found;
  const outline = draw(graph);
  // Graphs never change, and every card asks for the outline of the same one.
  known.set(graph, outline);
  return outline;
}

function draw(graph: SequenceGraph): Outline {
  const byId = new Map(graph.steps.map((step) => [step.id, step]));
  const joins = joinsOf(graph, byId);
  const placed = new Set<string>();
  const order: Step[] = [];

  function chain(start: string | null, stop: string | null): { items: Item[]; end: string | null } {
    const items: Item[] = [];
    let id = start;
    while (id !== null && id !== stop && !placed.has(id)) {
      const step = byId.get(id);
      if (step === undefined) break;
      placed.add(id);
      order.push(step);
      const number = order.length;
      const edges = edgesOf(graph, step);
      const exit = edges.length === 0 ? null : (joins.get(id) ?? null);
      // A lane that leads straight to where all come together is empty; what stands there follows the step.
      const lanes = edges.length > 1 || step.type === 'split' || isBranching(step) ? edges.map((edge) => lane(edge, exit, stop)) : [];
      items.push({ step, number, lanes, exit });
      if (edges.length === 0) return { items, end: null };
      id = exit;
    }
    return { items, end: id };
  }

  function lane(edge: Edge, join: string | null, stop: string | null): Lane {
    const { items, end } = chain(edge.to, join ?? stop);
    const last = items.at(-1);
    const ends = end === null || (last !== undefined && last.step.type === 'exit') ? 'end' : end === join ? 'joins' : 'jump';
    return { edge, items, ends, target: ends === 'end' ? null : end };
  }

  const { items } = chain(graph.steps[0]?.id ?? null, null);
  return { items, order, unreachable: graph.steps.filter(({ id }) => !placed.has(id)) };
}

export function isBranching(step: Step): boolean {
  return (
    step.type === 'condition' ||
    step.type === 'wait_for' ||
    step.type === 'switch' ||
    step.type === 'split' ||
    step.type === 'wait_date' ||
    (step.type === 'task' && step.skipped !== undefined)
  );
}

/** Every step of an item: its own and those of its lanes. */
export function stepsOf(item: Item): Step[] {
  return [item.step, ...item.lanes.flatMap((lane) => lane.items.flatMap(stepsOf))];
}

/** The list in which a step stands, and its place there; null when no way leads to it. */
export function findItem(items: readonly Item[], stepId: string): { list: readonly Item[]; index: number } | null {
  const index = items.findIndex(({ step }) => step.id === stepId);
  if (index >= 0) return { list: items, index };
  for (const { lanes } of items) {
    for (const lane of lanes) {
      const found = findItem(lane.items, stepId);
      if (found !== null) return found;
    }
  }
  return null;
}

/** For each step the nearest step that all its ways come to which do not end at once (its immediate post-dominator but for these); null = only the end. */
function joinsOf(graph: SequenceGraph, byId: ReadonlyMap<string, Step>): Map<string, string | null> {
  const joins = new Map<string, string | null>();
  const depth = new Map<string, number>();
  const depthOf = (id: string | null) => (id === null ? 0 : (depth.get(id) ?? 0));
  const common = (one: string | null, other: string | null) => {
    let [a, b] = [one, other];
    while (a !== b) {
      if (depthOf(a) === 0 || depthOf(b) === 0) return null;
      if (depthOf(a) >= depthOf(b)) a = joins.get(a ?? '') ?? null;
      else b = joins.get(b ?? '') ?? null;
    }
    return a;
  };
  const entered = new Set<string>();
  const visit = (id: string): void => {
    const step = byId.get(id);
    if (step === undefined || entered.has(id)) return;
    entered.add(id);
    const targets = edgesOf(graph, step).map(({ to }) => to);
    for (const to of targets) if (to !== null) visit(to);
    // A way that ends at once holds nothing up: the others go on below, not deeper and deeper inside. Nor does a way back: it would chase its own tail.
    const going = targets.filter((to) => to !== null && joins.has(to) && byId.get(to)?.type !== 'exit');
    const [first = null, ...others] = going.length === 0 ? targets.filter((to) => to === null || joins.has(to)) : going;
    const join = others.reduce<string | null>(common, first);
    joins.set(id, join);
    depth.set(id, depthOf(join) + 1);
  };
  if (graph.steps[0] !== undefined) visit(graph.steps[0].id);
  return joins;
}
