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
 * What each e-mail step and variant of a sequence did, over all its campaigns and versions. `replied` are people with a
 * reply of the class `human` to that very mail. Counted from rows of record in slices that leave the event loop free;
 * kept for a sequence until something was sent or came back.
 */
export function createStepNumbers(deps: { store: Store; cursor: () => number }): (sequenceId: string) => Promise<VariantNumbers[]> {
  const { store } = deps;
  const kept = new Map<string, { cursor: number; numbers: VariantNumbers[] }>();

  async function count(sequenceId: string): Promise<VariantNumbers[]> {
    const counts = new Map<string, Count>();
    const of = (stepId: string, variantId: string | null) => {
      const key = JSON.stringify([stepId, variantId ?? 'A']);
      let own = counts.get(key);
      if (own === undefined) counts.set(key, (own = { mailed: 0, replied: 0, bounced: 0 }));
      return own;
    };
    const versions = new Set((store.prepareRead('select id from sequence_versions where sequence_id = ?').all(sequenceId) as { id: string }[]).map(({ id }) => id));
    const campaigns = store.prepareRead('select id from campaigns where launched_at is not null').all() as { id: string }[];
    const page = store.prepareRead(
      `select d.id, d.step_id as stepId, d.variant_id as variantId, d.state, d.answer_class as answerClass, e.sequence_version_id as versionId from deliveries d join enrolments e on e.id = d.enrolment_id
       where d.campaign_id = ? and d.id > ? order by d.id limit ${pageRows}`,
    );
    for (const { id: campaignId } of campaigns) {
      for (let after = ''; ;) {
        const rows = page.all(campaignId, after) as { id: string; stepId: string | null; variantId: string | null; state: string; answerClass: string | null; versionId: string }[];
        for (const { stepId, variantId, state, answerClass, versionId } of rows) {
          if (stepId === null || !versions.has(versionId)) continue;
          if (state === 'sent') of(stepId, variantId).mailed += 1;
          else if (state === 'failed' && answerClass === 'unknown_recipient') of(stepId, variantId).bounced += 1;
        }
        const last = rows.at(-1);
        await new Promise((resolve) => setImmediate(resolve));
        if (last === undefined || rows.length < pageRows) break;
        after = last.id;
      }
    }
    const answers = store
      .prepareRead(
        `select d.step_id as stepId, d.variant_id as variantId, count(distinct iif(r.class = 'human', r.contact_id, null)) as replied, count(distinct iif(r.class = 'hard_bounce', r.contact_id, null)) as bounced
         from replies r join deliveries d on d.id = r.delivery_id join enrolments e on e.id = d.enrolment_id
         where r.class in ('human','hard_bounce') and d.step_id is not null and e.sequence_version_id in (select id from sequence_versions where sequence_id = ?) group by 1, 2`,
      )
      .all(sequenceId) as { stepId: string; variantId: string | null; replied: number; bounced: number }[];
    for (const { stepId, variantId, replied, bounced } of answers) {
      const own = of(stepId, variantId);
      own.replied += replied;
      own.bounced += bounced;
    }
    return [...counts].map(([key, own]) => {
      const [stepId, variantId] = JSON.parse(key) as [string, string];
      const interval = wilson(Math.min(own.replied, own.mailed), own.mailed);
      return { stepId, variantId, ...own, rate: interval?.rate ?? null, low: interval?.low ?? null, high: interval?.high ?? null };
    });
  }

  return async (sequenceId) => {
    const cursor = deps.cursor();
    const known = kept.get(sequenceId);
    if (known?.cursor === cursor) return known.numbers;
    const numbers = await count(sequenceId);
    kept.set(sequenceId, { cursor, numbers });
    return numbers;
  };
}
