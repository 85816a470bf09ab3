import { useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { graphSchema, type Sequence, type SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { api, client } from '../../lib/client.ts';
import { useRescuedAutosave, type RescuedAutosave } from '../../lib/use-rescued-autosave.ts';
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

export interface DraftEditor extends RescuedAutosave<Draft>, Undoable<Draft> {}

/** The draft of one sequence with autosave and undo. */
export function useDraft(sequence: Sequence): DraftEditor {
  const queryClient = useQueryClient();
  const autosave = useRescuedAutosave<Draft>({
    key: `homing.sequence-draft.${sequence.id}`,
    stored: draftOf(sequence),
    stamp: sequence.updatedAt,
    same,
    parse: (value) => draftSchema.safeParse(value).data ?? null,
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
  });
  const undoable = useUndo({ value: autosave.value, write: autosave.edit, small: sameSteps, same });
  return { ...autosave, ...undoable, takeRescue: () => autosave.takeRescue(undoable.edit) };
}
