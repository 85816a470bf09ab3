import { inflateRawSync } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';
import { minute, second } from '../lib/clock.ts';
import type { Tx } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import { breathe } from './slices.ts';
import type { Subscribers } from './subscribers.ts';
import type { Suppressions } from './suppressions.ts';

/** What other rows of an erased person say where an address stood. */
const nameless = 'erased';
const scanRows = 20_000;

/** Tables with what is on file about a person, and what the export calls them. */
const personTables = {
  enrolments: 'select e.*, g.name as campaign from enrolments e left join campaigns g on g.id = e.campaign_id where e.contact_id = ? order by e.id',
  mails: 'select * from deliveries where contact_id = ? order by id',
  personalTexts: 'select * from personal_texts where contact_id = ? order by delivery_id',
  replies: 'select * from replies where contact_id = ? order by received_at, id',
  tasks: 'select * from tasks where contact_id = ? order by id',
  webhookCalls: 'select * from webhook_calls where contact_id = ? order by id',
  bulkChanges: 'select * from bulk_undo where contact_id = ?',
  modelAnswers: 'select * from assist_cache where contact_id = ?',
  events: 'select * from events where contact_id = ? order by id',
} as const;

/** What a person's addresses have left in rows that are not, or no longer, linked with the person. */
interface Traces {
  /** Earlier contacts of the same address. */
  readonly contactIds: ReadonlySet<string>;
  readonly deliveryIds: readonly string[];
  readonly replyIds: readonly string[];
}

/** The rights of a person over what is on file about them: a copy of all of it, and its end. */
export function createPrivacy(deps: ContactsDeps, parts: { subscribers: Subscribers; suppressions: Suppressions; forgetUploads: (tx: Tx, addresses: readonly string[]) => void }) {
  const { store, clock, log } = deps;
  const { subscribers, suppressions } = parts;
  let stopped = false;

  function addressesOf(id: string, email: string): string[] {
    const aliases = store.prepareRead('select email from contact_aliases where contact_id = ?').all(id) as { email: string }[];
    return [email, ...aliases.map((alias) => alias.email)];
  }

  function exportPerson({ id }: { id: string }): File {
    const contact = subscribers.row(id);
    if (contact === null) throw new AppError('not_found', 'This contact does not exist any more.');
    const rows = (sql: string, ...values: unknown[]) => (store.prepareRead(sql).all(...values) as Record<string, unknown>[]).map(readable);
    const addresses = addressesOf(id, contact.email);
    const content = {
      about: `Everything that Homing has on file about ${contact.email}, as of ${new Date(clock.now()).toISOString()}. Times are in UTC.`,
      contact: readable({ ...contact }),
      otherAddresses: addresses.slice(1),
      lists: rows('select l.name, m.added_at from list_members m join lists l on l.id = m.list_id where m.contact_id = ? order by l.name', id),
      suppressions: rows(
        `select kind, value, reason, note, created_at from suppressions where (kind = 'address' and value in (select value from json_each(?))) or (kind = 'domain' and (value = ? or ? like '%.' || value))`,
        JSON.stringify(addresses),
        contact.domain,
        contact.domain,
      ),
      ...Object.fromEntries(Object.entries(personTables).map(([name, sql]) => [name, rows(sql, id)])),
    };
    return new File([`${JSON.stringify(content, null, 2)}\n`], `${contact.email.replace(/[^\p{L}\p{N}.@-]+/gu, '_')}.json`, { type: 'application/json' });
  }

  /** Rows with one of the addresses, a piece of the table at a time: no index leads from an address to them. */
  async function findTraces(addresses: readonly string[]): Promise<Traces> {
    const contactIds = new Set<string>();
    const wanted = JSON.stringify(addresses);
    async function idsIn(table: 'deliveries' | 'replies', condition: string): Promise<string[]> {
      const found: string[] = [];
      const { last } = store.prepareRead(`select coalesce(max(rowid), 0) as last from ${table}`).get() as { last: number };
      for (let from = 0; from < last; from += scanRows) {
        if (from > 0) await breathe();
        const rows = store
          .prepareRead(`select id, contact_id as contactId from ${table} where rowid > @from and rowid <= @to and (${condition})`)
          .all({ from, to: from + scanRows, wanted }) as { id: string; contactId: string | null }[];
        for (const { id, contactId } of rows) {
          found.push(id);
          if (contactId !== null) contactIds.add(contactId);
        }
      }
      return found;
    }
    const among = 'in (select value from json_each(@wanted))';
    const deliveryIds = await idsIn('deliveries', `lower(recipient) ${among}`);
    const replyIds = await idsIn('replies', `lower(from_address) ${among}`);
    // A contact that lives on under another address keeps what is its own.
    for (const id of [...contactIds]) if (subscribers.row(id) !== null) contactIds.delete(id);
    return { contactIds, deliveryIds, replyIds };
  }

  function requireNothingLeaving(tx: Tx, contactIds: string): void {
    const leaving = tx.prepare(`select 1 from deliveries where contact_id in (select value from json_each(?)) and state = 'sending' limit 1`).get(contactIds);
    if (leaving !== undefined) throw new AppError('wrong_state', 'A mail to this person is being handed over at this very moment. Try again in a minute.');
  }

  function scrub(tx: Tx, contactIds: readonly string[], traces: Traces, addresses: readonly string[]): void {
    const bind = {
      people: JSON.stringify(contactIds),
      deliveries: JSON.stringify(traces.deliveryIds),
      replies: JSON.stringify(traces.replyIds),
      addresses: JSON.stringify(addresses),
      now: clock.now(),
      nameless,
    };
    const run = (sql: string): void => {
      const used = Object.fromEntries(Object.entries(bind).filter(([name]) => new RegExp(`@${name}\\b`).test(sql)));
      tx.prepare(sql).run(used);
    };
    const theirs = '(select value from json_each(@people))';
    const mails = `id in (select id from deliveries where contact_id in ${theirs} union select value from json_each(@deliveries))`;
    run(`delete from sent_copies where delivery_${mails}`);
    run(
      `update deliveries set state = 'cancelled', final_reason = 'erased', final_at = @now where ${mails} and state in ('planned','claimed','deferred','held','unknown','failed')`,
    );
    // Without the Message-ID nothing that is still to come is matched with them.
    run(
      `update deliveries set unique_key = 'erased:' || id, recipient = @nameless, recipient_domain = '', content = null, subject = null, why_detail = null, answer = null,
       message_id = case when message_id is null then null else 'erased:' || id end, wire_message_id = null, content_hash = null, approved_hash = null, connection = null, updated_at = @now where ${mails}`,
    );
    run(`update enrolments set thread_subject = null, last_message_id = null, "references" = '[]', updated_at = @now where contact_id in ${theirs}`);
    run(
      `update replies set from_address = '', from_name = @nameless, subject = '', text = '', reply_text = '', html = null, message_id = null, in_reply_to = null, "references" = '[]',
       bounce = null, return_date = null, delegate = null, opinion = null, language = null, conversation_key = 'erased:' || id, snoozed_until = null, unread = 0, done_at = coalesce(done_at, @now)
       where contact_id in ${theirs} or id in (select value from json_each(@replies))`,
    );
    run(`update replies set delegate = null where lower(json_extract(delegate, '$.address')) in (select value from json_each(@addresses))`);
    run(`delete from tasks where contact_id in ${theirs}`);
    run(`delete from webhook_calls where contact_id in ${theirs}`);
    run(`delete from bulk_undo where contact_id in ${theirs} or json_extract(before, '$.row.email') in (select value from json_each(@addresses))`);
    // A reason of one word is a code and counts in statistics; a sentence may name the person.
    run(`update events set data = null, reason = case when reason glob '*[^a-z0-9_]*' then null else reason end where contact_id in ${theirs}`);
    run(`update events set data = null where type in ('suppressed','unsuppressed') and json_extract(data, '$.value') in (select value from json_each(@addresses))`);
    parts.forgetUploads(tx, addresses);
  }

  /** Empties the write-ahead log; something that reads just now, such as a backup, delays it. */
  function emptyLog(): void {
    if (stopped || store.truncateLog()) return;
    clock.after(10 * second, emptyLog);
  }

  return {
    /** One JSON file, indented to be read, with everything on file about a person. */
    exportPerson,
    /**
     * Ends what is on file about people, for good. Contacts, texts, replies and cached answers go; mails and events keep
     * their place in the statistics without address, name and text; what waits to be sent is cancelled; the addresses stay
     * suppressed as salted hashes. What is deleted is overwritten in the file. Backups made before keep it until they expire.
     */
    async erase({ ids }: { ids: readonly string[] }): Promise<{ erased: number }> {
      const people = [...new Set(ids)].flatMap((id) => subscribers.row(id) ?? []);
      if (people.length === 0) throw new AppError('not_found', 'This contact does not exist any more.');
      const addresses = people.flatMap(({ id, email }) => addressesOf(id, email));
      const traces = await findTraces(addresses);
      const contactIds = [...new Set([...people.map(({ id }) => id), ...traces.contactIds])];
      const erased = store.transactionErasing((tx) => {
        requireNothingLeaving(tx, JSON.stringify(contactIds));
        for (const address of addresses) suppressions.eraseIn(tx, address);
        const removed = subscribers.removeIn(
          tx,
          people.map(({ id }) => id),
          'erased',
        );
        if (traces.contactIds.size > 0) deps.onRemoved?.(tx, [...traces.contactIds]);
        scrub(tx, contactIds, traces, addresses);
        return removed;
      });
      emptyLog();
      log.info({ people: erased }, 'people were erased');
      return { erased };
    },
    stop: () => void (stopped = true),
  };
}

/** A row as a person reads it: names in camel case, times as dates, JSON as what it says. */
function readable(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const name = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (typeof value === 'number' && /(?:^at|At)$/.test(name) && value > minute) return [name, new Date(value).toISOString()];
      if (typeof value === 'string' && /^[[{]/.test(value)) return [name, parsed(value)];
      if (Buffer.isBuffer(value)) return [name, (row['compressed'] === 1 ? inflateRawSync(value) : value).toString('utf8')];
      return [name, value];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
