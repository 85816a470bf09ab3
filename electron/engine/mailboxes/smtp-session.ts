import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { ConnectError, type ConnectStage, type ServerAccess, type SmtpAnswer, type SmtpSession } from '../ports.ts';
import { errorWithoutSecret, hideSecret } from './hide-secret.ts';
import { parseAnswer } from './smtp-answers.ts';
import { smtpTimeouts, type SmtpTimeouts } from './smtp-timeouts.ts';
import { createSmtpTransactions, type SmtpAbilities } from './smtp-transactions.ts';

/** The fields that nodemailer puts on its errors. */
interface SmtpError extends Error {
  code?: string | undefined;
  originalCode?: string | undefined;
  command?: string | undefined;
  response?: string | undefined;
  responseCode?: number | undefined;
}

function answerOf(error: SmtpError, hide: (text: string) => string): SmtpAnswer | null {
  // The reply decides, not nodemailer's `code`: a 450 arrives as EENVELOPE.
  return error.response !== undefined && error.responseCode !== undefined ? parseAnswer(hide(error.response)) : null;
}

function connectStage(error: SmtpError): ConnectStage {
  if (error.code === 'EDNS' || error.originalCode === 'ENOTFOUND' || error.originalCode === 'EAI_AGAIN') return 'resolve';
  // What is no SMTP answer has not refused the login.
  const garbled = error.response !== undefined && error.responseCode === undefined;
  if (!garbled && (error.code === 'EAUTH' || error.command?.startsWith('AUTH') === true)) return 'login';
  if (error.code === 'ETLS' || /ssl|tls|certificate|self.signed/i.test(error.message) || error.command === 'STARTTLS') return 'tls';
  return 'connect';
}

/**
 * Opens a logged-in SMTP connection: nodemailer connects, encrypts and logs in, the mail transactions are ours. Throws
 * `ConnectError` with the stage it came to. Plain `none` never upgrades; `starttls` refuses to go on without encryption.
 */
export async function openSmtpSession(server: ServerAccess, signal?: AbortSignal, timeouts: SmtpTimeouts = smtpTimeouts): Promise<SmtpSession> {
  // Loaded with the first mail.
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  return new Promise((resolve, reject) => {
    const connection = new Connection({
      host: server.host,
      port: server.port,
      secure: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      allowInternalNetworkInterfaces: true,
      name: hostname().includes('.') ? hostname() : '[127.0.0.1]',
      tls: { rejectUnauthorized: !server.allowSelfSigned },
      dnsTimeout: timeouts.resolve,
      connectionTimeout: timeouts.connect,
      greetingTimeout: timeouts.greeting,
      socketTimeout: timeouts.login,
    });
    const secrets = [server.password];
    const hide = (text: string): string => hideSecret(text, server.user, secrets);
    let settled = false;
    function abort(): void {
      fail(new Error('Cancelled'));
    }
    function fail(error: SmtpError): void {
      if (settled) return;
      settled = true;
      signal?.removeEventListener('abort', abort);
      connection.close();
      reject(error instanceof ConnectError ? error : new ConnectError(connectStage(error), hide(error.message), answerOf(error, hide), { cause: errorWithoutSecret(error, hide) }));
    }
    function ready(): void {
      if (settled) return;
      settled = true;
      signal?.removeEventListener('abort', abort);
      const { socket, abilities } = takeOver(connection);
      const transactions = createSmtpTransactions(socket, abilities, timeouts);
      resolve({
        id: connection.id,
        pipelining: abilities.pipelining,
        get usable() {
          return transactions.usable;
        },
        send: transactions.send,
        close: transactions.close,
      });
    }
    if (signal?.aborted === true) {
      fail(new Error('Cancelled'));
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    connection.on('error', (error: SmtpError) => fail(error));
    connection.on('end', () => fail(new Error('The server closed the connection')));
    connection.connect((error?: SmtpError) => {
      if (error !== undefined) return fail(error);
      if (server.user === '' || !connection.allowsAuth) return ready();
      connection.login(
        credentialsOf(server, (token) => secrets.push(token)),
        (loginError) => (loginError ? fail(loginError as SmtpError) : ready()),
      );
    });
  });
}

/** A refused token is renewed and tried once more by nodemailer itself. */
function credentialsOf(server: ServerAccess, onToken: (token: string) => void): Parameters<SMTPConnection['login']>[0] {
  const { user, password, accessToken } = server;
  if (accessToken === undefined) return { user, credentials: { user, pass: password } };
  const oauth2 = {
    getToken(renew: boolean, done: (error: Error | null, token?: string) => void) {
      accessToken(renew).then((token) => {
        onToken(token);
        done(null, token);
      }, done);
    },
    buildXOAuth2Token: (token: string) => Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64'),
  };
  return { user, method: 'XOAUTH2', oauth2 } as never;
}

/** What nodemailer keeps to itself. `test/integration/smtp-session.test.ts` fails when a new version names it otherwise. */
interface ConnectionInside {
  readonly _socket: Socket;
  readonly _supportedExtensions: readonly string[];
  readonly _maxAllowedSize?: number;
  readonly _onSocketData: (chunk: Buffer) => void;
  readonly _onSocketEnd: () => void;
  readonly _onSocketClose: () => void;
  readonly _onSocketError: (error: Error) => void;
  readonly _onSocketTimeout: () => void;
}

/** Takes socket and EHLO answer from a connection that is logged in; nodemailer hears nothing of the socket any more. */
function takeOver(connection: SMTPConnection): { socket: Socket; abilities: SmtpAbilities } {
  const inside = connection as unknown as ConnectionInside;
  const { _socket: socket, _supportedExtensions: extensions, _maxAllowedSize: largest = 0 } = inside;
  socket.off('data', inside._onSocketData);
  socket.off('end', inside._onSocketEnd);
  socket.off('close', inside._onSocketClose);
  socket.off('error', inside._onSocketError);
  socket.off('timeout', inside._onSocketTimeout);
  socket.setTimeout(0);
  return {
    socket,
    abilities: {
      pipelining: extensions.includes('PIPELINING'),
      eightBit: extensions.includes('8BITMIME'),
      internationalAddresses: extensions.includes('SMTPUTF8'),
      largest: largest > 0 ? largest : null,
      declaresSize: extensions.includes('SIZE'),
    },
  };
}
