import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { csvLine, type CsvValue } from '../lib/csv.ts';
import { localDay, localTime } from './local-time.ts';
import type { Store } from '../store/index.ts';

/** Rows read before other work gets a turn. */
const slice = 500;

export interface Reports {
  /** One line per outgoing message. Times are wall-clock in the zone that the header names. */
  deliveries(query: { campaignId?: string | undefined }): Promise<File>;
  /** One line per inbound message. */
  replies(query: { campaignId?: string | undefined }): Promise<File>;
  /** One line per person of a campaign. Throws AppError not_found. */
  campaign(id: string): Promise<File>;
}

interface Report {
  readonly name: string;
  readonly header: readonly string[];
  /** Rows after the id, ascending by it; the id is the first column. */
  readonly sql: string;
  readonly params: Record<string, string | null>;
  line(row: Record<string, CsvValue>): CsvValue[];
}

/** CSV reports after RFC 4180 with CRLF, guarded against formulas; a byte order mark by the user's setting. */
export function createReports(deps: { store: Store; clock: Clock; zone: string; withBom: () => boolean }): Reports {
  const { store, clock, zone, withBom } = deps;
  const time = (value: CsvValue) => (typeof value === 'number' ? localTime(zone, value) : '');
  const timed = (label: string) => `${label} (${zone})`;

  async function write(report: Report): Promise<File> {
    const chunks: string[] = [`${withBom() ? '\ufeff' : ''}${csvLine(report.header)}`];
    const statement = store.prepareRead(`${report.sql} limit ${slice}`);
    let after = '';
    for (;;) {
      const rows = statement.all({ ...report.params, after }) as (Record<string, CsvValue> & { id: string })[];
      chunks.push(rows.map((row) => csvLine(report.line(row))).join(''));
      const last = rows.at(-1);
      if (last === undefined || rows.length < slice) break;
      after = last.id;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    return new File(chunks, `${report.name}-${localDay(zone, clock.now())}.csv`, { type: 'text/csv;charset=utf-8' });
  }

  return {
    deliveries: ({ campaignId }) =>
      write({
        name: 'homing-deliveries',
        header: [
          'Campaign',
          'Kind',
          'Mail number',
          'Variant',
          'Name',
          'E-mail',
          'Mailbox',
          'Subject',
          'State',
          'Reason',
          timed('Slot'),
          timed('Sent at'),
          'Attempts',
          'Answer class',
          'Answer',
          'Message-ID',
        ],
        sql: `select d.id, g.name as campaign, d.kind, d.step_number as number, d.variant_id as variant, trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')) as person, d.recipient,
                m.name as mailbox, d.subject, d.state, case when d.state in ('failed','cancelled','skipped') then d.final_reason when d.state = 'sent' then null else d.why end as reason,
                d.slot_at as slotAt, d.sent_at as sentAt, d.attempts, d.answer_class as answerClass, d.answer, d.message_id as messageId
              from deliveries d left join campaigns g on g.id = d.campaign_id left join contacts c on c.id = d.contact_id left join mailboxes m on m.id = d.mailbox_id
              where d.id > @after and (@campaignId is null or d.campaign_id = @campaignId) order by d.id`,
        params: { campaignId: campaignId ?? null },
        line: (row) => [
          row['campaign'],
          row['kind'],
          row['number'],
          row['variant'],
          row['person'],
          row['recipient'],
          row['mailbox'],
          row['subject'],
          row['state'],
          row['reason'],
          time(row['slotAt']),
          time(row['sentAt']),
          row['attempts'],
          row['answerClass'],
          row['answer'],
          row['messageId'],
        ],
      }),
    replies: ({ campaignId }) =>
      write({
        name: 'homing-replies',
        header: [timed('Received at'), 'Class', 'Confidence', 'Name', 'E-mail', 'Mailbox', 'Campaign', 'Subject', 'Text', 'Bounce status', 'Return date'],
        sql: `select r.id, r.received_at as receivedAt, r.class, r.confidence_permille / 1000.0 as confidence, r.from_name as name, r.from_address as address, m.name as mailbox, g.name as campaign,
                r.subject, r.reply_text as text, json_extract(r.bounce, '$.status') as status, r.return_date as returnDate
              from replies r left join mailboxes m on m.id = r.mailbox_id left join campaigns g on g.id = r.campaign_id
              where r.id > @after and r.class <> 'own_copy' and (@campaignId is null or r.campaign_id = @campaignId) order by r.id`,
        params: { campaignId: campaignId ?? null },
        line: (row) => [
          time(row['receivedAt']),
          row['class'],
          row['confidence'],
          row['name'],
          row['address'],
          row['mailbox'],
          row['campaign'],
          row['subject'],
          row['text'],
          row['status'],
          row['returnDate'],
        ],
      }),
    async campaign(id) {
      if (store.prepareRead('select 1 from campaigns where id = ?').get(id) === undefined) throw new AppError('not_found', 'There is no such campaign.');
      return write({
        name: 'homing-campaign',
        header: [
          'E-mail',
          'First name',
          'Last name',
          'Company',
          'State',
          'Reason',
          'Mailbox',
          'Mails sent',
          timed('First mail'),
          timed('Last mail'),
          timed('Replied at'),
          'Answer',
          'Bounce',
        ],
        sql: `select e.id, coalesce(c.email, (select recipient from deliveries indexed by deliveries_enrolment where enrolment_id = e.id limit 1)) as email, c.first_name as firstName, c.last_name as lastName, c.company,
                e.state, e.reason, m.name as mailbox, e.sent_count as sent,
                (select min(sent_at) from deliveries indexed by deliveries_enrolment where enrolment_id = e.id and sent_at is not null) as firstAt,
                (select max(sent_at) from deliveries indexed by deliveries_enrolment where enrolment_id = e.id and sent_at is not null) as lastAt,
                (select min(received_at) from replies indexed by replies_contact where contact_id = e.contact_id and campaign_id = e.campaign_id and class = 'human') as repliedAt,
                (select class from replies indexed by replies_contact where contact_id = e.contact_id and campaign_id = e.campaign_id and class <> 'own_copy' order by class = 'human' desc, received_at desc limit 1) as class,
                coalesce((select answer from deliveries indexed by deliveries_enrolment where enrolment_id = e.id and state = 'failed' limit 1),
                  (select coalesce(json_extract(bounce, '$.diagnostic'), json_extract(bounce, '$.status'), class) from replies indexed by replies_contact
                   where contact_id = e.contact_id and campaign_id = e.campaign_id and class in ('hard_bounce','soft_bounce','block_bounce') order by received_at desc limit 1)) as bounce
              from enrolments e left join contacts c on c.id = e.contact_id left join mailboxes m on m.id = e.mailbox_id
              where e.campaign_id = @campaignId and e.id > @after order by e.id`,
        params: { campaignId: id },
        line: (row) => [
          row['email'],
          row['firstName'],
          row['lastName'],
          row['company'],
          row['state'],
          row['reason'],
          row['mailbox'],
          row['sent'],
          time(row['firstAt']),
          time(row['lastAt']),
          time(row['repliedAt']),
          row['class'],
          row['bounce'],
        ],
      });
    },
  };
}
