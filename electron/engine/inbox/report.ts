import { headerOf, messageIds, type InboundMail } from './mail.ts';

/** One recipient's block of a delivery status notification (RFC 3464 section 2.3). */
export interface ReportRecipient {
  readonly address: string;
  /** failed, delayed, delivered, relayed, expanded; empty when missing. */
  readonly action: string;
  /** Enhanced status code, for example `5.1.1`. */
  readonly status: string | null;
  readonly diagnostic: string;
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

function addressOf(field: string | undefined): string {
  const value = (field ?? '').replace(/^[a-z0-9-]+\s*;/i, '').trim();
  const bracketed = /<([^<>\s]+@[^<>\s]+)>/.exec(value)?.[1];
  return (bracketed ?? /[^\s<>;,"']+@[^\s<>;,"']+/.exec(value)?.[0] ?? value.replace(/[<>]/g, '')).toLowerCase();
}

/** The message a report returns, whole (message/rfc822) or its headers only (text/rfc822-headers). */
export function readReturned(mail: InboundMail): ReturnedMessage | null {
  const part = mail.parts.find(
    ({ mimeType }) =>
      mimeType === 'message/rfc822' ||
      mimeType === 'text/rfc822-headers' ||
      mimeType === 'message/rfc822-headers' ||
      mimeType === 'message/global' ||
      mimeType === 'message/global-headers',
  );
  return part === undefined ? null : readReturnedHeaders(part.content);
}

/** Reads headers of a returned message out of text. Null when there are none. */
export function readReturnedHeaders(text: string): ReturnedMessage | null {
  const fields = parseFieldBlocks(text.trimStart())[0];
  if (fields === undefined) return null;
  const to = [...(fields.get('to') ?? '').matchAll(/[^\s<>;,"']+@[^\s<>;,"']+/g)].map((match) => match[0].toLowerCase());
  const messageId = messageIds(fields.get('message-id') ?? '')[0] ?? null;
  const homingId = fields.get('x-homing-id') ?? null;
  if (messageId === null && homingId === null && to.length === 0) return null;
  return { messageId, homingId, to, subject: fields.get('subject') ?? '' };
}

/** Reads a delivery status notification (RFC 3464). Null when the message holds none. */
export function readDeliveryReport(mail: InboundMail): DeliveryReport | null {
  const part = mail.parts.find(({ mimeType }) => mimeType === 'message/delivery-status' || mimeType === 'message/global-delivery-status');
  if (part === undefined) return null;
  const recipients: ReportRecipient[] = [];
  for (const fields of parseFieldBlocks(part.content)) {
    const recipient = fields.get('final-recipient') ?? fields.get('original-recipient');
    if (recipient === undefined) continue;
    const status = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(fields.get('status') ?? '')?.[1] ?? null;
    // The address that we wrote to stands in Original-Recipient where the mail was forwarded on (RFC 3464 section 2.3.1).
    recipients.push({
      address: addressOf(recipient),
      action: (fields.get('action') ?? '').toLowerCase().replace(/[^a-z].*$/, ''),
      status,
      diagnostic: (fields.get('diagnostic-code') ?? fields.get('x-display-diagnostic') ?? '')
        .replace(/^[a-z0-9-]+\s*;\s*/i, '')
        .replace(/\s+/g, ' ')
        .trim(),
    });
  }
  return { recipients, returned: readReturned(mail) };
}

/** A complaint of a recipient in the abuse reporting format (RFC 5965), or a spam notice of the same shape. */
export function readComplaint(mail: InboundMail): { returned: ReturnedMessage | null; recipient: string | null } | null {
  const part = mail.parts.find(({ mimeType }) => mimeType === 'message/feedback-report');
  if (part === undefined) return null;
  const fields = parseFieldBlocks(part.content)[0];
  const kind = fields?.get('feedback-type')?.toLowerCase() ?? 'abuse';
  // `not-spam` says the opposite; authentication failures are about our domain, not about a person.
  if (kind === 'not-spam' || kind.startsWith('auth')) return null;
  const recipient = fields?.get('original-rcpt-to') ?? fields?.get('removal-recipient');
  return { returned: readReturned(mail), recipient: recipient === undefined ? null : addressOf(recipient) };
}

/** Whether a machine that delivers mail wrote this: null return path, a report, or a well-known sender. */
export function isFromMailSystem(mail: InboundMail): boolean {
  if (/multipart\/report/.test(mail.contentType)) return true;
  if (/^<\s*>$/.test(headerOf(mail, 'return-path')) && /^(mailer-daemon|postmaster|mail-?daemon|mailsystem)/i.test(mail.from.address)) return true;
  return (
    /^(mailer[-_.]?daemon|postmaster|mail[-_.]?(delivery|daemon|system)|bounces?|mda|mmdf|uucp|ndr)([-+._@]|$)/i.test(mail.from.address) ||
    /mail delivery (sub)?system|^mailer-daemon$|^postmaster$/i.test(mail.from.name)
  );
}
