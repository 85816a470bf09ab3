import type { VariantNumbers } from '../../../shared/schemas/sequence.ts';
import { wilson } from '../lib/wilson.ts';
import type { Store } from '../store/index.ts';

const pageRows = 10_000;

interface Count {
  mailed: number;
  replied: number;
  bounced: number;
}

/**
 * What each e-mail step and variant of a sequence did, over all its campaigns and versions; all sequences are counted at once. `replied` are people with a
 * reply of the class `human` to that very mail. Counted from rows of record in slices that leave the event loop free;
 * kept until something was sent or came back.
 */
export function createStepNumbers(deps: { store: Store; cursor: () => number }): (sequenceId: string) => Promise<VariantNumbers[]> {
  const { store } = deps;
  let kept: { readonly cursor: number; readonly numbers: Promise<ReadonlyMap<string, VariantNumbers[]>> } | null = null;

  async function count(): Promise<ReadonlyMap<string, VariantNumbers[]>> {
    const counts = new Map<string, Count>();
    const of = (sequenceId: string, stepId: string, variantId: string | null) => {
      const key = JSON.stringify([sequenceId, stepId, variantId ?? 'A']);
      let own = counts.get(key);
      if (own === undefined) counts.set(key, (own = { mailed: 0, replied: 0, bounced: 0 }));
      return own;
    };
    const rows = store.prepareRead('select id, sequence_id as sequenceId from sequence_versions').all() as { id: string; sequenceId: string }[];
    const sequences = new Map(rows.map(({ id, sequenceId }) => [id, sequenceId]));
    const campaigns = store.prepareRead('select id from campaigns where launched_at is not null').all() as { id: string }[];
    const page = store.prepareRead(
      `select d.id, d.step_id as stepId, d.variant_id as variantId, d.state, d.answer_class as answerClass, e.sequence_version_id as versionId from deliveries d join enrolments e on e.id = d.enrolment_id
       where d.campaign_id = ? and d.id > ? order by d.id limit ${pageRows}`,
    );
    for (const { id: campaignId } of campaigns) {
      for (let after = ''; ;) {
        const rows = page.all(campaignId, after) as { id: string; stepId: string | null; variantId: string | null; state: string; answerClass: string | null; versionId: string }[];
        for (const { stepId, variantId, state, answerClass, versionId } of rows) {
          const sequenceId = sequences.get(versionId);
          if (stepId === null || sequenceId === undefined) continue;
          if (state === 'sent') of(sequenceId, stepId, variantId).mailed += 1;
          else if (state === 'failed' && answerClass === 'unknown_recipient') of(sequenceId, stepId, variantId).bounced += 1;
        }
        const last = rows.at(-1);
        await new Promise((resolve) => setImmediate(resolve));
        if (last === undefined || rows.length < pageRows) break;
        after = last.id;
      }
    }
    const answers = store
      .prepareRead(
        `select v.sequence_id as sequenceId, d.step_id as stepId, d.variant_id as variantId, count(distinct iif(r.class = 'human', r.contact_id, null)) as replied, count(distinct iif(r.class = 'hard_bounce', r.contact_id, null)) as bounced
         from replies r join deliveries d on d.id = r.delivery_id join enrolments e on e.id = d.enrolment_id join sequence_versions v on v.id = e.sequence_version_id
         where r.class in ('human','hard_bounce') and d.step_id is not null group by 1, 2, 3`,
      )
      .all() as { sequenceId: string; stepId: string; variantId: string | null; replied: number; bounced: number }[];
    for (const { sequenceId, stepId, variantId, replied, bounced } of answers) {
      const own = of(sequenceId, stepId, variantId);
      own.replied += replied;
      own.bounced += bounced;
    }
    const numbers = new Map<string, VariantNumbers[]>();
    for (const [key, own] of counts) {
      const [sequenceId, stepId, variantId] = JSON.parse(key) as [string, string, string];
      const interval = wilson(Math.min(own.replied, own.mailed), own.mailed);
      const line = { stepId, variantId, ...own, rate: interval?.rate ?? null, low: interval?.low ?? null, high: interval?.high ?? null };
      numbers.set(sequenceId, [...(numbers.get(sequenceId) ?? []), line]);
    }
    return numbers;
  }

  return async (sequenceId) => {
    const cursor = deps.cursor();
    if (kept?.cursor !== cursor) kept = { cursor, numbers: count() };
    const { numbers } = kept;
    // A count that failed is not kept.
    numbers.catch(() => (kept = null));
    return (await numbers).get(sequenceId) ?? [];
  };
}
