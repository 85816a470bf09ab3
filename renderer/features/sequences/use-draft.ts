import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { z } from 'zod';
import { graphSchema, type Sequence, type SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { clearRescue, readRescue, writeRescue, type Rescue } from '../../lib/autosave.ts';
import { api, client } from '../../lib/client.ts';
import { useAutosave, type Autosave } from '../../lib/use-autosave.ts';
import { sameGraph, tidy } from './model/graph.ts';
import { useUndo, type Undoable } from './use-undo.ts';

/** What the editor changes of a sequence. */
export interface Draft {
  readonly name: string;
  readonly description: string;
  readonly graph: SequenceGraph;
}

const draftSchema = z.object({ name: z.string(), description: z.string(), graph: graphSchema });

function same(a: Draft, b: Draft): boolean {
  return a === b || (a.name === b.name && a.description === b.description && (a.graph === b.graph || sameGraph(a.graph, b.graph)));
}

/** Typing in a field, in contrast to adding, moving, deleting and leading elsewhere. */
function sameSteps(a: Draft, b: Draft): boolean {
  return a.graph === b.graph || (a.graph.steps.length === b.graph.steps.length && a.graph.steps.every(({ id }, index) => id === b.graph.steps[index]?.id));
}

/** The editor keeps the steps in the order of its list. */
function draftOf(sequence: Sequence): Draft {
  return { name: sequence.name, description: sequence.description, graph: tidy(sequence.draft) };
}

export interface DraftEditor extends Autosave<Draft>, Undoable<Draft> {
  readonly rescue: Rescue<Draft> | null;
  readonly takeRescue: () => void;
  readonly dropRescue: () => void;
}

/** The draft of one sequence with autosave, and a copy in local storage in case the window closes before it is saved. */
export function useDraft(sequence: Sequence): DraftEditor {
  const queryClient = useQueryClient();
  const key = `homing.sequence-draft.${sequence.id}`;
  const [rescue, setRescue] = useState<Rescue<Draft> | null>(() => findRescue(key, sequence));
  const autosave = useAutosave<Draft>({
    stored: draftOf(sequence),
    stamp: sequence.updatedAt,
    same,
    write: async (value, stored) => {
      // A name may be empty for a moment while it is being retyped; the rest is saved all the same.
      const saved = await client.sequences.update({
        id: sequence.id,
        name: value.name.trim() === '' ? stored.name : value.name.trim(),
        description: value.description,
        graph: value.graph,
      });
      queryClient.setQueryData(api.sequences.get.queryKey({ input: { id: sequence.id } }), saved);
      void queryClient.invalidateQueries({ queryKey: api.sequences.list.key() });
      return saved.updatedAt;
    },
    onUnsaved: (value) => rescue === null && writeRescue(localStorage, key, value, Date.now()),
    onSaved: () => rescue === null && clearRescue(localStorage, key),
  });
  const { edit, undo, redo } = useUndo({ value: autosave.value, write: autosave.edit, small: sameSteps, same });
  const dropRescue = useCallback(() => {
    setRescue(null);
    clearRescue(localStorage, key);
  }, [key]);
  const takeRescue = useCallback(() => {
    if (rescue) edit(() => rescue.value);
    setRescue(null);
  }, [rescue, edit]);
  return { ...autosave, edit, undo, redo, rescue, takeRescue, dropRescue };
}

function findRescue(key: string, sequence: Sequence): Rescue<Draft> | null {
  const found = readRescue(localStorage, key, 0, (value) => draftSchema.safeParse(value).data ?? null);
  if (found && !same(found.value, draftOf(sequence))) return found;
  clearRescue(localStorage, key);
  return null;
}
