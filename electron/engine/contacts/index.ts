import { createAddressChecks } from './address-checks.ts';
import { createBulk } from './bulk.ts';
import { createCustomFields } from './custom-fields.ts';
import type { ContactsDeps } from './deps.ts';
import { createDerivedBackfill } from './derived-backfill.ts';
import { createDuplicates } from './duplicates.ts';
import { createImports } from './imports.ts';
import { createLists } from './lists.ts';
import { createMerge } from './merge.ts';
import { createPrivacy } from './privacy.ts';
import { createSegments } from './segments.ts';
import { createSubscribers } from './subscribers.ts';
import { createSuppressions } from './suppressions.ts';
import { createWatchedFiles } from './watched-files.ts';

export type { ContactsDeps } from './deps.ts';
export { countryOf } from './zone-guess.ts';
export type { Condition } from './segment-sql.ts';
export type { Segments } from './segments.ts';
export type { Suppressions } from './suppressions.ts';
export type Contacts = ReturnType<typeof createContacts>;

/** Contacts, lists, segments, suppressions and imports. `start` settles what a crash left; `stop` ends a running import. */
export function createContacts(deps: ContactsDeps) {
  const suppressions = createSuppressions(deps);
  const lists = createLists(deps);
  const segments = createSegments(deps);
  const customFields = createCustomFields(deps);
  const subscribers = createSubscribers(deps, suppressions, segments, customFields);
  const bulk = createBulk(deps, { suppressions, lists, segments, subscribers, checks: createAddressChecks(deps) });
  const { recover, stop, forgetAddresses, ...imports } = createImports(deps, suppressions, lists, customFields, subscribers.forgetNames);
  const watchedFiles = createWatchedFiles(deps, { imports, lists });
  const derived = createDerivedBackfill(deps);
  const privacy = createPrivacy(deps, { subscribers, suppressions, forgetUploads: forgetAddresses });
  return {
    ...subscribers,
    ...imports,
    lists,
    segments,
    customFields,
    bulk,
    watchedFiles,
    privacy,
    duplicates: createDuplicates(deps),
    merge: createMerge(deps, { subscribers, suppressions }),
    suppressions,
    isSuppressed: suppressions.isSuppressed,
    suppress: suppressions.suppress,
    start() {
      recover();
      bulk.recover();
      derived.start();
      watchedFiles.start();
    },
    async stop() {
      privacy.stop();
      watchedFiles.stop();
      await Promise.all([stop(), bulk.stop(), derived.stop()]);
    },
  };
}
