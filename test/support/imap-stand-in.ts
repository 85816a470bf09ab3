import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface StandInMail {
  readonly uid: number;
  readonly source: string;
  /** INTERNALDATE, UTC ms. */
  readonly receivedAt: number;
}

export interface StandInFolder {
  validity: number;
  uidNext: number;
  mails: StandInMail[];
  /** The special use that LIST tells, for example `\\Sent`. */
  readonly use?: string;
}

/** One command of a client, as its connection sees it. */
export interface ImapPeer {
  readonly user: string;
  readonly tag: string;
  /** The command in upper case, without UID: LOGIN, AUTHENTICATE, LIST, STATUS, EXAMINE, SEARCH, FETCH, IDLE, NOOP, APPEND, …; '' = the greeting. */
  readonly command: string;
  readonly line: string;
  say(text: string): void;
  /** Ends the connection at once. */
  cut(): void;
}

export interface ImapStandIn {
  readonly port: number;
  /** Connections that are logged in. */
  readonly open: number;
  folder(user: string, path: string): StandInFolder;
  /** Puts a message into a folder and announces it to whoever has the folder open. */
  deliver(user: string, source: string, path?: string): StandInMail;
  /** Says a line on every connection that has this folder open. */
  announce(user: string, line: string, path?: string): void;
  /** Cuts every connection. */
  cutAll(): void;
  close(): Promise<void>;
}

export interface ImapStandInOptions {
  /** May answer a command in its own way and return true. */
  readonly instead?: (peer: ImapPeer) => Promise<boolean> | boolean;
  readonly capabilities?: readonly string[];
  /** Folders of each account beside INBOX, with their special use. */
  readonly folders?: Readonly<Record<string, string>>;
  /** The time of INTERNALDATE. */
  readonly now?: () => number;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function imapDate(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getUTCDate())}-${months[date.getUTCMonth()] ?? ''}-${date.getUTCFullYear()} ${date.toISOString().slice(11, 19)} +0000`;
}

/**
 * An IMAP server in memory on loopback, in as much of RFC 3501 as a reading client needs, with scripted faults. Any user
 * name logs in, with AUTH=XOAUTH2 and SASL-IR among the capabilities by any token as well, and has an account of its own. Sources are latin1.
 */
export async function startImapStandIn(options: ImapStandInOptions = {}): Promise<ImapStandIn> {
  const { instead = () => false, capabilities = ['IMAP4rev1', 'IDLE', 'SPECIAL-USE'], folders = { Sent: '\\Sent', Junk: '\\Junk' }, now = Date.now } = options;
  const accounts = new Map<string, Map<string, StandInFolder>>();
  const connections = new Set<Connection>();
  let nextValidity = 1;

  interface Connection {
    readonly socket: Socket;
    user: string;
    path: string;
    /** How many messages the client was told of. */
    told: number;
  }

  function accountOf(user: string): Map<string, StandInFolder> {
    let account = accounts.get(user);
    if (account === undefined) {
      account = new Map([['INBOX', '']].concat(Object.entries(folders)).map(([path = '', use = '']) => [path, { validity: nextValidity++, uidNext: 1, mails: [], use }]));
      accounts.set(user, account);
    }
    return account;
  }

  function folderOf(user: string, path: string): StandInFolder {
    const folder = accountOf(user).get(path);
    if (folder === undefined) throw new Error(`no folder ${path}`);
    return folder;
  }

  function tell(connection: Connection): void {
    const exists = accountOf(connection.user).get(connection.path)?.mails.length ?? 0;
    if (exists === connection.told) return;
    connection.told = exists;
    if (connection.socket.writable) connection.socket.write(`* ${exists} EXISTS\r\n`);
  }

  const server = createServer({ noDelay: true }, (socket) => {
    const connection: Connection = { socket, user: '', path: '', told: 0 };
    connections.add(connection);
    for (const event of ['close', 'error']) socket.on(event, () => connections.delete(connection));
    void serve(connection);
  });

  async function serve(connection: Connection): Promise<void> {
    const { socket } = connection;
    const say = (text: string) => void (socket.writable && socket.write(`${text}\r\n`, 'latin1'));
    const reader = createReader(socket);
    const peer = (tag: string, command: string, line: string): ImapPeer => ({ user: connection.user, tag, command, line, say, cut: () => socket.destroy() });
    if (!(await instead(peer('*', '', '')))) say(`* OK [CAPABILITY ${capabilities.join(' ')}] stand-in`);
    for (;;) {
      const line = await reader.command(() => say('+ go on'));
      if (line === null) return;
      const [tag = '', verb = '', ...rest] = line.split(' ');
      const command = (/^uid$/i.test(verb) ? (rest[0] ?? '') : verb).toUpperCase();
      if (command === 'LOGIN') connection.user = unquote(rest[0] ?? '');
      if (command === 'AUTHENTICATE')
        connection.user =
          Buffer.from(rest[1] ?? '', 'base64')
            .toString()
            .replace(/^user=/, '')
            .split('\u0001')[0] ?? '';
      if (await instead(peer(tag, command, line))) continue;
      await answer(connection, tag, command, line, reader);
      if (command === 'LOGOUT') {
        socket.end();
        return;
      }
    }
  }

  async function answer(connection: Connection, tag: string, command: string, line: string, reader: Reader): Promise<void> {
    const { socket, user } = connection;
    const say = (text: string) => void (socket.writable && socket.write(`${text}\r\n`, 'latin1'));
    const account = user === '' ? new Map<string, StandInFolder>() : accountOf(user);
    const selected = account.get(connection.path);
    switch (command) {
      case 'CAPABILITY':
        say(`* CAPABILITY ${capabilities.join(' ')}`);
        break;
      case 'LIST':
        // The question for the delimiter (RFC 3501 section 6.3.8).
        if (/LIST "" ""$/i.test(line)) say('* LIST (\\Noselect) "/" ""');
        else for (const [path, { use = '' }] of account) say(`* LIST (\\HasNoChildren${use === '' ? '' : ` ${use}`}) "/" "${path}"`);
        break;
      case 'STATUS': {
        const path = unquote(/STATUS ("[^"]*"|\S+)/i.exec(line)?.[1] ?? '');
        const folder = account.get(path);
        if (folder === undefined) return say(`${tag} NO [NONEXISTENT] no such folder`);
        say(`* STATUS "${path}" (MESSAGES ${folder.mails.length} UIDNEXT ${folder.uidNext} UIDVALIDITY ${folder.validity})`);
        break;
      }
      case 'SELECT':
      case 'EXAMINE': {
        const path = unquote(/(?:SELECT|EXAMINE) ("[^"]*"|\S+)/i.exec(line)?.[1] ?? '');
        const folder = account.get(path);
        if (folder === undefined) return say(`${tag} NO [NONEXISTENT] no such folder`);
        Object.assign(connection, { path, told: folder.mails.length });
        say(`* FLAGS (\\Seen)\r\n* ${folder.mails.length} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY ${folder.validity}] \r\n* OK [UIDNEXT ${folder.uidNext}] `);
        return say(`${tag} OK [READ-ONLY] done`);
      }
      case 'NOOP':
        tell(connection);
        break;
      case 'SEARCH':
        say(`* SEARCH ${search(selected?.mails ?? [], line).join(' ')}`.trimEnd());
        break;
      case 'FETCH':
        tell(connection);
        for (const text of fetched(selected?.mails ?? [], line)) say(text);
        break;
      case 'IDLE': {
        say('+ idling');
        tell(connection);
        if ((await reader.command(() => undefined)) === null) return;
        break;
      }
      case 'APPEND': {
        const path = unquote(/APPEND ("[^"]*"|\S+)/i.exec(line)?.[1] ?? '');
        const folder = account.get(path);
        if (folder === undefined) return say(`${tag} NO [TRYCREATE] no such folder`);
        add(folder, line.slice(line.indexOf('\n') + 1));
        break;
      }
      case 'LOGOUT':
        say('* BYE see you');
        break;
    }
    say(`${tag} OK done`);
  }

  function add(folder: StandInFolder, source: string): StandInMail {
    const mail = { uid: folder.uidNext, source, receivedAt: now() };
    folder.uidNext += 1;
    folder.mails.push(mail);
    return mail;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return [...connections].filter(({ user }) => user !== '').length;
    },
    folder: folderOf,
    deliver(user, source, path = 'INBOX') {
      const mail = add(folderOf(user, path), source);
      for (const connection of connections) if (connection.user === user && connection.path === path) tell(connection);
      return mail;
    },
    announce(user, line, path = 'INBOX') {
      for (const { socket, ...connection } of connections) if (connection.user === user && connection.path === path) socket.write(`${line}\r\n`);
    },
    cutAll() {
      for (const { socket } of connections) socket.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        for (const { socket } of connections) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

interface Reader {
  /** A command with its literals, each after a line feed; null when the connection is over. `goOn` asks for a literal. */
  command(goOn: () => void): Promise<string | null>;
}

function createReader(socket: Socket): Reader {
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
  async function take(enough: () => number): Promise<string | null> {
    for (let end = enough(); ; end = enough()) {
      if (end >= 0) {
        const part = received.slice(0, end);
        received = received.slice(end);
        return part;
      }
      if (ended) return null;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return {
    async command(goOn) {
      let whole = '';
      for (;;) {
        const line = await take(() => {
          const end = received.indexOf('\r\n');
          return end < 0 ? -1 : end + 2;
        });
        if (line === null) return null;
        const literal = /\{(\d+)(\+?)\}\r\n$/.exec(line);
        whole += line.slice(0, -2);
        if (literal === null) return whole;
        if (literal[2] === '') goOn();
        const length = Number(literal[1]);
        const text = await take(() => (received.length >= length ? length : -1));
        if (text === null) return null;
        whole += `\n${text}`;
      }
    },
  };
}

/** Whether a number stands in a set such as `3,5:*`; `*` is the last one, and `n:*` always holds it. */
function inSet(set: string, value: number, last: number): boolean {
  return set.split(',').some((range) => {
    const [from = 0, to = from] = range.split(':').map((each) => (each === '*' ? last : Number(each)));
    return value >= Math.min(from, to) && value <= Math.max(from, to);
  });
}

const headOf = (source: string): string => source.slice(0, source.includes('\r\n\r\n') ? source.indexOf('\r\n\r\n') + 4 : source.length);

function search(mails: readonly StandInMail[], line: string): number[] {
  const keys = line.replace(/^\S+ (UID )?SEARCH /i, '').match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const last = mails.at(-1)?.uid ?? 0;
  let found = mails.map((mail, index) => ({
    ...mail,
    seq: index + 1,
    head: headOf(mail.source)
      .replace(/\r\n[ \t]+/g, ' ')
      .toLowerCase(),
  }));
  for (let key = keys.shift(); key !== undefined; key = keys.shift()) {
    const next = () => unquote(keys.shift() ?? '');
    if (/^uid$/i.test(key)) {
      const set = next();
      found = found.filter(({ uid }) => inSet(set, uid, last));
    } else if (/^[\d:*,]+$/.test(key)) {
      const set = key;
      found = found.filter(({ seq }) => inSet(set, seq, mails.length));
    } else if (/^since$/i.test(key)) {
      const since = Date.parse(`${next()} UTC`);
      found = found.filter(({ receivedAt }) => receivedAt >= since);
    } else if (/^(header|to)$/i.test(key)) {
      const name = (/^to$/i.test(key) ? 'to' : next()).toLowerCase();
      const value = next().toLowerCase();
      found = found.filter(({ head }) => head.split('\r\n').some((field) => field.startsWith(`${name}:`) && field.includes(value)));
    }
  }
  return found.map(({ uid }) => uid);
}

function fetched(mails: readonly StandInMail[], line: string): string[] {
  const set = /FETCH (\S+)/i.exec(line)?.[1] ?? '';
  const last = mails.at(-1)?.uid ?? 0;
  const header = /BODY\.PEEK\[(HEADER\.FIELDS \([^)]*\))\]/i.exec(line)?.[1];
  const partial = /BODY\.PEEK\[\]<(\d+)\.(\d+)>/i.exec(line);
  return mails.flatMap((mail, index) => {
    if (!inSet(set, mail.uid, last)) return [];
    const parts = [`UID ${mail.uid}`, `INTERNALDATE "${imapDate(mail.receivedAt)}"`];
    if (header !== undefined) parts.push(`BODY[${header}] {${headOf(mail.source).length}}\r\n${headOf(mail.source)}`);
    if (partial !== null) {
      const text = mail.source.slice(Number(partial[1]), Number(partial[1]) + Number(partial[2]));
      parts.push(`BODY[]<${partial[1] ?? ''}> {${text.length}}\r\n${text}`);
    }
    return [`* ${index + 1} FETCH (${parts.join(' ')})`];
  });
}
