import { mailboxLimitsSchema, type Mailbox, type ServerSettings } from '../../../shared/schemas/mailbox.ts';
import { startOfLocalDay } from '../lib/zone.ts';
import type { schema, Store } from '../store/index.ts';
import type { ServerInput } from './input.ts';

export type MailboxRow = typeof schema.mailboxes.$inferSelect;
type StoredServer = schema.StoredServer;

/** Mails that the mailbox sent on its local day, of every kind. */
export function sentToday(store: Store, row: MailboxRow, now: number): number {
  const found = store.prepareRead('select count(*) as sent from deliveries where mailbox_id = ? and sent_at >= ?').get(row.id, startOfLocalDay(row.calendar.zone, now)) as {
    sent: number;
  };
  return found.sent;
}

export function smtpSecret(id: string): string {
  return `mailbox:${id}:smtp`;
}

export function imapSecret(id: string): string {
  return `mailbox:${id}:imap`;
}

export function oauthSecret(id: string): string {
  return `mailbox:${id}:oauth`;
}

/** Server settings as they are stored: without the password. */
export function storedServer(input: ServerInput): StoredServer {
  const { host, port, security, user, allowSelfSigned, auth } = input;
  return { host, port, security, user, allowSelfSigned, ...(auth === 'oauth2' ? { auth } : {}) };
}

export function sameServer(a: StoredServer | null, b: StoredServer | null): boolean {
  if (a === null || b === null) return a === b;
  const login = (a.auth ?? 'password') === (b.auth ?? 'password') && a.user === b.user;
  return login && a.host === b.host && a.port === b.port && a.security === b.security && a.allowSelfSigned === b.allowSelfSigned;
}

/** A row as the contract shows it: without passwords, with what was sent today. */
export function toMailbox(store: Store, row: MailboxRow, now: number): Mailbox {
  const hasSecret = (name: string): boolean => store.prepareRead('select 1 from secrets where name = ?').get(name) !== undefined;
  const server = (stored: StoredServer, secret: string): ServerSettings => ({ ...stored, auth: stored.auth ?? 'password', hasPassword: hasSecret(secret) });
  return {
    id: row.id,
    name: row.name,
    fromName: row.fromName,
    address: row.address,
    replyTo: row.replyTo,
    signatureHtml: row.signatureHtml,
    aliases: row.aliases,
    sendAs: row.sendAs,
    limits: mailboxLimitsSchema.parse(row.limits),
    calendar: row.calendar,
    absences: row.absences,
    dkim: row.dkim,
    ramp: row.ramp,
    provider: row.provider,
    messageIdPolicy: row.messageIdPolicy,
    smtp: server(row.smtp, smtpSecret(row.id)),
    imap: row.imap === null ? null : server(row.imap, imapSecret(row.id)),
    oauth: row.oauth,
    state: row.state,
    stateReason: row.stateReason,
    pausedUntil: row.pausedUntil,
    sentCopy: row.sentCopy,
    sentToday: sentToday(store, row, now),
    inboxCheckedAt: row.inboxCheckedAt,
    lastTestAt: row.lastTestAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
