import { isDeepStrictEqual } from 'node:util';
import { edgesOf } from '../../../shared/graph.ts';
import type { SequenceGraph, Step, StepChange, Variant } from '../../../shared/schemas/sequence.ts';

/**
 * What differs between two graphs, by step id: steps that came, went, or changed, each with the fields that did. Edges
 * are told as the step's own field `ways`. In the order of the newer graph; what went comes last. Pure.
 */
export function diffGraphs(before: SequenceGraph, after: SequenceGraph): StepChange[] {
  const old = new Map(before.steps.map((step) => [step.id, step]));
  const kept = new Set(after.steps.map(({ id }) => id));
  const changes: StepChange[] = [];
  for (const step of after.steps) {
    const was = old.get(step.id);
    if (was === undefined) changes.push(change(step, 'added'));
    else if (was.type !== step.type) changes.push(change(was, 'removed'), change(step, 'added'));
    else {
      const fields = fieldsOf(was, step, before, after);
      if (fields.length > 0) changes.push({ ...change(step, 'changed'), fields });
    }
  }
  for (const step of before.steps) if (!kept.has(step.id)) changes.push(change(step, 'removed'));
  return changes;
}

function change(step: Step, kind: StepChange['change']): StepChange {
  return { stepId: step.id, type: step.type, title: titleOf(step), change: kind, fields: [] };
}

/** What a person calls the step: its subject, its task, its duration; '' where its kind says it all. */
function titleOf(step: Step): string {
  switch (step.type) {
    case 'email':
      return step.variants[0]?.subject ?? '';
    case 'task':
      return step.title;
    case 'wait':
      return step.duration;
    default:
      return '';
  }
}

function fieldsOf(was: Step, is: Step, before: SequenceGraph, after: SequenceGraph): StepChange['fields'] {
  const fields: StepChange['fields'] = [];
  const note = (field: string, from: unknown, to: unknown) => {
    if (!isDeepStrictEqual(from, to)) fields.push({ field, before: readable(from), after: readable(to) });
  };
  if (was.type === 'email' && is.type === 'email') for (const [field, from, to] of variantFields(was.variants, is.variants)) note(field, from, to);
  note('ways', edgesOf(before, was), edgesOf(after, is));
  const [from, to] = [rest(was), rest(is)];
  for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) note(field, from[field], to[field]);
  return fields;
}

/** Fields that have no line of their own: without ids, edges and what is compared arm by arm. */
function rest(step: Step): Record<string, unknown> {
  const own: Record<string, unknown> = { ...step };
  for (const field of ['id', 'type', 'next', 'missing', 'skipped', 'variants']) Reflect.deleteProperty(own, field);
  for (const field of ['branches', 'cases', 'arms']) {
    const list = own[field];
    if (Array.isArray(list)) own[field] = list.map((one: object) => ({ ...one, next: undefined }));
  }
  return own;
}

function variantFields(before: readonly Variant[], after: readonly Variant[]): [string, unknown, unknown][] {
  const ids = new Set([...before, ...after].map(({ id }) => id));
  return [...ids].flatMap((id): [string, unknown, unknown][] => {
    const [was, is] = [before.find((one) => one.id === id), after.find((one) => one.id === id)];
    if (was === undefined || is === undefined) return [[`variant ${id}`, was, is]];
    return (['subject', 'html', 'text', 'weight', 'active'] as const).map((field) => [`${id}.${field}`, was[field], is[field]]);
  });
}

function readable(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
