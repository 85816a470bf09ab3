import { useComputedColorScheme } from '@mantine/core';
import {
  Background,
  Controls,
  MiniMap,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  ViewportPortal,
  type AriaLabelConfig,
  type Connection,
  type FinalConnectionState,
  type Node,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { edgesOf } from '../../../../../shared/graph.ts';
import type { Step, StepType } from '../../../../../shared/schemas/sequence.ts';
import { notifyRefused } from '../../../../components/notify.tsx';
import { t } from '../../../../lib/messages/index.ts';
import { canMove, insertOn, leadTo, makesLoop, moveStep } from '../../model/graph.ts';
import { neighbour } from '../../model/layout.ts';
import { freshStep } from '../../model/new-step.ts';
import type { Names } from '../../use-names.ts';
import { useRemoveStep } from '../../use-remove-step.tsx';
import { stepName, wayName } from '../../words-of-steps.ts';
import { AddStepMenu } from '../add-step-menu.tsx';
import type { EditorProps } from '../step-list.tsx';
import { CanvasEnd, CanvasStep } from './canvas-step.tsx';
import { CanvasWay } from './canvas-way.tsx';
import classes from './canvas.module.css';
import { InsertMenu, type Insertion } from './insert-menu.tsx';
import { useKeepInView } from './use-keep-in-view.ts';
import { usePicture } from './use-picture.ts';

const nodeTypes = { step: CanvasStep, end: CanvasEnd };
const edgeTypes = { way: CanvasWay };
const words: Partial<AriaLabelConfig> = {
  'controls.ariaLabel': t('canvas.controls'),
  'controls.zoomIn.ariaLabel': t('canvas.zoomIn'),
  'controls.zoomOut.ariaLabel': t('canvas.zoomOut'),
  'controls.fitView.ariaLabel': t('canvas.fit'),
  'minimap.ariaLabel': t('canvas.map'),
};
/** From so many steps on an overview helps. */
const mapFrom = 8;
const arrows = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' } as const;

interface Props extends EditorProps {
  readonly names: Names;
  /** The step that gets the keyboard, asked for from outside. */
  readonly wanted: string | null;
  readonly onWanted: (stepId: string | null) => void;
  /** A step was opened by the keyboard: what edits it gets it. */
  readonly onEnter: () => void;
}

/** The steps as a picture: the same draft and the same edits as in the list, by mouse and by keyboard. */
export function StepCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas(props: Props) {
  const { graph, place, names, wanted, onWanted, onPlace, onChange, onEnter } = props;
  const picture = usePicture(props, names.nameOf);
  const flow = useReactFlow();
  const scheme = useComputedColorScheme('light');
  const root = useRef<HTMLDivElement>(null);
  const [inserting, setInserting] = useState<Insertion | null>(null);
  const [leading, setLeading] = useState(false);
  const [spoken, speak] = useState('');
  const remove = useRemoveStep({ graph, place, onPlace, onChange, focus: onWanted });
  const { begin, show } = useKeepInView(root, picture.layout);
  const byId = (id: string) => graph.steps.find((step) => step.id === id);

  // Where the keyboard is asked to be: once the step is drawn.
  useEffect(() => {
    if (wanted === null) return;
    const button = root.current?.querySelector<HTMLElement>(`[data-canvas-step='${CSS.escape(wanted)}']`);
    if (button === undefined || button === null) return;
    button.focus({ preventScroll: true });
    onWanted(null);
  }, [wanted, onWanted, picture]);

  const open = (step: Step) => onPlace({ stepId: step.id, variantId: step.type === 'email' ? (step.variants[0]?.id ?? 'A') : 'A' });
  const made = (step: Step) => {
    open(step);
    onWanted(step.id);
  };
  const add = (type: StepType) => {
    if (inserting === null) return;
    const { from, edgeId } = inserting;
    const step = freshStep(type, graph);
    onChange((before) => insertOn(before, from === '' ? null : from, edgeId ?? 'next', step));
    setInserting(null);
    made(step);
  };
  const stopInserting = () => {
    if (inserting !== null && inserting.from !== '') onWanted(inserting.from);
    setInserting(null);
  };

  const onClick = (event: MouseEvent<HTMLElement>) => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-insert-from], [data-canvas-step]') : null;
    if (target === null) return;
    const { insertFrom, insertWay, canvasStep } = target.dataset;
    if (insertFrom !== undefined) {
      const { left, bottom } = target.getBoundingClientRect();
      return setInserting({ from: insertFrom, edgeId: insertWay ?? 'next', x: left, y: bottom });
    }
    const step = byId(canvasStep ?? '');
    if (step === undefined) return;
    open(step);
    // A click without a pointer is Enter or Space.
    if (event.detail === 0) onEnter();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-canvas-step]') : null;
    const id = target?.dataset['canvasStep'];
    if (target === null || id === undefined || event.ctrlKey || event.metaKey) return;
    const step = byId(id);
    if (event.key in arrows) {
      event.preventDefault();
      const key = arrows[event.key as keyof typeof arrows];
      if (event.altKey) {
        if (step !== undefined) move(step, key === 'up' || key === 'left' ? -1 : 1);
      } else {
        const next = neighbour(picture.layout, id, key);
        if (next !== null) onWanted(next);
      }
    } else if (event.key === '+' || event.key === 'Insert') {
      event.preventDefault();
      const { left, bottom } = target.getBoundingClientRect();
      const { insertFrom, insertWay } = target.dataset;
      const ways = step === undefined ? [] : edgesOf(graph, step);
      if (insertFrom === undefined && ways.length === 0) return;
      setInserting({ from: insertFrom ?? id, edgeId: insertWay ?? (ways.length === 1 ? (ways[0]?.id ?? 'next') : null), x: left + 20, y: bottom });
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && step !== undefined) {
      event.preventDefault();
      remove(step);
    }
  };

  const move = (step: Step, by: number) => {
    if (!canMove(graph, step.id, by)) return;
    const name = stepName(graph, step);
    const moved = moveStep(graph, step.id, by);
    onChange((before) => moveStep(before, step.id, by));
    onWanted(step.id);
    speak(t('sequences.moved', { name, place: moved.steps.findIndex(({ id }) => id === step.id) + 1, of: moved.steps.length }));
  };

  const isValid = useCallback(({ source, target }: { source: string; target: string }) => !makesLoop(graph, source, target), [graph]);
  const lead = ({ source, sourceHandle, target }: Connection) => {
    const from = byId(source);
    const to = byId(target);
    if (from === undefined || sourceHandle === null) return;
    onChange((before) => leadTo(before, source, sourceHandle, to?.id ?? null));
    speak(t('canvas.led', { way: wayName(from, sourceHandle, names.nameOf), target: to === undefined ? t('canvas.toEnd') : stepName(graph, to) }));
  };
  const stopLeading = (event: globalThis.MouseEvent | TouchEvent, { isValid: valid, fromNode, fromHandle }: FinalConnectionState) => {
    setLeading(false);
    const from = byId(fromNode?.id ?? '');
    if (from === undefined || fromHandle?.id == null || valid === true || !(event instanceof globalThis.MouseEvent)) return;
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('.react-flow__node, .react-flow__pane');
    const to = byId(over?.dataset['id'] ?? '');
    if (to !== undefined) return notifyRefused(loopSentence(from, to));
    // Let go over nothing: a new step on that way.
    if (over?.classList.contains('react-flow__pane') === true) setInserting({ from: from.id, edgeId: fromHandle.id, x: event.clientX, y: event.clientY });
  };
  const loopSentence = (from: Step, to: Step) => {
    const numbered = (step: Step) => `${t('steps.number', { number: graph.steps.indexOf(step) + 1 })} (${stepName(graph, step)})`;
    return t('editor.loop', { from: numbered(from), to: from === to ? t('editor.itself') : numbered(to) });
  };

  const first = picture.layout.boxes.find(({ id }) => id === graph.steps[0]?.id);
  return (
    <div ref={root} className={classes['canvas']} data-leading={leading} onClick={onClick} onKeyDown={onKeyDown} onFocus={show}>
      <ReactFlow
        // Its places are counted from the left in every language.
        dir="ltr"
        aria-label={t('canvas.label')}
        aria-describedby="canvas-help"
        ariaLabelConfig={words}
        colorMode={scheme}
        nodes={picture.nodes}
        edges={picture.edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        zoomOnDoubleClick={false}
        connectOnClick={false}
        panOnScroll
        minZoom={0.15}
        maxZoom={1.5}
        isValidConnection={isValid}
        onConnect={lead}
        onConnectStart={() => setLeading(true)}
        onConnectEnd={stopLeading}
        onInit={begin}
      >
        <Background gap={20} />
        <Controls showInteractive={false} position="bottom-right" fitViewOptions={{ padding: 0.08, duration: 150 }} />
        {graph.steps.length >= mapFrom && (
          <MiniMap
            pannable
            zoomable
            position="top-right"
            nodeColor={mapColor}
            nodeStrokeWidth={0}
            style={{ width: 128, height: 92 }}
            onClick={(_, point) => void flow.setCenter(point.x, point.y, { duration: 150, zoom: flow.getZoom() })}
          />
        )}
        {graph.steps.length === 0 && (
          <Panel position="top-center">
            <AddStepMenu
              label={t('sequences.firstMail')}
              onAdd={(type) => {
                const step = freshStep(type, graph);
                onChange((before) => insertOn(before, null, 'next', step));
                made(step);
              }}
            />
          </Panel>
        )}
        {first !== undefined && (
          <ViewportPortal>
            <button
              type="button"
              className={`${classes['insert'] ?? ''} nodrag nopan`}
              style={{ transform: `translate(-50%, -50%) translate(${first.x + first.width / 2}px, ${first.y - 20}px)` }}
              data-insert-from=""
              data-insert-way="next"
              aria-label={t('steps.addFirst')}
              title={t('steps.addFirst')}
            >
              +
            </button>
          </ViewportPortal>
        )}
        <Panel position="bottom-left" className={classes['help'] ?? ''}>
          <span id="canvas-help">{t('canvas.help')}</span>
        </Panel>
      </ReactFlow>
      {inserting !== null && (
        <InsertMenu insertion={inserting} graph={graph} nameOf={names.nameOf} onWay={(edgeId) => setInserting({ ...inserting, edgeId })} onAdd={add} onClose={stopInserting} />
      )}
      <div className="h-visually-hidden" role="status" aria-live="polite">
        {spoken}
      </div>
    </div>
  );
}

function mapColor(node: Node): string {
  return node.type === 'end' ? 'transparent' : node.data['open'] === true ? 'var(--homing-series-2)' : 'var(--homing-series-1)';
}
