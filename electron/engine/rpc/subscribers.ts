import type { Contacts } from '../contacts/index.ts';
import { AppError } from '../../../shared/errors.ts';
import { os, type RpcContext } from './base.ts';

export function subscribersRouter(contacts: Contacts) {
  return {
    list: os.subscribers.list.handler(({ input }) => contacts.list(input)),
    query: os.subscribers.query.handler(({ input }) => contacts.list(input)),
    create: os.subscribers.create.handler(({ input }) => contacts.create(input)),
    get: os.subscribers.get.handler(({ input }) => contacts.get(input)),
    update: os.subscribers.update.handler(({ input, context }) => {
      if (input.ownerId !== undefined) mayPass(contacts, context, input.id, input.ownerId);
      return contacts.update(input);
    }),
    remove: os.subscribers.remove.handler(({ input }) => contacts.remove(input)),
    removeMany: os.subscribers.removeMany.handler(({ input }) => contacts.removeMany(input)),
    duplicates: os.subscribers.duplicates.handler(({ input }) => contacts.duplicates.list(input)),
    dismissDuplicate: os.subscribers.dismissDuplicate.handler(({ input }) => contacts.duplicates.dismiss(input)),
    previewMerge: os.subscribers.previewMerge.handler(({ input }) => contacts.merge.preview(input)),
    merge: os.subscribers.merge.handler(({ input }) => contacts.merge.merge(input)),
    export: os.subscribers.export.handler(({ input }) => contacts.privacy.exportPerson(input)),
    erase: os.subscribers.erase.handler(({ input }) => contacts.privacy.erase(input)),
    fields: os.subscribers.fields.handler(() => contacts.fields()),
    defineField: os.subscribers.defineField.handler(({ input }) => contacts.customFields.define(input)),
    forgetField: os.subscribers.forgetField.handler(({ input }) => contacts.customFields.forget(input)),
    bulk: os.subscribers.bulk.handler(({ input }) => contacts.bulk.start(input)),
    getBulk: os.subscribers.getBulk.handler(({ input }) => contacts.bulk.get(input)),
    cancelBulk: os.subscribers.cancelBulk.handler(({ input }) => contacts.bulk.cancel(input)),
    undoBulk: os.subscribers.undoBulk.handler(({ input }) => contacts.bulk.undo(input)),
    inspectImport: os.subscribers.inspectImport.handler(({ input }) => contacts.inspectImport(input)),
    import: os.subscribers.import.handler(({ input }) => contacts.import(input)),
    inspectPath: os.subscribers.inspectPath.handler(async ({ input }) => contacts.inspectImport({ file: await contacts.watchedFiles.open(input.path) })),
    watchedFiles: os.subscribers.watchedFiles.handler(() => contacts.watchedFiles.list()),
    watchFile: os.subscribers.watchFile.handler(({ input }) => contacts.watchedFiles.watch(input)),
    runWatchedFile: os.subscribers.runWatchedFile.handler(({ input }) => contacts.watchedFiles.run(input)),
    unwatchFile: os.subscribers.unwatchFile.handler(({ input }) => contacts.watchedFiles.unwatch(input)),
    imports: os.subscribers.imports.handler(({ input }) => contacts.imports(input)),
    getImport: os.subscribers.getImport.handler(({ input }) => contacts.getImport(input)),
    cancelImport: os.subscribers.cancelImport.handler(({ input }) => contacts.cancelImport(input)),
    rejectedRows: os.subscribers.rejectedRows.handler(({ input }) => contacts.rejectedRows(input)),
  };
}

/** A sender takes what is everybody's and lets go what is theirs; managers decide for others. */
function mayPass(contacts: Contacts, context: RpcContext, id: string, to: string | null): void {
  const caller = context.who?.();
  if (caller?.role !== 'sender') return;
  const { ownerId: from } = contacts.get({ id });
  if ([from, to].some((ownerId) => ownerId !== null && ownerId !== caller.id))
    throw new AppError('forbidden', 'This contact belongs to somebody else, or would. Ask its owner or a manager.');
}
