import { Handle, Position, type NodeProps } from '@xyflow/react';
import { IconAlertTriangle } from '@tabler/icons-react';
import { memo } from 'react';
import { t } from '../../../../lib/messages/index.ts';
import { threadIcons } from '../mail-form.tsx';
import { stepIcons } from '../step-card.tsx';
import classes from './canvas.module.css';
import { handleX, type EndNode, type StepNode } from './picture.ts';

/** One step of the picture: a button that opens it, and a handle for each of its ways. Keys and clicks are answered by the canvas. */
export const CanvasStep = memo(function CanvasStep({ id, data }: NodeProps<StepNode>) {
  const StepIcon = stepIcons[data.kind];
  const ThreadIcon = data.thread === null ? null : threadIcons[data.thread];
  return (
    <>
      <Handle type="target" id="into" position={Position.Top} isConnectableStart={false} className={classes['into'] ?? ''} />
      <button
        type="button"
        className={classes['step']}
        data-canvas-step={id}
        data-kind={data.kind}
        data-open={data.open}
        data-bad={data.bad}
        aria-label={data.label}
        aria-pressed={data.open}
        title={[data.title, data.detail].filter((part) => part !== '').join('\n')}
      >
        <span className={classes['icon']} aria-hidden>
          <StepIcon size={15} stroke={1.8} />
        </span>
        <span className={classes['words']}>
          <span className={classes['title']}>
            <span className={classes['number']}>{data.number}</span> {data.title}
          </span>
          {data.detail !== '' && <span className={classes['detail']}>{data.detail}</span>}
          {data.badges.length > 0 && (
            <span className={classes['badges']}>
              {data.badges.map((badge) => (
                <span key={badge.text} className={classes['badge']} data-off={badge.off} title={badge.hint === '' ? undefined : badge.hint}>
                  {badge.text}
                </span>
              ))}
            </span>
          )}
          {data.facts !== '' && <span className={classes['facts']}>{data.facts}</span>}
        </span>
        {data.findings > 0 ? (
          <IconAlertTriangle size={16} className={classes['finding']} data-bad={data.bad} aria-hidden />
        ) : (
          ThreadIcon !== null && data.thread !== null && <ThreadIcon size={15} className={classes['thread']} aria-hidden />
        )}
      </button>
      {data.ways.map((way, index) => (
        <Handle
          key={way.id}
          type="source"
          id={way.id}
          position={Position.Bottom}
          className={classes['out'] ?? ''}
          style={{ left: `${handleX(index, data.ways.length) * 100}%` }}
          title={t('canvas.lead', { way: way.name })}
        />
      ))}
    </>
  );
});

/** Where a way ends: a button that adds a step there. */
export const CanvasEnd = memo(function CanvasEnd({ id, data }: NodeProps<EndNode>) {
  return (
    <>
      <Handle type="target" id="into" position={Position.Top} isConnectableStart={false} className={classes['into'] ?? ''} />
      <button type="button" className={classes['end']} data-canvas-step={id} data-insert-from={data.from} data-insert-way={data.edgeId} aria-label={data.label} title={data.label}>
        {t('canvas.end')}
      </button>
    </>
  );
});
