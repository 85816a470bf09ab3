import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import type { SMTPServer, SMTPServerDataStream, SMTPServerSession } from 'smtp-server';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../ports.ts';
import { mailDate, type ReceivedMail } from './letters.ts';
import type { MailStore } from './mail-store.ts';
import type { Recipients } from './recipients.ts';

/** Largest mail that is taken, bytes. */
const maxBytes = 30 * 1024 * 1024;
/** The password of every practice mailbox; it guards nothing. */
export const practicePassword = 'practice';

export interface PracticeServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * The SMTP server inside the app: on 127.0.0.1 only, on a free port. An accepted mail is filed in the sender's Sent
 * folder, as large providers do, and goes to its simulated recipient; a mail to a practice mailbox goes to its inbox.
 */
export async function startPracticeServer(deps: { clock: Clock; log: Logger; mails: MailStore; recipients: Recipients }): Promise<PracticeServer> {
  const { clock, log, mails, recipients } = deps;
  // Loaded only where practice is opened: it costs start-up time.
  const { SMTPServer: Server } = await import('smtp-server');
  const server: SMTPServer = new Server({
    name: 'practice.example.com',
    banner: 'Homing practice: nothing leaves this computer',
    size: maxBytes,
    disabledCommands: ['STARTTLS'],
    authMethods: ['PLAIN', 'LOGIN'],
    // On loopback, with a password that is no secret.
    allowInsecureAuth: true,
    hideENHANCEDSTATUSCODES: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 500,
    onAuth(auth, _session, callback) {
      const user = auth.username ?? '';
      if (user.includes('@') && auth.password === practicePassword) callback(null, { user: user.toLowerCase() });
      else callback(answerError(535, `5.7.8 Wrong login. Practice mailboxes log in with their address and the password "${practicePassword}"`));
    },
    onRcptTo(address, session, callback) {
      const email = address.address.toLowerCase();
      if (mails.has(email) || email === session.user) return callback();
      const answer = recipients.answer(email);
      callback(answer.code === 250 ? null : answerError(answer.code, answer.text));
    },
    onData(stream, session, callback) {
      receive(stream, session).then(
        (queued) => callback(null, queued),
        (error: unknown) => {
          log.warn({ err: error }, 'the practice server could not take a mail');
          callback(answerError(451, '4.3.0 The practice server could not store the mail'));
        },
      );
    },
  });

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const at = clock.now();
    const mailbox = String(session.user);
    const filed = Buffer.concat([Buffer.from(`Received: by practice.example.com with ESMTP id ${session.id}; ${mailDate(at)}\r\n`), raw]);
    const parsed = await PostalMime.parse(raw);
    mails.add(mailbox, 'Sent', filed, at);
    for (const { address } of session.envelope.rcptTo) {
      const to = address.toLowerCase();
      if (mails.has(to)) mails.add(to, 'INBOX', filed, at);
      else recipients.receive(mailbox, describe(parsed, mailbox, to, at));
    }
    return `2.0.0 queued as ${session.id}`;
  }

  server.on('error', (error) => log.warn({ err: error }, 'practice SMTP server'));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

type Parsed = Awaited<ReturnType<typeof PostalMime.parse>>;

function describe(parsed: Parsed, mailbox: string, to: string, at: number): ReceivedMail {
  const header = parsed.headers.find((each) => each.key === 'list-unsubscribe')?.value ?? '';
  const toName = parsed.to?.find((each) => each.address?.toLowerCase() === to)?.name ?? '';
  return {
    messageId: parsed.messageId ?? '',
    references: (parsed.references ?? '').split(/\s+/).filter((id) => id !== ''),
    subject: parsed.subject ?? '',
    from: { name: parsed.from?.name ?? '', address: parsed.from?.address ?? mailbox },
    to: { name: toName === '' ? nameOf(to) : toName, address: to },
    text: parsed.text ?? '',
    unsubscribeMailto: /<(mailto:[^>]+)>/i.exec(header)?.[1] ?? null,
    sentAt: at,
  };
}

/** A name for somebody of whom only the address is known: `mei.tanaka+asks@…` is Mei Tanaka. */
function nameOf(address: string): string {
  const words = (address.split(/[+@]/)[0] ?? '').split(/[._-]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}

function answerError(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}
