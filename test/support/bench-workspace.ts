import { day } from '../../electron/engine/lib/clock.ts';
import type { Store } from '../../electron/engine/store/index.ts';
import { anyTime, testMailbox } from './engine.ts';

/** Name of the campaigns, `c0` and on. */
export const campaigns = 20;

/**
 * Writes contacts with three mails each over the 60 days before `now`, in 20 campaigns: 4 % reply, 3 % bounce, 1 % opt
 * out, 3 % are away. Ten events a person.
 */
export function writeBenchWorkspace(store: Store, people: number, now: number): void {
  const { smtp, limits, calendar } = testMailbox(25);
  store.transaction((tx) => {
    tx.prepare(
      `insert into mailboxes (id, name, from_name, address, signature_html, smtp, limits, calendar, state, created_at, updated_at) values ('m', 'M', '', 'm@example.com', '', ?, ?, ?, 'ready', 0, 0)`,
    ).run(JSON.stringify(smtp), JSON.stringify(limits), JSON.stringify(calendar));
    tx.prepare(`insert into sequences (id, name, description, draft, created_at, updated_at) values ('s', 's', '', '{"steps":[]}', 0, 0)`).run();
    tx.prepare(`insert into sequence_versions (id, sequence_id, number, graph, created_at) values ('v', 's', 1, '{"steps":[]}', 0)`).run();
    const campaign = tx.prepare(
      `insert into campaigns (id, name, sequence_id, sequence_version_id, status, audience, mailbox_ids, rules, launched_at, created_at, updated_at) values (?, ?, 's', 'v', 'running', ?, '["m"]', ?, 1, 0, 0)`,
    );
    const audience = JSON.stringify({ listIds: [], contactIds: [], everyone: true });
    for (let i = 0; i < campaigns; i += 1) campaign.run(`c${i}`, `Campaign ${i}`, audience, JSON.stringify(anyTime));
  });
  const slice = 10_000;
  for (let from = 0; from < people; from += slice) {
    const to = Math.min(people, from + slice) - 1;
    const n = `with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to})`;
    const mails = `${n}, mail(k) as (values (1), (2), (3))`;
    // Mail k of person i left at this time, spread evenly over 60 days.
    const at = `(${now - 60 * day} + cast(i * ${(60 * day) / people} as integer) + k)`;
    const person = `'p' || printf('%06d', i)`;
    store.transaction((tx) => {
      tx.prepare(
        `insert into contacts (id, email, domain, first_name, last_name, company, title, phone, website, city, country, tags, custom, status, source, last_sent_at, created_at, updated_at)
       ${n} select ${person}, 'person' || i || '@company' || (i % 5000) || '.example.com', 'company' || (i % 5000) || '.example.com', 'First' || (i % 700), 'Last' || i, 'Company ' || (i % 5000), 'Title', '', '', 'City', 'Country', '["a"]', '{"topic":"x"}', 'active', 'bench.csv', 1, ${now} - i, ${now} from n`,
      ).run();
      tx.prepare(
        `insert into enrolments (id, campaign_id, contact_id, sequence_version_id, mailbox_id, state, "references", variants, sent_count, created_at, updated_at)
       ${n} select 'e' || i, 'c' || (i % ${campaigns}), ${person}, 'v', 'm', case when i % 10 < 7 then 'finished' else 'active' end, '[]', '{}', 3, 0, 0 from n`,
      ).run();
      tx.prepare(
        `insert into deliveries (id, kind, unique_key, state, priority, campaign_id, enrolment_id, contact_id, mailbox_id, recipient, recipient_domain, step_id, step_number, subject, slot_at, why, message_id, sending_at, sent_at, final_at, final_reason, answer_class, answer, created_at, updated_at)
       ${mails} select 'd' || i || '-' || k, 'step', 'e' || i || ':' || k, case when k = 1 and i % 33 = 0 then 'failed' when k = 3 and i % 10 >= 7 then 'planned' else 'sent' end, 1, 'c' || (i % ${campaigns}), 'e' || i, ${person}, 'm',
         'person' || i || '@company' || (i % 5000) || '.example.com', 'company' || (i % 5000) || '.example.com', 's' || k, k, 'A subject of usual length', ${at}, 'slot', '<' || i || '-' || k || '@example.com>', ${at},
         case when (k = 1 and i % 33 = 0) or (k = 3 and i % 10 >= 7) then null else ${at} end, ${at}, case when k = 1 and i % 33 = 0 then 'unknown_recipient' end, case when k = 1 and i % 33 = 0 then 'unknown_recipient' end, '250 ok', ${at}, ${at} from n, mail`,
      ).run();
      for (const [type, actor] of [
        ['planned', 'engine'],
        ['slot_moved', 'engine'],
        ['sent', 'server'],
      ]) {
        tx.prepare(
          `insert into events (at, type, actor, contact_id, enrolment_id, delivery_id, campaign_id, mailbox_id, step_id)
         ${mails} select ${at}, '${type}', '${actor}', ${person}, 'e' || i, 'd' || i || '-' || k, 'c' || (i % ${campaigns}), 'm', 's' || k from n, mail`,
        ).run();
      }
      tx.prepare(
        `insert into events (at, type, actor, contact_id, enrolment_id, campaign_id, mailbox_id) ${n} select ${now - 61 * day} + i, 'enrolled', 'person', ${person}, 'e' || i, 'c' || (i % ${campaigns}), 'm' from n`,
      ).run();
      tx.prepare(
        `insert into replies (id, mailbox_id, folder, uid, uid_validity, message_id, "references", contact_id, enrolment_id, campaign_id, from_address, from_name, to_address, subject, text, reply_text, class, confidence_permille, source, matched_by, unread, received_at, created_at)
       ${n} select 'r' || i, 'm', 'INBOX', i, '1', '<r' || i || '@example.com>', '[]', ${person}, 'e' || i, 'c' || (i % ${campaigns}), 'person' || i || '@example.com', 'Person', 'm@example.com', 'Re: A subject', '${'A line of text. '.repeat(60)}', 'A line of text.',
         case when i % 100 < 4 then 'human' when i % 100 < 5 then 'opt_out' when i % 100 < 8 then 'out_of_office' else 'hard_bounce' end, 900, 'header', 'in_reply_to', i % 400 = 0, ${now - 60 * day} + cast(i * ${(60 * day) / people} as integer), 0 from n where i % 100 < 11`,
      ).run();
    });
  }
}
