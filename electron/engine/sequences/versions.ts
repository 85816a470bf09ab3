import { AppError } from '../../../shared/errors.ts';
import type { SequenceGraph, SequenceVersion, StepChange } from '../../../shared/schemas/sequence.ts';
import type { Store } from '../store/index.ts';
import { diffGraphs } from './diff.ts';

/** The versions of sequences. They never change; people finish on theirs unless a person moves them. */
export interface Versions {
  /** Newest first. */
  list(sequenceId: string): SequenceVersion[];
  /** Between two versions; null = the active one (`from`; nothing when there is none), the draft (`to`). */
  diff(sequenceId: string, from: string | null, to: string | null): StepChange[];
  /** Throws AppError not_found. */
  graph(sequenceId: string, versionId: string): SequenceGraph;
}

export function createVersions(store: Store): Versions {
  function graph(sequenceId: string, versionId: string): SequenceGraph {
    const row = store.prepareRead('select graph from sequence_versions where sequence_id = ? and id = ?').get(sequenceId, versionId) as { graph: string } | undefined;
    if (row === undefined) throw new AppError('not_found', 'This sequence has no such version.');
    return JSON.parse(row.graph) as SequenceGraph;
  }

  function heads(sequenceId: string): { draft: SequenceGraph; active: string | null } {
    const row = store.prepareRead('select draft, active_version_id as active from sequences where id = ?').get(sequenceId) as { draft: string; active: string | null } | undefined;
    if (row === undefined) throw new AppError('not_found', 'There is no such sequence.');
    return { draft: JSON.parse(row.draft) as SequenceGraph, active: row.active };
  }

  return {
    graph,
    list(sequenceId) {
      const { active } = heads(sequenceId);
      const rows = store
        .prepareRead(`select v.id, v.number, v.graph, v.created_at as createdAt from sequence_versions v where v.sequence_id = ? order by v.number desc`)
        .all(sequenceId) as { id: string; number: number; graph: string; createdAt: number }[];
      // By the campaigns of the sequence, whose living people an index holds.
      const people = new Map(
        (
          store
            .prepareRead(
              `select e.sequence_version_id as id, count(*) as n from campaigns g cross join enrolments e indexed by enrolments_campaign_state on e.campaign_id = g.id
               and e.state in ('pending','active','paused','held') where e.sequence_version_id in (select id from sequence_versions where sequence_id = ?) group by 1`,
            )
            .all(sequenceId) as { id: string; n: number }[]
        ).map(({ id, n }) => [id, n]),
      );
      return rows.map(({ id, number, graph: text, createdAt }) => {
        const { steps } = JSON.parse(text) as SequenceGraph;
        return { id, number, active: id === active, mails: steps.filter(({ type }) => type === 'email').length, steps: steps.length, people: people.get(id) ?? 0, createdAt };
      });
    },
    diff(sequenceId, from, to) {
      const { draft, active } = heads(sequenceId);
      const start = from ?? active;
      return diffGraphs(start === null ? { steps: [] } : graph(sequenceId, start), to === null ? draft : graph(sequenceId, to));
    },
  };
}
