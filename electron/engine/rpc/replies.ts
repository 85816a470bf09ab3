import type { Replies, ThreadHelp } from '../inbox/index.ts';
import { needRole, os } from './base.ts';

export function repliesRouter(replies: Replies & ThreadHelp) {
  return {
    list: os.replies.list.handler(({ input }) => replies.list(input)),
    get: os.replies.get.handler(({ input }) => replies.get(input.id)),
    update: os.replies.update.handler(({ input }) => replies.update(input)),
    conversations: os.replies.conversations.handler(({ input }) => replies.conversations(input)),
    snooze: os.replies.snooze.handler(({ input }) => replies.snooze(input.id, input.until)),
    done: os.replies.done.handler(({ input }) => replies.done(input.id, input.done)),
    brief: os.replies.brief.handler(({ input, context, signal }) => {
      // Asking a model costs time of a machine that others send with.
      if (input.think) needRole(context, 'sender');
      return replies.brief(input.id, input.think, signal);
    }),
    draft: os.replies.draft.handler(({ input, signal }) => replies.draft(input.id, input.variation, signal)),
    respond: os.replies.respond.handler(({ input }) => replies.respond(input)),
  };
}
