import { useDeferredValue, useEffect, useMemo, useRef } from 'react';
import type { EditorProps } from '../step-list.tsx';
import type { NameOf } from '../../words-of-steps.ts';
import { useNumbers } from '../variant-numbers.tsx';
import { pictureOf, type Picture } from './picture.ts';

const noNumbers: never[] = [];

/**
 * The picture of the draft. It follows typing when there is time for it, and what looks as before keeps its identity:
 * one step is drawn again and not two hundred.
 */
export function usePicture({ sequenceId, issues, place, ...props }: EditorProps, nameOf: NameOf): Picture {
  const graph = useDeferredValue(props.graph);
  const { data: numbers = noNumbers } = useNumbers(sequenceId);
  const open = place?.stepId ?? null;
  const before = useRef<Picture | null>(null);
  const picture = useMemo(() => pictureOf({ graph, issues, numbers, nameOf, open }), [graph, issues, numbers, nameOf, open]);
  const kept = useMemo(() => ({ ...picture, nodes: keep(before.current?.nodes, picture.nodes), edges: keep(before.current?.edges, picture.edges) }), [picture]);
  useEffect(() => {
    before.current = kept;
  }, [kept]);
  return kept;
}

function keep<T extends { readonly id: string }>(before: T[] | undefined, now: T[]): T[] {
  const known = new Map(before?.map((one) => [one.id, one]));
  const kept = now.map((one) => {
    const old = known.get(one.id);
    return old !== undefined && JSON.stringify(old) === JSON.stringify(one) ? old : one;
  });
  return before?.length === kept.length && kept.every((one, index) => one === before[index]) ? before : kept;
}
