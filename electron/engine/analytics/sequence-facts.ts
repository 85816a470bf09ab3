import type { VariantNumbers } from '../../../shared/schemas/sequence.ts';
import type { Store } from '../store/index.ts';
import type { AnswerFacts, VariantFacts } from './recommendations.ts';

/** Answers that are looked at: how fast people answer shows in the latest ones, and reading them stays short. */
const latest = 5000;

const ofSequence = `d.step_id is not null and e.sequence_version_id in (select id from sequence_versions where sequence_id = ?)`;

/** Adds to the numbers of variants how many people opted out by answering that very mail. */
export function withOptOuts(store: Store, sequenceId: string, numbers: readonly VariantNumbers[]): VariantFacts[] {
  const rows = store
    .prepareRead(
      `select d.step_id as stepId, coalesce(d.variant_id, 'A') as variantId, count(distinct r.contact_id) as people
       from replies r join deliveries d on d.id = r.delivery_id join enrolments e on e.id = d.enrolment_id
       where r.class = 'opt_out' and ${ofSequence} group by 1, 2`,
    )
    .all(sequenceId) as { stepId: string; variantId: string; people: number }[];
  const optedOut = new Map(rows.map(({ stepId, variantId, people }) => [JSON.stringify([stepId, variantId]), people]));
  return numbers.map(({ stepId, variantId, mailed, replied }) => ({ stepId, variantId, mailed, replied, optedOut: optedOut.get(JSON.stringify([stepId, variantId])) ?? 0 }));
}

/** The first human answer to each mail of a sequence, the latest 5,000 answers of it. */
export function readAnswers(store: Store, sequenceId: string): AnswerFacts[] {
  const rows = store
    .prepareRead(
      `select stepId, receivedAt - sentAt as afterMs,
              exists (select 1 from deliveries n where n.enrolment_id = enrolmentId and n.state = 'sent' and n.sent_at > sentAt and n.sent_at < receivedAt) as late
       from (select d.id, d.step_id as stepId, d.enrolment_id as enrolmentId, d.sent_at as sentAt, min(r.received_at) as receivedAt
             from replies r join deliveries d on d.id = r.delivery_id join enrolments e on e.id = d.enrolment_id
             where r.class = 'human' and d.sent_at is not null and ${ofSequence} group by d.id order by receivedAt desc limit ${latest})
       where receivedAt >= sentAt`,
    )
    .all(sequenceId) as { stepId: string; afterMs: number; late: 0 | 1 }[];
  return rows.map(({ stepId, afterMs, late }) => ({ stepId, afterMs, late: late === 1 }));
}
