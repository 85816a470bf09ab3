import { newId } from '../../lib/ids.ts';

export interface Draft {
  /** Names the draft towards the engine: the same id never leaves twice. */
  readonly id: string;
  readonly text: string;
}

// Begun answers live as long as the window: leaving a conversation must not lose them.
const drafts = new Map<string, Draft>();

export function readDraft(replyId: string): Draft {
  return drafts.get(replyId) ?? { id: newId(), text: '' };
}
export function writeDraft(replyId: string, draft: Draft): void {
  if (draft.text === '') drafts.delete(replyId);
  else drafts.set(replyId, draft);
}
export function dropDraft(replyId: string): void {
  drafts.delete(replyId);
}
