import { connectionName } from './outbox.ts';
import type { UnknownOutcome } from '../../../shared/schemas/delivery.ts';
import type { Store } from '../store/index.ts';
import { sentGraceMs, type Reconciler } from './reconcile.ts';

interface Row {
  readonly host: string | null;
  readonly port: number | null;
  readonly connection: string | null;
  readonly beganAt: number;
  readonly since: number;
  readonly cause: string | null;
  readonly proven: number;
}

/** What a person is shown to decide on a delivery of unknown outcome. Null in every other state. */
export function createUnknownOutcomes({ store, lookOf }: { store: Store; lookOf: Reconciler['lookOf'] }) {
  return function outcomeOf(deliveryId: string): UnknownOutcome | null {
    const row = store
      .prepareRead(
        `select json_extract(m.smtp, '$.host') as host, json_extract(m.smtp, '$.port') as port, d.connection, d.sending_at as beganAt, max(d.sending_at, d.updated_at) as since,
           d.why_detail as cause, m.imap is not null and m.sent_copy = 'provider' as proven
         from deliveries d left join mailboxes m on m.id = d.mailbox_id where d.id = ? and d.state = 'unknown'`,
      )
      .get(deliveryId) as Row | undefined;
    if (row === undefined) return null;
    const look = lookOf(deliveryId);
    return {
      server: row.host === null ? null : `${row.host}:${row.port ?? ''}`,
      connection: row.connection === null ? null : connectionName(row.connection),
      beganAt: row.beganAt,
      cause: row.cause,
      searchedAt: look?.at ?? null,
      searchedFolders: [...(look?.folders ?? [])],
      searchTrouble: look?.trouble ?? null,
      resendAt: row.proven === 1 ? row.since + sentGraceMs : null,
    };
  };
}
