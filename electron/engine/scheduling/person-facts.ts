import type { Segments } from '../contacts/index.ts';
import type { EnrolmentRow, Facts } from '../sequences/index.ts';
import type { Tx } from '../store/index.ts';

/** Standard fields by the names that texts and steps use. */
const columns: Readonly<Record<string, string>> = {
  email: 'email',
  first_name: 'first_name',
  last_name: 'last_name',
  company: 'company',
  title: 'title',
  phone: 'phone',
  website: 'website',
  city: 'city',
  country: 'country',
  time_zone: 'time_zone',
};

/** Names of the standard fields that steps may look at. */
export const standardFields: readonly string[] = Object.keys(columns);

interface PersonRow extends Readonly<Record<string, string | null>> {
  readonly tags: string;
  readonly custom: string;
}

/**
 * What is known of the person of an enrolment, read from rows of record when it is asked. Replies are those of the class
 * `human`, so that a corrected class counts. Opens and clicks are counted from events: none are written while tracking is
 * off. No score is computed yet: it is 0.
 */
export function factsOf(prepare: Tx['prepare'], enrolment: Pick<EnrolmentRow, 'id' | 'contactId'>, segments: Pick<Segments, 'holds'>): Facts {
  let read: PersonRow | undefined;
  const person = () =>
    (read ??= (prepare(`select ${Object.values(columns).join(', ')}, tags, custom from contacts where id = ?`).get(enrolment.contactId) as PersonRow | undefined) ?? {
      tags: '[]',
      custom: '{}',
    });
  return {
    count(event, stepId, until) {
      const params = { contactId: enrolment.contactId, id: enrolment.id, stepId, until, event };
      const sql = event === 'replied' ? repliesSql : eventsSql;
      return (prepare(sql).get(params) as { n: number }).n;
    },
    field(name) {
      const column = columns[name.replace(/^contact\./, '')];
      if (column !== undefined) return person()[column] ?? '';
      const custom = JSON.parse(person().custom) as Record<string, string>;
      const key = name.replace(/^custom\./, '');
      return Object.hasOwn(custom, key) ? (custom[key] ?? '') : '';
    },
    hasTag: (tag) => (JSON.parse(person().tags) as string[]).some((own) => own.toLowerCase() === tag.trim().toLowerCase()),
    inList: (listId) => prepare('select 1 from list_members where list_id = ? and contact_id = ?').get(listId, enrolment.contactId) !== undefined,
    inSegment: (segmentId) => segments.holds(prepare, segmentId, enrolment.contactId),
    score: 0,
  };
}

const ofThisMail = `(@stepId is null or delivery_id in (select id from deliveries where enrolment_id = @id and step_id = @stepId))`;
/** An answer that names no mail counts when it came after the enrolment began. */
const repliesSql = `select count(*) as n from replies where contact_id = @contactId and class = 'human' and received_at <= @until and @event is not null
  and (enrolment_id = @id or (enrolment_id is null and received_at >= (select created_at from enrolments where id = @id))) and ${ofThisMail}`;
const eventsSql = `select count(*) as n from events where contact_id = @contactId and enrolment_id = @id and type = @event and at <= @until and (step_id = @stepId or ${ofThisMail})`;
