import { useSyncExternalStore } from 'react';
import { newId } from '../../lib/ids.ts';

export interface Draft {
  /** Names the draft towards the engine: the same id never leaves twice. */
  readonly id: string;
  readonly text: string;
}

// Begun answers live as long as the window: leaving a conversation must not lose them, and one that is
// taken back returns even when its conversation is not on screen at that moment.
const drafts = new Map<string, Draft>();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The begun answer to a reply, kept up to date; undefined when none was begun. */
export function useDraft(replyId: string): Draft | undefined {
  return useSyncExternalStore(subscribe, () => drafts.get(replyId));
}

/** Keeps the text of an answer; it goes on under its draft's id, or under a new one after `dropDraft`. */
export function writeDraft(replyId: string, text: string): void {
  drafts.set(replyId, { id: drafts.get(replyId)?.id ?? newId(), text });
  for (const listener of listeners) listener();
}

/** Forgets an answer, and the id it had. */
export function dropDraft(replyId: string): void {
  drafts.delete(replyId);
  for (const listener of listeners) listener();
}
