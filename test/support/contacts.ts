import { onTestFinished } from 'vitest';
import { createContacts, type Contacts, type ContactsDeps } from '../../electron/engine/contacts/index.ts';
import { contactInputSchema, type ContactInput, type ImportRun } from '../../shared/schemas/contact.ts';
import { openTestBase, type TestBase } from './store.ts';

export interface ContactsBase extends TestBase {
  readonly contacts: Contacts;
  add(email: string, more?: Partial<ContactInput>): ReturnType<Contacts['create']>;
  importText(text: string, options?: Partial<Parameters<Contacts['import']>[0]>): Promise<ImportRun>;
}

/** Contacts on a real store with a fake clock. */
export function openContacts(hooks: Pick<ContactsDeps, 'onSuppressed' | 'onRemoved' | 'zone' | 'dns'> = {}, base: TestBase = openTestBase()): ContactsBase {
  const contacts = createContacts({ ...base, ...hooks });
  onTestFinished(() => contacts.stop());
  return {
    ...base,
    contacts,
    add: (email, more = {}) => contacts.create(contactInputSchema.parse({ email, ...more })),
    async importText(text, options = {}) {
      const run = await contacts.import({ file: new File([text], 'people.csv'), mode: 'skip', dryRun: false, ...options });
      return importEnd(contacts, run.id);
    },
  };
}

/** The report of an import once it is over. */
export async function importEnd(contacts: Contacts, id: string): Promise<ImportRun> {
  for (;;) {
    const run = contacts.getImport({ id });
    if (run.state !== 'running') return run;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
