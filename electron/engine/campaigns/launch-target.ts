import { AppError } from '../../../shared/errors.ts';
import type { Audience, CampaignRules } from '../../../shared/schemas/campaign.ts';
import type { SequenceGraph } from '../../../shared/schemas/sequence.ts';
import { parseRules } from '../scheduling/index.ts';
import type { Store } from '../store/index.ts';
import { chosenMailboxes, type ChosenMailbox } from './chosen-mailboxes.ts';

/** A launched campaign as people are enrolled in it and given to its mailboxes. */
export interface LaunchTarget {
  readonly campaignId: string;
  readonly versionId: string;
  readonly graph: SequenceGraph;
  readonly audience: Audience;
  readonly rules: CampaignRules;
  readonly mailboxes: readonly ChosenMailbox[];
}

/** Throws AppError not_found, or wrong_state for a draft. */
export function launchTarget(store: Store, campaignId: string, audience?: Audience): LaunchTarget {
  const row = store
    .prepareRead(
      `select g.sequence_version_id as versionId, v.graph, g.audience, g.rules, g.mailbox_ids as mailboxIds from campaigns g left join sequence_versions v on v.id = g.sequence_version_id where g.id = ?`,
    )
    .get(campaignId) as { versionId: string | null; graph: string | null; audience: string; rules: string; mailboxIds: string } | undefined;
  if (row === undefined) throw new AppError('not_found', 'There is no such campaign.');
  if (row.versionId === null || row.graph === null) throw new AppError('wrong_state', 'The campaign has not been launched.');
  return {
    campaignId,
    versionId: row.versionId,
    graph: JSON.parse(row.graph) as SequenceGraph,
    audience: audience ?? (JSON.parse(row.audience) as Audience),
    rules: parseRules(row.rules),
    mailboxes: chosenMailboxes(store, JSON.parse(row.mailboxIds) as string[]),
  };
}
