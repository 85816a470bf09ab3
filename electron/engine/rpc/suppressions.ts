import type { Contacts } from '../contacts/index.ts';
import { os } from './base.ts';

export function suppressionsRouter({ suppressions }: Pick<Contacts, 'suppressions'>) {
  return {
    list: os.suppressions.list.handler(({ input }) => suppressions.list(input)),
    create: os.suppressions.create.handler(({ input }) => suppressions.create(input)),
    remove: os.suppressions.remove.handler(({ input }) => suppressions.remove(input)),
  };
}
