import { create } from 'zustand';
import type { SequenceDraft } from '../../../shared/schemas/sequence-draft.ts';

export type DraftOrigin = Omit<SequenceDraft, 'name' | 'graph'>;

interface DraftNotes {
  readonly notes: Readonly<Record<string, DraftOrigin>>;
  readonly keep: (sequenceId: string, draft: SequenceDraft) => void;
  readonly drop: (sequenceId: string) => void;
}

/** Where sequences come from that were drafted since the window was opened. */
export const useDraftNotes = create<DraftNotes>()((set) => ({
  notes: {},
  keep: (sequenceId, { name: _name, graph: _graph, ...origin }) => set(({ notes }) => ({ notes: { ...notes, [sequenceId]: origin } })),
  drop: (sequenceId) => set(({ notes }) => ({ notes: Object.fromEntries(Object.entries(notes).filter(([id]) => id !== sequenceId)) })),
}));
