import type { SuppressionReason } from '../../../shared/schemas/contact.ts';
import type { Composer } from './composer-port.ts';
import type { Events } from '../events/index.ts';
import type { Files } from '../files/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { Network } from '../ports.ts';
import type { Store } from '../store/index.ts';

export interface SequencesDeps {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly composer: Composer;
  /** What every mail says of its sender beside the mailbox. */
  readonly profile: () => { readonly postalAddress: string; readonly optOutLine: string; readonly attachmentsFolder: string };
  readonly files: Pick<Files, 'load' | 'has'>;
  /** Why an address must never be mailed; null = it may be. */
  readonly suppressionOf: (email: string) => SuppressionReason | null;
  readonly fetch: Network['fetch'];
}
