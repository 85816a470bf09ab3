import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { IconPlus } from '@tabler/icons-react';
import { memo } from 'react';
import { pathThrough } from '../../model/path.ts';
import classes from './canvas.module.css';
import type { WayEdge } from './picture.ts';

/** A way: down from its step, aside to its lane, and into what it leads to; with its name, and a button that adds a step on it. */
export const CanvasWay = memo(function CanvasWay({ sourceX, sourceY, targetX, targetY, source, sourceHandleId, data }: EdgeProps<WayEdge>) {
  const x = data?.named === true ? data.x : sourceX;
  const turn = Math.min(sourceY + 18, (sourceY + targetY) / 2);
  const bend = Math.max(turn, targetY - 16);
  const path = pathThrough(
    [
      { x: sourceX, y: sourceY },
      { x: sourceX, y: turn },
      { x, y: turn },
      { x, y: bend },
      { x: targetX, y: bend },
      { x: targetX, y: targetY },
    ],
    8,
  );
  const named = data?.named === true;
  const at = (y: number) => ({ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` });
  return (
    <>
      <BaseEdge path={path} className={classes['line'] ?? ''} interactionWidth={0} />
      <EdgeLabelRenderer>
        {named && (
          <span className={classes['way']} style={at(sourceY + 44)} title={data.name}>
            {data.name}
          </span>
        )}
        <button
          type="button"
          tabIndex={-1}
          className={`${classes['insert'] ?? ''} nodrag nopan`}
          style={at(named ? sourceY + 78 : sourceY + 22)}
          data-insert-from={source}
          data-insert-way={sourceHandleId ?? 'next'}
          aria-label={data?.label}
          title={data?.label}
        >
          <IconPlus size={12} stroke={2.4} aria-hidden />
        </button>
      </EdgeLabelRenderer>
    </>
  );
});
