import type { CampaignCounts } from '../../../../shared/schemas/campaign.ts';

/** A count with what it is a part of. `percent` is null where there is nothing to be a part of. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly percent: number | null;
}

export function share(count: number, of: number): Share {
  return { count, of, percent: of > 0 ? (count / of) * 100 : null };
}

/** The funnel of a campaign. Replies, bounces and opt-outs are parts of the people mailed, not of the mails. */
export function funnel(counts: CampaignCounts): { mailed: Share; replied: Share; bounced: Share; unsubscribed: Share; done: Share } {
  return {
    mailed: share(counts.mailed, counts.people),
    replied: share(counts.replied, counts.mailed),
    bounced: share(counts.bounced, counts.mailed),
    unsubscribed: share(counts.unsubscribed, counts.mailed),
    done: share(doneCount(counts), counts.people),
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

/** A percentage for people: one digit below ten, so that 0.4 % is not shown as nothing. */
export function formatPercent(percent: number | null): string {
  if (percent === null) return '–';
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent < 10 && !Number.isInteger(percent) ? percent.toFixed(1) : Math.round(percent)} %`;
}
