import { onTestFinished } from 'vitest';
import { openSmtpSession } from '../../electron/engine/mailboxes/index.ts';
import { systemClock, type Clock } from '../../electron/engine/lib/clock.ts';
import type { MailTransports, ServerAccess } from '../../electron/engine/ports.ts';
import { alwaysOpen } from '../../shared/schemas/common.ts';
import type { DomainEvent, EventType } from '../../shared/schemas/event.ts';
import { mailboxInputSchema, type MailboxInput } from '../../shared/schemas/mailbox.ts';
import { realPorts, startEngine } from './engine.ts';
import { homeDomain, type MailServers } from './postfix.ts';
import { temporaryDir } from './store.ts';

export interface AccountOptions {
  readonly user: string;
  readonly smtpPort?: number;
  readonly security?: 'tls' | 'starttls';
  /** Where it is not that of IMAP. */
  readonly smtpSecurity?: 'none';
  readonly imap?: boolean;
  readonly more?: Partial<MailboxInput>;
}

/** The settings of a user's account on the servers. */
export function account(servers: MailServers, options: AccountOptions): MailboxInput {
  const { user, smtpPort = servers.submissionPort, security = 'starttls', imap = true } = options;
  const server = { host: '127.0.0.1', security, user, password: servers.password, allowSelfSigned: true };
  const imapPort = security === 'tls' ? servers.dovecot.imapsPort : servers.dovecot.imapPort;
  return mailboxInputSchema.parse({
    name: user,
    fromName: 'Tess Ter',
    address: `${user}@${homeDomain}`,
    smtp: { ...server, port: smtpPort, security: options.smtpSecurity ?? security },
    imap: imap ? { ...server, port: imapPort } : null,
    limits: { perDay: 100_000, perHour: 100_000, minGapSeconds: 0, maxGapSeconds: 0 },
    calendar: { zone: 'UTC', windows: alwaysOpen },
    ...options.more,
  });
}

/** A whole engine with one tested account on the servers. */
export async function openAccount(servers: MailServers, options: AccountOptions & { clock?: Clock; transports?: Partial<MailTransports>; test?: boolean }) {
  const engine = await startEngine(
    realPorts(temporaryDir(), { clock: options.clock ?? systemClock, ...(options.transports === undefined ? {} : { transports: options.transports }) }),
  );
  onTestFinished(() => engine.stop());
  const { mailboxes, deliveries, events, contacts } = engine.services;
  const { id } = mailboxes.create(account(servers, options));
  if (options.test !== false) {
    const tested = await mailboxes.test(id, options.imap !== false);
    if (!tested.ok) throw new Error(JSON.stringify(tested));
  }
  return {
    engine,
    mailboxId: id,
    deliveries: () => deliveries.list({ limit: 100, sort: 'createdAt' }).items,
    events: (...types: EventType[]): DomainEvent[] => events.after(0, 10_000).filter(({ type }) => types.includes(type)),
    contact: (email: string) => contacts.list({ limit: 10, q: email }).items[0],
  };
}

/** Somebody on the same servers writes a mail, as their mail program would. */
export async function writeAs(servers: MailServers, user: string, from: string, to: string, lines: readonly string[], body: string): Promise<void> {
  const access: ServerAccess = { host: '127.0.0.1', port: servers.submissionPort, security: 'starttls', user, password: servers.password, allowSelfSigned: true };
  const session = await openSmtpSession(access);
  const head = [`From: ${from}`, `To: ${to}`, `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`, ...lines];
  const raw = new TextEncoder().encode([...head, '', body, ''].join('\r\n'));
  const outcome = await session.send({ from, to, raw }, { beforeBody: () => Promise.resolve(true) });
  session.close();
  if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
}
