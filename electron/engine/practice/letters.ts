import { day } from '../lib/clock.ts';
import { seedFrom, seededRandom } from '../lib/random.ts';
import type { Reaction } from './personality.ts';

/** What is kept of a mail that a simulated recipient got: all that an answer needs. */
export interface ReceivedMail {
  readonly messageId: string;
  readonly references: readonly string[];
  readonly subject: string;
  readonly from: { readonly name: string; readonly address: string };
  readonly to: { readonly name: string; readonly address: string };
  readonly text: string;
  /** The mailto of List-Unsubscribe (RFC 2369), without angle brackets. */
  readonly unsubscribeMailto: string | null;
  readonly sentAt: number;
}

const practiceHost = 'practice.example.com';

/** Writes what the recipient sends back as an RFC 5322 message, dated `at` (UTC ms of workspace time). */
export function writeReaction(kind: Reaction['kind'], mail: ReceivedMail, at: number): string {
  if (kind === 'bounce') return writeBounce(mail, at);
  if (kind === 'away') return writeAbsence(mail, at);
  if (kind === 'unsubscribes') return writeUnsubscribe(mail, at);
  return compose(mail, at, { subject: replySubject(mail.subject), body: `${pick(replies[kind], mail)(firstName(mail.from.name), firstName(mail.to.name))}\n\n${quote(mail)}` });
}

type Text = (them: string, me: string) => string;
const replies: Record<'positive' | 'question' | 'opts_out' | 'thanks', readonly Text[]> = {
  positive: [
    (them, me) => `Hi ${them},\n\nthis sounds interesting. Could we talk on Thursday afternoon?\n\nBest regards\n${me}`,
    (them, me) => `Hello ${them},\n\nyes, please send me a few times that suit you next week.\n\n${me}`,
    (them, me) => `Thanks for following up, ${them}. We are looking at exactly this at the moment, so the timing is good. Call me any time.\n\n${me}`,
  ],
  question: [
    (them, me) => `Hi ${them},\n\nwhat does it cost for a team of twelve?\n\n${me}`,
    (them, me) => `Hello ${them},\n\ndoes this also work with our own mail server, and where is the data kept?\n\nKind regards\n${me}`,
  ],
  opts_out: [(_them, me) => `Please remove me from your list.\n\n${me}`, (them, me) => `Not interested, please unsubscribe me. Thank you, ${them}.\n\n${me}`],
  thanks: [(them, me) => `Thank you, ${them}. I will have a look and come back to you.\n\n${me}`],
};

function pick<T>(texts: readonly T[], mail: ReceivedMail): T {
  const chosen = texts[Math.floor(seededRandom(seedFrom(mail.to.address))() * texts.length)];
  if (chosen === undefined) throw new Error('A kind of reply without a text');
  return chosen;
}

function writeAbsence(mail: ReceivedMail, at: number): string {
  const days = 2 + Math.floor(seededRandom(seedFrom(mail.to.address))() * 4);
  const back = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(at + days * day);
  return compose(mail, at, {
    subject: `Automatic reply: ${mail.subject}`,
    headers: ['Auto-Submitted: auto-replied', 'X-Auto-Response-Suppress: All'],
    body: `Hello,\n\nI am out of the office and will be back on ${back}. I do not read mail meanwhile.\n\n${mail.to.name}`,
  });
}

function writeUnsubscribe(mail: ReceivedMail, at: number): string {
  const [address, query] = (mail.unsubscribeMailto ?? '').replace(/^mailto:/i, '').split('?');
  const subject = new URLSearchParams(query ?? '').get('subject') ?? 'unsubscribe';
  return lines([
    ...head(mail, at, 'u'),
    `To: <${decodeURIComponent(address === undefined || address === '' ? mail.from.address : address)}>`,
    `Subject: ${encodeHeader(subject)}`,
    ...textPart(''),
  ]);
}

/** A delivery status notification (RFC 3464) that comes some time after the server had accepted the mail. */
function writeBounce(mail: ReceivedMail, at: number): string {
  const boundary = `=_report_${seedFrom(mail.messageId).toString(16)}`;
  const diagnostic = `550 5.1.1 <${mail.to.address}>: Recipient address rejected: User unknown`;
  return lines([
    'Return-Path: <>',
    `Date: ${mailDate(at)}`,
    `From: Mail Delivery System <MAILER-DAEMON@${practiceHost}>`,
    `To: <${mail.from.address}>`,
    `Message-ID: <${seedFrom(`${mail.messageId}dsn`).toString(16)}.${at}@${practiceHost}>`,
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `This is the mail system at host ${practiceHost}.`,
    '',
    'Your message could not be delivered to one or more recipients.',
    '',
    `<${mail.to.address}>: host mx.${mail.to.address.split('@')[1] ?? practiceHost} said: ${diagnostic}`,
    '',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${practiceHost}`,
    `Arrival-Date: ${mailDate(mail.sentAt)}`,
    '',
    `Final-Recipient: rfc822; ${mail.to.address}`,
    `Original-Recipient: rfc822;${mail.to.address}`,
    'Action: failed',
    'Status: 5.1.1',
    `Diagnostic-Code: smtp; ${diagnostic}`,
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${mail.messageId}`,
    `From: <${mail.from.address}>`,
    `To: <${mail.to.address}>`,
    `Subject: ${encodeHeader(mail.subject)}`,
    `Date: ${mailDate(mail.sentAt)}`,
    '',
    `--${boundary}--`,
    '',
  ]);
}

function compose(mail: ReceivedMail, at: number, letter: { subject: string; body: string; headers?: readonly string[] }): string {
  return lines([
    ...head(mail, at, 'r'),
    `To: ${mailbox(mail.from)}`,
    `Subject: ${encodeHeader(letter.subject)}`,
    `In-Reply-To: ${mail.messageId}`,
    `References: ${[...mail.references, mail.messageId].join('\r\n ')}`,
    ...(letter.headers ?? []),
    ...textPart(letter.body),
  ]);
}

function head(mail: ReceivedMail, at: number, salt: string): string[] {
  return [
    `Return-Path: <${mail.to.address}>`,
    `Date: ${mailDate(at)}`,
    `From: ${mailbox(mail.to)}`,
    `Message-ID: <${seedFrom(`${mail.messageId}${salt}`).toString(16)}.${at}@${mail.to.address.split('@')[1] ?? practiceHost}>`,
    'MIME-Version: 1.0',
  ];
}

function textPart(body: string): string[] {
  return [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(body.replace(/\r?\n/g, '\r\n'))
      .toString('base64')
      .match(/.{1,76}/g) ?? ['']),
    '',
  ];
}

function quote(mail: ReceivedMail): string {
  const quoted = mail.text
    .trim()
    .split(/\r?\n/)
    .slice(0, 20)
    .map((line) => `> ${line}`);
  return `On ${mailDate(mail.sentAt)}, ${mail.from.name === '' ? mail.from.address : mail.from.name} <${mail.from.address}> wrote:\n${quoted.join('\n')}`;
}

function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? '';
}

function replySubject(subject: string): string {
  return /^re:/i.test(subject) ? subject : `Re: ${subject}`;
}

function mailbox(person: { name: string; address: string }): string {
  return person.name === '' ? `<${person.address}>` : `${encodePhrase(person.name)} <${person.address}>`;
}

function encodePhrase(name: string): string {
  return /^[A-Za-z0-9 ]*$/.test(name) ? name : encodeHeader(name, true);
}

/** RFC 2047 encoded words of at most 75 characters where plain ASCII does not do. Line breaks cannot pass. */
function encodeHeader(text: string, always = false): string {
  const clean = text.replace(/[\r\n]+/g, ' ');
  if (!always && /^[\x20-\x7e]*$/.test(clean)) return clean;
  const words: string[] = [];
  let word = '';
  for (const character of clean) {
    if (Buffer.byteLength(word + character) > 45) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((each) => `=?utf-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}

/** A date as in RFC 5322 section 3.3, in UTC. */
export function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

function lines(all: readonly string[]): string {
  return all.join('\r\n');
}
