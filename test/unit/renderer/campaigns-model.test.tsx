import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { fixTarget, orderedItems, summariseAudience } from '../../../renderer/features/campaigns/model/audience.ts';
import { fromLocalInput, patchOf, toLocalInput } from '../../../renderer/features/campaigns/model/campaign-form.ts';
import { funnel, segments } from '../../../renderer/features/campaigns/model/numbers.ts';
import { type PreflightCode, campaignRulesSchema, type CampaignCounts } from '../../../shared/schemas/campaign.ts';

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

describe('audience', () => {
  const lists = [
    { id: 'l1', name: 'Fair', contacts: 40 },
    { id: 'l2', name: 'Web', contacts: 10 },
  ];

  it('says who is meant', () => {
    expect(summariseAudience({ listIds: [], contactIds: [], everyone: false }, lists)).toEqual({ kind: 'nobody' });
    expect(summariseAudience({ listIds: ['l1'], contactIds: [], everyone: true }, lists)).toEqual({ kind: 'everyone' });
    expect(summariseAudience({ listIds: ['l2', 'gone'], contactIds: ['a', 'a', 'b'], everyone: false }, lists)).toMatchObject({
      kind: 'some',
      missingLists: 1,
      contacts: 2,
      atMost: 12,
    });
  });

  it('leads from a checklist item to the part of the form', () => {
    expect(fixTarget('sequence')).toBe('sequence');
    expect(fixTarget('no_inbox')).toBe('mailbox');
    expect(fixTarget('missing_field')).toBe('sequence');
    expect(fixTarget('draft_changed')).toBe('activate');
    expect(fixTarget('time')).toBe('rules');
    expect(fixTarget('secrets')).toBe('settings');
    expect(fixTarget('suppressed')).toBeNull();
  });

  it('puts what blocks first and what is in order last', () => {
    const item = (code: PreflightCode, blocking: boolean, ok: boolean) => ({ code, blocking, ok, message: code, count: null, mailboxId: null });
    const items = [item('draft', true, true), item('copy', false, false), item('sequence', true, false), item('audience', true, false)];
    expect(orderedItems({ ok: false, items, people: 0, leftOut: [], firstSlotAt: null }).map(({ code }) => code)).toEqual(['sequence', 'audience', 'copy', 'draft']);
  });
});

describe('campaign form', () => {
  const stored = { name: 'A', sequenceId: 's', audience: { listIds: [], contactIds: [], everyone: false }, mailboxIds: ['m'], rules: campaignRulesSchema.parse({}) };

  it('writes only what changed, and never an empty name', () => {
    expect(patchOf(stored, stored)).toEqual({});
    expect(patchOf({ ...stored, name: '  ', mailboxIds: [] }, stored)).toEqual({ mailboxIds: [] });
    expect(patchOf({ ...stored, name: ' B ' }, stored)).toEqual({ name: 'B' });
  });

  it('reads a moment back as it was written', () => {
    const at = new Date(2026, 9, 25, 8, 5).getTime();
    expect(toLocalInput(at)).toBe('2026-10-25T08:05');
    expect(fromLocalInput(toLocalInput(at))).toBe(at);
    expect(fromLocalInput('')).toBeNull();
    expect(fromLocalInput('2026-13-')).toBeNull();
  });
});
