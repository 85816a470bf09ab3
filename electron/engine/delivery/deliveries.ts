import { AppError } from '../../../shared/errors.ts';
import type { Page } from '../../../shared/schemas/common.ts';
import type { Actor } from '../../../shared/schemas/event.ts';
import type { Delivery, DeliveryKind, DeliveryState, UnknownOutcome, Why, WhyCode } from '../../../shared/schemas/delivery.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Dispatcher, Planner } from '../scheduling/index.ts';
import type { Enrolments } from '../sequences/index.ts';
import type { StoredContent } from '../store/schema/deliveries.ts';
import type { Store, Tx } from '../store/index.ts';
import { whereOf, type DeliveryQuery } from './delivery-query.ts';
import { approvalHash } from './approval.ts';
import type { Outbox } from './outbox.ts';
import type { Sender } from './sender.ts';

/** A message that is not a step of a sequence: a person's reply, a one-off or a test. */
export interface QueuedMessage {
  readonly kind: 'reply' | 'one-off' | 'test';
  readonly uniqueKey: string;
  readonly mailboxId: string;
  readonly recipient: string;
  readonly contactId: string | null;
  /** Not before, UTC ms; absent = now. */
  readonly slotAt?: number;
  readonly content: StoredContent;
}

export interface Deliveries {
  list(query: DeliveryQuery): Page<Delivery>;
  get(id: string): Delivery;
  /** Plans a failed, held, cancelled or skipped delivery again; approves one that waits for it, which keeps its slot. Throws wrong_state otherwise. */
  retry(id: string): Delivery;
  /**
   * Lets a mail leave at its slot, exactly as it reads now. `seen` = the hash of what the person read (`Review.hash`): throws
   * conflict where it reads otherwise meanwhile, wrong_state where it does not wait or cannot be rendered.
   */
  approve(id: string, by: { readonly seen?: string; readonly actor?: Actor; readonly reason?: string }): Delivery;
  /** Cancels a waiting, failed or unknown delivery. */
  drop(id: string): Delivery;
  /** A person decides an unknown outcome. */
  resolve(id: string, outcome: 'sent' | 'send_again' | 'cancel'): Delivery;
  /** Queues a message; the same key never makes a second row, it returns the first one's id. */
  queue(tx: Tx, message: QueuedMessage): string;
  /** The next sends, soonest first. */
  next(limit: number): Delivery[];
}

interface Row {
  id: string;
  kind: DeliveryKind;
  state: DeliveryState;
  priority: number;
  campaignId: string | null;
  campaignName: string | null;
  enrolmentId: string | null;
  contactId: string | null;
  contactName: string;
  recipient: string;
  recipientDomain: string;
  mailboxId: string | null;
  mailboxName: string | null;
  stepId: string | null;
  stepNumber: number | null;
  variantId: string | null;
  subject: string | null;
  messageId: string | null;
  slotAt: number;
  needsApproval: number;
  why: string;
  whyDetail: string | null;
  attempts: number;
  sentAt: number | null;
  finalReason: string | null;
  answerClass: Delivery['answerClass'];
  answer: string | null;
  createdAt: number;
  updatedAt: number;
}

const columns = `d.id, d.kind, d.state, d.priority, d.campaign_id as campaignId, g.name as campaignName, d.enrolment_id as enrolmentId, d.contact_id as contactId,
  trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')) as contactName, d.recipient, d.recipient_domain as recipientDomain, d.mailbox_id as mailboxId, m.name as mailboxName,
  d.step_id as stepId, d.step_number as stepNumber, d.variant_id as variantId, coalesce(d.subject, json_extract(d.content, '$.subject')) as subject, d.message_id as messageId,
  d.slot_at as slotAt, d.needs_approval as needsApproval, d.why, d.why_detail as whyDetail, d.attempts, d.sent_at as sentAt, d.final_reason as finalReason, d.answer_class as answerClass, d.answer,
  d.created_at as createdAt, d.updated_at as updatedAt`;
const joins = `from deliveries d left join campaigns g on g.id = d.campaign_id left join contacts c on c.id = d.contact_id left join mailboxes m on m.id = d.mailbox_id`;

const sorts: Record<string, string> = { createdAt: 'd.id', slotAt: 'd.slot_at', sentAt: 'd.sent_at', updatedAt: 'd.updated_at' };

export function createDeliveries(deps: {
  store: Store;
  events: Events;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  planner: Planner;
  enrolments: Enrolments;
  dispatcher: () => Dispatcher;
  /** The mail as it would leave now; null when it cannot be composed. */
  render: Sender['render'];
  /** What is known of a delivery with unknown outcome. */
  unknownOf: (deliveryId: string) => UnknownOutcome | null;
}): Deliveries {
  const { store, events, clock, ids, outbox, planner, enrolments } = deps;

  function whyOf(row: Row): Why | null {
    if (row.state === 'unknown') return { code: 'unknown_outcome', until: null, detail: row.whyDetail };
    if (row.state === 'held') return { code: row.why as WhyCode, until: null, detail: row.whyDetail };
    if (row.state !== 'planned' && row.state !== 'deferred') return null;
    const now = clock.now();
    if (row.mailboxId === null) return { code: 'mailbox_gone', until: null, detail: null };
    if (row.slotAt > now) {
      // A slot in the future is the reason, unless something stronger holds the row even beyond it.
      const block = row.priority === 0 ? null : deps.dispatcher().explain({ ...row, mailboxId: row.mailboxId });
      if (block !== null && (block.until === null || block.until > row.slotAt)) return { code: block.code, until: block.until, detail: block.detail ?? null };
      return { code: row.why as WhyCode, until: row.slotAt, detail: row.whyDetail };
    }
    const block = deps.dispatcher().explain({ ...row, mailboxId: row.mailboxId });
    return block === null ? { code: 'slot', until: null, detail: null } : { code: block.code, until: block.until, detail: block.detail ?? null };
  }

  function present(row: Row): Delivery {
    return {
      id: row.id,
      kind: row.kind,
      state: row.state,
      why: whyOf(row),
      campaignId: row.campaignId,
      campaignName: row.campaignName,
      enrolmentId: row.enrolmentId,
      contactId: row.contactId,
      contactName: row.contactName,
      recipient: row.recipient,
      mailboxId: row.mailboxId,
      mailboxName: row.mailboxName,
      stepId: row.stepId,
      stepNumber: row.stepNumber,
      variantId: row.variantId,
      subject: row.subject,
      messageId: row.messageId,
      slotAt: row.slotAt,
      attempts: row.attempts,
      sentAt: row.sentAt,
      finalReason: row.finalReason,
      answerClass: row.answerClass,
      answer: row.answer,
      unknown: row.state === 'unknown' ? deps.unknownOf(row.id) : null,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    };
  }

  function get(id: string): Delivery {
    const row = store.prepareRead(`select ${columns} ${joins} where d.id = ?`).get(id) as Row | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such delivery.');
    return present(row);
  }

  /** Without this mail the person has nothing to come: the enrolment stops, too. A retry revives both. */
  function cancelByHand(tx: Tx, delivery: Delivery): void {
    if (delivery.enrolmentId !== null) enrolments.stop(tx, delivery.enrolmentId, 'by_hand', 'person');
    const row = outbox.row(tx, delivery.id);
    if (row !== undefined) outbox.cancel(tx, row, 'by_hand', 'person');
  }

  /** The mail keeps its slot. Of somebody who is paused it waits for the end of the pause. */
  function approve(delivery: Delivery, { seen, actor = 'person', reason = 'approved' }: Parameters<Deliveries['approve']>[1] = {}): Delivery {
    if (delivery.why?.code !== 'approval') throw wrongState(delivery, 'approved');
    store.transaction((tx) => {
      const now = clock.now();
      const row = outbox.row(tx, delivery.id);
      const mail = row === undefined ? null : deps.render(row, tx.prepare);
      if (mail === null) throw new AppError('wrong_state', 'The text of this mail cannot be rendered. Correct it in the sequence first.');
      const approved = approvalHash(mail);
      if (seen !== undefined && seen !== approved) throw new AppError('conflict', 'The mail reads otherwise than when you saw it. Look at it again.');
      tx.prepare(
        `update deliveries set needs_approval = 0, approved_hash = @approved, slot_at = max(slot_at, @now), why_detail = null, updated_at = @now,
           state = iif((select state from enrolments e where e.id = enrolment_id) = 'paused', 'held', 'planned'),
           why = iif((select state from enrolments e where e.id = enrolment_id) = 'paused', 'enrolment_paused', 'slot')
         where id = @id and state = 'held' and why = 'approval'`,
      ).run({ id: delivery.id, now, approved });
      const { id: deliveryId, enrolmentId, campaignId, contactId, mailboxId, stepId, variantId } = delivery;
      events.append(tx, { type: 'released', actor, reason, data: { hash: approved }, deliveryId, enrolmentId, campaignId, contactId, mailboxId, stepId, variantId });
    });
    deps.dispatcher().wake();
    return get(delivery.id);
  }

  /** Whether a model wrote in it: such a mail is approved only where its text is shown. */
  function holdsModelText(id: string): boolean {
    return (
      store.prepareRead(`select 1 from personal_texts p join deliveries d on d.id = p.delivery_id where d.id = ? and d.content is null and p.source = 'model'`).get(id) !==
      undefined
    );
  }

  function wrongState(delivery: Delivery, wish: string): AppError {
    return new AppError('wrong_state', `This mail is ${delivery.state}; it cannot be ${wish}.`, { state: delivery.state });
  }

  return {
    get,
    approve: (id, by) => approve(get(id), by),
    list(query) {
      const { sql, params } = whereOf(query);
      const descending = query.sort === undefined || query.sort.startsWith('-');
      const column = sorts[(query.sort ?? '-createdAt').replace(/^-/, '')];
      if (column === undefined) throw new AppError('bad_request', `Sort by one of ${Object.keys(sorts).join(', ')}.`, { fields: { sort: 'Unknown field' } });
      const total = (store.prepareRead(`select count(*) as n from deliveries d ${sql}`).get(...params) as { n: number }).n;
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2);
      const compare = after === null ? '' : `${sql === '' ? 'where' : 'and'} (coalesce(${column}, 0), d.id) ${descending ? '<' : '>'} (?, ?)`;
      const rows = store
        .prepareRead(
          `select ${columns}, coalesce(${column}, 0) as sortValue ${joins} ${sql} ${compare} order by ${sortExpression(column)} ${descending ? 'desc' : 'asc'}, d.id ${descending ? 'desc' : 'asc'} limit ?`,
        )
        .all(...params, ...(after ?? []), query.limit + 1) as (Row & { sortValue: number })[];
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return { items: items.map(present), nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.sortValue, last.id]) : null, total };
    },
    retry(id) {
      const delivery = get(id);
      if (delivery.state !== 'failed' && delivery.state !== 'held' && delivery.state !== 'deferred' && delivery.state !== 'cancelled' && delivery.state !== 'skipped')
        throw wrongState(delivery, 'sent again');
      if (delivery.why?.code === 'approval') {
        if (holdsModelText(id)) throw new AppError('wrong_state', 'A model wrote in this mail. Approve it under Review, where its text is shown.');
        return approve(delivery);
      }
      store.transaction((tx) => {
        const now = clock.now();
        if (delivery.enrolmentId !== null) {
          const enrolment = tx.prepare('select state from enrolments where id = ?').get(delivery.enrolmentId) as { state: string } | undefined;
          const revived = enrolment?.state === 'active' ? planner.replan(tx, delivery.enrolmentId) : planner.resume(tx, delivery.enrolmentId, 'person', 'retry');
          if (!revived) throw new AppError('wrong_state', 'This mail cannot be sent: the campaign was stopped, or the person opted out, bounced, finished or is enrolled again.');
          events.append(tx, {
            type: 'released',
            actor: 'person',
            reason: 'retry',
            deliveryId: id,
            enrolmentId: delivery.enrolmentId,
            campaignId: delivery.campaignId,
            contactId: delivery.contactId,
            mailboxId: delivery.mailboxId,
          });
          return;
        }
        tx.prepare(
          `update deliveries set state = 'planned', slot_at = ?, why = 'slot', why_detail = null, attempts = 0, first_tried_at = null, final_at = null, final_reason = null, boot = null, updated_at = ?
           where id = ? and state in ('failed','held','deferred','cancelled','skipped')`,
        ).run(now, now, id);
        events.append(tx, {
          type: 'released',
          actor: 'person',
          reason: 'retry',
          deliveryId: id,
          enrolmentId: delivery.enrolmentId,
          campaignId: delivery.campaignId,
          contactId: delivery.contactId,
          mailboxId: delivery.mailboxId,
        });
      });
      deps.dispatcher().wake();
      return get(id);
    },
    drop(id) {
      const delivery = get(id);
      store.transaction((tx) => {
        const row = outbox.row(tx, id);
        if (row === undefined || row.state === 'sent' || row.state === 'sending' || row.state === 'cancelled') throw wrongState(delivery, 'cancelled');
        cancelByHand(tx, delivery);
      });
      return get(id);
    },
    resolve(id, outcome) {
      const delivery = get(id);
      if (delivery.state !== 'unknown') throw wrongState(delivery, 'decided');
      store.transaction((tx) => {
        if (outcome === 'sent') outbox.markFound(tx, { deliveryId: id, source: 'person' }, 'person');
        else if (outcome === 'send_again') outbox.markAbsent(tx, id, null, 'by_hand', 'person');
        else cancelByHand(tx, delivery);
      });
      deps.dispatcher().wake();
      return get(id);
    },
    queue(tx, message) {
      const known = tx.prepare('select id from deliveries where kind = ? and unique_key = ?').get(message.kind, message.uniqueKey) as { id: string } | undefined;
      if (known !== undefined) return known.id;
      const id = ids.next();
      const now = clock.now();
      tx.prepare(
        `insert into deliveries (id, kind, unique_key, state, priority, contact_id, mailbox_id, recipient, recipient_domain, content, slot_at, why, created_at, updated_at)
         values (?, ?, ?, 'planned', 0, ?, ?, ?, ?, ?, ?, 'slot', ?, ?)`,
      ).run(
        id,
        message.kind,
        message.uniqueKey,
        message.contactId,
        message.mailboxId,
        message.recipient,
        message.recipient.slice(message.recipient.lastIndexOf('@') + 1).toLowerCase(),
        JSON.stringify(message.content),
        message.slotAt ?? now,
        now,
        now,
      );
      events.append(tx, { type: 'planned', actor: 'person', deliveryId: id, contactId: message.contactId, mailboxId: message.mailboxId, data: { kind: message.kind } });
      tx.afterCommit(() => deps.dispatcher().wake());
      return id;
    },
    next(limit) {
      const rows = store
        .prepareRead(
          `select ${columns} ${joins} where d.state in ('planned','deferred') and d.id in (select id from deliveries where state in ('planned','deferred') order by slot_at limit ?) order by d.slot_at`,
        )
        .all(limit) as Row[];
      return rows.map(present);
    },
  };
}

/** Ids are UUID v7: their order is that of creation. Nullable columns sort by their coalesced value. */
function sortExpression(column: string): string {
  return column === 'd.sent_at' ? 'coalesce(d.sent_at, 0)' : column;
}
