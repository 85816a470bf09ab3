import { isAscii } from 'node:buffer';
import type { Socket } from 'node:net';
import type { OutgoingMessage, SendHooks, SendOutcome, SmtpAnswer } from '../ports.ts';
import { createAnswerReader } from './smtp-answers.ts';
import type { SmtpTimeouts } from './smtp-timeouts.ts';

/** What the server offered in its answer to EHLO. */
export interface SmtpAbilities {
  readonly pipelining: boolean;
  readonly eightBit: boolean;
  readonly internationalAddresses: boolean;
  /** Largest message in bytes; null = not told. `declaresSize` without a number is common. */
  readonly largest: number | null;
  readonly declaresSize: boolean;
}

/** Mail transactions on a logged-in connection. */
export interface SmtpTransactions {
  readonly usable: boolean;
  send(message: OutgoingMessage, hooks: SendHooks): Promise<SendOutcome>;
  /** Ends the connection once what is under way has its answer. */
  close(): void;
}

type Phase = 'mail' | 'rcpt' | 'data';
type Refusal = Extract<SendOutcome, { kind: 'refused' }>;

/** One message on its way. */
interface Exchange {
  readonly message: OutgoingMessage;
  readonly hooks: SendHooks;
  /** Hands the outcome over, once. */
  readonly settle: (outcome: SendOutcome) => void;
  /** Its commands left behind another message: when the connection ends unheard, that says nothing of this one. */
  behind: boolean;
  /** The server has answered one of its commands. */
  heard: boolean;
  refusal: Refusal | null;
  bodyBegun: boolean;
}

interface Expected {
  readonly read: (answer: SmtpAnswer) => void;
  readonly withinMs: number;
}

const endOfBody = '.\r\n';

/**
 * Speaks MAIL, RCPT and DATA on a connection that somebody else opened and logged in. Where the server offers
 * PIPELINING (RFC 2920) the three commands leave together, and the commands of a message that waits leave together with
 * the body of the one before it, so that a message costs one round trip. A body leaves only after its own 354 and after
 * `beforeBody`; every answer is looked at.
 */
export function createSmtpTransactions(socket: Socket, abilities: SmtpAbilities, patience: SmtpTimeouts): SmtpTransactions {
  const reader = createAnswerReader();
  /** Nothing of these has left. */
  const waiting: Exchange[] = [];
  /** Commands or body have left, oldest first. */
  const open: Exchange[] = [];
  const expected: Expected[] = [];
  let usable = true;
  let over = false;
  /** The server has said that it ends the connection: nothing more begins. */
  let closing = false;
  let corked = false;
  /** Commands that leave with what this turn of the event loop still has to say. */
  let commands = '';

  function write(data: string | Uint8Array): void {
    // What one turn of the event loop has to say leaves in one segment.
    if (!corked) {
      corked = true;
      socket.cork();
      process.nextTick(() => {
        corked = false;
        writeCommands();
        socket.uncork();
      });
    }
    if (typeof data === 'string') {
      commands += data;
      return;
    }
    writeCommands();
    socket.write(data);
  }

  function writeCommands(): void {
    if (commands !== '' && socket.writable) socket.write(commands);
    commands = '';
  }

  function expect(read: Expected['read'], withinMs: number): void {
    expected.push({ read, withinMs });
    if (expected.length === 1) socket.setTimeout(withinMs);
  }

  function onData(chunk: Buffer): void {
    let answers: SmtpAnswer[];
    try {
      answers = reader.read(chunk);
    } catch (error) {
      end(error instanceof Error ? error.message : String(error));
      return;
    }
    for (const answer of answers) {
      if (over) return;
      onAnswer(answer);
    }
  }

  function onAnswer(answer: SmtpAnswer): void {
    const next = expected.shift();
    // 421 may come at any time and ends the connection (RFC 5321 section 3.8).
    closing ||= answer.code === 421;
    if (next !== undefined) {
      next.read(answer);
      const { withinMs = 0 } = expected[0] ?? {};
      if (socket.timeout !== withinMs) socket.setTimeout(withinMs);
    }
    if (next === undefined || closing) end(`The server ended the connection: ${answer.code} ${answer.text}`);
  }

  /** Begins whatever may begin: behind a body with PIPELINING, else once everything before has its answer. */
  function advance(): void {
    const before = open.at(-1);
    const free = abilities.pipelining ? before === undefined || before.bodyBegun : open.length === 0 && expected.length === 0;
    if (over || closing || !free) return;
    const exchange = waiting.shift();
    if (exchange !== undefined) begin(exchange);
    else if (!usable && open.length === 0) quit();
  }

  function begin(exchange: Exchange): void {
    exchange.behind = open.length > 0;
    open.push(exchange);
    ask(exchange, 'mail');
    if (!abilities.pipelining) return;
    ask(exchange, 'rcpt');
    ask(exchange, 'data');
  }

  function ask(exchange: Exchange, phase: Phase): void {
    write(commandOf(exchange.message, phase));
    expect((answer) => {
      exchange.heard = true;
      if (phase === 'data') onDataAnswer(exchange, answer);
      else if (!isGood(answer)) refuse(exchange, phase, answer);
      else if (!abilities.pipelining) ask(exchange, phase === 'mail' ? 'rcpt' : 'data');
    }, patience[phase]);
  }

  function commandOf({ from, to, raw }: OutgoingMessage, phase: Phase): string {
    if (phase === 'rcpt') return `RCPT TO:<${to}>\r\n`;
    if (phase === 'data') return 'DATA\r\n';
    const international = !isAscii(Buffer.from(from + to));
    const eightBit = abilities.eightBit && !isAscii(raw);
    return `MAIL FROM:<${from}>${international ? ' SMTPUTF8' : ''}${eightBit ? ' BODY=8BITMIME' : ''}${abilities.declaresSize ? ` SIZE=${raw.length}` : ''}\r\n`;
  }

  function refuse(exchange: Exchange, phase: Phase, answer: SmtpAnswer): void {
    exchange.refusal ??= { kind: 'refused', phase, answer };
    // With PIPELINING the answers to its other commands are still to come.
    if (!abilities.pipelining) conclude(exchange, exchange.refusal);
  }

  /** Some servers say 250 where 354 is meant. */
  function onDataAnswer(exchange: Exchange, answer: SmtpAnswer): void {
    const goes = isGood(answer) || (answer.code >= 300 && answer.code < 400);
    const { refusal } = exchange;
    if (!goes) conclude(exchange, refusal ?? { kind: 'refused', phase: 'data', answer });
    else if (refusal === null) askBeforeBody(exchange);
    else if (refusal.phase === 'rcpt') {
      // DATA was taken although nobody is there to get it: the message is ended empty (RFC 2920 section 3.1).
      write(endOfBody);
      expect(() => conclude(exchange, refusal, false), patience.body);
    } else end('The server takes a message from a sender that it refused');
  }

  function askBeforeBody(exchange: Exchange): void {
    // What the same piece of the network said of the message before is written first.
    setImmediate(() => {
      if (over) return;
      exchange.hooks
        .beforeBody()
        .catch(() => false)
        .then((go) => {
          // The server took its 354 back, or went, while the mark was written: nothing of the body may follow.
          if (over) return;
          if (go) {
            sendBody(exchange);
            return;
          }
          remove(exchange);
          exchange.settle({ kind: 'withdrawn' });
          // Without the final dot the server throws the message away (RFC 5321 section 4.1.1.4).
          end('A message before was withdrawn');
        })
        .catch((error: unknown) => end(String(error)));
    });
  }

  function sendBody(exchange: Exchange): void {
    exchange.bodyBegun = true;
    write(stuffed(exchange.message.raw));
    write(endOfBody);
    expect((answer) => {
      remove(exchange);
      exchange.settle(isGood(answer) ? { kind: 'accepted', answer } : { kind: 'refused', phase: 'body', answer });
      advance();
    }, patience.body);
    advance();
  }

  /** Ends an exchange that never came to its body. `begun`: the server still holds its sender or recipient. */
  function conclude(exchange: Exchange, refusal: Refusal, begun = refusal.phase !== 'mail'): void {
    remove(exchange);
    if (begun && refusal.answer.code !== 421) {
      write('RSET\r\n');
      expect((answer) => {
        if (isGood(answer)) advance();
        else end(`The server did not reset: ${answer.code} ${answer.text}`);
      }, patience.reset);
    }
    exchange.settle(refusal);
    advance();
  }

  function remove(exchange: Exchange): void {
    open.splice(open.indexOf(exchange), 1);
  }

  /** The connection is over: everything on it gets the outcome that is known. */
  function end(cause: string): void {
    if (over) return;
    over = true;
    usable = false;
    socket.destroy();
    for (const exchange of open.splice(0)) {
      if (exchange.refusal !== null) exchange.settle(exchange.refusal);
      else if (exchange.bodyBegun) exchange.settle({ kind: 'unknown', cause });
      else exchange.settle({ kind: 'not_started', cause, untried: exchange.behind && !exchange.heard });
    }
    for (const exchange of waiting.splice(0)) exchange.settle({ kind: 'not_started', cause, untried: true });
  }

  function quit(): void {
    over = true;
    socket.setTimeout(patience.quit, () => socket.destroy());
    writeCommands();
    socket.end('QUIT\r\n');
  }

  socket.on('data', onData);
  socket.on('end', () => {
    const rest = over ? null : reader.rest();
    if (rest !== null) onAnswer(rest);
    end('The server closed the connection');
  });
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('The connection was closed'));
  socket.on('timeout', () => end('The server did not answer in time'));

  return {
    get usable() {
      return usable;
    },
    send(message, hooks) {
      const refused = clientRefusal(message, abilities);
      if (refused !== null) return Promise.resolve({ kind: 'refused', phase: 'mail', answer: refused });
      if (!usable) return Promise.resolve({ kind: 'not_started', cause: 'The connection is closed', untried: true });
      return new Promise((settle) => {
        waiting.push({ message, hooks, settle, behind: false, heard: false, refusal: null, bodyBegun: false });
        advance();
      });
    },
    close() {
      usable = false;
      advance();
    },
  };
}

function isGood({ code }: SmtpAnswer): boolean {
  return code >= 200 && code < 300;
}

/** What is known to fail without asking the server: the connection stays good, the message will never do. */
function clientRefusal({ from, to, raw }: OutgoingMessage, { largest, internationalAddresses }: SmtpAbilities): SmtpAnswer | null {
  // eslint-disable-next-line no-control-regex -- line breaks would start a command of their own
  const broken = [from, to].find((address) => address === '' || /[\u0000-\u001f\u007f<>]/.test(address));
  if (broken !== undefined) return { code: 501, enhanced: '5.5.4', text: `Not an address for an envelope: ${JSON.stringify(broken)}` };
  if (!internationalAddresses && !isAscii(Buffer.from(from + to)))
    return { code: 553, enhanced: '5.6.7', text: 'The mail server takes no addresses with letters outside of ASCII (SMTPUTF8)' };
  if (largest !== null && raw.length > largest) return { code: 552, enhanced: '5.3.4', text: `Message size exceeds what the server accepts: ${raw.length} of ${largest} bytes` };
  return null;
}

const lineStartDot = Buffer.from('\n.');

/** The body with a dot more at each line that begins with one, and a line end at its end (RFC 5321 section 4.5.2). */
function stuffed(raw: Uint8Array): Uint8Array {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const whole = bytes.at(-1) === 0x0a;
  if (whole && bytes[0] !== 0x2e && !bytes.includes(lineStartDot)) return bytes;
  const text = bytes.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n');
  return Buffer.from(`${text.replace(/^\./gm, '..')}${text.endsWith('\n') || text === '' ? '' : '\r\n'}`, 'latin1');
}
