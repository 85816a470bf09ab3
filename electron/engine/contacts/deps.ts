import type { SuppressionReason } from '../../../shared/schemas/contact.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { DnsResolver, Logger } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';
import type { SettingsService } from '../workspace/index.ts';

export interface ContactsDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly dataDir: string;
  /** Whose calendar days segments count; absent = that of the computer. */
  readonly zone?: string;
  /** Asked who takes mail for a domain; absent = nobody is asked (practice has no real domains). */
  readonly dns?: Pick<DnsResolver, 'mx' | 'addresses'>;
  /** Remembers which guesses stand in the rows; without it old rows are left as they are. */
  readonly settings?: Pick<SettingsService, 'read' | 'write'>;
  /** In the transaction that suppresses: stop what waits for these people. `contactIds` are all that are covered. */
  readonly onSuppressed?: (tx: Tx, suppressed: { kind: 'address' | 'domain'; value: string; reason: SuppressionReason; contactIds: readonly string[] }) => void;
  /** In the transaction that makes two contacts one: their enrolments that cannot both go on. */
  readonly onDoubled?: (tx: Tx, enrolmentIds: readonly string[]) => void;
  /** In the transaction that deletes people, before their rows go. */
  readonly onRemoved?: (tx: Tx, contactIds: readonly string[]) => void;
}
