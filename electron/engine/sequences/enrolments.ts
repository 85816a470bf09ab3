import type { Actor } from '../../../shared/schemas/event.ts';
import type { EnrolmentState, StopReason } from '../../../shared/schemas/enrolment.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Tx } from '../store/index.ts';

/** States in which an enrolment still has mail to come. */
export const livingStates = ['pending', 'active', 'paused', 'held'] as const satisfies readonly EnrolmentState[];

/** Stops that no person may reverse: opt-out, complaint and hard bounce (DESIGN section 6). */
const finalStops: readonly StopReason[] = ['unsubscribed', 'complained', 'bounced'];

/** Whether a person may start this enrolment again. */
export function isReversible(state: EnrolmentState, reason: string | null): boolean {
  if (state === 'paused' || state === 'held' || state === 'failed') return true;
  return state === 'stopped' && !finalStops.some((stop) => stop === reason);
}

export interface EnrolmentRow {
  readonly id: string;
  readonly campaignId: string;
  readonly contactId: string;
  readonly sequenceVersionId: string;
  readonly mailboxId: string | null;
  readonly state: EnrolmentState;
  readonly reason: string | null;
  readonly remainingMs: number | null;
  readonly stepId: string | null;
  readonly nextStepId: string | null;
  readonly sentCount: number;
  /** From when the step in `nextStepId` counts; null = an older row. */
  readonly enteredAt: number | null;
  /** When that step is looked at again; null = a mail is planned, or a person must act. */
  readonly wakeAt: number | null;
  readonly lookedAt: number | null;
}

const enrolmentById = `select id, campaign_id as campaignId, contact_id as contactId, sequence_version_id as sequenceVersionId, mailbox_id as mailboxId,
  state, reason, remaining_ms as remainingMs, step_id as stepId, next_step_id as nextStepId, sent_count as sentCount,
  entered_at as enteredAt, wake_at as wakeAt, looked_at as lookedAt from enrolments where id = ?`;

/** The enrolment inside a transaction, or undefined. */
export function enrolmentRow(tx: Tx, id: string): EnrolmentRow | undefined {
  return tx.prepare(enrolmentById).get(id) as EnrolmentRow | undefined;
}

export interface Enrolments {
  /** Stops a living enrolment and cancels what waits for it. Returns false when it was not living. */
  stop(tx: Tx, id: string, reason: StopReason, actor: Actor, data?: Record<string, unknown>): boolean;
  /** Stops every living enrolment of a person; returns their ids. */
  stopContact(tx: Tx, contactId: string, reason: StopReason, actor: Actor, data?: Record<string, unknown>): string[];
  /** Freezes the remaining delay. `until` null = until a person resumes. Returns false when there was nothing to pause. */
  pause(tx: Tx, id: string, until: number | null, reason: string, actor: Actor, data?: Record<string, unknown>): boolean;
}

/** The enrolment state machine's stopping half; starting and resuming need a plan and live in `scheduling/planner.ts`. */
export function createEnrolments(deps: { events: Events; clock: Clock }): Enrolments {
  const { events, clock } = deps;

  function livingOf(tx: Tx, contactId: string): string[] {
    return (tx.prepare(`select id from enrolments where contact_id = ? and state in ('pending','active','paused','held')`).all(contactId) as { id: string }[]).map((row) => row.id);
  }

  /** Cancels what waits and returns the delay that was left, so that a reversal can go on with it. */
  function cancelWaiting(tx: Tx, enrolmentId: string, reason: string, actor: Actor): number | null {
    const now = clock.now();
    const waiting = tx
      .prepare(
        `update deliveries set state = 'cancelled', final_reason = ?, final_at = ?, updated_at = ?
         where enrolment_id = ? and state in ('planned','claimed','deferred','held') returning id, campaign_id as campaignId, contact_id as contactId, mailbox_id as mailboxId, step_id as stepId, slot_at as slotAt`,
      )
      .all(reason, now, now, enrolmentId) as { id: string; campaignId: string; contactId: string; mailboxId: string | null; stepId: string | null; slotAt: number }[];
    for (const row of waiting) {
      events.append(tx, {
        type: 'cancelled',
        actor,
        reason,
        deliveryId: row.id,
        enrolmentId,
        campaignId: row.campaignId,
        contactId: row.contactId,
        mailboxId: row.mailboxId,
        stepId: row.stepId,
      });
    }
    tx.prepare(`update tasks set state = 'cancelled', closed_at = ?, updated_at = ? where enrolment_id = ? and state = 'open'`).run(now, now, enrolmentId);
    return waiting[0] === undefined ? null : Math.max(0, waiting[0].slotAt - now);
  }

  /** What is left of a wait that is no mail's. `wake_at` stays as it was, so that resuming knows by how much the clock stood still. */
  function leftOfWait({ wakeAt }: EnrolmentRow): number | null {
    return wakeAt === null ? null : Math.max(0, wakeAt - clock.now());
  }

  const enrolments: Enrolments = {
    stop(tx, id, reason, actor, data) {
      const row = enrolmentRow(tx, id);
      if (row === undefined || !livingStates.some((state) => state === row.state)) return false;
      // A pause has frozen the delay already.
      const left = cancelWaiting(tx, id, reason, actor) ?? leftOfWait(row);
      tx.prepare(`update enrolments set state = 'stopped', reason = ?, paused_until = null, remaining_ms = coalesce(remaining_ms, ?), updated_at = ? where id = ?`).run(
        reason,
        left,
        clock.now(),
        id,
      );
      events.append(tx, {
        type: 'stopped',
        actor,
        reason,
        enrolmentId: id,
        campaignId: row.campaignId,
        contactId: row.contactId,
        mailboxId: row.mailboxId,
        stepId: row.stepId,
        data: data ?? null,
      });
      return true;
    },
    stopContact(tx, contactId, reason, actor, data) {
      return livingOf(tx, contactId).filter((id) => enrolments.stop(tx, id, reason, actor, data));
    },
    pause(tx, id, until, reason, actor, data) {
      const row = enrolmentRow(tx, id);
      if (row === undefined || (row.state !== 'active' && row.state !== 'paused')) return false;
      const now = clock.now();
      if (row.state === 'paused') {
        // A second notice may only lengthen a pause; the frozen delay stays as it was.
        tx.prepare(`update enrolments set paused_until = case when ? is null or paused_until is null then null else max(paused_until, ?) end, updated_at = ? where id = ?`).run(
          until,
          until,
          now,
          id,
        );
        return true;
      }
      const waiting = tx
        .prepare(
          `update deliveries set state = 'held', why = 'enrolment_paused', why_detail = ?, updated_at = ?
           where enrolment_id = ? and state in ('planned','claimed','deferred') returning slot_at as slotAt`,
        )
        .all(reason, now, id) as { slotAt: number }[];
      const remaining = waiting[0] === undefined ? leftOfWait(row) : Math.max(0, waiting[0].slotAt - now);
      tx.prepare(`update enrolments set state = 'paused', reason = ?, paused_until = ?, remaining_ms = ?, updated_at = ? where id = ?`).run(reason, until, remaining, now, id);
      events.append(tx, {
        type: 'paused',
        actor,
        reason,
        enrolmentId: id,
        campaignId: row.campaignId,
        contactId: row.contactId,
        mailboxId: row.mailboxId,
        data: { ...data, until },
      });
      return true;
    },
  };
  return enrolments;
}
