import table from '../../../resources/bounce-phrases.json' with { type: 'json' };
import type { Bounce, BounceRecipient } from './bounce.ts';
import { judgeFirst } from './failure.ts';
import { headerOf, type InboundMail } from './mail.ts';
import { hasNullPath, isFromMailSystem, readReturned, readReturnedHeaders, type ReturnedMessage } from './report.ts';
import { fold } from '../lib/fold.ts';
import { phrases } from './words.ts';

const subjectWords = phrases(table.notice.subject);
const failedWords = phrases(table.notice.failed);
const delayedWords = phrases(table.notice.delayed);
const finalWords = phrases(table.notice.final);
const deliveredWords = phrases(table.notice.delivered);

/** Longest notice that is read, characters; the reason stands before the returned mail. */
const noticeCap = 12_000;

/** Where the notice ends and the returned mail begins, on a line of its own. */
const returnedMarker =
  /^[-> *=_]{0,80}(this is a copy( of (the|your) message)?|below (this line )?is a copy|below this line|(the |here is the |here are the )?(headers?|text|body|first lines?|copy) of (the|your) (original |returned |undelivered )?(message|mail)|(the )?(original|returned|forwarded|undelivered|unsent|attached) (mail|message|e-?mail)( (info|text|headers?|follows|below|is attached|is below))?[ \t:.=*_-]{0,80}\r?$|message headers? follow|unsent message|urspr.{1,6}ngliche nachricht|message d.origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|oryginalna wiadomo|ursprungligt meddelande|oprindelig|opprinnelig|исходное сообщение|原始邮件|元のメール|元のメッセージ|원본 메시지|return-path:|received:|x-original-to:|dkim-signature:|mime-version:)/im;

/** A server's answer as notices quote it: `550 5.1.1 …`, `#5.1.1`, `<<< 550 …`. */
const answerLine = /(?:^|[\s(#:;<])([45]\d\d)[ -](?!\d{3}\b)(?:#?[45]\.\d{1,3}\.\d{1,3}\b)?|#[45]\.\d{1,3}\.\d{1,3}\b/;

/** The mail system's own words, without the returned mail. */
export function noticeOf(mail: InboundMail): string {
  const texts = [mail.text, ...mail.parts.filter(({ mimeType }) => !/rfc822|delivery-status|^(image|application|audio|video)/.test(mimeType)).map(({ content }) => content)].map(
    (text) => text.slice(0, returnedAt(text)).slice(0, noticeCap),
  );
  // A part with a broken header hides the notice behind the returned mail's text.
  return texts.find((text) => text.trim() !== '' && (failedWords.test(fold(text)) || answerLine.test(text))) ?? texts[0] ?? '';
}

function returnedAt(text: string): number {
  const found = returnedMarker.exec(text);
  // A notice that begins with such a line says everything after it.
  return found === null || text.slice(0, found.index).trim() === '' ? text.length : found.index;
}

/** Whether the server is still trying: only its own word that it goes on counts, and a word that it gave up beats it. */
export function isDelayed(mail: InboundMail, notice: string): boolean {
  const flat = fold(notice);
  return delayedWords.test(`${fold(mail.subject)} . ${flat}`) && !finalWords.test(flat);
}

/** Reads a bounce in the mail system's own words (no RFC 3464 fields). Null when the message is none. */
export function readNotice(mail: InboundMail): Bounce | null {
  if (headerOf(mail, 'list-id') !== '') return null;
  const notice = noticeOf(mail);
  const flat = fold(notice);
  const subject = fold(mail.subject);
  const failedHeader = (mail.headers.get('x-failed-recipients') ?? []).join(' ');
  const evidence = {
    report: /report-type="?delivery-status/.test(mail.contentType) || failedHeader !== '',
    sender: isFromMailSystem(mail) || hasNullPath(mail),
    daemon: /^mailer-?daemon(@|$)/i.test(mail.from.address),
    robot: /^(no-?reply|do-?not-?reply|noreply|admin|system|mailadmin|root)\b/i.test(mail.from.address) || mail.from.address === '',
    subject: (subjectWords.test(subject) || delayedWords.test(subject)) && !/^(re|aw|fwd?|wg|sv|vs|tr|rv|odp|ynt|antw|i|enc)\s?: /.test(subject),
    words: failedWords.test(flat) || delayedWords.test(flat),
    answer: answerLine.test(notice),
    returned: returnedIn(mail) !== null,
  };
  if (deliveredWords.test(subject) || (deliveredWords.test(flat.slice(0, 600)) && !evidence.answer && !finalWords.test(flat)))
    return evidence.sender || evidence.report ? deliveredTo(mail, notice) : null;
  if (!isNotice(evidence) || isChallenge(mail)) return null;
  const returned = returnedIn(mail);
  const headed = failedHeader.split(/[\s,<>]+/).filter((part) => part.includes('@'));
  const addresses = headed.length > 0 ? [...new Set(headed.map((address) => address.toLowerCase()))] : noticeAddresses(mail, notice, returned);
  const delayed = isDelayed(mail, notice);
  const recipients = (addresses.length === 0 ? [''] : addresses.slice(0, 50)).map((address): BounceRecipient => {
    const { own, all } = wordsAbout(notice, address, addresses);
    const [answer] = answersIn(own);
    const status = /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(answer ?? own)?.[1] ?? /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(own)?.[1] ?? null;
    // Many systems name the cause in the subject only.
    let failure = judgeFirst(status, [...answersIn(own), own, all, `${all} . ${mail.subject}`]);
    if (delayed && failure.kind !== 'soft')
      failure = {
        kind: 'soft',
        class: failure.class === 'unknown_recipient' ? 'temporary' : failure.class,
        expired: false,
      };
    return {
      address,
      originalAddress: null,
      ...failure,
      status,
      diagnostic: (answer ?? own).slice(0, 500),
      delayed,
    };
  });
  return { recipients, returned, structured: false };
}

/** Two marks of a mail system at least; a person who only speaks of failures has one. */
function isNotice(evidence: Record<'report' | 'sender' | 'daemon' | 'robot' | 'subject' | 'words' | 'answer' | 'returned', boolean>): boolean {
  const { report, sender, daemon, robot, subject, words, answer, returned } = evidence;
  if (report || (daemon && words)) return true;
  if (sender) return subject || (words && (answer || returned)) || (answer && returned);
  if (robot) return words && (subject || answer || returned);
  return subject && words && (answer || returned);
}

/** A server or program that wants the sender to prove to be human delivers afterwards: no failure. */
export function isChallenge(mail: InboundMail): boolean {
  if (/^(mailer-?daemon|postmaster)@/i.test(mail.from.address)) return false;
  const notice = noticeOf(mail);
  if (answerLine.test(notice)) return false;
  return /\b(click|visit|follow|reply|confirm|press|open)\b[^.]{0,160}(deliver (your|this|the)|to (be|have [^.]{0,40}) (added|delivered|released)|verify (that )?you|guest list|approve|whitelist|your message (will|to))|waitlisted|sender (address )?(verification|confirmation) (request|required)|awaiting (your )?(confirmation|verification)|prove (that )?you('re| are) (a )?human|one[- ]time (confirmation|verification)/.test(
    fold(notice),
  );
}

function deliveredTo(mail: InboundMail, notice: string): Bounce {
  const returned = returnedIn(mail);
  const [address = ''] = noticeAddresses(mail, notice, returned);
  return {
    recipients: [
      {
        address,
        originalAddress: null,
        kind: 'none',
        class: 'other',
        status: null,
        diagnostic: '',
        delayed: false,
        expired: false,
      },
    ],
    returned,
    structured: false,
  };
}

function returnedIn(mail: InboundMail): ReturnedMessage | null {
  const part = readReturned(mail);
  if (part !== null) return part;
  const text = mail.text.slice(returnedAt(mail.text), 100_000);
  const start = /^[> ]{0,8}(return-path|received|message-id|from|date|to|subject|mime-version|dkim-signature):/im.exec(text);
  if (start !== null) return readReturnedHeaders(text.slice(start.index).replace(/^> ?/gm, ''));
  const loose = mail.parts.find(({ mimeType, content }) => mimeType.startsWith('text/') && /^(return-path|received|message-id):/im.test(content.slice(0, 4000)));
  return loose === undefined ? null : readReturnedHeaders(loose.content);
}

const addressPattern = /[a-z0-9!#$%&'*+/=?^_`{|}~.\u00c0-\u024f\u0370-\u052f-]{1,64}@[a-z0-9\u00c0-\u024f\u0370-\u052f.-]{1,255}/giu;

/** Words right before an address that a notice is about. */
const introduces =
  /(recipient|recipients|rcpt to|addressed to|address|addresses|user|mailbox|delivered to|deliver(ed|y)? (this |your |the )?(mail |message )?to|undeliverable to|sent to|send to|message to|reach(ed)?|kept|failed for|empf.nger|destinataire|destinatario|indirizzo|odbiorc\S{0,3}|ontvanger|адресат\S{0,2}|получател\S{0,2}|收件人|宛先|수신자|an|a|à|do|to)\S{0,4}[\s:<("'\[]{0,8}$/iu;
/** Lines that name the sender, the reporter or a helpdesk. */
const elsewhere =
  /(^|\b)(mail from|from|sender|reply-?to|return-?path|contact|postmaster|assistance|help|support|questions?|absender|exp.diteur|remitente|mittente|отправител\S{0,2}|发件人)\b[^@\n]{0,60}$/iu;

/** The addresses a notice is about, in its order: at the start of a line, or introduced by a word like "recipient". */
export function noticeAddresses(mail: InboundMail, notice: string, returned: ReturnedMessage | null): string[] {
  const ours = new Set(mail.to.map(({ address }) => address));
  const weights = new Map<string, number>();
  for (const line of notice.split('\n').slice(0, 400)) {
    for (const found of line.slice(0, 2000).matchAll(addressPattern)) {
      if (weights.size >= 200) break;
      const address = found[0].toLowerCase().replace(/^['.`]+|['.`]+$/g, '');
      if (!/^[^@]+@[^@]*[^@.-]$/.test(address)) continue;
      const before = line.slice(Math.max(0, found.index - 120), found.index);
      const after = line.slice(found.index + found[0].length, found.index + found[0].length + 40);
      const weight = weigh(before, after, address) + (returned?.to.includes(address) === true ? 2 : 0) - (ours.has(address) ? 2 : 0) - (address === mail.from.address ? 3 : 0);
      weights.set(address, Math.max(weights.get(address) ?? -9, weight));
    }
  }
  const strong = [...weights].filter(([, weight]) => weight >= 3).map(([address]) => address);
  if (strong.length > 0) return strong;
  const best = [...weights].filter(([address, weight]) => weight > 0 || (weight >= 0 && !ours.has(address))).sort((a, b) => b[1] - a[1])[0]?.[0];
  if (best !== undefined) return [best];
  const [to] = returned?.to ?? [];
  if (to !== undefined) return [to];
  return [...weights]
    .filter(([, weight]) => weight > -3)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 1)
    .map(([address]) => address);
}

function weigh(before: string, after: string, address: string): number {
  if (/^(mailer-daemon|abuse|helpdesk|webmaster|hostmaster)@/.test(address)) return -4;
  const role = /^(postmaster|support|help|info|admin|administrator|contact|service)@/.test(address) ? 1 : 0;
  if (elsewhere.test(before)) return -3;
  if (/^[\s>*•·"'`(<\[-]{0,40}$/.test(before))
    return (/^[>)\]"'`;,]{0,3}\s{0,4}$/.test(after) ? 5 : /^[>)"'`]{0,3}\s{0,4}(:|\.\.\.|\(|\[|on |-|,|;|is |was |has |unknown|failed|error|not )/i.test(after) ? 4 : 2) - role;
  if (/rcpt to:?\s{0,3}<?$|to:\s{0,3}<?$/i.test(before)) return 3;
  return introduces.test(before) ? 3 - role : 0;
}

/**
 * The words of a notice that tell one recipient's fate: `own` from the address to the next one, `all` with what stands
 * before, only where a single recipient or a bare list is named. One recipient's words never judge another.
 */
export function wordsAbout(notice: string, address: string, named: readonly string[]): { own: string; all: string } {
  const lower = notice.toLowerCase();
  const start = address === '' ? -1 : lower.indexOf(address);
  if (start === -1)
    return {
      own: flatten(notice).slice(0, 3000),
      all: flatten(notice).slice(0, 3000),
    };
  const others = named.filter((other) => other !== address);
  const next = others.map((other) => lower.indexOf(other, start + address.length)).filter((at) => at !== -1);
  const own = flatten(notice.slice(start, Math.min(notice.length, start + 2000, ...next)));
  const bare = !/[a-z]{4}/i.test(own.slice(address.length));
  if (others.length > 0 && !bare) return { own, all: own };
  const around = others.length > 0 ? notice.replace(addressPattern, '') : notice.slice(Math.max(0, start - 1500), start);
  return { own, all: `${own} . ${flatten(around).slice(-2500)}` };
}

const flatten = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What remote servers said, best first: sendmail's "(reason: …)", then "<<<" and "said:", then any answer. */
export function answersIn(words: string): string[] {
  const found = [
    /\(reason: ([45]\d\d[^)]{3,500})\)/,
    /<<< (?![45]\d\d [45]\.5\.1 |503 )([45]\d\d[ -].{3,500})/,
    /\b(?:said|response|error|was|answer|reply|reason)\s?: ?(?:\S{0,60} )?([45]\d\d[ -].{3,500})/i,
    /(?:^|[\s:(])([45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?.{3,500})/,
  ].map((pattern) => pattern.exec(words)?.[1]?.split(/ (?:<<<|>>>) /)[0]);
  return [...new Set(found.filter((answer) => answer !== undefined))];
}
