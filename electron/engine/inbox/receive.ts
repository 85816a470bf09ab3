import { createHash } from 'node:crypto';
import { readUnsubscribeToken } from '../composing/index.ts';
import type { Clock } from '../lib/clock.ts';
import { minute } from '../lib/clock.ts';
import type { Ids } from '../lib/ids.ts';
import type { MailboxRow } from '../mailboxes/index.ts';
import type { FolderRole, InboxHead, InboxMessage, Logger } from '../ports.ts';
import { schema, type Store, type Tx } from '../store/index.ts';
import { bounceClass, classify, decisiveRecipient, storedBounce, type Classified } from './classify.ts';
import type { Consequences, InboxHooks } from './consequences.ts';
import { conversationKey } from './conversations.ts';
import { glance } from './glance.ts';
import { createLookup } from './lookup.ts';
import { parseMail, type InboundMail } from './mail.ts';
import { match, type Match } from './match.ts';

export interface Place {
  readonly mailbox: MailboxRow;
  readonly folder: string;
  readonly role: FolderRole;
  readonly uidValidity: string;
}

export type Received = 'stored' | 'own_copy' | 'unrelated' | 'known';

/** Clocks of mail servers differ a little from ours. */
const clockSlackMs = 5 * minute;
const textCap = 100_000;

/** What a copy of an own mail teaches. */
export interface OwnCopyHooks {
  /** The provider sent a mail under another Message-ID than ours. */
  learnMessageId(tx: Tx, learnt: { deliveryId: string; messageId: string }): unknown;
}

/** Mail that people sent from these addresses is the user's own. */
export function ownAddresses({ address, aliases, sendAs }: Pick<MailboxRow, 'address' | 'aliases' | 'sendAs'>): ReadonlySet<string> {
  return new Set([address, ...aliases.map((alias) => alias.address), ...(sendAs === null ? [] : [sendAs])].map((each) => each.toLowerCase()));
}

export type Receiver = ReturnType<typeof createReceiver>;

/** Takes in one message: parse, classify, match, then everything it changes in one transaction. */
export function createReceiver(deps: {
  store: Store;
  clock: Clock;
  ids: Ids;
  log: Logger;
  unsubscribeKey: () => string;
  consequences: Consequences;
  hooks: Pick<InboxHooks, 'evidence'> & OwnCopyHooks;
  /** A person's answer is stored; what it says may be unclear. */
  onUnclear: () => void;
}) {
  const { store, clock, ids, log, consequences, hooks } = deps;
  const lookup = createLookup(store);

  /** Whether the whole message must be read. What the head of an own copy teaches is taken in at once. */
  async function look(place: Place, message: InboxHead): Promise<boolean> {
    const head = await parseMail(message.head);
    const known = head.messageId !== null && store.prepareRead('select 1 from replies where mailbox_id = ? and message_id = ?').get(place.mailbox.id, head.messageId) !== undefined;
    if (known) return false;
    const seen = glance(head, { own: ownAddresses(place.mailbox), tokenDeliveryId: readToken(head, deps.unsubscribeKey()), lookup });
    if (seen.kind === 'own_copy') takeOwnCopy(place, head, seen.deliveryId, message.receivedAt);
    return seen.kind === 'candidate';
  }

  function takeOwnCopy(place: Place, mail: InboundMail, byId: string | null, receivedAt: number): void {
    const { mailbox, role } = place;
    // Only the provider's own copy shows the Message-ID that left: a redirect of our mail may have one of its own.
    const filed = (role === 'sent' || role === 'all') && ownAddresses(mailbox).has(mail.from.address);
    const deliveryId = byId ?? (filed && mailbox.messageIdPolicy !== 'kept' ? lookup.sentLike(mailbox.id, mail.to[0]?.address ?? '', mail.subject, mail.date ?? receivedAt) : null);
    const delivery = deliveryId === null ? null : lookup.messageIdsOf(deliveryId);
    if (deliveryId === null || delivery === null) return;
    const { messageId } = mail;
    const news = filed && messageId !== null && messageId !== delivery.messageId && messageId !== delivery.wireMessageId;
    if (delivery.state !== 'unknown' && !news) return;
    store.transaction((tx) => {
      if (delivery.state === 'unknown') hooks.evidence(tx, { deliveryId, source: 'sent_folder' });
      if (news) hooks.learnMessageId(tx, { deliveryId, messageId });
    });
  }

  async function receive(place: Place, message: InboxMessage): Promise<Received> {
    const mail = await parseMail(message.source);
    const receivedAt = message.receivedAt > 0 ? message.receivedAt : (mail.date ?? clock.now());
    const messageId = mail.messageId ?? `<${createHash('sha256').update(message.source).digest('hex').slice(0, 40)}@no-message-id.invalid>`;
    const tokenDeliveryId = readToken(mail, deps.unsubscribeKey());
    const classified = classify(mail, tokenDeliveryId);
    const found = match(mail, classified, { own: ownAddresses(place.mailbox), tokenDeliveryId, receivedAt: receivedAt + clockSlackMs, lookup });
    if (found.kind === 'unrelated') return 'unrelated';
    if (found.kind === 'own_copy') {
      takeOwnCopy(place, mail, found.deliveryId, receivedAt);
      return 'own_copy';
    }
    return store.transaction((tx) => storeReply(tx, place, message, { mail, messageId, receivedAt, classified, found }));
  }

  function storeReply(
    tx: Tx,
    place: Place,
    message: InboxMessage,
    read: { mail: InboundMail; messageId: string; receivedAt: number; classified: Classified; found: Extract<Match, { kind: 'matched' }> },
  ): Received {
    const { mail, messageId, receivedAt, classified, found } = read;
    const { mailbox, folder, uidValidity } = place;
    const known = tx
      .prepare('select 1 from replies where (mailbox_id = ? and message_id = ?) or (mailbox_id = ? and folder = ? and uid_validity = ? and uid = ?)')
      .get(mailbox.id, messageId, mailbox.id, folder, uidValidity, message.uid);
    if (known !== undefined) return 'known';
    const id = ids.next();
    const { delivery } = found;
    const decisive = classified.bounce === null ? null : decisiveRecipient(classified.bounce, delivery?.recipient ?? null);
    const name = decisive === null ? classified.class : bounceClass(decisive);
    const bounce = decisive === null ? null : storedBounce(decisive);
    const contact =
      found.contactId === null
        ? undefined
        : (tx.prepare('select time_zone as timeZone from contacts where id = ?').get(found.contactId) as { timeZone: string | null } | undefined);
    const createdAt = clock.now();
    const link = {
      mailboxId: mailbox.id,
      contactId: found.contactId,
      enrolmentId: delivery?.enrolmentId ?? null,
      campaignId: delivery?.campaignId ?? null,
      deliveryId: delivery?.id ?? null,
    };
    const key = conversationKey({ ...link, fromAddress: mail.from.address });
    tx.orm
      .insert(schema.replies)
      .values({
        id,
        ...link,
        folder,
        uid: message.uid,
        uidValidity,
        messageId,
        inReplyTo: mail.inReplyTo[0] ?? null,
        references: mail.references.slice(-50),
        fromAddress: mail.from.address.slice(0, 320),
        fromName: mail.from.name.slice(0, 200),
        toAddress: mail.to
          .map(({ address }) => address)
          .join(', ')
          .slice(0, 1000),
        subject: mail.subject,
        text: mail.text.slice(0, textCap),
        replyText: classified.replyText.slice(0, textCap),
        html: mail.html,
        class: name,
        intent: name === 'human' ? classified.intent : null,
        language: classified.language,
        delegate: classified.delegate,
        predicted: { class: name, intent: classified.intent, source: classified.source, confidence: Math.round(classified.confidence * 1000) },
        confidence: Math.round(classified.confidence * 1000),
        source: classified.source,
        matchedBy: found.matchedBy,
        bounce,
        returnDate: classified.returnDate,
        unread: true,
        receivedAt,
        conversationKey: key,
        createdAt,
      })
      .run();
    // A new message brings its conversation back.
    tx.prepare('update replies set snoozed_until = null where conversation_key = ? and snoozed_until is not null').run(key);
    // A match by address alone says that the person wrote, not that this mail reached them.
    if (delivery !== null && delivery.state !== 'sent' && found.matchedBy !== 'address')
      hooks.evidence(tx, { deliveryId: delivery.id, source: classified.bounce === null ? 'reply' : 'bounce' });
    if (name === 'human' && (found.matchedBy === 'in_reply_to' || found.matchedBy === 'references')) linkAlias(tx, found.contactId, mail.from.address, createdAt);
    const zone = contact?.timeZone ?? mailbox.calendar.zone;
    consequences.apply(
      tx,
      {
        id,
        class: name,
        intent: name === 'human' ? classified.intent : null,
        createdAt,
        ...link,
        recipient: delivery?.recipient ?? null,
        fromAddress: mail.from.address,
        returnDate: classified.returnDate,
        receivedAt,
        zone,
        bounce,
      },
      classified.bounce === null ? 'contact' : 'server',
    );
    tx.afterCommit(() => {
      log.info({ mailboxId: mailbox.id, replyId: id, class: name, matchedBy: found.matchedBy }, 'inbound message stored');
      if (name === 'human') deps.onUnclear();
    });
    return 'stored';
  }

  return { look, receive };
}

/**
 * Whoever answers inside a thread from an address that no contact has, the person's other one or a colleague's, is known by
 * it from then on: their next mail stops the person as well, also outside of the thread.
 */
function linkAlias(tx: Tx, contactId: string | null, address: string, now: number): void {
  if (contactId === null || address === '') return;
  tx.prepare('insert into contact_aliases (email, contact_id, created_at) select ?, ?, ? where not exists (select 1 from contacts where email = ?) on conflict do nothing').run(
    address,
    contactId,
    now,
    address,
  );
}

/** Our signed opt-out token stands in the subject; some clients lose it there and keep it in the address. */
function readToken(mail: InboundMail, key: string): string | null {
  if (key === '') return null;
  return readUnsubscribeToken(mail.subject, key) ?? mail.to.map(({ address }) => readUnsubscribeToken(address, key)).find((found) => found !== null) ?? null;
}
