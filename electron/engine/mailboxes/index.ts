export { createMailboxes, type MailboxChange, type Mailboxes, type MailboxesDeps, type SecretStore } from './service.ts';
export { openImapSession, type ImapSessionOptions } from './imap-session.ts';
export { parseAnswer } from './smtp-answers.ts';
export { openSmtpSession } from './smtp-session.ts';
export { createNetwork, noNetwork } from './network.ts';
export type { MailboxRow } from './rows.ts';
export { providerOfHost, providerOfMx } from '../../../shared/providers.ts';
