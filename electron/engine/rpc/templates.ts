import type { Templates } from '../sequences/index.ts';
import { os } from './base.ts';

export function templatesRouter(templates: Templates) {
  return {
    list: os.templates.list.handler(({ input }) => templates.list(input)),
    create: os.templates.create.handler(({ input }) => templates.create(input)),
    get: os.templates.get.handler(({ input }) => templates.get(input.id)),
    update: os.templates.update.handler(({ input: { id, ...patch } }) => templates.update(id, patch)),
    remove: os.templates.remove.handler(({ input }) => {
      templates.remove(input.id);
      return { id: input.id, deleted: true as const };
    }),
  };
}
