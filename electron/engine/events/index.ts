import type { Actor, DomainEvent, EventType } from '../../../shared/schemas/event.ts';
import type { Clock } from '../lib/clock.ts';
import { whoActs } from '../lib/who-acts.ts';
import type { Store, Tx } from '../store/index.ts';

export interface NewEvent {
  readonly type: EventType;
  readonly actor: Actor;
  readonly reason?: string | null;
  readonly contactId?: string | null;
  readonly enrolmentId?: string | null;
  readonly deliveryId?: string | null;
  readonly campaignId?: string | null;
  readonly mailboxId?: string | null;
  readonly stepId?: string | null;
  readonly variantId?: string | null;
  readonly data?: Record<string, unknown> | null;
}

/** Progress of a long task; announced, never stored. */
export interface Progress {
  readonly task: string;
  readonly id: string;
  readonly done: number;
  readonly total: number;
  readonly state: string;
}

export interface Events {
  /** Writes the fact in the transaction; subscribers hear of it after the commit, never after a rollback. */
  append(tx: Tx, event: NewEvent): number;
  /** Called after each commit with that commit's events. Listeners announce; they never steer. Returns the unsubscribe. */
  subscribe(listener: (events: readonly DomainEvent[]) => void): () => void;
  progress(progress: Progress): void;
  subscribeProgress(listener: (progress: Progress) => void): () => void;
  /** Events after the cursor, oldest first. */
  after(cursor: number, limit: number): DomainEvent[];
  /** Id of the newest event, 0 when there is none. */
  cursor(): number;
}

interface EventRow extends Omit<DomainEvent, 'data'> {
  data: string | null;
}

const columns = `id, at, type, actor, profile_id as profileId, reason, contact_id as contactId, enrolment_id as enrolmentId, delivery_id as deliveryId,
  campaign_id as campaignId, mailbox_id as mailboxId, step_id as stepId, variant_id as variantId, data`;

const insert = `insert into events (at, type, actor, profile_id, reason, contact_id, enrolment_id, delivery_id, campaign_id, mailbox_id, step_id, variant_id, data)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Reads a stored event row (columns as in `columns`) into its typed shape. */
export function parseEventRow(row: EventRow): DomainEvent {
  return { ...row, data: row.data === null ? null : (JSON.parse(row.data) as Record<string, unknown>) };
}

export function createEvents(store: Store, clock: Clock): Events {
  const listeners = new Set<(events: readonly DomainEvent[]) => void>();
  const progressListeners = new Set<(progress: Progress) => void>();
  const uncommitted = new Set<DomainEvent>();

  function publish(): void {
    if (uncommitted.size === 0) return;
    const events = [...uncommitted];
    uncommitted.clear();
    for (const listener of listeners) listener(events);
  }

  return {
    append(tx, event) {
      const { type, actor } = event;
      const at = clock.now();
      const profileId = actor === 'person' ? whoActs() : null;
      const reason = event.reason ?? null;
      const contactId = event.contactId ?? null;
      const enrolmentId = event.enrolmentId ?? null;
      const deliveryId = event.deliveryId ?? null;
      const campaignId = event.campaignId ?? null;
      const mailboxId = event.mailboxId ?? null;
      const stepId = event.stepId ?? null;
      const variantId = event.variantId ?? null;
      const data = event.data ?? null;
      const json = data === null ? null : JSON.stringify(data);
      // By position: binding by name costs as much as the insert.
      const result = tx.prepare(insert).run(at, type, actor, profileId, reason, contactId, enrolmentId, deliveryId, campaignId, mailboxId, stepId, variantId, json);
      const id = Number(result.lastInsertRowid);
      const written: DomainEvent = { id, at, type, actor, profileId, reason, contactId, enrolmentId, deliveryId, campaignId, mailboxId, stepId, variantId, data };
      uncommitted.add(written);
      // Each event withdraws itself, so that a savepoint that rolls back takes only its own along.
      tx.afterCommit(publish, () => uncommitted.delete(written));
      return id;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    progress(progress) {
      for (const listener of progressListeners) listener(progress);
    },
    subscribeProgress(listener) {
      progressListeners.add(listener);
      return () => progressListeners.delete(listener);
    },
    after(cursor, limit) {
      return (store.prepareRead(`select ${columns} from events where id > ? order by id limit ?`).all(cursor, limit) as EventRow[]).map(parseEventRow);
    },
    cursor() {
      return (store.prepareRead('select coalesce(max(id), 0) as id from events').get() as { id: number }).id;
    },
  };
}
