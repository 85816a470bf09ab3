import type { CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { DeliveryState, HoldReason, WhyCode } from '../../../shared/schemas/delivery.ts';
import type { EmailStep, PersonalBlock, SequenceGraph } from '../../../shared/schemas/sequence.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import { chooseVariant, personalBlockOf, type EnrolmentRow } from '../sequences/index.ts';
import type { Tx } from '../store/index.ts';
import { nextAllowed } from './calendar.ts';
import { parseAbsences, parseCalendar, parseRules, recipientColumns, toRecipient, type RecipientRow } from './claim-rules.ts';
import { addDuration } from './duration.ts';
import { calendarsFor, campaignCalendar, type MailboxHours, type RecipientPlace } from './gates.ts';

/** What planning needs to know beside the enrolment. */
export interface PlanContext {
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

const contextRow = `select g.rules, g.mailbox_ids as mailboxIds, m.calendar, m.absences, c.email, ${recipientColumns}
  from campaigns g cross join contacts c left join mailboxes m on m.id = +? where g.id = +? and c.id = +?`;

/** Who a mail goes to. */
export interface Addressee {
  readonly enrolmentId: string;
  readonly campaignId: string;
  readonly contactId: string;
  readonly mailboxId: string | null;
  readonly recipient: string;
  readonly recipientDomain: string;
}

export type MailPlan = ReturnType<typeof createMailPlan>;

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

/** The personal block of a mail is to be written, whatever was written before. */
export function openPersonalText(tx: Tx, row: { deliveryId: string; contactId: string; unapproved: PersonalBlock['unapproved']; now: number }): void {
  tx.prepare(
    `insert into personal_texts (delivery_id, contact_id, state, unapproved, created_at, updated_at) values (@deliveryId, @contactId, 'waiting', @unapproved, @now, @now)
     on conflict (delivery_id) do update set state = 'waiting', text = null, source = null, note = null, model = null, facts = null, written_at = null, unapproved = excluded.unapproved, updated_at = @now`,
  ).run(row);
}

/** Writes the delivery rows of steps. */
export function createMailPlan(deps: { events: Events; clock: Clock; ids: Ids }) {
  const { events, clock, ids } = deps;
  const graphOf = createGraphCache();

  function contextOf(tx: Tx, enrolment: EnrolmentRow): PlanContext | null {
    const row = tx.prepare(contextRow).get(enrolment.mailboxId, enrolment.campaignId, enrolment.contactId) as
      (RecipientRow & { rules: string; mailboxIds: string; email: string; calendar: string | null; absences: string | null }) | undefined;
    if (row === undefined) return null;
    const { calendar, absences } = row;
    const sends = enrolment.mailboxId !== null && row.mailboxIds.includes(`"${enrolment.mailboxId}"`);
    return {
      rules: parseRules(row.rules),
      graph: graphOf(tx.prepare, enrolment.sequenceVersionId),
      email: row.email,
      domain: row.domain,
      recipient: toRecipient(row),
      hours: sends && calendar !== null && absences !== null ? { calendar: parseCalendar(calendar), absences: parseAbsences(absences) } : null,
    };
  }

  /** A new row. A mail that a person must approve is held at once, so that there is time to read it; its slot stays. */
  function insert(tx: Tx, to: Addressee, mail: { step: EmailStep; stepNumber: number }, slot: Slot | HoldReason): void {
    const now = clock.now();
    const id = ids.next();
    const variantId = chooseVariant(mail.step, to.enrolmentId)?.id ?? 'A';
    const personal = personalBlockOf(mail.step, variantId);
    const review = mail.step.review === true || personal !== null;
    const held: HoldReason | null = typeof slot === 'string' ? slot : review ? 'approval' : null;
    const slotAt = typeof slot === 'string' ? now : slot.at;
    tx.prepare(
      `insert into deliveries (id, kind, unique_key, state, priority, campaign_id, enrolment_id, contact_id, mailbox_id, recipient, recipient_domain,
         step_id, step_number, variant_id, needs_approval, slot_at, why, created_at, updated_at)
       values (?, 'step', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      id,
      `${to.enrolmentId}:${mail.step.id}`,
      held === null ? 'planned' : 'held',
      mail.stepNumber === 1 ? 2 : 1,
      to.campaignId,
      to.enrolmentId,
      to.contactId,
      to.mailboxId,
      to.recipient,
      to.recipientDomain,
      mail.step.id,
      mail.stepNumber,
      variantId,
      review ? 1 : 0,
      slotAt,
      held ?? (typeof slot === 'string' ? slot : slot.why),
      now,
      now,
    );
    if (personal !== null) openPersonalText(tx, { deliveryId: id, contactId: to.contactId, unapproved: mail.step.review === true ? 'hold' : personal.unapproved, now });
    events.append(tx, {
      type: held === null ? 'planned' : 'held',
      actor: 'engine',
      reason: held,
      deliveryId: id,
      enrolmentId: to.enrolmentId,
      campaignId: to.campaignId,
      contactId: to.contactId,
      mailboxId: to.mailboxId,
      stepId: mail.step.id,
      variantId,
      data: typeof slot === 'string' ? null : { slotAt },
    });
  }

  return {
    contextOf,
    insert,
    /**
     * Plans a mail that is due at `dueAt`, at the next allowed time: a new row, or the one that waited, failed or was
     * cancelled. One that is in flight, unknown or sent stays as it is: never a second row. `exists` as `stateOf` says.
     */
    plan(tx: Tx, enrolment: EnrolmentRow, context: PlanContext, { step, dueAt }: { step: EmailStep; dueAt: number }, exists: boolean): void {
      const calendars = context.hours === null ? null : calendarsFor(context.rules, context.hours, context.recipient, enrolment.sentCount === 0);
      const slotAt = calendars === null ? null : nextAllowed(calendars, dueAt);
      const slot: Slot | HoldReason = slotAt !== null ? { at: slotAt, why: 'slot' } : context.hours === null ? 'mailbox_gone' : 'no_allowed_time';
      if (exists) {
        tx.prepare(
          `update deliveries set state = case when @slotAt is null or needs_approval = 1 then 'held' else 'planned' end, slot_at = coalesce(@slotAt, slot_at),
             why = case when @slotAt is not null and needs_approval = 1 then 'approval' else @why end, mailbox_id = @mailboxId, why_detail = null, attempts = 0, first_tried_at = null,
             final_at = null, final_reason = null, answer = null, answer_class = null, answer_code = null, boot = null, updated_at = @now
           where kind = 'step' and unique_key = @key and state in ('planned','deferred','held','cancelled','failed','skipped')`,
        ).run({ slotAt, why: typeof slot === 'string' ? slot : slot.why, mailboxId: enrolment.mailboxId, now: clock.now(), key: `${enrolment.id}:${step.id}` });
        return;
      }
      const to = { ...enrolment, enrolmentId: enrolment.id, recipient: context.email, recipientDomain: context.domain };
      insert(tx, to, { step, stepNumber: enrolment.sentCount + 1 }, slot);
    },
    /** `at` plus a duration, as the campaign counts days for this person. */
    after(at: number, duration: string, { rules, recipient }: PlanContext): number {
      const calendar = campaignCalendar(rules, recipient);
      return addDuration(at, duration, { businessDays: false, zone: calendar.zone, calendar });
    },
    /** The state of the mail of a step; undefined where it was never planned. */
    stateOf: (tx: Tx, enrolmentId: string, stepId: string): DeliveryState | undefined =>
      (tx.prepare(`select state from deliveries where kind = 'step' and unique_key = ?`).get(`${enrolmentId}:${stepId}`) as { state: DeliveryState } | undefined)?.state,
  };
}
