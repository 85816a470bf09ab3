import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { fixTarget, orderedItems, summariseAudience } from '../../../renderer/features/campaigns/model/audience.ts';
import { funnel, segments } from '../../../renderer/features/campaigns/model/numbers.ts';
import type { CampaignCounts } from '../../../shared/schemas/campaign.ts';

const counts: CampaignCounts = {
  people: 200,
  mailed: 50,
  sent: 80,
  waiting: 120,
  failed: 1,
  replied: 4,
  bounced: 2,
  unsubscribed: 1,
  enrolments: { pending: 100, active: 70, paused: 5, held: 3, finished: 12, stopped: 9, failed: 1 },
};

describe('campaign numbers', () => {
  it('gives every count the people it is a part of', () => {
    const { mailed, replied, done } = funnel(counts);
    expect(mailed).toEqual({ count: 50, of: 200 });
    expect(replied).toEqual({ count: 4, of: 50 });
    expect(done).toEqual({ count: 22, of: 200 });
  });

  const count = fc.nat(5000);
  property.prop([fc.record({ pending: count, active: count, paused: count, held: count, finished: count, stopped: count, failed: count })])(
    'splits everybody into parts that add up',
    (enrolments) => {
      const total = Object.values(enrolments).reduce((sum, value) => sum + value, 0);
      const parts = segments({ ...counts, enrolments });
      expect(parts.reduce((sum, part) => sum + part.count, 0)).toBe(total);
      expect(parts.every((part) => part.count > 0)).toBe(true);
    },
  );
});
