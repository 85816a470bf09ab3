import type { Actor } from '../../../shared/schemas/event.ts';
import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { HoldReason, WhyCode } from '../../../shared/schemas/delivery.ts';
import type { SequenceGraph, WaitStep } from '../../../shared/schemas/sequence.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { chooseVariant, enrolmentRow, isReversible, nextEmail, type EnrolmentRow } from '../sequences/index.ts';
import type { Tx } from '../store/index.ts';
import { nextAllowed } from './calendar.ts';
import { addDuration } from './duration.ts';
import { parseAbsences, parseCalendar, parseRules, recipientColumns, toRecipient, type RecipientRow } from './claim-rules.ts';
import { calendarsFor, campaignCalendar, type MailboxHours, type RecipientPlace } from './gates.ts';

interface PlanContext {
  readonly rules: CampaignRules;
  readonly graph: SequenceGraph;
  readonly email: string;
  readonly domain: string;
  readonly recipient: RecipientPlace;
  /** Null where its mailbox no longer sends for the campaign. */
  readonly hours: MailboxHours | null;
}

/** A slot as the launch or the planner chose it. */
export interface Slot {
  readonly at: number;
  readonly why: WhyCode;
}

export interface Planner {
  /** Plans the first mail of an enrolment that was just written, or holds it for the reason given. */
  planFirst(
    tx: Tx,
    enrolment: { id: string; campaignId: string; contactId: string; mailboxId: string | null; recipient: string; recipientDomain: string },
    graph: SequenceGraph,
    slot: Slot | HoldReason,
  ): void;
  /**
   * Gives an enrolment, and what waits for it, to another mailbox. Whoever has had a mail gets a new thread from there:
   * another mailbox cannot answer in the old one; the same mailbox just goes on. A mail that was held for want of a mailbox is planned at `slotAt`, or at
   * its own slot when that is later.
   */
  moveTo(tx: Tx, enrolmentId: string, mailboxId: string, slotAt: number): void;
  /** The enrolment has no mailbox in its campaign: what waits for it is held with the reason. */
  holdWithoutMailbox(tx: Tx, enrolmentId: string, reason: 'mailbox_gone' | 'no_matching_mailbox'): void;
  /**
   * The mail of `stepId` left at `sentAt`: plans the next one from that real moment, or finishes the enrolment.
   * Returns false when the enrolment was no longer active.
   */
  planNext(tx: Tx, enrolmentId: string, stepId: string, sentAt: number): boolean;
  /** Puts the waiting, failed or cancelled mail of an active enrolment back into the queue, now. Returns false when the campaign is stopped or nothing is left. */
  replan(tx: Tx, enrolmentId: string): boolean;
  /** Resumes a paused, held, failed or reversibly stopped enrolment: what was waiting is planned again. Returns false when that is not allowed. */
  resume(tx: Tx, enrolmentId: string, actor: Actor, reason: string): boolean;
}

/** Graphs of immutable versions, parsed once. */
export function createGraphCache(): (prepare: Tx['prepare'], versionId: string) => SequenceGraph {
  const graphs = new Map<string, SequenceGraph>();
  return (prepare, versionId) => {
    const known = graphs.get(versionId);
    if (known !== undefined) return known;
    const row = prepare('select graph from sequence_versions where id = ?').get(versionId) as { graph: string } | undefined;
    const graph = row === undefined ? { steps: [] } : (JSON.parse(row.graph) as SequenceGraph);
    graphs.set(versionId, graph);
    return graph;
  };
}

/** When the next mail is due: the waits on the way, counted from the real send, read in the recipient's zone. Pure. */
export function dueAfter(sentAt: number, waits: readonly WaitStep[], rules: CampaignRules, recipient: RecipientPlace): number {
  const calendar = campaignCalendar(rules, recipient);
  return waits.reduce((at, wait) => addDuration(at, wait.duration, { businessDays: wait.businessDays, zone: calendar.zone, calendar }), sentAt);
}

export function createPlanner(deps: { events: Events; clock: Clock; ids: Ids }): Planner {
  const { events, clock, ids } = deps;
  const graphOf = createGraphCache();

  function contextOf(tx: Tx, enrolment: EnrolmentRow): PlanContext | null {
    const campaign = tx.prepare('select rules, mailbox_ids as mailboxIds from campaigns where id = ?').get(enrolment.campaignId) as
      { rules: string; mailboxIds: string } | undefined;
    const contact = tx.prepare(`select c.email, ${recipientColumns} from contacts c where c.id = ?`).get(enrolment.contactId) as (RecipientRow & { email: string }) | undefined;
    if (campaign === undefined || contact === undefined) return null;
    const sends = enrolment.mailboxId !== null && campaign.mailboxIds.includes(`"${enrolment.mailboxId}"`);
    const mailbox = sends
      ? (tx.prepare('select calendar, absences from mailboxes where id = ?').get(enrolment.mailboxId) as { calendar: string; absences: string } | undefined)
      : undefined;
    return {
      rules: parseRules(campaign.rules),
      graph: graphOf(tx.prepare, enrolment.sequenceVersionId),
      email: contact.email,
      domain: contact.domain,
      recipient: toRecipient(contact),
      hours: mailbox === undefined ? null : { calendar: parseCalendar(mailbox.calendar), absences: parseAbsences(mailbox.absences) },
    };
  }

  function slotFor(context: PlanContext, dueAt: number, firstMail: boolean): number | null {
    return context.hours === null ? null : nextAllowed(calendarsFor(context.rules, context.hours, context.recipient, firstMail), dueAt);
  }

  function insert(
    tx: Tx,
    row: {
      enrolmentId: string;
      campaignId: string;
      contactId: string;
      mailboxId: string | null;
      recipient: string;
      recipientDomain: string;
      stepId: string;
      stepNumber: number;
      variantId: string;
      slot: Slot | null;
      whyNot?: HoldReason;
    },
  ): void {
    const now = clock.now();
    const id = ids.next();
    tx.prepare(
      `insert into deliveries (id, kind, unique_key, state, priority, campaign_id, enrolment_id, contact_id, mailbox_id, recipient, recipient_domain,
         step_id, step_number, variant_id, slot_at, why, created_at, updated_at)
       values (?, 'step', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      id,
      `${row.enrolmentId}:${row.stepId}`,
      row.slot === null ? 'held' : 'planned',
      row.stepNumber === 1 ? 2 : 1,
      row.campaignId,
      row.enrolmentId,
      row.contactId,
      row.mailboxId,
      row.recipient,
      row.recipientDomain,
      row.stepId,
      row.stepNumber,
      row.variantId,
      row.slot?.at ?? now,
      row.slot?.why ?? row.whyNot ?? 'no_allowed_time',
      now,
      now,
    );
    events.append(tx, {
      type: row.slot === null ? 'held' : 'planned',
      actor: 'engine',
      reason: row.slot === null ? (row.whyNot ?? 'no_allowed_time') : null,
      deliveryId: id,
      enrolmentId: row.enrolmentId,
      campaignId: row.campaignId,
      contactId: row.contactId,
      mailboxId: row.mailboxId,
      stepId: row.stepId,
      variantId: row.variantId,
      data: row.slot === null ? null : { slotAt: row.slot.at },
    });
  }

  function finish(tx: Tx, enrolment: EnrolmentRow): void {
    const now = clock.now();
    tx.prepare(`update enrolments set state = 'finished', next_step_id = null, updated_at = ? where id = ?`).run(now, enrolment.id);
    events.append(tx, {
      type: 'finished',
      actor: 'engine',
      enrolmentId: enrolment.id,
      campaignId: enrolment.campaignId,
      contactId: enrolment.contactId,
      mailboxId: enrolment.mailboxId,
    });
  }

  /** Puts the delivery of the enrolment's next step back into the queue, or writes it where none exists yet. */
  function putBack(tx: Tx, enrolment: EnrolmentRow, context: PlanContext, slot: Slot | null): void {
    const next = nextEmail(context.graph, enrolment.stepId);
    if (next === null) return finish(tx, enrolment);
    const now = clock.now();
    const revived = tx
      .prepare(
        `update deliveries set state = case when @slotAt is null then 'held' else 'planned' end, slot_at = coalesce(@slotAt, slot_at), why = @why, mailbox_id = @mailboxId, why_detail = null, attempts = 0, first_tried_at = null,
           final_at = null, final_reason = null, answer = null, answer_class = null, answer_code = null, boot = null, updated_at = @now
         where kind = 'step' and unique_key = @key and state in ('planned','deferred','held','cancelled','failed','skipped')`,
      )
      .run({ slotAt: slot?.at ?? null, why: slot?.why ?? whyNot(context), mailboxId: enrolment.mailboxId, now, key: `${enrolment.id}:${next.step.id}` });
    if (revived.changes > 0) return;
    const known = tx.prepare(`select 1 from deliveries where kind = 'step' and unique_key = ?`).get(`${enrolment.id}:${next.step.id}`);
    if (known !== undefined) return; // in flight, unknown or sent: never a second row
    insert(tx, {
      enrolmentId: enrolment.id,
      campaignId: enrolment.campaignId,
      contactId: enrolment.contactId,
      mailboxId: enrolment.mailboxId,
      recipient: context.email,
      recipientDomain: context.domain,
      stepId: next.step.id,
      stepNumber: next.stepNumber,
      variantId: chooseVariant(next.step, enrolment.id)?.id ?? 'A',
      slot,
      whyNot: whyNot(context),
    });
  }

  return {
    planFirst(tx, enrolment, graph, slot) {
      const next = nextEmail(graph, null);
      if (next === null) return;
      insert(tx, {
        ...enrolment,
        enrolmentId: enrolment.id,
        stepId: next.step.id,
        stepNumber: next.stepNumber,
        variantId: chooseVariant(next.step, enrolment.id)?.id ?? 'A',
        ...(typeof slot === 'string' ? { slot: null, whyNot: slot } : { slot }),
      });
    },
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
    planNext(tx, enrolmentId, stepId, sentAt) {
      const enrolment = enrolmentRow(tx, enrolmentId);
      if (enrolment === undefined) return false;
      const context = contextOf(tx, enrolment);
      const next = context === null ? null : nextEmail(context.graph, stepId);
      tx.prepare(`update enrolments set step_id = ?, next_step_id = ?, sent_count = sent_count + 1, updated_at = ? where id = ?`).run(
        stepId,
        next?.step.id ?? null,
        sentAt,
        enrolmentId,
      );
      if (enrolment.state !== 'active') return false;
      if (context === null || next === null) {
        finish(tx, enrolment);
        return true;
      }
      const slotAt = slotFor(context, dueAfter(sentAt, next.waits, context.rules, context.recipient), false);
      insert(tx, {
        enrolmentId,
        campaignId: enrolment.campaignId,
        contactId: enrolment.contactId,
        mailboxId: enrolment.mailboxId,
        recipient: context.email,
        recipientDomain: context.domain,
        stepId: next.step.id,
        stepNumber: next.stepNumber,
        variantId: chooseVariant(next.step, enrolmentId)?.id ?? 'A',
        slot: slotAt === null ? null : { at: slotAt, why: 'slot' },
        whyNot: whyNot(context),
      });
      return true;
    },
    replan(tx, enrolmentId) {
      const enrolment = enrolmentRow(tx, enrolmentId);
      if (enrolment?.state !== 'active' || !reopenCampaign(tx, enrolment.campaignId)) return false;
      const settled = withMailbox(tx, enrolment, 'person');
      const context = contextOf(tx, settled);
      if (context === null) return false;
      const slotAt = slotFor(context, clock.now(), settled.stepId === null);
      putBack(tx, settled, context, slotAt === null ? null : { at: slotAt, why: 'slot' });
      return true;
    },
    resume(tx, enrolmentId, actor, reason) {
      const stored = enrolmentRow(tx, enrolmentId);
      if (stored === undefined || !isReversible(stored.state, stored.reason)) return false;
      // Enrolled again meanwhile: only one living enrolment of a person in a campaign.
      const other = tx
        .prepare(`select 1 from enrolments where campaign_id = ? and contact_id = ? and id <> ? and state in ('pending','active','paused','held')`)
        .get(stored.campaignId, stored.contactId, enrolmentId);
      if (other !== undefined || contextOf(tx, stored) === null || !reopenCampaign(tx, stored.campaignId)) return false;
      const enrolment = withMailbox(tx, stored, actor);
      const context = contextOf(tx, enrolment);
      if (context === null) return false;
      const now = clock.now();
      tx.prepare(`update enrolments set state = 'active', reason = null, paused_until = null, remaining_ms = null, updated_at = ? where id = ?`).run(now, enrolmentId);
      events.append(tx, {
        type: enrolment.state === 'stopped' ? 'restarted' : 'resumed',
        actor,
        reason,
        enrolmentId,
        campaignId: enrolment.campaignId,
        contactId: enrolment.contactId,
        mailboxId: enrolment.mailboxId,
      });
      const dueAt = enrolment.remainingMs === null ? Math.max(now, dueFromLast(tx, enrolment, context)) : now + enrolment.remainingMs;
      const slotAt = slotFor(context, dueAt, enrolment.stepId === null);
      putBack(tx, enrolment, context, slotAt === null ? null : { at: slotAt, why: 'slot' });
      return true;
    },
  };

  /** When the next mail is due by the delays after the last one that left; 0 when none has left. */
  function dueFromLast(tx: Tx, enrolment: EnrolmentRow, context: PlanContext): number {
    const last = tx.prepare('select max(sent_at) as at from deliveries where enrolment_id = ?').get(enrolment.id) as { at: number | null };
    const next = nextEmail(context.graph, enrolment.stepId);
    return last.at === null || next === null ? 0 : dueAfter(last.at, next.waits, context.rules, context.recipient);
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

  function moveTo(tx: Tx, enrolmentId: string, mailboxId: string, slotAt: number): void {
    const enrolment = enrolmentRow(tx, enrolmentId);
    if (enrolment === undefined) return;
    const now = clock.now();
    const moves = enrolment.mailboxId !== mailboxId;
    if (moves) tx.prepare(`update enrolments set mailbox_id = ?, last_message_id = null, "references" = '[]', updated_at = ? where id = ?`).run(mailboxId, now, enrolmentId);
    const set = `mailbox_id = @mailboxId, boot = null, claimed_at = null, updated_at = @now`;
    tx.prepare(
      `update deliveries set ${set}, state = case state when 'claimed' then 'planned' else state end where enrolment_id = @enrolmentId and state in ('planned','claimed','deferred','held')`,
    ).run({ mailboxId, now, enrolmentId });
    tx.prepare(
      `update deliveries set state = 'planned', slot_at = max(slot_at, @slotAt), why = 'slot', why_detail = null where enrolment_id = @enrolmentId and state = 'held' and why in ('mailbox_gone','no_matching_mailbox')`,
    ).run({ slotAt, enrolmentId });
    events.append(tx, {
      type: moves ? 'moved_mailbox' : 'released',
      actor: 'engine',
      enrolmentId,
      campaignId: enrolment.campaignId,
      contactId: enrolment.contactId,
      mailboxId,
      data: moves ? { from: enrolment.mailboxId, newThread: enrolment.sentCount > 0 } : null,
    });
  }

  /**
   * Whoever is to go on, and whose mailbox no longer sends for the campaign, does so from another one of it. A rule to
   * hold such people binds the engine, not the person who asks for this one.
   */
  function withMailbox(tx: Tx, enrolment: EnrolmentRow, actor: Actor): EnrolmentRow {
    const own = tx.prepare('select m.id from campaigns c, json_each(c.mailbox_ids) j join mailboxes m on m.id = j.value where c.id = ?').all(enrolment.campaignId) as {
      id: string;
    }[];
    const [other] = own;
    if (other === undefined || own.some(({ id }) => id === enrolment.mailboxId)) return enrolment;
    const campaign = tx.prepare('select rules from campaigns where id = ?').get(enrolment.campaignId) as { rules: string };
    if (actor === 'engine' && enrolment.sentCount > 0 && parseRules(campaign.rules).lostMailbox === 'hold') return { ...enrolment, mailboxId: null };
    moveTo(tx, enrolment.id, other.id, clock.now());
    return enrolmentRow(tx, enrolment.id) ?? enrolment;
  }
}

/** Why no slot was found. */
function whyNot(context: PlanContext): HoldReason {
  return context.hours === null ? 'mailbox_gone' : 'no_allowed_time';
}
