import { Menu } from '@mantine/core';
import { edgesOf } from '../../../../../shared/graph.ts';
import type { SequenceGraph, StepType } from '../../../../../shared/schemas/sequence.ts';
import { t } from '../../../../lib/messages/index.ts';
import { wayName, type NameOf } from '../../words-of-steps.ts';
import { StepKinds } from '../add-step-menu.tsx';
import classes from './canvas.module.css';

/** Where a step is to be added; `edgeId` null = the way is still to be chosen. */
export interface Insertion {
  readonly from: string;
  readonly edgeId: string | null;
  /** Where the menu opens, in the window. */
  readonly x: number;
  readonly y: number;
}

interface Props {
  readonly insertion: Insertion;
  readonly graph: SequenceGraph;
  readonly nameOf: NameOf;
  readonly onWay: (edgeId: string) => void;
  readonly onAdd: (type: StepType) => void;
  readonly onClose: () => void;
}

/** The one menu of the canvas: which way, where there are several, then which kind of step. */
export function InsertMenu({ insertion, graph, nameOf, onWay, onAdd, onClose }: Props) {
  const step = graph.steps.find(({ id }) => id === insertion.from);
  return (
    <Menu
      key={insertion.edgeId ?? ''}
      opened
      closeOnItemClick={false}
      onChange={(opened) => !opened && onClose()}
      // Not by keys outside: the very key that opened it would close it again.
      clickOutsideEvents={['mousedown', 'touchstart']}
      position="bottom-start"
      width={330}
      withinPortal
      returnFocus={false}
    >
      <Menu.Target>
        <span className={classes['anchor']} style={{ left: insertion.x, top: insertion.y }} />
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }} aria-label={t('steps.add')}>
        {insertion.edgeId === null && step !== undefined ? (
          <>
            <Menu.Label>{t('canvas.whichWay')}</Menu.Label>
            {edgesOf(graph, step).map(({ id }) => (
              <Menu.Item key={id} onClick={() => onWay(id)}>
                {wayName(step, id, nameOf)}
              </Menu.Item>
            ))}
          </>
        ) : (
          <StepKinds onAdd={onAdd} />
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
