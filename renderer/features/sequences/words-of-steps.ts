import type { BranchRules, SequenceGraph, Step, StepTest } from '../../../shared/schemas/sequence.ts';
import { t } from '../../lib/messages/index.ts';
import { mailNumber } from './model/graph.ts';
import { waitName } from './words.ts';

/** Names of lists, segments and sequences by id, for what steps say of themselves. */
export type NameOf = (id: string) => string | null;

/** What a step is called: `Mail 2`, `Condition`. */
export function stepName(graph: SequenceGraph, step: Step): string {
  const number = step.type === 'email' ? mailNumber(graph, step.id) : null;
  return number === null ? t(`steps.kind.${step.type}`) : t('sequences.mailStep', { number });
}

/** One line on what a step does; '' for mails, whose text says it. */
export function stepSummary(step: Step, nameOf: NameOf): string {
  switch (step.type) {
    case 'email':
    case 'condition':
    case 'wait_for':
    case 'split':
      return '';
    case 'wait':
      return waitName(step.duration, step.businessDays);
    case 'wait_time':
      return t('steps.timeSentence', { time: step.time, days: daysName(step.days) });
    case 'wait_date': {
      const side = t(step.offsetDays < 0 ? 'steps.offset.before' : 'steps.offset.after');
      return t('steps.dateSentence', { days: Math.abs(step.offsetDays), side, field: step.field || t('steps.none'), time: step.time });
    }
    case 'switch':
      return step.field === '' ? t('steps.none') : step.field;
    case 'task':
      return step.title;
    case 'action':
      return actionSummary(step, nameOf);
    case 'exit':
      return t('sequences.exitText');
  }
}

export function daysName(days: readonly number[]): string {
  if (days.length === 7) return t('steps.everyDay');
  return [1, 2, 3, 4, 5, 6, 7].flatMap((day) => (days.includes(day) ? [t(`steps.day.${day as 1}`)] : [])).join(', ') || t('steps.none');
}

function actionSummary({ action }: Extract<Step, { type: 'action' }>, nameOf: NameOf): string {
  const what = t(`steps.action.${action.kind}`);
  const of = (text: string) => `${what}: ${text || t('steps.none')}`;
  switch (action.kind) {
    case 'add_tag':
    case 'remove_tag':
      return of(action.tag);
    case 'set_field':
      return action.field === '' ? of('') : t('steps.setField', { field: action.field, value: action.value });
    case 'add_to_list':
    case 'remove_from_list':
      return of(nameOf(action.listId) ?? '');
    case 'webhook':
      return of(action.url);
    case 'notify':
      return of(action.message);
    case 'move_to':
      return of(nameOf(action.sequenceId) ?? '');
    case 'convert':
      return action.goal === '' ? what : of(action.goal);
  }
}

/** What a way of a step is called. */
export function wayName(step: Step, edgeId: string, nameOf: NameOf): string {
  if (edgeId === 'missing') return t('steps.missing');
  if (edgeId === 'skipped') return t('steps.skipped');
  if (edgeId === 'next') {
    if (step.type === 'wait_for') return t('steps.timeout');
    if (step.type === 'wait_date') return t('steps.hasDate');
    return step.type === 'task' ? t('steps.done') : t('steps.else');
  }
  if (step.type === 'condition' || step.type === 'wait_for') {
    const branch = step.branches.find(({ id }) => id === edgeId);
    if (branch === undefined) return '';
    const within = 'within' in branch ? ` (${waitName(String(branch.within), false)})` : '';
    return `${branch.name || rulesText(branch.when, nameOf)}${within}`;
  }
  if (step.type === 'switch') {
    const found = step.cases.find(({ id }) => id === edgeId);
    return found === undefined ? '' : found.name || found.values.join(', ') || t('steps.say.nothing');
  }
  if (step.type === 'split') {
    const index = step.arms.findIndex(({ id }) => id === edgeId);
    const arm = step.arms[index];
    const total = step.arms.reduce((sum, { weight }) => sum + weight, 0);
    const share = arm === undefined || total === 0 ? 0 : Math.round((arm.weight / total) * 100);
    return `${arm?.name || t('steps.arm', { number: index + 1 })} · ${t('steps.share', { percent: share })}`;
  }
  return '';
}

export function rulesText({ match, tests }: BranchRules, nameOf: NameOf): string {
  if (tests.length === 0) return t('steps.say.nothing');
  return tests.map((test) => testText(test, nameOf)).join(t(match === 'all' ? 'steps.and' : 'steps.or'));
}

function testText(test: StepTest, nameOf: NameOf): string {
  const plain = plainText(test, nameOf);
  return test.not ? t('steps.say.not', { test: plain }) : plain;
}

function plainText(test: StepTest, nameOf: NameOf): string {
  switch (test.kind) {
    case 'event':
      return t('steps.say.event', { event: t(`steps.event.${test.event}`), count: test.atLeast });
    case 'field':
      return t('steps.say.field', { field: test.field || t('steps.none'), op: t(`steps.op.${test.op}`), value: test.op === 'is_empty' ? '' : `“${test.value}”` }).trim();
    case 'tag':
      return t('steps.say.tag', { tag: test.tag });
    case 'list':
      return t('steps.say.list', { list: nameOf(test.listId) ?? '' });
    case 'segment':
      return t('steps.say.segment', { segment: nameOf(test.segmentId) ?? '' });
    case 'score':
      return t('steps.say.score', { score: test.atLeast });
  }
}
