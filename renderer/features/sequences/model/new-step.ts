import type { SequenceGraph, SequenceInput, Step, StepOf, StepTest, StepType } from '../../../../shared/schemas/sequence.ts';
import { newEmailStep, newWaitStep, randomStepId, suggestedWait, type NewId } from './graph.ts';

/** A new step of a kind with what most people choose. Its ways lead nowhere until it is put somewhere. */
export function newStep(type: StepType, newId: NewId = randomStepId): Step {
  const id = newId(type === 'email' ? 'mail' : type.replace('_', '-'));
  switch (type) {
    case 'email':
      return newEmailStep(() => id);
    case 'wait':
      return newWaitStep(() => id);
    case 'wait_time':
      return { id, type, time: '09:00', days: [1, 2, 3, 4, 5] };
    case 'wait_date':
      return { id, type, field: '', offsetDays: 0, time: '09:00', missing: null };
    case 'condition':
      return { id, type, branches: [newBranch(newId)] };
    case 'wait_for':
      return { id, type, branches: [{ ...newBranch(newId), within: 'P3D' }] };
    case 'switch':
      return { id, type, field: '', cases: [newCase(newId)] };
    case 'split':
      return { id, type, arms: [newArm(newId), newArm(newId)] };
    case 'task':
      return { id, type, title: '', note: '', dueIn: 'P0D' };
    case 'action':
      return { id, type, action: { kind: 'add_tag', tag: '' } };
    case 'exit':
      return { id, type };
  }
}

/** A new step for this sequence: waits grow with it. */
export function freshStep(type: StepType, graph: SequenceGraph): Step {
  const step = newStep(type);
  return step.type === 'wait' ? { ...step, duration: suggestedWait(graph) } : step;
}

/** A sequence with one empty mail. */
export function blankSequence(name: string): SequenceInput {
  return { name, description: '', graph: { steps: [newEmailStep()] } };
}

export function newBranch(newId: NewId = randomStepId): StepOf<'condition'>['branches'][number] {
  return { id: newId('way'), name: '', when: { match: 'all', tests: [newTest('tag')] }, next: null };
}

export function newCase(newId: NewId = randomStepId): StepOf<'switch'>['cases'][number] {
  return { id: newId('way'), name: '', match: 'equals', values: [], next: null };
}

export function newArm(newId: NewId = randomStepId): StepOf<'split'>['arms'][number] {
  return { id: newId('way'), name: '', weight: 1, next: null };
}

export function newTest(kind: StepTest['kind']): StepTest {
  switch (kind) {
    case 'event':
      return { kind, event: 'replied', atLeast: 1, stepId: null, not: false };
    case 'field':
      return { kind, field: '', op: 'equals', value: '', not: false };
    case 'tag':
      return { kind, tag: '', not: false };
    case 'list':
      return { kind, listId: '', not: false };
    case 'segment':
      return { kind, segmentId: '', not: false };
    case 'score':
      return { kind, atLeast: 50, not: false };
  }
}
