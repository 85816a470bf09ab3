import { nextStepId } from '../../../shared/graph.ts';
import type { BranchRules, GraphIssue, SequenceGraph, Step, StepAction, StepOf, StepTest } from '../../../shared/schemas/sequence.ts';
import { issue, stepName } from './issue.ts';
import type { KnownThings } from './validate.ts';

type OtherStep = Exclude<Step, { type: 'email' }>;
type Problem = Pick<GraphIssue, 'code' | 'message'> & Partial<Pick<GraphIssue, 'field' | 'blocking'>>;

/** What is wrong with one step that is no e-mail. Each message names the step. Pure. */
export function checkStep(step: OtherStep, graph: SequenceGraph, known: KnownThings | null): GraphIssue[] {
  const name = stepName(graph, step);
  return problemsOf(step, graph, known).map(({ message, ...problem }) => issue({ stepId: step.id, blocking: true, ...problem, message: `${name}: ${message}` }));
}

function problemsOf(step: OtherStep, graph: SequenceGraph, known: KnownThings | null): Problem[] {
  switch (step.type) {
    case 'wait':
      return waitProblems(step, graph);
    case 'wait_time':
      return step.days.length === 0 ? [{ code: 'no_weekday', field: 'days', message: 'choose at least one weekday.' }] : [];
    case 'wait_date':
      return step.field.trim() === '' ? [{ code: 'no_field', field: 'field', message: 'choose the field that holds the date.' }] : [];
    case 'condition':
    case 'wait_for':
      return branchProblems(step, graph, known);
    case 'switch':
      return switchProblems(step);
    case 'split':
      return splitProblems(step);
    case 'task':
      return step.title.trim() === '' ? [{ code: 'no_title', field: 'title', message: 'say what is to be done.' }] : [];
    case 'action':
      return actionProblems(step.action, known);
    case 'exit':
      return [];
  }
}

function waitProblems(step: StepOf<'wait'>, graph: SequenceGraph): Problem[] {
  const problems: Problem[] = [];
  if (isZero(step.duration)) problems.push({ code: 'zero_wait', field: 'duration', message: 'it lasts no time. Give it a duration such as P3D, or remove it.' });
  if (step.businessDays && !/^P(\d+W)?(\d+D)?$/.test(step.duration))
    problems.push({ code: 'business_days', field: 'duration', message: 'business days need whole days, for example P3D.' });
  if (nextStepId(graph, step) === null) problems.push({ code: 'wait_at_end', blocking: false, message: 'nothing follows.' });
  return problems;
}

function branchProblems(step: StepOf<'condition'> | StepOf<'wait_for'>, graph: SequenceGraph, known: KnownThings | null): Problem[] {
  if (step.branches.length === 0) return [{ code: 'no_branches', field: 'branches', message: 'it has no branch. Add one, or remove the step.' }];
  const problems = sameIds(step.branches, 'branches');
  for (const [index, branch] of step.branches.entries()) {
    const called = branch.name.trim() === '' ? `branch ${index + 1}` : `branch “${branch.name.trim()}”`;
    const found = testProblems(branch.when, graph, known).map((problem) => ({ ...problem, message: `${called} ${problem.message}` }));
    const within = step.type === 'wait_for' ? step.branches[index]?.within : undefined;
    if (within !== undefined && isZero(within)) found.push({ code: 'zero_window', message: `${called} has a window of no time.` });
    problems.push(...found.map((problem) => ({ ...problem, field: `branches.${index}` })));
  }
  return problems;
}

function testProblems({ tests }: BranchRules, graph: SequenceGraph, known: KnownThings | null): Problem[] {
  if (tests.length === 0) return [{ code: 'no_tests', message: 'asks for nothing, so it would take nobody. Add what must hold.' }];
  return tests.flatMap((test) => testProblem(test, graph, known));
}

function testProblem(test: StepTest, graph: SequenceGraph, known: KnownThings | null): Problem[] {
  switch (test.kind) {
    case 'event':
      if (test.stepId !== null && !graph.steps.some((step) => step.id === test.stepId && step.type === 'email'))
        return [{ code: 'no_such_mail', message: 'looks at an e-mail that is not in this sequence.' }];
      return test.event === 'opened' || test.event === 'clicked'
        ? [{ code: 'not_measured', blocking: false, message: `looks at ${test.event === 'opened' ? 'opens' : 'clicks'}. Without tracking they count as 0.` }]
        : [];
    case 'field':
      return test.field.trim() === '' ? [{ code: 'no_field', message: 'needs a field.' }] : [];
    case 'tag':
      return test.tag.trim() === '' ? [{ code: 'no_tag', message: 'needs a tag.' }] : [];
    case 'list':
      return listProblem(test.listId, known, 'needs a list.', 'looks at a list that does not exist any more.');
    case 'segment':
      if (test.segmentId === '') return [{ code: 'no_segment', message: 'needs a segment.' }];
      return known !== null && !known.segmentIds.has(test.segmentId) ? [{ code: 'no_such_segment', message: 'looks at a segment that does not exist any more.' }] : [];
    case 'score':
      return [{ code: 'not_measured', blocking: false, message: 'looks at the score. While no score is computed it counts as 0.' }];
  }
}

function listProblem(listId: string, known: KnownThings | null, none: string, gone: string): Problem[] {
  if (listId === '') return [{ code: 'no_list', message: none }];
  return known !== null && !known.listIds.has(listId) ? [{ code: 'no_such_list', message: gone }] : [];
}

function switchProblems(step: StepOf<'switch'>): Problem[] {
  const problems = sameIds(step.cases, 'cases');
  if (step.field.trim() === '') problems.push({ code: 'no_field', field: 'field', message: 'choose the field whose value decides.' });
  if (step.cases.length === 0) problems.push({ code: 'no_branches', field: 'cases', message: 'it has no case. Add one, or remove the step.' });
  for (const [index, one] of step.cases.entries()) {
    if (one.values.every((value) => value.trim() === '') && !(one.match === 'equals' && one.values.length > 0))
      problems.push({ code: 'no_value', field: `cases.${index}`, message: `case ${index + 1} has no value.` });
  }
  return problems;
}

function splitProblems(step: StepOf<'split'>): Problem[] {
  const problems = sameIds(step.arms, 'arms');
  const open = step.arms.filter(({ weight }) => weight > 0).length;
  if (open === 0) problems.push({ code: 'no_branches', field: 'arms', message: 'no arm has a weight above zero, so nobody could go on.' });
  else if (open === 1) problems.push({ code: 'one_arm', field: 'arms', blocking: false, message: 'everybody goes one way, because only one arm has a weight above zero.' });
  return problems;
}

function actionProblems(action: StepAction, known: KnownThings | null): Problem[] {
  switch (action.kind) {
    case 'add_tag':
    case 'remove_tag':
      return action.tag.trim() === '' ? [{ code: 'no_tag', field: 'action', message: 'name the tag.' }] : [];
    case 'set_field':
      return ['', 'email', 'time_zone'].includes(action.field.trim()) ? [{ code: 'no_field', field: 'action', message: 'choose the field that is filled.' }] : [];
    case 'add_to_list':
    case 'remove_from_list':
      return listProblem(action.listId, known, 'choose the list.', 'its list does not exist any more.').map((problem) => ({ ...problem, field: 'action' }));
    case 'webhook':
      return isWebAddress(action.url) ? [] : [{ code: 'no_url', field: 'action', message: 'it needs an address that begins with https:// or http://.' }];
    case 'notify':
      return action.message.trim() === '' ? [{ code: 'no_message', field: 'action', message: 'write what you want to be told.' }] : [];
    case 'move_to':
      if (action.sequenceId === '') return [{ code: 'no_sequence', field: 'action', message: 'choose the sequence that people go on in.' }];
      return known !== null && !known.activeSequenceIds.has(action.sequenceId)
        ? [{ code: 'no_such_sequence', field: 'action', message: 'the sequence that people go on in does not exist or was never activated.' }]
        : [];
    case 'convert':
      return [];
  }
}

function sameIds(branches: readonly { readonly id: string }[], field: string): Problem[] {
  const ids = branches.map(({ id }) => id);
  const bad = ids.find((id, index) => ids.indexOf(id) !== index || reserved.has(id));
  return bad === undefined ? [] : [{ code: 'duplicate_branch', field, message: `two ways are called “${bad}”. Each needs an id of its own.` }];
}

/** Ids of the ways that every step may have beside its branches. */
const reserved = new Set(['next', 'missing', 'skipped']);

function isZero(duration: string): boolean {
  return !/[1-9]/.test(duration);
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
