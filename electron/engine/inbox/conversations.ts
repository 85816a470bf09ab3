import type { PageQuery } from '../../../shared/schemas/common.ts';
import type { Conversation, ConversationScope, Reply } from '../../../shared/schemas/reply.ts';
import { conversationScopes } from '../../../shared/schemas/reply.ts';
import type { Clock } from '../lib/clock.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Store, Tx } from '../store/index.ts';

export interface ConversationQuery extends PageQuery {
  readonly scope: ConversationScope;
  readonly campaignId?: string | undefined;
  readonly mailboxId?: string | undefined;
}

export interface ConversationPage {
  items: Conversation[];
  nextCursor: string | null;
  total: number;
  counts: Record<ConversationScope, number>;
}

/** The conversation of an inbound message: one person, or a stranger's address, with one of our mailboxes. */
export function conversationKey(message: { contactId: string | null; fromAddress: string; mailboxId: string }): string {
  return `${message.contactId ?? message.fromAddress}:${message.mailboxId}`;
}

const automatic = `('out_of_office','auto_acknowledgement','delayed_notice')`;
const bounces = `('hard_bounce','soft_bounce','block_bounce')`;

/** Which messages make a conversation part of a scope. A refusal needs no answer, unless only a model reads it as one; a snoozed or finished one waits for nobody. */
const members: Readonly<Record<ConversationScope, string>> = {
  all: '1',
  unread: 'r.unread = 1',
  needs_reply: `r.class = 'human' and r.done_at is null and (coalesce(r.intent, '') <> 'negative' or r.source = 'model') and coalesce(r.snoozed_until, 0) <= @now`,
  snoozed: 'r.snoozed_until is not null and r.snoozed_until > @now',
  replies: `r.class = 'human'`,
  automatic: `r.class in ${automatic}`,
  bounces: `r.class in ${bounces}`,
  opt_outs: `r.class in ('opt_out','complaint')`,
};

/** The inbox as conversations: newest first, each with its latest message and how many it has. Throws AppError bad_request, not_found. */
export function createConversations(deps: { store: Store; clock: Clock; latest: (ids: readonly string[]) => Map<string, Reply> }) {
  const { store, clock } = deps;

  return {
    conversations(query: ConversationQuery): ConversationPage {
      const filters = [`r.class <> 'own_copy'`];
      const values: Record<string, string | number> = { now: clock.now() };
      if (query.campaignId !== undefined) {
        filters.push('r.campaign_id = @campaignId');
        values['campaignId'] = query.campaignId;
      }
      if (query.mailboxId !== undefined) {
        filters.push('r.mailbox_id = @mailboxId');
        values['mailboxId'] = query.mailboxId;
      }
      if (query.q !== undefined && query.q.trim() !== '') {
        filters.push(
          `(r.subject like @q escape '\\' or r.from_address like @q escape '\\' or r.from_name like @q escape '\\' or r.reply_text like @q escape '\\'
            or exists (select 1 from contacts c where c.id = r.contact_id and instr(c.search, lower(@words)) > 0))`,
        );
        values['q'] = containing(query.q);
        values['words'] = query.q.trim();
      }
      const filter = filters.join(' and ');
      // One look counts every scope.
      const counts = store
        .prepareRead(
          `select ${conversationScopes.map((scope) => `count(distinct case when ${members[scope]} then r.conversation_key end) as "${scope}"`).join(', ')} from replies r where ${filter}`,
        )
        .get(values) as Record<ConversationScope, number>;
      let after = '';
      if (query.cursor !== undefined) {
        const [at, key] = decodeCursor(query.cursor, 2);
        if (typeof at !== 'number' || typeof key !== 'string') throw new AppError('bad_request', 'This cursor is not valid. Start again from the first page.');
        after = 'where (at, key) < (@at, @key)';
        Object.assign(values, { at, key });
      }
      const rows = store
        .prepareRead(
          // SQLite takes the bare columns of the row that has the max().
          `select * from (select r.conversation_key as key, max(r.received_at) as at, r.id as latestId from replies r where ${filter} and ${members[query.scope]} group by r.conversation_key)
           ${after} order by at desc, key desc limit @limit`,
        )
        .all({ ...values, limit: query.limit + 1 }) as { key: string; at: number; latestId: string }[];
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      const latest = deps.latest(shown.map((row) => row.latestId));
      return {
        items: shown.flatMap(({ key, latestId }) => {
          const reply = latest.get(latestId);
          return reply === undefined ? [] : [{ key, latest: reply, ...stateOf(key) }];
        }),
        nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.at, last.key]) : null,
        total: counts[query.scope],
        counts,
      };
    },
    /** Puts a conversation aside until a moment; null brings it back. A new message brings it back as well. */
    snooze(key: string, until: number | null): void {
      if (until !== null && until <= clock.now()) throw new AppError('validation', 'Choose a moment in the future.', { fields: { until: 'A moment in the future' } });
      store.transaction((tx) => change(tx, key, 'snoozed_until = ?', until));
    },
    /** Says that a conversation needs no answer any more, or that it does. */
    done(key: string, done: boolean): void {
      store.transaction((tx) => markDone(tx, key, done ? clock.now() : null));
    },
  };

  function stateOf(key: string): Omit<Conversation, 'key' | 'latest'> {
    const row = store
      .prepareRead(
        `select count(*) as messages, sum(r.unread) as unread, coalesce(max(case when ${members.needs_reply} then 1 end), 0) as needsReply,
           max(case when ${members.snoozed} then r.snoozed_until end) as snoozedUntil from replies r where r.conversation_key = @key and r.class <> 'own_copy'`,
      )
      .get({ key, now: clock.now() }) as { messages: number; unread: number; needsReply: number; snoozedUntil: number | null };
    return { ...row, needsReply: row.needsReply === 1 };
  }

  function change(tx: Tx, key: string, set: string, value: number | null): void {
    const changed = tx.prepare(`update replies set ${set} where conversation_key = ?`).run(value, key);
    if (changed.changes === 0) throw new AppError('not_found', 'This conversation does not exist any more.');
  }
}

/** An answer, or a person's word, settles all that came before it; it also ends a snooze. */
export function markDone(tx: Tx, key: string, at: number | null): void {
  tx.prepare('update replies set done_at = ?, snoozed_until = null where conversation_key = ?').run(at, key);
}
