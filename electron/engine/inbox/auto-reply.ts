import table from '../../../resources/absence-phrases.json' with { type: 'json' };
import { headerOf, type InboundMail } from './mail.ts';
import { isReadReceipt } from './bounce.ts';
import { hasNullPath, isFeedbackReport } from './report.ts';
import { fold } from '../lib/fold.ts';
import { phrases } from './words.ts';

export interface AutoReply {
  readonly kind: 'out_of_office' | 'auto_acknowledgement';
  readonly source: 'header' | 'structure' | 'pattern';
  readonly confidence: number;
  /** It speaks of a request that was received: a ticket, an order. */
  readonly acknowledges: boolean;
}

const automaticSubject = phrases(table.subject.automatic);
const awaySubject = phrases(table.subject.away);
const maybeSubject = phrases(table.subject.maybe);
const away = phrases(table.away);
const besideAbsence = phrases(table.alone.words);
const strongAcknowledgement = phrases(table.acknowledgement.strong);
const weakAcknowledgement = phrases(table.acknowledgement.weak);
const left = phrases(table.left);
const mailboxGone = phrases(table.mailbox_gone);
const challenge = phrases(table.challenge);
const person = phrases(table.person);

/** A person answers or passes something on; automatic answers that repeat the prefix show other marks. */
const answered = /^(re|aw|fwd?|wg|sv|vs|tr|rv|odp|ynt|antw|rif|res|enc|i|回复|答复|转发|返信|転送|회신|전달|ha|r)\s?(\[\d{1,3}\])?\s?[:：]/u;

/** How much of a mail is read for words, characters: an automatic answer says it first. */
const readCap = 4000;

/**
 * Recognises automatic answers: RFC 3834 first (Auto-Submitted, any value but `no`), then the older headers that servers
 * really set, the null return path and receipts, then subject and words. A mail that says nothing automatic is a person's.
 */
export function readAutoReply(mail: InboundMail, ownText: string): AutoReply | null {
  const subject = fold(mail.subject);
  const body = fold((ownText === '' ? mail.text : ownText).slice(0, readCap));
  const automatic = automaticSubject.test(subject) || (/^auto\s?:/.test(subject) && (awaySubject.test(subject) || away.test(body)));
  const isAway = awaySubject.test(subject) || away.test(body);
  const acknowledges = strongAcknowledgement.test(body) || left.test(body);
  const found = (source: AutoReply['source'], confidence: number): AutoReply => ({ kind: isAway ? 'out_of_office' : 'auto_acknowledgement', source, confidence, acknowledges });

  // RFC 3834: a person's mail program says "no" where it says anything.
  const submitted = headerOf(mail, 'auto-submitted').toLowerCase();
  if (submitted.startsWith('no') && !submitted.startsWith('not')) return null;
  if (hasAutoHeader(mail)) return found('header', isAway ? 0.98 : 0.95);
  if (isReadReceipt(mail) || isFeedbackReport(mail)) return { kind: 'auto_acknowledgement', source: 'structure', confidence: 0.95, acknowledges: true };
  if (hasNullPath(mail)) return found('structure', 0.95);
  if (automatic && !answered.test(subject)) return found('pattern', 0.92);
  if (/^list$|bulk/.test(precedenceOf(mail)) && isListMail(mail)) return null;
  if (hasWeakHeader(mail) && (automatic || isAway || weakAcknowledgement.test(body) || strongAcknowledgement.test(body))) return found('header', 0.85);
  return readWords(mail, subject, body);
}

/** By words alone. A person may write about a holiday in a real answer: that stands beside an answer, a note stands alone. */
function readWords(mail: InboundMail, subject: string, body: string): AutoReply | null {
  const found = (kind: AutoReply['kind'], confidence: number): AutoReply => ({ kind, source: 'pattern', confidence, acknowledges: kind === 'auto_acknowledgement' });
  const engaged = person.test(body.slice(0, 1500));
  const first = body.slice(0, 500);
  const asAnswer = answered.test(subject);
  const saysAway = away.test(first);
  if (!asAnswer && awaySubject.test(subject) && (saysAway || !maybeSubject.test(subject) || body.length < 400) && !engaged) return found('out_of_office', 0.85);
  if (!asAnswer && maybeSubject.test(subject) && saysAway && besideAbsence.test(body) && !engaged) return found('out_of_office', 0.75);
  if (saysAway && !engaged && body.length < 1500 && besideAbsence.test(body.replace(away, ''))) return found('out_of_office', 0.7);
  if (challenge.test(body.slice(0, 1500))) return found('auto_acknowledgement', 0.75);
  const robot =
    /^(.{0,40}[-_.])?(no-?reply|do-?not-?reply|noreply|support|helpdesk|help|service|customer-?(service|care)|info|ticket|tickets|servicedesk|autoreply|auto-?respond(er)?)\b/i.test(
      mail.from.address,
    );
  if (mailboxGone.test(body) && (robot || left.test(body)) && !engaged) return found('auto_acknowledgement', 0.7);
  if (strongAcknowledgement.test(body) && (robot || !engaged)) return found('auto_acknowledgement', 0.75);
  if (robot && weakAcknowledgement.test(body) && !engaged) return found('auto_acknowledgement', 0.7);
  return null;
}

/** Headers that only automatic senders set, whatever their value (but `no`). */
const definite = [
  'x-autoreply',
  'x-autorespond',
  'x-autoresponder',
  'x-autoresponse',
  'x-auto-reply',
  'x-auto-response',
  'x-auto-reply-from',
  'x-autoreply-from',
  'x-autorespond-to',
  'x-autoreply-to',
  'x-autogenerated',
  'x-auto-generated',
  'x-mail-autoreply',
  'x-mdautoresponder',
  'x-fc-machinegenerated',
  'x-ms-exchange-generated-message-source',
  'x-amazon-auto-reply',
  'x-vacation',
  'x-away-message',
  'x-notes-ooo',
] as const;

const precedenceOf = (mail: InboundMail): string => `${headerOf(mail, 'precedence')} ${headerOf(mail, 'x-precedence')}`.toLowerCase().trim();

/** Whether a mailing list sent it on. */
const isListMail = (mail: InboundMail): boolean => mail.headers.has('list-id') || mail.headers.has('list-unsubscribe') || mail.headers.has('list-post');

function hasAutoHeader(mail: InboundMail): boolean {
  if (headerOf(mail, 'auto-submitted') !== '') return true;
  if (definite.some((name) => mail.headers.has(name) && !/^(no|false|0|none)\b/i.test(headerOf(mail, name)))) return true;
  if (
    /autorespon|auto-?reply|vacation/i.test(
      `${headerOf(mail, 'x-post-messageclass')} ${headerOf(mail, 'delivered-to')} ${headerOf(mail, 'x-mailer')} ${headerOf(mail, 'x-loop')} ${headerOf(mail, 'user-agent')}`,
    )
  )
    return true;
  const precedence = precedenceOf(mail);
  if (/auto[-_ ]?(reply|response)/.test(precedence)) return true;
  // People's programs set no precedence; lists do. In answer to us and off any list it is a responder's.
  if (/\b(bulk|junk)\b/.test(precedence) && !isListMail(mail) && (hasNullPath(mail) || mail.inReplyTo.length > 0)) return true;
  // Exchange asks for silence about absences on its own notes of absence only.
  return /^\s*oof\s*$/i.test(headerOf(mail, 'x-auto-response-suppress'));
}

/** Headers that automatic mail has and a person's mail may have: they need a word of support. */
function hasWeakHeader(mail: InboundMail): boolean {
  const suppress = headerOf(mail, 'x-auto-response-suppress').toLowerCase();
  return (
    /\ball\b|oof|autoreply/.test(suppress) ||
    mail.headers.has('x-ms-exchange-inbox-rules-loop') ||
    (/\b(bulk|junk|list)\b/.test(precedenceOf(mail)) && !isListMail(mail)) ||
    mail.headers.has('x-rt-loop-prevention')
  );
}
