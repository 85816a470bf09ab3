import type { DeliveryState } from '../../../shared/schemas/delivery.ts';
import type { Reply } from '../../../shared/schemas/reply.ts';
import type { Classified } from './classify.ts';
import { headerOf, type InboundMail } from './mail.ts';

/** What matching needs of a sent mail. */
export interface DeliveryRef {
  readonly id: string;
  readonly state: DeliveryState;
  readonly contactId: string | null;
  readonly enrolmentId: string | null;
  readonly campaignId: string | null;
  readonly recipient: string;
}

/** The facts matching may ask for. */
export interface MatchLookup {
  /** By the Message-ID that we gave it, or by the one that the provider put in its place. */
  deliveryByMessageId(messageId: string): DeliveryRef | null;
  deliveryById(id: string): DeliveryRef | null;
  /** A contact by address or alias, tolerant of plus-tags. */
  contactByAddress(address: string): { readonly id: string } | null;
  /** Whether any mailbox of this workspace has the address. */
  isMailbox(address: string): boolean;
  /** The latest mail that left to this contact before the moment. */
  latestDeliveryTo(contactId: string, before: number): DeliveryRef | null;
}

export type Match =
  | { readonly kind: 'own_copy'; readonly deliveryId: string | null }
  | { readonly kind: 'matched'; readonly matchedBy: Exclude<Reply['matchedBy'], 'none'>; readonly contactId: string | null; readonly delivery: DeliveryRef | null }
  | { readonly kind: 'unrelated' };

/**
 * Whether this is a copy of our own mail: it carries one of our Message-IDs or delivery ids, or comes from an address that
 * sends for us. Such copies turn up in Sent, in All Mail and through Bcc, and hold In-Reply-To of our own mails: never a reply.
 */
export function ownCopy(mail: InboundMail, own: ReadonlySet<string>, lookup: MatchLookup): Extract<Match, { kind: 'own_copy' }> | null {
  const isReport = /multipart\/report/.test(mail.contentType);
  const byMessageId = mail.messageId === null ? null : lookup.deliveryByMessageId(mail.messageId);
  if (byMessageId !== null) return { kind: 'own_copy', deliveryId: byMessageId.id };
  const homingId = headerOf(mail, 'x-homing-id');
  // Another workspace's mail carries an id as well, but one that we do not know.
  const byHomingId = homingId === '' || isReport ? null : lookup.deliveryById(homingId);
  if (byHomingId !== null) return { kind: 'own_copy', deliveryId: byHomingId.id };
  const from = mail.from.address;
  const fromSelf = own.has(from);
  if (!fromSelf && !lookup.isMailbox(from)) return null;
  // Somebody who tries Homing on themselves, or on a colleague's mailbox, answers from the very address that we wrote to.
  if ([...mail.inReplyTo, ...mail.references].some((id) => lookup.deliveryByMessageId(id)?.recipient.toLowerCase() === from)) return null;
  return fromSelf || lookup.contactByAddress(from) === null ? { kind: 'own_copy', deliveryId: null } : null;
}

/**
 * Finds what an inbound message belongs to: the thread it answers, the message a report returns, a signed token, else the
 * sender's address with a mail that left to it before. The order of headers does not matter.
 */
export function match(
  mail: InboundMail,
  classified: Classified,
  context: { own: ReadonlySet<string>; tokenDeliveryId: string | null; receivedAt: number; lookup: MatchLookup },
): Match {
  const { lookup, tokenDeliveryId, receivedAt } = context;
  const isReport = classified.bounce !== null || classified.class === 'complaint';
  if (!isReport) {
    const own = ownCopy(mail, context.own, lookup);
    if (own !== null) return own;
  }
  const found = (matchedBy: Exclude<Reply['matchedBy'], 'none'>, delivery: DeliveryRef): Match => ({ kind: 'matched', matchedBy, contactId: delivery.contactId, delivery });

  if (tokenDeliveryId !== null) {
    const delivery = lookup.deliveryById(tokenDeliveryId);
    if (delivery !== null) return found('token', delivery);
  }
  if (isReport) {
    const { returned } = classified;
    const byHomingId = returned?.homingId == null ? null : lookup.deliveryById(returned.homingId);
    const byReturned = byHomingId ?? (returned?.messageId == null ? null : lookup.deliveryByMessageId(returned.messageId));
    if (byReturned !== null) return found('report', byReturned);
  }
  for (const id of mail.inReplyTo) {
    const delivery = lookup.deliveryByMessageId(id);
    if (delivery !== null) return found('in_reply_to', delivery);
  }
  for (const id of [...mail.references].reverse()) {
    const delivery = lookup.deliveryByMessageId(id);
    if (delivery !== null) return found('references', delivery);
  }
  const addresses = isReport
    ? [
        ...(classified.bounce?.recipients.flatMap(({ address, originalAddress }) => (originalAddress === null ? [address] : [originalAddress, address])) ?? []),
        ...(classified.complainant === null ? [] : [classified.complainant]),
        ...(classified.returned?.to ?? []),
      ]
    : [mail.from.address, ...replyTo(mail)];
  for (const address of addresses) {
    if (address === '' || context.own.has(address)) continue;
    const contact = lookup.contactByAddress(address);
    const delivery = contact === null ? null : lookup.latestDeliveryTo(contact.id, receivedAt);
    if (contact !== null && delivery !== null) return { kind: 'matched', matchedBy: isReport ? 'report' : 'address', contactId: contact.id, delivery };
  }
  return { kind: 'unrelated' };
}

/** Addresses of the Reply-To header, lower case. */
export function replyTo(mail: InboundMail): string[] {
  return [...headerOf(mail, 'reply-to').matchAll(/[^\s<>;,"']+@[^\s<>;,"']+/g)].map((found) => found[0].toLowerCase());
}
