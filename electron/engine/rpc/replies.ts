import type { Replies } from '../inbox/index.ts';
import { os } from './base.ts';

export function repliesRouter(replies: Replies) {
  return {
    list: os.replies.list.handler(({ input }) => replies.list(input)),
    get: os.replies.get.handler(({ input }) => replies.get(input.id)),
    update: os.replies.update.handler(({ input }) => replies.update(input)),
    conversations: os.replies.conversations.handler(({ input }) => replies.conversations(input)),
    snooze: os.replies.snooze.handler(({ input }) => replies.snooze(input.id, input.until)),
    done: os.replies.done.handler(({ input }) => replies.done(input.id, input.done)),
    respond: os.replies.respond.handler(({ input }) => replies.respond(input)),
  };
}
