import { AppError } from '../../../shared/errors.ts';
import type { Contact, SuppressionReason } from '../../../shared/schemas/contact.ts';
import type { MergeInput, MergePreview } from '../../../shared/schemas/duplicate.ts';
import type { EnrolmentState } from '../../../shared/schemas/enrolment.ts';
import type { Tx } from '../store/index.ts';
import type { ContactsDeps } from './deps.ts';
import { toContact, updateContact, type ContactRow } from './rows.ts';
import type { Subscribers } from './subscribers.ts';
import type { Prepare, Suppressions } from './suppressions.ts';
import { maxCustomFields } from './headers.ts';
import { textFields, uniqueTags } from './text.ts';

/** Tables whose rows belong to a person and simply follow. */
const following = ['enrolments', 'deliveries', 'personal_texts', 'tasks', 'webhook_calls', 'assist_cache', 'events'] as const;

/** An enrolment as far as it matters when two people turn out to be one. */
export interface DoubleCandidate {
  readonly id: string;
  readonly campaignId: string;
  readonly campaignName: string;
  readonly state: EnrolmentState;
  readonly sentCount: number;
}

const living: readonly EnrolmentState[] = ['pending', 'active', 'paused', 'held'];

/**
 * Which enrolments have to end so that nobody gets the mails of a campaign twice. Of two living ones the one that is
 * further along goes on. A living one also ends where the other has had mails and is over: an answer, a bounce or the
 * last mail there counts for the person.
 */
export function doubled(kept: readonly DoubleCandidate[], other: readonly DoubleCandidate[]): DoubleCandidate[] {
  const ending: DoubleCandidate[] = [];
  for (const own of kept) {
    for (const theirs of other.filter(({ campaignId }) => campaignId === own.campaignId)) {
      const [ownLives, theirsLives] = [living.includes(own.state), living.includes(theirs.state)];
      if (ownLives && theirsLives) ending.push(theirs.sentCount > own.sentCount ? own : theirs);
      else if (ownLives && theirs.sentCount > 0) ending.push(own);
      else if (theirsLives && own.sentCount > 0) ending.push(theirs);
    }
  }
  return [...new Map(ending.map((each) => [each.id, each])).values()];
}

/** The fields of the person that two contacts are: those of `kept`, filled or replaced from `other`. */
export function mergedFields(kept: ContactRow, other: ContactRow, take: ReadonlySet<string>): ContactRow {
  const next: ContactRow = { ...kept };
  for (const field of textFields) if (take.has(field) || next[field] === '') next[field] = other[field];
  if (take.has('timeZone') || next.timeZone === null) next.timeZone = other.timeZone;
  if (take.has('ownerId') || next.ownerId === null) next.ownerId = other.ownerId;
  // Words and moment of a consent belong together.
  if (take.has('consent') || (next.consentSource === '' && next.consentAt === null)) [next.consentSource, next.consentAt] = [other.consentSource, other.consentAt];
  next.tags = uniqueTags([...kept.tags, ...other.tags]);
  const custom = new Map(Object.entries(kept.custom));
  for (const [name, text] of Object.entries(other.custom)) {
    if ((custom.has(name) && !take.has(`custom.${name}`)) || (!custom.has(name) && custom.size >= maxCustomFields)) continue;
    custom.set(name, text);
  }
  next.custom = Object.fromEntries(custom);
  return next;
}

/** Makes two contacts one, in one transaction. */
export function createMerge(deps: ContactsDeps, parts: { subscribers: Subscribers; suppressions: Suppressions }) {
  const { store, events, clock } = deps;
  const { subscribers, suppressions } = parts;

  function both({ id, otherId }: MergeInput, rowOf: (id: string) => ContactRow | null): [ContactRow, ContactRow] {
    if (id === otherId) throw new AppError('validation', 'A contact cannot be merged with itself.', { fields: { otherId: 'Choose another contact' } });
    const [kept, other] = [rowOf(id), rowOf(otherId)];
    if (kept === null || other === null) throw new AppError('not_found', 'One of the two contacts does not exist any more.');
    return [kept, other];
  }

  function doubles(prepare: Prepare, { id, otherId }: MergeInput): DoubleCandidate[] {
    const of = (contactId: string) =>
      prepare(
        `select e.id, e.campaign_id as campaignId, g.name as campaignName, e.state, e.sent_count as sentCount from enrolments e join campaigns g on g.id = e.campaign_id where e.contact_id = ?`,
      ).all(contactId) as DoubleCandidate[];
    return doubled(of(id), of(otherId));
  }

  function suppressionOf(prepare: Prepare, people: readonly ContactRow[]): SuppressionReason | null {
    for (const { email, domain } of people) {
      const reason = suppressions.reasonOf(prepare, email, domain);
      if (reason !== null) return reason;
    }
    return null;
  }

  function requireNothingLeaving(tx: Tx, ids: readonly string[]): void {
    for (const id of ids)
      if (tx.prepare(`select 1 from deliveries where contact_id = ? and state = 'sending' limit 1`).get(id) !== undefined)
        throw new AppError('wrong_state', 'A mail to this person is being handed over at this very moment. Try again in a minute.');
  }

  function moveRows(tx: Tx, from: ContactRow, to: string): void {
    for (const table of following) tx.prepare(`update ${table} set contact_id = ? where contact_id = ?`).run(to, from.id);
    tx.prepare(
      `update replies set contact_id = @to, conversation_key = case when conversation_key = @from || ':' || mailbox_id then @to || ':' || mailbox_id else conversation_key end where contact_id = @from`,
    ).run({ from: from.id, to });
    tx.prepare('insert or ignore into list_members (list_id, contact_id, added_at) select list_id, ?, added_at from list_members where contact_id = ?').run(to, from.id);
    tx.prepare('update contact_aliases set contact_id = ? where contact_id = ?').run(to, from.id);
    // Ids are of one length and one alphabet: one inside another is not possible.
    tx.prepare(`update campaigns set audience = replace(audience, @from, @to) where instr(audience, @from) > 0`).run({ from: from.id, to });
    // Undoing a bulk change would bring the other one back beside its own history.
    tx.prepare('delete from bulk_undo where contact_id in (?, ?)').run(from.id, to);
    tx.prepare('delete from contacts where id = ?').run(from.id);
    tx.prepare(
      'insert into contact_aliases (email, contact_id, merged, created_at) values (?, ?, 1, ?) on conflict (email) do update set contact_id = excluded.contact_id, merged = 1',
    ).run(from.email, to, clock.now());
  }

  return {
    /** What `merge` would do beside the fields. */
    preview(input: MergeInput): MergePreview {
      const prepare: Prepare = (sql) => store.prepareRead(sql);
      const people = both(input, subscribers.row);
      const count = (table: string, more = '') => (prepare(`select count(*) as n from ${table} where contact_id = ? ${more}`).get(input.otherId) as { n: number }).n;
      return {
        mails: count('deliveries', `and state in ('sent','unknown')`),
        replies: count('replies', `and class <> 'own_copy'`),
        enrolments: count('enrolments'),
        stops: doubles(prepare, input).map(({ campaignId, campaignName }) => ({ campaignId, campaignName })),
        suppressed: suppressionOf(prepare, people),
      };
    },
    /**
     * Makes `otherId` part of `id`: mails, replies, enrolments, tasks, events, lists and addresses follow; nobody is left
     * twice in a campaign; a suppression of either holds for both addresses. Mail from the other address still counts as
     * the person's, and importing it again is importing the person. Throws AppError not_found, validation, or wrong_state
     * while a mail to one of them is being handed over.
     */
    merge(input: MergeInput): Contact {
      return store.transaction((tx) => {
        const people = both(input, (id) => subscribers.rowIn(tx, id));
        const [kept, other] = people;
        requireNothingLeaving(tx, [kept.id, other.id]);
        const reason = suppressionOf((sql) => tx.prepare(sql), people);
        deps.onDoubled?.(
          tx,
          doubles((sql) => tx.prepare(sql), input).map(({ id }) => id),
        );
        moveRows(tx, other, kept.id);
        const next = mergedFields(kept, other, new Set(input.take));
        updateContact(tx, { ...next, updatedAt: clock.now() });
        tx.prepare(
          `update contacts set created_at = min(created_at, @createdAt), last_sent_at = nullif(max(coalesce(last_sent_at, 0), coalesce(@lastSentAt, 0)), 0),
           last_reply_at = nullif(max(coalesce(last_reply_at, 0), coalesce(@lastReplyAt, 0)), 0) where id = @id`,
        ).run({ id: kept.id, createdAt: other.createdAt, lastSentAt: other.lastSentAt, lastReplyAt: other.lastReplyAt });
        events.append(tx, { type: 'contact_merged', actor: 'person', contactId: kept.id, data: { email: other.email } });
        if (reason !== null) {
          const note = `Merged: ${kept.email}, ${other.email}`;
          for (const value of [kept.email, other.email]) suppressions.suppress(tx, { kind: 'address', value, reason, note, actor: 'person' });
          // What came over from the other one is stopped too, where the suppression itself is not new.
          deps.onSuppressed?.(tx, { kind: 'address', value: kept.email, reason, contactIds: [kept.id] });
        }
        tx.afterCommit(() => subscribers.forgetNames());
        const merged = subscribers.rowIn(tx, kept.id);
        if (merged === null) throw new AppError('not_found', 'This contact does not exist any more.');
        return toContact(merged);
      });
    },
  };
}
