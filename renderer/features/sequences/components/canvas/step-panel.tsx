import { ActionIcon, SegmentedControl, Stack, Text, Tooltip } from '@mantine/core';
import { IconCopy, IconTrash, IconX } from '@tabler/icons-react';
import { useState, type ReactNode, type RefObject } from 'react';
import { edgesOf } from '../../../../../shared/graph.ts';
import type { Step } from '../../../../../shared/schemas/sequence.ts';
import { t } from '../../../../lib/messages/index.ts';
import { updateStep } from '../../model/graph.ts';
import type { Names } from '../../use-names.ts';
import { stepName, wayName } from '../../words-of-steps.ts';
import { PreviewPane, type Shown } from '../../../../components/mail-editor/preview-pane.tsx';
import { StepEditor } from '../step-editor.tsx';
import type { EditorProps } from '../step-list.tsx';
import frame from '../../../../components/mail-editor/preview.module.css';
import { WaySelect } from '../way-select.tsx';
import classes from './canvas.module.css';

interface Props extends EditorProps {
  readonly step: Step;
  readonly names: Names;
  readonly shown: Shown | null;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly onClose: () => void;
  readonly onRemove: () => void;
  readonly onDuplicate: () => void;
}

/** The chosen step beside the canvas: its editor, where its ways lead, and for mails the preview. */
export function StepPanel(props: Props) {
  const { step, graph, issues, names, place, shown, heading, onPlace, onChange, onClose, onRemove, onDuplicate } = props;
  const [view, setView] = useState<'edit' | 'preview'>('edit');
  const name = stepName(graph, step);
  const head = (
    <div className={classes['panelHead']}>
      <h2 ref={heading} tabIndex={-1} className={`${classes['panelTitle'] ?? ''} h-ellipsis`} data-step-toggle>
        {t('canvas.step', { number: graph.steps.indexOf(step) + 1, title: name })}
      </h2>
      {step.type === 'email' && (
        <SegmentedControl
          aria-label={t('editor.view')}
          value={view}
          data={[
            { value: 'edit', label: t('canvas.edit') },
            { value: 'preview', label: t('canvas.preview') },
          ]}
          onChange={(value) => setView(value as typeof view)}
        />
      )}
      {step.type !== 'exit' && <Tool label={t('sequences.duplicateStep', { name })} icon={<IconCopy size={16} />} onClick={onDuplicate} />}
      <Tool label={t('sequences.removeStep', { name })} icon={<IconTrash size={16} />} onClick={onRemove} />
      <Tool label={t('canvas.closePanel')} icon={<IconX size={16} />} onClick={onClose} />
    </div>
  );
  if (step.type === 'email' && view === 'preview') return <PreviewPane shown={shown} head={head} />;
  return (
    <section className={frame['side']} aria-label={t('canvas.panel')} data-step={step.id}>
      {head}
      <div className={classes['panelBody']}>
        {step.type === 'exit' ? (
          <Text size="sm">{t('sequences.exitText')}</Text>
        ) : (
          <StepEditor
            sequenceId={props.sequenceId}
            graph={graph}
            step={step}
            issues={issues.filter((issue) => issue.stepId === step.id)}
            names={names}
            variantId={place?.variantId ?? 'A'}
            onVariant={(variantId) => onPlace({ stepId: step.id, variantId })}
            onChange={(change) => onChange((before) => updateStep(before, step.id, change))}
          />
        )}
        <Ways {...props} />
      </div>
    </section>
  );
}

/** Where each way leads, for those who do not drag. */
function Ways({ step, graph, names, onChange }: Props) {
  const ways = edgesOf(graph, step);
  if (ways.length === 0) return null;
  return (
    <Stack gap="sm" className={classes['panelWays'] ?? ''}>
      <Text size="sm" fw={600}>
        {t('canvas.ways')}
      </Text>
      {ways.map(({ id }) => {
        const way = wayName(step, id, names.nameOf);
        return (
          <div key={id}>
            {ways.length > 1 && (
              <Text size="sm" mb={4} className={frame['wrap'] ?? ''}>
                {way}
              </Text>
            )}
            <WaySelect graph={graph} stepId={step.id} edgeId={id} way={way} onChange={onChange} />
          </div>
        );
      })}
    </Stack>
  );
}

function Tool({ label, icon, onClick }: { readonly label: string; readonly icon: ReactNode; readonly onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon color="gray" size="sm" aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
