import type { Replies } from '../inbox/index.ts';
import { os } from './base.ts';

export function repliesRouter(replies: Replies) {
  return {
    list: os.replies.list.handler(({ input }) => replies.list(input)),
    get: os.replies.get.handler(({ input }) => replies.get(input.id)),
    update: os.replies.update.handler(({ input }) => replies.update(input)),
    respond: os.replies.respond.handler(({ input }) => replies.respond(input)),
  };
}
