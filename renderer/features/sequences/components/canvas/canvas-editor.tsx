import { useEffect, useRef, useState, type ReactNode } from 'react';
import { duplicateStep } from '../../model/graph.ts';
import { useNames } from '../../use-names.ts';
import { useRemoveStep } from '../../use-remove-step.tsx';
import { PreviewPane, type Shown } from '../../../../components/mail-editor/preview-pane.tsx';
import type { EditorProps } from '../step-list.tsx';
import frame from '../sequences.module.css';
import { StepCanvas } from './step-canvas.tsx';
import { StepPanel } from './step-panel.tsx';

interface Props extends EditorProps {
  readonly shown: Shown | null;
  /** What stands above the canvas. */
  readonly children: ReactNode;
}

/** The canvas with the chosen step beside it. */
export function CanvasEditor({ children, shown, ...editing }: Props) {
  const { graph, place, onPlace, onChange } = editing;
  const names = useNames();
  const [wanted, setWanted] = useState<string | null>(null);
  const [entered, setEntered] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const remove = useRemoveStep({ graph, place, onPlace, onChange, focus: setWanted });
  const step = graph.steps.find(({ id }) => id === place?.stepId);

  useEffect(() => {
    if (entered > 0) heading.current?.focus();
  }, [entered]);

  const duplicate = (stepId: string) => {
    const copy = duplicateStep(graph, stepId);
    onChange(() => copy.graph);
    if (copy.stepId === null) return;
    onPlace({ stepId: copy.stepId, variantId: 'A' });
    setWanted(copy.stepId);
  };
  return (
    <>
      <div className={frame['canvasColumn']}>
        {children}
        <StepCanvas {...editing} names={names} wanted={wanted} onWanted={setWanted} onEnter={() => setEntered((count) => count + 1)} />
      </div>
      {step === undefined ? (
        <PreviewPane shown={shown} />
      ) : (
        <StepPanel
          {...editing}
          key={step.id}
          step={step}
          names={names}
          shown={shown}
          heading={heading}
          onRemove={() => remove(step)}
          onDuplicate={() => duplicate(step.id)}
          onClose={() => {
            onPlace(null);
            setWanted(step.id);
          }}
        />
      )}
    </>
  );
}
