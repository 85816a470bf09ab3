import { AppError } from '../../../shared/errors.ts';
import type { VersionMove } from '../../../shared/schemas/campaign.ts';
import type { SequenceGraph, Step } from '../../../shared/schemas/sequence.ts';
import type { Events } from '../events/index.ts';
import type { Clock } from '../lib/clock.ts';
import { openPersonalText, type Planner } from '../scheduling/index.ts';
import { chooseVariant, personalBlockOf, placeInVersion } from '../sequences/index.ts';
import type { Store, Tx } from '../store/index.ts';

/** Moves the people of a campaign to the active version of its sequence. Without it they finish on the version they began with. */
export interface Migration {
  /** Who would move where; changes nothing. */
  preview(campaignId: string): VersionMove;
  /** Moves them, in slices that leave the event loop free; repeating an interrupted call completes it. New people take the new version, too. */
  migrate(campaignId: string): Promise<VersionMove>;
}

interface Campaign {
  readonly id: string;
  readonly status: string;
  readonly sequenceId: string;
  readonly versionId: string | null;
  readonly activeVersionId: string | null;
}

interface Person {
  readonly id: string;
  readonly contactId: string;
  readonly mailboxId: string | null;
  readonly state: string;
  readonly versionId: string;
  readonly stepId: string | null;
  readonly enteredAt: number | null;
  readonly busy: number;
}

const sliceRows = 200;

export function createMigration(deps: { store: Store; events: Events; clock: Clock; planner: Planner; wake: () => void }): Migration {
  const { store, events, clock, planner } = deps;

  function campaignOf(id: string): Campaign & { activeVersionId: string } {
    const row = store
      .prepareRead(
        `select g.id, g.status, g.sequence_id as sequenceId, g.sequence_version_id as versionId, s.active_version_id as activeVersionId from campaigns g join sequences s on s.id = g.sequence_id where g.id = ?`,
      )
      .get(id) as Campaign | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such campaign.');
    if (row.status === 'draft' || row.activeVersionId === null) throw new AppError('wrong_state', 'Only a campaign that was launched has people to move.');
    return { ...row, activeVersionId: row.activeVersionId };
  }

  function graphs(sequenceId: string): Map<string, { number: number; graph: SequenceGraph }> {
    const rows = store.prepareRead('select id, number, graph from sequence_versions where sequence_id = ?').all(sequenceId) as { id: string; number: number; graph: string }[];
    return new Map(rows.map(({ id, number, graph }) => [id, { number, graph: JSON.parse(graph) as SequenceGraph }]));
  }

  /** People under way on another version of the same sequence. Whose mail is on its way, or has an unknown outcome, stays where they are. */
  const peopleSql = `select e.id, e.contact_id as contactId, e.mailbox_id as mailboxId, e.state, e.sequence_version_id as versionId, e.next_step_id as stepId, e.entered_at as enteredAt,
      exists (select 1 from deliveries d where d.enrolment_id = e.id and d.state in ('claimed','sending','unknown')) as busy
    from enrolments e indexed by enrolments_campaign_state join sequence_versions v on v.id = e.sequence_version_id
    where e.campaign_id = @campaignId and e.state in ('pending','active','paused','held') and v.sequence_id = @sequenceId and e.sequence_version_id <> @target and e.id > @after order by e.id limit @limit`;

  function preview(campaignId: string): VersionMove {
    const campaign = campaignOf(campaignId);
    const known = graphs(campaign.sequenceId);
    const target = known.get(campaign.activeVersionId);
    const people = store.prepareRead(peopleSql).all({ campaignId, sequenceId: campaign.sequenceId, target: campaign.activeVersionId, after: '', limit: -1 }) as Person[];
    const groups = new Map<string, VersionMove['groups'][number]>();
    for (const { versionId, stepId, busy } of people) {
      const from = known.get(versionId);
      if (from === undefined || target === undefined || busy === 1) continue;
      const to = placeInVersion(from.graph, target.graph, stepId);
      const key = JSON.stringify([from.number, stepId, to]);
      const group = groups.get(key) ?? {
        fromVersion: from.number,
        fromStepId: stepId,
        fromStep: nameOf(from.graph, stepId),
        toStepId: to,
        toStep: nameOf(target.graph, to),
        people: 0,
      };
      groups.set(key, { ...group, people: group.people + 1 });
    }
    return {
      toVersion: target?.number ?? 0,
      people: people.length,
      busy: people.filter(({ busy }) => busy === 1).length,
      groups: [...groups.values()].sort((a, b) => b.people - a.people),
    };
  }

  function move(tx: Tx, person: Person, campaignId: string, from: SequenceGraph, target: { id: string; number: number; graph: SequenceGraph }): void {
    const now = clock.now();
    const to = placeInVersion(from, target.graph, person.stepId);
    tx.prepare('update enrolments set sequence_version_id = ?, updated_at = ? where id = ?').run(target.id, now, person.id);
    const { id: enrolmentId, contactId, mailboxId } = person;
    events.append(tx, { type: 'moved_version', actor: 'person', enrolmentId, campaignId, contactId, mailboxId, stepId: to, data: { to: target.number } });
    const step = target.graph.steps.find(({ id }) => id === to);
    if (to !== null && to === person.stepId && step !== undefined) return stay(tx, person, step, now);
    tx.prepare(
      `update deliveries set state = 'cancelled', final_reason = 'moved_version', final_at = ?, updated_at = ? where enrolment_id = ? and state in ('planned','deferred','held')`,
    ).run(now, now, enrolmentId);
    tx.prepare(`update tasks set state = 'cancelled', closed_at = ?, updated_at = ? where enrolment_id = ? and state = 'open'`).run(now, now, enrolmentId);
    planner.goOnAt(tx, enrolmentId, to, person.enteredAt ?? now);
  }

  /** The same step in its new form: a mail keeps its slot and takes the new text, what waits is looked at anew. */
  function stay(tx: Tx, { id, state, contactId }: Person, step: Step, now: number): void {
    if (step.type === 'email') {
      // A new text is approved anew; where nobody reviews any more, nothing waits for it.
      const variantId = chooseVariant(step, id)?.id ?? 'A';
      const personal = personalBlockOf(step, variantId);
      const review = step.review === true || personal !== null ? 1 : 0;
      const key = `${id}:${step.id}`;
      const changed = tx
        .prepare(
          `update deliveries set variant_id = @variantId, needs_approval = @review, approved_hash = null, updated_at = @now,
           why = case when @review = 0 and state = 'held' and why = 'approval' then 'slot' when @review = 1 and state in ('planned','deferred') then 'approval' else why end,
           state = case when @review = 0 and state = 'held' and why = 'approval' then 'planned' when @review = 1 and state in ('planned','deferred') then 'held' else state end
         where kind = 'step' and unique_key = @key and state in ('planned','deferred','held','failed') and content is null returning id`,
        )
        .get({ variantId, review, now, key }) as { id: string } | undefined;
      if (changed === undefined) return;
      if (personal === null) tx.prepare('delete from personal_texts where delivery_id = ?').run(changed.id);
      else openPersonalText(tx, { deliveryId: changed.id, contactId, unapproved: step.review === true ? 'hold' : personal.unapproved, now });
      return;
    }
    if (step.type === 'task')
      tx.prepare(`update tasks set title = ?, note = ?, updated_at = ? where enrolment_id = ? and step_id = ? and state = 'open'`).run(step.title, step.note, now, id, step.id);
    if (state === 'active') tx.prepare('update enrolments set wake_at = ? where id = ? and wake_at is not null').run(now, id);
  }

  return {
    preview,
    async migrate(campaignId) {
      const campaign = campaignOf(campaignId);
      if (campaign.status === 'stopped') throw new AppError('wrong_state', 'A stopped campaign has nobody under way.');
      const before = preview(campaignId);
      const known = graphs(campaign.sequenceId);
      const active = known.get(campaign.activeVersionId);
      if (active === undefined) return before;
      const target = { id: campaign.activeVersionId, ...active };
      store.transaction((tx) => tx.prepare('update campaigns set sequence_version_id = ?, updated_at = ? where id = ?').run(target.id, clock.now(), campaignId));
      for (let after = ''; ;) {
        const last = store.transaction((tx) => {
          const people = tx.prepare(peopleSql).all({ campaignId, sequenceId: campaign.sequenceId, target: target.id, after, limit: sliceRows }) as Person[];
          for (const person of people) {
            const from = known.get(person.versionId);
            if (from !== undefined && person.busy === 0) move(tx, person, campaignId, from.graph, target);
          }
          return people.at(-1);
        });
        if (last === undefined) break;
        after = last.id;
        await new Promise((resolve) => setImmediate(resolve));
      }
      deps.wake();
      return before;
    },
  };
}

/** What the preview calls a step: its number in the list and, for a mail, its subject. */
function nameOf(graph: SequenceGraph, stepId: string | null): string | null {
  const index = graph.steps.findIndex(({ id }) => id === stepId);
  const step = graph.steps[index];
  if (step === undefined) return null;
  const title = step.type === 'email' ? (step.variants[0]?.subject ?? '') : step.type === 'task' ? step.title : '';
  return title === '' ? `${index + 1}` : `${index + 1}: ${title}`;
}
