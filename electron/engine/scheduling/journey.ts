import { nextStepId } from '../../../shared/graph.ts';
import type { Actor } from '../../../shared/schemas/event.ts';
import type { StepOf, StepTest } from '../../../shared/schemas/sequence.ts';
import type { Contacts } from '../contacts/index.ts';
import type { Events } from '../events/index.ts';
import { hour, type Clock } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { EnrolmentRow } from '../sequences/index.ts';
import type { Tx } from '../store/index.ts';
import type { JourneyActions } from './journey-actions.ts';
import type { MailPlan, PlanContext } from './mail-plan.ts';
import { nextStep, type Position } from './next-step.ts';
import { factsOf } from './person-facts.ts';

export type Journey = ReturnType<typeof createJourney>;

/** Does what the walk through a graph says: plans mails, opens tasks, acts, waits, ends. Always inside the caller's transaction. */
export function createJourney(deps: { events: Events; clock: Clock; ids: Ids; mails: MailPlan; actions: JourneyActions; contacts: Pick<Contacts, 'segments'> }) {
  const { events, clock, ids, mails, actions, contacts } = deps;

  function about(enrolment: EnrolmentRow) {
    return { enrolmentId: enrolment.id, campaignId: enrolment.campaignId, contactId: enrolment.contactId, mailboxId: enrolment.mailboxId };
  }

  function stand(tx: Tx, enrolment: EnrolmentRow, { stepId, at }: Position, wakeAt: number | null, lookedAt: number | null): void {
    tx.prepare('update enrolments set next_step_id = ?, entered_at = ?, wake_at = ?, looked_at = ?, updated_at = ? where id = ?').run(
      stepId,
      at,
      wakeAt,
      lookedAt,
      clock.now(),
      enrolment.id,
    );
  }

  function finish(tx: Tx, enrolment: EnrolmentRow, reason: string | null = null): void {
    tx.prepare(`update enrolments set state = 'finished', reason = ?, next_step_id = null, wake_at = null, updated_at = ? where id = ?`).run(reason, clock.now(), enrolment.id);
    events.append(tx, { type: 'finished', actor: 'engine', reason, ...about(enrolment) });
  }

  /** A task that was cancelled with its enrolment is open again when the person goes on; one that is closed stays so. */
  function openTask(tx: Tx, enrolment: EnrolmentRow, step: StepOf<'task'>, dueAt: number): void {
    const now = clock.now();
    const opened = tx
      .prepare(
        `insert into tasks (id, enrolment_id, campaign_id, contact_id, step_id, title, note, state, due_at, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)
         on conflict (enrolment_id, step_id) do update set state = 'open', closed_at = null, due_at = excluded.due_at, updated_at = excluded.updated_at where state = 'cancelled'`,
      )
      .run(ids.next(), enrolment.id, enrolment.campaignId, enrolment.contactId, step.id, step.title, step.note, dueAt, now, now);
    if (opened.changes > 0) events.append(tx, { type: 'task_opened', actor: 'engine', reason: step.title, stepId: step.id, data: { dueAt }, ...about(enrolment) });
  }

  return {
    finish,
    /**
     * Walks an active enrolment on from a position until it waits for something or ends. The result is stored with the
     * events of what was passed, so that a crash either kept all of it or nothing.
     */
    walk(tx: Tx, enrolment: EnrolmentRow, context: PlanContext, from: Position): void {
      const { graph, rules, recipient } = context;
      const traveller = { enrolmentId: enrolment.id, rules, recipient };
      let position = from;
      // Each turn passes a mail that has left or an action; a graph has no loops.
      for (let turns = 0; turns <= graph.steps.length; turns += 1) {
        const now = clock.now();
        const found = nextStep(graph, position, traveller, factsOf(tx.prepare, enrolment, contacts.segments), now);
        for (const { stepId, edge } of found.taken) events.append(tx, { type: 'branched', actor: 'engine', reason: edge, stepId, ...about(enrolment) });
        const { move, position: stands } = found;
        switch (move.kind) {
          case 'end':
            return finish(tx, enrolment);
          case 'wait': {
            const step = graph.steps.find(({ id }) => id === stands.stepId);
            const lookAt = step?.type === 'wait_for' && step.branches.some(({ when }) => when.tests.some(changesSilently)) ? Math.min(move.until, now + hour) : move.until;
            return stand(tx, enrolment, stands, Math.max(lookAt, stands.at), stands.at <= now ? now : null);
          }
          case 'mail': {
            const state = mails.stateOf(tx, enrolment.id, move.step.id);
            if (state !== 'sent') {
              stand(tx, enrolment, stands, null, null);
              return mails.plan(tx, enrolment, context, move, state !== undefined);
            }
            position = { stepId: nextStepId(graph, move.step), at: move.dueAt };
            break;
          }
          case 'task':
            stand(tx, enrolment, stands, null, null);
            return openTask(tx, enrolment, move.step, mails.after(now, move.step.dueIn, context));
          case 'act': {
            const moved = actions.perform(tx, enrolment, move.step, context);
            if (moved !== null) {
              finish(tx, enrolment, 'moved');
              return moved(tx);
            }
            position = { stepId: nextStepId(graph, move.step), at: now };
            break;
          }
        }
      }
      finish(tx, enrolment);
    },
    stand,
    note(
      tx: Tx,
      enrolment: EnrolmentRow,
      type: 'task_done' | 'task_skipped' | 'task_snoozed',
      actor: Actor,
      stepId: string,
      reason: string,
      data: Record<string, unknown> | null = null,
    ) {
      events.append(tx, { type, actor, reason, stepId, data, ...about(enrolment) });
    },
  };
}

/** Imports, lists and segments change people without an event of each person's own: what looks at them looks again once an hour. */
function changesSilently({ kind }: StepTest): boolean {
  return kind === 'field' || kind === 'tag' || kind === 'list' || kind === 'segment';
}
