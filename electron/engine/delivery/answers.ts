import type { AnswerClass } from '../../../shared/schemas/delivery.ts';
import type { SmtpAnswer } from '../ports.ts';

export interface AnswerVerdict {
  readonly permanent: boolean;
  readonly class: AnswerClass;
  /** Only plain "no such user" suppresses a person; sender-side wording vetoes it. */
  readonly suppress: boolean;
  /** Whose problem it is: what is paused or backed off. */
  readonly scope: 'mailbox' | 'domain' | 'message' | 'recipient';
}

const unknownUser =
  /user (is )?(unknown|not found)|unknown (user|recipient|mailbox|local part)|no such (user|recipient|mailbox|address|account)|(mailbox|address|account|recipient|user)( address)?( .{0,60})? (does not exist|doesn't exist|not found|unknown|is invalid)|recipient (address )?(rejected: (user|undeliverable|unverified|unknown)|not found)|invalid (recipient|mailbox)|no mailbox (here )?by that name|not a valid (mailbox|user|recipient)|doesn't have .{0,40} account/i;
const mailboxFull =
  /(mailbox|inbox|user|account|recipient).{0,40}(is )?(full|over ?quota|out of storage|exceeded.{0,20}(quota|storage))|quota (exceeded|full)|insufficient (storage|disk)/i;
const disabled = /(account|mailbox|user|recipient).{0,40}(disabled|inactive|suspended|locked|deactivated|closed|discontinued)/i;
const login =
  /authenticat(e|ion) (required|failed|credentials)|bad credentials|invalid (login|credentials)|username and password not accepted|authentication unsuccessful|must issue a starttls|login (required|failed)/i;
const senderAuth = /\b(spf|dkim|dmarc)\b|reverse dns|ptr record|unauthenticated (email|mail)|not authorized to send.{0,40}domain/i;
const senderRefused =
  /sender (address )?(rejected|refused|denied|not allowed)|not (owned|allowed|permitted) (by|to send).{0,40}(user|as)|(mail )?from.{0,20}(denied|rejected|not allowed)|client host rejected|5\.7\.60/i;
const limits =
  /\brate\b|too many|daily (user )?(sending )?(limit|quota)|(sending|message|hourly|daily) (limit|quota)|limit exceeded|throttl|try again later.{0,40}(many|limit)|quota.{0,20}(sending|messages)|exceeded the.{0,40}(limit|quota)/i;
const greylist = /gr[ea]y-?list|postgrey|try again (in|after) \d+ ?(s|m)|temporarily (deferred|rejected).{0,60}first/i;
const relay = /relay(ing)? (access )?(denied|not permitted|not allowed)|unable to relay|we do not relay|relaying/i;
const policy = /spam|policy|blocked|block ?list|black ?list|reputation|blacklisted|content (rejected|filter)|virus|banned|denied|refused|prohibited|unsolicited|abuse|dnsbl|rbl/i;
const tooBig = /(message|size).{0,30}(too (big|large)|exceeds)|message size|maximum size/i;

/**
 * Classifies a live SMTP answer (RFC 5321 section 4.2, RFC 3463). The reply code decides permanence; text and enhanced
 * code decide the class, and plain wording beats the code both ways (DESIGN section 6).
 */
export function classifyAnswer(answer: SmtpAnswer): AnswerVerdict {
  const permanent = answer.code >= 500;
  const name = answerClass(answer);
  return { permanent, class: name, suppress: permanent && name === 'unknown_recipient', scope: scopeOf(name, answer) };
}

function answerClass({ code, enhanced, text }: SmtpAnswer): AnswerClass {
  const detail = enhanced?.slice(2) ?? '';
  if (code === 535 || code === 534 || code === 530 || code === 538 || login.test(text)) return 'smtp_login';
  if (greylist.test(text)) return 'greylist';
  if (unknownUser.test(text) && !senderRefused.test(text) && !limits.test(text)) return 'unknown_recipient';
  if (mailboxFull.test(text) || detail === '2.2') return 'mailbox_full';
  if (disabled.test(text) || detail === '2.1') return 'mailbox_disabled';
  if (relay.test(text)) return 'relay_denied';
  if (senderAuth.test(text)) return 'auth';
  if (tooBig.test(text) || code === 552 || detail === '3.4') return 'message_too_big';
  if (senderRefused.test(text) || detail === '1.7' || detail === '1.8') return 'sender_refused';
  if (limits.test(text) || detail === '4.5') return 'rate_limit';
  if (policy.test(text) || detail.startsWith('7.')) return 'policy_block';
  if (detail === '1.1' || detail === '1.2' || detail === '1.3' || detail === '1.6' || detail === '1.10') return 'unknown_recipient';
  if (code === 500 || code === 501 || code === 502 || code === 503 || code === 504 || code === 555 || detail.startsWith('5.')) return 'protocol';
  if (code >= 400 && code < 500) return 'temporary';
  return code === 550 && detail === '' && /user|mailbox|recipient/i.test(text) ? 'mailbox_disabled' : 'other';
}

function scopeOf(name: AnswerClass, answer: SmtpAnswer): AnswerVerdict['scope'] {
  switch (name) {
    case 'smtp_login':
    case 'sender_refused':
    case 'relay_denied':
    case 'auth':
      return 'mailbox';
    case 'rate_limit':
      return /(recipient|destination|this) (domain|host|server)/i.test(answer.text) ? 'domain' : 'mailbox';
    case 'policy_block':
      return answer.code >= 500 ? 'mailbox' : 'domain';
    case 'greylist':
    case 'temporary':
      return 'domain';
    case 'unknown_recipient':
    case 'mailbox_full':
    case 'mailbox_disabled':
      return 'recipient';
    case 'message_too_big':
    case 'protocol':
    case 'other':
      return 'message';
  }
}
