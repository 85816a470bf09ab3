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

export type Segment = 'replied' | 'finished' | 'stopped' | 'failed' | 'attention' | 'under_way' | 'pending';

/** The people of a campaign as parts of one bar. The parts are disjoint and add up to everybody. */
export function segments(counts: CampaignCounts): { segment: Segment; count: number }[] {
  const { pending, active, paused, held, finished, stopped, failed } = counts.enrolments;
  // A person who replied after the last step is finished, not stopped: only the part that fits is taken out.
  const replied = Math.min(counts.replied, stopped);
  const parts: { segment: Segment; count: number }[] = [
    { segment: 'replied', count: replied },
    { segment: 'finished', count: finished },
    { segment: 'stopped', count: stopped - replied },
    { segment: 'failed', count: failed },
    { segment: 'attention', count: held },
    { segment: 'under_way', count: active + paused },
    { segment: 'pending', count: pending },
  ];
  return parts.filter((part) => part.count > 0);
}
