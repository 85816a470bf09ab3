import type { DeliveryState } from '../../../shared/schemas/delivery.ts';
import { minute } from '../lib/clock.ts';
import type { Store } from '../store/index.ts';
import type { DeliveryRef, MatchLookup } from './match.ts';

/** Between the Date that we wrote and the moment at which the server accepted the mail. */
const sentWithinMs = 15 * minute;

export interface InboxLookup extends MatchLookup {
  messageIdsOf(deliveryId: string): { readonly state: DeliveryState; readonly messageId: string | null; readonly wireMessageId: string | null } | null;
  /** The one mail with this recipient and subject that left about then and whose Message-ID on the wire is not known; null when there are none or several. */
  sentLike(mailboxId: string, recipient: string, subject: string, at: number): string | null;
}

const deliveryColumns = 'id, state, contact_id as contactId, enrolment_id as enrolmentId, campaign_id as campaignId, recipient';

/** Reads what matching asks for. */
export function createLookup(store: Store): InboxLookup {
  const one = <T>(sql: string, ...values: unknown[]): T | null => (store.prepareRead(sql).get(...values) as T | undefined) ?? null;
  return {
    deliveryByMessageId: (messageId) =>
      one<DeliveryRef>(
        `select ${deliveryColumns} from deliveries where message_id = ? union all select ${deliveryColumns} from deliveries where wire_message_id = ? limit 1`,
        messageId,
        messageId,
      ),
    deliveryById: (id) => one<DeliveryRef>(`select ${deliveryColumns} from deliveries where id = ? and recipient <> 'erased'`, id),
    isMailbox: (address) => one('select 1 from mailboxes where lower(address) = ? limit 1', address) !== null,
    contactByAddress(address) {
      const exact = one<{ id: string }>('select id from contacts where email = ?', address);
      if (exact !== null) return exact;
      const alias = one<{ id: string }>('select contact_id as id from contact_aliases where email = ?', address);
      if (alias !== null) return alias;
      const at = address.lastIndexOf('@');
      const local = address.slice(0, at).replace(/\+.*$/, '');
      const domain = address.slice(at + 1);
      const domains = domain === 'gmail.com' || domain === 'googlemail.com' ? ['gmail.com', 'googlemail.com'] : [domain];
      for (const name of domains) {
        const plain = one<{ id: string }>('select id from contacts where email = ?', `${local}@${name}`);
        if (plain !== null) return plain;
        // A list may hold anna+news@…, while she answers as anna@…; "," is the character after "+".
        const tagged = store.prepareRead(`select id from contacts where email > ? and email < ? and domain = ? limit 2`).all(`${local}+`, `${local},`, name) as { id: string }[];
        if (tagged.length === 1) return tagged[0] ?? null;
      }
      return null;
    },
    messageIdsOf: (id) => one('select state, message_id as messageId, wire_message_id as wireMessageId from deliveries where id = ?', id),
    sentLike(mailboxId, recipient, subject, at) {
      const found = store
        .prepareRead(
          `select id from deliveries where mailbox_id = ? and sent_at between ? and ? and recipient = ? collate nocase and trim(subject) = ? and wire_message_id is null limit 2`,
        )
        .all(mailboxId, at - sentWithinMs, at + sentWithinMs, recipient, subject) as { id: string }[];
      return found.length === 1 ? (found[0]?.id ?? null) : null;
    },
    latestDeliveryTo: (contactId, before) =>
      one<DeliveryRef>(
        `select ${deliveryColumns} from deliveries where contact_id = ? and state in ('sent', 'sending', 'unknown') and kind <> 'test' and coalesce(sent_at, sending_at, 0) <= ?
         order by coalesce(sent_at, sending_at) desc limit 1`,
        contactId,
        before,
      ),
  };
}
