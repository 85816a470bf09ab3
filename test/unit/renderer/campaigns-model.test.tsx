import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { fixTarget, orderedItems, summariseAudience } from '../../../renderer/features/campaigns/model/audience.ts';
import { formatPercent, funnel, segments } from '../../../renderer/features/campaigns/model/numbers.ts';
import type { CampaignCounts } from '../../../shared/schemas/campaign.ts';

const counts: CampaignCounts = {
  people: 200, mailed: 50, sent: 80, waiting: 120, failed: 1, replied: 4, bounced: 2, unsubscribed: 1,
  enrolments: { pending: 100, active: 70, paused: 5, held: 3, finished: 12, stopped: 9, failed: 1 },
};

describe('campaign numbers', () => {
  it('gives every count the people it is a part of', () => {
    const { mailed, replied, done } = funnel(counts);
    expect(mailed).toEqual({ count: 50, of: 200, percent: 25 });
    expect(replied).toEqual({ count: 4, of: 50, percent: 8 });
    expect(done).toEqual({ count: 22, of: 200, percent: 11 });
  });

  it('shows no rate where nobody was mailed', () => {
    const { replied } = funnel({ ...counts, mailed: 0, replied: 0 });
    expect(formatPercent(replied.percent)).toBe('–');
  });

  it('does not round a few to nothing', () => {
    expect(formatPercent(0.04)).toBe('< 0.1 %');
    expect(formatPercent(0.44)).toBe('0.4 %');
    expect(formatPercent(0)).toBe('0 %');
    expect(formatPercent(12.6)).toBe('13 %');
  });

  const count = fc.nat(5000);
  property.prop([fc.record({ pending: count, active: count, paused: count, held: count, finished: count, stopped: count, failed: count }), count])('splits everybody into parts that add up', (enrolments, replied) => {
    const total = Object.values(enrolments).reduce((sum, value) => sum + value, 0);
    const parts = segments({ ...counts, replied, enrolments });
    expect(parts.reduce((sum, part) => sum + part.count, 0)).toBe(total);
    expect(parts.every((part) => part.count > 0)).toBe(true);
  });
});

describe('audience', () => {
  const lists = [
    { id: 'l1', name: 'Fair', contacts: 40 },
    { id: 'l2', name: 'Web', contacts: 10 },
  ];

  it('says who is meant', () => {
    expect(summariseAudience({ listIds: [], contactIds: [], everyone: false }, lists)).toEqual({ kind: 'nobody' });
    expect(summariseAudience({ listIds: ['l1'], contactIds: [], everyone: true }, lists)).toEqual({ kind: 'everyone' });
    expect(summariseAudience({ listIds: ['l2', 'gone'], contactIds: ['a', 'a', 'b'], everyone: false }, lists)).toMatchObject({ kind: 'some', missingLists: 1, contacts: 2, atMost: 12 });
  });

  it('leads from a checklist item to the part of the form', () => {
    expect(fixTarget('sequence_not_active')).toBe('sequence');
    expect(fixTarget('mailbox_not_ready')).toBe('mailboxes');
    expect(fixTarget('no_audience')).toBe('audience');
    expect(fixTarget('no_allowed_time')).toBe('rules');
    expect(fixTarget('secrets_locked')).toBe('settings');
    expect(fixTarget('whatever')).toBeNull();
  });

  it('puts what blocks first and what is in order last', () => {
    const item = (code: string, blocking: boolean, ok: boolean) => ({ code, blocking, ok, message: code, count: null });
    const items = [item('fine', true, true), item('advice', false, false), item('stop', true, false), item('stop2', true, false)];
    expect(orderedItems({ ok: false, items, people: 0, leftOut: [], firstSlotAt: null }).map(({ code }) => code)).toEqual(['stop', 'stop2', 'advice', 'fine']);
  });
});
