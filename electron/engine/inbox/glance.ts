import table from '../../../resources/machine-mail.json' with { type: 'json' };
import { headerOf, type InboundMail } from './mail.ts';
import { ownCopy, replyTo, type Match, type MatchLookup } from './match.ts';

const machineSenders = new Set(table.senders);

/** What the head of a message says: an own copy is settled by it, a candidate is read in full, anything else is left alone. */
export type Glance = Extract<Match, { kind: 'own_copy' }> | { readonly kind: 'candidate' } | { readonly kind: 'unrelated' };

/**
 * Whether a message may concern somebody we wrote to, judged by its head alone. Never says `unrelated` of what `match`
 * would match: threads and known senders are looked up, and whatever a machine may have returned is a candidate. Pure.
 */
export function glance(head: InboundMail, context: { own: ReadonlySet<string>; tokenDeliveryId: string | null; lookup: MatchLookup }): Glance {
  const { lookup } = context;
  if (context.tokenDeliveryId !== null || byMachine(head)) return { kind: 'candidate' };
  const own = ownCopy(head, context.own, lookup);
  if (own !== null) return own;
  if ([...head.inReplyTo, ...head.references].some((id) => lookup.deliveryByMessageId(id) !== null)) return { kind: 'candidate' };
  const known = [head.from.address, ...replyTo(head)].some((address) => address !== '' && !context.own.has(address) && lookup.contactByAddress(address) !== null);
  return { kind: known ? 'candidate' : 'unrelated' };
}

/** Bounces, reports and complaints of every dialect: the null return path (RFC 5321 section 4.5.5), a report type, or the names and words of such mail. */
function byMachine(head: InboundMail): boolean {
  const { address, name } = head.from;
  if (address === '' || /^multipart\/report|report-type=|^message\/(delivery-status|feedback-report)/.test(head.contentType)) return true;
  if (headerOf(head, 'return-path') === '<>' || headerOf(head, 'x-failed-recipients') !== '') return true;
  const local = address.slice(0, address.lastIndexOf('@')).replace(/[+=].*$/, '');
  if (machineSenders.has(local) || machineSenders.has(name.toLowerCase()) || /^microsoftexchange[0-9a-f]/.test(local)) return true;
  const subject = head.subject.toLowerCase();
  return table.subjects.some((words) => subject.includes(words));
}
