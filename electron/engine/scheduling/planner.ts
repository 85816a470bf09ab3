import type { Actor } from '../../../shared/schemas/event.ts';
import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { HoldReason } from '../../../shared/schemas/delivery.ts';
import type { EmailStep, WaitStep } from '../../../shared/schemas/sequence.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { enrolmentRow, isReversible, nextStepId, type EnrolmentRow } from '../sequences/index.ts';
import type { Tx } from '../store/index.ts';
import { parseRules } from './claim-rules.ts';
import { addDuration } from './duration.ts';
import { campaignCalendar, type RecipientPlace } from './gates.ts';
import { createJourney } from './journey.ts';
import { createJourneyActions, type ActionDeps } from './journey-actions.ts';
import { createMailPlan, type PlanContext, type Slot } from './mail-plan.ts';
import type { Position } from './next-step.ts';

/** How a person closed a task. */
export type TaskOutcome = 'done' | 'skipped';

/** Who moves people to another mailbox; `move` names the action, so that it can be taken back. */
export interface MoveBy {
  readonly actor: Actor;
  readonly move?: string;
}

/** The thread after a mail that left. */
export interface LeftMail {
  readonly messageId: string;
  readonly references: readonly string[];
  readonly threadSubject: string;
  readonly variantId: string;
}

export interface Planner {
  /** Plans the first mail of an enrolment that was just written, or holds it for the reason given. */
  planFirst(
    tx: Tx,
    enrolment: { id: string; campaignId: string; contactId: string; mailboxId: string | null; recipient: string; recipientDomain: string },
    step: EmailStep,
    slot: Slot | HoldReason,
  ): void;
  /** Walks an enrolment that was just written from the first step on, at `at` or later. */
  begin(tx: Tx, enrolmentId: string, at: number): void;
  /**
   * Gives an enrolment, and what waits for it, to a mailbox. The thread goes on: mail programs put a mail into a
   * conversation by In-Reply-To, References and subject (RFC 5322 section 3.6.4), whoever writes it. What waits leaves
   * at `slotAt`, or at its own slot when that is later.
   */
  moveTo(tx: Tx, enrolmentId: string, mailboxId: string, slotAt: number, by?: MoveBy): void;
  /** The enrolment has no mailbox in its campaign: what waits for it is held with the reason. */
  holdWithoutMailbox(tx: Tx, enrolmentId: string, reason: 'mailbox_gone' | 'no_matching_mailbox'): void;
  /**
   * The mail of `stepId` left at `sentAt`: plans what comes next from that real moment, or finishes the enrolment.
   * `left` is what the next mail answers to. Returns false when the enrolment was no longer active.
   */
  planNext(tx: Tx, enrolmentId: string, stepId: string, sentAt: number, left: LeftMail): boolean;
  /** Looks again at whoever waits at a step whose moment has come. */
  lookAgain(tx: Tx, enrolmentId: string): void;
  /** A person did or skipped the task that an enrolment waits for: it goes on from now. Returns false when it does not wait for it. */
  closeTask(tx: Tx, enrolmentId: string, stepId: string, outcome: TaskOutcome): boolean;
  /** The enrolment goes on at `stepId` (null = ends) of its version, which may have changed. What waited must be cancelled already. */
  goOnAt(tx: Tx, enrolmentId: string, stepId: string | null, at: number): void;
  /** Puts the waiting, failed or cancelled mail of an active enrolment back into the queue, now. Returns false when the campaign is stopped or nothing is left. */
  replan(tx: Tx, enrolmentId: string): boolean;
  /** Resumes a paused, held, failed or reversibly stopped enrolment: what was waiting is planned again. Returns false when that is not allowed. */
  resume(tx: Tx, enrolmentId: string, actor: Actor, reason: string): boolean;
}

/** When the next mail is due: the waits on the way, counted from the real send, read in the recipient's zone. Pure. */
export function dueAfter(sentAt: number, waits: readonly WaitStep[], rules: CampaignRules, recipient: RecipientPlace): number {
  const calendar = campaignCalendar(rules, recipient);
  return waits.reduce((at, wait) => addDuration(at, wait.duration, { businessDays: wait.businessDays, zone: calendar.zone, calendar }), sentAt);
}

export function createPlanner(deps: { events: Events; clock: Clock; ids: Ids } & Pick<ActionDeps, 'contacts' | 'webhooks'>): Planner {
  const { events, clock } = deps;
  const mails = createMailPlan(deps);
  const journey = createJourney({ ...deps, mails, actions: createJourneyActions({ ...deps, begin }) });

  function walk(tx: Tx, enrolment: EnrolmentRow, from: Position): void {
    const context = mails.contextOf(tx, enrolment);
    if (context === null) journey.finish(tx, enrolment);
    else journey.walk(tx, enrolment, context, from);
  }

  function begin(tx: Tx, enrolmentId: string, at: number): void {
    const enrolment = enrolmentRow(tx, enrolmentId);
    const context = enrolment === undefined ? null : mails.contextOf(tx, enrolment);
    if (enrolment !== undefined && context !== null) journey.walk(tx, enrolment, context, { stepId: context.graph.steps[0]?.id ?? null, at });
  }

  return {
    planFirst: (tx, { id, ...to }, step, slot) => mails.insert(tx, { ...to, enrolmentId: id }, { step, stepNumber: 1 }, slot),
    begin,
    moveTo,
    holdWithoutMailbox(tx, enrolmentId, reason) {
      const waiting = tx
        .prepare(
          `update deliveries set state = 'held', why = ?, why_detail = null, boot = null, claimed_at = null, updated_at = ?
           where enrolment_id = ? and (state in ('planned','claimed','deferred') or (state = 'held' and why in ('mailbox_gone','no_matching_mailbox') and why <> ?)) returning id, campaign_id as campaignId, contact_id as contactId, mailbox_id as mailboxId`,
        )
        .all(reason, clock.now(), enrolmentId, reason) as { id: string; campaignId: string; contactId: string; mailboxId: string | null }[];
      for (const { id, ...of } of waiting) events.append(tx, { type: 'held', actor: 'engine', reason, deliveryId: id, enrolmentId, ...of });
    },
    planNext(tx, enrolmentId, stepId, sentAt, left) {
      const enrolment = enrolmentRow(tx, enrolmentId);
      if (enrolment === undefined) return false;
      const context = mails.contextOf(tx, enrolment);
      const step = context?.graph.steps.find(({ id }) => id === stepId);
      const next = context === null || step === undefined ? null : nextStepId(context.graph, step);
      tx.prepare(
        `update enrolments set step_id = ?, next_step_id = ?, entered_at = ?, wake_at = null, looked_at = null, sent_count = sent_count + 1, last_message_id = ?, "references" = ?,
           thread_subject = ?, variants = json_set(variants, '$."' || ? || '"', ?), updated_at = ? where id = ?`,
      ).run(stepId, next, sentAt, left.messageId, JSON.stringify(left.references), left.threadSubject, stepId, left.variantId, sentAt, enrolmentId);
      // Whoever is paused or stopped stands at the next step, from this moment on.
      if (enrolment.state !== 'active') return false;
      const sent = { ...enrolment, stepId, nextStepId: next, sentCount: enrolment.sentCount + 1 };
      if (context === null) journey.finish(tx, sent);
      else journey.walk(tx, sent, context, { stepId: next, at: sentAt });
      return true;
    },
    lookAgain(tx, enrolmentId) {
      const enrolment = enrolmentRow(tx, enrolmentId);
      if (enrolment?.state !== 'active' || enrolment.wakeAt === null) return;
      walk(tx, enrolment, { stepId: enrolment.nextStepId, at: enrolment.enteredAt ?? clock.now(), lookedAt: enrolment.lookedAt });
    },
    closeTask(tx, enrolmentId, stepId, outcome) {
      const enrolment = enrolmentRow(tx, enrolmentId);
      const context = enrolment === undefined ? null : mails.contextOf(tx, enrolment);
      if (enrolment === undefined || context === null || enrolment.nextStepId !== stepId) return false;
      const step = context.graph.steps.find(({ id }) => id === stepId);
      if (step?.type !== 'task') return false;
      const way = outcome === 'skipped' && step.skipped !== undefined ? step.skipped : nextStepId(context.graph, step);
      const position = { stepId: way, at: clock.now() };
      journey.stand(tx, enrolment, position, null, null);
      if (enrolment.state === 'active') journey.walk(tx, { ...enrolment, nextStepId: way }, context, position);
      return true;
    },
    goOnAt(tx, enrolmentId, stepId, at) {
      const enrolment = enrolmentRow(tx, enrolmentId);
      if (enrolment === undefined) return;
      journey.stand(tx, enrolment, { stepId, at }, null, null);
      if (enrolment.state === 'active') walk(tx, enrolment, { stepId, at });
    },
    replan(tx, enrolmentId) {
      const enrolment = enrolmentRow(tx, enrolmentId);
      if (enrolment?.state !== 'active' || !reopenCampaign(tx, enrolment.campaignId)) return false;
      const settled = withMailbox(tx, enrolment, 'person');
      const context = mails.contextOf(tx, settled);
      const step = context?.graph.steps.find(({ id }) => id === settled.nextStepId);
      if (context === null || step?.type !== 'email') return false;
      mails.plan(tx, settled, context, { step, dueAt: clock.now() }, mails.stateOf(tx, settled.id, step.id) !== undefined);
      return true;
    },
    resume(tx, enrolmentId, actor, reason) {
      const stored = enrolmentRow(tx, enrolmentId);
      if (stored === undefined || !isReversible(stored.state, stored.reason)) return false;
      // Enrolled again meanwhile: only one living enrolment of a person in a campaign.
      const other = tx
        .prepare(`select 1 from enrolments where campaign_id = ? and contact_id = ? and id <> ? and state in ('pending','active','paused','held')`)
        .get(stored.campaignId, stored.contactId, enrolmentId);
      if (other !== undefined || mails.contextOf(tx, stored) === null || !reopenCampaign(tx, stored.campaignId)) return false;
      const enrolment = withMailbox(tx, stored, actor);
      const context = mails.contextOf(tx, enrolment);
      if (context === null) return false;
      const now = clock.now();
      tx.prepare(`update enrolments set state = 'active', reason = null, paused_until = null, remaining_ms = null, wake_at = null, updated_at = ? where id = ?`).run(
        now,
        enrolmentId,
      );
      events.append(tx, {
        type: enrolment.state === 'stopped' ? 'restarted' : 'resumed',
        actor,
        reason,
        enrolmentId,
        campaignId: enrolment.campaignId,
        contactId: enrolment.contactId,
        mailboxId: enrolment.mailboxId,
      });
      journey.walk(tx, enrolment, context, goesOnFrom(tx, enrolment, context, now));
      return true;
    },
  };

  /** Where somebody goes on who stood still: with the delay that was left. */
  function goesOnFrom(tx: Tx, enrolment: EnrolmentRow, context: PlanContext, now: number): Position {
    const { nextStepId: stepId, enteredAt, wakeAt, remainingMs, lookedAt } = enrolment;
    // The clock stood still: what was left of a wait, or of the windows of a wait-until, is still left.
    if (wakeAt !== null && enteredAt !== null) return { stepId, at: enteredAt + (remainingMs === null ? 0 : Math.max(0, now + remainingMs - wakeAt)), lookedAt };
    if (remainingMs !== null) return { stepId, at: now + remainingMs };
    if (enteredAt !== null) {
      const isMail = context.graph.steps.some(({ id, type }) => id === stepId && type === 'email');
      return { stepId, at: isMail ? Math.max(now, enteredAt) : enteredAt };
    }
    // Written before the moment was kept: the delays count from the last mail that left.
    const sent = context.graph.steps.find(({ id }) => id === enrolment.stepId);
    const { at } = tx.prepare('select max(sent_at) as at from deliveries where enrolment_id = ?').get(enrolment.id) as { at: number | null };
    return sent === undefined || at === null ? { stepId, at: now } : { stepId: nextStepId(context.graph, sent), at };
  }

  /** Somebody goes on in a campaign that had come to its end: it runs again. A stopped one stays stopped. */
  function reopenCampaign(tx: Tx, campaignId: string): boolean {
    const campaign = tx.prepare('select status from campaigns where id = ?').get(campaignId) as { status: string } | undefined;
    if (campaign === undefined || campaign.status === 'stopped' || campaign.status === 'draft') return false;
    if (campaign.status === 'finished') {
      tx.prepare(`update campaigns set status = 'running', updated_at = ? where id = ?`).run(clock.now(), campaignId);
      events.append(tx, { type: 'campaign_resumed', actor: 'engine', campaignId, reason: 'somebody_goes_on' });
    }
    return true;
  }

  function moveTo(tx: Tx, enrolmentId: string, mailboxId: string, slotAt: number, { actor, move }: MoveBy = { actor: 'engine' }): void {
    const enrolment = enrolmentRow(tx, enrolmentId);
    if (enrolment === undefined) return;
    const now = clock.now();
    const moves = enrolment.mailboxId !== mailboxId;
    if (moves) tx.prepare(`update enrolments set mailbox_id = ?, updated_at = ? where id = ?`).run(mailboxId, now, enrolmentId);
    tx.prepare(
      `update deliveries set mailbox_id = @mailboxId, boot = null, claimed_at = null, updated_at = @now, slot_at = iif(@moves = 1 and state <> 'held', max(slot_at, @slotAt), slot_at),
         state = iif(state = 'claimed', 'planned', state) where enrolment_id = @enrolmentId and state in ('planned','claimed','deferred','held')`,
    ).run({ mailboxId, now, moves: moves ? 1 : 0, slotAt, enrolmentId });
    tx.prepare(
      `update deliveries set state = iif(needs_approval = 1, 'held', 'planned'), slot_at = max(slot_at, @slotAt), why = iif(needs_approval = 1, 'approval', 'slot'), why_detail = null
       where enrolment_id = @enrolmentId and state = 'held' and why in ('mailbox_gone','no_matching_mailbox')`,
    ).run({ slotAt, enrolmentId });
    events.append(tx, {
      type: moves ? 'moved_mailbox' : 'released',
      actor,
      enrolmentId,
      campaignId: enrolment.campaignId,
      contactId: enrolment.contactId,
      mailboxId,
      data: moves ? { from: enrolment.mailboxId, sent: enrolment.sentCount, ...(move === undefined ? {} : { move }) } : null,
    });
  }

  /**
   * Whoever is to go on, and whose mailbox no longer sends for the campaign, does so from another one of it. A rule to
   * hold such people binds the engine, not the person who asks for this one.
   */
  function withMailbox(tx: Tx, enrolment: EnrolmentRow, actor: Actor): EnrolmentRow {
    const own = tx
      .prepare(
        `select m.id from campaigns c, json_each(c.mailbox_ids) j join mailboxes m on m.id = j.value where c.id = ? order by m.state in ('needs_login','unreachable','paused'), j.key`,
      )
      .all(enrolment.campaignId) as { id: string }[];
    const [other] = own;
    if (other === undefined || own.some(({ id }) => id === enrolment.mailboxId)) return enrolment;
    const campaign = tx.prepare('select rules from campaigns where id = ?').get(enrolment.campaignId) as { rules: string };
    if (actor === 'engine' && enrolment.sentCount > 0 && parseRules(campaign.rules).lostMailbox === 'hold') return { ...enrolment, mailboxId: null };
    moveTo(tx, enrolment.id, other.id, clock.now());
    return enrolmentRow(tx, enrolment.id) ?? enrolment;
  }
}
