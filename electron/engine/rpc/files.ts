import type { Files } from '../files/index.ts';
import { os } from './base.ts';

export function filesRouter(files: Files) {
  return {
    list: os.files.list.handler(({ input }) => files.list(input)),
    upload: os.files.upload.handler(({ input }) => files.store(input.file)),
    get: os.files.get.handler(({ input }) => files.get(input.id)),
    content: os.files.content.handler(({ input }) => files.content(input.id)),
    remove: os.files.remove.handler(async ({ input }) => {
      await files.remove(input.id);
      return { id: input.id, deleted: true as const };
    }),
  };
}
