import { edgesOf, firstEmails, likelyMails, normaliseGraph, reachable, withEdge } from '../../../../shared/graph.ts';
import type { Attachment, EmailStep, SequenceGraph, Step, Variant, WaitStep } from '../../../../shared/schemas/sequence.ts';
import { waitSpan } from './duration.ts';
import { findItem, outlineOf, stepsOf, type Item } from './outline.ts';

/**
 * Editing operations on the graph of a sequence, the same for the list and the canvas. All of them take a graph whose
 * edges are written out and return a new one in the order of the outline, and never change ids, so that people who are
 * under way keep their place.
 */

/** Source of short random ids; a port, so that tests are repeatable. */
export type NewId = (prefix: string) => string;

export function randomStepId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return `${prefix}-${Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')}`;
}

/** The graph with its edges written out and its steps in the order in which the list shows them; `first` begins. */
export function tidy(graph: SequenceGraph, first: string | null = null): SequenceGraph {
  const { steps } = normaliseGraph(graph);
  const start = steps.find(({ id }) => id === first);
  const begun = start === undefined ? { steps } : { steps: [start, ...steps.filter((step) => step !== start)] };
  const { order, unreachable } = outlineOf(begun);
  return { steps: [...order, ...unreachable] };
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

/** The same step with all its ways led to one step. */
function leadAll(graph: SequenceGraph, step: Step, to: string | null): Step {
  return edgesOf(graph, step).reduce((led, { id }) => withEdge(led, id, to), step);
}

/** Every way of the steps that leads to `from` leads to `to`. */
function redirect(graph: SequenceGraph, inside: ReadonlySet<string> | null, from: string | null, to: string | null): SequenceGraph {
  return {
    steps: graph.steps.map((step) =>
      inside === null || inside.has(step.id) ? edgesOf(graph, step).reduce((led, edge) => (edge.to === from ? withEdge(led, edge.id, to) : led), step) : step,
    ),
  };
}

/** Puts a step on a way: `from` null = in front of everything. What the way led to follows all ways of the step. */
export function insertOn(graph: SequenceGraph, from: string | null, edgeId: string, step: Step): SequenceGraph {
  const before = graph.steps.find(({ id }) => id === from);
  if (before === undefined) return tidy({ steps: [leadAll(graph, step, graph.steps[0]?.id ?? null), ...graph.steps] }, step.id);
  const to = edgesOf(graph, before).find(({ id }) => id === edgeId)?.to ?? null;
  const steps = graph.steps.map((own) => (own === before ? withEdge(own, edgeId, step.id) : own));
  return tidy({ steps: [...steps, leadAll(graph, step, to)] });
}

/** Puts a step behind another one and its lanes: where they come together, or where all of them end. */
export function insertBehind(graph: SequenceGraph, stepId: string, step: Step): SequenceGraph {
  const found = findItem(outlineOf(graph).items, stepId);
  const item = found?.list[found.index];
  if (item === undefined) return graph;
  const led = redirect(graph, idsOf(item), item.exit, step.id);
  return tidy({ steps: [...led.steps, leadAll(graph, step, item.exit)] });
}

/** Puts a step at the end of the outermost list; in front of an exit that stands there. */
export function append(graph: SequenceGraph, step: Step): SequenceGraph {
  const { items } = outlineOf(graph);
  const last = items.at(-1);
  if (last === undefined) return tidy({ steps: [leadAll(graph, step, null), ...graph.steps] }, step.id);
  if (last.step.type !== 'exit') return insertBehind(graph, last.step.id, step);
  const before = items.at(-2);
  return before === undefined ? insertOn(graph, null, 'next', step) : insertBehind(graph, before.step.id, step);
}

/** Adds a mail at the end, with a wait before it when a mail stands there already. */
export function appendEmail(graph: SequenceGraph, newId: NewId = randomStepId): { graph: SequenceGraph; stepId: string } {
  const shown = outlineOf(graph).items.filter(({ step }) => step.type !== 'exit');
  const email = newEmailStep(newId);
  const waited = shown.at(-1)?.step.type === 'email' ? append(graph, newWaitStep(newId, suggestedWait(graph))) : graph;
  return { graph: append(waited, email), stepId: email.id };
}

export function updateStep(graph: SequenceGraph, stepId: string, change: (step: Step) => Step): SequenceGraph {
  return tidy({ steps: graph.steps.map((step) => (step.id === stepId ? change(step) : step)) });
}

/** Leads one way of a step elsewhere. */
export function leadTo(graph: SequenceGraph, stepId: string, edgeId: string, to: string | null): SequenceGraph {
  return tidy({ steps: graph.steps.map((step) => (step.id === stepId ? withEdge(step, edgeId, to) : step)) });
}

/** Where a way of a step may lead without a loop. */
export function possibleTargets(graph: SequenceGraph, stepId: string): Step[] {
  const before = waysTo(graph, stepId);
  return graph.steps.filter(({ id }) => !before.has(id));
}

/** Whether people would go round for ever if a way of a step led to `target`: it is the step itself, or a way comes back from there. */
export function makesLoop(graph: SequenceGraph, stepId: string, target: string): boolean {
  return waysTo(graph, stepId).has(target);
}

/** The step and all from which some way leads to it. */
function waysTo(graph: SequenceGraph, stepId: string): Set<string> {
  const before = new Map<string, string[]>();
  for (const step of graph.steps) {
    for (const { to } of edgesOf(graph, step)) if (to !== null) before.set(to, [...(before.get(to) ?? []), step.id]);
  }
  const seen = new Set<string>();
  const open = [stepId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(before.get(id) ?? []));
  }
  return seen;
}

/** Moves a step by `by` places in its list, with its lanes; as far as it can. The graph is the same when it cannot move. */
export function moveStep(graph: SequenceGraph, stepId: string, by: number): SequenceGraph {
  let moved = graph;
  for (let left = Math.abs(by); left > 0 && canMove(moved, stepId, Math.sign(by)); left -= 1) moved = swap(moved, stepId, Math.sign(by));
  return moved;
}

export function canMove(graph: SequenceGraph, stepId: string, by: number): boolean {
  const found = findItem(outlineOf(graph).items, stepId);
  if (found === null) return false;
  const [one, other] = [found.list[found.index], found.list[found.index + by]];
  // What has no common way out (an exit, lanes that never meet) has nothing behind it.
  return one !== undefined && other !== undefined && hasWayOut(one) && hasWayOut(other);
}

function hasWayOut({ step, lanes, exit }: Item): boolean {
  return step.type !== 'exit' && (lanes.length === 0 || exit !== null);
}

function swap(graph: SequenceGraph, stepId: string, by: number): SequenceGraph {
  const found = findItem(outlineOf(graph).items, stepId);
  const first = found?.list[found.index + Math.min(0, by)];
  const second = found?.list[found.index + Math.max(0, by)];
  if (first === undefined || second === undefined) return graph;
  const [a, b] = [first.step.id, second.step.id];
  const after = second.exit;
  const [inFirst, inSecond] = [idsOf(first), idsOf(second)];
  const start = graph.steps[0]?.id === a ? b : null;
  const outside = new Set(graph.steps.map(({ id }) => id).filter((id) => !inFirst.has(id)));
  // In this order no way is led twice: out of the first, into the first, out of the second.
  const out = redirect(graph, inFirst, b, after);
  const into = redirect(out, outside, a, b);
  return tidy(redirect(into, inSecond, after, a), start);
}

function idsOf(item: Item): Set<string> {
  return new Set(stepsOf(item).map(({ id }) => id));
}

/** Puts a copy with an id of its own behind the step; its branches are empty. */
export function duplicateStep(graph: SequenceGraph, stepId: string, newId: NewId = randomStepId): { graph: SequenceGraph; stepId: string | null } {
  const step = graph.steps.find(({ id }) => id === stepId);
  if (!step || step.type === 'exit') return { graph, stepId: null };
  const copy: Step = { ...structuredClone(step), id: newId(step.type === 'email' ? 'mail' : step.type.replace('_', '-')) };
  return { graph: insertBehind(graph, stepId, copy), stepId: copy.id };
}

export interface RemovedStep {
  readonly step: Step;
  /** The step and what only it led to. */
  readonly steps: readonly Step[];
  /** The ways that led to it; `from` null = it was the first. */
  readonly ways: readonly { readonly from: string | null; readonly edge: string }[];
  /** What they lead to now. */
  readonly target: string | null;
}

/** Takes a step out with everything that only its branches led to; what led to it leads to what followed. */
export function removeStep(graph: SequenceGraph, stepId: string): { graph: SequenceGraph; removed: RemovedStep | null } {
  const step = graph.steps.find(({ id }) => id === stepId);
  if (!step) return { graph, removed: null };
  const found = findItem(outlineOf(graph).items, stepId);
  const target = found?.list[found.index]?.exit ?? null;
  const ways = graph.steps.flatMap((own) => edgesOf(graph, own).flatMap(({ id, to }) => (to === stepId ? [{ from: own.id, edge: id }] : [])));
  const isFirst = graph.steps[0]?.id === stepId;
  const led = redirect(graph, null, stepId, target);
  const others = { steps: led.steps.filter(({ id }) => id !== stepId) };
  const begun = isFirst && target !== null ? tidy(others, target) : others;
  const [before, after] = [reachable(graph), reachable(begun)];
  const gone = (id: string) => id === stepId || (before.has(id) && !after.has(id));
  const removed = { step, steps: graph.steps.filter(({ id }) => gone(id)), ways: isFirst ? [{ from: null, edge: 'next' }, ...ways] : ways, target };
  return { graph: tidy({ steps: begun.steps.filter(({ id }) => !gone(id)) }), removed };
}

/** Undo of a removal: puts the steps back on the ways that led to them, as far as these are still there; never a second time. */
export function restoreStep(graph: SequenceGraph, { step, steps, ways, target }: RemovedStep): SequenceGraph {
  if (graph.steps.some(({ id }) => id === step.id)) return graph;
  const own = new Set(steps.map(({ id }) => id));
  const kept = graph.steps.filter(({ id }) => !own.has(id));
  const known = new Set([...own, ...kept.map(({ id }) => id)]);
  // What followed may be gone meanwhile.
  const back = redirectMissing({ steps: [...steps] }, known);
  const led = kept.map((one) =>
    ways.reduce((changed, { from, edge }) => (from === one.id && leads(changed, edge, target, { steps: kept }) ? withEdge(changed, edge, step.id) : changed), one),
  );
  const first = ways.some(({ from }) => from === null) ? step.id : null;
  return tidy({ steps: [...led, ...back.steps] }, first ?? kept[0]?.id ?? step.id);
}

function leads(step: Step, edge: string, to: string | null, graph: SequenceGraph): boolean {
  return edgesOf(graph, step).some((own) => own.id === edge && own.to === to);
}

function redirectMissing(graph: SequenceGraph, known: ReadonlySet<string>): SequenceGraph {
  return {
    steps: graph.steps.map((step) => edgesOf(graph, step).reduce((led, { id, to }) => (to === null || known.has(to) ? led : withEdge(led, id, null)), step)),
  };
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

/** The mails in the order of the list. */
export function emails(graph: SequenceGraph): EmailStep[] {
  return outlineOf(graph).order.filter((step) => step.type === 'email');
}

/** 1 = the first mail in the list; null when the step is no mail that a way leads to. */
export function mailNumber(graph: SequenceGraph, stepId: string): number | null {
  const index = emails(graph).findIndex((step) => step.id === stepId);
  return index < 0 ? null : index + 1;
}

/** The nearest mail before a step, on the way that the list shows first. */
function mailBefore(graph: SequenceGraph, stepId: string): EmailStep | null {
  const seen = new Set<string>();
  for (let id = stepId; !seen.has(id);) {
    seen.add(id);
    const current = id;
    const before = graph.steps.find((step) => !seen.has(step.id) && edgesOf(graph, step).some(({ to }) => to === current));
    if (before === undefined) return null;
    if (before.type === 'email') return before;
    id = before.id;
  }
  return null;
}

export type ThreadState = 'first' | 'continues' | 'new' | 'mixed';

/** Whether a mail goes on in the thread of the one before: an empty subject on a follow-up means that it does. */
export function threadState(graph: SequenceGraph, stepId: string): ThreadState {
  const step = graph.steps.find((found) => found.id === stepId);
  if (step?.type !== 'email' || firstEmails(graph).has(stepId)) return 'first';
  const active = step.variants.filter((variant) => variant.active);
  const judged = active.length > 0 ? active : step.variants;
  const empty = judged.filter((variant) => variant.subject.trim() === '').length;
  if (empty === 0) return 'new';
  return empty === judged.length ? 'continues' : 'mixed';
}

/** The arm before a mail that has a subject of its own: a follow-up without one goes on in its thread. */
export function threadMail(graph: SequenceGraph, stepId: string): { readonly stepId: string; readonly variant: Variant } | null {
  for (let step = mailBefore(graph, stepId); step !== null; step = mailBefore(graph, step.id)) {
    const variant = step.variants.find((found) => found.active) ?? step.variants[0];
    if (variant && variant.subject.trim() !== '') return { stepId: step.id, variant };
  }
  return null;
}

/** The subject of the thread that a follow-up without subject would go on in; null when there is none. */
export function previousSubject(graph: SequenceGraph, stepId: string): string | null {
  return threadMail(graph, stepId)?.variant.subject.trim() ?? null;
}

export interface TimelinePoint {
  readonly stepId: string;
  readonly number: number;
  /** Minutes after the first mail; they differ where working days depend on the weekday. */
  readonly minMinutes: number;
  readonly maxMinutes: number;
}

/** When each mail of the likely way leaves, counted from the first and not counting windows and limits. */
export function timeline(graph: SequenceGraph): TimelinePoint[] {
  let minMinutes = 0;
  let maxMinutes = 0;
  return likelyMails(graph).map(({ step, waits }) => {
    for (const wait of waits) {
      const span = waitSpan(wait.duration, wait.businessDays);
      // A wait before the first mail moves the start, not the distance between mails.
      minMinutes += span.min;
      maxMinutes += span.max;
    }
    return { stepId: step.id, number: mailNumber(graph, step.id) ?? 0, minMinutes, maxMinutes };
  });
}

/** Day numbers for a point of the timeline; `rest` = minutes into that day where it is no whole day. */
export function dayOf(point: TimelinePoint): { from: number; to: number; rest: number } {
  const day = 24 * 60;
  return { from: Math.floor(point.minMinutes / day), to: Math.floor(point.maxMinutes / day), rest: Math.round(point.minMinutes % day) };
}

export function sameGraph(a: SequenceGraph, b: SequenceGraph): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
