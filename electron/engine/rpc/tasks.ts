import type { Tasks } from '../campaigns/index.ts';
import { os } from './base.ts';

export function tasksRouter(tasks: Tasks) {
  return {
    list: os.tasks.list.handler(({ input }) => tasks.list(input)),
    done: os.tasks.done.handler(({ input }) => tasks.close(input.id, 'done')),
    skip: os.tasks.skip.handler(({ input }) => tasks.close(input.id, 'skipped')),
    snooze: os.tasks.snooze.handler(({ input }) => tasks.snooze(input.id, input.until)),
  };
}
