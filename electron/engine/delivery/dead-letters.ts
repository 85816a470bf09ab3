import { AppError } from '../../../shared/errors.ts';
import type { BulkOutcome, Delivery, DeliveryEdit, DeliverySelection, DeliveryText } from '../../../shared/schemas/delivery.ts';
import type { Events } from '../events/index.ts';
import { parseAddress } from '../lib/address.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/index.ts';
import type { Deliveries } from './deliveries.ts';
import { whereOf } from './delivery-query.ts';
import type { Outbox, OutboxRow } from './outbox.ts';

export interface DeadLetters {
  /** The mail as it would leave: what a person starts from when editing. Throws wrong_state when its text cannot be rendered. */
  text(id: string): DeliveryText;
  /** Stores the person's text, sent instead of the step's with nothing added, and plans the mail again. Throws validation or wrong_state. */
  edit(id: string, input: DeliveryEdit): Delivery;
  /** Plans what failed, is held or waits for a retry again, in slices; what cannot be is counted with its reason. */
  retryMany(selection: DeliverySelection): Promise<BulkOutcome>;
  /** Drops what waits or failed, in slices. */
  dropMany(selection: DeliverySelection): Promise<BulkOutcome>;
}

/** A slice holds the write lock for some milliseconds. */
const sliceSize = 25;
const mostAtOnce = 10_000;
const retryable = `'failed','held','deferred','cancelled','skipped'`;
const droppable = `'planned','claimed','deferred','held','failed'`;

export function createDeadLetters(deps: {
  store: Store;
  events: Events;
  clock: Clock;
  outbox: Outbox;
  deliveries: Deliveries;
  render: (row: OutboxRow) => { subject: string; text: string; html: string } | null;
}): DeadLetters {
  const { store, events, clock, outbox, deliveries } = deps;

  function rowOf(id: string): OutboxRow {
    const row = store.transaction((tx) => outbox.row(tx, id));
    if (row === undefined) throw new AppError('not_found', 'There is no such delivery.');
    return row;
  }

  /** Ids of the selection that are in one of the states, oldest first. */
  function idsOf(selection: DeliverySelection, states: string): string[] {
    if ('ids' in selection) return selection.ids;
    const { sql, params } = whereOf(selection.filter);
    const rows = store
      .prepareRead(`select d.id from deliveries d ${sql === '' ? 'where' : `${sql} and`} d.state in (${states}) order by d.id limit ?`)
      .all(...params, mostAtOnce) as { id: string }[];
    return rows.map(({ id }) => id);
  }

  async function each(ids: readonly string[], act: (id: string) => unknown): Promise<BulkOutcome> {
    const reasons = new Map<string, number>();
    let done = 0;
    for (let at = 0; at < ids.length; at += sliceSize) {
      store.transaction(() => {
        for (const id of ids.slice(at, at + sliceSize)) {
          try {
            store.transaction(() => act(id));
            done += 1;
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            reasons.set(error.message, (reasons.get(error.message) ?? 0) + 1);
          }
        }
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { done, left: ids.length - done, reasons: [...reasons].map(([reason, count]) => ({ reason, count })) };
  }

  return {
    text(id) {
      const row = rowOf(id);
      const rendered = row.content ?? deps.render(row);
      if (rendered === null) throw new AppError('wrong_state', 'The text of this mail cannot be rendered. Correct it in the sequence, then retry.');
      return { recipient: row.recipient, subject: rendered.subject, text: rendered.text, html: rendered.html };
    },
    edit(id, input) {
      const address = parseAddress(input.recipient);
      if (!address.ok) throw new AppError('validation', address.error, { fields: { recipient: address.error } });
      if (input.text.trim() === '' && input.html.trim() === '') throw new AppError('validation', 'The mail has no text.', { fields: { text: 'Write a text' } });
      const row = rowOf(id);
      const { email } = address.value;
      store.transaction((tx) => {
        const content = { subject: input.subject, html: input.html, text: input.text, inReplyTo: row.content?.inReplyTo ?? null, references: row.content?.references ?? [] };
        const changed = tx
          .prepare(`update deliveries set content = ?, subject = ?, recipient = ?, recipient_domain = ?, updated_at = ? where id = ? and state in ('planned',${retryable})`)
          .run(JSON.stringify(content), input.subject, email, email.slice(email.lastIndexOf('@') + 1), clock.now(), id);
        if (changed.changes === 0) throw new AppError('wrong_state', `This mail is ${row.state}; it cannot be edited.`, { state: row.state });
        events.append(tx, {
          type: 'released',
          actor: 'person',
          reason: 'edited',
          deliveryId: id,
          enrolmentId: row.enrolmentId,
          campaignId: row.campaignId,
          contactId: row.contactId,
          mailboxId: row.mailboxId,
        });
        if (row.state !== 'planned') deliveries.retry(id);
      });
      return deliveries.get(id);
    },
    retryMany: (selection) => each(idsOf(selection, retryable), deliveries.retry),
    dropMany: (selection) => each(idsOf(selection, droppable), deliveries.drop),
  };
}
