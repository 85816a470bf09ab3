import type { Attachment, EmailStep, SequenceGraph, Step, Variant, WaitStep } from '../../../../shared/schemas/sequence.ts';
import { waitSpan } from './duration.ts';

/**
 * Editing operations on the graph of a sequence, as the list editor needs them. All of them return a new graph
 * and never change ids, so that people who are under way keep their place.
 */

/** Source of short random ids; a port, so that tests are repeatable. */
export type NewId = (prefix: string) => string;

export function randomStepId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return `${prefix}-${Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')}`;
}

/** Steps in the order in which they are walked, and the ones that no walk reaches. */
export function walkOrder(graph: SequenceGraph): { steps: Step[]; unreachable: Step[] } {
  const byId = new Map(graph.steps.map((step, index) => [step.id, index]));
  const seen = new Set<number>();
  let index: number | undefined = graph.steps.length > 0 ? 0 : undefined;
  const steps: Step[] = [];
  while (index !== undefined && !seen.has(index)) {
    const step: Step | undefined = graph.steps[index];
    if (!step) break;
    seen.add(index);
    steps.push(step);
    if (step.type === 'exit' || step.type === 'split' || step.next === null) break;
    index = step.next === undefined ? index + 1 : byId.get(step.next);
  }
  return { steps, unreachable: graph.steps.filter((_, position) => !seen.has(position)) };
}

/**
 * The graph as a plain list: edges are the order of the array. Steps that no walk reaches are left out, because a
 * list would make them reachable.
 */
export function linearise(graph: SequenceGraph): SequenceGraph {
  const { steps, unreachable } = walkOrder(graph);
  const explicit = steps.some((step) => step.type !== 'exit' && step.type !== 'split' && step.next !== undefined);
  if (!explicit && unreachable.length === 0) return graph;
  return { steps: steps.map(withoutNext) };
}

function withoutNext(step: Step): Step {
  if (step.type === 'exit' || step.type === 'split' || step.next === undefined) return step;
  const { next: _next, ...rest } = step;
  return rest as Step;
}

export function newVariant(id = 'A', fields: Partial<Variant> = {}): Variant {
  return { id, weight: 1, active: true, subject: '', html: '', text: '', ...fields };
}

export function newEmailStep(newId: NewId = randomStepId, fields: Partial<Variant> = {}): EmailStep {
  return { id: newId('mail'), type: 'email', variants: [newVariant('A', fields)] };
}

export function newWaitStep(newId: NewId = randomStepId, duration = 'P3D', businessDays = false): WaitStep {
  return { id: newId('wait'), type: 'wait', duration, businessDays };
}

/** The gaps that are offered between mails grow: 3, 6, 12, then 18 days. */
export function suggestedWait(graph: SequenceGraph): string {
  const waits = graph.steps.filter((step) => step.type === 'wait').length;
  return (['P3D', 'P6D', 'P12D', 'P18D'] as const)[Math.min(waits, 3)] ?? 'P3D';
}

export function insertStep(graph: SequenceGraph, index: number, ...steps: readonly Step[]): SequenceGraph {
  const list = [...linearise(graph).steps];
  list.splice(clamp(index, 0, list.length), 0, ...steps);
  return { steps: list };
}

/** Adds a mail at the end, with a wait before it when a mail stands there already. */
export function appendEmail(graph: SequenceGraph, newId: NewId = randomStepId): { graph: SequenceGraph; stepId: string } {
  const list = linearise(graph).steps;
  const end = list.at(-1)?.type === 'exit' ? list.length - 1 : list.length;
  const email = newEmailStep(newId);
  const before = list[end - 1];
  const steps: Step[] = before?.type === 'email' ? [newWaitStep(newId, suggestedWait(graph)), email] : [email];
  return { graph: insertStep(graph, end, ...steps), stepId: email.id };
}

export function updateStep(graph: SequenceGraph, stepId: string, change: (step: Step) => Step): SequenceGraph {
  return { steps: linearise(graph).steps.map((step) => (step.id === stepId ? change(step) : step)) };
}

/** Moves a step by `by` places; the graph is the same when it cannot move. */
export function moveStep(graph: SequenceGraph, stepId: string, by: number): SequenceGraph {
  const list = [...linearise(graph).steps];
  const from = list.findIndex((step) => step.id === stepId);
  const step = list[from];
  if (!step) return graph;
  const to = clamp(from + by, 0, list.length - 1);
  if (to === from) return graph;
  list.splice(from, 1);
  list.splice(to, 0, step);
  return { steps: list };
}

export function canMove(graph: SequenceGraph, stepId: string, by: number): boolean {
  const list = linearise(graph).steps;
  const from = list.findIndex((step) => step.id === stepId);
  return from >= 0 && from + by >= 0 && from + by < list.length;
}

/** Puts a copy with an id of its own behind the step. */
export function duplicateStep(graph: SequenceGraph, stepId: string, newId: NewId = randomStepId): { graph: SequenceGraph; stepId: string | null } {
  const list = linearise(graph).steps;
  const from = list.findIndex((step) => step.id === stepId);
  const step = list[from];
  if (!step) return { graph, stepId: null };
  const copy: Step = { ...structuredClone(step), id: newId(step.type === 'email' ? 'mail' : step.type) };
  return { graph: insertStep(graph, from + 1, copy), stepId: copy.id };
}

export interface RemovedStep {
  readonly step: Step;
  readonly index: number;
}

export function removeStep(graph: SequenceGraph, stepId: string): { graph: SequenceGraph; removed: RemovedStep | null } {
  const list = linearise(graph).steps;
  const index = list.findIndex((step) => step.id === stepId);
  const step = list[index];
  if (!step) return { graph, removed: null };
  return { graph: { steps: list.filter((other) => other.id !== stepId) }, removed: { step, index } };
}

/** Undo of a removal: puts the step back where it stood, or as near as the list allows; never a second time. */
export function restoreStep(graph: SequenceGraph, removed: RemovedStep): SequenceGraph {
  if (graph.steps.some((step) => step.id === removed.step.id)) return graph;
  return insertStep(graph, removed.index, removed.step);
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Adds an arm with the next free letter, as a copy of the given one or empty. At most 26. */
export function addVariant(step: EmailStep, from: Variant | null = null): { step: EmailStep; variantId: string | null } {
  const used = new Set(step.variants.map((variant) => variant.id));
  const id = Array.from(letters).find((letter) => !used.has(letter));
  if (!id) return { step, variantId: null };
  const variant = from ? { ...from, id, active: true } : newVariant(id);
  return { step: { ...step, variants: [...step.variants, variant] }, variantId: id };
}

export function updateVariant(step: EmailStep, variantId: string, change: Partial<Variant>): EmailStep {
  return { ...step, variants: step.variants.map((variant) => (variant.id === variantId ? { ...variant, ...change, id: variant.id } : variant)) };
}

/** A mail that carries nothing has no list: it equals one that never carried anything. */
export function updateAttachments(step: EmailStep, change: (before: readonly Attachment[]) => Attachment[]): EmailStep {
  const { attachments, ...rest } = step;
  const next = change(attachments ?? []);
  return next.length === 0 ? rest : { ...rest, attachments: next };
}

/** Takes an arm out; the last one stays. */
export function removeVariant(step: EmailStep, variantId: string): EmailStep {
  if (step.variants.length < 2) return step;
  return { ...step, variants: step.variants.filter((variant) => variant.id !== variantId) };
}

/** The share of people an arm gets, in percent; arms switched off get none. */
export function variantShare(step: EmailStep, variantId: string): number {
  const total = step.variants.reduce((sum, variant) => sum + (variant.active ? variant.weight : 0), 0);
  const variant = step.variants.find((other) => other.id === variantId);
  if (!variant?.active || total === 0) return 0;
  return (variant.weight / total) * 100;
}

export function emails(graph: SequenceGraph): EmailStep[] {
  return linearise(graph).steps.filter((step) => step.type === 'email');
}

/** 1 = the first mail; null when the step is no mail. */
export function mailNumber(graph: SequenceGraph, stepId: string): number | null {
  const index = emails(graph).findIndex((step) => step.id === stepId);
  return index < 0 ? null : index + 1;
}

export type ThreadState = 'first' | 'continues' | 'new' | 'mixed';

/** Whether a mail goes on in the thread of the one before: an empty subject on a follow-up means that it does. */
export function threadState(graph: SequenceGraph, stepId: string): ThreadState {
  const list = emails(graph);
  const index = list.findIndex((step) => step.id === stepId);
  const step = list[index];
  if (index <= 0 || !step) return 'first';
  const active = step.variants.filter((variant) => variant.active);
  const judged = active.length > 0 ? active : step.variants;
  const empty = judged.filter((variant) => variant.subject.trim() === '').length;
  if (empty === 0) return 'new';
  return empty === judged.length ? 'continues' : 'mixed';
}

/** The arm before a mail that has a subject of its own: a follow-up without one goes on in its thread. */
export function threadVariant(graph: SequenceGraph, stepId: string): Variant | null {
  const list = emails(graph);
  const index = list.findIndex((step) => step.id === stepId);
  for (let before = index - 1; before >= 0; before -= 1) {
    const step = list[before];
    const variant = step?.variants.find((found) => found.active) ?? step?.variants[0];
    if (variant && variant.subject.trim() !== '') return variant;
  }
  return null;
}

/** The subject of the thread that a follow-up without subject would go on in; null when there is none. */
export function previousSubject(graph: SequenceGraph, stepId: string): string | null {
  return threadVariant(graph, stepId)?.subject.trim() ?? null;
}

export interface TimelinePoint {
  readonly stepId: string;
  readonly number: number;
  /** Minutes after the first mail; they differ where working days depend on the weekday. */
  readonly minMinutes: number;
  readonly maxMinutes: number;
}

/** When each mail leaves, counted from the first and not counting windows and limits. */
export function timeline(graph: SequenceGraph): TimelinePoint[] {
  const points: TimelinePoint[] = [];
  let minMinutes = 0;
  let maxMinutes = 0;
  for (const step of linearise(graph).steps) {
    if (step.type === 'exit') break;
    if (step.type === 'wait') {
      const span = waitSpan(step.duration, step.businessDays);
      // A wait before the first mail moves the start, not the distance between mails.
      minMinutes += span.min;
      maxMinutes += span.max;
      continue;
    }
    if (step.type !== 'email') continue;
    points.push({ stepId: step.id, number: points.length + 1, minMinutes, maxMinutes });
  }
  return points;
}

/** Day numbers for a point of the timeline; `rest` = minutes into that day where it is no whole day. */
export function dayOf(point: TimelinePoint): { from: number; to: number; rest: number } {
  const day = 24 * 60;
  return { from: Math.floor(point.minMinutes / day), to: Math.floor(point.maxMinutes / day), rest: Math.round(point.minMinutes % day) };
}

export function sameGraph(a: SequenceGraph, b: SequenceGraph): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
