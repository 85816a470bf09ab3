import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { Task, TaskState } from '../../../shared/schemas/task.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Planner, TaskOutcome } from '../scheduling/index.ts';
import type { Store } from '../store/index.ts';

/** What a person has to do by hand before somebody goes on in a sequence. */
export interface Tasks {
  list(query: PageQuery & { state: TaskState; due?: boolean | undefined; campaignId?: string | undefined; contactId?: string | undefined }): Page<Task>;
  /** Closes an open task; its person goes on, and the next delay counts from now. Throws wrong_state when it is closed. */
  close(id: string, outcome: TaskOutcome): Task;
  /** Moves an open task to a later moment; its person waits. */
  snooze(id: string, until: number): Task;
}

const columns = `t.id, t.title, t.note, t.state, t.due_at as dueAt, t.closed_at as closedAt, t.enrolment_id as enrolmentId, t.campaign_id as campaignId, g.name as campaignName,
  t.contact_id as contactId, coalesce(c.email, '') as contactEmail, trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')) as contactName, coalesce(c.company, '') as contactCompany,
  coalesce(c.phone, '') as contactPhone, t.step_id as stepId, t.created_at as createdAt, t.updated_at as updatedAt`;
const joins = 'from tasks t join campaigns g on g.id = t.campaign_id left join contacts c on c.id = t.contact_id';

export function createTasks(deps: { store: Store; events: Events; clock: Clock; planner: Planner; wake: () => void }): Tasks {
  const { store, events, clock, planner } = deps;

  function get(id: string): Task {
    const row = store.prepareRead(`select ${columns} ${joins} where t.id = ?`).get(id) as Task | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such task.');
    return row;
  }

  function open(id: string): Task {
    const task = get(id);
    if (task.state !== 'open') throw new AppError('wrong_state', `This task is ${task.state} already.`, { state: task.state });
    return task;
  }

  function about(task: Task) {
    return { actor: 'person' as const, reason: task.title, enrolmentId: task.enrolmentId, campaignId: task.campaignId, contactId: task.contactId, stepId: task.stepId };
  }

  return {
    list(query) {
      const parts = ['t.state = @state'];
      if (query.due !== undefined) parts.push(query.due ? 't.due_at <= @now' : 't.due_at > @now');
      if (query.campaignId !== undefined) parts.push('t.campaign_id = @campaignId');
      if (query.contactId !== undefined) parts.push('t.contact_id = @contactId');
      if (query.q !== undefined && query.q !== '')
        parts.push(`(t.title || ' ' || coalesce(c.email, '') || ' ' || coalesce(c.first_name || ' ' || c.last_name, '')) like @like escape '\\'`);
      const { state, campaignId = null, contactId = null } = query;
      const params = { state, campaignId, contactId, now: clock.now(), like: containing(query.q ?? '') };
      const { n: total } = store.prepareRead(`select count(*) as n ${joins} where ${parts.join(' and ')}`).get(params) as { n: number };
      const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 2);
      const rows = store
        .prepareRead(
          `select ${columns} ${joins} where ${parts.join(' and ')} ${after === null ? '' : 'and (t.due_at, t.id) > (@afterAt, @afterId)'} order by t.due_at, t.id limit @limit`,
        )
        .all({ ...params, limit: query.limit + 1, ...(after === null ? {} : { afterAt: after[0], afterId: after[1] }) }) as Task[];
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return { items, total, nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.dueAt, last.id]) : null };
    },
    close(id, outcome) {
      const task = open(id);
      store.transaction((tx) => {
        const now = clock.now();
        const closed = tx.prepare(`update tasks set state = ?, closed_at = ?, updated_at = ? where id = ? and state = 'open'`).run(outcome, now, now, id);
        if (closed.changes === 0) throw new AppError('wrong_state', 'This task was closed meanwhile.');
        events.append(tx, { type: outcome === 'done' ? 'task_done' : 'task_skipped', ...about(task) });
        planner.closeTask(tx, task.enrolmentId, task.stepId, outcome);
      });
      deps.wake();
      return get(id);
    },
    snooze(id, until) {
      const task = open(id);
      store.transaction((tx) => {
        tx.prepare(`update tasks set due_at = ?, updated_at = ? where id = ? and state = 'open'`).run(until, clock.now(), id);
        events.append(tx, { type: 'task_snoozed', ...about(task), data: { until } });
      });
      return get(id);
    },
  };
}
