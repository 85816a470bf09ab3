import { AppError } from '../../../shared/errors.ts';
import type { Page, PageQuery } from '../../../shared/schemas/common.ts';
import type { Enrolment, EnrolmentState } from '../../../shared/schemas/enrolment.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Planner } from '../scheduling/index.ts';
import type { Enrolments } from '../sequences/index.ts';
import type { Store, Tx } from '../store/index.ts';

/** One person in one campaign, as the UI and the API see and steer it. */
export interface EnrolmentList {
  list(query: PageQuery & { campaignId?: string | undefined; contactId?: string | undefined; state?: EnrolmentState | undefined }): Page<Enrolment>;
  get(id: string): Enrolment;
  stop(id: string): Enrolment;
  pause(id: string, until: number | null): Enrolment;
  /** `at` = the next mail leaves from that moment on; null = with the delay that was left. */
  resume(id: string, at?: number | null): Enrolment;
}

const columns = `e.id, e.campaign_id as campaignId, g.name as campaignName, e.contact_id as contactId, coalesce(c.email, '') as contactEmail, trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')) as contactName,
  e.mailbox_id as mailboxId, v.number as sequenceVersion, e.state, e.reason, e.paused_until as pausedUntil, e.step_id as stepId, e.next_step_id as nextStepId,
  coalesce((select slot_at from deliveries d where d.enrolment_id = e.id and d.state in ('planned','deferred','claimed') limit 1), iif(e.state = 'active', e.wake_at, null)) as nextAt, e.created_at as createdAt, e.updated_at as updatedAt`;
const joins = 'from enrolments e join sequence_versions v on v.id = e.sequence_version_id join campaigns g on g.id = e.campaign_id left join contacts c on c.id = e.contact_id';

export function createEnrolmentList(deps: { store: Store; enrolments: Enrolments; planner: Planner; wake: () => void }): EnrolmentList {
  const { store, enrolments, planner } = deps;

  function get(id: string): Enrolment {
    const row = store.prepareRead(`select ${columns} ${joins} where e.id = ?`).get(id) as Enrolment | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such enrolment.');
    return row;
  }

  function change(id: string, work: (enrolment: Enrolment) => boolean, refusal: string): Enrolment {
    const enrolment = get(id);
    if (!work(enrolment)) throw new AppError('wrong_state', refusal, { state: enrolment.state });
    deps.wake();
    return get(id);
  }

  /** A pause that ends at `at` and leaves no delay: the next mail is due then. */
  function waitUntil(tx: Tx, id: string, at: number): boolean {
    if (!enrolments.pause(tx, id, at, 'resume_later', 'person')) return true;
    tx.prepare('update enrolments set remaining_ms = 0 where id = ?').run(id);
    return true;
  }

  return {
    get,
    list(query) {
      const parts = ['1'];
      const params: string[] = [];
      for (const [column, value] of [
        ['e.campaign_id', query.campaignId],
        ['e.contact_id', query.contactId],
        ['e.state', query.state],
      ] as const) {
        if (value === undefined) continue;
        parts.push(`${column} = ?`);
        params.push(value);
      }
      if (query.q !== undefined && query.q !== '') {
        parts.push("(c.email like ? escape '\\' or c.first_name || ' ' || c.last_name like ? escape '\\')");
        params.push(containing(query.q), containing(query.q));
      }
      const total = (
        store.prepareRead(`select count(*) as n ${query.q === undefined || query.q === '' ? 'from enrolments e' : joins} where ${parts.join(' and ')}`).get(...params) as {
          n: number;
        }
      ).n;
      const after = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
      const rows = store
        .prepareRead(`select ${columns} ${joins} where ${parts.join(' and ')} ${after.length === 0 ? '' : 'and e.id < ?'} order by e.id desc limit ?`)
        .all(...params, ...after, query.limit + 1) as Enrolment[];
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return { items, nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.id]) : null, total };
    },
    stop: (id) => change(id, () => store.transaction((tx) => enrolments.stop(tx, id, 'by_hand', 'person')), 'This person has no mail to come in this campaign.'),
    pause: (id, until) => change(id, () => store.transaction((tx) => enrolments.pause(tx, id, until, 'by_hand', 'person')), 'Only somebody with mail to come can be paused.'),
    resume: (id, at = null) =>
      change(
        id,
        () => store.transaction((tx) => planner.resume(tx, id, 'person', 'by_hand') && (at === null || waitUntil(tx, id, at))),
        'This cannot be resumed: the person opted out, bounced, finished, or is enrolled again.',
      ),
  };
}
