import type { PageQuery } from '../../../shared/schemas/common.ts';
import type { DeliveryKind, DeliveryState, HoldReason } from '../../../shared/schemas/delivery.ts';
import { containing } from '../lib/page.ts';
import { oneOf, schema } from '../store/index.ts';

/** Which deliveries are meant. */
export interface DeliveryFilter {
  q?: string | undefined;
  state?: DeliveryState | DeliveryState[] | undefined;
  heldFor?: HoldReason | undefined;
  kind?: DeliveryKind | undefined;
  campaignId?: string | undefined;
  mailboxId?: string | undefined;
  contactId?: string | undefined;
  enrolmentId?: string | undefined;
}

export interface DeliveryQuery extends PageQuery, DeliveryFilter {
  q?: string | undefined;
}

/** The condition on `deliveries d` that a query stands for, empty when it asks for all. */
export function whereOf(query: DeliveryFilter): { sql: string; params: (string | number)[] } {
  const parts: string[] = [];
  const params: (string | number)[] = [];
  const equal = (column: string, value: string | undefined) => {
    if (value === undefined) return;
    parts.push(`${column} = ?`);
    params.push(value);
  };
  const states = query.state === undefined ? [] : Array.isArray(query.state) ? query.state : [query.state];
  if (states.length > 0) {
    parts.push(`d.state in (${states.map(() => '?').join(',')})`);
    params.push(...states);
    // Named in full, so that SQLite takes the small index of these states instead of walking all rows.
    const isOneOf = (small: readonly DeliveryState[]) => states.every((state) => small.includes(state));
    if (isOneOf(schema.openStates)) parts.push(oneOf('d.state', schema.openStates));
    else if (isOneOf(['planned', 'deferred'])) parts.push(`d.state in ('planned','deferred')`);
    else if (isOneOf(['claimed', 'sending'])) parts.push(`d.state in ('claimed','sending')`);
  }
  if (query.heldFor !== undefined) {
    parts.push(`d.state = 'held' and d.why = ?`);
    params.push(query.heldFor);
  }
  equal('d.kind', query.kind);
  equal('d.campaign_id', query.campaignId);
  equal('d.mailbox_id', query.mailboxId);
  equal('d.contact_id', query.contactId);
  equal('d.enrolment_id', query.enrolmentId);
  if (query.q !== undefined && query.q !== '') {
    parts.push(`(d.recipient like ? escape '\\' or d.subject like ? escape '\\')`);
    const like = containing(query.q);
    params.push(like, like);
  }
  return { sql: parts.length === 0 ? '' : `where ${parts.join(' and ')}`, params };
}
