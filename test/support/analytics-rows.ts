import type { DeliveryState } from '../../shared/schemas/delivery.ts';
import type { EnrolmentState } from '../../shared/schemas/enrolment.ts';
import type { ReplyClass } from '../../shared/schemas/reply.ts';
import type { TestBase } from './store.ts';

let last = 0;
const next = (prefix: string) => `${prefix}${(last += 1).toString().padStart(6, '0')}`;

/** Writes rows of record as the sending and the reading side leave them, for tests of what is counted and reported. */
export function writeRows({ store, events, clock }: Pick<TestBase, 'store' | 'events' | 'clock'>) {
  const run = (sql: string, params: Record<string, unknown>) => store.transaction((tx) => tx.prepare(sql).run(params));
  const mailbox = next('m');
  run(
    `insert into mailboxes (id, name, from_name, address, signature_html, smtp, limits, calendar, state, created_at, updated_at)
     values (@id, 'Robin', 'Robin', @id || '@example.com', '', '{}', '{}', '{}', 'ready', 0, 0)`,
    { id: mailbox },
  );
  const sequence = next('s');
  run(`insert into sequences (id, name, description, draft, created_at, updated_at) values (@id, 'S', '', '{"steps":[]}', 0, 0)`, { id: sequence });
  const version = next('v');
  run(`insert into sequence_versions (id, sequence_id, number, graph, created_at) values (@id, @sequence, 1, '{"steps":[]}', 0)`, { id: version, sequence });

  return {
    mailbox,
    campaign(name: string, status = 'running'): string {
      const id = next('c');
      run(
        `insert into campaigns (id, name, sequence_id, status, audience, mailbox_ids, rules, created_at, updated_at) values (@id, @name, @sequence, @status, '{}', '[]', '{}', 0, 0)`,
        { id, name, sequence, status },
      );
      return id;
    },
    contact(email: string, over: { firstName?: string; lastName?: string; company?: string } = {}): string {
      const id = next('p');
      run(
        `insert into contacts (id, email, domain, first_name, last_name, company, title, phone, website, city, country, tags, custom, status, source, created_at, updated_at)
         values (@id, @email, 'example.com', @firstName, @lastName, @company, '', '', '', '', '', '[]', '{}', 'active', '', 0, 0)`,
        { id, email, firstName: '', lastName: '', company: '', ...over },
      );
      return id;
    },
    enrolment(campaign: string, contact: string, state: EnrolmentState, sentCount: number, reason: string | null = null): string {
      const id = next('e');
      run(
        `insert into enrolments (id, campaign_id, contact_id, sequence_version_id, mailbox_id, state, reason, "references", variants, sent_count, created_at, updated_at)
         values (@id, @campaign, @contact, @version, @mailbox, @state, @reason, '[]', '{}', @sentCount, 0, 0)`,
        { id, campaign, contact, version, mailbox, state, reason, sentCount },
      );
      return id;
    },
    delivery(
      state: DeliveryState,
      over: {
        campaign?: string | null;
        enrolment?: string | null;
        contact?: string | null;
        kind?: string;
        at?: number;
        why?: string;
        whyDetail?: string | null;
        answerClass?: string | null;
        answer?: string | null;
        recipient?: string;
        subject?: string;
      } = {},
    ): string {
      const id = next('d');
      const at = over.at ?? clock.now();
      const begun = state === 'sent' || state === 'sending' || state === 'unknown';
      run(
        `insert into deliveries (id, kind, unique_key, state, priority, campaign_id, enrolment_id, contact_id, mailbox_id, recipient, recipient_domain, subject, slot_at, why, why_detail,
           message_id, sending_at, sent_at, final_at, final_reason, answer_class, answer, created_at, updated_at)
         values (@id, @kind, @id, @state, 1, @campaign, @enrolment, @contact, @mailbox, @recipient, 'example.com', @subject, @at, @why, @whyDetail, @messageId, @sendingAt, @sentAt, @finalAt, @finalReason, @answerClass, @answer, @at, @at)`,
        {
          id,
          state,
          mailbox,
          at,
          kind: over.kind ?? 'step',
          campaign: over.campaign ?? null,
          enrolment: over.enrolment ?? null,
          contact: over.contact ?? null,
          recipient: over.recipient ?? 'someone@example.com',
          subject: over.subject ?? 'Hello',
          why: over.why ?? 'slot',
          whyDetail: over.whyDetail ?? null,
          messageId: begun ? `<${id}@example.com>` : null,
          sendingAt: begun ? at : null,
          sentAt: state === 'sent' ? at : null,
          finalAt: state === 'sent' || state === 'failed' ? at : null,
          finalReason: state === 'failed' ? (over.answerClass ?? 'other') : null,
          answerClass: over.answerClass ?? null,
          answer: over.answer ?? null,
        },
      );
      if (state === 'sent') {
        const before = clock.now();
        clock.set(at);
        store.transaction((tx) =>
          events.append(tx, { type: 'sent', actor: 'server', deliveryId: id, campaignId: over.campaign ?? null, contactId: over.contact ?? null, mailboxId: mailbox }),
        );
        clock.set(before);
      }
      return id;
    },
    reply(
      kind: ReplyClass,
      over: { campaign?: string | null; contact?: string | null; at?: number; unread?: boolean; from?: string; subject?: string; text?: string; bounce?: object | null } = {},
    ): string {
      const id = next('r');
      run(
        `insert into replies (id, mailbox_id, folder, uid, uid_validity, "references", contact_id, campaign_id, from_address, from_name, to_address, subject, text, reply_text, class,
           confidence_permille, source, matched_by, bounce, unread, received_at, created_at)
         values (@id, @mailbox, 'INBOX', @uid, '1', '[]', @contact, @campaign, @from, '', '', @subject, '', @text, @kind, 900, 'header', 'in_reply_to', @bounce, @unread, @at, @at)`,
        {
          id,
          mailbox,
          uid: last,
          kind,
          contact: over.contact ?? null,
          campaign: over.campaign ?? null,
          from: over.from ?? 'someone@example.com',
          subject: over.subject ?? 'Re: Hello',
          text: over.text ?? '',
          bounce: over.bounce == null ? null : JSON.stringify(over.bounce),
          unread: over.unread === true ? 1 : 0,
          at: over.at ?? clock.now(),
        },
      );
      return id;
    },
    run,
  };
}
