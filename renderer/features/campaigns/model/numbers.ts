import type { CampaignCounts } from '../../../../shared/schemas/campaign.ts';

/** A count with what it is a part of. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** The funnel of a campaign. Replies, bounces and opt-outs are parts of the people mailed, not of the mails. */
export function funnel(counts: CampaignCounts): { mailed: Share; replied: Share; bounced: Share; unsubscribed: Share; done: Share } {
  return {
    mailed: { count: counts.mailed, of: counts.people },
    replied: { count: counts.replied, of: counts.mailed },
    bounced: { count: counts.bounced, of: counts.mailed },
    unsubscribed: { count: counts.unsubscribed, of: counts.mailed },
    done: { count: doneCount(counts), of: counts.people },
  };
}

/** People with whom the campaign is through, in whatever way. */
export function doneCount(counts: CampaignCounts): number {
  const { finished, stopped, failed } = counts.enrolments;
  return finished + stopped + failed;
}

export type Segment = 'finished' | 'stopped' | 'failed' | 'attention' | 'under_way' | 'pending';

/**
 * The people of a campaign as parts of one bar, by the state of their enrolment: disjoint, and together everybody.
 * Replies are no part of it: a person may answer after the last mail, too.
 */
export function segments(counts: CampaignCounts): { segment: Segment; count: number }[] {
  const { pending, active, paused, held, finished, stopped, failed } = counts.enrolments;
  const parts: { segment: Segment; count: number }[] = [
    { segment: 'finished', count: finished },
    { segment: 'stopped', count: stopped },
    { segment: 'failed', count: failed },
    { segment: 'attention', count: held },
    { segment: 'under_way', count: active + paused },
    { segment: 'pending', count: pending },
  ];
  return parts.filter((part) => part.count > 0);
}
