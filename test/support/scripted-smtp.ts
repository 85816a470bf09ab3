import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './https-server.ts';

/** The server's side of one connection, for scripts that say exactly when what is answered. */
export interface SmtpPeer {
  /** The next line, without its end; null when the connection is over. */
  line(): Promise<string | null>;
  /** Everything up to and with the line of a single dot, dots still doubled; null when the connection ended before. */
  body(): Promise<string | null>;
  /** Bytes that have come and were not read. */
  unread(): string;
  say(text: string): void;
  /** Says it byte by byte, each in a packet of its own. */
  trickle(text: string): Promise<void>;
  /** Goes on in TLS, as after the answer to STARTTLS. */
  startTls(certificate: Certificate): void;
  close(): void;
}

export interface ScriptedSmtp {
  readonly port: number;
  /** Resolves when the script of every connection so far has ended; rejects with what one threw. */
  done(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A raw SMTP server on loopback: greets, answers EHLO with `extensions`, then leaves each connection to `script`, which
 * also greets and answers EHLO where `extensions` is null. Connections are counted from 1.
 */
export async function startScriptedSmtp(extensions: readonly string[] | null, script: (peer: SmtpPeer, connection: number) => Promise<void>): Promise<ScriptedSmtp> {
  const running: Promise<void>[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const connection = running.length + 1;
    running.push(serve(socket, extensions, (peer) => script(peer, connection)));
    running.at(-1)?.catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    done: async () => void (await Promise.all(running)),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

async function serve(first: Socket, extensions: readonly string[] | null, script: (peer: SmtpPeer) => Promise<void>): Promise<void> {
  let socket = first;
  let received = '';
  let ended = false;
  let wake = (): void => undefined;
  function listen(): void {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      wake();
    });
    for (const event of ['end', 'close', 'error'])
      socket.on(event, () => {
        ended = true;
        wake();
      });
  }
  listen();
  /** The part up to and with `mark`; `start` is thought before what was received. */
  async function upTo(mark: string, start = ''): Promise<string | null> {
    while (!(start + received).includes(mark)) {
      if (ended) return null;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const end = (start + received).indexOf(mark) + mark.length - start.length;
    const part = received.slice(0, end);
    received = received.slice(end);
    return part;
  }
  const peer: SmtpPeer = {
    line: async () => (await upTo('\r\n'))?.slice(0, -2) ?? null,
    body: () => upTo('\r\n.\r\n', '\r\n'),
    unread: () => received,
    say: (text) => void (socket.writable && socket.write(text)),
    async trickle(text) {
      for (const byte of Buffer.from(text)) {
        if (!socket.writable) return;
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    startTls(certificate) {
      for (const event of ['data', 'end', 'close', 'error']) socket.removeAllListeners(event);
      socket = new TLSSocket(socket, { isServer: true, ...certificate });
      listen();
    },
    close: () => socket.end(),
  };
  if (extensions !== null) {
    peer.say('220 script\r\n');
    await peer.line();
    peer.say(helloOf(extensions));
  }
  await script(peer);
}

function helloOf(extensions: readonly string[]): string {
  return ['250-script', ...extensions.map((name) => `250-${name}`)].map((line) => `${line}\r\n`).join('') + '250 HELP\r\n';
}

export type SmtpPhase = 'greeting' | 'ehlo' | 'helo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body';

export interface WholeConnection {
  readonly extensions: readonly string[];
  /** Answers a phase in its own way and resolves true, or false to let it be answered plainly. */
  readonly instead: (phase: SmtpPhase, peer: SmtpPeer) => Promise<boolean>;
  /** Given each message as it is taken, before the answer to its final dot. */
  readonly onMessage: (to: string, source: string) => void;
  /** Goes on in TLS after STARTTLS. */
  readonly certificate?: Certificate;
}

/** Speaks for a server from the greeting to the end of a connection, with scripted faults at single phases. */
export async function speakSmtp(peer: SmtpPeer, { extensions, instead, onMessage, certificate }: WholeConnection): Promise<void> {
  const answer = async (phase: SmtpPhase, text: string): Promise<boolean> => {
    if (await instead(phase, peer)) return false;
    peer.say(text);
    return true;
  };
  const plain: readonly (readonly [RegExp, SmtpPhase, string])[] = [
    [/^EHLO/i, 'ehlo', helloOf(extensions)],
    [/^HELO/i, 'helo', '250 script\r\n'],
    [/^STARTTLS/i, 'starttls', '220 go on\r\n'],
    [/^AUTH/i, 'auth', '235 2.7.0 welcome\r\n'],
    [/^MAIL/i, 'mail', '250 2.1.0 ok\r\n'],
    [/^RCPT/i, 'rcpt', '250 2.1.5 ok\r\n'],
    [/^DATA/i, 'data', '354 go on\r\n'],
  ];
  let to = '';
  await answer('greeting', '220 script\r\n');
  for (let line = await peer.line(); line !== null; line = await peer.line()) {
    to = /^RCPT TO:<(.*)>/i.exec(line)?.[1] ?? to;
    const [, phase, text] = plain.find(([command]) => command.test(line ?? '')) ?? [];
    if (phase === 'starttls' && !extensions.includes('STARTTLS')) peer.say('502 5.5.1 Not offered\r\n');
    else if (phase === undefined || text === undefined) peer.say(/^QUIT/i.test(line) ? '221 bye\r\n' : '250 2.0.0 ok\r\n');
    else if (await answer(phase, text)) {
      if (phase === 'starttls' && certificate !== undefined) peer.startTls(certificate);
      if (phase !== 'data') continue;
      const source = await peer.body();
      if (source === null) return;
      if (await instead('body', peer)) continue;
      onMessage(to, source);
      peer.say('250 2.0.0 queued\r\n');
    }
  }
}
