import type { Contacts } from '../contacts/index.ts';
import { os } from './base.ts';

export function listsRouter({ lists }: Pick<Contacts, 'lists'>) {
  return {
    list: os.lists.list.handler(({ input }) => lists.list(input)),
    create: os.lists.create.handler(({ input }) => lists.create(input)),
    get: os.lists.get.handler(({ input }) => lists.get(input)),
    update: os.lists.update.handler(({ input }) => lists.update(input)),
    remove: os.lists.remove.handler(({ input }) => lists.remove(input)),
    addContacts: os.lists.addContacts.handler(({ input }) => lists.addContacts(input)),
    removeContacts: os.lists.removeContacts.handler(({ input }) => lists.removeContacts(input)),
  };
}
