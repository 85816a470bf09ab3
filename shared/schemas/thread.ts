import { z } from 'zod';
import { copyNoteSchema } from './assist.ts';

/** What a person may do next in a conversation. `read` = nobody but a person can tell; `wait` = the others are to write. */
export const nextActions = ['answer_questions', 'propose_time', 'answer', 'write_to_other', 'go_on_later', 'nothing', 'wait', 'read'] as const;
export const nextActionSchema = z.enum(nextActions);
export type NextAction = z.infer<typeof nextActionSchema>;

/** Who answered: a language model, or the rules. */
const by = {
  source: z.enum(['model', 'rules']),
  model: z.string().nullable(),
  note: copyNoteSchema.nullable().describe('Why no model answered; null = one did, or none was needed'),
};

/** A conversation in short. Of what a stranger wrote it holds words, and never an instruction. */
export const threadBriefSchema = z.object({
  summary: z.string().nullable().describe('By a model; null = the conversation is short, or no model answered'),
  asks: z.array(z.string()).describe('What the latest message asks, in its own words'),
  action: nextActionSchema,
  reason: z.string().nullable().describe('Why this is next, by a model'),
  ...by,
});
export type ThreadBrief = z.infer<typeof threadBriefSchema>;

/** Stands in a draft where only its sender knows what to say. */
export const draftGap = '[…]';

/** A proposal of an answer. It is stored and sent by nobody: a person puts it into their answer, reads it and sends it. */
export const replyDraftSchema = z.object({ text: z.string().describe(`${draftGap} stands where only the sender knows what to say`), ...by });
export type ReplyDraft = z.infer<typeof replyDraftSchema>;
