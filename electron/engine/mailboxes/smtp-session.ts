import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { hostname } from 'node:os';
import { ConnectError, type ConnectStage, type OutgoingMessage, type SendHooks, type SendOutcome, type ServerAccess, type SmtpAnswer, type SmtpSession } from '../ports.ts';

/** The fields that nodemailer puts on its errors. */
interface SmtpError extends Error {
  code?: string | undefined;
  originalCode?: string | undefined;
  command?: string | undefined;
  response?: string | undefined;
  responseCode?: number | undefined;
}

/** Real-time limits of each phase, ms (RFC 5321 section 4.5.3.2 asks for minutes; a desktop user for less). */
const timeouts = { dnsTimeout: 15_000, connectionTimeout: 20_000, greetingTimeout: 30_000, socketTimeout: 5 * 60_000 };

/** Splits `250 2.0.0 queued` into code, enhanced code (RFC 3463) and text; lines of a multi-line answer are joined. */
export function parseAnswer(response: string): SmtpAnswer {
  const lines = response.split(/\r?\n/);
  const code = Number(/^\d{3}/.exec(response)?.[0] ?? 0);
  let enhanced: string | null = null;
  const text = lines
    .map((line) => {
      const match = /^\d{3}[ -](?:([245]\.\d{1,3}\.\d{1,3})(?:\s|$))?(.*)$/.exec(line);
      if (match === null) return line;
      enhanced ??= match[1] ?? null;
      return match[2] ?? '';
    })
    .join(' ')
    .trim();
  return { code, enhanced, text };
}

function answerOf(error: SmtpError): SmtpAnswer | null {
  // The reply decides, not nodemailer's `code`: a 450 arrives as EENVELOPE.
  return error.response !== undefined && error.responseCode !== undefined ? parseAnswer(error.response) : null;
}

function connectStage(error: SmtpError): ConnectStage {
  if (error.code === 'EDNS' || error.originalCode === 'ENOTFOUND' || error.originalCode === 'EAI_AGAIN') return 'resolve';
  if (error.code === 'EAUTH' || error.command?.startsWith('AUTH') === true) return 'login';
  if (error.code === 'ETLS' || /ssl|tls|certificate|self.signed/i.test(error.message) || error.command === 'STARTTLS') return 'tls';
  return 'connect';
}

/**
 * Opens a logged-in SMTP connection. Throws `ConnectError` with the stage it came to. Plain `none` never upgrades;
 * `starttls` refuses to go on without encryption.
 */
export function openSmtpSession(server: ServerAccess, signal?: AbortSignal): Promise<SmtpSession> {
  return new Promise((resolve, reject) => {
    const connection = new SMTPConnection({
      host: server.host,
      port: server.port,
      secure: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      allowInternalNetworkInterfaces: true,
      name: hostname().includes('.') ? hostname() : '[127.0.0.1]',
      tls: { rejectUnauthorized: !server.allowSelfSigned },
      ...timeouts,
    });
    let settled = false;
    let usable = true;
    function abort(): void {
      fail(new Error('Cancelled'));
    }
    function fail(error: SmtpError): void {
      usable = false;
      if (settled) return;
      settled = true;
      signal?.removeEventListener('abort', abort);
      connection.close();
      reject(new ConnectError(connectStage(error), error.message, answerOf(error), { cause: error }));
    }
    function ready(): void {
      if (settled) return;
      settled = true;
      signal?.removeEventListener('abort', abort);
      resolve({
        id: connection.id,
        get usable() {
          return usable;
        },
        send: (message, hooks) => sendMessage(connection, message, hooks, () => (usable = false)),
        close() {
          usable = false;
          connection.quit();
        },
      });
    }
    if (signal?.aborted === true) {
      fail(new Error('Cancelled'));
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });
    // An error in mid-message also reaches the callback of that message.
    connection.on('error', (error: SmtpError) => fail(error));
    connection.on('end', () => fail(new Error('The server closed the connection')));
    connection.connect((error?: SmtpError) => {
      if (error !== undefined) return fail(error);
      if (server.user === '' || !connection.allowsAuth) return ready();
      connection.login({ user: server.user, credentials: { user: server.user, pass: server.password } }, (loginError) => (loginError ? fail(loginError as SmtpError) : ready()));
    });
  });
}

function sendMessage(connection: SMTPConnection, message: OutgoingMessage, hooks: SendHooks, spoil: () => void): Promise<SendOutcome> {
  return new Promise((resolve) => {
    let bodyBegun = false;
    let withdrawn = false;
    let over = false;
    // nodemailer calls `pipe` when the server answered 354 and nothing of the body has left: the one moment for the durable mark.
    const body = {
      pipe(stream: NodeJS.WritableStream) {
        hooks
          .beforeBody()
          .catch(() => false)
          .then((go) => {
            // The server took its 354 back, or went, while the mark was written: nothing of the body may follow.
            if (over) return;
            if (go) {
              bodyBegun = true;
              if (needsNoStuffing(message.raw)) passThrough(stream);
              stream.end(message.raw);
              return;
            }
            withdrawn = true;
            spoil();
            connection.close();
            resolve({ kind: 'withdrawn' });
          })
          .catch(() => undefined);
      },
    };
    connection.send({ from: message.from, to: [message.to], size: message.raw.length }, body as never, (error, info) => {
      if (withdrawn) return;
      over = true;
      if (!error) {
        resolve({ kind: 'accepted', answer: parseAnswer(info?.response ?? '250 OK') });
        return;
      }
      const answer = answerOf(error as SmtpError);
      if (answer !== null) {
        const phase = bodyBegun ? 'body' : phaseOf(error as SmtpError);
        const refused = { kind: 'refused', phase, answer } as const;
        if (answer.code !== 421) {
          // The next MAIL must not overtake the RSET's answer: nodemailer drops its envelope then.
          resetThen(connection, spoil, () => resolve(refused));
          return;
        }
        spoil();
        resolve(refused);
        return;
      }
      const unsendable = bodyBegun ? null : clientRefusal(error as SmtpError);
      if (unsendable !== null) {
        resolve({ kind: 'refused', phase: 'mail', answer: unsendable });
        return;
      }
      spoil();
      connection.close();
      resolve(bodyBegun ? { kind: 'unknown', cause: error.message } : { kind: 'not_started', cause: error.message });
    });
  });
}

const lineStartDot = Buffer.from('\n.');

/** Whether the message may go over the wire as it is: CRLF line ends are the composer's promise, so only a dot at a line's start matters. */
function needsNoStuffing(raw: Uint8Array): boolean {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  return bytes[0] !== 0x2e && bytes.at(-1) === 0x0a && !bytes.includes(lineStartDot);
}

/** nodemailer looks at every byte of a body for line ends and dots, a tenth of the cost of a mail; this one was looked at. */
function passThrough(stream: NodeJS.WritableStream): void {
  const data = stream as NodeJS.WritableStream & { _transform?: unknown; inByteCount?: number; outByteCount?: number; lastByte?: number };
  data._transform = (chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void) => {
    data.inByteCount = data.outByteCount = chunk.length;
    data.lastByte = chunk.at(-1) ?? 0;
    done(null, chunk);
  };
}

/** What nodemailer refuses before it asks the server: the connection stays good, the message will never do. */
function clientRefusal(error: SmtpError): SmtpAnswer | null {
  if (error.code === 'EMESSAGE') return { code: 552, enhanced: '5.3.4', text: `Message size exceeds what the server accepts (${error.message})` };
  if (error.code === 'EENVELOPE') return { code: 501, enhanced: '5.5.4', text: error.message };
  return null;
}

function resetThen(connection: SMTPConnection, spoil: () => void, done: () => void): void {
  function gone(): void {
    spoil();
    done();
  }
  connection.once('end', gone);
  connection.reset((error) => {
    connection.off('end', gone);
    if (error) spoil();
    done();
  });
}

function phaseOf(error: SmtpError): 'mail' | 'rcpt' | 'data' {
  if (error.command === 'RCPT TO') return 'rcpt';
  return error.command === 'DATA' ? 'data' : 'mail';
}
