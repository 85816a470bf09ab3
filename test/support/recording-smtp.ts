import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Random } from '../../electron/engine/lib/random.ts';

/** One accepted message, as written to the append-only record just before the 250. */
export interface RecordedMessage {
  readonly kind: 'message';
  /** Real time, epoch ms. */
  readonly at: number;
  readonly connection: string;
  readonly from: string;
  readonly to: string;
  /** Of the header, epoch ms. */
  readonly date: number;
  readonly messageId: string;
  readonly homingId: string;
  readonly subject: string;
  readonly inReplyTo: string;
  readonly references: string;
  readonly bytes: number;
  /** Only with `keepSource`: the message as it came, latin1. */
  readonly source?: string;
}

/**
 * A connection that ended although a message had begun on it: `body` = after the 354 and before our answer, so the
 * message is not recorded unless the server had all of it; `answered` = after our answer, before another 354 or QUIT: commands
 * that came meanwhile may have left before the answer (RFC 2920).
 */
export interface CutConnection {
  readonly kind: 'cut';
  readonly at: number;
  readonly connection: string;
  readonly to: string;
  readonly during: 'body' | 'answered';
}

/**
 * What to do instead of plain acceptance. `mail`, `rcpt` and `data` (before the 354) know `answer` and `drop: 'now'`.
 * `body`: `drop: 'now'` right after the 354, `'mid_body'` after the first bytes, `'lost'` after the final dot without
 * keeping the message, `'kept'` after the final dot with the message kept but no 250.
 */
export interface SmtpScript {
  /** Exact recipient, or `@example.com` for a domain; absent = everybody. At `mail` the recipient is not known yet. */
  readonly to?: string;
  readonly phase: 'mail' | 'rcpt' | 'data' | 'body';
  /** Skips the first matches. */
  readonly after?: number;
  /** How often it applies; absent = always. */
  readonly times?: number;
  /** Applies to this share of what matches, 0..1, drawn by the server's `random`; absent = to all. */
  readonly chance?: number;
  readonly delayMs?: number;
  readonly answer?: { readonly code: number; readonly text: string };
  readonly drop?: 'now' | 'mid_body' | 'lost' | 'kept';
}

export interface RecordingSmtpOptions {
  /** The record, one JSON object per line; a file in the temporary folder when absent. */
  readonly file?: string;
  readonly port?: number;
  readonly scripts?: readonly SmtpScript[];
  readonly keepSource?: boolean;
  /** Login that is asked for; absent = none is needed. */
  readonly auth?: { readonly user: string; readonly password: string };
  /** Draws for scripts with a chance. */
  readonly random?: Random;
  /** Called with each message as it is recorded, before the answer; only in this process. */
  readonly onMessage?: (message: RecordedMessage) => void;
  /** Called with each script that is played; only in this process. */
  readonly onScript?: (script: SmtpScript) => void;
}

export interface RecordingSmtp {
  readonly port: number;
  readonly file: string;
  /** What was accepted so far, in order. */
  messages(): RecordedMessage[];
  cuts(): CutConnection[];
  /** Connections that are now between our 354 and our answer. */
  openBodies(): number;
  /** Replaces the scripts and their counters. */
  setScripts(scripts: readonly SmtpScript[]): Promise<void>;
  close(): Promise<void>;
}

let folder: string | null = null;
let files = 0;

/** In a folder of this process only: process numbers come again, and so would the record of a process of the past. */
function newFile(): string {
  if (folder === null) {
    const made = mkdtempSync(join(tmpdir(), 'homing-smtp-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  files += 1;
  return join(folder, `${files}.jsonl`);
}

function readLines(file: string): (RecordedMessage | CutConnection)[] {
  // The last line may still be in the middle of being written.
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as RecordedMessage | CutConnection);
}

function readOpenBodies(file: string): number {
  if (!existsSync(`${file}.open`)) return 0;
  const fd = openSync(`${file}.open`, 'r');
  const buffer = Buffer.alloc(4);
  readSync(fd, buffer, 0, 4, 0);
  closeSync(fd);
  return buffer.readInt32LE(0);
}

/** An SMTP server on 127.0.0.1 in this process. */
export async function startRecordingSmtp(options: RecordingSmtpOptions = {}): Promise<RecordingSmtp> {
  const file = options.file ?? newFile();
  writeFileSync(file, '', { flag: 'a' });
  const record = openSync(file, 'a');
  const counter = openSync(`${file}.open`, 'w');
  const counterBytes = Buffer.alloc(4);
  const { random = Math.random } = options;
  let bodies = 0;
  /** An answer that is still delayed when the server closes must not write: its file's number may be another file's by then. */
  let closed = false;
  let scripts: { script: SmtpScript; seen: number }[] = [];
  function useScripts(next: readonly SmtpScript[]): void {
    scripts = next.map((script) => ({ script, seen: 0 }));
  }
  useScripts(options.scripts ?? []);
  /** Recipient of the message that was last begun on a connection, and whether it was answered. */
  const begun = new Map<string, { to: string; answered: boolean; open: boolean }>();

  function count(change: number): void {
    if (closed) return;
    bodies += change;
    counterBytes.writeInt32LE(bodies, 0);
    writeSync(counter, counterBytes, 0, 4, 0);
  }
  /** A body is over once: a peer that goes while its answer is delayed closes first, and the answer comes to nobody. */
  function leave(state: { open: boolean }): void {
    if (state.open) count(-1);
    state.open = false;
  }
  function write(line: RecordedMessage | CutConnection): void {
    if (closed) return;
    writeSync(record, `${JSON.stringify(line)}\n`);
    if (line.kind === 'message') options.onMessage?.(line);
  }
  function scriptFor(phase: SmtpScript['phase'], to: string): SmtpScript | null {
    for (const entry of scripts) {
      const { script } = entry;
      if (script.phase !== phase) continue;
      if (phase !== 'mail' && script.to !== undefined && !(script.to.startsWith('@') ? to.endsWith(script.to) : to === script.to)) continue;
      entry.seen += 1;
      const skipped = script.after ?? 0;
      if (entry.seen <= skipped || entry.seen > skipped + (script.times ?? Infinity)) continue;
      if (script.chance !== undefined && random() >= script.chance) continue;
      options.onScript?.(script);
      return script;
    }
    return null;
  }
  function connectionOf(session: SMTPServerSession) {
    for (const connection of server.connections) if (connection.id === session.id) return connection;
    return null;
  }
  function drop(session: SMTPServerSession): void {
    connectionOf(session)?._socket.destroy();
  }
  function play(script: SmtpScript | null, session: SMTPServerSession, callback: (error?: Error) => void): void {
    if (script === null) return callback();
    setTimeout(() => {
      if (script.drop === 'now') return drop(session);
      callback(script.answer === undefined || script.answer.code < 400 ? undefined : answerError(script.answer));
    }, script.delayMs ?? 0);
  }

  const server = new SMTPServer({
    name: 'recording.example.com',
    disabledCommands: options.auth === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    // Scripts write their own enhanced codes.
    hideENHANCEDSTATUSCODES: true,
    authOptional: options.auth === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 200,
    onAuth(auth, _session, callback) {
      if (auth.username === options.auth?.user && auth.password === options.auth?.password) callback(null, { user: auth.username });
      else callback(answerError({ code: 535, text: '5.7.8 Username and password not accepted' }));
    },
    onConnect(session, callback) {
      const connection = connectionOf(session);
      if (connection !== null) refuseBefore354(connection, session);
      callback();
    },
    onMailFrom(_address, session, callback) {
      play(scriptFor('mail', ''), session, callback);
    },
    onRcptTo(address, session, callback) {
      play(scriptFor('rcpt', address.address.toLowerCase()), session, callback);
    },
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo.map((each) => each.address.toLowerCase()).join(' ');
      const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
      const script = scriptFor('body', to);
      const state = { to, answered: false, open: true };
      begun.set(session.id, state);
      count(1);
      const chunks: Buffer[] = [];
      if (script?.drop === 'now') setImmediate(() => drop(session));
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (script?.drop === 'mid_body') drop(session);
      });
      stream.on('error', () => undefined);
      stream.on('end', () => {
        if (script?.drop === 'mid_body' || script?.drop === 'now') return;
        setTimeoutOrNow(script?.delayMs ?? 0, () => {
          if (script?.drop === 'lost') return drop(session);
          const refused = script?.answer !== undefined && script.answer.code >= 400;
          if (!refused) write(describe(Buffer.concat(chunks), from, to, session.id, options.keepSource === true));
          if (script?.drop === 'kept') return drop(session);
          state.answered = true;
          leave(state);
          if (refused) callback(answerError(script.answer));
          else callback(null, script?.answer?.text ?? 'queued');
        });
      });
    },
    onClose(session) {
      const state = begun.get(session.id);
      begun.delete(session.id);
      if (state === undefined) return;
      leave(state);
      write({ kind: 'cut', at: Date.now(), connection: session.id, to: state.to, during: state.answered ? 'answered' : 'body' });
    },
  });
  // smtp-server has no hook before the 354, so the handler of this one connection is wrapped.
  function refuseBefore354(connection: object, session: SMTPServerSession): void {
    const handlers = connection as Record<'handler_DATA' | 'handler_QUIT', (command: Buffer, callback: () => void) => void> & { send(code: number, text: string): void };
    const data = handlers.handler_DATA.bind(connection);
    const quit = handlers.handler_QUIT.bind(connection);
    handlers.handler_QUIT = (command, callback) => {
      begun.delete(session.id);
      quit(command, callback);
    };
    handlers.handler_DATA = (command, callback) => {
      const script = scriptFor('data', session.envelope.rcptTo[0]?.address.toLowerCase() ?? '');
      if (script === null) return data(command, callback);
      play(script, session, (error) => {
        if (error === undefined || script.answer === undefined) return data(command, callback);
        handlers.send(script.answer.code, script.answer.text);
        callback();
      });
    };
  }
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const port = (server.server.address() as AddressInfo).port;
  return {
    port,
    file,
    messages: () => readLines(file).filter((line) => line.kind === 'message'),
    cuts: () => readLines(file).filter((line) => line.kind === 'cut'),
    openBodies: () => bodies,
    async setScripts(next) {
      useScripts(next);
    },
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          // Closing is announced on the next turn; the record is written by then.
          setTimeout(() => {
            closed = true;
            closeSync(record);
            closeSync(counter);
            resolve();
          }, 20);
        }),
      ),
  };
}

function setTimeoutOrNow(delayMs: number, callback: () => void): void {
  if (delayMs > 0) setTimeout(callback, delayMs);
  else callback();
}

function answerError(answer: { code: number; text: string }): Error {
  return Object.assign(new Error(answer.text), { responseCode: answer.code });
}

function describe(raw: Buffer, from: string, to: string, connection: string, keepSource: boolean): RecordedMessage {
  const source = raw.toString('latin1');
  const end = source.indexOf('\r\n\r\n');
  const head = (end < 0 ? source : source.slice(0, end)).replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}:[ \t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  return {
    kind: 'message',
    at: Date.now(),
    connection,
    from,
    to,
    date: Date.parse(header('Date')),
    messageId: header('Message-ID'),
    homingId: header('X-Homing-Id'),
    subject: header('Subject'),
    inReplyTo: header('In-Reply-To'),
    references: header('References'),
    bytes: raw.length,
    ...(keepSource ? { source } : {}),
  };
}

/** What `recording-smtp-process.ts` says over IPC. */
export type RecordingSmtpReport = { readonly kind: 'ready'; readonly port: number; readonly file: string } | { readonly kind: 'scripts_set' };
/** What it is told. */
export type RecordingSmtpOrder = { readonly kind: 'start'; readonly options: RecordingSmtpOptions } | { readonly kind: 'scripts'; readonly scripts: readonly SmtpScript[] };

/** The same server in a process of its own, so that it neither shares the sender's CPU nor dies with it. */
export async function startRecordingSmtpProcess(options: RecordingSmtpOptions = {}): Promise<RecordingSmtp> {
  const child = fork(fileURLToPath(new URL('./recording-smtp-process.ts', import.meta.url)), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  child.send({ kind: 'start', options: { ...options, file: options.file ?? newFile() } } satisfies RecordingSmtpOrder);
  const { port, file } = await report(child, 'ready');
  return {
    port,
    file,
    messages: () => readLines(file).filter((line) => line.kind === 'message'),
    cuts: () => readLines(file).filter((line) => line.kind === 'cut'),
    openBodies: () => readOpenBodies(file),
    async setScripts(scripts) {
      child.send({ kind: 'scripts', scripts } satisfies RecordingSmtpOrder);
      await report(child, 'scripts_set');
    },
    close: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.disconnect();
      }),
  };
}

function report<K extends RecordingSmtpReport['kind']>(child: ChildProcess, kind: K): Promise<Extract<RecordingSmtpReport, { kind: K }>> {
  return new Promise((resolve, reject) => {
    function listen(message: RecordingSmtpReport): void {
      if (message.kind !== kind) return;
      child.off('message', listen);
      child.off('exit', gone);
      resolve(message as Extract<RecordingSmtpReport, { kind: K }>);
    }
    function gone(code: number | null): void {
      reject(new Error(`The recording SMTP process ended with ${code}`));
    }
    child.on('message', listen);
    child.once('exit', gone);
  });
}
