import type { Feed } from '../analytics/index.ts';
import { os } from './base.ts';

export function eventsRouter(feed: Feed) {
  return {
    list: os.events.list.handler(({ input }) => feed.list(input)),
    live: os.events.live.handler(({ input, signal }) => feed.live(input.after, signal)),
  };
}
