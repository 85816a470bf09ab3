import type { AnswerClass } from '../../../shared/schemas/delivery.ts';
import type { InboundMail } from './mail.ts';
import { judgeFailure, judgeFirst, type BounceKind, type Failure } from './failure.ts';
import { answersIn, isChallenge, isDelayed, noticeAddresses, noticeOf, readNotice, wordsAbout } from './notice.ts';
import { isFeedbackReport, readDeliveryReport, readServiceNotice, type DeliveryReport, type ReportRecipient, type ReturnedMessage } from './report.ts';

export type { BounceKind } from './failure.ts';

export interface BounceRecipient {
  /** Empty when the notice names nobody. */
  readonly address: string;
  /** The address that we wrote to, where the mail was forwarded on. */
  readonly originalAddress: string | null;
  readonly kind: BounceKind;
  readonly class: AnswerClass;
  readonly status: string | null;
  readonly diagnostic: string;
  /** The server is still trying: nothing is final. */
  readonly delayed: boolean;
  /** Time ran out before any server refused the address: nothing was learnt about it. */
  readonly expired: boolean;
}

export interface Bounce {
  readonly recipients: readonly BounceRecipient[];
  readonly returned: ReturnedMessage | null;
  /** Whether it is a machine-readable report or was read from text. */
  readonly structured: boolean;
}

const delivered = { kind: 'none', class: 'other', expired: false } as const satisfies Failure;
/** A server that still tries has refused nobody, whatever its last answer said. */
const pending = (failure: Failure): Failure =>
  failure.kind === 'soft' ? failure : { kind: 'soft', class: failure.class === 'unknown_recipient' ? 'temporary' : failure.class, expired: false };

/**
 * Reads a bounce, a delayed notice or a positive delivery report: machine fields first (RFC 3464), then what mail systems
 * write in their own words. Null when the message is none; read receipts (RFC 8098) and feedback reports are none.
 */
export function readBounce(mail: InboundMail): Bounce | null {
  if (isFeedbackReport(mail) || isReadReceipt(mail)) return null;
  const report = readDeliveryReport(mail);
  if (report !== null && report.recipients.length > 0) return isChallenge(mail) ? null : fromReport(mail, report);
  const service = readServiceNotice(mail);
  if (service !== null) {
    const recipients = service.recipients.map(({ address, status, diagnostic, permanent }): BounceRecipient => {
      const failure = service.kind === 'bounce' ? judgeFailure(status, diagnostic, permanent && /general|noemail|suppressed|^$/i.test(diagnostic) ? 'bad-mailbox' : '') : delivered;
      return { address, originalAddress: null, ...failure, status, diagnostic, delayed: false };
    });
    return { recipients, returned: service.returned, structured: true };
  }
  return readNotice(mail);
}

/** A disposition notification (RFC 8098) says that a person or a program took the mail from the mailbox: it arrived. */
export function isReadReceipt(mail: InboundMail): boolean {
  return /report-type="?disposition-notification/.test(mail.contentType) || mail.parts.some(({ mimeType }) => mimeType === 'message/disposition-notification');
}

function fromReport(mail: InboundMail, report: DeliveryReport): Bounce {
  const notice = noticeOf(mail);
  const named = noticeAddresses(mail, notice, report.returned);
  const recipients = report.recipients.map((recipient) => {
    const address = recipient.address !== '' ? recipient.address : report.recipients.length === 1 ? (named[0] ?? report.returned?.to[0] ?? '') : '';
    return judgeRecipient(mail, { ...recipient, address }, notice, named);
  });
  return { recipients, returned: report.returned, structured: true };
}

function judgeRecipient(mail: InboundMail, recipient: ReportRecipient, notice: string, named: readonly string[]): BounceRecipient {
  const { address, originalAddress, action, status } = recipient;
  const base = { address, originalAddress, status };
  if (action === 'delivered' || action === 'relayed' || action === 'expanded' || (action === '' && status?.startsWith('2') === true))
    return { ...base, ...delivered, diagnostic: recipient.diagnostic, delayed: false };
  const words = wordsAbout(notice, address, named);
  // A bare "5.x.x" says nothing that the words of the notice do not say better.
  const poor = recipient.diagnostic.replace(/[\d.\s-]/g, '').length <= 8;
  const texts = [...(poor ? answersIn(words.own) : [recipient.diagnostic]), words.own, words.all].map((text) => (poor ? `${recipient.diagnostic} ${text}`.trim() : text));
  const failure = judgeFirst(status, texts, recipient.category);
  const diagnostic = poor ? (texts[0] ?? '') : recipient.diagnostic;
  const delayed = action === 'delayed' || action === 'deferred' || (action === '' && isDelayed(mail, notice));
  return { ...base, ...(delayed ? pending(failure) : failure), diagnostic: diagnostic.slice(0, 500), delayed };
}
