import { decodeWords } from 'postal-mime';
import { headerOf, messageIds, type InboundMail } from './mail.ts';

/** One recipient's block of a delivery status notification (RFC 3464 section 2.3). */
export interface ReportRecipient {
  /** Where the delivery failed; empty when the report names nobody. */
  readonly address: string;
  /** The address that we wrote to, where the mail was forwarded on (RFC 3464 section 2.3.1). */
  readonly originalAddress: string | null;
  /** failed, delayed, delivered, relayed, expanded; empty when missing. */
  readonly action: string;
  /** Enhanced status code, for example `5.1.1`. */
  readonly status: string | null;
  readonly diagnostic: string;
  readonly remoteMta: string | null;
  /** PowerMTA's word for the cause, for example `bad-mailbox`. */
  readonly category: string;
}

/** What a report says of the message that it is about. */
export interface ReturnedMessage {
  readonly messageId: string | null;
  readonly homingId: string | null;
  readonly to: readonly string[];
  readonly subject: string;
}

export interface DeliveryReport {
  readonly recipients: readonly ReportRecipient[];
  readonly returned: ReturnedMessage | null;
}

/** We write to one person at a time; a report on more recipients than this is no report on our mail. */
const recipientCap = 100;

type Fields = ReadonlyMap<string, string>;

/** Splits header-like text into blocks of unfolded fields, names in lower case. Blocks are never merged. */
export function parseFieldBlocks(text: string): Fields[] {
  const blocks: Fields[] = [];
  let block = new Map<string, string>();
  let last = '';
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    if (line.trim() === '') {
      if (block.size > 0) blocks.push(block);
      block = new Map();
      last = '';
      continue;
    }
    if (/^[ \t]/.test(line) && last !== '') {
      block.set(last, `${block.get(last) ?? ''} ${line.trim()}`);
      continue;
    }
    const match = /^([!-9;-~]{1,80}):\s?(.*)$/.exec(line);
    if (match === null) {
      // Some servers break a diagnostic over lines without indenting them.
      if (last === 'diagnostic-code') block.set(last, `${block.get(last) ?? ''} ${line.trim()}`);
      continue;
    }
    last = (match[1] ?? '').toLowerCase();
    if (!block.has(last)) block.set(last, (match[2] ?? '').trim());
  }
  if (block.size > 0) blocks.push(block);
  return blocks;
}

/** The address of a typed field ("rfc822; anna@example.org"); empty when it holds none. */
function addressOf(field: string | undefined): string {
  const value = decodeWords(field ?? '').replace(/^[a-z0-9-]{1,40}\s*;/i, '');
  return (/[^\s<>;,"'()@]{1,64}@[^\s<>;,"'()@]{1,255}/.exec(value)?.[0] ?? '').toLowerCase();
}

const returnedTypes = new Set(['message/rfc822', 'text/rfc822-headers', 'text/rfc822', 'message/rfc822-headers', 'message/global', 'message/global-headers', 'message/partial']);

/** The message a report returns, whole (message/rfc822) or its headers only (RFC 6522 text/rfc822-headers). */
export function readReturned(mail: InboundMail): ReturnedMessage | null {
  for (const { mimeType, content } of mail.parts) {
    const returned = returnedTypes.has(mimeType) ? readReturnedHeaders(content) : null;
    if (returned !== null) return returned;
  }
  return null;
}

/** Longest text in which headers are looked for, characters: real ones are shorter. */
const headerCap = 50_000;

/** Reads headers of a returned message out of text. Null when there are none. */
export function readReturnedHeaders(text: string): ReturnedMessage | null {
  const fields = parseFieldBlocks(text.slice(0, headerCap).trimStart())[0];
  if (fields === undefined) return null;
  const to = [...(fields.get('to') ?? '').matchAll(/[^\s<>;,"'()@]{1,64}@[^\s<>;,"'()@]{1,255}/g)].map((match) => match[0].toLowerCase());
  const messageId = messageIds(fields.get('message-id') ?? '')[0] ?? null;
  const homingId = fields.get('x-homing-id') ?? null;
  if (messageId === null && homingId === null && to.length === 0) return null;
  return { messageId, homingId, to, subject: decodeWords(fields.get('subject') ?? '') };
}

/** Reads a delivery status notification (RFC 3464, 6533). Null when the message holds none. */
export function readDeliveryReport(mail: InboundMail): DeliveryReport | null {
  const text = statusText(mail);
  if (text === null) return null;
  const blocks = parseFieldBlocks(text);
  const recipients = blocks
    .filter((fields) => fields.has('final-recipient') || fields.has('original-recipient'))
    .slice(0, recipientCap)
    .map((fields): ReportRecipient => {
      const original = addressOf(fields.get('original-recipient'));
      // Some servers put only a domain or a local name into Final-Recipient.
      const address = [addressOf(fields.get('final-recipient')), original, addressOf(fields.get('x-actual-recipient'))].find((found) => found !== '') ?? '';
      return {
        address,
        originalAddress: original === '' || original === address ? null : original,
        action: (fields.get('action') ?? '').toLowerCase().replace(/[^a-z].*$/, ''),
        status: /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(fields.get('status') ?? '')?.[1] ?? null,
        diagnostic: decodeWords(fields.get('diagnostic-code') ?? fields.get('x-display-diagnostic') ?? fields.get('x-smtp-diagnostic') ?? '')
          .replace(/^[a-z0-9-]{1,40}\s*;\s*/i, '')
          .replace(/\s+/g, ' ')
          .trim(),
        remoteMta: fields.get('remote-mta')?.replace(/^[a-z0-9-]{1,40}\s*;\s*/i, '') ?? null,
        category: fields.get('x-powermta-bouncecategory') ?? fields.get('x-mailer-bouncecategory') ?? '',
      };
    });
  return { recipients, returned: readReturned(mail) };
}

/** The machine fields: in their own part, else where a broken server or a gateway put them into a text. */
function statusText(mail: InboundMail): string | null {
  const own = mail.parts.filter(({ mimeType }) => mimeType === 'message/delivery-status' || mimeType === 'message/global-delivery-status' || mimeType === 'text/delivery-status');
  if (own.length > 0) return own.map(({ content }) => content).join('\n\n');
  if (!isFromMailSystem(mail) && !hasNullPath(mail)) return null;
  const texts = [mail.text, ...mail.parts.filter(({ mimeType }) => !returnedTypes.has(mimeType)).map(({ content }) => content)];
  return texts.map(withoutQuoted).find((text) => /^[ \t]*final-recipient[ \t]*:/im.test(text)) ?? null;
}

/** From the first machine field on, so that prose before it is no field. */
function withoutQuoted(text: string): string {
  const at = /^[ \t]*(reporting-mta|final-recipient|original-recipient|action)[ \t]*:/im.exec(text);
  return at === null ? '' : text.slice(at.index).replace(/^[ \t]+(?=(final-recipient|original-recipient|action|status|diagnostic-code|remote-mta)[ \t]*:)/gim, '');
}

export interface Complaint {
  readonly returned: ReturnedMessage | null;
  readonly recipient: string | null;
}

/**
 * A complaint of a recipient: the abuse reporting format (RFC 5965), or the older notices of large providers that return
 * the message with a sentence about spam.
 */
export function readComplaint(mail: InboundMail): Complaint | null {
  const part = mail.parts.find(({ mimeType }) => mimeType === 'message/feedback-report');
  if (part === undefined) return readPlainComplaint(mail);
  const fields = parseFieldBlocks(part.content)[0];
  const kind = fields?.get('feedback-type')?.toLowerCase() ?? 'abuse';
  // `not-spam` says the opposite; authentication failures are about our domain, not about a person.
  if (kind === 'not-spam' || isAboutAuthentication(kind)) return null;
  const recipient = addressOf(fields?.get('original-rcpt-to') ?? fields?.get('removal-recipient') ?? fields?.get('redacted-address'));
  return { returned: readReturned(mail), recipient: recipient === '' ? null : recipient };
}

const isAboutAuthentication = (kind: string): boolean => kind.startsWith('auth') || kind === 'dmarc' || kind === 'dkim';

/** Whether this is a feedback report of any kind, also one that complains of nobody (`not-spam`, RFC 6591). */
export function isFeedbackReport(mail: InboundMail): boolean {
  return /report-type="?feedback-report/.test(mail.contentType) || mail.parts.some(({ mimeType }) => mimeType === 'message/feedback-report');
}

function readPlainComplaint(mail: InboundMail): Complaint | null {
  const returned = readReturned(mail);
  const subject = /^complaint about message from \d|^client tos notification|\b(e-?mail |spam |abuse )(abuse |spam |feedback )?(report|complaint)\b/i.test(mail.subject);
  const sender =
    /^(staff@hotmail\.com|scomp@aol\.net|.{0,60}(feedback|fbl|abuse|complaint)s?[-_.a-z0-9]{0,40}@)/i.test(mail.from.address) ||
    /\bfbl\.|@feedback\.|comcastfbl/i.test(mail.from.address);
  if (subject && sender && (returned !== null || /report-type="?feedback-report/.test(mail.contentType))) return { returned, recipient: returned?.to[0] ?? null };
  // Amazon's notices name the fate of a mail as JSON.
  const notice = readServiceNotice(mail);
  return notice?.kind === 'complaint' ? { returned: notice.returned, recipient: notice.recipients[0]?.address ?? null } : null;
}

export interface ServiceNotice {
  readonly kind: 'bounce' | 'complaint' | 'delivery';
  readonly recipients: readonly { readonly address: string; readonly status: string | null; readonly diagnostic: string; readonly permanent: boolean }[];
  readonly returned: ReturnedMessage | null;
}

/** A notification of a sending service as JSON in the text, as Amazon SES mails it through SNS. Null when it is none. */
export function readServiceNotice(mail: InboundMail): ServiceNotice | null {
  const start = /^\s{0,20}\{\s{0,20}"(notificationType|eventType)"/.exec(mail.text);
  if (start === null) return null;
  // Mail programs fold the one long line; a blank line ends it.
  const parsed = parseJson((mail.text.split(/\n\s{0,20}\n/)[0] ?? '').replace(/\r?\n ?/g, ''));
  if (parsed === null) return null;
  const kind = String(parsed['notificationType'] ?? parsed['eventType']).toLowerCase();
  const sent = recordOf(parsed['mail']);
  const returned: ReturnedMessage = { messageId: null, homingId: null, to: stringsOf(sent['destination']), subject: String(recordOf(sent['commonHeaders'])['subject'] ?? '') };
  if (kind === 'complaint') {
    const people = listOf(recordOf(parsed['complaint'])['complainedRecipients']);
    return { kind, recipients: people.map((one) => ({ address: addressOf(String(one['emailAddress'] ?? '')), status: null, diagnostic: '', permanent: false })), returned };
  }
  if (kind === 'delivery') {
    const { recipients, smtpResponse } = recordOf(parsed['delivery']);
    return {
      kind,
      recipients: stringsOf(recipients).map((address) => ({
        address,
        status: /\b2\.\d{1,3}\.\d{1,3}\b/.exec(String(smtpResponse))?.[0] ?? null,
        diagnostic: '',
        permanent: false,
      })),
      returned,
    };
  }
  if (kind !== 'bounce') return null;
  const bounce = recordOf(parsed['bounce']);
  const permanent = bounce['bounceType'] === 'Permanent';
  return {
    kind,
    recipients: listOf(bounce['bouncedRecipients']).map((one) => ({
      address: addressOf(String(one['emailAddress'] ?? '')),
      status: /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(String(one['status'] ?? ''))?.[0] ?? null,
      diagnostic: `${String(one['diagnosticCode'] ?? '').replace(/^[a-z0-9-]{1,40}\s*;\s*/i, '')} ${String(bounce['bounceSubType'] ?? '')}`.trim(),
      permanent,
    })),
    returned,
  };
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const recordOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
const listOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.slice(0, 100).map(recordOf) : []);
const stringsOf = (value: unknown): string[] => (Array.isArray(value) ? value.slice(0, 100).map((one) => String(one).toLowerCase()) : []);

/** A null return path (RFC 3464 section 2): nobody wants an answer. */
export function hasNullPath(mail: InboundMail): boolean {
  return /^<\s*>$|^<?mailer-daemon>?$/i.test(headerOf(mail, 'return-path'));
}

/** Whether a machine that delivers mail wrote this: a report, or a well-known sender. */
export function isFromMailSystem(mail: InboundMail): boolean {
  if (/multipart\/report/.test(mail.contentType) && !/report-type="?(feedback-report|disposition)/.test(mail.contentType)) return true;
  const { address, name } = mail.from;
  const local = address === '' ? '' : (address.split('@')[0] ?? '');
  return (
    /(^|[-_.+])(mailer[-_.]?daemon|p(oo|o)st[-_.]?master|mail[-_.]?(delivery|daemon|system|administrator|error)|mail\.delivery\.system|delivery[-_.]?(status|failure|system|subsystem)|bounces?|undeliverable|mda|mmdf|uucp|ndr|nobody|mdaemon|microsoftexchange[0-9a-f]{8,40})([-_.+]|$)/i.test(
      local,
    ) ||
    /mail ?(delivery|deliver) ?(sub)?system|mailer[- ]?daemon|^postmaster\b|^mail (administrator|system)|^system administrator$|^microsoft (outlook|exchange)$|content[- ]filter at|delivery (notification|subsystem|status)|interscan|^mdaemon/i.test(
      name || address,
    )
  );
}
