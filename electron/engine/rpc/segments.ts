import type { Contacts } from '../contacts/index.ts';
import { os } from './base.ts';

export function segmentsRouter({ segments }: Pick<Contacts, 'segments'>) {
  return {
    list: os.segments.list.handler(() => segments.list()),
    create: os.segments.create.handler(({ input }) => segments.create(input)),
    get: os.segments.get.handler(({ input }) => segments.get(input)),
    update: os.segments.update.handler(({ input }) => segments.update(input)),
    remove: os.segments.remove.handler(({ input }) => segments.remove(input)),
    count: os.segments.count.handler(({ input }) => segments.count(input)),
    countFilter: os.segments.countFilter.handler(({ input }) => segments.count(input)),
  };
}
