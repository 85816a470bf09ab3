import { createServer, type Socket } from 'node:net';

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
  close(): void;
}

export interface ScriptedSmtp {
  readonly port: number;
  /** Resolves when the script of every connection so far has ended; rejects with what one threw. */
  done(): Promise<void>;
  close(): Promise<void>;
}

/** A raw SMTP server on loopback: greets, answers EHLO with `extensions`, then leaves each connection to `script`. */
export async function startScriptedSmtp(extensions: readonly string[], script: (peer: SmtpPeer, connection: number) => Promise<void>): Promise<ScriptedSmtp> {
  const running: Promise<void>[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    running.push(serve(socket, extensions, (peer) => script(peer, running.length)));
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

async function serve(socket: Socket, extensions: readonly string[], script: (peer: SmtpPeer) => Promise<void>): Promise<void> {
  let received = '';
  let ended = false;
  let wake = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
    wake();
  });
  for (const event of ['end', 'close', 'error'])
    socket.on(event, () => {
      ended = true;
      wake();
    });
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
    say: (text) => void socket.write(text),
    async trickle(text) {
      for (const byte of Buffer.from(text)) {
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    close: () => socket.end(),
  };
  peer.say('220 script\r\n');
  await peer.line();
  peer.say(['250-script', ...extensions.map((name) => `250-${name}`)].map((line) => `${line}\r\n`).join('') + '250 HELP\r\n');
  await script(peer);
}
