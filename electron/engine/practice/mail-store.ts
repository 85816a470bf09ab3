import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FolderRole, FolderStatus, InboxHead, InboxMessage, InboxSession } from '../ports.ts';
import { ConnectError } from '../ports.ts';

const folderRoles: Readonly<Record<string, FolderRole>> = { INBOX: 'inbox', Sent: 'sent' };

interface StoredMail {
  readonly uid: number;
  readonly receivedAt: number;
  /** The message, one character a byte. */
  readonly source: string;
}

interface Folder {
  readonly file: string;
  readonly mails: StoredMail[];
  readonly watchers: Set<() => void>;
}

export interface MailStore {
  /** Files a message; watchers of the folder hear of it afterwards. */
  add(address: string, folder: 'INBOX' | 'Sent', raw: Uint8Array, receivedAt: number): void;
  /** Whether a mailbox of this address has ever logged in or got mail. */
  has(address: string): boolean;
  /** A reading session as an IMAP server would give; every address has its INBOX and Sent. */
  open(address: string): InboxSession;
}

/**
 * Mailboxes of the practice workspace: INBOX and Sent for every address, appended to a file each (one JSON object
 * per line) and held in memory. UIDs count up and stay over restarts; UIDVALIDITY never changes.
 */
export function createMailStore(dir: string): MailStore {
  const folders = new Map<string, Folder>();

  function folderFile(address: string, name: string): string {
    return join(dir, encodeURIComponent(address.toLowerCase()), `${name}.jsonl`);
  }
  function folder(address: string, name: string): Folder {
    const file = folderFile(address, name);
    const known = folders.get(file);
    if (known !== undefined) return known;
    mkdirSync(join(dir, encodeURIComponent(address.toLowerCase())), { recursive: true });
    const opened: Folder = { file, mails: readMails(file), watchers: new Set() };
    folders.set(file, opened);
    return opened;
  }
  function add(address: string, name: string, raw: Uint8Array, receivedAt: number): void {
    const { file, mails, watchers } = folder(address, name);
    const mail: StoredMail = { uid: (mails.at(-1)?.uid ?? 0) + 1, receivedAt, source: Buffer.from(raw).toString('latin1') };
    appendFileSync(file, `${JSON.stringify(mail)}\n`);
    mails.push(mail);
    for (const watcher of watchers) queueMicrotask(watcher);
  }

  function open(address: string): InboxSession {
    let usable = true;
    const closers: (() => void)[] = [];
    const releases: (() => void)[] = [];
    function reach(path: string): Folder {
      if (!usable) throw new ConnectError('connect', 'The practice mailbox was closed');
      if (folderRoles[path] === undefined) throw new ConnectError('connect', `The practice mailbox has no folder ${path}`);
      return folder(address, path);
    }
    function statusOf(path: string): FolderStatus {
      return { uidValidity: '1', uidNext: (reach(path).mails.at(-1)?.uid ?? 0) + 1 };
    }
    return {
      get usable() {
        return usable;
      },
      async folders() {
        return Object.entries(folderRoles).map(([path, role]) => ({ path, role, status: statusOf(path) }));
      },
      async status(path) {
        return statusOf(path);
      },
      async open(path) {
        return statusOf(path);
      },
      async *heads(path, { afterUid, since = 0, newest = Infinity }) {
        const found = reach(path).mails.filter((mail) => mail.uid > afterUid && mail.receivedAt >= since);
        const wanted = found.slice(Math.max(0, found.length - newest));
        for (let at = 0; at < wanted.length; at += headGroup) yield wanted.slice(at, at + headGroup).map(toHead);
      },
      async *sources(path, uids) {
        for (const mail of reach(path).mails.filter(({ uid }) => uids.includes(uid))) yield toMessage(mail);
      },
      async findTo(path, address, since, most) {
        const found = reach(path).mails.filter((mail) => mail.receivedAt >= since && headerContains(mail.source, 'to', address));
        return found.reverse().slice(0, most).map(toHead);
      },
      async findByHeader(path, header, value) {
        return reach(path)
          .mails.filter((mail) => headerContains(mail.source, header, value))
          .map((mail) => mail.uid);
      },
      async append(path, raw, receivedAt) {
        reach(path);
        add(address, path, raw, receivedAt);
      },
      async watch(path, onNew) {
        const { watchers } = reach(path);
        watchers.add(onNew);
        releases.push(() => watchers.delete(onNew));
      },
      onClose(callback) {
        closers.push(callback);
      },
      async close() {
        if (!usable) return;
        usable = false;
        for (const release of releases) release();
        for (const callback of closers) callback();
      },
    };
  }

  return {
    add,
    has: (address) => existsSync(join(dir, encodeURIComponent(address.toLowerCase()))),
    open(address) {
      folder(address, 'INBOX');
      folder(address, 'Sent');
      return open(address);
    },
  };
}

function readMails(file: string): StoredMail[] {
  if (!existsSync(file)) return [];
  // A line without its end was cut by a crash: nobody was told of that mail.
  const lines = readFileSync(file, 'utf8').split('\n');
  const cut = lines.pop();
  if (cut !== undefined && cut !== '') appendFileSync(file, '\n');
  const mails: StoredMail[] = [];
  for (const line of lines) {
    const mail = parseMail(line);
    if (mail !== null) mails.push(mail);
  }
  return mails;
}

function parseMail(line: string): StoredMail | null {
  try {
    const mail = JSON.parse(line) as StoredMail;
    return typeof mail.uid === 'number' && typeof mail.source === 'string' ? mail : null;
  } catch {
    return null;
  }
}

const headGroup = 100;

function toHead({ uid, source, receivedAt }: StoredMail): InboxHead {
  const end = source.indexOf('\r\n\r\n');
  return { uid, head: Buffer.from(end < 0 ? source : source.slice(0, end + 4), 'latin1'), receivedAt };
}

function toMessage(mail: StoredMail): InboxMessage {
  return { uid: mail.uid, source: Buffer.from(mail.source, 'latin1'), receivedAt: mail.receivedAt };
}

/** As IMAP SEARCH HEADER does (RFC 9051 section 6.4.4): a case-insensitive substring of the unfolded value. */
function headerContains(source: string, header: string, value: string): boolean {
  const end = source.indexOf('\r\n\r\n');
  const head = (end < 0 ? source : source.slice(0, end)).replace(/\r\n[ \t]+/g, ' ');
  const name = `${header.toLowerCase()}:`;
  const wanted = value.toLowerCase();
  return head.split('\r\n').some((line) => line.toLowerCase().startsWith(name) && line.slice(name.length).toLowerCase().includes(wanted));
}
