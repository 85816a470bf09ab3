import { AppError } from '../../../shared/errors.ts';
import type { PageQuery } from '../../../shared/schemas/common.ts';
import type { Reply, ReplyClass, ReplyIntent, ReplyDetail } from '../../../shared/schemas/reply.ts';
import { second, type Clock } from '../lib/clock.ts';
import { containing, decodeCursor, encodeCursor } from '../lib/page.ts';
import type { Store, Tx } from '../store/index.ts';
import type { StoredBounce } from './classify.ts';
import type { Consequences } from './consequences.ts';
import { createConversations, markDone } from './conversations.ts';
import { sanitiseMail } from './html.ts';
import { snippetOf } from './reply-text.ts';

/** A person's answer, as the outbox takes it. */
export interface OutgoingReply {
  readonly kind: 'reply';
  readonly uniqueKey: string;
  readonly mailboxId: string;
  readonly recipient: string;
  readonly contactId: string | null;
  /** Not before, UTC ms. */
  readonly slotAt: number;
  readonly content: { subject: string; html: string; text: string; inReplyTo: string | null; references: string[] };
}

export interface RepliesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly consequences: Consequences;
  /** Queues the answer; the same unique key gives the same delivery. Returns the delivery's id. */
  readonly queueReply: (tx: Tx, message: OutgoingReply) => string;
  /** The text of a sent step, which no row holds; null when it can no longer be rendered. */
  readonly render: (deliveryId: string) => { subject: string; text: string; html: string } | null;
}

export interface ReplyQuery extends PageQuery {
  readonly class?: ReplyClass | ReplyClass[] | undefined;
  readonly campaignId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly mailboxId?: string | undefined;
  readonly unread?: boolean | undefined;
}

interface Row {
  id: string;
  mailboxId: string;
  mailboxName: string;
  /** Null = the mailbox was deleted. */
  mailboxAddress: string | null;
  mailboxZone: string | null;
  contactId: string | null;
  contactName: string;
  contactZone: string | null;
  enrolmentId: string | null;
  campaignId: string | null;
  campaignName: string | null;
  deliveryId: string | null;
  messageId: string | null;
  references: string;
  fromAddress: string;
  fromName: string;
  toAddress: string;
  subject: string;
  text: string;
  replyText: string;
  html: string | null;
  class: ReplyClass;
  intent: ReplyIntent | null;
  confidence: number;
  source: Reply['source'];
  matchedBy: Reply['matchedBy'];
  bounce: string | null;
  returnDate: string | null;
  unread: number;
  receivedAt: number;
  createdAt: number;
  delegate: string | null;
  language: string | null;
  opinion: string | null;
  conversationKey: string;
  snoozedUntil: number | null;
  doneAt: number | null;
}

// Lists need only the beginning of the text.
const listColumns = `r.id, r.mailbox_id as mailboxId, coalesce(m.name, '') as mailboxName, r.contact_id as contactId,
  coalesce(nullif(trim(c.first_name || ' ' || c.last_name), ''), c.email, r.from_name) as contactName,
  r.enrolment_id as enrolmentId, r.campaign_id as campaignId, g.name as campaignName, r.delivery_id as deliveryId,
  r.from_address as fromAddress, r.from_name as fromName, r.subject, substr(r.text, 1, 400) as text, substr(r.reply_text, 1, 400) as replyText,
  r.class, r.intent, r.confidence_permille as confidence, r.source, r.matched_by as matchedBy, r.unread, r.received_at as receivedAt`;
const detailColumns = `${listColumns.replace('substr(r.text, 1, 400)', 'r.text').replace('substr(r.reply_text, 1, 400)', 'r.reply_text')},
  m.address as mailboxAddress, json_extract(m.calendar, '$.zone') as mailboxZone, c.time_zone as contactZone, r.message_id as messageId, r."references" as "references",
  r.to_address as toAddress, r.html, r.bounce, r.return_date as returnDate, r.created_at as createdAt, r.delegate, r.language, r.opinion, r.conversation_key as conversationKey, r.snoozed_until as snoozedUntil, r.done_at as doneAt`;
const joins = 'from replies r left join mailboxes m on m.id = r.mailbox_id left join contacts c on c.id = r.contact_id left join campaigns g on g.id = r.campaign_id';

const conversationCap = 100;
const unanswerable: readonly ReplyClass[] = ['hard_bounce', 'soft_bounce', 'block_bounce', 'delayed_notice', 'complaint'];

export type Replies = ReturnType<typeof createReplies>;

/** Stored inbound messages: list, conversation, read state, correction and answer. Throws AppError not_found, bad_request, wrong_state. */
export function createReplies(deps: RepliesDeps) {
  const { store, consequences } = deps;

  function list(query: ReplyQuery): { items: Reply[]; nextCursor: string | null; total: number; unread: number } {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const where = (condition: string, ...bound: (string | number)[]): void => {
      conditions.push(condition);
      values.push(...bound);
    };
    const classes = query.class === undefined ? [] : Array.isArray(query.class) ? query.class : [query.class];
    if (classes.length > 0) where(`r.class in (${classes.map(() => '?').join(', ')})`, ...classes);
    if (query.campaignId !== undefined) where('r.campaign_id = ?', query.campaignId);
    if (query.contactId !== undefined) where('r.contact_id = ?', query.contactId);
    if (query.mailboxId !== undefined) where('r.mailbox_id = ?', query.mailboxId);
    if (query.q !== undefined && query.q.trim() !== '') {
      const like = containing(query.q);
      where(`(r.subject like ? escape '\\' or r.from_address like ? escape '\\' or r.from_name like ? escape '\\' or r.reply_text like ? escape '\\')`, like, like, like, like);
    }
    const count = (extra: string): number => {
      const all = [...conditions, ...(extra === '' ? [] : [extra])];
      return (store.prepareRead(`select count(*) as n from replies r ${all.length > 0 ? `where ${all.join(' and ')}` : ''}`).get(...values) as { n: number }).n;
    };
    const unread = count('r.unread = 1');
    if (query.unread !== undefined) conditions.push(`r.unread = ${query.unread ? 1 : 0}`);
    const total = query.unread === true ? unread : count('');
    const descending = query.sort === undefined || query.sort.startsWith('-');
    if (query.sort !== undefined && query.sort.replace(/^-/, '') !== 'receivedAt')
      throw new AppError('bad_request', `Replies cannot be sorted by ${query.sort}.`, { fields: { sort: 'receivedAt or -receivedAt' } });
    if (query.cursor !== undefined) {
      const [at, id] = decodeCursor(query.cursor, 2);
      where(`(r.received_at, r.id) ${descending ? '<' : '>'} (?, ?)`, at ?? 0, id ?? '');
    }
    const order = descending ? 'desc' : 'asc';
    const rows = store
      .prepareRead(`select ${listColumns} ${joins} ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''} order by r.received_at ${order}, r.id ${order} limit ?`)
      .all(...values, query.limit + 1) as Row[];
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return { items: shown.map(toReply), nextCursor: rows.length > query.limit && last !== undefined ? encodeCursor([last.receivedAt, last.id]) : null, total, unread };
  }

  function need(id: string): Row {
    const row = store.prepareRead(`select ${detailColumns} ${joins} where r.id = ?`).get(id) as Row | undefined;
    if (row === undefined) throw new AppError('not_found', 'This reply does not exist any more.');
    return row;
  }

  function get(id: string): ReplyDetail {
    const row = need(id);
    return {
      ...toReply(row),
      replyText: row.replyText,
      bounce: row.bounce === null ? null : (JSON.parse(row.bounce) as ReplyDetail['bounce']),
      returnDate: row.returnDate,
      delegate: row.delegate === null ? null : (JSON.parse(row.delegate) as ReplyDetail['delegate']),
      language: row.language,
      opinion: row.opinion === null ? null : (JSON.parse(row.opinion) as ReplyDetail['opinion']),
      snoozedUntil: row.snoozedUntil,
      done: row.doneAt !== null,
      conversation: [...incoming(row), ...outgoing(row)].sort((a, b) => a.at - b.at).slice(-conversationCap),
    };
  }

  function incoming(row: Row): ReplyDetail['conversation'] {
    const rows = (
      row.contactId === null
        ? [row]
        : store
            .prepareRead(`select ${detailColumns} ${joins} where r.contact_id = ? and (r.mailbox_id = ? or r.enrolment_id = ?) order by r.received_at desc limit ?`)
            .all(row.contactId, row.mailboxId, row.enrolmentId, conversationCap)
    ) as Row[];
    return rows.map((each) => ({
      id: each.id,
      direction: 'in' as const,
      at: each.receivedAt,
      from: each.fromAddress,
      to: each.toAddress,
      subject: each.subject,
      text: each.text,
      html: each.html === null ? null : sanitiseMail(each.html),
      class: each.class,
      state: null,
    }));
  }

  function outgoing(row: Row): ReplyDetail['conversation'] {
    const by = row.contactId === null ? 'd.id = ?' : 'd.contact_id = ? and (d.mailbox_id = ? or d.enrolment_id = ?)';
    const values = row.contactId === null ? [row.deliveryId] : [row.contactId, row.mailboxId, row.enrolmentId];
    const rows = store
      .prepareRead(
        `select d.id, d.state, d.recipient, d.subject, d.content, coalesce(d.sent_at, d.sending_at, d.slot_at) as at, m.address
         from deliveries d left join mailboxes m on m.id = d.mailbox_id
         where ${by} and d.kind <> 'test' and (d.message_id is not null or (d.kind = 'reply' and d.state not in ('cancelled', 'skipped'))) order by at desc limit ?`,
      )
      .all(...values, conversationCap) as { id: string; state: string; recipient: string; subject: string | null; content: string | null; at: number; address: string | null }[];
    return rows.map((each) => {
      const content = each.content === null ? deps.render(each.id) : (JSON.parse(each.content) as { subject: string; text: string; html: string });
      return {
        id: each.id,
        direction: 'out' as const,
        at: each.at,
        from: each.address ?? row.mailboxAddress ?? row.toAddress,
        to: each.recipient,
        subject: each.subject ?? content?.subject ?? '',
        text: content?.text ?? '',
        html: content === null || content.html === '' ? null : sanitiseMail(content.html),
        class: null,
        state: each.state,
      };
    });
  }

  function update(input: { id: string; unread?: boolean | undefined; class?: ReplyClass | undefined; intent?: ReplyIntent | null | undefined }): ReplyDetail {
    const row = need(input.id);
    store.transaction((tx) => {
      if (input.unread === true) tx.prepare('update replies set unread = 1 where id = ?').run(row.id);
      // Who opens a conversation has all of it in view.
      if (input.unread === false) tx.prepare('update replies set unread = 0 where conversation_key = ? and unread = 1').run(row.conversationKey);
      const before = tx.prepare('select class, intent from replies where id = ?').get(row.id) as { class: ReplyClass; intent: ReplyIntent | null } | undefined;
      if (before === undefined) return;
      const name = input.class ?? before.class;
      const intent = name !== 'human' ? null : input.intent === undefined ? before.intent : input.intent;
      if (name === before.class && intent === before.intent) {
        // What a person confirms is decided by them: no model looks at it any more.
        if (input.class !== undefined || input.intent !== undefined) tx.prepare(`update replies set source = 'person', confidence_permille = 1000 where id = ?`).run(row.id);
        return;
      }
      tx.prepare(`update replies set class = ?, intent = ?, source = 'person', confidence_permille = 1000 where id = ?`).run(name, intent, row.id);
      const delivery = row.deliveryId === null ? undefined : (tx.prepare('select recipient from deliveries where id = ?').get(row.deliveryId) as { recipient: string } | undefined);
      consequences.correct(
        tx,
        {
          id: row.id,
          class: name,
          intent,
          mailboxId: row.mailboxId,
          contactId: row.contactId,
          enrolmentId: row.enrolmentId,
          campaignId: row.campaignId,
          deliveryId: row.deliveryId,
          recipient: delivery?.recipient ?? null,
          fromAddress: row.fromAddress,
          returnDate: row.returnDate,
          receivedAt: row.receivedAt,
          createdAt: row.createdAt,
          zone: row.contactZone ?? row.mailboxZone ?? 'UTC',
          bounce: row.bounce === null ? null : (JSON.parse(row.bounce) as StoredBounce),
        },
        before,
      );
    });
    return get(row.id);
  }

  function respond(input: { id: string; text: string; draftId: string; at?: number | null; undoSeconds?: number }): { deliveryId: string; slotAt: number } {
    const row = need(input.id);
    if (unanswerable.includes(row.class)) throw new AppError('wrong_state', 'A mail server wrote this message, so nobody would read an answer. Write to the person instead.');
    if (row.mailboxAddress === null) throw new AppError('wrong_state', 'The mailbox that got this message was deleted, so no answer can leave from it.');
    const messageId = row.messageId === null || row.messageId.endsWith('@no-message-id.invalid>') ? null : row.messageId;
    const subject = /^\s*re\s*:/i.test(row.subject) ? row.subject : `Re: ${row.subject}`;
    const references = [...(JSON.parse(row.references) as string[]), ...(messageId === null ? [] : [messageId])];
    const content = { subject, text: input.text, html: textToHtml(input.text), inReplyTo: messageId, references };
    const now = deps.clock.now();
    const slotAt = Math.max(now + (input.undoSeconds ?? 0) * second, input.at ?? 0);
    const deliveryId = store.transaction((tx) => {
      tx.prepare('update replies set unread = 0 where id = ?').run(row.id);
      markDone(tx, row.conversationKey, now);
      return deps.queueReply(tx, {
        kind: 'reply',
        uniqueKey: `${row.id}:${input.draftId}`,
        mailboxId: row.mailboxId,
        recipient: row.fromAddress,
        contactId: row.contactId,
        slotAt,
        content,
      });
    });
    return { deliveryId, slotAt };
  }

  const { conversations, snooze, done } = createConversations({
    store,
    clock: deps.clock,
    latest: (ids) =>
      new Map(
        (store.prepareRead(`select ${listColumns} ${joins} where r.id in (select value from json_each(?))`).all(JSON.stringify(ids)) as Row[]).map((row) => [row.id, toReply(row)]),
      ),
  });

  return {
    ...{ list, get, update, respond, conversations },
    snooze(id: string, until: number | null): ReplyDetail {
      snooze(need(id).conversationKey, until);
      return get(id);
    },
    done(id: string, settled: boolean): ReplyDetail {
      done(need(id).conversationKey, settled);
      return get(id);
    },
  };
}

function toReply(row: Row): Reply {
  const { id, mailboxId, mailboxName, contactId, contactName, enrolmentId, campaignId, campaignName, deliveryId, fromAddress, fromName, subject, source, matchedBy, receivedAt } =
    row;
  return {
    ...{ id, mailboxId, mailboxName, contactId, contactName, enrolmentId, campaignId, campaignName, deliveryId, fromAddress, fromName, subject, source, matchedBy, receivedAt },
    snippet: snippetFor(row),
    subject: row.class === 'opt_out' ? subject.replace(tokenWords, 'unsubscribe') : subject,
    class: row.class,
    intent: row.intent,
    confidence: row.confidence / 1000,
    unread: row.unread === 1,
  };
}

/** Mail programs answer our unsubscribe header with a message whose only words are our token. */
const tokenWords = /unsubscribe-[A-Za-z0-9_-]{1,64}\.[a-z2-7]{26}/gi;

function snippetFor(row: Pick<Row, 'class' | 'text' | 'replyText'>): string {
  const words = row.replyText.trim() === '' ? row.text : row.replyText;
  if (row.class !== 'opt_out') return snippetOf(words);
  return snippetOf(words.replace(tokenWords, ' ')) || 'Asked to be unsubscribed';
}

function textToHtml(text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return escaped
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replace(/\n/g, '<br>')}</p>`)
    .join('\n');
}
