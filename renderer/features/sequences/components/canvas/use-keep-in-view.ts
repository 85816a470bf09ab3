import { useReactFlow } from '@xyflow/react';
import { useCallback, useEffect, useRef, type FocusEvent, type RefObject } from 'react';
import type { Layout } from '../../model/layout.ts';

const margin = 36;
/** Below this the words of a step are no longer read. */
const smallest = 0.8;

/** Begins at the top of the picture at a readable size, and moves the picture when the keyboard comes to a step outside of it. */
export function useKeepInView(root: RefObject<HTMLDivElement | null>, layout: Layout): { readonly begin: () => void; readonly show: (event: FocusEvent<HTMLElement>) => void } {
  const flow = useReactFlow();
  const latest = useRef(layout);
  useEffect(() => {
    latest.current = layout;
  }, [layout]);

  const begin = useCallback(() => {
    const width = root.current?.clientWidth ?? 0;
    const { boxes, width: whole } = latest.current;
    const zoom = Math.min(1, Math.max(smallest, (width - 2 * margin) / Math.max(1, whole)));
    const [first] = boxes;
    // What is too wide begins with its first step in the middle.
    const middle = whole * zoom <= width || first === undefined ? whole / 2 : first.x + first.width / 2;
    void flow.setViewport({ x: width / 2 - middle * zoom, y: margin + 10, zoom });
  }, [flow, root]);

  const show = useCallback(
    (event: FocusEvent<HTMLElement>) => {
      const id = event.target.dataset['canvasStep'];
      const box = latest.current.boxes.find((one) => one.id === id);
      const size = root.current?.getBoundingClientRect();
      if (box === undefined || size === undefined) return;
      const { x, y, zoom } = flow.getViewport();
      const outside = (from: number, length: number, room: number) => (from < margin ? margin - from : Math.min(0, room - margin - (from + length)));
      const byX = outside(box.x * zoom + x, box.width * zoom, size.width);
      const byY = outside(box.y * zoom + y, box.height * zoom, size.height);
      if (byX !== 0 || byY !== 0) void flow.setViewport({ x: x + byX, y: y + byY, zoom }, { duration: 120 });
    },
    [flow, root],
  );
  return { begin, show };
}
