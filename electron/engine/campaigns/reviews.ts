import { AppError } from '../../../shared/errors.ts';
import type { BulkOutcome, Delivery } from '../../../shared/schemas/delivery.ts';
import type { Fact, PersonalText, Review, ReviewGroup, Writing } from '../../../shared/schemas/review.ts';
import { checkPersonal, factsIn } from '../assist/index.ts';
import { approvalHash, type Deliveries, type Outbox, type OutboxRow, type Sender } from '../delivery/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import type { Store, Tx } from '../store/index.ts';
import { scopeParams, waitingMails, type PersonalWriter, type ReviewScope, type StoredPersonal } from './personal-writer.ts';

/** Mails that wait for a person, by hand or because a model wrote in them. */
export interface Reviews {
  /** Soonest first. */
  list(query: ReviewScope & { limit: number }): { items: Review[]; total: number; groups: ReviewGroup[] };
  /** Throws conflict where the mail reads otherwise than what `hash` stands for. */
  approve(id: string, hash: string): Delivery;
  /** Approves what is written and breaks no rule, in slices; `unwritten` says whether what is not written leaves with its fallback text. */
  approveAll(scope: ReviewScope & { unwritten: 'wait' | 'fallback' }): Promise<BulkOutcome>;
  /** The block in a person's words. Throws wrong_state where the mail waits no longer. */
  edit(id: string, text: string): Review;
  /** Another text of a model, or the reason why there is none. */
  regenerate(id: string, signal?: AbortSignal): Promise<Review>;
  /** The mail leaves with the fallback text. */
  useFallback(id: string): Delivery;
  writing(): Writing;
  write(scope: ReviewScope): Writing;
  cancel(): Promise<Writing>;
  /** Mails at their slot whose step says so leave with the fallback text. */
  releaseDue(tx: Tx): void;
}

const sliceSize = 25;
const most = 10_000;
const releasedAtOnce = 200;
const personalRow = `select state, text, source, note, model, prompt_version as promptVersion, facts, variation, unapproved, written_at as writtenAt from personal_texts where delivery_id = ?`;

export function createReviews(deps: {
  store: Store;
  clock: Clock;
  log: Logger;
  deliveries: Pick<Deliveries, 'get' | 'approve'>;
  outbox: Pick<Outbox, 'row'>;
  writer: PersonalWriter;
  sender: Pick<Sender, 'render' | 'fallback'>;
}): Reviews {
  const { store, clock, log, deliveries, outbox, writer, sender } = deps;

  function personalOf(id: string, row: OutboxRow | undefined): PersonalText | null {
    const stored = store.prepareRead(personalRow).get(id) as StoredPersonal | undefined;
    const task = stored === undefined || row?.content != null ? null : writer.taskOf(id);
    if (stored === undefined || task === null || row === undefined) return null;
    const fallback = sender.fallback(row) ?? '';
    const text = stored.text ?? fallback;
    const facts = stored.facts === null ? [...task.facts] : (JSON.parse(stored.facts) as Fact[]);
    const { state, note, model, promptVersion, unapproved, writtenAt } = stored;
    // Judged by what is on file now: a fact that was corrected supports nothing any more.
    const findings = stored.text === null || stored.source === 'fallback' ? [] : checkPersonal(text, task);
    return { state, text, fallback, source: stored.source ?? 'fallback', note, model, promptVersion, facts, used: factsIn(text, facts), findings, writtenAt, unapproved };
  }

  function review(id: string): Review {
    const delivery = deliveries.get(id);
    const row = store.transaction((tx) => outbox.row(tx, id));
    const mail = row === undefined ? null : sender.render(row);
    return {
      delivery,
      subject: mail?.subject ?? '',
      text: mail?.text ?? '',
      hash: mail === null ? null : approvalHash(mail),
      changed: row?.approvedHash != null,
      personal: personalOf(id, row),
    };
  }

  function waiting(id: string): Delivery {
    const delivery = deliveries.get(id);
    if (delivery.state !== 'held' || delivery.why?.code !== 'approval')
      throw new AppError('wrong_state', 'This mail does not wait for approval any more.', { state: delivery.state });
    return delivery;
  }

  /** The block that a person may change; throws where the mail has none. */
  function block(id: string): { variation: number; facts: readonly Fact[] } {
    waiting(id);
    const stored = store.prepareRead(personalRow).get(id) as StoredPersonal | undefined;
    const task = writer.taskOf(id);
    if (stored === undefined || task === null) throw new AppError('wrong_state', 'This mail has no personal block.');
    return { variation: stored.variation, facts: task.facts };
  }

  function useFallback(id: string, by: Parameters<Deliveries['approve']>[1]): void {
    store.transaction(() => {
      writer.save(id, { text: null, source: 'fallback', facts: block(id).facts });
      deliveries.approve(id, { reason: 'fallback', ...by });
    });
  }

  /** Ids of what waits, soonest first. */
  function idsOf(scope: ReviewScope, limit: number): string[] {
    const rows = store.prepareRead(`select d.id from deliveries d where ${waitingMails} order by d.slot_at, d.id limit @limit`).all({ ...scopeParams(scope), limit }) as {
      id: string;
    }[];
    return rows.map(({ id }) => id);
  }

  return {
    list({ limit, ...scope }) {
      const groups = store
        .prepareRead(
          `select d.campaign_id as campaignId, coalesce(g.name, '') as campaignName, d.step_id as stepId, d.step_number as stepNumber, count(*) as count, sum(coalesce(p.state = 'waiting', 0)) as waiting
           from deliveries d left join campaigns g on g.id = d.campaign_id left join personal_texts p on p.delivery_id = d.id
           where ${waitingMails} and d.kind = 'step' group by d.campaign_id, d.step_id order by min(d.slot_at)`,
        )
        .all(scopeParams({})) as ReviewGroup[];
      const { n: total } = store.prepareRead(`select count(*) as n from deliveries d where ${waitingMails}`).get(scopeParams(scope)) as { n: number };
      return { items: idsOf(scope, limit).map(review), total, groups };
    },
    approve: (id, hash) => deliveries.approve(id, { seen: hash }),
    async approveAll({ unwritten, ...scope }) {
      const ids = idsOf(scope, most);
      const reasons = new Map<string, number>();
      const leave = (reason: string): unknown => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      let done = 0;
      for (let at = 0; at < ids.length; at += sliceSize) {
        for (const id of ids.slice(at, at + sliceSize)) {
          const { personal } = review(id);
          try {
            if (personal?.state === 'waiting' && unwritten === 'wait') leave('Their personal block is not written yet.');
            else if (personal !== null && personal.findings.length > 0) leave('Their personal block says what is not on file.');
            else {
              if (personal?.state === 'waiting') useFallback(id, {});
              else deliveries.approve(id, {});
              done += 1;
            }
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            leave(error.message);
          }
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      return { done, left: ids.length - done, reasons: [...reasons].map(([reason, count]) => ({ reason, count })) };
    },
    edit(id, text) {
      const { facts } = block(id);
      writer.save(id, { text: text.replace(/\s+/g, ' ').trim(), source: 'person', facts });
      return review(id);
    },
    async regenerate(id, signal) {
      const { variation } = block(id);
      await writer.again(id, variation + 1, signal);
      return review(id);
    },
    useFallback(id) {
      useFallback(id, {});
      return deliveries.get(id);
    },
    writing: writer.state,
    write: writer.write,
    cancel: writer.cancel,
    releaseDue(tx) {
      const due = tx
        .prepare(
          `select d.id from deliveries d join personal_texts p on p.delivery_id = d.id
           where d.state = 'held' and d.why = 'approval' and p.unapproved = 'fallback' and d.slot_at <= ? limit ${releasedAtOnce}`,
        )
        .all(clock.now()) as { id: string }[];
      for (const { id } of due) {
        // One mail that cannot be rendered must not keep the others.
        try {
          useFallback(id, { actor: 'engine' });
        } catch (error) {
          log.warn({ err: error, deliveryId: id }, 'a mail could not leave with its fallback text');
        }
      }
    },
  };
}
