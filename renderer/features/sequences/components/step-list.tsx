import { Alert, Group, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { GraphIssue, SequenceGraph, Step, StepType } from '../../../../shared/schemas/sequence.ts';
import { t } from '../../../lib/messages/index.ts';
import { append, appendEmail, canMove, duplicateStep, insertBehind, insertOn, moveStep, updateStep } from '../model/graph.ts';
import { freshStep } from '../model/new-step.ts';
import { outlineOf, type Item, type Lane } from '../model/outline.ts';
import { useNames, type Names } from '../use-names.ts';
import { useRemoveStep } from '../use-remove-step.tsx';
import { stepName, stepSummary, wayName } from '../words-of-steps.ts';
import { waitSentence } from '../words.ts';
import { AddStepMenu } from './add-step-menu.tsx';
import { mailDetail, mailTitle, ThreadBadge } from './mail-form.tsx';
import { StepCard } from './step-card.tsx';
import { StepEditor, stepIssue } from './step-editor.tsx';
import classes from './sequences.module.css';
import { WaySelect } from './way-select.tsx';

/** What is open in the editor: a step and, for mails, an arm. */
export interface Place {
  readonly stepId: string;
  readonly variantId: string;
}

export interface EditorProps {
  readonly sequenceId: string;
  readonly graph: SequenceGraph;
  readonly issues: readonly GraphIssue[];
  readonly place: Place | null;
  readonly onPlace: (place: Place | null) => void;
  readonly onChange: (change: (graph: SequenceGraph) => SequenceGraph) => void;
}

/** What every card of the list needs. */
interface Editing extends EditorProps {
  readonly names: Names;
  /** Moves the keyboard to a step. */
  readonly focus: (stepId: string | null) => void;
  readonly speak: (text: string) => void;
  readonly remove: (step: Step) => void;
  /** Opens what was just made and gives it the keyboard. */
  readonly made: (stepId: string | null) => void;
}

/** The steps as nested lists, complete by keyboard and for screen readers: every action is a button, and Alt with an arrow moves a step. */
export function StepList(props: EditorProps) {
  const { graph, place, onPlace, onChange } = props;
  const { items, unreachable } = outlineOf(graph);
  const list = useRef<HTMLDivElement>(null);
  const [focused, focus] = useState<string | null>(null);
  const [spoken, speak] = useState('');
  const names = useNames();
  const remove = useRemoveStep({ graph, place, onPlace, onChange, focus });

  // A moved or new step keeps the keyboard.
  useEffect(() => {
    if (focused === null) return;
    const item = list.current?.querySelector<HTMLElement>(`[data-step='${CSS.escape(focused)}']`);
    item?.querySelector<HTMLElement>('[data-step-toggle], button')?.focus();
    item?.scrollIntoView({ block: 'nearest' });
    focus(null);
  }, [focused]);

  const made = (stepId: string | null) => {
    if (stepId === null) return;
    onPlace({ stepId, variantId: 'A' });
    focus(stepId);
  };
  const editing: Editing = { ...props, names, focus, speak, remove, made };
  const addLast = (type: StepType) => {
    if (type === 'email') {
      const added = appendEmail(graph);
      onChange(() => added.graph);
      return made(added.stepId);
    }
    const step = freshStep(type, graph);
    onChange((before) => append(before, step));
    made(step.id);
  };

  return (
    <div ref={list} className={classes['steps']}>
      {items.length > 0 && (
        <Group justify="center" mb={6}>
          <AddStepMenu
            small
            label={t('steps.addFirst')}
            onAdd={(type) => {
              const step = freshStep(type, graph);
              onChange((before) => insertOn(before, null, 'next', step));
              made(step.id);
            }}
          />
        </Group>
      )}
      <ol className={classes['list']} aria-label={t('sequences.stepsLabel')}>
        {items.map((item) => (
          <StepItem key={item.step.id} item={item} editing={editing} />
        ))}
      </ol>
      <Group gap="sm" mt="xs" ms={16}>
        <AddStepMenu label={items.length === 0 ? t('sequences.firstMail') : t('steps.add')} onAdd={addLast} />
      </Group>
      {unreachable.length > 0 && (
        <Alert color="amber" variant="light" title={t('steps.unreachable')} mt="lg">
          <Text size="sm" mb="sm">
            {t('steps.unreachableHint')}
          </Text>
          <ol className={classes['list']} aria-label={t('steps.unreachable')}>
            {unreachable.map((step) => (
              <StepItem key={step.id} item={{ step, number: graph.steps.indexOf(step) + 1, lanes: [], exit: null }} editing={editing} />
            ))}
          </ol>
        </Alert>
      )}
      <div className="h-visually-hidden" role="status" aria-live="polite">
        {spoken}
      </div>
    </div>
  );
}

function StepItem({ item, editing }: { readonly item: Item; readonly editing: Editing }) {
  const { step, number, lanes } = item;
  const { graph, issues, place, names, onPlace, onChange } = editing;
  const found = issues.filter((issue) => issue.stepId === step.id);
  const open = place?.stepId === step.id;
  const name = stepName(graph, step);

  const move = (by: number) => {
    if (!canMove(graph, step.id, by)) return;
    const moved = moveStep(graph, step.id, by);
    onChange((before) => moveStep(before, step.id, by));
    editing.focus(step.id);
    editing.speak(t('sequences.moved', { name, place: moved.steps.findIndex(({ id }) => id === step.id) + 1, of: moved.steps.length }));
  };
  const duplicate = () => {
    const copy = duplicateStep(graph, step.id);
    onChange(() => copy.graph);
    editing.made(copy.stepId);
  };
  const addBelow = (type: StepType) => {
    const added = freshStep(type, graph);
    onChange((before) => insertBehind(before, step.id, added));
    editing.made(added.id);
  };
  const common = {
    kind: step.type,
    stepId: step.id,
    name,
    open,
    issues: found,
    canUp: canMove(graph, step.id, -1),
    canDown: canMove(graph, step.id, 1),
    onToggle: () => onPlace(open ? null : { stepId: step.id, variantId: step.type === 'email' ? (step.variants[0]?.id ?? 'A') : 'A' }),
    onMove: move,
    onDuplicate: duplicate,
    onRemove: () => editing.remove(step),
    tools: step.type !== 'exit' && <AddStepMenu small label={t('steps.addBelow', { name })} onAdd={addBelow} />,
    lanes: lanes.length > 0 && <Lanes item={item} editing={editing} />,
  };
  if (step.type === 'exit') return <StepCard {...common} title={title(number, name)} detail={t('sequences.exitText')} />;
  const editor = (
    <StepEditor
      sequenceId={editing.sequenceId}
      graph={graph}
      step={step}
      issues={found}
      names={names}
      variantId={open ? place.variantId : 'A'}
      onVariant={(variantId) => onPlace({ stepId: step.id, variantId })}
      onChange={(change) => onChange((before) => updateStep(before, step.id, change))}
    />
  );
  if (step.type === 'email') {
    return (
      <StepCard {...common} title={title(number, mailTitle(graph, step, name))} detail={mailDetail(step)} badges={<ThreadBadge graph={graph} step={step} />}>
        {editor}
      </StepCard>
    );
  }
  const summary = stepSummary(step, names.nameOf);
  const said = step.type === 'wait' ? `${name} ${summary}` : summary === '' ? name : `${name} · ${summary}`;
  const detail = stepIssue(found) ?? (step.type === 'wait' ? waitSentence(step.duration, step.businessDays) : null);
  return (
    <StepCard {...common} title={title(number, said)} detail={open ? null : detail}>
      {editor}
    </StepCard>
  );
}

function title(number: number, text: string) {
  return (
    <>
      <Text component="span" inherit c="dimmed" fw={500} className="h-num">
        {number}
      </Text>{' '}
      {text}
    </>
  );
}

/** The ways out of a branching step, in the order in which they are tried. */
function Lanes({ item, editing }: { readonly item: Item; readonly editing: Editing }) {
  return (
    <ul className={classes['lanes']} aria-label={t('steps.ways', { name: `${t('steps.number', { number: item.number })}, ${stepName(editing.graph, item.step)}` })}>
      {item.lanes.map((lane) => (
        <LaneOf key={lane.edge.id} step={item.step} lane={lane} editing={editing} />
      ))}
    </ul>
  );
}

function LaneOf({ step, lane, editing }: { readonly step: Step; readonly lane: Lane; readonly editing: Editing }) {
  const { graph, names, onChange } = editing;
  const way = wayName(step, lane.edge.id, names.nameOf);
  const last = lane.items.at(-1);
  const add = (type: StepType) => {
    const added = freshStep(type, graph);
    onChange((before) => (last === undefined ? insertOn(before, step.id, lane.edge.id, added) : insertBehind(before, last.step.id, added)));
    editing.made(added.id);
  };
  // What a lane ends with leads on; steps with several ways say so themselves.
  const end =
    last === undefined ? { stepId: step.id, edgeId: lane.edge.id } : last.lanes.length === 0 && last.step.type !== 'exit' ? { stepId: last.step.id, edgeId: 'next' } : null;
  return (
    <li className={classes['lane']} data-else={lane.edge.id === 'next'}>
      <Text size="sm" fw={600} className={classes['wrap'] ?? ''} mb={6}>
        {way}
      </Text>
      {lane.items.length > 0 && (
        <ol className={classes['list']} aria-label={t('steps.way', { way })}>
          {lane.items.map((one) => (
            <StepItem key={one.step.id} item={one} editing={editing} />
          ))}
        </ol>
      )}
      <Group gap="sm" wrap="nowrap">
        {last?.step.type !== 'exit' && <AddStepMenu label={t('steps.addHere', { way })} onAdd={add} />}
        {end !== null && <WaySelect {...end} way={way} graph={graph} onChange={onChange} />}
      </Group>
    </li>
  );
}
