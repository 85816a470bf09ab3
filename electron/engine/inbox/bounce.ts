import type { AnswerClass } from '../../../shared/schemas/delivery.ts';
import { classifyAnswer } from '../delivery/index.ts';
import { headerOf, type InboundMail } from './mail.ts';
import { isFromMailSystem, readDeliveryReport, readReturnedHeaders, type ReturnedMessage } from './report.ts';

/** hard = the address or host is permanently no good; soft = this time; block = about the sender; none = delivered after all. */
export type BounceKind = 'hard' | 'soft' | 'block' | 'none';

export interface BounceRecipient {
  readonly address: string;
  readonly kind: BounceKind;
  readonly class: AnswerClass;
  readonly status: string | null;
  readonly diagnostic: string;
  /** The server is still trying: nothing is final. */
  readonly delayed: boolean;
}

export interface Bounce {
  readonly recipients: readonly BounceRecipient[];
  readonly returned: ReturnedMessage | null;
  /** Whether it is a machine-readable report or was read from text. */
  readonly structured: boolean;
}

const hostUnknown =
  /domain is not reachable|host (or domain name )?(not found|unknown|lookup failed)|(unknown|bad|invalid|illegal) (destination )?(host|domain)|domain (name )?(does not exist|doesn't exist|not found|lookup failed|isn't in my list)|no such (host|domain)|name or service not known|nxdomain|couldn'?t find any host|unrouteable (mail )?domain|all relevant mx records point to non-existent|(domain|host).{0,40}(does not|doesn't) (accept|receive) (e-?)?mail|null ?mx|accepts no mail|no mail (server|host|exchanger) for/i;
const userMoved =
  /(has|have) (moved|left)|no longer (works?|employed|with (us|the)|valid|active|available|in use|monitored|exists?|accept)|left the (company|organi[sz]ation)|moved to (another|a new)|retired address/i;
const userUnknown =
  /non-?existent (user|recipient|mailbox|address)|no (mail ?box|mail box) available|no mailbox (here )?by that name|address not found|requested action not taken: (mailbox unavailable|no such)|unrouteable address|not our customer|isn'?t (a )?(valid|known)|address (error|couldn'?t be found|not present|unknown)|(user|mailbox|account|recipient|address)[^.\n]{0,40}(not (exist|listed|known|recogni[sz]ed|present)|nicht (gefunden|bekannt))|unknown (address|account|or illegal alias|or invalid)|could not be found|no (such )?(account|inbox|user) (by|with|here)|wasn't found at|couldn't be found|(empf.nger|benutzer|adresse).{0,40}(unbekannt|existiert nicht)|(utilisateur|adresse|destinataire).{0,30}(inconnu|n.existe pas)|usuario desconocido|no existe|resolver\.adr\.(recipnotfound|exrecipnotfound|recipientnotfound)|recipnotfound|does not like recipient|invalid (address|user|mailbox)|user (doesn'?t|does not) (have|exist)|undeliverable address|recipient address rejected: access denied|does not match any (user|recipient)|mailbox does not exist/i;
const full =
  /(mailbox|mail box|inbox|postfach|bo[iî]te|quota|disk).{0,40}(is )?(full|exceed|voll|pleine|over)|over (its |their |the )?(disk )?quota|(exceed|excede)[a-z]* .{0,30}(quota|storage)|out of disk|not enough (disk )?space|full mailbox|quotaexceeded|mailboxfull/i;
const disabled = /disabled|suspended|inactive|locked|deactivated/i;
const timeOut =
  /timed? ?out|could not be delivered within|retry timeout exceeded|delivery (time ?out|expired|has been delayed)|too long in queue|expired|i'?m not going to try again|connection (refused|reset|dropped|lost)|no route to host|network (is )?unreachable|host (is )?(down|unreachable)|temporar(y|ily)|try(ing)? again later|could not connect|queue lifetime|unable to contact|cannot connect/i;
const policy =
  /spam|junk|policy|polic(y|ies)|block(ed|list)|black ?list|reputation|\b(dnsbl|rbl|spamhaus|barracuda|spamcop)\b|content (was )?(rejected|filter|denied)|virus|malware|infected|banned|prohibited|unsolicited|bulk mail|not permitted|access denied|refused by|rejected (by|due|for)|message (was )?(rejected|refused)|suspicious|phish|attachment|requires confirmation|mail re[jg]e[ct]t?e[d ]|pre-approved/i;
const systemTrouble =
  /(mail )?loop|too many hops|hop count|routing loop|out of memory|system (error|incorrectly configured|not accepting)|i\/o error|internal error|configuration error|mail system.{0,20}(problem|full)/i;
/** Sender-side wording: whatever the code says, such an answer is not about the person. */
const senderSide =
  /spamhaus|spamcop|barracuda|\b(dnsbl|rbl)\b|block ?list|black ?list|sender (address )?(rejected|refused|denied|not|verify|unknown|does)|from address|envelope sender|sending (limit|rate|quota|domain|ip)|your (ip|domain|server|host|network|sender)\b|host network not allowed|client host|\[?\d{1,3}(\.\d{1,3}){3}\]? (is )?(listed|blocked)|daily (limit|quota|user)|rate limit|reputation|\b(spf|dkim|dmarc)\b|\brelay(ing)?\b|authentication/i;

const delayedNotice =
  /(delivery|message|mail|notification).{0,60}(delay|warning|still (being )?(retried|trying|queued|undelivered))|warning: (message|could not|unable|mail)|could not send message for (the )?past|has not (yet )?been delivered|will (keep trying|continue to (be )?(retr|tr|attempt)|be (retried|attempted))|you do not need to resend|no action is required on your part|verz.gert|retard(é|ée)|\(failure\) still/i;
const finalFailure =
  /permanent (fatal )?(error|failure)|(could|can) ?not be delivered|undeliverable|gave up|giving up|failed permanently|delivery (has )?failed|returned (mail|to sender)|i'?m not going to try again|not be retried|final failure/i;

/**
 * What one recipient's failure means. Wording beats the code both ways (DESIGN section 6): "user unknown" behind a
 * 5.7.1 is a bad address, sender-side wording behind a 5.1.x is not.
 */
export function judgeFailure(status: string | null, diagnostic: string): { kind: BounceKind; class: AnswerClass } {
  // Addresses can spell any word, links as well; typographic apostrophes; and "automatically generated", in which word lists find a "rate".
  const text = diagnostic
    .replace(/<?[^\s<>,;:()]+@[^\s<>,;:()]+>?/g, '<>')
    .replace(/https?:\S+/g, '')
    .replace(/[‘’]/g, "'")
    .replace(/automatically generated|generated automatically/gi, '');
  const code = Number(/(?:^|[^\d.])([45]\d\d)(?=[ -]|$)/.exec(text)?.[1] ?? (status?.startsWith('4') === true ? 450 : 550));
  const enhanced = /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? status;
  const permanent = (status ?? enhanced)?.startsWith('4') !== true && code >= 500;
  const detail = enhanced?.slice(2) ?? '';
  const veto = senderSide.test(diagnostic.replace(/<?[^\s<>,;:()]+@[^\s<>,;:()]+>?/g, '<>'));
  if (full.test(text) || detail === '2.2') return { kind: 'soft', class: 'mailbox_full' };
  if (!veto && hostUnknown.test(text)) return permanent ? { kind: 'hard', class: 'unknown_recipient' } : { kind: 'soft', class: 'temporary' };
  const live = classifyAnswer({ code, enhanced, text: text.replace(/^\s*[45]\d\d[ -]/, '') });
  if (
    !veto &&
    (userUnknown.test(text) || userMoved.test(text) || live.class === 'unknown_recipient' || detail === '1.1' || detail === '1.10') &&
    (detail === '1.1' || detail === '1.10' || !disabled.test(text))
  ) {
    return permanent ? { kind: 'hard', class: 'unknown_recipient' } : { kind: 'soft', class: 'temporary' };
  }
  if (disabled.test(text) && /mailbox|account|user|recipient|address/i.test(text) && !veto) return { kind: 'soft', class: 'mailbox_disabled' };
  if (systemTrouble.test(text) || detail === '4.6') return { kind: 'soft', class: 'temporary' };
  switch (live.class) {
    case 'mailbox_full':
    case 'mailbox_disabled':
    case 'message_too_big':
    case 'rate_limit':
    case 'greylist':
    case 'temporary':
      return { kind: 'soft', class: live.class };
    case 'policy_block':
    case 'auth':
    case 'sender_refused':
    case 'relay_denied':
    case 'smtp_login':
      return timeOut.test(text) && !policy.test(text) ? { kind: 'soft', class: 'temporary' } : { kind: 'block', class: live.class };
    case 'unknown_recipient':
      // Only vetoed ones come here: the code says bad address, the words say sender.
      return { kind: 'block', class: 'policy_block' };
    case 'protocol':
      return { kind: 'block', class: 'protocol' };
    case 'other':
      break;
  }
  if (timeOut.test(text) || detail === '4.7' || detail === '4.1') return { kind: 'soft', class: 'temporary' };
  if (policy.test(text)) return { kind: 'block', class: 'policy_block' };
  if (!veto && (detail === '4.4' || detail === '1.2') && permanent) return { kind: 'hard', class: 'unknown_recipient' };
  return { kind: 'soft', class: 'other' };
}

/** Reads a bounce or a delayed notice. Null when the message is neither. */
export function readBounce(mail: InboundMail): Bounce | null {
  const report = readDeliveryReport(mail);
  if (report !== null && report.recipients.length > 0) {
    const recipients = report.recipients.map((recipient): BounceRecipient => {
      const { address, action, status } = recipient;
      const success = action === 'delivered' || action === 'relayed' || action === 'expanded' || (action === '' && status?.startsWith('2') === true);
      const delayed = action === 'delayed';
      if (success) return { address, kind: 'none', class: 'other', status, diagnostic: recipient.diagnostic, delayed: false };
      // A bare "5.x.x" says nothing that the words of the notice do not say better.
      const own = recipient.diagnostic.replace(/[\d.\s-]/g, '').length > 8 ? recipient.diagnostic : `${recipient.diagnostic} ${wordsAround(mail.text, address)}`.trim();
      return { address, ...judgeFailure(status, own), status, diagnostic: recipient.diagnostic === '' ? own.slice(0, 500) : recipient.diagnostic, delayed };
    });
    return { recipients, returned: report.returned, structured: true };
  }
  return readTextBounce(mail);
}

/** The lines of a notice that speak of an address, else its beginning. */
function wordsAround(text: string, address: string): string {
  const notice = withoutReturned(text);
  const at = address === '' ? -1 : notice.toLowerCase().indexOf(address);
  return (at === -1 ? notice.slice(0, 1500) : notice.slice(Math.max(0, at - 100), at + 600)).replace(/\s+/g, ' ').trim();
}

const returnedMarker =
  /^[-> *]*(this is a copy of (the|your) message|below this line is a copy|-+ ?(original|returned|forwarded) message|returned message (follows|below)|the (headers|text|body) of (the|your) (original|message)|original message (headers|follows|below)|message header(s)? follow|-+ ?this is a copy|--- below this line|urspr.ngliche nachricht|unsent message follows|return-path:|received:)/im;

function withoutReturned(text: string): string {
  const found = returnedMarker.exec(text);
  return found === null ? text : text.slice(0, found.index);
}

const bounceSubject =
  /undeliver|failure notice|returned mail|mail delivery (failed|failure|system)|delivery (status )?notification|delivery (failure|failed|has failed|problem|report|error)|(message|mail) (delivery )?(could not be|not) delivered|failed mail|non[- ]?(delivery|remis)|mail system error|message status|nicht zustellbar|unzustellbar|zustellung|échec|avis de non|onbestelbaar|no se (ha )?(podido|pudo) entregar|mancata consegna|delayed mail|warning: (message|mail|could)|e-?mail rejected|message (rejected|undelivered)|rejected:|bounce/i;
const failureLine = /(?:^|\s)([45]\d\d)[ -](?!\d{3})(?:#?([45]\.\d{1,3}\.\d{1,3})\s)?\S/;

function readTextBounce(mail: InboundMail): Bounce | null {
  const fromSystem = isFromMailSystem(mail) || /^<\s*>$/.test(headerOf(mail, 'return-path'));
  const subject = bounceSubject.test(mail.subject);
  if (!fromSystem || headerOf(mail, 'list-id') !== '') return null;
  const notice = withoutReturned(mail.text);
  const returnedText = mail.text.slice(notice.length);
  const failedHeader = headerOf(mail, 'x-failed-recipients');
  const flat = notice.replace(/\s+/g, ' ');
  const failure = failureLine.exec(notice);
  if (!subject && failedHeader === '' && failure === null && !finalFailure.test(flat)) return null;
  // A complaint, an answer of a person at postmaster or an automatic reply has none of the marks of a failed delivery.
  if (
    failedHeader === '' &&
    failure === null &&
    !finalFailure.test(flat) &&
    !delayedNotice.test(flat) &&
    !userUnknown.test(flat) &&
    !hostUnknown.test(flat) &&
    !full.test(flat) &&
    !/delivered|zugestellt|distribu|unable to deliver|not deliver/i.test(flat)
  )
    return null;
  const returned = returnedOf(mail, returnedText);
  const addresses =
    failedHeader === ''
      ? addressesIn(notice, mail, returned)
      : failedHeader
          .split(/[\s,]+/)
          .filter((part) => part.includes('@'))
          .map((part) => part.toLowerCase().replace(/[<>]/g, ''));
  const delayed = delayedNotice.test(`${mail.subject} ${flat}`) && !/not going to try again|permanent (fatal )?(error|failure)|gave up|giving up/i.test(flat);
  const recipients = (addresses.length === 0 ? [''] : addresses.slice(0, 50)).map((address): BounceRecipient => {
    const words = address === '' ? flat.slice(0, 2000) : sectionOf(notice, address, addresses);
    const status = /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(words)?.[1] ?? null;
    return { address, ...judgeFailure(status, words), status, diagnostic: diagnosticOf(words), delayed };
  });
  return { recipients, returned, structured: false };
}

function returnedOf(mail: InboundMail, text: string): ReturnedMessage | null {
  const part = mail.parts.find(({ mimeType }) => /rfc822/.test(mimeType));
  if (part !== undefined) return readReturnedHeaders(part.content);
  const start = /^[> ]*(return-path|received|message-id|from|date|to|subject|mime-version|dkim-signature):/im.exec(text);
  return start === null ? null : readReturnedHeaders(text.slice(start.index).replace(/^> ?/gm, ''));
}

function addressesIn(notice: string, mail: InboundMail, returned: ReturnedMessage | null): string[] {
  const ours = new Set(mail.to.map(({ address }) => address));
  const found = new Set<string>();
  for (const match of notice.matchAll(/[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]+\.[a-z]{2,}/gi)) {
    const address = match[0].toLowerCase().replace(/^['.]+|[.']+$/g, '');
    if (ours.has(address) || address === mail.from.address || /^(postmaster|mailer-daemon|abuse|support|helpdesk|webmaster)@/.test(address)) continue;
    found.add(address);
  }
  const to = returned?.to.filter((address) => found.has(address)) ?? [];
  if (to.length > 0) return to;
  return found.size > 0 ? [...found].slice(0, 1) : (returned?.to.slice(0, 1) ?? []);
}

/** From the address to the next one: one recipient's words never judge another. */
function sectionOf(notice: string, address: string, all: readonly string[]): string {
  const lower = notice.toLowerCase();
  const start = lower.indexOf(address);
  if (start === -1) return notice.replace(/\s+/g, ' ').slice(0, 2000);
  const next = all
    .filter((other) => other !== address)
    .map((other) => lower.indexOf(other, start + address.length))
    .filter((at) => at !== -1);
  const end = Math.min(notice.length, start + 2000, ...next);
  const own = notice.slice(start, end).replace(/\s+/g, ' ');
  const before = all.length === 1 ? notice.slice(Math.max(0, start - 1200), start).replace(/\s+/g, ' ') : '';
  return own.length - address.length > 25 && /[a-z]{4}/i.test(own.slice(address.length)) ? (all.length === 1 ? `${own} ${before}` : own) : `${own} ${before}`.trim();
}

function diagnosticOf(words: string): string {
  const at = failureLine.exec(words);
  return (at === null ? words : words.slice(at.index)).trim().slice(0, 500);
}
