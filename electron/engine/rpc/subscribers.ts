import type { Contacts } from '../contacts/index.ts';
import { os } from './base.ts';

export function subscribersRouter(contacts: Contacts) {
  return {
    list: os.subscribers.list.handler(({ input }) => contacts.list(input)),
    query: os.subscribers.query.handler(({ input }) => contacts.list(input)),
    create: os.subscribers.create.handler(({ input }) => contacts.create(input)),
    get: os.subscribers.get.handler(({ input }) => contacts.get(input)),
    update: os.subscribers.update.handler(({ input }) => contacts.update(input)),
    remove: os.subscribers.remove.handler(({ input }) => contacts.remove(input)),
    removeMany: os.subscribers.removeMany.handler(({ input }) => contacts.removeMany(input)),
    fields: os.subscribers.fields.handler(() => contacts.fields()),
    defineField: os.subscribers.defineField.handler(({ input }) => contacts.customFields.define(input)),
    forgetField: os.subscribers.forgetField.handler(({ input }) => contacts.customFields.forget(input)),
    bulk: os.subscribers.bulk.handler(({ input }) => contacts.bulk.start(input)),
    getBulk: os.subscribers.getBulk.handler(({ input }) => contacts.bulk.get(input)),
    cancelBulk: os.subscribers.cancelBulk.handler(({ input }) => contacts.bulk.cancel(input)),
    undoBulk: os.subscribers.undoBulk.handler(({ input }) => contacts.bulk.undo(input)),
    inspectImport: os.subscribers.inspectImport.handler(({ input }) => contacts.inspectImport(input)),
    import: os.subscribers.import.handler(({ input }) => contacts.import(input)),
    imports: os.subscribers.imports.handler(({ input }) => contacts.imports(input)),
    getImport: os.subscribers.getImport.handler(({ input }) => contacts.getImport(input)),
    cancelImport: os.subscribers.cancelImport.handler(({ input }) => contacts.cancelImport(input)),
    rejectedRows: os.subscribers.rejectedRows.handler(({ input }) => contacts.rejectedRows(input)),
  };
}
